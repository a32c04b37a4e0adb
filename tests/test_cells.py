"""Every network of the library against strangers: NumPy written out by hand, and books' networks against PyTorch.

The exercises of exercises/networks/ give the numbers for the first; tests/data/oracle/ holds values of PyTorch. The
cells of the frameworks are held against theirs in test_oracle.py.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from places import ORACLE

from rnncalc import Precision, library, load, loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.exercise import Exercise
from rnncalc.numbers import Exact, Surd

Array = np.ndarray[Any, np.dtype[np.float64]]
Values = dict[str, Array]
Data = dict[str, Any]


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def softmax(x: Array) -> Array:
    powers = np.exp(x)
    return powers / powers.sum()


def steps(x: Array) -> list[tuple[int, Array]]:
    return list(enumerate(x, 1))


# ---------------------------------------------------------------- by hand: simple networks


def rnn(d: Data, activation: Callable[[Array], Array] = np.tanh) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        h = activation(d["U"] @ x + d["W"] @ h + d["b_s"])
        found |= {f"h_{t}": h, f"y_{t}": softmax(d["V"] @ h + d["b_y"])}
    return found


def rnn_relu(d: Data) -> Values:
    return rnn(d, lambda x: np.where(x > 0, x, 0))


def rnn_torch(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        h = np.tanh(d["W_ih"] @ x + d["b_ih"] + d["W_hh"] @ h + d["b_hh"])
        found[f"h_{t}"] = h
    return found


def rnn_keras(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        h = np.tanh(x @ d["K"] + h @ d["R"] + d["b"])
        found[f"h_{t}"] = h
    return found


def rnn_onnx(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        h = np.tanh(np.hstack([d["W"], d["R"]]) @ np.concatenate([x, h]) + d["Wb"] + d["Rb"])
        found[f"h_{t}"] = h
    return found


def rnn_bidirectional(d: Data) -> Values:
    forward, backward, found = d["f_0"], d["b_0"], {}
    last = len(d["x"])
    for t, x in steps(d["x"]):
        forward = np.tanh(d["U_f"] @ x + d["W_f"] @ forward + d["b_f"])
        found[f"f_{t}"] = forward
    for t, x in reversed(steps(d["x"])):
        backward = np.tanh(d["U_b"] @ x + d["W_b"] @ backward + d["b_b"])
        found[f"b_{t}"] = backward
    for t in range(1, last + 1):
        found[f"y_{t}"] = softmax(d["V_f"] @ found[f"f_{t}"] + d["V_b"] @ found[f"b_{t}"] + d["b_y"])
    return found


def rnn_deep(d: Data) -> Values:
    low, high, found = d["h1_0"], d["h2_0"], {}
    for t, x in steps(d["x"]):
        low = np.tanh(d["U_1"] @ x + d["W_1"] @ low + d["b_1"])
        high = np.tanh(d["U_2"] @ low + d["W_2"] @ high + d["b_2"])
        found |= {f"h1_{t}": low, f"h2_{t}": high, f"y_{t}": softmax(d["V"] @ high + d["b_y"])}
    return found


def elman(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        h = sigmoid(d["W_h"] @ x + d["U_h"] @ h + d["b_h"])
        found |= {f"h_{t}": h, f"y_{t}": sigmoid(d["W_y"] @ h + d["b_y"])}
    return found


def jordan(d: Data) -> Values:
    y, found = d["y_0"], {}
    for t, x in steps(d["x"]):
        h = sigmoid(d["W_h"] @ x + d["U_h"] @ y + d["b_h"])
        y = sigmoid(d["W_y"] @ h + d["b_y"])
        found |= {f"h_{t}": h, f"y_{t}": y}
    return found


# ---------------------------------------------------------------- by hand: gated networks


def lstm(d: Data, p: Data | None = None, coupled: bool = False) -> Values:
    """With peepholes `p` on c, if they are given."""
    p = p or dict.fromkeys("fio", 0)
    h, c, found = d["h_0"], d["c_0"], {}
    for t, x in steps(d["x"]):
        i = sigmoid(d["W_i"] @ x + d["U_i"] @ h + d["b_i"] + p["i"] * c)
        f = 1 - i if coupled else sigmoid(d["W_f"] @ x + d["U_f"] @ h + d["b_f"] + p["f"] * c)
        c = f * c + i * np.tanh(d["W_c"] @ x + d["U_c"] @ h + d["b_c"])
        o = sigmoid(d["W_o"] @ x + d["U_o"] @ h + d["b_o"] + p["o"] * c)
        h = o * np.tanh(c)
        found |= {f"i_{t}": i, f"f_{t}": f, f"o_{t}": o, f"c_{t}": c, f"h_{t}": h}
    return found


def lstm_peephole(d: Data) -> Values:
    return lstm(d, {gate: d[f"p_{gate}"] for gate in "fio"})


def lstm_coupled(d: Data) -> Values:
    return lstm(d, coupled=True)


def lstm_projection(d: Data) -> Values:
    r, c, found = d["r_0"], d["c_0"], {}
    for t, x in steps(d["x"]):
        i, f, o = (sigmoid(d[f"W_{gate}"] @ x + d[f"U_{gate}"] @ r + d[f"b_{gate}"]) for gate in "ifo")
        c = f * c + i * np.tanh(d["W_c"] @ x + d["U_c"] @ r + d["b_c"])
        r = d["W_rm"] @ (o * np.tanh(c))
        found |= {f"c_{t}": c, f"r_{t}": r}
    return found


def lstm_torch(d: Data) -> Values:
    """As an LSTM of one bias, the sum of the two."""
    names = {"i": "i", "f": "f", "c": "g", "o": "o"}
    plain = {
        f"{kind}_{gate}": value
        for gate, its in names.items()
        for kind, value in (("W", d[f"W_i{its}"]), ("U", d[f"W_h{its}"]), ("b", d[f"b_i{its}"] + d[f"b_h{its}"]))
    }
    return lstm({**d, **plain})


def lstm_torch_projection(d: Data) -> Values:
    h, c, found = d["h_0"], d["c_0"], {}
    for t, x in steps(d["x"]):
        sums = {gate: d[f"W_i{gate}"] @ x + d[f"b_i{gate}"] + d[f"W_h{gate}"] @ h + d[f"b_h{gate}"] for gate in "ifgo"}
        c = sigmoid(sums["f"]) * c + sigmoid(sums["i"]) * np.tanh(sums["g"])
        h = d["W_hr"] @ (sigmoid(sums["o"]) * np.tanh(c))
        found |= {f"c_{t}": c, f"h_{t}": h}
    return found


def lstm_keras(d: Data) -> Values:
    turned = {f"{ours}_{gate}": d[f"{its}_{gate}"].T for ours, its in (("W", "K"), ("U", "R")) for gate in "ifco"}
    return lstm({**d, **turned})


def lstm_onnx(d: Data) -> Values:
    plain = {f"U_{gate}": d[f"R_{gate}"] for gate in "ifco"}
    plain |= {f"b_{gate}": d[f"Wb_{gate}"] + d[f"Rb_{gate}"] for gate in "ifco"}
    return lstm({**d, **plain}, {gate: d[f"P_{gate}"] for gate in "ifo"})


def gru_reset_after(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        z, r = (sigmoid(d[f"W_{gate}"] @ x + d[f"U_{gate}"] @ h + d[f"b_{gate}"]) for gate in "zr")
        candidate = np.tanh(d["W_h"] @ x + d["b_h"] + r * (d["U_h"] @ h + d["d_h"]))
        h = h + z * (candidate - h)
        found |= {f"z_{t}": z, f"r_{t}": r, f"g_{t}": candidate, f"h_{t}": h}
    return found


def gru_torch(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        at_x = {gate: d[f"W_i{gate}"] @ x + d[f"b_i{gate}"] for gate in "rzn"}
        at_h = {gate: d[f"W_h{gate}"] @ h + d[f"b_h{gate}"] for gate in "rzn"}
        r, z = sigmoid(at_x["r"] + at_h["r"]), sigmoid(at_x["z"] + at_h["z"])
        n = np.tanh(at_x["n"] + r * at_h["n"])
        h = n + z * (h - n)
        found |= {f"r_{t}": r, f"z_{t}": z, f"n_{t}": n, f"h_{t}": h}
    return found


def gru_keras(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        at_x = {gate: x @ d[f"K_{gate}"] + d[f"a_{gate}"] for gate in "zrh"}
        at_h = {gate: h @ d[f"R_{gate}"] + d[f"b_{gate}"] for gate in "zrh"}
        z, r = sigmoid(at_x["z"] + at_h["z"]), sigmoid(at_x["r"] + at_h["r"])
        h = z * h + (1 - z) * np.tanh(at_x["h"] + r * at_h["h"])
        found |= {f"z_{t}": z, f"r_{t}": r, f"h_{t}": h}
    return found


def gru_onnx(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        bias = {gate: d[f"Wb_{gate}"] + d[f"Rb_{gate}"] for gate in "zrh"}
        z, r = (sigmoid(d[f"W_{gate}"] @ x + d[f"R_{gate}"] @ h + bias[gate]) for gate in "zr")
        h = (1 - z) * np.tanh(d["W_h"] @ x + d["R_h"] @ (r * h) + bias["h"]) + z * h
        found |= {f"z_{t}": z, f"r_{t}": r, f"h_{t}": h}
    return found


def gru_onnx_reset_after(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        at_x = {gate: d[f"W_{gate}"] @ x + d[f"Wb_{gate}"] for gate in "zrh"}
        at_h = {gate: d[f"R_{gate}"] @ h + d[f"Rb_{gate}"] for gate in "zrh"}
        r, z = sigmoid(at_x["r"] + at_h["r"]), sigmoid(at_x["z"] + at_h["z"])
        h = (1 - z) * np.tanh(at_x["h"] + r * at_h["h"]) + z * h
        found |= {f"z_{t}": z, f"r_{t}": r, f"h_{t}": h}
    return found


def gru_keras_reset_before(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        r, z = (sigmoid(x @ d[f"K_{gate}"] + h @ d[f"R_{gate}"] + d[f"b_{gate}"]) for gate in "rz")
        candidate = np.tanh(x @ d["K_h"] + (r * h) @ d["R_h"] + d["b_h"])
        h = h + (1 - z) * (candidate - h)
        found |= {f"z_{t}": z, f"r_{t}": r, f"h_{t}": h}
    return found


def mgu(d: Data) -> Values:
    h, found = d["h_0"], {}
    for t, x in steps(d["x"]):
        f = sigmoid(np.hstack([d["W_f"], d["U_f"]]) @ np.concatenate([x, h]) + d["b_f"])
        candidate = np.tanh(np.hstack([d["W_h"], d["U_h"]]) @ np.concatenate([x, f * h]) + d["b_h"])
        h = (1 - f) * h + f * candidate
        found |= {f"f_{t}": f, f"g_{t}": candidate, f"h_{t}": h}
    return found


def grid_lstm(d: Data) -> Values:
    """Two layers, `1` the way up and `2` the way along the sequence; all but the input begins as zero."""
    found: Values = {}
    zero = np.zeros(2)
    along = {1: (zero, zero), 2: (zero, zero)}
    for i, x in steps(d["x"]):
        up = d["P"] @ x, zero
        for j in along:
            both = np.concatenate([up[0], along[j][0]])
            ways = []
            for way, (_, memory) in (("1", up), ("2", along[j])):
                u, f, o = (sigmoid(d[f"W_{gate}{way}"] @ both) for gate in "ufo")
                memory = f * memory + u * np.tanh(d[f"W_c{way}"] @ both)
                ways.append((np.tanh(o * memory), memory))
                found |= {f"m{way}_{i},{j}": memory, f"h{way}_{i},{j}": ways[-1][0]}
            up, along[j] = ways
    return found


# ---------------------------------------------------------------- by hand: attention


def attend(scores: Array, memory: Array) -> tuple[Array, Array]:
    weights = softmax(scores)
    return weights, weights @ memory


def look(t: int, scores: Array, weights: Array) -> Values:
    """Scores and weights under the names e_t,j and alpha_t,j."""
    pairs = ((name, j, one) for name, row in (("e", scores), ("alpha", weights)) for j, one in enumerate(row, 1))
    return {f"{name}_{t},{j}": one for name, j, one in pairs}


def attention_additive(d: Data) -> Values:
    s, found = d["s_0"], {}
    for t, x in steps(d["x"]):
        scores = np.tanh(d["W_a"] @ s + d["h"] @ d["U_a"].T) @ d["v_a"]
        weights, c = attend(scores, d["h"])
        s = np.tanh(d["W"] @ s + d["U"] @ x + d["C"] @ c)
        found |= look(t, scores, weights) | {f"c_{t}": c, f"s_{t}": s}
    return found


def luong(d: Data, score: Callable[[Array], Array]) -> Values:
    found: Values = {}
    for t, s in steps(d["s"]):
        weights, c = attend(score(s), d["h"])
        a = np.tanh(d["W_c"] @ np.concatenate([c, s]))
        found |= look(t, score(s), weights) | {f"c_{t}": c, f"a_{t}": a, f"y_{t}": softmax(d["W_s"] @ a)}
    return found


def attention_dot(d: Data) -> Values:
    return luong(d, lambda s: d["h"] @ s)


def attention_general(d: Data) -> Values:
    return luong(d, lambda s: d["h"] @ (d["W_a"].T @ s))


def attention_concat(d: Data) -> Values:
    return luong(d, lambda s: np.array([d["v_a"] @ np.tanh(d["W_a"] @ np.concatenate([s, h])) for h in d["h"]]))


def attention_scaled_dot(d: Data) -> Values:
    """All queries at once: softmax(Q Kᵀ / √d) V."""
    q, k, v = d["s"] @ d["W_q"].T, d["h"] @ d["W_k"].T, d["h"] @ d["W_v"].T
    scores = q @ k.T / np.sqrt(k.shape[1])
    weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    found = {f"c_{t}": c for t, c in steps(weights @ v)}
    for t, row in steps(scores):
        found |= look(t, row, weights[t - 1])
    return found


def show_attend_tell(d: Data) -> Values:
    h, c, found = d["h_0"], d["c_0"], {}
    for t, x in steps(d["x"]):
        scores = np.tanh(d["a"] @ d["W_a"].T + d["U_a"] @ h) @ d["v_a"]
        weights, z = attend(scores, d["a"])
        sums = {g: d[f"W_{g}"] @ x + d[f"U_{g}"] @ h + d[f"Z_{g}"] @ z + d[f"b_{g}"] for g in "ifoc"}
        c = sigmoid(sums["f"]) * c + sigmoid(sums["i"]) * np.tanh(sums["c"])
        h = sigmoid(sums["o"]) * np.tanh(c)
        y = softmax(d["L_o"] @ (x + d["L_h"] @ h + d["L_z"] @ z))
        found |= look(t, scores, weights) | {f"z_{t}": z, f"c_{t}": c, f"h_{t}": h, f"y_{t}": y}
    return found


BY_HAND: dict[str, Callable[[Data], Values]] = {
    "attention-additive": attention_additive,
    "attention-concat": attention_concat,
    "attention-dot": attention_dot,
    "attention-general": attention_general,
    "attention-scaled-dot": attention_scaled_dot,
    "elman": elman,
    "grid-lstm": grid_lstm,
    "gru-keras": gru_keras,
    "gru-keras-reset-before": gru_keras_reset_before,
    "gru-onnx": gru_onnx,
    "gru-onnx-reset-after": gru_onnx_reset_after,
    "gru-reset-after": gru_reset_after,
    "gru-torch": gru_torch,
    "jordan": jordan,
    "lstm-coupled": lstm_coupled,
    "lstm-keras": lstm_keras,
    "lstm-onnx": lstm_onnx,
    "lstm-peephole": lstm_peephole,
    "lstm-projection": lstm_projection,
    "lstm-torch": lstm_torch,
    "lstm-torch-projection": lstm_torch_projection,
    "mgu": mgu,
    "rnn-bidirectional": rnn_bidirectional,
    "rnn-deep": rnn_deep,
    "rnn-keras": rnn_keras,
    "rnn-onnx": rnn_onnx,
    "rnn-relu": rnn_relu,
    "rnn-torch": rnn_torch,
    "show-attend-tell": show_attend_tell,
}
OF_THE_SOURCES = {"gru", "lstm", "rnn"}
"""Cells whose exercises are those of the lectures."""


def data_of(exercise: Exercise) -> Data:
    """The numbers of an exercise as arrays: a vector has one axis, an input one axis more; initial states are `h_0`."""
    network = exercise.network
    data: Data = {}
    for name, given in network.given.items():
        arrays = [plain(rows) for rows in given.values.values()]
        data[name] = arrays[0] if () in given.values else np.array(arrays)
    for name, position in network.plan.boundary:
        rows = network.data.get((name, position))
        data[f"{name}_0"] = np.zeros(network.shapes.known(name)[0]) if rows is None else plain(rows)
    return data


def plain(rows: Any) -> Array:
    array = np.array([[number(entry) for entry in row] for row in rows])
    return array[:, 0] if array.shape[1] == 1 else array


def number(entry: Exact) -> float:
    return float(entry.coefficient) * entry.radicand**0.5 if isinstance(entry, Surd) else float(entry)


def computed(exercise: Exercise) -> Values:
    """Every quantity that rnncalc computes, by its name in files."""
    solution = solve(exercise, precision=Precision(17, "significant"))
    found = {}
    for step in solution.steps:
        cells = [float(cell.text) for line in solution.rounded(step.value) for cell in line]
        found[f"{step.equation.name}_{','.join(map(str, step.position))}"] = np.array(cells)
    return found


def assert_same(found: Values, expected: Values, tolerance: float = 1e-12) -> None:
    assert expected.keys() <= found.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], np.ravel(values), rtol=tolerance, atol=tolerance, err_msg=name)


def test_every_cell_has_an_exercise_and_a_computation_by_hand() -> None:
    assert sorted(BY_HAND) == sorted(set(cell_names()) - OF_THE_SOURCES)
    assert [name for name in library.names() if name.startswith("networks/")] == [f"networks/{n}" for n in BY_HAND]


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str) -> None:
    """What is asked for, and whatever else both have computed on the way."""
    exercise = load(f"networks/{name}")
    assert exercise.cell == library_cell(name)
    found, by_hand = computed(exercise), BY_HAND[name](data_of(exercise))
    asked = {f"{ref.name}_{','.join(str(index.offset) for index in ref.indices)}" for ref in exercise.find}
    assert asked <= by_hand.keys()
    assert_same(found, {quantity: value for quantity, value in by_hand.items() if quantity in found})


# ---------------------------------------------------------------- PyTorch's values under the names of books

Case = tuple[Exercise, Values]


def exercise_of(cell: str, find: list[str], parameters: Data, inputs: Data, initial: Data, **more: str) -> Exercise:
    """An exercise from arrays, through the text of its file."""

    def lists(data: Data) -> Data:
        return {name: np.asarray(value).tolist() for name, value in data.items()}

    sections = {"find": find, "parameters": lists(parameters), "inputs": lists(inputs), "initial": lists(initial)}
    return loads(json.dumps({**({"cell": cell} if cell else {}), **more, **sections}))


def cut(array: Any, gates: str, prefix: str, axis: int = 0) -> Data:
    """The blocks of a fused matrix or bias, one for each gate."""
    parts = np.split(np.array(array), len(gates), axis=axis)
    return {f"{prefix}{gate}": part for gate, part in zip(gates, parts, strict=True)}


def by_step(name: str, rows: Any) -> Values:
    return {f"{name}_{t}": np.array(row) for t, row in enumerate(rows, 1)}


def torch_gates(gates: str, p: Data, suffix: str = "") -> Data:
    """The parameters of PyTorch under the names of its documentation."""
    names = {"W_i": "weight_ih", "W_h": "weight_hh", "b_i": "bias_ih", "b_h": "bias_hh"}
    blocks = [cut(p[its + suffix], gates, ours) for ours, its in names.items()]
    return {name: block for part in blocks for name, block in part.items()}


def one_bias(p: Data, suffix: str) -> tuple[Array, Array, Array]:
    """What multiplies the input, what multiplies the state, and the sum of the two biases."""
    weights = [np.array(p[f"weight_{way}_{suffix}"]) for way in ("ih", "hh")]
    return weights[0], weights[1], np.array(p[f"bias_ih_{suffix}"]) + np.array(p[f"bias_hh_{suffix}"])


def rnn_with_output(cell: str) -> Callable[[Data], Case]:
    def case(file: Data) -> Case:
        u, w, bias = one_bias(file["params"], "l0")
        parameters = {"U": u, "W": w, "b_s": bias, "V": file["readout"]["V"], "b_y": file["readout"]["d"]}
        inputs, initial = {"x": file["inputs"]["x"]}, {"h": file["inputs"]["h_0"][0]}
        expected = by_step("y", file["losses"]["cross_entropy"]["probabilities"])
        return exercise_of(cell, ["y"], parameters, inputs, initial), by_step("h", file["outputs"]["output"]) | expected

    return case


def torch_bidirectional(file: Data) -> Case:
    parameters: Data = {}
    for way, suffix in (("f", "l0"), ("b", "l0_reverse")):
        u, w, bias = one_bias(file["params"], suffix)
        parameters |= {f"U_{way}": u, f"W_{way}": w, f"b_{way}": bias}
    initial = dict(zip("fb", file["inputs"]["h_0"], strict=True))
    exercise = exercise_of("rnn-bidirectional", ["f", "b"], parameters, {"x": file["inputs"]["x"]}, initial)
    halves = np.split(np.array(file["outputs"]["output"]), 2, axis=1)
    return exercise, by_step("f", halves[0]) | by_step("b", halves[1])


def torch_two_layers(file: Data) -> Case:
    parameters: Data = {}
    for layer in (1, 2):
        u, w, bias = one_bias(file["params"], f"l{layer - 1}")
        parameters |= {f"U_{layer}": u, f"W_{layer}": w, f"b_{layer}": bias}
    initial = dict(zip(("h1", "h2"), file["inputs"]["h_0"], strict=True))
    exercise = exercise_of("rnn-deep", ["h2"], parameters, {"x": file["inputs"]["x"]}, initial)
    return exercise, by_step("h2", file["outputs"]["output"])


def torch_lstm_as_in_books(file: Data) -> Case:
    u, w, bias = one_bias(file["params"], "l0")
    parameters = cut(u, "ifco", "W_") | cut(w, "ifco", "U_") | cut(bias, "ifco", "b_")
    initial = {state: file["inputs"][f"{state}_0"][0] for state in "hc"}
    exercise = exercise_of("lstm", ["h"], parameters, {"x": file["inputs"]["x"]}, initial)
    return exercise, by_step("h", file["outputs"]["output"])


def torch_projection(file: Data) -> Case:
    u, w, bias = one_bias(file["params"], "l0")
    parameters = cut(u, "ifco", "W_") | cut(w, "ifco", "U_") | cut(bias, "ifco", "b_")
    parameters["W_rm"] = file["params"]["weight_hr_l0"]
    initial = {"r": file["inputs"]["h_0"][0], "c": file["inputs"]["c_0"][0]}
    exercise = exercise_of("lstm-projection", ["r"], parameters, {"x": file["inputs"]["x"]}, initial)
    return exercise, by_step("r", file["outputs"]["output"]) | {"c_3": np.array(file["outputs"]["c_n"][0])}


def torch_gru_turned(file: Data) -> Case:
    """PyTorch's z keeps the old state: it is 1 − z of the cell gru-reset-after, and 1 − σ(a) = σ(−a)."""
    p = torch_gates("rzn", file["params"], "_l0")
    parameters = {"W_r": p["W_ir"], "U_r": p["W_hr"], "b_r": p["b_ir"] + p["b_hr"]}
    parameters |= {"W_z": -p["W_iz"], "U_z": -p["W_hz"], "b_z": -p["b_iz"] - p["b_hz"]}
    parameters |= {"W_h": p["W_in"], "U_h": p["W_hn"], "b_h": p["b_in"], "d_h": p["b_hn"]}
    initial = {"h": file["inputs"]["h_0"][0]}
    exercise = exercise_of("gru-reset-after", ["h"], parameters, {"x": file["inputs"]["x"]}, initial)
    return exercise, by_step("h", file["outputs"]["output"])


CASES: list[tuple[str, Callable[[Data], Case]]] = [
    ("torch-rnn-tanh-T3", rnn_with_output("rnn")),
    ("torch-rnn-relu-T3", rnn_with_output("rnn-relu")),
    ("torch-rnn-tanh-bidir-T3", torch_bidirectional),
    ("torch-rnn-tanh-2layer-T2", torch_two_layers),
    ("torch-lstm-T3", torch_lstm_as_in_books),
    ("torch-lstm-proj-T3", torch_projection),
    ("torch-gru-T3", torch_gru_turned),
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_against_other_programs(name: str, case: Callable[[Data], Case]) -> None:
    exercise, expected = case(json.loads((ORACLE / f"{name}.json").read_text(encoding="utf-8")))
    assert_same(computed(exercise), expected)
