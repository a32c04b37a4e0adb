"""Steps that need no rounding: every number in them, on the way too, is a decimal that can be written down whole.

Where a student's digits suffice for all of these, rounding leads nowhere: an integer that is off by one is wrong.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.truth import Truth
from rnncalc.equations import Equation, Function, compile_walk
from rnncalc.equations.domains.scalars import Array, ScalarDomain
from rnncalc.exercise.network import Network
from rnncalc.numbers import Exact

MOST_DECIMALS = 12
_KEPT: Mapping[str, Any] = {"identity": lambda x: x, "relu": lambda x: max(x, Fraction(0))}


class Plain(Struct, frozen=True):
    """The `unit` of which all numbers of a step are multiples, and the size of the largest."""

    unit: float
    largest: float


class _NeedsRoundingError(Exception):
    """A number on the way is no short decimal."""


class _Recording(ScalarDomain):
    """Arithmetic on fractions that remembers its results."""

    def __init__(self) -> None:
        self.results: list[Fraction] = []

    def kept(self, value: Fraction) -> Fraction:
        self.results.append(value)
        return value

    def scalar(self, value: Exact) -> Fraction:
        if isinstance(value, Fraction):
            return value
        raise _NeedsRoundingError

    def plus(self, left: Fraction, right: Fraction) -> Fraction:
        return self.kept(left + right)

    def minus(self, left: Fraction, right: Fraction) -> Fraction:
        return self.kept(left - right)

    def times(self, left: Fraction, right: Fraction) -> Fraction:
        return self.kept(left * right)

    def apply(self, row: Function, operand: Fraction, constants: Sequence[Fraction]) -> Fraction:
        keep = _KEPT.get(row.name)
        return self.kept(keep(operand)) if keep else self.none()

    def none(self, *_: Any, **__: Any) -> Any:
        raise _NeedsRoundingError

    over = round = choose = leaders = exponential = agrees = exact = none


def plain(
    network: Network, equation: Equation, letters: Mapping[str, int], truths: Mapping[Key, Sequence[Truth]]
) -> Plain | None:
    """What the numbers of a step are like; None where one of them needs rounding, or is out of bounds."""
    domain = _Recording()

    def lookup(name: str, position: tuple[int, ...]) -> Array:
        key = name, position
        if key in truths:
            shape = network.shapes.known(name)
            return Array(*shape, tuple(domain.none() if one.exact is None else one.exact for one in truths[key]))
        return domain.array(network.data[key]) if key in network.data else domain.zeros(*network.shapes.known(name))

    try:
        value = compile_walk(equation.expression, domain, lookup, network.plan.lengths)(letters)
        numbers = [*domain.results, *value.entries]
        decimals = max(map(_decimals, numbers))
    except (_NeedsRoundingError, KeyError):
        return None
    return Plain(10.0**-decimals, float(max(map(abs, numbers))))


def _decimals(number: Fraction) -> int:
    """How many decimals it has."""
    for decimals in range(MOST_DECIMALS + 1):
        if 10**decimals % number.denominator == 0:
            return decimals
    raise _NeedsRoundingError
