"""The JSON Schema of exercise files, for editors: made from the keys that `exercise` reads."""

from typing import Any

from rnncalc.exercise.keys import KEYS, NAMES, WORDING
from rnncalc.exercise.loss import KINDS
from rnncalc.statement import MASK, NOTATION, OUTPUT

_NUMBER = {
    "description": "Exact as written: 3, -0.5, 1e-3, 1/3, sqrt(2)/2",
    "anyOf": [{"type": "number"}, {"type": "string"}],
}
_ARRAY = {
    "description": "A number, a vector (a column) `[1, 2]`, a matrix `[[1, 2], [3, 4]]`, or one of these for each step",
    "anyOf": [
        {"$ref": "#/$defs/number"},
        {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/array"}},
        {"$ref": "#/$defs/words"},
    ],
}
_WORD: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_VOCABULARY = {"type": "array", "minItems": 1, "items": _WORD}
_WORDS = {
    "description": "One-hot columns: `{words: [what, is, the]}`, `{characters: hell}`; `{word: the}` is one column",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "words": {"anyOf": [_VOCABULARY, _WORD]},
        "characters": {"type": "string"},
        "word": _WORD,
        "character": _WORD,
        "embedding": {"description": "The table whose rows (or columns) the words take: `E`", "type": "string"},
    },
}
_LOSS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "of", "targets"],
    "properties": {
        "kind": {"enum": list(KINDS)},
        "of": {"type": "string"},
        "targets": {"$ref": "#/$defs/array"},
        "at": {"enum": ["every", "last"]},
        "over": {"enum": ["sum", "mean"]},
    },
}
_STEP = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "title": WORDING,
        "remark": WORDING,
        "of": NAMES,
    },
}

_LAYER = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["cell"],
            "properties": {name: {"description": KEYS[name][0], **KEYS[name][1]} for name in ("cell", *NOTATION)},
        },
    ]
}
_MASK = {
    "type": "object",
    "additionalProperties": False,
    "required": ["input"],
    "properties": {
        "input": {"description": MASK["input"], "type": "string"},
        "outputs": {"description": MASK["outputs"], "enum": ["zero", "kept"]},
    },
}
_OUTPUT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["activation"],
    "properties": {
        "activation": {"description": OUTPUT["activation"], "type": "string"},
        "at": {"description": OUTPUT["at"], "enum": ["every", "last"]},
        "name": {"description": OUTPUT["name"], "type": "string"},
        "weights": {"description": OUTPUT["weights"], "type": ["string", "integer"]},
        "bias": {"description": OUTPUT["bias"], "type": ["string", "integer"]},
    },
}


def exercise_schema() -> dict[str, Any]:
    """The schema as a dict, draft 2020-12."""
    properties = {name: {"description": purpose, **schema} for name, (purpose, schema) in KEYS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "rnncalc/exercise/1",
        "title": "rnncalc exercise",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {
            "number": _NUMBER,
            "array": _ARRAY,
            "words": _WORDS,
            "vocabulary": _VOCABULARY,
            "step": _STEP,
            "loss": _LOSS,
            "layer": _LAYER,
            "output": _OUTPUT,
            "mask": _MASK,
        },
    }
