"""Gradients of every parameter, input, initial state and time step against PyTorch and Keras, to 1e-12."""

import json
from typing import Any

import numpy as np
import pytest
from places import ORACLE
from systems import System, Values, arrays, column, columns

from rnncalc.equations import Gradient

TORCH = [
    f"torch-{name}"
    for name in (
        "rnn-tanh-T3", "rnn-relu-T3", "lstm-T3", "gru-T3", "lstm-proj-T3", "rnn-tanh-2layer-T2", "gru-2layer-T3",
        "rnn-tanh-bidir-T3", "gru-bidir-T3", "lstm-2layer-bidir-T2",
    )
]  # fmt: skip
GATES = {"LSTM": "ifgo", "GRU": "rzn", "RNN": "h"}


def read(name: str) -> Any:
    return json.loads((ORACLE / f"{name}.json").read_text())


def agree(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.squeeze(found), np.squeeze(expected), rtol=1e-12, atol=1e-12)


def cell(op: str, mark: str, x: str, activation: str, back: bool = False, projection: bool = False) -> str:
    """The equations of one layer in one direction; its quantities carry the mark, its output is h<mark>."""
    before = "t+1" if back else "t-1"

    def line(gate: str) -> str:
        inside = f"W{mark}_{gate} @ {x} + b{mark}_{gate}"
        return f"{inside} + U{mark}_{gate} @ h{mark}[{before}] + e{mark}_{gate}"

    if op == "LSTM":
        gates = "".join(f"{g}{mark}[t] = {'tanh' if g == 'g' else 'sigmoid'}({line(g)})\n" for g in "ifgo")
        shown = f"o{mark}[t] * tanh(c{mark}[t])"
        return (
            f"{gates}c{mark}[t] = f{mark}[t] * c{mark}[{before}] + i{mark}[t] * g{mark}[t]\n"
            f"h{mark}[t] = {f'P{mark} @ ({shown})' if projection else shown}\n"
        )
    if op == "GRU":
        return (
            "".join(f"{g}{mark}[t] = sigmoid({line(g)})\n" for g in "rz")
            + f"n{mark}[t] = tanh(W{mark}_n @ {x} + b{mark}_n "
            + f"+ r{mark}[t] * (U{mark}_n @ h{mark}[{before}] + e{mark}_n))\n"
            + f"h{mark}[t] = (1 - z{mark}[t]) * n{mark}[t] + z{mark}[t] * h{mark}[{before}]\n"
        )
    return f"h{mark}[t] = {activation}({line('h')})\n"


def parameters(case: Any, op: str, mark: str, suffix: str, units: int) -> dict[Any, Any]:
    """The blocks of torch's fused matrices, gate by gate."""
    found = {}
    for key, letter in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b"), ("bias_hh", "e")):
        value = case["params"][key + suffix]
        for number, gate in enumerate(GATES[op]):
            found |= arrays(**{f"{letter}{mark}_{gate}": value[number * units : (number + 1) * units]})
    if f"weight_hr{suffix}" in case["params"]:
        found |= arrays(**{f"P{mark}": case["params"][f"weight_hr{suffix}"]})
    return found


def layers(case: Any) -> list[tuple[str, str, int, bool]]:
    """(mark, suffix of the parameters, number of the state, backward) of each layer and direction."""
    config = case["config"]
    ways = 2 if config["bidirectional"] else 1
    return [
        (f"{layer}{'b' if way else 'a'}", f"_l{layer}{'_reverse' if way else ''}", layer * ways + way, bool(way))
        for layer in range(config["num_layers"])
        for way in range(ways)
    ]


