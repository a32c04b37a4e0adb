"""Mistakes worked out with the numbers of an exercise, and with others."""

from fractions import Fraction
from math import tanh

import pytest
from msgspec.structs import replace

from rnncalc import loads
from rnncalc.checking import Marking, prepare
from rnncalc.checking.linting.trials import Trial
from rnncalc.exercise.network import Network
from rnncalc.mistakes import Hypothesis

RNN = """
equations: |
  h[t] = tanh(w * x[t] + u * h[t-1])
find: [h_2]
inputs: {x: [[1], [-1]]}
parameters: {w: 0.5, u: 0.25}
initial: {h: 0.5}
"""


@pytest.fixture(scope="module")
def marking() -> Marking:
    return prepare(loads(RNN))


def halved(marking: Marking) -> Network:
    network = marking.exercise.network
    return replace(
        network, data={key: tuple(tuple(one / 2 for one in row) for row in rows) for key, rows in network.data.items()}
    )


def mistake(marking: Marking, slug: str) -> Hypothesis:
    return next(one for one in marking.hypotheses if one.mistake.slug == slug)


def test_what_an_earlier_run_left_follows_the_numbers_put_in(marking: Marking) -> None:
    def run(before: float, w: float, u: float, x: float) -> tuple[float, float]:
        first = tanh(w * x + u * before)
        return first, tanh(-w * x + u * first)

    earlier = mistake(marking, "state-of-an-earlier-run")
    for network, numbers, begin in ((None, (0.5, 0.25, 1), 0.5), (halved(marking), (0.25, 0.125, 0.5), 0.25)):
        _, left = run(begin, *numbers)
        found = Trial(marking, (), network).outcome(earlier)
        assert found is not None
        assert [found["h", (t,)][0] for t in (1, 2)] == pytest.approx(run(left, *numbers), abs=1e-12)


def test_trials_do_not_disturb_each_other(marking: Marking) -> None:
    mistakes = [one for one in marking.hypotheses if one.only is None]
    alone = [Trial(marking, (), halved(marking)).outcome(one) for one in mistakes]
    own, other = Trial(marking), Trial(marking, (), halved(marking))
    expected = [Trial(marking).outcome(one) for one in mistakes]
    assert [(own.outcome(one), other.outcome(one)) for one in mistakes] == list(zip(expected, alone, strict=True))
    assert marking.data["w", ()].entries[0] == (Fraction(1, 2), Fraction(1, 2))
