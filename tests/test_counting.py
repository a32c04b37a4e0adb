"""Positions counted from 0, and positions in ⟨ ⟩: read and shown so everywhere, and messages too."""

import pytest
from test_exercise import refused

from rnncalc import loads, solve
from rnncalc.formats.spelling import latex
from rnncalc.formula import Symbol

FROM_0 = """\
cell: rnn
time: 0
activations: {h: identity, y: identity}
equations: |
  z = h[0] + h[T]
loss: L = sum(h[1]) + z
find: [h_0, "y[2]", z, dL/dh_0]
inputs: {x: [1, 2, 3]}
initial: {h_-1: 1}
parameters: {W: 1/2, U: 1, b_s: 0, V: 2, b_y: 1}
expect: {h_0: 1.5, h: [1.5, 2.75, 4.375]}
"""


def test_everything_is_counted_from_0() -> None:
    solution = solve(loads(FROM_0))
    assert list(solution.record()["answers"]) == ["h_0", "y_2", "z", "dL/dh_0"]
    assert [solution[name] for name in ("h_0", "y_2", "z", "dL/dh_0")] == [
        [["1.5"]],
        [["9.75"]],
        [["5.875"]],
        [["1.75"]],
    ]
    lines = solution.text(width=80).splitlines()
    assert lines[2:4] == [
        "Given   x₀ = 1     x₁ = 2     x₂ = 3    h₋₁ = U = b_y = 1",
        "        W = 0.5    b_s = 0    V = 2",
    ]
    assert [line.split(" ─")[0] for line in lines if line.startswith(("Time", "Backward"))][:3] == [
        "Time step 0",
        "Time step 1",
        "Time step 2",
    ]
    assert next(line for line in lines if "h₀ =" in line) == "    h₀ = W h₋₁ + U x₀ + b_s"
    assert [line[:9].rstrip() for line in lines if line[1:2].isdigit() and line[2:4] == " │"] == [
        " 0 │ 1.5",
        " 1 │ 2.75",
        " 2 │ 4.37",
    ]


def test_a_later_part_counted_from_0() -> None:
    text = "cell: rnn\ntime: 0\nfind: [h_1]\nactivations: {h: identity}\nknown: {h_0: 5}\ninputs: {x_1: 1}\n"
    assert solve(loads(text + "parameters: {W: 2, U: 3, b_s: 0}"))["h_1"] == [["13"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("find: [h_0", "find: [h_3"),
            """\
f.yaml:7:8: error: `h_3` does not exist: `t` runs from 0 to 2
    7 │ find: [h_3, "y[2]", z, dL/dh_0]
      │        ^^^
  help: give `x` more entries, or ask for an earlier position
""",
        ),
        (
            ("time: 0", "time: 2"),
            """\
f.yaml:2:7: error: a whole number from 0 to 1 was expected
    2 │ time: 2
      │       ^
""",
        ),
        (
            ("{h_-1: 1}", "{h_0: 1}"),
            """\
f.yaml:9:16: error: `h_0` is computed, so it cannot be given here
    9 │ initial: {h_0: 1}
      │                ^
  help: write `h_-1`
""",
        ),
    ],
)
def test_messages_count_from_0(change: tuple[str, str], message: str) -> None:
    assert message in refused(FROM_0.replace(*change)) + "\n"


RAISED = """\
cell: rnn
rename: {h: a, W: W_aa, U: W_ax, V: W_ya, b_s: b_a}
activations: {y: sigmoid}
symbols: {a: a⟨t⟩, x: x⟨t⟩, y: ŷ⟨t⟩}
find: [ŷ⟨1⟩, a_1]
inputs: {x: [1]}
parameters: {W_aa: 1/2, W_ax: 1, b_a: 0, W_ya: 0, b_y: 0}
"""


def test_positions_in_angle_brackets() -> None:
    """D2.1: a⟨t⟩ = g₁(W_aa a⟨t−1⟩ + W_ax x⟨t⟩ + b_a)."""
    solution = solve(loads(RAISED))
    assert solution["y_1"] == [["0.5"]]
    lines = solution.text(width=80).splitlines()
    assert "    a⟨1⟩ = tanh(W_aa a⟨0⟩ + W_ax x⟨1⟩ + b_a)" in lines
    assert "    ŷ⟨1⟩ = σ(W_ya a⟨1⟩ + b_y)" in lines
    assert latex(Symbol("ŷ⟨t−1⟩")) == r"\hat{y}^{\langle t-1\rangle}"
