"""Intervals: a scalar is a pair (low, high) of floats between which the true value surely lies.

Every operation rounds outward, so that a bound is inclusive whatever floats do to it. Bounds are kept, not midpoint
and radius: where a function is curved, or a factor large, the two sides differ. `rounding` tells how far off a person
who rounds each intermediate result may be at a number of that size; what needs no rounding gets none.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import exp, inf, isnan, log, nextafter, tanh
from sys import float_info
from typing import Any

from rnncalc.equations.domains import known_number
from rnncalc.equations.domains.scalars import Array, ScalarDomain
from rnncalc.equations.functions import Function
from rnncalc.numbers import Exact, Precision, Rounded, Surd, round_exact

Pair = tuple[float, float]
LINE: Pair = (-inf, inf)
MOST_DIGITS = 14
LARGEST = float_info.max
"""The largest float: what is beyond has it as its lower bound."""

_ZERO: Pair = (0.0, 0.0)
ULP = 2.5e-16
"""A little more than the relative error of one rounding."""


def _sigmoid(x: float) -> float:
    if x < 0:
        power = exp(max(x, -709.0))
        return power / (1.0 + power)
    return 1.0 / (1.0 + exp(-x))


def _exponential(x: float) -> float:
    return exp(x) if x < 709 else inf


# Functions that never fall: the ends of an interval go to the ends. Others are left to balls.
_RISING: dict[str, Callable[[float], float]] = {
    "sigmoid": _sigmoid,
    "tanh": tanh,
    "exp": _exponential,
    "relu": lambda x: max(x, 0.0),
    "identity": lambda x: x,
}


class Interval(ScalarDomain):
    """Arithmetic on pairs of floats."""

    def __init__(self, rounding: Callable[[Pair], float] | None = None) -> None:
        self.rounding = rounding

    def scalar(self, value: Exact) -> Pair:
        known = known_number(value)
        if isinstance(known, Surd):
            number = float(known.coefficient) * known.radicand**0.5
            return _around(number, number, 2 * ULP * abs(number))
        return bounds(known, known)

    def plus(self, left: Pair, right: Pair) -> Pair:
        if left == _ZERO:
            return right
        if right == _ZERO:
            return left
        return _sum(left[0], right[0], -inf), _sum(left[1], right[1], inf)

    def minus(self, left: Pair, right: Pair) -> Pair:
        if left == _ZERO:
            return -right[1], -right[0]
        return _sum(left[0], -right[1], -inf), _sum(left[1], -right[0], inf)

    def times(self, left: Pair, right: Pair) -> Pair:
        if left == _ZERO or right == _ZERO:
            return _ZERO
        low, high = self.loosened(product(left, right))
        return nextafter(low, -inf), nextafter(high, inf)

    def loosened(self, pair: Pair) -> Pair:
        """What a person makes of an intermediate result."""
        return loosened(pair, self.rounding(pair)) if self.rounding else pair

    def dot(self, row: Sequence[Pair], column: Sequence[Pair]) -> Pair:
        low = high = size = 0.0
        rounding = self.rounding
        for left, right in zip(row, column, strict=True):
            if left == _ZERO or right == _ZERO:
                continue
            found = product(left, right)
            one, other = loosened(found, rounding(found)) if rounding else found
            low += one
            high += other
            size += other if other > -one else -one
        return _around(low, high, size * ULP * (len(row) + 2)) if size else _ZERO

    def over(self, left: Pair, right: Pair) -> Pair:
        if right[0] <= 0 <= right[1]:
            if right == _ZERO:
                raise ZeroDivisionError("a division by zero")
            return LINE
        quotients = [above / below for above in left for below in right]
        return self.loosened(_around(min(quotients), max(quotients), 0.0))

    def exponential(self, operand: Pair) -> Pair:
        low, high = self.loosened(_widened(_exponential(operand[0]), _exponential(operand[1])))
        return max(0.0, low), high

    def apply(self, row: Function, operand: Pair, constants: Sequence[Fraction]) -> Pair:
        found = self.applied(row, operand, constants)
        return self.loosened(found) if self.rounding else found

    def applying(self, row: Function, constants: Sequence[Fraction]) -> Callable[[Pair], Pair]:
        """A function as it is applied to one operand after the other."""
        rising = _RISING.get(row.name)
        if rising is None:
            return lambda operand: self.apply(row, operand, constants)

        def risen(operand: Pair) -> Pair:
            found = _widened(rising(operand[0]), rising(operand[1]))
            return loosened(found, self.rounding(found)) if self.rounding else found

        return risen

    def applied(self, row: Function, operand: Pair, constants: Sequence[Fraction]) -> Pair:
        low, high = operand
        rising = _RISING.get(row.name)
        if rising:
            return _widened(rising(low), rising(high))
        if row.name == "log":
            if high <= 0:
                raise ArithmeticError("`log` has no real value here")
            return _widened(log(low) if low > 0 else -inf, log(high))
        return _by_ball(row, operand, constants)

    def softmax(self, operands: Sequence[Array]) -> list[Array]:
        # 1 / Σ exp(s_j − s_i): each score is used as one and the same number above and below the fraction bar.
        return [self.share(operands, number) for number in range(len(operands))]

    def share(self, operands: Sequence[Array], number: int) -> Array:
        own = operands[number]
        others = [one for place, one in enumerate(operands) if place != number]
        entries = []
        for place, score in enumerate(own.entries):
            total: Pair = (1.0, 1.0)
            for other in others:
                total = self.plus(total, self.exponential(self.minus(other.entries[place], score)))
            entries.append(self.over((1.0, 1.0), total))
        return Array(own.rows, own.columns, tuple(entries))

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        """1 at the entry that is chosen for certain; where several may be, anything from 0 to 1 at each."""
        number = _sampled(operand.entries, levels[0].entries[0]) if levels else self.leaders(operand)[0]
        chosen: Pair = (1.0, 1.0) if len(number) == 1 else (0.0, 1.0)
        entries = tuple(chosen if place in number else _ZERO for place in range(len(operand.entries)))
        return Array(operand.rows, operand.columns, entries)

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        best = max(low for low, _ in operand.entries)
        found = tuple(number for number, (_, high) in enumerate(operand.entries) if high >= best)
        return found, len(found) == 1

    def round(self, value: Pair, precision: Precision) -> Rounded | None:
        """The digits on which both bounds agree, as many as floats can have at most."""
        if max(map(abs, value)) == inf:
            return None
        for digits in range(min(precision.digits, MOST_DIGITS), 0, -1):
            low, high = (round_exact(Fraction(bound), Precision(digits, precision.kind)).text for bound in value)
            if low == high:
                return Rounded(low, exact=False, tie=False)
        return None

    def exact(self, operand: Array) -> list[Fraction | None]:
        return [Fraction(low) if low == high else None for low, high in operand.entries]

    def agrees(self, operand: Array, entries: Sequence[Exact], units: Sequence[Fraction]) -> bool:
        wanted = [self.scalar(entry) for entry in entries]
        return all(
            low - unit / 2 <= right[1] and right[0] <= high + unit / 2
            for (low, high), right, unit in zip(operand.entries, wanted, units, strict=True)
        )


def bounds(low: Fraction, high: Fraction) -> Pair:
    """Floats round two exact bounds; the same float twice for a whole number, or another that floats can hold."""
    below, above = _float(low), _float(high)
    if below > low:
        below = nextafter(below, -inf)
    if above < high:
        above = nextafter(above, inf)
    return below, above


def loosened(pair: Pair, unit: float) -> Pair:
    """It is rounded to a unit, unless it has no more digits than that."""
    if not unit:
        return pair
    low, high = pair
    if is_point(pair):
        number = low / unit
        if abs(number) < 1e6 and abs(number - round(number)) < 1e-6:
            return pair
    return low - unit, high + unit


def is_point(pair: Pair) -> bool:
    """Whether the bounds differ by no more than floats do."""
    low, high = pair
    return high - low <= 8 * ULP * (high if high > -low else -low)


def _float(value: Fraction) -> float:
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return inf if value > 0 else -inf


def _sampled(entries: Sequence[Pair], level: Pair) -> tuple[int, ...]:
    """The entries at which the running sum may be the first to exceed the level."""
    found, low, high = [], 0.0, 0.0
    for number, entry in enumerate(entries):
        before = low
        low, high = low + entry[0], high + entry[1]
        last = number == len(entries) - 1
        if before <= level[1] and (last or level[0] < high):
            found.append(number)
    return tuple(found)


def _sum(one: float, other: float, outward: float) -> float:
    """Rounded outward, unless floats hold the sum itself."""
    total = one + other
    if total - one == other and total - other == one:
        return total
    return outward if isnan(total) else nextafter(total, outward)


def product(left: Pair, right: Pair) -> Pair:
    """The signs tell which corners are the outermost."""
    a, b = left
    c, d = right
    if a >= 0:
        low, high = (a if c >= 0 else b) * c, (b if d >= 0 else a) * d
    elif b <= 0:
        low, high = (a if d >= 0 else b) * d, (b if c >= 0 else a) * c
    elif c >= 0:
        low, high = a * d, b * d
    elif d <= 0:
        low, high = b * c, a * c
    else:
        low, high = min(a * d, b * c), max(a * c, b * d)
    return _unbounded(left, right) if isnan(0.0 * (low + high)) else (low, high)


def _unbounded(left: Pair, right: Pair) -> Pair:
    """The product where a bound is infinite, or becomes so."""
    corners = [one * other for one in left for other in right]
    return LINE if any(map(isnan, corners)) else (min(corners), max(corners))


def _around(low: float, high: float, margin: float) -> Pair:
    low, high = nextafter(low - margin, -inf), nextafter(high + margin, inf)
    return LINE if isnan(low + high) else (low, high)


def _widened(low: float, high: float) -> Pair:
    """The values of a function of the C library, which may be off in its last digit, or beyond floats."""
    if low > LARGEST:
        low = LARGEST
    return low - 2 * ULP * abs(low) if low > -inf else low, high + 2 * ULP * abs(high) if high < inf else high


def _by_ball(row: Function, operand: Pair, constants: Sequence[Fraction]) -> Pair:
    """Any other function, on a ball that holds the interval."""
    from flint import arb, fmpq

    assert row.ball is not None, f"{row.name} works on vectors"
    ball: Any = arb(operand[0]).union(arb(operand[1]))
    result = arb(row.ball(ball, *[fmpq(one.numerator, one.denominator) for one in constants]))
    if not result.is_finite():
        return LINE
    return _around(float(result.lower()), float(result.upper()), 0.0)
