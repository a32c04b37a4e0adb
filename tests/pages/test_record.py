"""The `--json` promise, on a whole record."""

import json

from rnncalc import Precision, loads, solve

TEXT = """\
title: Halves
source: a slide
equations: |
  a[t] = a[t-1] / 2 + x[t]
  y[t] = sigmoid(a[t])
find: [y_2]
inputs: {x: [[1, 0], [0, 1]]}
steps: [{title: Sum, of: [a]}]
expect: {y_2: [0.7, 0.7]}
"""


def test_whole_record() -> None:
    assert solve(loads(TEXT, "halves")).record() == {
        "schema": "rnncalc/solution/1",
        "exercise": {"name": "halves", "title": "Halves", "source": "a slide", "cell": None},
        "answers": {
            "y_2": {"shape": [2, 1], "value": [["0.6225"], ["0.7311"]], "exact": None},
        },
        "steps": [
            {
                "quantity": "a_1",
                "title": "Sum",
                "rule": "a[t] = a[t-1] / 2 + x[t]",
                "formula": "a₁ = a₀/2 + x₁",
                "shape": [2, 1],
                "value": [["1"], ["0"]],
                "exact": [["1"], ["0"]],
            },
            {
                "quantity": "a_2",
                "title": "Sum",
                "rule": "a[t] = a[t-1] / 2 + x[t]",
                "formula": "a₂ = a₁/2 + x₂",
                "shape": [2, 1],
                "value": [["0.5"], ["1"]],
                "exact": [["1/2"], ["1"]],
            },
            {
                "quantity": "y_2",
                "title": None,
                "rule": "y[t] = sigmoid(a[t])",
                "formula": "y₂ = σ(a₂)",
                "shape": [2, 1],
                "value": [["0.6225"], ["0.7311"]],
                "exact": None,
            },
        ],
        "steps_computed": 3,
        "warnings": ["line 9 of the file expects another value of y₂ than the one found here."],
    }


def test_it_is_json_and_has_15_digits_when_asked() -> None:
    record = solve(loads(TEXT), precision=Precision(15, "significant")).record()
    assert record["answers"]["y_2"]["value"] == [["0.622459331201855"], ["0.731058578630005"]]
    assert json.loads(json.dumps(record)) == record


def test_a_gradient_has_the_name_people_write() -> None:
    text = "equations: y[t] = w * x[t]\nloss: L = sum(y[t] ** 2, t)\nfind: [dL/dw]\ninputs: {x: [1, 2]}\n"
    text += "parameters: {w: 3}\n"
    assert solve(loads(text)).record()["answers"] == {"dL/dw": {"shape": [1, 1], "value": [["30"]], "exact": [["30"]]}}
