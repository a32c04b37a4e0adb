"""What is certain of a closed form: the signs it may have, and the simple rational number it may be."""

from collections.abc import Callable, Mapping, Set
from fractions import Fraction
from itertools import product as pairs
from typing import Any, assert_never

from rnncalc.equations.closed.enclosure import Enclosures
from rnncalc.equations.closed.forms import Apply, Form, Name, Product, Sum
from rnncalc.equations.functions import FUNCTIONS

ALL = frozenset("-0+")
BITS = (64, 512)
LARGEST_DENOMINATOR = 1 << 20
"""A value that is not a fraction with a smaller denominator is not taken for one: no chance makes a ball look so."""

_SUMS = {
    "-": {"-": "-", "0": "-", "+": "-0+"},
    "0": {"-": "-", "0": "0", "+": "+"},
    "+": {"-": "-0+", "0": "+", "+": "+"},
}
_PRODUCTS = {"-": {"-": "+", "0": "0", "+": "-"}, "0": dict.fromkeys("-0+", "0"), "+": {"-": "-", "0": "0", "+": "+"}}


class Signs:
    """The possible signs of forms, as a subset of `-0+`, from the assumptions about letters and from balls."""

    def __init__(self, known: Enclosures, assumptions: Mapping[str, str], vanishes: Callable[[Form], bool]) -> None:
        self.known, self.assumptions, self.vanishes = known, assumptions, vanishes
        self.names: dict[Name, Set[str]] = {}

    def of(self, form: Form) -> Set[str]:
        if isinstance(form, Fraction):
            return {_sign(form)}
        if not self.known.is_number(form):
            return self.structural(form)
        for bits in BITS:
            ball = self.known.ball(form, bits)
            if ball > 0:
                return {"+"}
            if ball < 0:
                return {"-"}
        return {"0"} if self.vanishes(form) else self.structural(form)

    def structural(self, form: Form) -> Set[str]:
        """The signs that follow from those of the parts."""
        match form:
            case Fraction():
                return {_sign(form)}
            case Name():
                return self.of_name(form)
            case Sum():
                found: Set[str] = {_sign(form.constant)}
                for term, factor in form.terms.items():
                    found = _joined(_SUMS, found, _joined(_PRODUCTS, self.of(term), {_sign(factor)}))
                return found
            case Product():
                found = {"+"}
                for base, exponent in form.factors.items():
                    found = _joined(_PRODUCTS, found, self.of_power(base, exponent))
                return found
            case Apply(function, argument, _):
                signs = FUNCTIONS[function].sign
                return self.of(argument) if signs == "x" else set(signs)
            case _:
                assert_never(form)

    def of_name(self, name: Name) -> Set[str]:
        if name not in self.known.definitions:
            return set(self.assumptions.get(name.quantity, ALL))
        if name not in self.names:
            self.names[name] = self.of(self.known.definitions[name])
        return self.names[name]

    def of_power(self, base: Form, exponent: Fraction) -> Set[str]:
        signs = self.of(base)
        if exponent.denominator != 1:
            return signs - {"-"}
        if exponent % 2 == 0:
            signs = {"0" if sign == "0" else "+" for sign in signs}
        return signs - {"0"} if exponent < 0 else signs


def _sign(value: Fraction) -> str:
    return "+" if value > 0 else "-" if value < 0 else "0"


def _joined(table: Mapping[str, Mapping[str, str]], left: Set[str], right: Set[str]) -> Set[str]:
    return {sign for one, other in pairs(left, right) for sign in table[one][other]}


def guess(ball: Any) -> Fraction | None:
    """The simple rational number inside a ball; None if it holds none."""
    if ball.contains(0):
        return Fraction(0)
    midpoint, radius = (Fraction(int(end.p), int(end.q)) for end in (ball.mid().fmpq(), ball.rad().fmpq()))
    value = midpoint.limit_denominator(LARGEST_DENOMINATOR)
    return value if abs(value - midpoint) <= radius else None