def network(case: Any) -> tuple[str, dict[Any, Any], str]:
    """The equations of a torch module, its data, and the output at each step."""
    config, op, units = case["config"], case["op"], case["config"]["hidden_size"]
    text, x, outputs, length = "", "x[t]", [], len(case["inputs"]["x"])
    data: dict[Any, Any] = columns("x", case["inputs"]["x"])
    for mark, suffix, number, back in layers(case):
        if len(outputs) == (2 if config["bidirectional"] else 1):
            x, outputs = f"concat({', '.join(outputs)})" if len(outputs) > 1 else outputs[0], []
        text += cell(op, mark, x, config.get("nonlinearity", ""), back, config["proj_size"] > 0)
        data |= parameters(case, op, mark, suffix, units)
        place = (length + 1 if back else 0,)
        data[f"h{mark}", place] = column(case["inputs"]["h_0"][number])
        if op == "LSTM":
            data[f"c{mark}", place] = column(case["inputs"]["c_0"][number])
        outputs.append(f"h{mark}[t]")
    return text, data, f"concat({', '.join(outputs)})" if len(outputs) > 1 else outputs[0]


def with_loss(case: Any, loss: str, output: str) -> tuple[str, dict[Any, Any]]:
    if loss == "sum_squares":
        return f"out[t] = {output}\nL = sum(sum(out[t] ** 2), t)\n", {}
    readout = case["readout"]
    classes = len(readout["d"])
    targets = np.eye(classes)[readout["targets"]]
    text = f"y[t] = softmax(V @ {output} + d)\nL = -sum(sum(target[t] * log(y[t])), t)\n"
    return text, {**columns("target", targets), **arrays(V=readout["V"], d=readout["d"])}


def solved(text: str, data: dict[Any, Any]) -> tuple[Gradient, Values]:
    system = System(text, data)
    found = system.gradient(frozenset({"target"}))
    return found, system.values(found)


@pytest.mark.parametrize("loss", ["sum_squares", "cross_entropy"])
@pytest.mark.parametrize("name", TORCH)
def test_torch(name: str, loss: str) -> None:
    case = read(name)
    text, data, output = network(case)
    more, more_data = with_loss(case, loss, output)
    found, values = solved(text + more, {**data, **more_data})
    expected = case["losses"][loss]["grads"]
    agree(values["L", ()], case["losses"][loss]["value"])
    for mark, suffix, number, back in layers(case):
        for key, letter in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b"), ("bias_hh", "e")):
            blocks = [values[found.adjoints[f"{letter}{mark}_{gate}"], ()] for gate in GATES[case["op"]]]
            agree(np.concatenate(blocks), expected[key + suffix])
        for state in ("h", "c") if case["op"] == "LSTM" else ("h",):
            place = (len(case["inputs"]["x"]) + 1 if back else 0,)
            agree(values[found.adjoints[f"{state}{mark}"], place], expected[f"{state}_0"][number])
        if f"weight_hr{suffix}" in expected:
            agree(values[found.adjoints[f"P{mark}"], ()], expected[f"weight_hr{suffix}"])
    for step, row in enumerate(expected["x"], 1):
        agree(values[found.adjoints["x"], (step,)], row)
    if loss == "cross_entropy":
        agree(values[found.adjoints["V"], ()], expected["V"])
        agree(values[found.adjoints["d"], ()], expected["d"])
        assert found.outputs == {"y"}


@pytest.mark.parametrize("loss", ["sum_squares", "cross_entropy"])
@pytest.mark.parametrize("name", ["torch-rnn-tanh-T3", "torch-rnn-relu-T3", "torch-lstm-T3", "torch-gru-T3"])
def test_torch_step_by_step(name: str, loss: str) -> None:
    """The adjoint of every gate, state and pre-activation at every step."""
    case = read(name)
    text, data, output = network(case)
    more, more_data = with_loss(case, loss, output)
    found, values = solved(text + more, {**data, **more_data})
    for step, adjoints in enumerate(case["losses"][loss]["bptt"], 1):
        for key, expected in adjoints.items():
            quantity = key.removeprefix("dL_d")
            gate = "h" if quantity == "a" else quantity.removeprefix("a_")
            names = found.preactivations if quantity.startswith("a") else found.adjoints
            agree(values[names[f"{gate}0a"], (step,)], expected)


