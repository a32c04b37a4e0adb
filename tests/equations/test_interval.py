"""Intervals of floats: the true value is inside, and little else."""

from fractions import Fraction
from math import exp, inf, tanh

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncalc.equations import FUNCTIONS
from rnncalc.equations.domains.interval import Interval, Pair, bounds, is_point
from rnncalc.equations.domains.scalars import Array

FLOATS = st.floats(-50, 50)
DOMAIN = Interval()


def column(*entries: Pair) -> Array:
    return Array(len(entries), 1, entries)


@given(FLOATS, FLOATS, st.floats(0, 1), st.floats(0, 1), st.sampled_from("+-*"))
def test_the_exact_result_is_inside(one: float, other: float, width: float, more: float, operator: str) -> None:
    """Of any numbers from the two intervals; the corners are the extreme cases."""
    left, right = (one, one + width), (other, other + more)
    method, exact = {
        "+": (DOMAIN.plus, lambda a, b: a + b),
        "-": (DOMAIN.minus, lambda a, b: a - b),
        "*": (DOMAIN.times, lambda a, b: a * b),
    }[operator]
    low, high = method(left, right)
    corners = [exact(Fraction(a), Fraction(b)) for a in left for b in right]
    assert low <= min(corners)
    assert max(corners) <= high


@given(st.floats(-20, 20), st.floats(0, 1), st.sampled_from(["sigmoid", "tanh", "exp", "relu", "softplus"]))
def test_a_function_goes_from_end_to_end(low: float, width: float, name: str) -> None:
    from flint import arb, fmpq

    row = FUNCTIONS[name]
    found = DOMAIN.apply(row, (low, low + width), ())
    for end in (low, low + width):
        assert row.ball is not None
        value = row.ball(arb(fmpq(*end.as_integer_ratio())))
        assert found[0] <= float(value.upper()) + 1e-300
        assert float(value.lower()) - 1e-300 <= found[1]


def test_small_whole_numbers_stay_points() -> None:
    assert DOMAIN.plus((2.0, 2.0), (-2.0, -2.0)) == (0.0, 0.0)
    assert DOMAIN.times((0.0, 0.0), (-inf, inf)) == (0.0, 0.0)


def test_bounds_enclose_a_fraction() -> None:
    low, high = bounds(Fraction(1, 10), Fraction(1, 10))
    assert Fraction(low) <= Fraction(1, 10) <= Fraction(high)
    assert is_point((low, high))
    assert not is_point((0.1, 0.1001))


def test_a_softmax_uses_each_score_once() -> None:
    """exp(s)/(exp(s) + 1) for s from 0 to 1 lies between ½ and σ(1), not beyond."""
    first, second = DOMAIN.softmax([column((0.0, 1.0)), column((0.0, 0.0))])
    assert first.entries[0] == pytest.approx((0.5, 1 / (1 + exp(-1))))
    assert second.entries[0] == pytest.approx((1 / (1 + exp(1)), 0.5))


def test_a_choice_that_is_not_settled() -> None:
    row = FUNCTIONS["onehot_argmax"]
    assert DOMAIN.choose(row, column((0.1, 0.2), (0.5, 0.6))).entries == ((0.0, 0.0), (1.0, 1.0))
    assert DOMAIN.choose(row, column((0.1, 0.5), (0.4, 0.6))).entries == ((0.0, 1.0), (0.0, 1.0))
    sample, level = FUNCTIONS["onehot_sample"], column((0.45, 0.45))
    assert DOMAIN.choose(sample, column((0.3, 0.4), (0.6, 0.7)), level).entries == ((0.0, 0.0), (1.0, 1.0))
    assert DOMAIN.choose(sample, column((0.4, 0.5), (0.5, 0.6)), level).entries == ((0.0, 1.0), (0.0, 1.0))


def test_what_a_person_rounds() -> None:
    """Products and activations, unless they have no more digits than are kept."""
    by_hand = Interval(lambda pair: 0.01)
    assert by_hand.times((0.5, 0.5), (0.3, 0.3)) == pytest.approx((0.15, 0.15))
    assert by_hand.times((0.5, 0.5), (0.33, 0.33)) == pytest.approx((0.155, 0.175))
    assert by_hand.times((2.0, 2.0), (0.32, 0.33)) == pytest.approx((0.63, 0.67))
    assert by_hand.apply(FUNCTIONS["tanh"], (0.5, 0.5), ()) == pytest.approx((tanh(0.5) - 0.01, tanh(0.5) + 0.01))
    assert by_hand.dot([(0.5, 0.5), (0.0, 0.0)], [(0.33, 0.33), (9.0, 9.0)]) == pytest.approx((0.155, 0.175))


def test_a_division_by_what_may_be_zero() -> None:
    assert DOMAIN.over((1.0, 1.0), (-1.0, 1.0)) == (-inf, inf)
    with pytest.raises(ZeroDivisionError, match="a division by zero"):
        DOMAIN.over((1.0, 1.0), (0.0, 0.0))
    with pytest.raises(ArithmeticError, match="`log` has no real value here"):
        DOMAIN.apply(FUNCTIONS["log"], (-2.0, -1.0), ())
