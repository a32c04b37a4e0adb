"""The keys of an exercise file: what each is for, and the JSON Schema of its value."""

from collections.abc import Mapping

WORDING = {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}
NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
"""One name or word, or a list of them."""
_NUMBER = {"$ref": "#/$defs/number"}
CLIP: dict[str, Mapping[str, object]] = {
    "norm": {"description": "The greatest length of the gradient", **_NUMBER},
    "each": {"description": "`matrix`: the gradient of each parameter has a norm of its own", "enum": ["matrix"]},
    "value": {"description": "The greatest size of an entry of the gradient", **_NUMBER},
}
TRAIN: dict[str, Mapping[str, object]] = {
    "rate": {"description": "The learning rate η", **_NUMBER},
    "steps": {"description": "How many training steps, 1 by default", "type": "integer", "minimum": 1},
    "clip": {
        "description": "How gradients are cut: `{norm: 1}`, `{norm: 1, each: matrix}` or `{value: 0.5}`",
        "type": "object",
        "additionalProperties": False,
        "properties": CLIP,
    },
    "epsilon": {"description": "Added to the norm before dividing by it; PyTorch adds 1e-6", **_NUMBER},
    "momentum": {"description": "How much of its velocity a parameter keeps, from 0 to below 1", **_NUMBER},
    "window": {"description": "Backpropagation is truncated to windows of so many time steps", "type": "integer"},
    "parameters": {
        "description": "What is trained; by default every parameter that the loss depends on",
        "type": "array",
        "items": {"type": "string"},
    },
}

GRID: dict[str, Mapping[str, object]] = {
    "from": {"description": "The least number", **_NUMBER},
    "to": {"description": "The greatest number", **_NUMBER},
    "step": {"description": "From one number to the next, 1 by default", **_NUMBER},
    "denominator": {"description": "`3`: thirds", "type": "integer", "minimum": 1},
    "zeros": {"description": "How many entries are 0; by default those that are", "type": "integer", "minimum": 0},
    "sparsity": {"description": "The part of the entries that are 0: `0.5`", **_NUMBER},
}
RANDOMIZE: dict[str, Mapping[str, object]] = {
    "keep": {"description": "What stays as it is", "type": "array", "items": {"type": "string"}},
    "seed": {"description": "Which variants are drawn, unless the command says", "type": "integer", "minimum": 0},
    "limit": {"description": "No argument of σ or tanh is larger than this, 3 by default", **_NUMBER},
    "smallest": {"description": "No entry of an answer is closer to 0, 0.0001 by default", **_NUMBER},
}
POLICY: dict[str, Mapping[str, object]] = {
    "digits": {"description": "So many decimals, or significant digits, are asked for", "type": "integer"},
    "tolerance": {"description": "What is so near to the true value is right", **_NUMBER},
    "rounding": {
        "description": "`steps`: every step may be rounded; `end`: the true value, rounded once",
        "enum": ["steps", "end"],
    },
    "each": {"description": "What the marks of a quantity are given for", "enum": ["entry", "step"]},
    "credit": {
        "description": "What a verdict is worth, from 0 to 1: `{follows: 0, last digit: 1/2}`",
        "type": "object",
        "additionalProperties": _NUMBER,
    },
    "mistake": {"description": "What a number earns in a quiz that a known mistake leads to, from 0 to 1", **_NUMBER},
}

