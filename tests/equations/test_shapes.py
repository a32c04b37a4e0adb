"""Sizes: what follows from a few given ones, and what does not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncalc.equations import Datum, infer, parse_equations, shape_text, source

LSTM = """
    f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
    i[t] = sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
    g[t] = tanh(W_c @ x[t] + U_c @ h[t-1] + b_c)
    c[t] = f[t] * c[t-1] + i[t] * g[t]
    o[t] = sigmoid(W_o @ x[t] + U_o @ h[t-1] + b_o)
    h[t] = o[t] * tanh(c[t])
"""
GRU = """
    z[t] = sigmoid(W_z @ x[t] + U_z @ h[t-1] + b_z)
    r[t] = sigmoid(W_r @ x[t] + U_r @ h[t-1] + b_r)
    g[t] = tanh(W_h @ x[t] + U_h @ (r[t] * h[t-1]) + b_h)
    h[t] = (1 - z[t]) * h[t-1] + z[t] * g[t]
"""
BOTH_WAYS = """
    A[t] = U_A @ x[t] + W_A @ A[t-1]
    B[t] = U_B @ x[t] + W_B @ B[t+1]
    y[t] = V_A @ A[t] + V_B @ B[t]
"""
ATTENTION = """
    e[t,j] = v.T @ tanh(W @ s[t-1] + U @ h[j])
    alpha[t,j] = softmax(e[t,j], j)
    c[t] = sum(alpha[t,j] * h[j], j)
    s[t] = tanh(P @ c[t] + Q @ s[t-1])
