"""The exercises of docs/sources.md computed apart from rnncalc: NumPy, loops, and the formulas of the documents.

Each function of `SOLVED` takes the numbers of its file and returns what the file must expect. Vectors have one axis.
"""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import yaml
from places import EXERCISES

SOLVED: dict[str, Callable[[Any], dict[str, Any]]] = {}

tanh = np.tanh


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum()


def relu(z: Any) -> Any:
    return np.maximum(z, 0)


# ---------------------------------------------------------------- reading


def numbers(name: str) -> SimpleNamespace:
    """Inputs, parameters and targets by name, initial states as `h0`; words are one-hot rows."""
    file = yaml.safe_load((EXERCISES / f"{name}.yaml").read_text(encoding="utf-8"))
    found = SimpleNamespace(lengths=file.get("lengths", {}), vocabulary=file.get("vocabulary"))
    for section in ("inputs", "parameters"):
        for key, value in (file.get(section) or {}).items():
            setattr(found, key, array(value, vocabulary(file, key)))
    for key, value in (file.get("initial") or {}).items():
        setattr(found, key.removesuffix("_0") + "0", array(value, vocabulary(file, key)))
    if isinstance(file.get("loss"), dict):
        found.targets = array(file["loss"]["targets"], vocabulary(file, file["loss"]["of"]))
    return found


def vocabulary(file: dict[str, Any], key: str) -> list[str]:
    words = file.get("vocabulary") or []
    words = words.get(re.sub(r"_\d+$", "", key), []) if isinstance(words, dict) and "characters" not in words else words
    return list(words["characters"] if isinstance(words, dict) else words)


def array(value: Any, words: list[str]) -> Any:
    if isinstance(value, dict):
        ((how, said),) = ((key, text) for key, text in value.items() if key != "embedding")
        listed = said.split() if how == "words" and isinstance(said, str) else said
        columns = [[float(one == str(word)) for one in words] for word in (listed if how.endswith("s") else [said])]
        return np.array(columns if how.endswith("s") else columns[0])
    return np.array(number(value), dtype=float)


def number(value: Any) -> Any:
    if isinstance(value, list):
        return [number(part) for part in value]
    above, _, below = str(value).partition("/")
    return float(above) / float(below or 1)


