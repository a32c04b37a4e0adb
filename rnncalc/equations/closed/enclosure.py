"""Closed forms enclosed: the ball of a form at any precision, names standing for the forms that define them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, assert_never

import flint
from flint import arb, fmpq

from rnncalc.equations.closed.forms import Apply, Form, Name, Product, Sum, names_in
from rnncalc.equations.functions import FUNCTIONS


class Enclosures:
    """Definitions of names, each by names defined before it, and balls for them. A name without a definition is a
    letter: what depends on one has no ball."""

    def __init__(self) -> None:
        self.definitions: dict[Name, Form] = {}
        self.lettered: set[Name] = set()
        self.order: list[Name] = []
        self.given: dict[Name, Any] = {}
        """Names of numbers that are known by an enclosure only."""
        self.balls: dict[int, dict[Name, Any]] = {}
        self.done: dict[int, int] = {}

    def define(self, name: Name, form: Form) -> None:
        self.definitions[name] = form
        self.order.append(name)
        if not self.is_number(form):
            self.lettered.add(name)

    def give(self, name: Name, ball: Any) -> None:
        """A number of which only an enclosure is known."""
        self.given[name] = ball
        for known in self.balls.values():
            known[name] = ball

    def letters(self, form: Form) -> set[Name]:
        """The letters on which a form depends."""
        found, waiting = set[Name](), list(names_in(form))
        while waiting:
            name = waiting.pop()
            if name not in found and name not in self.given and not self.is_number(name):
                found.add(name)
                waiting.extend(names_in(self.definitions[name]) if name in self.definitions else ())
        return {name for name in found if name not in self.definitions}

    def is_number(self, form: Form) -> bool:
        """Whether no letter is in it."""
        return all(
            name in self.given or (name in self.definitions and name not in self.lettered) for name in names_in(form)
        )

    def ball(self, form: Form, bits: int) -> Any:
        """An enclosure of a form without letters. It may be infinite or undefined where more bits would help."""
        with flint.ctx.workprec(bits):
            return enclosed(form, self.names(bits))

    def names(self, bits: int) -> Mapping[Name, Any]:
        """The balls of all names. They are found in the order of definition, so that none waits for another."""
        known = self.balls.setdefault(bits, dict(self.given))
        for name in self.order[self.done.get(bits, 0) :]:
            if name not in self.lettered:
                known[name] = enclosed(self.definitions[name], known)
        self.done[bits] = len(self.order)
        return known


def enclosed(form: Form, names: Mapping[Name, Any]) -> Any:
    """The ball of a form at the current precision, its names having these balls."""
    match form:
        case Fraction():
            return arb(fmpq(form.numerator, form.denominator))
        case Name():
            return names[form]
        case Sum():
            result = enclosed(form.constant, names)
            for term, factor in form.terms.items():
                result += enclosed(term, names) * fmpq(factor.numerator, factor.denominator)
            return result
        case Product():
            result = arb(1)
            for base, exponent in form.factors.items():
                result *= raised(enclosed(base, names), exponent)
            return result
        case Apply(function, argument, constants):
            row = FUNCTIONS[function]
            assert row.ball is not None, f"{function} works on vectors"
            numbers = [fmpq(one.numerator, one.denominator) for one in constants or row.constants]
            return arb(row.ball(enclosed(argument, names), *numbers))
        case _:
            assert_never(form)


def raised(ball: Any, exponent: Fraction) -> Any:
    """The power of a ball."""
    if exponent.denominator == 1:
        return ball ** int(exponent)
    if exponent.denominator == 2:
        return ball.sqrt() ** exponent.numerator
    return ball ** fmpq(exponent.numerator, exponent.denominator)