@pytest.mark.parametrize("loss", ["sum_squares", "cross_entropy"])
@pytest.mark.parametrize("name", ["torch-lstmcell", "torch-grucell"])
def test_torch_cells(name: str, loss: str) -> None:
    """One step by itself: its input and its old state have gradients too."""
    case = read(name)
    op, units = case["op"].removesuffix("Cell"), case["config"]["hidden_size"]
    case["params"] = {f"{key}_l0": value for key, value in case["params"].items()}
    data = {**columns("x", [case["inputs"]["x"]]), **parameters(case, op, "", "_l0", units)}
    states = [state for state in ("h", "c") if state in case["inputs"]]
    data |= {(state, (0,)): column(case["inputs"][state]) for state in states}
    case["readout"]["targets"] = [case["readout"]["targets"]]
    more, more_data = with_loss(case, loss, "h[t]")
    found, values = solved(cell(op, "", "x[t]", "") + more, {**data, **more_data})
    expected = case["losses"][loss]["grads"]
    for key, letter in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b"), ("bias_hh", "e")):
        agree(np.concatenate([values[found.adjoints[f"{letter}_{gate}"], ()] for gate in GATES[op]]), expected[key])
    agree(values[found.adjoints["x"], (1,)], expected["x"])
    for state in states:
        agree(values[found.adjoints[state], (0,)], expected[state])


@pytest.mark.parametrize(
    ("name", "gates", "text"),
    [
        (
            "keras-lstm-T3",
            "ifco",
            "i[t] = sigmoid(K_i.T @ x[t] + R_i.T @ h[t-1] + b_i)\n"
            "f[t] = sigmoid(K_f.T @ x[t] + R_f.T @ h[t-1] + b_f)\n"
            "c[t] = f[t] * c[t-1] + i[t] * tanh(K_c.T @ x[t] + R_c.T @ h[t-1] + b_c)\n"
            "o[t] = sigmoid(K_o.T @ x[t] + R_o.T @ h[t-1] + b_o)\n"
            "h[t] = o[t] * tanh(c[t])\n",
        ),
        (
            "keras-gru-reset-after-T3",
            "zrh",
            "z[t] = sigmoid(K_z.T @ x[t] + b_z + R_z.T @ h[t-1] + e_z)\n"
            "r[t] = sigmoid(K_r.T @ x[t] + b_r + R_r.T @ h[t-1] + e_r)\n"
            "h[t] = z[t] * h[t-1] + (1 - z[t]) * tanh(K_h.T @ x[t] + b_h + r[t] * (R_h.T @ h[t-1] + e_h))\n",
        ),
    ],
)
def test_keras(name: str, gates: str, text: str) -> None:
    case = read(name)
    units, weights = case["config"]["units"], case["weights"]
    biases = np.atleast_2d(weights["bias"])
    data: dict[Any, Any] = columns("x", case["inputs"]["x"][0])
    for number, gate in enumerate(gates):
        block = slice(number * units, (number + 1) * units)
        data |= arrays(
            **{
                f"K_{gate}": np.array(weights["kernel"])[:, block],
                f"R_{gate}": np.array(weights["recurrent_kernel"])[:, block],
                **{f"{letter}_{gate}": row[block] for letter, row in zip("be", biases, strict=False)},
            }
        )
    states = ["h", "c"][: len(case["inputs"]["initial_state"])]
    for state, value in zip(states, case["inputs"]["initial_state"], strict=True):
        data[state, (0,)] = column(value)
    found, values = solved(text + "L = sum(sum(h[t] ** 2), t)", data)
    expected = case["grads"]
    agree(values["L", ()], case["loss"])
    for key, letter in (("kernel", "K"), ("recurrent_kernel", "R")):
        agree(np.concatenate([values[found.adjoints[f"{letter}_{g}"], ()] for g in gates], axis=1), expected[key])
    for letter, row in zip("be", np.atleast_2d(expected["bias"]), strict=False):
        agree(np.concatenate([values[found.adjoints[f"{letter}_{g}"], ()] for g in gates]), row)
    for step, row in enumerate(expected["x"][0], 1):
        agree(values[found.adjoints["x"], (step,)], row)
    for state, row in zip(states, expected["initial_state"], strict=True):
        agree(values[found.adjoints[state], (0,)], row)


