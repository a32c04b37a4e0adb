"""The keys of an exercise file: what each is for, and the JSON Schema of its value."""

from collections.abc import Mapping

KEYS: dict[str, tuple[str, Mapping[str, object]]] = {
    "title": ("What is asked, in a few words", {"type": "string"}),
    "source": ("Where the exercise comes from", {"type": "string"}),
    "note": ("A remark for the reader of the solution", {"type": "string"}),
    "cell": ("A network of the library (`rnncalc cells`), or a path to a cell file", {"type": "string"}),
    "equations": (
        "Equations of your own, one a line; with `cell:` they are added to those of the cell",
        {"type": "string"},
    ),
    "symbols": (
        "Printed letters: `{B: A′}` prints A′ where the equations say B",
        {"type": "object", "additionalProperties": {"type": "string"}},
    ),
    "steps": (
        "Titles of the solution's steps: `- {title: …, remark: …, of: [quantities]}`",
        {"type": "array", "items": {"$ref": "#/$defs/step"}},
    ),
    "find": (
        "What is asked for: `[h_1, y]`; a name without a position means all its positions",
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    ),
    "loss": (
        "What is differentiated: an equation `L = sum((y[t] - d[t]) ** 2, t)`, or the name of a quantity that has one",
        {"type": "string"},
    ),
    "inputs": (
        "Inputs, one row per time step: `x: [[2, 3, -1]]`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "parameters": (
        "Weights and biases: `W_f: [[1, -2], [5, 0]]`, `b_f: [5, 2]`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "initial": (
        "States before the first step (behind the last, if it runs backward); zero by default",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "lengths": (
        "How far an index runs where no input tells: `{t: 5}`",
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    ),
    "expect": (
        "Values that are known to be right, to the digits written: makes the file its own test",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
}
