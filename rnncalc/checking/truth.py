"""The true value of an entry, and the question whether it lies between two exact bounds: edges belong to it."""

from fractions import Fraction
from typing import Any

from msgspec import Struct

from rnncalc.numbers import Precision, round_ball, round_exact

BITS = 256


class Truth(Struct, frozen=True):
    """`number` is the float nearest to it, `exact` the value itself where it is rational, `ball` holds it."""

    number: float
    exact: Fraction | None
    ball: Any

    def lies(self, low: Fraction, high: Fraction) -> bool:
        """Whether it is in [low, high]; where no digit tells, it is."""
        below, above, number = float(low), float(high), self.number
        margin = 1e-14 * (abs(below) + abs(above))
        if below + margin < number < above - margin:
            return True
        if number < below - margin or above + margin < number:
            return False
        if self.exact is not None:
            return low <= self.exact <= high
        return not (self.ball < _rational(low) or self.ball > _rational(high))

    def text(self, precision: Precision) -> str:
        """The value as it is printed, correctly rounded."""
        if self.exact is not None:
            return round_exact(self.exact, precision).text
        midpoint, radius, exponent = map(int, self.ball.mid_rad_10exp(precision.digits + 10))
        found = round_ball(midpoint, radius, exponent, precision)
        return found.text if found else f"{self.number:.{precision.digits}g}"


def truth(value: Any) -> Truth:
    """Of a scalar of the certified domain."""
    from flint import arb, fmpq

    if isinstance(value, fmpq):
        exact = Fraction(int(value.p), int(value.q))
        return Truth(_float(exact), exact, arb(value))
    return Truth(float(value), None, value)


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _rational(value: Fraction) -> Any:
    from flint import fmpq

    return fmpq(value.numerator, value.denominator)
