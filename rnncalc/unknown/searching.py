"""All solutions of an equation on a range, by balls: a stretch where the ball of the difference leaves out 0 has none,
one where its slope leaves out 0 has at most one, and opposite signs at its ends prove that it has one.

What can be decided neither way is told. (R. E. Moore, R. B. Kearfott, M. J. Cloud, *Introduction to Interval Analysis*,
2009, chapters 8 and 9.)
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, assert_never

import flint
from flint import arb, fmpq
from msgspec import Struct

from rnncalc.equations import FUNCTIONS, Binary, Call, Expr, Negate, Number, Power, Ref, parse_expression
from rnncalc.equations.closed import Apply, Form, Name, Product, Sum
from rnncalc.equations.closed.enclosure import raised

BITS, ROOT_BITS = 128, 512
WIDE = 1e-6
"""From this radius on, the values at both ends enclose an increasing function better than a ball of its formula."""
TINY = arb(2) ** -480
"""The radius at which a root is known well enough."""
NARROWEST = Fraction(1, 2**40)
MOST_STRETCHES = 20_000
"""A difference that needs more stretches than these is not searched to the end."""
_OFF_CENTRE = Fraction(497, 1000)
"""Where a stretch is parted: not in the middle, so that a solution such as 0 or ½ is not met by the ends."""

Dual = tuple[Any, Any]
Stretch = tuple[Fraction, Fraction]


class Root(Struct, frozen=True):
    """A solution: its closed form if it is known, and a ball round it and no other; None where letters stand in it."""

    form: Form | None
    ball: Any


class Searched(Struct, frozen=True):
    """The roots in order; stretches where the difference is 0 throughout, and those that stay undecided."""

    roots: tuple[Root, ...]
    zeros: tuple[Stretch, ...]
    undecided: tuple[Stretch, ...]


class Slope:
    """A form that depends on a name, as a function of its value: ball → (ball of the form, ball of its derivative).

    `chain` are the names that depend on the unknown, with their forms, each after those it uses; `constants(bits)` are
    the balls of all others.
    """

    def __init__(self, form: Form, unknown: Name, chain: Mapping[Name, Form], constants: Callable[[int], Any]) -> None:
        self.form, self.unknown, self.chain, self.constants = form, unknown, chain, constants

    def at(self, value: Any, bits: int = BITS) -> Dual:
        with flint.ctx.workprec(bits):
            names: dict[Name, Dual] = {self.unknown: (value, arb(1))}
            constants = self.constants(bits)
            for name, form in self.chain.items():
                names[name] = _dual(form, names, constants)
            return _dual(self.form, names, constants)

    def sign(self, value: Fraction) -> int:
        """The sign at a point: 0 where it cannot be told from 0."""
        for bits in (BITS, ROOT_BITS, 4 * ROOT_BITS):
            with flint.ctx.workprec(bits):
                found, _ = self.at(arb(_rational(value)), bits)
            if found > 0 or found < 0:
                return 1 if found > 0 else -1
        return 0


def _dual(form: Form, names: Mapping[Name, Dual], constants: Mapping[Name, Any]) -> Dual:
    match form:
        case Fraction():
            return arb(_rational(form)), arb(0)
        case Name():
            return names[form] if form in names else (constants[form], arb(0))
        case Sum():
            value, slope = arb(_rational(form.constant)), arb(0)
            for term, factor in form.terms.items():
                one, its = _dual(term, names, constants)
                value, slope = value + one * _rational(factor), slope + its * _rational(factor)
            return value, slope
        case Product():
            value, slope = arb(1), arb(0)
            for base, exponent in form.factors.items():
                one, its = _dual(base, names, constants)
                power = raised(one, exponent)
                its = its if exponent == 1 else raised(one, exponent - 1) * its * _rational(exponent)
                value, slope = value * power, slope * power + value * its
            return value, slope
        case Apply():
            return _applied(form, *_dual(form.argument, names, constants))
        case _:
            assert_never(form)


def _applied(form: Apply, argument: Any, its: Any) -> Dual:
    row = FUNCTIONS[form.function]
    numbers = [_rational(constant) for constant in form.constants or row.constants]
    assert row.ball is not None, f"{row.name} works on vectors"
    if row.increasing and argument.rad() > WIDE:
        low, high = (arb(row.ball(end, *numbers)) for end in (argument.lower(), argument.upper()))
        value = low.union(high)
    else:
        value = arb(row.ball(argument, *numbers))
    if its == 0:
        return value, arb(0)
    known = {"x": argument, "y": value, **dict(zip("a", map(arb, numbers), strict=False))}
    return value, _evaluated(parse_expression(row.derivative), known) * its


def _evaluated(expr: Expr, known: Mapping[str, Any]) -> Any:
    match expr:
        case Number(value):
            return arb(_rational(value))
        case Ref(name, _):
            return known[name]
        case Negate(operand):
            return -_evaluated(operand, known)
        case Power(base, exponent):
            return _evaluated(base, known) ** exponent
        case Binary(operator, left, right):
            one, other = _evaluated(left, known), _evaluated(right, known)
            match operator:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
                case _:
                    return one / other
        case Call(function, (argument,)):
            row = FUNCTIONS[function]
            assert row.ball is not None, f"{function} works on vectors"
            return arb(row.ball(_evaluated(argument, known), *map(_rational, row.constants)))
        case _:
            raise AssertionError(f"a derivative in the table has a {type(expr).__name__}")


def search(slope: Slope, low: Fraction, high: Fraction, watch: Callable[[], None]) -> Searched:
    """All zeros from low to high."""
    roots: list[Root] = []
    zeros: list[Stretch] = []
    undecided: list[Stretch] = []
    waiting = [(low, high)]
    looked = 0
    while waiting:
        watch()
        stretch = waiting.pop()
        looked += 1
        value, change = slope.at(_ball(*stretch))
        if value.is_finite() and value == 0:
            zeros.append(stretch)
        elif value.is_finite() and not value.contains(0):
            continue
        elif change.is_finite() and not change.contains(0):
            found = _only_root(slope, *stretch)
            if found is None:
                undecided.append(stretch)
            roots.extend(found or ())
        elif stretch[1] - stretch[0] < NARROWEST or looked > MOST_STRETCHES:
            undecided.append(stretch)
        else:
            middle = stretch[0] + (stretch[1] - stretch[0]) * _OFF_CENTRE
            waiting += [(middle, stretch[1]), (stretch[0], middle)]
    ends = {end for stretch in zeros for end in stretch}
    # The end of a stretch of zeros is only narrowed down.
    apart = [one for one in _joined(undecided) if ends.isdisjoint(one)]
    return Searched(tuple(_distinct(roots)), tuple(_joined(zeros)), tuple(apart))


def _only_root(slope: Slope, low: Fraction, high: Fraction) -> list[Root] | None:
    """The root on a stretch where the difference only rises or only falls; none if it has the same sign at both ends,
    None if an end is too close to zero."""
    ends = slope.sign(low), slope.sign(high)
    if ends[0] * ends[1] > 0:
        return []
    if 0 in ends:
        # The end itself may be the solution: a little more room on that side shows whether the sign changes there.
        wider = (high - low) / 64
        low, high = low - (wider if not ends[0] else 0), high + (wider if not ends[1] else 0)
        _, change = slope.at(_ball(low, high))
        if change.contains(0) or not change.is_finite() or slope.sign(low) * slope.sign(high) >= 0:
            return None
    return [Root(None, _narrowed(slope, low, high))]


def _narrowed(slope: Slope, low: Fraction, high: Fraction) -> Any:
    """Newton's method with balls: the root stays inside, and the ball shrinks."""
    with flint.ctx.workprec(ROOT_BITS):
        ball = _ball(low, high)
        while ball.rad() > TINY:
            middle = ball.mid()
            value, _ = slope.at(middle, ROOT_BITS)
            _, change = slope.at(ball, ROOT_BITS)
            if value == 0:
                return middle
            nearer = (middle - value / change).intersection(ball)
            if not nearer.rad() < ball.rad() * fmpq(9, 10):
                break
            ball = nearer
        return ball


def _distinct(roots: list[Root]) -> Iterator[Root]:
    """The roots in order; one at the common end of two stretches is found twice."""
    last = None
    for root in sorted(roots, key=lambda root: float(root.ball.mid())):
        if last is None or not root.ball.overlaps(last.ball):
            yield root
        last = root


def _joined(stretches: list[Stretch]) -> Iterator[Stretch]:
    """Stretches that touch become one."""
    last: Stretch | None = None
    for low, high in sorted(stretches):
        if last is not None and low <= last[1]:
            last = (last[0], max(high, last[1]))
            continue
        if last is not None:
            yield last
        last = (low, high)
    if last is not None:
        yield last


def _ball(low: Fraction, high: Fraction) -> Any:
    return arb(_rational(low)).union(arb(_rational(high)))


def _rational(value: Fraction) -> Any:
    return fmpq(value.numerator, value.denominator)
