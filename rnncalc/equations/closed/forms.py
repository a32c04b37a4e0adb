"""The nodes of a closed form: frozen data in a normal form, so that equal forms of one build are recognised at sight.

A number is a `Fraction`. A sum holds each term once with its rational factor, a product each factor once with its
rational exponent; `arithmetic` keeps it so. 2·w is the sum of the one term w, and 1/w the product of the one factor w.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from msgspec import Struct


class Name(Struct, frozen=True):
    """An entry of a quantity at a position, or a letter. `entry` counts from 1: (row, column) in a matrix, (row,) in a
    column, () for a plain number."""

    quantity: str
    position: tuple[int, ...] = ()
    entry: tuple[int, ...] = ()


class Apply(Struct, frozen=True):
    """A function of the table at a form. `constants` are its trailing arguments where they are not the usual ones."""

    function: str
    argument: "Form"
    constants: tuple[Fraction, ...] = ()


class Sum(Struct, frozen=True, eq=False):
    """constant + Σ factor · term. The order of the terms is that of writing and does not count in comparison.

    `digest` and `size` are known from the making: a hash and a count of nodes that need no walk.
    """

    constant: Fraction
    terms: Mapping["Form", Fraction]
    digest: int
    size: int

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Sum)
            and self.digest == other.digest
            and self.constant == other.constant
            and self.terms == other.terms
        )

    def __hash__(self) -> int:
        return self.digest


class Product(Struct, frozen=True, eq=False):
    """Π factor ** exponent, without a rational factor."""

    factors: Mapping["Form", Fraction]
    digest: int
    size: int

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Product) and self.digest == other.digest and self.factors == other.factors
        )

    def __hash__(self) -> int:
        return self.digest


Form = Fraction | Name | Apply | Sum | Product

DIGITS_EACH = 12
"""So many digits of a number count as one node."""


def size(form: Form) -> int:
    """How much there is to write: the nodes, a long number counting as several."""
    match form:
        case Fraction():
            bits = form.numerator.bit_length() + form.denominator.bit_length()
            return 1 + bits // (DIGITS_EACH * 4)
        case Name():
            return 1
        case Apply():
            count = 1
            while isinstance(form, Apply):
                form, count = form.argument, count + 1
            return count + size(form) - 1
        case Sum() | Product():
            return form.size
        case _:
            assert_never(form)


def parts(form: Form) -> Iterator[Form]:
    """The direct parts, numbers that only scale or raise left out."""
    match form:
        case Apply():
            yield form.argument
        case Sum():
            yield from form.terms
        case Product():
            yield from form.factors


def names_in(form: Form) -> set[Name]:
    """Every name in a form."""
    found: set[Name] = set()
    waiting = [form]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Name):
            found.add(one)
        else:
            waiting.extend(parts(one))
    return found


def replaced(form: Form, known: Callable[[Name], Form | None], rebuild: "Rebuild") -> Form:
    """The form with names replaced, put together again by the arithmetic in `rebuild`; what holds none of the names
    stays the same object."""
    done: dict[Form, Form] = {}

    def walk(one: Form) -> Form:
        if isinstance(one, Fraction):
            return one
        if one not in done:
            if isinstance(one, Name):
                other = known(one)
                done[one] = one if other is None else other
            else:
                old = tuple(parts(one))
                new = tuple(map(walk, old))
                done[one] = one if all(a is b for a, b in zip(old, new, strict=True)) else rebuild(one, new)
        return done[one]

    return walk(form)


Rebuild = Callable[[Form, tuple[Form, ...]], Form]
"""(a sum, product or function, its new parts) → the same of the new parts."""
