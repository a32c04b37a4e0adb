"""Sizes as letters, counts in letters, and the numbers of parameters that PyTorch, Keras and ONNX hold."""

import json
from math import prod
from typing import Any

import numpy as np
import pytest
from places import ORACLE

from rnncalc import UsageError
from rnncalc.cell import cell_names, library_cell
from rnncalc.equations import parse_equations
from rnncalc.formula import unicode
from rnncalc.pages.comparison import bias_copies
from rnncalc.pages.described import shape_text
from rnncalc.parameters import parameters_of, read_sizes, roles_of, sizes_of, total
from rnncalc.polynomial import Count, written

# ---------------------------------------------------------------- counts with letters

H, D, ONE = Count({("h",): 1}), Count({("d",): 1}), Count({(): 1})


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (Count({}), "0"),
        (ONE, "1"),
        (H, "h"),
        (H + H, "2·h"),
        (H * D, "h·d"),
        (D * H, "h·d"),
        (H * H * H, "h³"),
        (H * D + H * H + H, "h·d + h² + h"),
        ((H * D + H * H + H).times(4), "4·(h·d + h² + h)"),
        ((H * D + H * H).times(4) + H.times(8), "4·(h·d + h² + 2·h)"),
        ((H * D + H * H).times(3) + H.times(4), "3·(h·d + h²) + 4·h"),
        ((H + D) * (H + D), "h² + d² + 2·h·d"),
        (H + ONE.times(5), "h + 5"),
        (H.times(0) + D, "d"),
    ],
)
def test_written(count: Count, text: str) -> None:
    assert unicode(written(count)) == text


@pytest.mark.parametrize(
    ("numbers", "text", "value"),
    [
        ({}, "4·(h·d + h² + 2·h)", "4·(h·d + h² + 2·h)"),
        ({"d": 3}, "4·(h·3 + h² + 2·h)", "4·(h² + 5·h)"),
        ({"h": 2, "d": 3}, "4·(2·3 + 2² + 2·2)", "56"),
        ({"h": 2, "d": 3, "k": 7}, "4·(2·3 + 2² + 2·2)", "56"),
    ],
)
def test_numbers_put_in(numbers: dict[str, int], text: str, value: str) -> None:
    count = (H * D + H * H).times(4) + H.times(8)
    assert unicode(written(count, numbers)) == text
    assert unicode(written(count.at(numbers))) == value
    assert count.at(numbers).number == (56 if len(numbers) > 1 else None)


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("h[t] = tanh(W @ h[t-1] + U @ x[t] + b)", "h h×1, W h×h, U h×d, x d×1, b h×1"),
        ("y[t] = V @ x[t]", "y k×1, V k×d, x d×1"),
        ("s[t] = tanh(U @ u[t] + W @ s[t-1])", "s h×1, U h×d, u d×1, W h×h"),
        ("h[t] = tanh(W @ concat(h[t-1], x[t]))", "h h×1, W h×(d + h), x d×1"),
        ("h[t] = tanh(W @ concat(h[t-1], h[t-1], x[t], x[t]))", "h h×1, W h×2·(d + h), x d×1"),
        ("e[t,j] = v.T @ tanh(W @ s[t] + U @ h[j])", "e 1×1, v n×1, W n×d, s d×1, U n×e, h e×1"),
        ("e[t,j] = (q[t].T @ k[j]) / r", "e 1×1, q d×1, k d×1, r 1×1"),
        ("h[t] = A.T @ h[t-1] + K.T @ x[t]", "h h×1, A h×h, K d×h, x d×1"),
        ("p[t] = relu(A @ p[t-1])\nr[t] = relu(B @ r[t-1] + C @ p[t])", "p h×1, r p×1, A h×h, B p×p, C p×h"),
        ("y[t] = V @ h[t]\nh[t] = tanh(U @ x[t] + W @ y[t-1])", "y k×1, h h×1, V k×h, U h×d, x d×1, W h×k"),
        ("Z = A @ B", "Z m×r, A m×n, B n×r"),
        ("L = sum(a)", "L 1×1, a n×q"),
    ],
)
def test_shapes(text: str, shapes: str) -> None:
    sizes = sizes_of(parse_equations(text))
    assert ", ".join(f"{name} {shape_text(sizes, name)}" for name in sizes.roles) == shapes


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("h[t] = f[t] * h[t-1]\nf[t] = a * x[t]", "h state, f computed, a parameter, x input"),
        ("B[t] = W @ B[t+1] + x[t]", "B state, W parameter, x input"),
        ("h1[i,j] = a * h1[i-1,j] + b / c", "h1 state, a parameter, b parameter, c constant"),
        ("s[0] = h[T]\ns[t] = W @ s[t-1]\nh[j] = U @ h[j-1]", "s state, h state, W parameter, U parameter"),
    ],
)
def test_roles(text: str, roles: str) -> None:
    assert ", ".join(f"{name} {role}" for name, role in roles_of(parse_equations(text)).items()) == roles


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [((), {}), (("k=5",), {"k": 5}), (("k = 5", "n1=20", "k=6"), {"k": 6, "n1": 20})],
)
def test_read_sizes(texts: tuple[str, ...], sizes: dict[str, int]) -> None:
    assert read_sizes(texts) == sizes


