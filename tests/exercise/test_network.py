"""Equations and data together: what is missing, what does not fit, and which misfit is let be."""

import pytest
from test_exercise import Changes, changed, refused

from rnncalc import loads, solve
from rnncalc.exercise.misfit import Misfit

REFUSED: list[tuple[str, str | Changes, str]] = [
    (
        "parts that are too long together",
        "equations: |\n  y[t] = tanh(W @ concat(a[t], b))\n  z[t] = a[t] + c\n"
        "inputs: {a: [[1, 2]]}\nparameters: {W: [[1, 2, 3], [4, 5, 6]], b: [3, 4], c: [1, 2]}\n",
        """\
f.yaml:5:17: error: the sizes in `y[t] = tanh(W @ concat(a[t], b))` do not fit
    5 │ parameters: {W: [[1, 2, 3], [4, 5, 6]], b: [3, 4], c: [1, 2]}
      │                 ^^^^^^^^^^^^^^^^^^^^^^
  `W` is 2×3 (line 5)
  and is multiplied by `concat(a[t], b)`, which is 4×1
  help: has each row of W one entry too few? 2×4 would fit; or has b one entry too many? 1×1 would fit
""",
    ),
    (
        "inputs missing of which nothing is known",
        "cell: attention-dot\nparameters:\n  W_c: [[1, 2, 3, 4], [5, 6, 7, 8]]\n  W_s: [[1, 2], [3, 4]]\n",
        """\
f.yaml:1:1: error: `s` and `h` are missing
    1 │ cell: attention-dot
      │ ^^^^
  help: add them under `inputs:`
""",
    ),
    (
        "parameters missing",
        [("  b_s: [1, 2]\n", ""), ("  U: [[1, 0, 2], [0, 1, 1]]\n", "")],
        """\
f.yaml:5:1: error: `U` (2×3) and `b_s` (2×1) are missing
    5 │ parameters:
      │ ^^^^^^^^^^
  help: add them under `parameters:`
""",
    ),
    (
        "everything missing",
        "cell: rnn\n",
        """\
f.yaml:1:1: error: `x` is missing
    1 │ cell: rnn
      │ ^^^^
  help: add it under `inputs:`

f.yaml:1:1: error: 5 quantities are missing: `W`, `U`, `b_s`, `V`, `b_y`
    1 │ cell: rnn
      │ ^^^^
  help: add them under `parameters:`
""",
    ),
    (
        "an input missing, and a wrong size",
        [("inputs:\n  x: [[1, 0, 2], [0, 1, 1]]\n", ""), ("b_s: [1, 2]", "b_s: [1, 2, 3]")],
        """\
f.yaml:1:1: error: `x` (3×1) is missing
    1 │ cell: rnn
      │ ^^^^
  help: add it under `inputs:`

f.yaml:6:8: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    6 │   b_s: [1, 2, 3]
      │        ^^^^^^^^^
  `W @ h[t-1] + U @ x[t]` is 2×1 (W is 2×2, line 4; h is 2×1, line 7)
  and is combined with `b_s`, which is 3×1 (line 6)
  help: has b_s one entry too many? 2×1 would fit
""",
    ),
    (
        "transposed",
        [("U: [[1, 0, 2], [0, 1, 1]]", "U: [[1, 0], [0, 1], [2, 1]]")],
        """\
f.yaml:7:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    7 │   U: [[1, 0], [0, 1], [2, 1]]
      │      ^^^^^^^^^^^^^^^^^^^^^^^^
  `U` is 3×2 (line 7)
  and is multiplied by `x[t]`, which is 3×1 (line 4)
  help: is U transposed? 2×3 would fit
""",
    ),
    (
        "exchanged",
        [("  W: [[1, 2], [3, 4]]\n  U: [[1, 0, 2], [0, 1, 1]]", "  U: [[1, 2], [3, 4]]\n  W: [[1, 0, 2], [0, 1, 1]]")],
        """\
f.yaml:7:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    7 │   W: [[1, 0, 2], [0, 1, 1]]
      │      ^^^^^^^^^^^^^^^^^^^^^^
  `W` is 2×3 (line 7)
  and is multiplied by `h[t-1]`, which is 2×1 (line 9)
  help: are W and U exchanged?
""",
    ),
    (
        "one entry too many",
        [("b_s: [1, 2]", "b_s: [1, 2, 3]")],
        """\
f.yaml:8:8: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    8 │   b_s: [1, 2, 3]
      │        ^^^^^^^^^
  `W @ h[t-1] + U @ x[t]` is 2×1 (W is 2×2, line 6; h is 2×1, line 9)
  and is combined with `b_s`, which is 3×1 (line 8)
  help: has b_s one entry too many? 2×1 would fit
""",
    ),
    (
        "one entry too few",
        [("b_s: [1, 2]", "b_s: [1]"), ("W: [[1, 2], [3, 4]]", "W: [[1, 2, 0], [3, 4, 0]]"), ("h: [0, 1]", "h: [0, 1]")],
        """\
f.yaml:6:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    6 │   W: [[1, 2, 0], [3, 4, 0]]
      │      ^^^^^^^^^^^^^^^^^^^^^^
  `W` is 2×3 (line 6)
  and is multiplied by `h[t-1]`, which is 2×1 (line 9)
  help: has each row of W one entry too many? 2×2 would fit
""",
    ),
    (
        "one entry too many in each row",
        [("W: [[1, 2], [3, 4]]", "W: [[1, 2, 5], [3, 4, 5]]")],
        """\
f.yaml:6:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    6 │   W: [[1, 2, 5], [3, 4, 5]]
      │      ^^^^^^^^^^^^^^^^^^^^^^
  `W` is 2×3 (line 6)
  and is multiplied by `h[t-1]`, which is 2×1 (line 9)
  help: has each row of W one entry too many? 2×2 would fit
""",
    ),
    (
        "a row for a column",
        [("b_s: [1, 2]", "b_s: [[1, 2]]")],
        """\
f.yaml:8:8: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    8 │   b_s: [[1, 2]]
      │        ^^^^^^^^
  `W @ h[t-1] + U @ x[t]` is 2×1 (W is 2×2, line 6; h is 2×1, line 9)
  and is combined with `b_s`, which is 1×2 (line 8)
  help: is b_s meant to be a column? write it with one pair of brackets: `b_s: [2, 3]`
""",
    ),
    (
        "decimal commas",
        [("b_s: [1, 2]", "b_s: [0,731, 2,5]")],
        """\
f.yaml:8:8: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    8 │   b_s: [0,731, 2,5]
      │        ^^^^^^^^^^^^
  `W @ h[t-1] + U @ x[t]` is 2×1 (W is 2×2, line 6; h is 2×1, line 9)
  and is combined with `b_s`, which is 4×1 (line 8)
  help: in YAML `0,731` is two numbers: write a decimal point, `0.731`
""",
    ),
    (
        "decimal commas in a matrix",
        [("W: [[1, 2], [3, 4]]", "W: [[0,5, 2], [3, 4]]")],
        """\
f.yaml:6:17: error: row 2 has 2 entries, row 1 has 3 entries
    6 │   W: [[0,5, 2], [3, 4]]
      │                 ^^^^^^
  help: in YAML `0,5` is two numbers: write a decimal point, `0.5`
""",
    ),
    (
        "one step as a plain list",
        [("find: [h_2]", "find: [h_1]"), ("x: [[1, 0, 2], [0, 1, 1]]", "x: [1, 0, 2]")],
        """\
f.yaml:4:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    4 │   x: [1, 0, 2]
      │      ^^^^^^^^^
  `U` is 2×3 (line 7)
  and is multiplied by `x[t]`, which is 1×1 (line 4)
  help: is this one step with 3 entries? then write two pairs of brackets: `x: [[2, 3]]`
""",
    ),
    (
        "all steps too short",
        [("x: [[1, 0, 2], [0, 1, 1]]", "x: [[1, 0], [0, 1]]")],
        """\
f.yaml:7:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    7 │   U: [[1, 0, 2], [0, 1, 1]]
      │      ^^^^^^^^^^^^^^^^^^^^^^
  `U` is 2×3 (line 7)
  and is multiplied by `x[t]`, which is 2×1 (line 4)
  help: has each row of U one entry too many? 2×2 would fit; or has x one entry too few? 3×1 would fit
""",
    ),
    (
        "an initial state too long",
        [("h: [0, 1]", "h: [0, 1, 0]")],
        """\
f.yaml:9:14: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    9 │ initial: {h: [0, 1, 0]}
      │              ^^^^^^^^^
  `W` is 2×2 (line 6)
  and is multiplied by `h[t-1]`, which is 3×1 (line 9)
  help: has h one entry too many? 2×1 would fit
""",
    ),
    (
        "two wrong sizes",
        [("b_s: [1, 2]", "b_s: [1, 2, 3]"), ("U: [[1, 0, 2], [0, 1, 1]]", "U: [[1, 0], [0, 1], [2, 1]]")],
        """\
f.yaml:7:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    7 │   U: [[1, 0], [0, 1], [2, 1]]
      │      ^^^^^^^^^^^^^^^^^^^^^^^^
  `U` is 3×2 (line 7)
  and is multiplied by `x[t]`, which is 3×1 (line 4)
  help: is U transposed? 2×3 would fit

f.yaml:8:8: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    8 │   b_s: [1, 2, 3]
      │        ^^^^^^^^^
  `W @ h[t-1] + U @ x[t]` is 2×1 (W is 2×2, line 6; h is 2×1, line 9)
  and is combined with `b_s`, which is 3×1 (line 8)
  help: has b_s one entry too many? 2×1 would fit
""",
    ),
    (
        "a row too few makes a number of a product",
        [("W: [[1, 2], [3, 4]]", "W: [[1, 2]]")],
        """\
f.yaml:6:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    6 │   W: [[1, 2]]
      │      ^^^^^^^^
  `W @ h[t-1]` is 1×1
  and is combined with `U @ x[t]`, which is 2×1 (W is 1×2, line 6)
  help: has W one row too few? 2×2 would fit
""",
    ),
    (
        "an equation of its own",
        "equations: |\n  y[t] = W @ x[t] + V @ r[t]\ninputs:\n  x: [[1, 2]]\n  r: [[1, 2, 3]]\n"
        "parameters:\n  W: [[1, 2], [3, 4], [5, 6]]\n  V: [[1, 2, 3], [4, 5, 6]]\n",
        """\
f.yaml:7:6: error: the sizes in `y[t] = W @ x[t] + V @ r[t]` do not fit
    7 │   W: [[1, 2], [3, 4], [5, 6]]
      │      ^^^^^^^^^^^^^^^^^^^^^^^^
  `W @ x[t]` is 3×1 (W is 3×2, line 7)
  and is combined with `V @ r[t]`, which is 2×1 (V is 2×3, line 8)
  help: has W one row too many? 2×2 would fit; or has V one row too few? 3×3 would fit
""",
    ),
    (
        "numbers that cannot be meant",
        "equations: |\n  y = a + b\n  z = b + c\n  q = c + a\nfind: [y]\n"
        "parameters: {a: [1, 2], b: [1, 2, 3], c: [1, 2, 3, 4]}\n",
        """\
f.yaml:6:17: error: the sizes in `y = a + b` do not fit
    6 │ parameters: {a: [1, 2], b: [1, 2, 3], c: [1, 2, 3, 4]}
      │                 ^^^^^^
  `a` is 2×1 (line 6)
  and is combined with `b`, which is 3×1 (line 6)
  help: has a one entry too few? 3×1 would fit; or has b one entry too many? 2×1 would fit

f.yaml:6:42: error: the sizes in `z = b + c` do not fit
    6 │ parameters: {a: [1, 2], b: [1, 2, 3], c: [1, 2, 3, 4]}
      │                                          ^^^^^^^^^^^^
  `b` is 3×1 (line 6)
  and is combined with `c`, which is 4×1 (line 6)
  help: has c one entry too many? 3×1 would fit
""",
    ),
    (
        "a position behind the last",
        [("[h_2]", "[h_1, h_3]")],
        """\
f.yaml:2:13: error: `h_3` does not exist: `t` runs from 1 to 2
    2 │ find: [h_1, h_3]
      │             ^^^
  help: give `x` more entries, or ask for an earlier position
""",
    ),
    (
        "a position before the first",
        [("[h_2]", "[h_0]")],
        """\
f.yaml:2:8: error: `h_0` does not exist: `t` runs from 1 to 2
    2 │ find: [h_0]
      │        ^^^
  help: a value before the first step is not computed, but given under `initial:`
""",
    ),
    (
        "inputs of two lengths",
        "equations: y[t] = x[t] + r[t]\ninputs:\n  x: [1, 2]\n  r: [1, 2, 3]\n",
        """\
f.yaml:4:6: error: the lengths do not agree: `x` has 2 but `r` has 3 positions
    4 │   r: [1, 2, 3]
      │      ^^^^^^^^^
  help: give as many entries of one as of the other, or index them with different letters
""",
    ),
    (
        "an input outside its data",
        "equations: y[t] = x[t-1]\ninputs: {x: [1, 2]}\n",
        """\
f.yaml:1:19: error: `x[0]` is needed by `y[t] = x[t-1]`, but `x` is given for positions 1 to 2 only
    1 │ equations: y[t] = x[t-1]
      │                   ^^^^^^
  help: an input has no default value, a state begins with 0: write `q[t] = x[t]` too, and `q[t-1]` here
""",
    ),
    (
        "an initial value that is computed",
        [("h: [0, 1]", "h_1: [0, 1]")],
        """\
f.yaml:9:16: error: `h_1` is computed, so it cannot be given here
    9 │ initial: {h_1: [0, 1]}
      │                ^^^^^^
  help: write `h_0`
""",
    ),
    (
        "an initial value that nothing uses",
        [("h: [0, 1]", "h_-1: [0, 1]")],
        """\
f.yaml:9:17: error: no equation uses `h_-1`
    9 │ initial: {h_-1: [0, 1]}
      │                 ^^^^^^
  help: write `h_0`
""",
    ),
    (
        "an initial value of a parameter",
        [("h: [0, 1]", "U: [0, 1]")],
        """\
f.yaml:9:14: error: `U` is not a state: no equation computes it
    9 │ initial: {U: [0, 1]}
      │              ^^^^^^
  help: move it to `inputs:` or `parameters:`
""",
    ),
    (
        "an initial value of an output",
        [("h: [0, 1]", "y: [0, 1]")],
        """\
f.yaml:9:14: error: `y` needs no initial value: no equation uses it at another position
    9 │ initial: {y: [0, 1]}
      │              ^^^^^^
  help: remove it
""",
    ),
    (
        "one initial value for two",
        "equations: y[t] = y[t-1] + y[t-2] + x[t]\ninputs: {x: [1, 2]}\ninitial: {y: 1}\n",
        """\
f.yaml:3:14: error: `y` begins with 2 values, not with one
    3 │ initial: {y: 1}
      │              ^
  help: give each by itself: `y_0` and `y_-1`
""",
    ),
    (
        "expected in another size",
        [("initial:", "expect: {h_1: [0, 0, 0]}\ninitial:")],
        """\
f.yaml:9:15: error: `h_1` is 2×1, but 3×1 is expected here
    9 │ expect: {h_1: [0, 0, 0]}
      │               ^^^^^^^^^
  help: write as many as it has
""",
    ),
    (
        "expected with decimal commas",
        [("initial:", "expect: {h_1: [0,73, 0,5]}\ninitial:")],
        """\
f.yaml:9:15: error: `h_1` is 2×1, but 4×1 is expected here
    9 │ expect: {h_1: [0,73, 0,5]}
      │               ^^^^^^^^^^^
  help: in YAML `0,73` is two numbers: write a decimal point, `0.73`
""",
    ),
    (
        "expected and not computed",
        [("[h_2]", "[h_1]"), ("initial:", "expect: {h_2: [0, 0]}\ninitial:")],
        """\
f.yaml:9:15: error: `h_2` is expected, but nothing that is asked for needs it
    9 │ expect: {h_2: [0, 0]}
      │               ^^^^^^
  help: ask for it under `find:` too, or remove this line
""",
    ),
    (
        "expected and given",
        [("initial:", "expect: {h_0: [0, 1]}\ninitial:")],
        """\
f.yaml:9:15: error: `h_0` is expected, but nothing that is asked for needs it
    9 │ expect: {h_0: [0, 1]}
      │               ^^^^^^
  help: ask for it under `find:` too, or remove this line
""",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_message(change: str | Changes, message: str) -> None:
    assert refused(changed(change)) == message


# ---------------------------------------------------------------- matrices that multiply a zero state

EXERCISE2 = """\
# yaml-language-server: $schema=../exercise.schema.json
title: "LSTM: find h₁"
source: "VietAI, Variants of RNN, exercise 2"
note: "The slide prints every U as 2×3, although h has two entries; the data is kept as printed."
cell: lstm
find: [h_1]
inputs:
  x: [[2, 3, -1]]
parameters:
  W_f: [[1, -2, 5], [5, 5, 0]]
  W_i: [[0, 2, 5], [3, -4, 1]]
  W_o: [[1, 2, 1], [0, -1, 3]]
  W_c: [[-2, 0, 1], [5, 1, 8]]
  U_f: [[1, 5, 5], [2, 1, 1]]
  U_i: [[-1, -5, 3], [2, 1, 0]]
  U_o: [[2, 4, -1], [0, 3, 1]]
  U_c: [[1, -1, 1], [0, -2, 6]]
  b_i: [5, 2]
  b_o: [5, 2]
  b_f: [5, 2]
  b_c: [5, 2]
initial: {h: [0, 0], c: [0, 0]}
"""


def exercise2(*changes: tuple[str, str]) -> str:
    text = EXERCISE2
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "text",
    [EXERCISE2, exercise2(("initial: {h: [0, 0], c: [0, 0]}\n", "")), exercise2(("h: [0, 0]", "h: [0.0, 0e5]"))],
    ids=["zeros given", "zeros by default", "zeros in other words"],
)
def test_misfit_that_a_zero_state_hides(text: str) -> None:
    """`c_0` fixes the size of the state where `h_0` is not given."""
    solution = solve(loads(text))
    (misfit,) = solution.remarks
    assert isinstance(misfit, Misfit)
    assert misfit.names == ("U_f", "U_i", "U_c", "U_o")
    assert (misfit.shape, misfit.fitting, misfit.entries) == ((2, 3), (2, 2), 2)
    assert solution.record()["warnings"] == [
        "U_f, U_i, U_c and U_o are 2×3, but they multiply h₀, which has 2 entries (2×2 would fit). "
        "h₁ does not depend on them because h₀ = 0; the data is used as printed."
    ]
    assert solution["h_1"] == [["0"], ["0.000120377024383802"]]


MISFIT = """\
f.yaml:14:8: error: the sizes in `f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)` do not fit
   14 │   U_f: [[1, 5, 5], [2, 1, 1]]
      │        ^^^^^^^^^^^^^^^^^^^^^^
  `U_f` is 2×3 (line 14)
  and is multiplied by `h[t-1]`, which is 2×1 (line 22)
  help: has each row of U_f one entry too many? 2×2 would fit
"""


@pytest.mark.parametrize(
    "changes",
    [
        [("find: [h_1]", "find: [h_2]"), ("[[2, 3, -1]]", "[[2, 3, -1], [1, 1, 1]]")],
        [("h: [0, 0]", "h: [1, 0]")],
        [("h: [0, 0]", "h: [0, 1e-900]")],
    ],
    ids=["h_2", "h_0 is not zero", "h_0 is hardly zero"],
)
def test_misfit_that_matters(changes: Changes) -> None:
    """All four matrices are told, each at its own line."""
    message = refused(exercise2(*changes))
    assert message.startswith(MISFIT)
    assert [line for line in message.splitlines() if ": error:" in line and "do not fit" not in line] == []
    assert message.count("error:") == 4


def test_a_matrix_of_another_size_matters_although_the_state_is_zero() -> None:
    """Only the inner size of a product with the zero state is let be, not the size of its result."""
    message = """\
f.yaml:14:8: error: the sizes in `f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)` do not fit
   14 │   U_f: [[1, 5, 5], [2, 1, 1], [1, 1, 1]]
      │        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  `W_f @ x[t]` is 2×1 (W_f is 2×3, line 10)
  and is combined with `U_f @ h[t-1]`, which is 3×1 (U_f is 3×3, line 14)
  help: U_f would fit as 2×2
"""
    assert refused(exercise2(("[2, 1, 1]]", "[2, 1, 1], [1, 1, 1]]"))) == message


# ---------------------------------------------------------------- plain numbers


def test_a_network_of_plain_numbers() -> None:
    text = "equations: h[t] = w * h[t-1] + u * x[t]\ninputs: {x: [1, 2]}\nparameters: {w: 3, u: 5}\n"
    assert solve(loads(text))["h_2"] == [["25"]]


def test_nothing_tells_the_size() -> None:
    """A plain number is the smallest size that fits."""
    assert solve(loads("equations: h[t] = tanh(h[t-1])\nlengths: {t: 2}\n"))["h_2"] == [["0"]]


# ---------------------------------------------------------------- initial states


def test_several_initial_values() -> None:
    text = "equations: y[t] = y[t-1] + y[t-2]\nlengths: {t: 5}\ninitial:\n  y_0: 1\n  y[-1]: 0\n"
    assert solve(loads(text))["y_5"] == [["8"]]


def test_an_initial_state_that_the_answer_does_not_need() -> None:
    text = "equations: |\n  a[t] = a[t-1] + x[t]\n  b[t] = 2 * x[t]\nfind: [b_1]\ninputs: {x: [1]}\ninitial: {a: 7}\n"
    assert solve(loads(text))["b_1"] == [["2"]]
