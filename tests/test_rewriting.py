"""A network in another notation computes what it computed before: forms of one network against each other."""

import json
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from places import ORACLE

from rnncalc import loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.starter import starter

File = dict[str, Any]


def values(file: File) -> dict[tuple[str, tuple[int, ...]], Any]:
    """Everything that a file computes, by name and position."""
    found = solve(loads(json.dumps(file, ensure_ascii=False)), float64=True)
    return {(step.equation.name, step.position): np.asarray(step.value) for step in found.steps}


def agree(one: File, other: File, turned: bool = False) -> None:
    """What both files compute is the same; one may have the transposes of the other."""
    here, there = values(one), values(other)
    both = here.keys() & there.keys()
    assert both
    for key in both:
        np.testing.assert_allclose(here[key].T if turned else here[key], there[key], rtol=1e-13, atol=1e-15)


def turned(rows: Any) -> Any:
    """A matrix transposed; a vector is written as it was."""
    return [list(column) for column in zip(*rows, strict=True)] if isinstance(rows[0], list) else rows


def started(name: str) -> File:
    """A file for a cell, with numbers."""
    file: File = yaml.load(starter(library_cell(name), "f.yaml"), Loader=yaml.BaseLoader)
    return file


@pytest.mark.parametrize("name", cell_names())
def test_rows_have_the_transposed_weights(name: str) -> None:
    """The matrices of Keras are used transposed in its cells, and as they are where vectors are rows."""
    file = started(name)
    parameters = {
        weight: rows if "keras" in name or not isinstance(rows, list) else turned(rows)
        for weight, rows in file["parameters"].items()
    }
    agree(file, {**file, "parameters": parameters, "vectors": "rows"}, turned=True)


def random_lstm(units: int, inputs: int, steps: int, seed: int) -> File:
    rng = np.random.default_rng(seed)

    def numbers(*shape: int) -> Any:
        return rng.integers(-9, 10, shape).astype(float).__truediv__(8).tolist()

    weights = {
        f"{name}_{gate}": numbers(*shape)
        for gate in "fico"
        for name, shape in (("W", (units, inputs)), ("U", (units, units)), ("b", (units,)))
    }
    initial = {"h": numbers(units), "c": numbers(units)}
    return {"cell": "lstm", "inputs": {"x": numbers(steps, inputs)}, "parameters": weights, "initial": initial}


@settings(max_examples=12)
@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99), st.permutations("fico"), st.booleans(),
    st.permutations("hx"), st.booleans(),
)  # fmt: skip
def test_weights_together_are_weights_apart(
    units: int, inputs: int, steps: int, seed: int, gates: list[str], rows: bool, order: list[str], together: bool
) -> None:
    """Fused in any order, also joined for [h; x] or [x; h], and both also for rows."""
    file = random_lstm(units, inputs, steps, seed)
    weights = {name: np.array(one, ndmin=2) for name, one in file["parameters"].items()}
    if together:
        pairs = {gate: {"x": weights[f"W_{gate}"], "h": weights[f"U_{gate}"]} for gate in gates}
        arrays = {"W": np.vstack([np.hstack([pairs[gate][name] for name in order]) for gate in gates])}
    else:
        arrays = {name: np.vstack([weights[f"{name}_{gate}"] for gate in gates]) for name in "WU"}
    parameters = {name: (array.T if rows else array).tolist() for name, array in arrays.items()}
    parameters["b"] = np.hstack([weights[f"b_{gate}"][0] for gate in gates]).tolist()
    other = {**file, "parameters": parameters, "fused": dict.fromkeys(parameters, gates)}
    other |= {"vectors": "rows"} if rows else {}
    other |= {"concat": order} if together else {}
    agree(file, other, turned=rows)


def test_gradients_in_rows_are_the_transposed_gradients() -> None:
    """Fused and in rows, the gradient of the array is made of the gradients of its blocks."""
    file = random_lstm(2, 3, 2, seed=7) | {"loss": "L = sum(sum(h[t] ** 2), t)"}
    weights = {name: np.array(one, ndmin=2) for name, one in file["parameters"].items()}
    parameters = {name: np.hstack([weights[f"{name}_{gate}"].T for gate in "ifco"]).tolist() for name in "WU"}
    parameters["b"] = np.hstack([weights[f"b_{gate}"][0] for gate in "ifco"]).tolist()
    fused = {key: list("ifco") for key in parameters}
    other = {**file, "parameters": parameters, "vectors": "rows", "fused": fused, "find": ["dL/dW", "dL/dU", "dL/db"]}
    file["find"] = [f"dL/d{name}_{gate}" for name in "WUb" for gate in "fico"]
    agree(file, other, turned=True)
    here, there = values(file), values(other)
    for name in "WUb":
        blocks = [here[f"d_{name}_{gate}", ()].T for gate in "ifco"]
        np.testing.assert_allclose(there[f"d_{name}", ()], np.hstack(blocks), rtol=1e-13, atol=1e-15)


# ---------------------------------------------------------------- layers and directions, against PyTorch

