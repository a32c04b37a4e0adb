"""A closed form as an expression of the language, in the order and with the signs of a textbook: 1 − z, 2w − 3, p/q."""

from fractions import Fraction
from functools import partial, reduce
from typing import assert_never

from rnncalc.equations.algebra import negated
from rnncalc.equations.closed.forms import Apply, Form, Name, Product, Sum
from rnncalc.equations.tree import Binary, Call, Expr, Index, Negate, Number, Power, Ref
from rnncalc.equations.walks import ratio, with_term
from rnncalc.equations.writing import source
from rnncalc.numbers import is_decimal

LONGEST_DECIMAL = 6
"""Digits of a decimal that is not rather written as a fraction."""


def expression(form: Form) -> Expr:
    """The form as an expression of plain numbers. A name is a `Ref` with position and entry for indices."""
    match form:
        case Fraction():
            return number(form)
        case Name(quantity, position, entry):
            # An entry is always counted from 1, a position perhaps from 0: only that is a number to `Index`.
            return Ref(quantity, (*(Index("", place) for place in position), *(Index(str(place)) for place in entry)))
        case Apply(function, argument, constants):
            return Call(function, (expression(argument), *map(number, constants)))
        case Sum():
            return _sum(form)
        case Product():
            return _product(form, Fraction(1))
        case _:
            assert_never(form)


def spelt(form: Form) -> str:
    """The form in the language: `sigmoid(-4) * tanh(c[2,1])`."""
    return source(expression(form))


def number(value: Fraction) -> Expr:
    """A short decimal, or a quotient of whole numbers."""
    if value < 0:
        return Negate(number(-value))
    if is_decimal(value) and value * 10**LONGEST_DECIMAL % 1 == 0:
        return Number(value)
    return ratio(value)


def _sum(form: Sum) -> Expr:
    parts = [_product(term, factor) for term, factor in form.terms.items()]
    if form.constant:
        behind = form.constant < 0 or not isinstance(parts[0], Negate)
        parts.insert(len(parts) if behind else 0, number(form.constant))
    if isinstance(parts[0], Negate):
        # b − a rather than −a + b
        first = next((place for place, part in enumerate(parts) if not isinstance(part, Negate)), 0)
        parts.insert(0, parts.pop(first))
    return reduce(with_term, parts[1:], _led_by_sign(parts[0]))


def _led_by_sign(expr: Expr) -> Expr:
    """−0.1·a rather than −(0.1·a), where nothing stands before the sign."""
    match expr:
        case Negate(Binary("*", left, right)):
            return Binary("*", _led_by_sign(Negate(left)), right)
        case _:
            return expr


def _product(form: Form, factor: Fraction) -> Expr:
    """factor · form, with all negative powers under one bar."""
    if factor < 0:
        return negated(_product(form, -factor))
    powers = form.factors if isinstance(form, Product) else {form: Fraction(1)}
    above = [_power(base, exponent) for base, exponent in powers.items() if exponent > 0]
    below = [_power(base, -exponent) for base, exponent in powers.items() if exponent < 0]
    front = number(factor)
    # √2/2 and 3w/(2v) rather than 0.5·√2 and 1.5·w/v
    if isinstance(front, Binary) or (factor.denominator > 1 and (below or _is_root(form))):
        above, below = [*_unless_one(factor.numerator), *above], [Number(Fraction(factor.denominator)), *below]
    elif factor != 1:
        above = [front, *above]
    return Binary("/", _joined(above), _joined(below)) if below else _joined(above)


def _is_root(form: Form) -> bool:
    return isinstance(form, Product) and all(isinstance(base, Fraction) for base in form.factors)


def _unless_one(value: int) -> list[Expr]:
    return [Number(Fraction(value))] if value != 1 else []


def _joined(factors: list[Expr]) -> Expr:
    return reduce(partial(Binary, "*"), factors) if factors else Number(Fraction(1))


def _power(base: Form, exponent: Fraction) -> Expr:
    inside = expression(base)
    for _ in range(exponent.denominator.bit_length() - 1):
        inside = Call("sqrt", (inside,))
    return inside if exponent.numerator == 1 else Power(inside, exponent.numerator)
