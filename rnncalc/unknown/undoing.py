"""An equation undone from the outside inwards, one operation after the other: σ(2w − 3) = 0.9, 2w − 3 = ln 9, …"""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

from msgspec import Struct

from rnncalc.equations import FUNCTIONS, StoppedError
from rnncalc.equations.closed import (
    Apply,
    Form,
    Name,
    Product,
    Sum,
    minus,
    names_in,
    power,
    product,
    quotient,
    scaled,
    total,
)

_HALF = Fraction(1, 2)


class Where(Struct, frozen=True):
    """Every value of the unknown for which a form has one of these signs (`-0`: it is at most 0)."""

    form: Form
    signs: str


class Branch(Struct, frozen=True):
    """One way back: the equations on it (left side, right side), and what it ends with: the unknown's value, a
    condition, or None where there is no solution."""

    trail: tuple[tuple[Form, Form], ...]
    end: Form | Where | None


class StuckError(Exception):
    """The unknown stands at several places, or it is not certain which case applies."""


class Undoing:
    """Solves `left = right` for a name. `domain` is the closed domain that computed the left side."""

    def __init__(self, domain: Any, unknown: Name) -> None:
        self.domain, self.unknown = domain, unknown
        self.known: dict[Name, bool] = {unknown: True}

    def depends(self, form: Form) -> bool:
        return any(self._depends(name) for name in names_in(form))

    def _depends(self, name: Name) -> bool:
        if name not in self.known:
            definition = self.domain.known.definitions.get(name)
            self.known[name] = definition is not None and self.depends(definition)
        return self.known[name]

    def difference(self, left: Form, right: Form) -> Form:
        """Left minus right; where both depend on the unknown, written out in it, so that equal terms are seen."""
        difference = minus(left, right)
        if self.depends(left) and self.depends(right):
            with suppress(StoppedError):
                difference = self.domain.unfolded(difference, self.depends)
        return self.settled(difference)

    def turned(self, left: Form, right: Form) -> tuple[Form, Form]:
        """The equation with the unknown on its left side only. Raises StuckError where it cannot be brought there."""
        if not self.depends(right):
            return left, right
        if not self.depends(left):
            return right, left
        collected = self.collected(minus(left, right))
        if collected is None:
            raise StuckError
        factor, rest = collected
        if factor == 0:
            raise StuckError
        return product([factor, self.unknown]), scaled(rest, Fraction(-1))

    def solve(self, left: Form, right: Form, trail: tuple[tuple[Form, Form], ...] = ()) -> Iterator[Branch]:
        """The branches of an equation whose left side depends on the unknown. Raises StuckError."""
        trail = (*trail, (left, right))
        if left == self.unknown:
            yield Branch(trail, right)
            return
        match left:
            case Name():
                yield from self.solve(self.domain.known.definitions[left], right, trail)
            case Sum():
                yield from self.of_sum(left, right, trail)
            case Product():
                yield from self.of_product(left, right, trail)
            case Apply():
                yield from self.of_function(left, right, trail)
            case _:
                raise AssertionError("a number depends on nothing")

    def of_sum(self, left: Sum, right: Form, trail: Any) -> Iterator[Branch]:
        moving = [term for term in left.terms if self.depends(term)]
        if len(moving) > 1:
            collected = self.collected(left)
            if collected is None or "0" in self.domain.signs.of(collected[0]):
                raise StuckError
            factor, rest = collected
            value = self.settled(quotient(minus(right, rest), factor))
            yield from self.solve(self.unknown, value, trail)
            return
        rest = total([left.constant, *(scaled(t, f) for t, f in left.terms.items() if t is not moving[0])])
        left_over = self.settled(minus(right, rest))
        yield from self.solve(moving[0], scaled(left_over, 1 / left.terms[moving[0]]), trail)

    def collected(self, form: Form) -> tuple[Form, Form] | None:
        """(a, b) for a form that is a·unknown + b, a and b without it; None for any other."""
        if not self.depends(form):
            return Fraction(0), form
        if form == self.unknown:
            return Fraction(1), Fraction(0)
        match form:
            case Name():
                return self.collected(self.domain.known.definitions[form])
            case Sum():
                parts = [(self.collected(term), factor) for term, factor in form.terms.items()]
                known = [(scaled(part[0], factor), scaled(part[1], factor)) for part, factor in parts if part]
                if len(known) < len(parts):
                    return None
                return total(factor for factor, _ in known), total([form.constant, *(rest for _, rest in known)])
            case Product():
                moving = [base for base in form.factors if self.depends(base)]
                part = self.collected(moving[0]) if len(moving) == 1 and form.factors[moving[0]] == 1 else None
                if part is None:
                    return None
                others = product(power(b, e) for b, e in form.factors.items() if b != moving[0])
                return product([part[0], others]), product([part[1], others])
            case _:
                return None

    def of_product(self, left: Product, right: Form, trail: Any) -> Iterator[Branch]:
        moving = [factor for factor in left.factors if self.depends(factor)]
        if len(moving) > 1:
            raise StuckError
        rest = product(power(f, e) for f, e in left.factors.items() if f is not moving[0])
        if "0" in self.domain.signs.of(rest):
            raise StuckError
        value, exponent = self.settled(quotient(right, rest)), left.factors[moving[0]]
        signs = self.domain.signs.of(value)
        if exponent < 0:
            if signs == {"0"}:
                yield Branch(trail, None)
                return
            if "0" in signs:
                raise StuckError
            value, exponent = power(value, -1), -exponent
        yield from self.of_power(moving[0], exponent, value, trail)

    def of_power(self, base: Form, exponent: Fraction, value: Form, trail: Any) -> Iterator[Branch]:
        """base ** exponent = value, for the exponents 1, 2 and ½."""
        signs = self.domain.signs.of(value)
        if exponent == 1:
            yield from self.solve(base, value, trail)
        elif exponent not in (2, _HALF) or len(signs) > 1:
            raise StuckError
        elif signs == {"-"}:
            yield Branch(trail, None)
        elif exponent == _HALF:
            yield from self.solve(base, power(value, 2), trail)
        else:
            root = self.domain.root(value)
            yield from self.solve(base, root, trail)
            if signs != {"0"}:
                yield from self.solve(base, scaled(root, Fraction(-1)), trail)

    def of_function(self, left: Apply, right: Form, trail: Any) -> Iterator[Branch]:
        row = FUNCTIONS[left.function]
        constants = left.constants or row.constants
        other = self.domain.known.definitions.get(right, right) if isinstance(right, Name) else right
        if (
            row.inverse
            and isinstance(other, Apply)
            and (other.function, other.constants) == (left.function, left.constants)
        ):
            yield from self.solve(left.argument, other.argument, trail)
            return
        for case in row.inverse:
            fits = [self.fits(text, right, constants, signs) for text, signs in case.where.items()]
            if all(fits):
                yield from self.solve(left.argument, self.settled(self.domain.at(case.value, right, constants)), trail)
                return
        if row.inverse:
            yield Branch(trail, None)
            return
        yield from self.by_cases(left, right, trail)

    def fits(self, text: str, value: Form, constants: Any, signs: str) -> bool:
        """Whether an expression of the table has one of the signs at x = value. Raises StuckError if that is open."""
        found = self.domain.signs.of(self.settled(self.domain.at(text, value, constants)))
        if found <= set(signs):
            return True
        if found & set(signs):
            raise StuckError
        return False

    def by_cases(self, left: Apply, right: Form, trail: Any) -> Iterator[Branch]:
        """A function by cases, such as ReLU: in each, the value it has there."""
        row = FUNCTIONS[left.function]
        if not row.cases:
            raise StuckError
        constants = left.constants or row.constants
        inside, found = Name("x"), []
        for case in row.cases:
            value = self.domain.at(case.value, inside, constants)
            if isinstance(value, Fraction):
                if self.settled(total([right, -value])) == 0:
                    if len(case.where) > 1:
                        raise StuckError
                    ((text, signs),) = case.where.items()
                    found.append(Branch(trail, Where(self.domain.at(text, left.argument, constants), signs)))
                continue
            for branch in Undoing(self.domain, inside).solve(value, right):
                assert not isinstance(branch.end, Where)
                if branch.end is not None and all(
                    self.fits(text, branch.end, constants, signs) for text, signs in case.where.items()
                ):
                    found.extend(self.solve(left.argument, branch.end, trail))
        yield from _distinct(found) or [Branch(trail, None)]

    def settled(self, form: Form) -> Form:
        settled: Form = self.domain.values.settled(form)
        return settled


def _distinct(branches: list[Branch]) -> list[Branch]:
    """At the corner of ReLU two cases give one solution, and a solution is part of a condition that holds there."""
    wheres = [branch for branch in branches if isinstance(branch.end, Where)]
    if wheres:
        return wheres
    return list({branch.end: branch for branch in branches}.values())