GATES = {"lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n"), "rnn": ()}


def torch_file(case: dict[str, Any]) -> File:
    """A case of PyTorch in the short form: its own arrays, layers and directions."""
    cell, layers = case["op"].lower(), case["config"].get("num_layers", 1)
    both = case["config"].get("bidirectional", False)
    marks = [
        (f"_l{layer + 1}" if layers > 1 else "") + (f"_{way}" if both else "")
        for layer in range(layers)
        for way in (("fw", "bw") if both else ("",))
    ]
    sides = {"weight_ih": "W_i", "weight_hh": "W_h", "bias_ih": "b_i", "bias_hh": "b_h"}
    form: File = {"fused": {side: [short + gate for gate in GATES[cell]] for side, short in sides.items()}}
    if cell == "rnn":
        form = {"rename": {"W_ih": "weight_ih", "W_hh": "weight_hh", "b_ih": "bias_ih", "b_hh": "bias_hh"}}
    theirs = [f"_l{layer}{way}" for layer in range(layers) for way in (("", "_reverse") if both else ("",))]
    parameters = {
        side + mark: case["params"][side + their] for mark, their in zip(marks, theirs, strict=True) for side in sides
    }
    states = {name: case["inputs"][f"{name}_0"] for name in ("h", "c") if f"{name}_0" in case["inputs"]}
    initial = {name + mark: state[number] for name, state in states.items() for number, mark in enumerate(marks)}
    form |= {"layers": layers, "bidirectional": both} if both else {"layers": layers}
    return {
        "cell": f"{cell}-torch",
        "inputs": {"x": case["inputs"]["x"]},
        "parameters": parameters,
        "initial": initial,
    } | form


TORCH = [
    "torch-lstm-2layer-bidir-T2", "torch-gru-2layer-T3", "torch-gru-bidir-T3", "torch-rnn-tanh-2layer-T2",
    "torch-rnn-tanh-bidir-T3", "torch-lstm-T3", "torch-gru-T3",
]  # fmt: skip


@pytest.mark.parametrize("name", TORCH)
def test_torch(name: str) -> None:
    case = json.loads((ORACLE / f"{name}.json").read_text())
    found = values(torch_file(case))
    top = f"h_l{layers}" if (layers := case["config"].get("num_layers", 1)) > 1 else "h"
    for step, output in enumerate(case["outputs"]["output"], 1):
        np.testing.assert_allclose(found[top, (step,)].ravel(), output, rtol=1e-12)


@pytest.mark.parametrize("name", ["torch-lstm-2layer-bidir-T2", "torch-gru-2layer-T3"])
def test_gradients_of_torch(name: str) -> None:
    """The gradients of all arrays, through blocks, layers and directions."""
    case = json.loads((ORACLE / f"{name}.json").read_text())
    file = torch_file(case)
    arrays = list(file["parameters"])
    loss = {"loss": "L = sum(sum(h_l2[t] ** 2), t)", "find": [f"dL/d{array}" for array in arrays]}
    found = values(file | loss)
    for array, gradient in zip(arrays, torch_order(case["losses"]["sum_squares"]["grads"], arrays), strict=True):
        np.testing.assert_allclose(
            found[f"d_{array}", ()], np.reshape(gradient, found[f"d_{array}", ()].shape), rtol=1e-11
        )


def torch_order(grads: dict[str, Any], arrays: list[str]) -> list[Any]:
    """PyTorch's gradients in the order of our arrays: `weight_ih_l2_bw` is its `weight_ih_l1_reverse`."""
    theirs = []
    for array in arrays:
        side, _, mark = array.rpartition("_l")
        layer, _, way = mark.partition("_")
        theirs.append(grads[f"{side}_l{int(layer) - 1}" + ("_reverse" if way == "bw" else "")])
    return theirs


def test_embedded_words_in_rows() -> None:
    words = {"vocabulary": ["a", "b", "c"], "inputs": {"x": {"words": ["c", "a"], "embedding": "E"}}}
    loss = {"loss": {"kind": "cross entropy", "of": "y", "targets": [1, 3]}, "find": ["dL/dE", "y"]}
    table, weights = [[1, 2], [-1, 0], [0.5, 1]], {"U": [[1, -1]], "W": [[0.5]], "V": [[1], [2], [-1]]}
    rest = {"cell": "rnn", **words, **loss}
    columns = {"parameters": {**weights, "E": table, "b_s": 1, "b_y": [0, 0.5, 1]}}
    rows = {
        "parameters": {**{name: turned(one) for name, one in weights.items()}, "E": table, "b_s": 1, "b_y": [0, 0.5, 1]}
    }
    here, there = values(rest | columns), values(rest | rows | {"vectors": "rows"})
    np.testing.assert_allclose(here["d_E", ()], there["d_E", ()], rtol=1e-13)
    np.testing.assert_allclose(here["y", (2,)].T, there["y", (2,)], rtol=1e-13)