def solved(function: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """`csc_music` computes exercises/csc/music.yaml."""
    source, _, name = function.__name__.partition("_")
    SOLVED[f"{source}/{name.replace('_', '-')}"] = function
    return function


def series(name: str, values: Any) -> dict[str, Any]:
    return {f"{name}_{place}": value for place, value in enumerate(values, 1)}


def chosen(y: Any) -> Any:
    return np.eye(len(y))[np.argmax(y)]


# ---------------------------------------------------------------- networks


def states(step: Callable[[Any, Any], Any], inputs: Any, first: Any) -> list[Any]:
    """The states of a recurrence, without the first."""
    found = [first]
    for x in inputs:
        found.append(step(found[-1], x))
    return found[1:]


def lstm(e: Any, x: Any, h: Any, c: Any, w: str = "W", u: str = "U") -> dict[str, Any]:
    """One step; `w` is the letter of the weights on x, `u` of those on h."""

    def z(gate: str) -> Any:
        return getattr(e, f"{w}_{gate}") @ x + getattr(e, f"{u}_{gate}") @ h + getattr(e, f"b_{gate}")

    f, i, o, g = sigmoid(z("f")), sigmoid(z("i")), sigmoid(z("o")), tanh(z("c"))
    c = f * c + i * g
    return {"f": f, "i": i, "o": o, "g": g, "c": c, "h": o * tanh(c)}


def gru(e: Any, x: Any, h: Any) -> dict[str, Any]:
    z = sigmoid(e.W_z @ x + e.U_z @ h + e.b_z)
    r = sigmoid(e.W_r @ x + e.U_r @ h + e.b_r)
    g = tanh(e.W_h @ x + e.U_h @ (r * h) + e.b_h)
    return {"z": z, "r": r, "g": g, "h": (1 - z) * h + z * g}


# ---------------------------------------------------------------- CSC, lesson 8


@solved
def csc_rnn_transposed(e: Any) -> dict[str, Any]:
    h = states(lambda h, x: tanh(e.W_hh.T @ h + e.W_xh.T @ x), e.x, np.zeros(3))
    return series("h", h) | series("ŷ", [e.W_hy.T @ s for s in h])


@solved
def csc_music(e: Any) -> dict[str, Any]:
    """One input; later steps read the output of the step before as it is."""
    h, found = tanh(e.W_xh @ e.genre + e.b_h), []
    for _ in range(e.lengths["t"]):
        if found:
            h = tanh(e.W_hh @ h + e.W_yh @ found[-1] + e.b_h)
        found.append(softmax(e.W_hy @ h))
    return series("y", found) | series("n", map(chosen, found))


@solved
def csc_sentiment(e: Any) -> dict[str, Any]:
    h = states(lambda h, w: tanh(e.W_xh @ (e.E.T @ w) + e.W_hh @ h), e.x, np.zeros(2))[-1]
    y = sigmoid(e.W_hy @ h + e.b_y)
    return {"y": y, "L": -np.log(y)}


@solved
def csc_named_entities(e: Any) -> dict[str, Any]:
    h = states(lambda h, w: tanh(e.W_xh @ w + e.W_hh @ h), e.x, np.zeros(2))
    y = np.array([sigmoid(e.w_y @ s + e.b_y) for s in h])
    return series("y", y) | {"L": -(e.d * np.log(y) + (1 - e.d) * np.log(1 - y)).sum()}


@solved
def csc_translation(e: Any) -> dict[str, Any]:
    s = states(lambda h, x: tanh(e.W_e @ x + e.U_e @ h), e.x, np.zeros(2))[-1]
    w, words, outputs = np.zeros(5), [], []
    for _ in range(e.lengths["t"]):
        s = tanh(e.W_d @ w + e.U_d @ s)
        outputs.append(softmax(e.V @ s))
        words.append(w := chosen(outputs[-1]))
        if w[-1]:
            break
    return series("w", words) | series("y", outputs)


@solved
def csc_exploding(e: Any) -> dict[str, Any]:
    return {"dL/dh_1": np.array([2.0**5, 0.5**5]), "dL/dh_6": np.ones(2), "L": 63 + 2 - 0.5**5}


@solved
def csc_clipping(e: Any) -> dict[str, Any]:
    """The gradient is (h₀, x₁) = (3, 4), of length 5."""
    return {"L": 10, "a_new": 2 - 0.1 * 3 / 5, "b_new": 1 - 0.1 * 4 / 5, "L_new": 1.94 * 3 + 0.92 * 4}


@solved
def csc_identity_initialisation(e: Any) -> dict[str, Any]:
    h = states(lambda h, x: relu(h + e.U @ x), e.x, np.zeros(2))
    through = np.ones(2)
    for s in h[:0:-1]:
        through = through * (s > 0)
    return {"h_5": h[-1], "dL/dh_5": np.ones(2), "dL/dh_1": through}


@solved
def csc_squashing(e: Any) -> dict[str, Any]:
    return {"Gamma": sigmoid(e.z), "kept": sigmoid(e.z) * e.c}


@solved
def csc_lstm_stages(e: Any) -> dict[str, Any]:
    h, c, found = e.h0, e.c0, {}
    for t, x in enumerate(e.x, 1):
        step = lstm(e, x, h, c)
        h, c = step["h"], step["c"]
        found |= {f"{name}_{t}": step[name] for name in "fch"}
    return found


@solved
def csc_gru(e: Any) -> dict[str, Any]:
    one = gru(e, e.x[0], np.zeros(2))
    two = gru(e, e.x[1], one["h"])
    return {f"{name}_{t}": step[name] for t, step in ((1, one), (2, two)) for name in "zrh"}


@solved
def csc_gates(e: Any) -> dict[str, Any]:
    def gate(k: str) -> Any:
        return sigmoid(getattr(e, f"W_{k}") @ e.x[0] + getattr(e, f"U_{k}") @ e.a0 + getattr(e, f"b_{k}"))

    return {f"Gamma_{k}_1": gate(k) for k in "urfo"}


# ---------------------------------------------------------------- RNN notes (gitbook)


def recurrence(e: Any, function: Callable[[Any], Any] = tanh) -> list[Any]:
    first = getattr(e, "a0", np.zeros(len(e.b_a)))
    return states(lambda a, x: function(e.W_aa @ a + e.W_ax @ x + e.b_a), e.x, first)


@solved
def gitbook_rnn(e: Any) -> dict[str, Any]:
    a = recurrence(e)
    return series("a", a) | series("y", [softmax(e.W_ya @ s + e.b_y) for s in a])


@solved
def gitbook_rnn_relu(e: Any) -> dict[str, Any]:
    a = recurrence(e, relu)
    return series("a", a) | series("y", [sigmoid(e.W_ya @ s + e.b_y) for s in a])


@solved
def gitbook_one_to_one(e: Any) -> dict[str, Any]:
    a = tanh(e.W_ax @ e.x[0] + e.b_a)
    return {"a_1": a, "y_1": softmax(e.W_ya @ a + e.b_y)}


@solved
def gitbook_loss_over_time(e: Any) -> dict[str, Any]:
    each = [-np.log(softmax(e.W_ya @ a + e.b_y) @ d) for a, d in zip(recurrence(e), e.d, strict=True)]
    return series("l", each) | {"L": sum(each)}


@solved
def gitbook_bptt(e: Any) -> dict[str, Any]:
    """∂L/∂W_aa = Σ_t δ_t a_{t−1}ᵀ, with δ_T = Wᵀ_ya 2(y − d) ⊙ (1 − a_T²) and δ_{t−1} = Wᵀ_aa δ_t ⊙ (1 − a²_{t−1})."""
    a = [np.zeros(2), *recurrence(e)]
    y = e.W_ya @ a[3]
    delta, terms = e.W_ya.T @ (2 * (y - e.d)) * (1 - a[3] ** 2), {}
    for t in (3, 2, 1):
        terms[t] = np.outer(delta, a[t - 1])
        delta = e.W_aa.T @ delta * (1 - a[t - 1] ** 2)
    return {"L": ((y - e.d) ** 2).sum(), "dL/dW_aa": sum(terms.values())} | {
        f"dL/dW_aa_{t}": terms[t] for t in (1, 2, 3)
    }


@solved
def gitbook_activations(e: Any) -> dict[str, Any]:
    s, h = sigmoid(e.z), tanh(e.z)
    return {"s": s, "ds": s * (1 - s), "h": h, "dh": 1 - h**2, "r": relu(e.z), "dr": 1.0 * (e.z > 0)}


@solved
def gitbook_exponential(e: Any) -> dict[str, Any]:
    return {"dL/da_1": np.array([1.5**9, 0.5**9]), "dL/da_5": np.array([1.5**5, 0.5**5]), "dL/da_10": np.ones(2)}


@solved
def gitbook_clipping(e: Any) -> dict[str, Any]:
    """∂L/∂w = 10·w⁹ with w = 2 is 5120, ten times 2⁹; clipped to 1."""
    return {"L": 1024, "w_new": 2 - 0.5 * 1, "L_new": 1.5**10}


@solved
def gitbook_gate(e: Any) -> dict[str, Any]:
    return {"Gamma_1": sigmoid(e.W @ e.x[0] + e.U @ e.a0 + e.b)}


@solved
def gitbook_gru(e: Any) -> dict[str, Any]:
    c, found = e.c0, {}
    for t, x in enumerate(e.x, 1):
        update = sigmoid(e.W_u @ np.concatenate([c, x]) + e.b_u)
        relevance = sigmoid(e.W_r @ np.concatenate([c, x]) + e.b_r)
        candidate = tanh(e.W_c @ np.concatenate([relevance * c, x]) + e.b_c)
        c = update * candidate + (1 - update) * c
        found |= {f"Gamma_u_{t}": update, f"Gamma_r_{t}": relevance, f"c_{t}": c, f"a_{t}": c}
    return found


@solved
def gitbook_lstm(e: Any) -> dict[str, Any]:
    a, c, found = e.a0, e.c0, {}
    for t, x in enumerate(e.x, 1):
        both = np.concatenate([a, x])
        update, forget, output = (sigmoid(getattr(e, f"W_{k}") @ both + getattr(e, f"b_{k}")) for k in "ufo")
        c = update * tanh(e.W_c @ both + e.b_c) + forget * c
        a = output * tanh(c)
        found |= {f"Gamma_u_{t}": update, f"Gamma_f_{t}": forget, f"Gamma_o_{t}": output, f"c_{t}": c, f"a_{t}": a}
    return found


@solved
def gitbook_parameter_counts(e: Any) -> dict[str, Any]:
    one = e.n * e.n + e.n * e.m + e.n
    return {
        "RNN": one, "GRU": 3 * one, "LSTM": 4 * one, "BRNN": 2 * one, "DRNN": one + 2 * e.n * e.n + e.n,
    }  # fmt: skip


def both_ways(x: Any, forward: Callable[[Any, Any], Any], backward: Callable[[Any, Any], Any], size: int) -> Any:
    return (
        states(forward, x, np.zeros(size)),
        states(backward, x[::-1], np.zeros(size))[::-1],
    )


@solved
def gitbook_bidirectional(e: Any) -> dict[str, Any]:
    f, b = both_ways(
        e.x,
        lambda a, x: tanh(e.W_f @ a + e.U_f @ x + e.b_f),
        lambda a, x: tanh(e.W_b @ a + e.U_b @ x + e.b_b),
        2,
    )
    y = [sigmoid(e.W_y @ np.concatenate(pair) + e.b_y) for pair in zip(f, b, strict=True)]
    return series("f", f) | series("b", b) | series("y", y)


@solved
def gitbook_deep(e: Any) -> dict[str, Any]:
    layer = e.x
    found: dict[str, Any] = {}
    for number in (1, 2, 3):
        w, b = getattr(e, f"W_a_l{number}"), getattr(e, f"b_a_l{number}")
        layer = states(lambda a, x, w=w, b=b: tanh(w @ np.concatenate([a, x]) + b), layer, np.zeros(2))
        found |= series(f"a_l{number}", layer)
    return found | series("y", [sigmoid(e.W_y @ a + e.b_y) for a in layer])


@solved
def gitbook_deep_bidirectional(e: Any) -> dict[str, Any]:
    layer, found = e.x, {}
    for number in (1, 2):
        f, b = both_ways(
            layer,
            lambda a, x, k=number: tanh(getattr(e, f"W_a_l{k}_fw") @ a + getattr(e, f"U_a_l{k}_fw") @ x),
            lambda a, x, k=number: tanh(getattr(e, f"W_a_l{k}_bw") @ a + getattr(e, f"U_a_l{k}_bw") @ x),
            2,
        )
        layer = [np.concatenate(pair) for pair in zip(f, b, strict=True)]
        found |= series(f"a_l{number}", layer)
    return found | series("y", [sigmoid(e.W_y @ a) for a in layer])


# ---------------------------------------------------------------- Deep-learning book, chapters 16–17


@solved
def dlbook_rnn(e: Any) -> dict[str, Any]:
    return series("s", states(lambda s, x: tanh(e.U @ x + e.W @ s), e.x, np.zeros(2)))


@solved
def dlbook_rnn_relu(e: Any) -> dict[str, Any]:
    return series("s", states(lambda s, x: relu(e.U @ x + e.W @ s), e.x, np.zeros(2)))


@solved
def dlbook_thirty_frames(e: Any) -> dict[str, Any]:
    """The feature of frame t is t/30."""
    s = states(lambda s, x: tanh(e.U * x + e.W @ s), e.x, np.zeros(2))[-1]
    y = softmax(e.V @ s)
    return {"s_30": s, "y": y, "L": -np.log(y[1])}


@solved
def dlbook_lstm(e: Any) -> dict[str, Any]:
    h, c, found = np.zeros(2), np.zeros(2), {}
    for t, x in enumerate(e.x, 1):
        step = lstm(e, x, h, c, w="U", u="W")
        h, c = step["h"], step["c"]
        found |= {f"c_{t}": c, f"h_{t}": h}
    return found


@solved
def dlbook_parameters(e: Any) -> dict[str, Any]:
    return {"in_U": e.m * e.n, "in_W": e.m * e.m, "in_V": e.d * e.m, "all": e.m * (e.n + e.m + e.d)}


@solved
def dlbook_image_captioning(e: Any) -> dict[str, Any]:
    h, w, words, outputs = tanh(e.W_i @ e.v), e.w0, [], []
    for _ in range(e.lengths["t"]):
        h = tanh(e.W @ h + e.U @ (e.E.T @ w))
        outputs.append(softmax(e.V @ h))
        words.append(w := chosen(outputs[-1]))
        if w[-1]:
            break
    return series("w", words) | series("y", outputs)


@solved
def dlbook_seq2seq(e: Any) -> dict[str, Any]:
    """Teacher forcing: the decoder reads the words of the target, one step late."""
    h = states(lambda h, x: tanh(e.U_e @ x + e.W_e @ h), e.x, np.zeros(2))[-1]
    s = states(lambda s, w: tanh(e.U_d @ w + e.W_d @ s), e.w, h)
    y = [softmax(e.V @ one) for one in s]
    likelihood = np.array([one @ d for one, d in zip(y, e.targets, strict=True)])
    loss = -np.log(likelihood).sum()
    return (
        {"s_0": h, "L": loss, "perplexity": np.exp(loss / len(y))} | series("y", y) | series("likelihood", likelihood)
    )


@solved
def dlbook_attention(e: Any) -> dict[str, Any]:
    h = states(lambda h, x: tanh(e.U @ x + e.W @ h), e.x, np.zeros(2))
    score = np.array([e.v @ tanh(e.W_a @ e.s0 + e.U_a @ one) for one in h])
    alpha = softmax(score)
    c = sum(a * one for a, one in zip(alpha, h, strict=True))
    s = tanh(e.W_s @ e.s0 + e.C @ c)
    y = softmax(e.V @ np.concatenate([s, c]))
    return {f"alpha[1,{j}]": alpha[j - 1] for j in (1, 2, 3)} | {"c_1": c, "s_1": s, "y_1": y}


# ---------------------------------------------------------------- VietAI, Variants of RNN


@solved
def vietai_rnn(e: Any) -> dict[str, Any]:
    h = states(lambda h, x: tanh(e.W @ h + e.U @ x + e.b_s), e.x, np.zeros(2))
    return series("h", h) | series("y", [softmax(e.V @ s + e.b_y) for s in h])


@solved
def vietai_lstm(e: Any) -> dict[str, Any]:
    h, c, found = np.zeros(2), np.zeros(2), {}
    for t, x in enumerate(e.x, 1):
        step = lstm(e, x, h, c)
        h, c = step["h"], step["c"]
        found |= {f"c_{t}": c, f"h_{t}": h}
    return found


@solved
def vietai_gru(e: Any) -> dict[str, Any]:
    one = gru(e, e.x[0], np.zeros(2))
    return {"h_1": one["h"], "h_2": gru(e, e.x[1], one["h"])["h"]}


@solved
def vietai_deep_bidirectional(e: Any) -> dict[str, Any]:
    layer, found = e.x, {}
    for k in (1, 2):
        f, b = both_ways(
            layer,
            lambda h, x, k=k: tanh(getattr(e, f"W_f{k}") @ x + getattr(e, f"U_f{k}") @ h),
            lambda h, x, k=k: tanh(getattr(e, f"W_b{k}") @ x + getattr(e, f"U_b{k}") @ h),
            2,
        )
        layer = [np.concatenate([backward, forward]) for forward, backward in zip(f, b, strict=True)]
        found |= series(f"f{k}", f) | series(f"b{k}", b)
    return found | series("y", [softmax(pair) for pair in layer])


@solved
def vietai_language_model_words(e: Any) -> dict[str, Any]:
    h = states(lambda h, w: tanh(e.W_xh @ (e.E.T @ w) + e.W_hh @ h), e.x, np.zeros(2))
    return model(e, h)


@solved
def vietai_language_model_characters(e: Any) -> dict[str, Any]:
    return model(e, states(lambda h, x: tanh(e.W_xh @ x + e.W_hh @ h), e.x, np.zeros(3)))


def model(e: Any, h: list[Any]) -> dict[str, Any]:
    y = [softmax(e.W_hy @ s) for s in h]
    likelihood = np.array([one @ d for one, d in zip(y, e.targets, strict=True)])
    loss = -np.log(likelihood).sum()
    found = series("y", y) | series("likelihood", likelihood)
    return found | {"L": loss, "perplexity": np.exp(loss / len(y))}


@solved
def vietai_music(e: Any) -> dict[str, Any]:
    """A note is drawn by a given random number: the first at which the running sum of the probabilities exceeds it."""
    h, w, notes, outputs = np.zeros(2), e.w0, [], []
    for u in e.u:
        h = tanh(e.W_hh @ h + e.W_xh @ w)
        outputs.append(softmax(e.W_hy @ h))
        w = np.eye(4)[int(np.argmax(np.cumsum(outputs[-1]) > u))]
        notes.append(w)
    return series("w", notes) | series("y", outputs)


# ---------------------------------------------------------------- AI for beginners


@solved
def aibeginners_rnn(e: Any) -> dict[str, Any]:
    return series("S", states(lambda s, x: sigmoid(e.W @ x + e.H @ s + e.b), e.X, np.zeros(2)))


@solved
def aibeginners_embedding(e: Any) -> dict[str, Any]:
    X = [e.E.T @ w for w in e.X]
    return series("X", X) | series("S", states(lambda s, x: tanh(e.W @ x + e.H @ s + e.b), X, np.zeros(3)))


@solved
def aibeginners_classification(e: Any) -> dict[str, Any]:
    s = states(lambda s, w: tanh(e.W @ (e.E.T @ w) + e.H @ s + e.b), e.X, np.zeros(2))[-1]
    y = softmax(e.V @ s + e.c)
    return {"y": y, "L": -np.log(y @ e.targets)}


@solved
def aibeginners_lstm(e: Any) -> dict[str, Any]:
    h, c, found = np.zeros(2), np.zeros(2), {}
    for t, x in enumerate(e.X, 1):
        step = lstm(e, x, h, c, w="W", u="H")
        h, c = step["h"], step["c"]
        found |= {f"C_{t}": c, f"H_{t}": h}
    return found


@solved
def aibeginners_bidirectional(e: Any) -> dict[str, Any]:
    f, b = both_ways(
        e.X, lambda s, x: tanh(e.W_f @ x + e.H_f @ s), lambda s, x: tanh(e.W_b @ x + e.H_b @ s), 2
    )  # fmt: skip
    return series("S", [np.concatenate(pair) for pair in zip(f, b, strict=True)])


@solved
def aibeginners_multilayer(e: Any) -> dict[str, Any]:
    first = states(lambda s, x: tanh(e.W_1 @ x + e.H_1 @ s + e.b_1), e.X, np.zeros(2))
    second = states(lambda s, x: tanh(e.W_2 @ x + e.H_2 @ s + e.b_2), first, np.zeros(2))
    return series("S1", first) | series("S2", second)


@solved
def aibeginners_generation(e: Any) -> dict[str, Any]:
    s, w, found, outputs = np.zeros(2), e.w0, [], []
    for _ in range(e.lengths["i"]):
        s = tanh(e.W @ w + e.H @ s + e.b)
        outputs.append(softmax(e.V @ s))
        found.append(w := chosen(outputs[-1]))
    return series("w", found) | series("y", outputs)


@solved
def aibeginners_show_attend_tell(e: Any) -> dict[str, Any]:
    h, c, w, found = e.h0, e.c0, e.w0, {}
    for t in range(1, e.lengths["t"] + 1):
        score = np.array([e.v_a @ tanh(e.W_a @ region + e.U_a @ h) for region in e.a])
        alpha = softmax(score)
        z = sum(share * region for share, region in zip(alpha, e.a, strict=True))
        step = lstm(e, np.concatenate([e.E.T @ w, z]), h, c)
        h, c = step["h"], step["c"]
        y = softmax(e.L_h @ h + e.L_z @ z)
        w = chosen(y)
        found |= {f"z_{t}": z, f"h_{t}": h, f"y_{t}": y, f"w_{t}": w}
        found |= {f"alpha[{t},{j}]": share for j, share in enumerate(alpha, 1)}
    return found


@solved
def aibeginners_grid_lstm(e: Any) -> dict[str, Any]:
    """Two recurrences cross: h1 and m1 climb through the layers j, h2 and m2 run along the words i."""
    zero, found = np.zeros(2), {}
    h1: dict[Any, Any] = {(i, 0): e.P @ x for i, x in enumerate(e.x, 1)}
    m1: dict[Any, Any] = {}
    h2: dict[Any, Any] = {}
    m2: dict[Any, Any] = {}
    for i in (1, 2):
        for j in (1, 2):
            both = np.concatenate([h1[i, j - 1], h2.get((i - 1, j), zero)])
            for h, m, before, k in ((h1, m1, (i, j - 1), 1), (h2, m2, (i - 1, j), 2)):
                u, f, o = (sigmoid(getattr(e, f"W_{gate}{k}") @ both) for gate in "ufo")
                m[i, j] = f * m.get(before, zero) + u * tanh(getattr(e, f"W_c{k}") @ both)
                h[i, j] = tanh(o * m[i, j])
            found |= {f"h1[{i},{j}]": h1[i, j], f"h2[{i},{j}]": h2[i, j]}
    return found