KEYS: dict[str, tuple[str, Mapping[str, object]]] = {
    "title": ("What is asked, in a few words; in several languages `{en: …, vi: …}`", WORDING),
    "source": ("Where the exercise comes from", WORDING),
    "note": ("A remark for the reader of the solution", WORDING),
    "points": ("What the exercise is worth on a sheet of several", _NUMBER),
    "lang": ("The language of the page: `vi`; by default that of the environment", {"type": "string"}),
    "tags": (
        "Words to find the exercise by: `[D4.3]`",
        NAMES,
    ),
    "cell": ("A network of the library (`rnncalc cells`), or a path to a cell file", {"type": "string"}),
    "equations": (
        "Equations of your own, one a line; with `cell:` they are added to those of the cell",
        {"type": "string"},
    ),
    "rename": (
        "The letters of the source: `{W: U, U: W, h: s}`; `W_hh.T` for weights written transposed, `b_1 + b_2` for two "
        "biases, `0` for one that is left out",
        {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
    ),
    "activations": (
        "Other functions: everywhere, `{tanh: relu}`, or in the equation of a quantity, `{h: relu, y: softmax}`; "
        "`identity` for none",
        {"type": "object", "additionalProperties": {"type": "string"}},
    ),
    "preactivations": (
        "Arguments of activations that get an equation of their own: `[f, i]` for z_f and z_i, or `{f: a}`",
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ]
        },
    ),
    "concat": (
        "One matrix for several vectors, stacked in this order: `[h, x]`",
        {"type": "array", "items": {"type": "string"}, "minItems": 2},
    ),
    "fused": (
        "Arrays that hold the weights of several gates as blocks, in this order: `{W: [f, i, c, o], U: [f, i, c, o]}`",
        {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    ),
    "layers": (
        "How many layers the network has, one above the other, or a list of their cells: `[{cell: lstm}, {cell: gru}]`",
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "array", "items": {"$ref": "#/$defs/layer"}}]},
    ),
    "bidirectional": (
        "`true`: every layer also runs backward, with weights of its own; `shared`: with the same weights",
        {"enum": [True, False, "shared"]},
    ),
    "merge": (
        "How both directions are put together: `[forward, backward]` (one vector of both; by default), "
        "`[backward, forward]`, `sum`, `mean` or `product`",
        {"anyOf": [{"enum": ["sum", "mean", "product"]}, {"type": "array", "items": {"type": "string"}}]},
    ),
    "output": (
        "An output layer in place of the cell's: `softmax`, `sigmoid`, `linear`, or `{activation: softmax, at: last}`",
        {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/output"}]},
    ),
    "mask": (
        "An input that is 0 where a shorter sequence is padded: states keep their value there; `{input: m, outputs: "
        "zero}` also makes outputs 0",
        {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/mask"}]},
    ),
    "batch": (
        "The letter that numbers several sequences: with `n`, x[t] is x[n,t], and `x:` has a list of steps for each",
        {"type": "string", "pattern": "^[a-z]$"},
    ),
    "vectors": (
        "`rows` where the source multiplies x W: vectors are rows, weights are transposed; `columns` by default",
        {"enum": ["columns", "rows"]},
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
        NAMES,
    ),
    "loss": (
        "What is differentiated: an equation `L = sum((y[t] - d[t]) ** 2, t)`, the name of a quantity that has one, or "
        "`{kind: cross entropy, of: y, targets: [[0, 1]]}`",
        {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/loss"}]},
    ),
    "upstream": (
        "Gradients that come from above, where there is no loss: `{h_2: [1, 0], c_2: [0, 1]}`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "vocabulary": (
        "All words in their order, `[what, is, the]`, or those of each quantity, `{x: […], y: […]}`",
        {"anyOf": [{"$ref": "#/$defs/vocabulary"}, {"type": "object"}]},
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
    "known": (
        "Values known from an earlier part of an exercise, in place of their equations: `{h_1: [0.5, 0], c_1: [1, 0]}`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "train": (
        "One or several training steps: `{rate: 0.1, steps: 1, clip: {norm: 1}}`; needs a `loss:`",
        {"type": "object", "additionalProperties": False, "required": ["rate"], "properties": TRAIN},
    ),
    "time": (
        "From which number positions are counted, everywhere in the file and on the page: `0`, or `1` by default",
        {"enum": [0, 1]},
    ),
    "symbolic": (
        "What is worked out in letters: `[w, W_f, x_1]`, letters among the numbers, or quantities, positions, entries",
        NAMES,
    ),
    "assume": (
        "What is known of a letter: `{w: positive}`; real, positive, negative, nonnegative or nonzero",
        {
            "type": "object",
            "additionalProperties": {"enum": ["real", "positive", "negative", "nonnegative", "nonzero"]},
        },
    ),
    "later": (
        "Later values from which missing numbers, written `?`, are found: `{f_1: [0.7311, ?]}`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "lengths": (
        "How far an index runs where no input tells: `{t: 5}`",
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    ),
    "stop": (
        'The word at which a generated sequence ends: `{w: "."}`',
        {"type": "object", "minProperties": 1, "maxProperties": 1},
    ),
    "randomize": (
        "How variants are drawn: `{W_f: {from: -2, to: 2}, b_f: {from: -1, to: 1, step: 0.5}, keep: [x]}`",
        {
            "type": "object",
            "properties": RANDOMIZE,
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["from", "to"],
                "properties": GRID,
            },
        },
    ),
    "variant": (
        "Where a variant comes from: its exercise, number, seed and the versions that drew it",
        {"type": "object", "additionalProperties": {"type": "string"}},
    ),
    "expect": (
        "Values that are known to be right, to the digits written: makes the file its own test",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "marks": (
        "What each quantity is worth: `{z_1: 2, h_1: 4}`; by default every entry counts the same",
        {"type": "object", "additionalProperties": _NUMBER},
    ),
    "policy": (
        "How answers are marked: `{digits: 4, rounding: end, credit: {follows: 0}}`",
        {"type": "object", "additionalProperties": False, "properties": POLICY},
    ),
}