def recurrent(op: str, mark: str, x: str, letter: str, state: str) -> str:
    """A torch cell that reads x, with its state under the name given."""
    return (
        cell(op, mark, x, "")
        .replace("[t", f"[{letter}")
        .replace(f"h{mark}[", f"{state}[")
        .replace(f"c{mark}[", f"{'c' if op == 'LSTM' else state}{mark}[" if op == "LSTM" else f"c{mark}[")
    )


ATTENTION = {
    "attention-bahdanau-gru": (
        "a[t,j] = softmax(v.T @ tanh(W_a @ s[t-1] + U_a @ h[j]), j)\n"
        "u[t] = sum(a[t,j] * h[j], j)\n",
        "concat(w[t], u[t])",
        "y[t] = softmax(O @ concat(s[t], u[t], w[t]))\n",
    ),
    "attention-luong-dot-lstm": (
        "a[t,j] = softmax(s[t].T @ h[j], j)\n"
        "u[t] = sum(a[t,j] * h[j], j)\n",
        "w[t]",
        "m[t] = tanh(C @ concat(u[t], s[t]))\ny[t] = softmax(O @ m[t])\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ATTENTION))
def test_attention(name: str) -> None:
    """An encoder, attention over its states, and a decoder that begins with the last of them; words are embedded."""
    case = read(name)
    op, units = case["config"]["cell"], case["config"]["hidden_size"]
    attend, read_in, out = ATTENTION[name]
    length = len(case["inputs"]["x"])
    text = recurrent(op, "E", "x[j]", "j", "h") + recurrent(op, "D", read_in, "t", "s")
    text += "s[0] = h[J]\n" + ("cD[0] = cE[J]\n" if op == "LSTM" else "")
    text += attend + "w[t] = emb.T @ word[t]\n" + out + "L = -sum(sum(target[t] * log(y[t])), t)\n"
    data: dict[Any, Any] = {**columns("x", case["inputs"]["x"]), **arrays(emb=case["params"]["emb"])}
    for mark, part in (("E", "enc"), ("D", "dec")):
        block = {"params": {f"{key}_l0": value for key, value in case["params"][part].items()}}
        data |= parameters(block, op, mark, "_l0", units)
    att = case["params"]["att"]
    names = {"W_a": "W_a", "U_a": "U_a", "v_a": "v", "W_c": "C", "W_s": "O", "W_o": "O"}
    given = {**att, **{key: case["params"][key] for key in ("W_c", "W_s", "W_o") if key in case["params"]}}
    data |= arrays(**{names[key]: value for key, value in given.items()})
    words = case["config"]["vocabulary"]
    data |= columns("word", np.eye(words)[case["inputs"]["decoder_inputs"]])
    data |= columns("target", np.eye(words)[case["inputs"]["targets"]])
    found, values = solved(text, data)
    expected = case["grads"]
    agree(values["L", ()], case["loss"])
    for mark, part in (("E", "enc"), ("D", "dec")):
        for key, letter in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b"), ("bias_hh", "e")):
            blocks = [values[found.adjoints[f"{letter}{mark}_{gate}"], ()] for gate in GATES[op]]
            agree(np.concatenate(blocks), expected[part][key])
    for key in given:
        agree(values[found.adjoints[names[key]], ()], expected.get(key) or expected["att"][key])
    agree(values[found.adjoints["emb"], ()], expected["emb"])
    for step in range(1, length + 1):
        agree(values[found.adjoints["x"], (step,)], expected["x"][step - 1])
