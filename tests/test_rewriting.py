"""A network in another notation computes what it computed before: forms of one network against each other."""

import json
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

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