"""
JOINED = "h[t] = tanh(W @ concat(h[t-1], x[t]) + b)"
NUMBERS = "h[t] = tanh(w * x[t] + u * h[t-1] + b)\ny[t] = v * h[t] - 1"
ROWS = "h[t] = tanh(x[t] @ W + h[t-1] @ U + b)\ny[t] = softmax(h[t] @ V)"


def inferred(text, **shapes):
    """Every size as text, and the conflicts: the part, both operands with the data their sizes come from."""
    found = infer(parse_equations(text), {name: Datum(shape) for name, shape in shapes.items()})
    sizes = {name: shape_text(size) for name, size in found.sizes.items() if name not in shapes}
    return sizes, [told(conflict) for conflict in found.conflicts]


def told(conflict):
    left, right = (
        f"{source(one.expr)} is {shape_text(one.shape)} ({', '.join(one.origins)})"
        for one in (conflict.left, conflict.right)
    )
    return source(conflict.part), left, "multiplies" if conflict.product else "meets", right


# ---------------------------------------------------------------- what fits

LSTM_SIZES = {
    **dict.fromkeys(["W_f", "W_i", "W_c", "W_o"], "2×3"),
    **dict.fromkeys(["U_f", "U_i", "U_c", "U_o"], "2×2"),
    **dict.fromkeys(["b_f", "b_i", "b_c", "b_o"], "2×1"),
    **dict.fromkeys(["f", "i", "g", "c", "o", "h"], "2×1"),
    "x": "3×1",
}
GRU_SIZES = {
    **dict.fromkeys(["W_z", "W_r", "W_h"], "4×3"),
    **dict.fromkeys(["U_z", "U_r", "U_h"], "4×4"),
    **dict.fromkeys(["b_z", "b_r", "b_h", "z", "r", "g", "h"], "4×1"),
    "x": "3×1",
}
BOTH_SIZES = {
    **dict(zip(["U_A", "W_A", "A", "U_B", "W_B", "B"], ["3×2", "3×3", "3×1", "4×2", "4×4", "4×1"], strict=True)),
    **dict(zip(["V_A", "V_B", "y", "x"], ["1×3", "1×4", "1×1", "2×1"], strict=True)),
}
ATTENTION_SIZES = {
    **dict(zip(["v", "W", "U", "P", "Q"], ["5×1", "5×3", "5×2", "3×2", "3×3"], strict=True)),
    **dict(zip(["s", "h", "e", "alpha", "c"], ["3×1", "2×1", "1×1", "1×1", "2×1"], strict=True)),
}
JOINED_SIZES = {"W": "3×5", "h": "3×1", "x": "2×1", "b": "3×1"}
ONES = dict.fromkeys(["w", "x", "u", "h", "b", "v", "y"], "1×1")
ROW_SIZES = {"x": "1×2", "W": "2×3", "h": "1×3", "U": "3×3", "b": "1×3", "V": "3×4", "y": "1×4"}

FITTING = [
    (LSTM, {"x": (3, 1), "W_o": (2, 3)}, LSTM_SIZES),
    (LSTM, {"W_i": (2, 3)}, LSTM_SIZES),
    (LSTM, {"x": (3, 1), "b_c": (2, 1)}, LSTM_SIZES),
    (LSTM, {"x": (3, 1), "h": (2, 1)}, LSTM_SIZES),
    (GRU, {"x": (3, 1), "U_h": (4, 4)}, GRU_SIZES),
    (GRU, {"W_r": (4, 3)}, GRU_SIZES),
    (BOTH_WAYS, {"x": (2, 1), "V_A": (1, 3), "B": (4, 1)}, BOTH_SIZES),
    (BOTH_WAYS, {"U_A": (3, 2), "W_B": (4, 4), "y": (1, 1)}, BOTH_SIZES),
    (ATTENTION, {"h": (2, 1), "s": (3, 1), "v": (5, 1)}, ATTENTION_SIZES),
    (ATTENTION, {"h": (2, 1), "W": (5, 3)}, ATTENTION_SIZES),
    (ATTENTION, {"U": (5, 2), "P": (3, 2)}, ATTENTION_SIZES),
    (JOINED, {"x": (2, 1), "b": (3, 1)}, JOINED_SIZES),
    (JOINED, {"x": (2, 1), "W": (3, 5)}, JOINED_SIZES),
    (JOINED, {"W": (3, 5)}, JOINED_SIZES),
    (NUMBERS, dict.fromkeys(["w", "x", "u", "v"], (1, 1)), ONES),
    (NUMBERS, dict.fromkeys(["w", "x", "u", "v", "b"], (1, 1)), ONES),
    (ROWS, {"x": (1, 2), "U": (3, 3), "V": (3, 4)}, ROW_SIZES),
    (ROWS, {"W": (2, 3), "V": (3, 4), "x": (1, 2)}, ROW_SIZES),
    ("h = a * b", {"a": (2, 1)}, {"a": "2×1", "b": "2×1", "h": "2×1"}),
    ("h = a * b + 2", {"a": (1, 1), "b": (2, 3)}, {"a": "1×1", "b": "2×3", "h": "2×3"}),
    ("h = 1 - a / 2", {"h": (2, 3)}, {"a": "2×3", "h": "2×3"}),
    ("G = x @ y.T", {"x": (2, 1), "y": (3, 1)}, {"x": "2×1", "y": "3×1", "G": "2×3"}),
    ("h = W.T.T @ x", {"W": (2, 3)}, {"W": "2×3", "x": "3×?", "h": "2×?"}),
    ("L = sum((y[t] - d[t]) ** 2, t)", {"d": (2, 1)}, {"y": "2×1", "d": "2×1", "L": "2×1"}),
    ("L = sum(sum((y[t] - d[t]) ** 2), t)", {"d": (2, 1)}, {"y": "2×1", "d": "2×1", "L": "1×1"}),
    ("y = -softmax(leaky_relu(a, 0.2))", {"a": (3, 1)}, {"a": "3×1", "y": "3×1"}),
    ("h = a", {}, {"a": "?×?", "h": "?×?"}),
    ("h[t] = W @ h[t-1]", {}, {"W": "?×?", "h": "?×1"}),
    # What is made of numbers alone is a number, also where a vector multiplies it; a matrix makes it a vector.
    (
        f"{NUMBERS}\no[t] = w_o * h[t]",
        dict.fromkeys("xwubv", (1, 1)) | {"w_o": (3, 1)},
        {**dict.fromkeys("hy", "1×1"), "o": "3×1"},
    ),
    (
        "h[t] = tanh(W @ x[t] + u * h[t-1])\no[t] = w_o * h[t]",
        {"x": (2, 1), "W": (3, 2), "u": (1, 1), "w_o": (3, 1)},
        dict.fromkeys("ho", "3×1"),
    ),
]


@pytest.mark.parametrize(("text", "given_shapes", "sizes"), FITTING)
def test_fitting(text, given_shapes, sizes):
    found, conflicts = inferred(text, **given_shapes)
    assert (found, conflicts) == ({name: size for name, size in sizes.items() if name not in given_shapes}, [])


def test_parts():
    found = infer(parse_equations("y = (v.T @ tanh(W @ x)) * 2"), {"W": Datum((2, 3)), "x": Datum((3, 1))}).parts
    assert {source(part): shape_text(size) for part, size in found.items()} == {
        "v": "2×1",
        "v.T": "1×2",
        "W": "2×3",
        "x": "3×1",
        "W @ x": "2×1",
        "tanh(W @ x)": "2×1",
        "v.T @ tanh(W @ x)": "1×1",
        "2": "1×1",
        "(v.T @ tanh(W @ x)) * 2": "1×1",
        "y": "1×1",
    }


def test_classes_name_the_sizes_that_are_equal():
    classes = infer(parse_equations(LSTM), {}).classes
    assert classes["W_f"][1] == classes["x"][0] == classes["W_o"][1]
    assert classes["W_f"][0] == classes["h"][0] == classes["U_c"][1] == classes["b_i"][0]
    assert classes["W_f"][0] != classes["W_f"][1]


def test_known():
    shapes = infer(parse_equations("h = a * b"), {"a": Datum((2, 3))})
    assert shapes.known("h") == (2, 3)


# ---------------------------------------------------------------- what does not

GATE = "f[t] = sigmoid(W @ x[t] + U @ h[t-1] + b)\nh[t] = tanh(f[t])"
W_X, U_H = "W @ x[t]", "U @ h[t-1]"
ALL = f"{W_X} + {U_H} + b"
GIVEN = {"x": (3, 1), "W": (2, 3), "U": (2, 2), "b": (2, 1)}

CONFLICTS = [
    # One column too many, one too few.
    (GATE, {**GIVEN, "W": (2, 4)}, [(W_X, "W is 2×4 (W)", "multiplies", "x[t] is 3×1 (x)")]),
    (GATE, {**GIVEN, "U": (2, 1)}, [(U_H, "U is 2×1 (U)", "multiplies", "h[t-1] is 2×1 (W, x)")]),
    # An entry of the input too many.
    (GATE, {**GIVEN, "x": (4, 1)}, [(W_X, "W is 2×3 (W)", "multiplies", "x[t] is 4×1 (x)")]),
    # A row too many, an entry too few, a row for a column.
    (GATE, {**GIVEN, "b": (3, 1)}, [(ALL, f"{W_X} + {U_H} is 2×1 (W, x)", "meets", "b is 3×1 (b)")]),
    (GATE, {**GIVEN, "b": (1, 2)}, [(ALL, f"{W_X} + {U_H} is 2×1 (W, x)", "meets", "b is 1×2 (b)")]),
    (
        GATE,
        {**GIVEN, "U": (3, 2)},
        [(f"{W_X} + {U_H}", f"{W_X} is 2×1 (W, x)", "meets", f"{U_H} is 3×? (U)")],
    ),
    # Two exchanged.
    (
        GATE,
        {**GIVEN, "W": (2, 2), "U": (2, 3)},
        [
            (W_X, "W is 2×2 (W)", "multiplies", "x[t] is 3×1 (x)"),
            (U_H, "U is 2×3 (U)", "multiplies", "h[t-1] is 2×1 (W, x)"),
        ],
    ),
    # Transposed: it shows at every use of what is made from it.
    (
        GATE,
        {**GIVEN, "W": (3, 2)},
        [
            (f"{W_X} + {U_H}", f"{W_X} is 3×1 (W, x)", "meets", f"{U_H} is 2×? (U)"),
            (ALL, f"{W_X} + {U_H} is 3×1 (W, x)", "meets", "b is 2×1 (b)"),
            (W_X, "W is 3×2 (W)", "multiplies", "x[t] is 3×1 (x)"),
            (U_H, "U is 2×2 (U)", "multiplies", "h[t-1] is 3×1 (W, x)"),
        ],
    ),
    # What was given for a computed quantity.
    ("h = W @ x", {"W": (2, 3), "x": (3, 1), "h": (3, 1)}, [("W @ x", "h is 3×1 (h)", "meets", "W @ x is 2×1 (W, x)")]),
    # Joined vectors.
    (
        JOINED,
        {"x": (2, 1), "W": (3, 6), "b": (3, 1)},
        [
            (
                "W @ concat(h[t-1], x[t])",
                "W is 3×6 (W)",
                "multiplies",
                "concat(h[t-1], x[t]) is 5×1 (x)",
            )
        ],
    ),
    (
        "c = concat(a, b)",
        {"a": (2, 1), "b": (2, 2)},
        [("concat(a, b)", "a is 2×1 (a)", "meets", "b is 2×2 (b)")],
    ),
    (
        "c = concat(a, b)",
        {"a": (2, 1), "b": (2, 1), "c": (5, 1)},
        [("concat(a, b)", "concat(a, b) is 5×1 (c)", "meets", "concat(a, b) is 4×1 (c)")],
    ),
    (
        "c = beside(a, b)",
        {"a": (1, 2), "b": (2, 2)},
        [("beside(a, b)", "a is 1×2 (a)", "meets", "b is 2×2 (b)")],
    ),
    (
        "c = beside(a, b)",
        {"a": (1, 2), "b": (1, 2), "c": (1, 5)},
        [("beside(a, b)", "beside(a, b) is 1×5 (c)", "meets", "beside(a, b) is 1×4 (c)")],
    ),
    (
        "f[t] = row_block(W, 1, 4) @ x[t]",
        {"W": (10, 2), "x": (2, 1)},
        [("row_block(W, 1, 4)", "W is 12×2 (W)", "meets", "W is 10×2 (W)")],
    ),
    (
        "f[t] = row_block(W, 1, 4) @ x[t]\nW = V",
        {"W": (8, 2), "f": (3, 1)},
        [("row_block(W, 1, 4)", "W is 12×2 (W)", "meets", "W is 8×2 (W)")],
    ),
    # A choice is made among the entries of a column, by a plain number.
    (
        "w = onehot_argmax(A)",
        {"A": (2, 3)},
        [("onehot_argmax(A)", "A is 2×1 (A)", "meets", "A is 2×3 (A)")],
    ),
    (
        "w = onehot_sample(y, u)",
        {"y": (2, 1), "u": (3, 1)},
        [("onehot_sample(y, u)", "u is 1×1 (u)", "meets", "u is 3×1 (u)")],
    ),
    # Nothing is broadcast but a plain number.
    ("h = a + b", {"a": (2, 1), "b": (1, 2)}, [("a + b", "a is 2×1 (a)", "meets", "b is 1×2 (b)")]),
    ("h = a * B", {"a": (2, 1), "B": (2, 2)}, [("a * B", "a is 2×1 (a)", "meets", "B is 2×2 (B)")]),
    ("h = 2 @ x", {"x": (3, 1)}, [("2 @ x", "2 is 1×1 ()", "multiplies", "x is 3×1 (x)")]),
    ("h = a.T @ b", {"a": (2, 1), "b": (3, 1)}, [("a.T @ b", "a.T is 1×2 (a)", "multiplies", "b is 3×1 (b)")]),
    (
        "h = sum(W) + x",
        {"W": (2, 2), "x": (2, 1), "h": (3, 1)},
        [("sum(W) + x", "sum(W) + x is 3×1 (h)", "meets", "x is 2×1 (x)")],
    ),
    (
        "h = a * b + 1",
        {"a": (2, 1), "b": (2, 1), "h": (3, 1)},
        [("a * b + 1", "a * b + 1 is 3×1 (h)", "meets", "a * b is 2×1 (a)")],
    ),
    # Each wrong place is told, and told once.
    (
        "h = a + b\ng = a + b\nk = b - c",
        {"a": (2, 1), "b": (3, 1), "c": (4, 1)},
        [("a + b", "a is 2×1 (a)", "meets", "b is 3×1 (b)"), ("b - c", "b is 3×1 (b)", "meets", "c is 4×1 (c)")],
    ),
]


@pytest.mark.parametrize(("text", "given_shapes", "conflicts"), CONFLICTS)
def test_conflicts(text, given_shapes, conflicts):
    assert inferred(text, **given_shapes)[1] == conflicts


# ---------------------------------------------------------------- any network that fits


@st.composite
def networks(draw):
    """Layers with random sizes, each made from what is there already; the true shape of every quantity."""
    sizes = st.integers(1, 4)
    shapes = {"x": (draw(sizes), 1)}
    lines = []
    for number in range(draw(st.integers(1, 5))):
        one, other = (draw(st.sampled_from(sorted(name for name in shapes if name[0] in "xs"))) for _ in range(2))
        name, height = f"s{number}", draw(sizes)
        (n, _), (m, _) = shapes[one], shapes[other]
        kind = draw(st.sampled_from(["layer", "gate", "joined", "outer", "scaled"]))
        W, U, b = f"W{number}", f"U{number}", f"b{number}"
        if kind == "layer":
            lines.append(f"{name}[t] = tanh({W} @ {one}[t] + {U} @ {name}[t-1] + {b})")
            shapes |= {W: (height, n), U: (height, height), b: (height, 1), name: (height, 1)}
        elif kind == "gate":
            lines.append(f"{name}[t] = sigmoid({W} @ {one}[t]) * ({U} @ {other}[t]) - (1 - {b}) / 2")
            shapes |= {W: (height, n), U: (height, m), b: (height, 1), name: (height, 1)}
        elif kind == "joined":
            lines.append(f"{name}[t] = relu({W} @ concat({one}[t], {other}[t], {b}))")
            shapes |= {W: (height, n + m + height), b: (height, 1), name: (height, 1)}
        elif kind == "outer":
            lines.append(f"{name}[t] = ({one}[t] @ {other}[t].T @ {U}) * {b}")
            shapes |= {U: (m, 1), b: (1, 1), name: (n, 1)}
        else:
            lines.append(f"{name}[t] = sum({one}[t] * {b}) * ({W} @ {other}[t]).T.T + {U}.T")
            shapes |= {W: (height, m), U: (1, height), b: (n, 1), name: (height, 1)}
    return "\n".join(draw(st.permutations(lines))), shapes


def is_parameter(name):
    return name[0] in "WUbx"


@given(networks())
def test_no_false_conflict(network):
    text, shapes = network
    data = {name: shape for name, shape in shapes.items() if is_parameter(name)}
    sizes, conflicts = inferred(text, **data)
    used = {name for name in shapes if name in sizes}
    assert (sizes, conflicts) == ({name: shape_text(shapes[name]) for name in used}, [])


@given(networks(), st.data())
def test_what_is_missing_is_not_a_conflict(network, data):
    text, shapes = network
    some = data.draw(st.sets(st.sampled_from(sorted(filter(is_parameter, shapes)))))
    known = {name: shapes[name] for name in some if shapes[name] != (1, 1)}
    assert inferred(text, **known)[1] == []
