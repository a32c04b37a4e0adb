"""Gradients beside difference quotients: what is compared, how it is told, and what cannot be."""

import json

import pytest

from rnncalc import ExerciseError, RnncalcError, library, load, loads, solve
from rnncalc.solving.differences import differences

CORNER = """
title: "ReLU at its corner"
equations: |
  h[t] = relu(W @ x[t])
loss: L = sum(sum(h[t]), t)
inputs: {x: [[1, 1]]}
parameters: {W: [[1, -1], [2, 1]]}
"""
LSTM = """
cell: lstm
upstream: {h_2: [1, -2], c_2: [0.5, 1]}
find: [dL/dh_1, dL/dc_1, dL/df_2, dL/dh_0, dL/dc_0, dL/dx_1, dL/dW_f, dL/dW_f_2]
inputs: {x: [[1, 0.5], [-0.5, 2]]}
parameters:
  W_f: [[0.5, -1], [0.25, 1]]
  U_f: [[0.1, 0.2], [-0.3, 0.4]]
  b_f: [1, 0.5]
  W_i: [[-0.5, 1], [0.75, 0.3]]
  U_i: [[0.2, -0.2], [0.1, 0.5]]
  b_i: [0.1, -0.5]
  W_o: [[0.3, 0.6], [-0.25, 0.9]]
  U_o: [[0.4, 0.1], [0.2, -0.6]]
  b_o: [0.2, 0.7]
  W_c: [[0.7, -0.4], [0.35, 0.8]]
  U_c: [[-0.1, 0.3], [0.6, 0.2]]
  b_c: [-0.2, 0.4]
initial: {h: [0.1, -0.2]}
"""


def test_the_page() -> None:
    exercise = loads(CORNER, "corner", gradients=True)
    assert (
        solve(exercise, check_gradients=True).text("answers", width=80)
        == """\
ReLU at its corner
────────────────────────────────────────────────────────────────────────────────
Given   x₁ = (1, 1)

            ⎡1  −1⎤
        W = ⎣2   1⎦

The gradients checked by differences ───────────────────────────────────────────

Each number θ is moved by h = 10⁻²⁰ to either side, and the loss worked out
anew. The quotient (L(θ + h) − L(θ − h))/(2 h) uses no rule of differentiation;
it is off by about h², so that forty digits should agree.

 gradient │ entry │ worked out │ quotient │ apart │ agree to
──────────┼───────┼────────────┼──────────┼───────┼──────────
 ∂L/∂W    │ 1,1   │ 0          │ 0.5      │ 0.5   │ a corner
 ∂L/∂W    │ 1,2   │ 0          │ 0.5      │ 0.5   │ a corner
 ∂L/∂W    │ 2,1   │ 1          │ 1        │ 0     │ exactly
 ∂L/∂W    │ 2,2   │ 1          │ 1        │ 0     │ exactly

note: ∂L/∂W [1,1; 1,2]: here the loss has a corner and no derivative. Its slope
      is 0 to the left and 1 to the right, the quotient is their mean; the step
      above says which one the gradient takes.

The other entries agree exactly: 2.

┌─────────────────────────┐
│ Answer       L = 3      │
│                  ⎡0  0⎤ │
│          ∂L/∂W = ⎣1  1⎦ │
└─────────────────────────┘

All answers are exact.
"""
    )


def test_states_gates_inputs_and_initial_states_are_moved_too() -> None:
    found = differences(loads(LSTM, "lstm"))
    assert [(one.of, one.position, len(one.entries)) for one in found.evidence] == [
        ("h", (1,), 2), ("c", (1,), 2), ("f", (2,), 2), ("h", (0,), 2), ("c", (0,), 2), ("x", (1,), 2), ("W_f", (), 4),
    ]  # fmt: skip
    assert all(entry.digits is None or entry.digits >= 35 for one in found.evidence for entry in one.entries)
    assert not any(entry.corner for one in found.evidence for entry in one.entries)
    assert len(found.without) == 1, "what step 2 contributes has no number of its own"


WITH_GRADIENTS = [name for name in library.names() if load(name).adjoints and "30" not in name]


@pytest.mark.parametrize("name", WITH_GRADIENTS)
def test_gradients_of_every_exercise(name: str) -> None:
    """All parameters of every exercise that has a loss."""
    found = differences(load(name, gradients=True))
    for one in found.evidence:
        for entry in one.entries:
            assert entry.digits is None or entry.digits >= 30, (one.of, one.position, entry)


def test_record() -> None:
    exercise = loads(CORNER, "corner", gradients=True)
    check = solve(exercise, check_gradients=True).record()["gradient_check"]
    assert json.loads(json.dumps(check)) == check
    first, _, last, _ = check["gradients"]["dL/dW"]
    assert (check["step"], check["not_checked"]) == ("1e-20", [])
    assert first == {
        "entry": [1, 1], "gradient": "0", "difference": "0.5", "apart": "0.5", "digits": 0, "corner": ["0", "1"],
    }  # fmt: skip
    assert last == {
        "entry": [2, 1], "gradient": "1", "difference": "1", "apart": "0", "digits": None, "corner": None,
    }  # fmt: skip


def told(error: RnncalcError) -> list[tuple[str, str | None]]:
    return [(problem.what, problem.hint) for problem in error.problems]


def test_without_a_gradient() -> None:
    with pytest.raises(RnncalcError) as error:
        solve(loads(CORNER, "corner"), check_gradients=True)
    assert told(error.value) == [
        ("`corner` asks for no gradient to check", "ask for one, as `find: [dL/dW]`, or for all with `--gradients`")
    ]


def test_without_a_loss() -> None:
    with pytest.raises(ExerciseError) as error:
        load("vietai/exercise3", gradients=True)
    hint = "add `loss: L = sum((y[t] - d[t]) ** 2, t)`, or `loss: {kind: …, of: y, targets: […]}`"
    assert told(error.value) == [("there is no loss whose gradients could be found", hint)]


def test_too_much_to_check() -> None:
    rows = "[" + ", ".join(["[" + ", ".join(["0.1"] * 60) + "]"] * 60) + "]"
    text = f"cell: rnn\nloss: L = sum(h[T])\ninputs: {{x: [{'[1, 2], ' * 200}[1, 2]]}}\nparameters:\n"
    text += f"  W: {rows}\n  U: [{'[1, 2], ' * 59}[1, 2]]\n  b_s: [{'0, ' * 59}0]\n"
    with pytest.raises(RnncalcError) as error:
        differences(loads(text, "large", gradients=True))
    what = "`large`: to check 3780 entries of gradients would take more than a minute"
    assert told(error.value) == [(what, "ask for fewer gradients under `find:`")]