def test_a_padded_sequence_ends_where_the_shorter_one_does() -> None:
    """With a mask, the last state and the gradients are those of the sequence without its padding, both ways."""
    file = random_lstm(2, 3, 2, seed=3) | {"bidirectional": "shared", "output": {"activation": "linear", "at": "last"}}
    file["initial"] = {"h_fw": [0.5, -1], "c_bw": [1, 0.25]}
    file["parameters"] |= {"V": [[1, -1, 0.5, 2]], "b_y": 0.1}
    file |= {"loss": "L = y ** 2", "find": ["y", "dL/dW_f", "dL/dU_o"]}
    padded = file | {"mask": "m", "inputs": {"x": [*file["inputs"]["x"], [9, 9, 9], [7, 7, 7]], "m": [1, 1, 0, 0]}}
    here, there = values(file), values(padded)
    for name in ("y", "d_W_f", "d_U_o"):
        np.testing.assert_allclose(here[name, ()], there[name, ()], rtol=1e-12)


def test_a_batch_is_its_sequences_one_by_one() -> None:
    """Padded sequences in one file: each has the output that it has alone, and their gradients add up."""
    file = random_lstm(2, 3, 2, seed=5) | {"output": {"activation": "linear", "at": "last"}, "find": ["y", "dL/dW_f"]}
    file["parameters"] |= {"V": [[1, -1]], "b_y": 0.1}
    del file["initial"]
    long, short = file["inputs"]["x"], [[1, -0.5, 2]]
    alone = [values(file | {"inputs": {"x": x}, "loss": "L = y ** 2"}) for x in (long, short)]
    padded = {
        "x": [long, [*short, *[[0, 0, 0]] * (len(long) - 1)]],
        "m": [[1] * len(long), [1] + [0] * (len(long) - 1)],
    }
    batch = values(file | {"inputs": padded, "mask": "m", "batch": "n", "loss": "L = sum(y[n] ** 2, n)"})
    for number, one in enumerate(alone, 1):
        np.testing.assert_allclose(batch["y", (number,)], one["y", ()], rtol=1e-13)
    total = sum(one["d_W_f", ()] for one in alone)
    np.testing.assert_allclose(batch["d_W_f", ()], total, rtol=1e-12)


def test_rows_are_printed_as_rows() -> None:
    """In rows, `[1, 2]` is printed as a row, and a weight that is a column as one: data, steps, gradients, answers."""
    text = "cell: rnn\nvectors: rows\nactivations: {h: identity}\nloss: L = sum(h[1])\nfind: [h_1, dL/dU, dL/dW]\n"
    data = "inputs: {x: [[1, 2]]}\nparameters: {U: [[3], [4]], W: 5, b_s: 0}\ninitial: {h: 1}"
    assert solve(loads(text + data)).text("answers", width=80).splitlines()[2:] == [
        "Given   x₁ = [1  2]    h₀ = 1    W = 5    b_s = 0",
        "",
        "            ⎡3⎤",
        "        U = ⎣4⎦",
        "",
        "┌──────────────────────┐",
        "│ Answer      h₁ = 16  │",
        "│                  ⎡1⎤ │",
        "│          ∂L/∂U = ⎣2⎦ │",
        "│          ∂L/∂W = 1   │",
        "└──────────────────────┘",
        "",
        "All answers are exact.",
    ]


HAND_WRITTEN = """
a[t] = tanh(Wa @ a[t-1] + Ua @ x[t] + ba)
b[t] = tanh(Wb @ b[t+1] + Ub @ x[t] + bb)
c[t] = tanh(Wc @ c[t-1] + Uc @ concat(a[t], b[t]) + bc)
d[t] = tanh(Wd @ d[t+1] + Ud @ concat(a[t], b[t]) + bd)
y[t] = softmax(V @ concat(c[t], d[t]) + b_y)
"""


@settings(max_examples=10)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(0, 99))
def test_the_short_form_is_the_equations_written_by_hand(units: int, inputs: int, steps: int, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def numbers(*shape: int) -> Any:
        return (rng.integers(-9, 10, shape) / 8).tolist()

    x = {"inputs": {"x": numbers(steps, inputs)}}
    copies = {"a": "l1_fw", "b": "l1_bw", "c": "l2_fw", "d": "l2_bw"}
    shared = {"V": numbers(2, 2 * units), "b_y": numbers(2)}
    mine, theirs = dict(shared), dict(shared)
    for letter, mark in copies.items():
        wide = inputs if letter in "ab" else 2 * units
        for own, name, array in (
            (f"W{letter}", "W", numbers(units, units)),
            (f"U{letter}", "U", numbers(units, wide)),
            (f"b{letter}", "b_s", numbers(units)),
        ):
            mine[own] = theirs[f"{name}_{mark}"] = array
    by_hand = values({"equations": HAND_WRITTEN, "parameters": mine, "find": ["y"], **x})
    short = values({"cell": "rnn", "layers": 2, "bidirectional": True, "parameters": theirs, "find": ["y"], **x})
    for (name, position), value in by_hand.items():
        same = short["y" if name == "y" else f"h_{copies[name]}", position]
        np.testing.assert_allclose(value, same, rtol=1e-13)