@pytest.mark.parametrize("text", ["", "k", "5", "=5", "k=", "k=0", "k=-1", "k=1.5", "k=x", "k=1000000", "k=5=6"])
def test_sizes_that_are_none(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a size$"):
        read_sizes([text])


# ---------------------------------------------------------------- how many parameters there are

# cell: as it stands, with one bias, with two
TOTALS = {
    "attention-additive": ("n + n·h + n·e + h² + h·d + h·e",) * 3,
    "attention-concat": ("n + n·d + n·e + m·d + m·e + m·k",) * 3,
    "attention-dot": ("2·m·d + m·k",) * 3,
    "attention-general": ("e·d + m·d + m·e + m·k",) * 3,
    "attention-scaled-dot": ("m·d + r·d + m·e",) * 3,
    "elman": ("h·d + h² + h + k·h + k", "h·d + h² + h + k·h + k", "h·d + h² + k·h + k + 2·h"),
    "grid-lstm": ("h·d + 4·(h² + 2·p·h + p²)",) * 3,
    "gru": ("3·(h·d + h² + h)", "3·(h·d + h² + h)", "3·(h·d + h² + 2·h)"),
    "gru-keras": ("3·(h·d + h² + 2·h)", "3·(h·d + h²) + 4·h", "3·(h·d + h² + 2·h)"),
    "gru-keras-reset-before": ("3·(h·d + h² + h)", "3·(h·d + h² + h)", "3·(h·d + h² + 2·h)"),
    "gru-onnx": ("3·(h·d + h² + 2·h)", "3·(h·d + h² + h)", "3·(h·d + h² + 2·h)"),
    "gru-onnx-reset-after": ("3·(h·d + h² + 2·h)", "3·(h·d + h²) + 4·h", "3·(h·d + h² + 2·h)"),
    "gru-reset-after": ("3·(h·d + h²) + 4·h", "3·(h·d + h²) + 4·h", "3·(h·d + h² + 2·h)"),
    "gru-torch": ("3·(h·d + h² + 2·h)", "3·(h·d + h²) + 4·h", "3·(h·d + h² + 2·h)"),
    "jordan": ("h·d + h + k + 2·k·h", "h·d + h + k + 2·k·h", "h·d + k + 2·(k·h + h)"),
    "lstm": ("4·(h·d + h² + h)", "4·(h·d + h² + h)", "4·(h·d + h² + 2·h)"),
    "lstm-coupled": ("3·(h·d + h² + h)", "3·(h·d + h² + h)", "3·(h·d + h² + 2·h)"),
    "lstm-keras": ("4·(h·d + h² + h)", "4·(h·d + h² + h)", "4·(h·d + h² + 2·h)"),
    "lstm-onnx": ("4·(h·d + h²) + 11·h", "4·(h·d + h²) + 7·h", "4·(h·d + h²) + 11·h"),
    "lstm-peephole": ("4·(h·d + h²) + 7·h", "4·(h·d + h²) + 7·h", "4·(h·d + h²) + 11·h"),
    "lstm-projection": ("4·(h·d + h) + 5·p·h", "4·(h·d + h) + 5·p·h", "4·(h·d + 2·h) + 5·p·h"),
    "lstm-torch": ("4·(h·d + h² + 2·h)", "4·(h·d + h² + h)", "4·(h·d + h² + 2·h)"),
    "lstm-torch-projection": ("4·(p·d + 2·p) + 5·p·h", "4·(p·d + p) + 5·p·h", "4·(p·d + 2·p) + 5·p·h"),
    "mgu": ("2·(h·d + h² + h)", "2·(h·d + h² + h)", "2·(h·d + h² + 2·h)"),
    "rnn": ("h² + h·d + h + k·h + k", "h² + h·d + h + k·h + k", "h² + h·d + k·h + k + 2·h"),
    "rnn-bidirectional": (
        "h·d + h² + h + p·d + p² + p + k·h + p·k + k",
        "h·d + h² + h + p·d + p² + p + k·h + p·k + k",
        "h·d + h² + p·d + p² + k·h + p·k + k + 2·(h + p)",
    ),
    "rnn-deep": (
        "h·d + h² + h + p·h + p² + p + p·k + k",
        "h·d + h² + h + p·h + p² + p + p·k + k",
        "h·d + h² + p·h + p² + p·k + k + 2·(h + p)",
    ),
    "rnn-keras": ("h·d + h² + h", "h·d + h² + h", "h·d + h² + 2·h"),
    "rnn-onnx": ("h·d + h² + 2·h", "h·d + h² + h", "h·d + h² + 2·h"),
    "rnn-relu": ("h² + h·d + h + k·h + k", "h² + h·d + h + k·h + k", "h² + h·d + k·h + k + 2·h"),
    "rnn-torch": ("h·d + h² + 2·h", "h·d + h + h²", "h·d + h² + 2·h"),
    "show-attend-tell": (
        "n + n·e + n·h + k·d + e·d + 5·h·d + 4·(h² + h·e + h)",
        "n + n·e + n·h + k·d + e·d + 5·h·d + 4·(h² + h·e + h)",
        "n + n·e + n·h + k·d + e·d + 5·h·d + 4·(h² + h·e + 2·h)",
    ),
}


def count_of(cell: str, biases: int | None = None) -> Count:
    equations = library_cell(cell).equations
    sizes = sizes_of(equations)
    return total(sizes, bias_copies(equations, sizes, biases) if biases else None)


@pytest.mark.parametrize("cell", cell_names())
def test_totals(cell: str) -> None:
    assert tuple(unicode(written(count_of(cell, biases))) for biases in (None, 1, 2)) == TOTALS[cell]


def test_divisors_are_not_learned() -> None:
    assert "root" not in parameters_of(sizes_of(library_cell("attention-scaled-dot").equations))


@pytest.mark.parametrize(
    ("cell", "biases", "file", "section", "numbers"),
    [
        ("lstm", 2, "torch-lstm-T3", "params", {"d": 3, "h": 2}),
        ("lstm-torch", None, "torch-lstm-T3", "params", {"d": 3, "h": 2}),
        ("lstm-projection", 2, "torch-lstm-proj-T3", "params", {"d": 3, "h": 4, "p": 2}),
        ("gru", 2, "torch-gru-T3", "params", {"d": 3, "h": 3}),
        ("gru-torch", None, "torch-gru-T3", "params", {"d": 3, "h": 3}),
        ("rnn-torch", None, "torch-rnn-tanh-T3", "params", {"d": 3, "h": 4}),
        ("lstm-keras", None, "keras-lstm-T3", "weights", {"d": 3, "h": 2}),
        ("gru-keras", None, "keras-gru-reset-after-T3", "weights", {"d": 3, "h": 2}),
    ],
)
def test_other_programs_hold_as_many(
    cell: str, biases: int | None, file: str, section: str, numbers: dict[str, int]
) -> None:
    arrays: dict[str, Any] = json.loads((ORACLE / f"{file}.json").read_text(encoding="utf-8"))[section]
    assert count_of(cell, biases).at(numbers).number == sum(prod(np.shape(array)) for array in arrays.values())
