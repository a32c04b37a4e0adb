"""Certified numbers: a scalar is an exact rational (`fmpq`) as long as it is one, and otherwise a ball (`arb`) that
contains the true value. The precision of the balls is that of `flint.ctx` at the time of the operation.

Rational values are kept because an answer such as 0 or 3 or ½ should be known, not merely enclosed.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from rnncalc.equations.choices import leaders
from rnncalc.equations.domains import ImpreciseError, known_number
from rnncalc.equations.domains.scalars import Array, ScalarDomain, one_hot
from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.numbers import Exact, Precision, Rounded, Surd, round_ball, round_exact

# A rational recurrence doubles its digits at every step; beyond this many bits a ball says all that will be printed.
MAX_RATIONAL_BITS = 4_000
MAX_DIGITS = 10_000

_EQUAL = "they may be exactly equal: `--exact` may prove it; else give numbers that differ"
_ZERO, _ONE = fmpq(0), fmpq(1)


class Certified(ScalarDomain):
    """Arithmetic on `fmpq | arb`."""

    def scalar(self, value: Exact) -> Any:
        number = known_number(value)
        if isinstance(number, Surd):
            return _rational(number.coefficient) * arb(number.radicand).sqrt()
        return _rational(number)

    def plus(self, left: Any, right: Any) -> Any:
        return _kept(left + right)

    def minus(self, left: Any, right: Any) -> Any:
        return _kept(left - right)

    def times(self, left: Any, right: Any) -> Any:
        # A ball is a real number, so that these hold exactly.
        if left == _ZERO or right == _ZERO:
            return _ZERO
        return _kept(left * right)

    def over(self, left: Any, right: Any) -> Any:
        if right == _ZERO:
            raise ZeroDivisionError("a division by zero")
        if isinstance(right, arb) and right.contains(0):
            raise ImpreciseError("a division by something that may be zero")
        return _ZERO if left == _ZERO else _kept(left / right)

    def exponential(self, operand: Any) -> Any:
        return self.apply(FUNCTIONS["exp"], operand, ())

    def apply(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any:
        numbers = [_rational(constant) for constant in constants]
        if isinstance(operand, fmpq):
            value = row.rational(operand, *numbers)
            if value is not None:
                return _rational(value)
        assert row.ball is not None, f"{row.name} works on vectors"
        result = row.ball(arb(operand), *numbers)
        if isinstance(result, fmpq):
            return result
        if not result.is_finite():
            _refuse(row, operand, result)
        # A ball without a radius is a rational number: `max(x, 1/2)` is 1/2 wherever x is certainly less.
        return _kept(result.fmpq()) if result.is_exact() else result

    def softmax(self, operands: Sequence[Array]) -> list[Array]:
        """Equal scores have one object as their share, so that a tie is known to be one."""
        first: dict[Array, Array] = {}
        shares = zip(operands, super().softmax(operands), strict=True)
        return [first.setdefault(scores, share) if _is_rational(scores) else share for scores, share in shares]

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        assert row.ball is not None, f"{row.name} chooses"
        chosen = row.ball(operand.entries, *(level.entries[0] for level in levels))
        if chosen is None:
            raise ImpreciseError("two entries are too close to tell which one is chosen", _EQUAL)
        return one_hot(operand, chosen, _ZERO, _ONE)

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        return leaders(operand.entries)

    def round(self, value: Any, precision: Precision) -> Rounded | None:
        if isinstance(value, fmpq):
            return round_exact(Fraction(int(value.p), int(value.q)), precision)
        return round_arb(value, precision)

    def exact(self, operand: Array) -> list[Fraction | None]:
        return [Fraction(int(e.p), int(e.q)) if isinstance(e, fmpq) else None for e in operand.entries]

    def agrees(self, operand: Array, entries: Sequence[Exact], units: Sequence[Fraction]) -> bool:
        differences = [abs(one - self.scalar(other)) for one, other in zip(operand.entries, entries, strict=True)]
        return all(bool(far <= _rational(unit) / 2) for far, unit in zip(differences, units, strict=True))

    def width(self, value: Any) -> int:
        """The exponent of ten that bounds the radius of a ball."""
        digits, _, exponent = value.rad().mid_rad_10exp(1)
        return len(str(digits)) + int(exponent)


def round_arb(ball: Any, precision: Precision) -> Rounded | None:
    """The text of every number in a ball; None if they have not one text."""
    # Digits enough to see a rounding edge that is far closer than chance would put it, and no more: 1/(1 + e^−10⁷)
    # is known to millions of them.
    digits = max(precision.digits + 10, min(ball.rel_accuracy_bits() // 3, MAX_DIGITS))
    midpoint, radius, exponent = map(int, ball.mid_rad_10exp(digits))
    return round_ball(midpoint, radius, exponent, precision)


def _refuse(row: Function, operand: Any, result: Any) -> None:
    if isinstance(operand, arb) and not operand.is_exact() and (not operand.is_finite() or operand.contains(0)):
        raise ImpreciseError(f"{row.name} of something too uncertain")
    raise ArithmeticError(f"`{row.name}` {'has no real value' if result.is_nan() else 'is too large'} here")


def _rational(value: Any) -> Any:
    return fmpq(value.numerator, value.denominator) if isinstance(value, Fraction | int) else value


def _is_rational(operand: Array) -> bool:
    return all(isinstance(entry, fmpq) for entry in operand.entries)


def _kept(value: Any) -> Any:
    """A rational of bounded size, or a ball."""
    if isinstance(value, fmpq) and value.height_bits() > MAX_RATIONAL_BITS:
        return arb(value)
    return value
