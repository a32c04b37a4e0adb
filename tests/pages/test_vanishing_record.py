"""What `rnncalc gradients --json` prints."""

import json
from typing import Any

from typer.testing import CliRunner

from rnncalc import Precision, load, loads
from rnncalc.cli import application
from rnncalc.jacobian import measure
from rnncalc.pages.vanishing_record import vanishing_record

SCALAR = """
equations: |
  h[t] = w * h[t-1] + x[t]
loss: L = h[T] ** 2
find: [L, dL/dw]
inputs: {x: [1, 2]}
parameters: {w: 1/2}
"""


def printed(*words: str) -> Any:
    result = CliRunner().invoke(application(), ["gradients", *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_whole_record() -> None:
    """By hand: h₁ = 1, h₂ = 2.5, ∂L/∂h₂ = 5, ∂L/∂h₁ = 2.5, ∂L/∂w = 5·1."""
    half = {"norm": "0.5", "frobenius": "0.5", "radius": "0.5", "matrix": [["0.5"]]}
    one = {"norm": "1", "frobenius": "1", "radius": "1", "matrix": [["1"]]}
    assert vanishing_record(measure(loads(SCALAR, "scalar")), factored=True) == {
        "schema": "rnncalc/gradients/1",
        "exercise": {"name": "scalar", "title": "scalar", "source": "", "cell": None},
        "loss": "L",
        "gradients": {"dL/dh": {"1": "2.5", "2": "5"}},
        "recurrences": [
            {
                "states": ["h"],
                "index": "t",
                "direction": "forward",
                "jacobians": {"1": half, "2": half},
                "products": {"1": half, "2": one},
                "paths": {"h": {"1": "0.5", "2": "1"}},
                "direct_paths": {"h": {"1": "0.5", "2": "1"}},
                "kept": {"h": "0.5"},
                "rates": {"h": "0.5"},
            }
        ],
        "factored": [{"w": {"terms": {"1": [["0"]], "2": [["5"]]}, "sum": [["5"]]}}],
        "warnings": [],
    }


def test_several_networks_are_a_list() -> None:
    found = printed("csc/vanishing-tanh", "csc/vanishing-gru", "--float64")
    assert [one["exercise"]["name"] for one in found] == ["vanishing-tanh", "vanishing-gru"]
    assert found[0]["warnings"] == ["the numbers are computed in float64, as asked: their last digits may be wrong."]


def test_digits() -> None:
    found = printed("csc/vanishing-tanh", "--digits", "3")
    assert set(found["recurrences"][0]["jacobians"]["2"]) == {"norm", "frobenius", "radius"}
    exercise = load("csc/vanishing-tanh")
    assert found == vanishing_record(measure(exercise, precision=Precision(3), sizes=Precision(3)), factored=False)
