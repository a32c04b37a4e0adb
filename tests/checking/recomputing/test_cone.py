"""Compiled functions of steps give bit for bit what the walk over the equations gives."""

from random import Random

import pytest
from msgspec.structs import replace
from students import Habit, Student, random_exercise

from rnncalc.checking import prepare, read
from rnncalc.checking.recomputing.cone import Cones
from rnncalc.checking.recomputing.recomputation import CUT, LOOSE, POINT, ROUNDED, Recomputation
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.exercise import loads
from rnncalc.exercise.policy import Policy

NETWORKS = (
    "lstm",
    "gru",
    "rnn+loss",
    "attention-additive",
    "rnn-bidirectional",
    "grid-lstm",
    "rnn+training",
    "lstm-onnx",
)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("shown", ["all", "gates", "states", "final"])
def test_the_same_as_the_walk(name: str, shown: str) -> None:
    rng = Random(f"{name} {shown}")
    marking = prepare(random_exercise(name, rng, 2, 2))
    compiled = 0
    for kind in ("rounded", "cut", "significant"):
        student = Student(marking, Habit("step", kind, rng.randint(2, 6), shown), rng).work()
        judging = Judging(marking, student.sheet().answers, Policy())
        entries = judging.shown
        wrong = {key: {0} for key in rng.sample(list(entries), len(entries) // 3)}
        cones = Cones(marking, judging.layout.cones)
        for habit in (ROUNDED, CUT, POINT, LOOSE):
            views = [Recomputation(marking, replace(judging.sheet, cones=of), habit, wrong) for of in (cones, None)]
            for key in entries:
                found, expected = (view.step(key) for view in views)
                assert found == expected, (key, habit)
                compiled += views[0].cone(key) is not None
    assert compiled


QUOTIENTS = """\
equations: |
  a[t] = x[t] * a[t-1] - 0.5
  q[t] = 1 / a[t]
  y[t] = q[t] * softplus(a[t]) + exp(a[t])
inputs: {x: [0.7, 1e99]}
initial: {a: 0.25}
find: [y_2]
"""


@pytest.mark.parametrize(
    "sheet", ["a1: 0.0\ny1: 1\ny2: 2", "a1: 0.3\nq1: 3.3\ny1: 1e200\ny2: 3", "a1: -.325\na2: 1e9\ny2: 0"]
)
def test_what_a_function_cannot_tell_is_left_to_the_walk(sheet: str) -> None:
    """A divisor that may be 0, numbers too large to multiply: intervals without end."""
    marking = prepare(loads(QUOTIENTS))
    judging = Judging(marking, read(marking, sheet).answers, Policy())
    for habit in (ROUNDED, LOOSE):
        views = [
            Recomputation(marking, replace(judging.sheet, cones=of), habit)
            for of in (Cones(marking, judging.layout.cones), None)
        ]
        for key in judging.shown:
            found, expected = (view.step(key) for view in views)
            assert found == expected
