"""Sums, products and powers of closed forms, kept in normal form: like terms collected, equal factors joined.

Nothing is multiplied out, so that a form never grows by being computed with; a rational factor alone goes into a sum.
√a·√b and eᵃ·eᵇ are joined. Every rule holds for all real numbers for which both sides exist.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import gcd

from rnncalc.equations.closed.forms import Apply, Form, Name, Product, Sum, size
from rnncalc.numbers import LARGEST_RADICAND, Letter, square_free

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)
MOST_BITS = 100_000
"""A power of a number with more bits than this is not worked out."""


def total(forms: Iterable[Form]) -> Form:
    """The sum, like terms collected."""
    constant = ZERO
    terms: dict[Form, Fraction] = {}
    for form in forms:
        if isinstance(form, Fraction):
            constant += form
        elif isinstance(form, Sum):
            constant += form.constant
            for term, factor in form.terms.items():
                terms[term] = terms[term] + factor if term in terms else factor
        else:
            terms[form] = terms[form] + ONE if form in terms else ONE
    return _sum(constant, {term: factor for term, factor in terms.items() if factor})


def _sum(constant: Fraction, terms: dict[Form, Fraction]) -> Form:
    if not terms:
        return constant
    if not constant and len(terms) == 1:
        ((term, factor),) = terms.items()
        if factor == 1:
            return term
    digest = hash((constant, frozenset(terms.items())))
    count = sum(size(term) + (factor not in (1, -1)) for term, factor in terms.items())
    return Sum(constant, terms, digest, 1 + count + bool(constant))


def scaled(form: Form, factor: Fraction) -> Form:
    """A rational multiple."""
    if factor == 1 or not factor:
        return form if factor else ZERO
    match form:
        case Fraction():
            return form * factor
        case Sum():
            return _sum(form.constant * factor, {term: own * factor for term, own in form.terms.items()})
        case _:
            return _sum(ZERO, {form: factor})


def minus(left: Form, right: Form) -> Form:
    """The first less the second."""
    return total((left, scaled(right, -ONE)))


def product(forms: Iterable[Form]) -> Form:
    """The product, equal factors joined."""
    front = ONE
    factors: dict[Form, Fraction] = {}
    for form in forms:
        if isinstance(form, Sum) and len(form.terms) == 1 and not form.constant:
            ((form, factor),) = form.terms.items()
            front *= factor
        if isinstance(form, Fraction):
            front *= form
        elif isinstance(form, Product):
            for base, power in form.factors.items():
                factors[base] = factors[base] + power if base in factors else power
        else:
            factors[form] = factors[form] + ONE if form in factors else ONE
    if not front:
        return ZERO
    powers = [base for base in factors if isinstance(base, Apply) and base.function == "exp"]
    if len(powers) > 1 or any(factors[base] != 1 for base in powers):
        exponent = total(scaled(base.argument, factors.pop(base)) for base in powers)
        if exponent != 0:
            factors[Apply("exp", exponent)] = ONE
    return scaled(_settled(factors), front)


def _settled(factors: dict[Form, Fraction]) -> Form:
    """The product of powers, once no base is a number to a whole power, or a product that can be joined in."""
    factors = {base: power for base, power in factors.items() if power}
    roots = [base for base in factors if isinstance(base, Fraction) and _is_small(base)]
    loose: list[Form] = [base for base in roots if factors[base] != HALF]
    loose += [
        base
        for base, power in factors.items()
        if power.denominator == 1 and (isinstance(base, Product) or (isinstance(base, Sum) and _is_multiple(base)))
    ]
    if loose or len(roots) > 1:
        again = [power_of(base, factors.pop(base)) for base in loose]
        again.append(_root_product([base for base in roots if factors.pop(base, None)]))
        return product([_product(factors), *again])
    return _product(factors)


def _is_small(number: Fraction) -> bool:
    return number.numerator * number.denominator <= LARGEST_RADICAND


def _is_multiple(form: Sum) -> bool:
    return len(form.terms) == 1 and not form.constant


def _product(factors: dict[Form, Fraction]) -> Form:
    if not factors:
        return ONE
    if len(factors) == 1:
        ((base, power),) = factors.items()
        if power == 1:
            return base
    count = 1 + sum(size(base) + (power not in (1, -1)) for base, power in factors.items())
    return Product(factors, hash(frozenset(factors.items())), count)


def _root_product(numbers: list[Fraction]) -> Form:
    """√p · √q = g √(p/g · q/g) for whole square-free p and q with the common divisor g."""
    front, radicand = ONE, 1
    for number in map(int, numbers):
        common = gcd(radicand, number)
        front, radicand = front * common, radicand // common * (number // common)
    return scaled(_product({Fraction(radicand): HALF}) if radicand > 1 else ONE, front)


def power_of(base: Form, exponent: Fraction) -> Form:
    """The power. Raises ZeroDivisionError for 1/0, ArithmeticError for a root of a negative number."""
    if exponent == 1:
        return base
    if not exponent:
        return ONE
    match base:
        case Fraction():
            return _number_power(base, exponent)
        case Sum() if _is_multiple(base) and exponent.denominator == 1:
            ((term, factor),) = base.terms.items()
            return scaled(power_of(term, exponent), factor ** int(exponent))
        case Product() if exponent.denominator == 1:
            return product([_settled({b: p * exponent for b, p in base.factors.items()})])
        case Apply("exp", argument):
            return Apply("exp", scaled(argument, exponent))
        case _:
            return _product({base: exponent})


def _number_power(base: Fraction, exponent: Fraction) -> Form:
    if not base:
        if exponent < 0:
            raise ZeroDivisionError("a division by zero")
        return ZERO
    bits = (base.numerator.bit_length() + base.denominator.bit_length()) * abs(exponent)
    if exponent.denominator == 1:
        return base ** int(exponent) if bits <= MOST_BITS else _product({base: exponent})
    if base < 0:
        raise ArithmeticError("`sqrt` has no real value here")
    if exponent.denominator != 2 or not _is_small(base):
        return _product({base: exponent})
    # √(p/q) = √(pq) / q
    outside, inside = square_free(base.numerator * base.denominator)
    whole = base ** int(exponent - HALF)
    root = _product({Fraction(inside): HALF}) if inside > 1 else ONE
    return scaled(root, whole * Fraction(outside, base.denominator))


def power(base: Form, exponent: Fraction | int) -> Form:
    return power_of(base, Fraction(exponent))


def quotient(above: Form, below: Form) -> Form:
    return product([above, power_of(below, -ONE)])


def lettered(letter: Letter) -> Form:
    """A letter of the data, with its factor."""
    return scaled(Name(letter.name, letter.position, letter.entry), letter.coefficient)


def rebuilt(form: Form, parts: tuple[Form, ...]) -> Form:
    """A sum or product of other parts; `apply` of the domain does it for functions."""
    match form:
        case Sum():
            pairs = zip(parts, form.terms.values(), strict=True)
            return total([form.constant, *(scaled(part, factor) for part, factor in pairs)])
        case Product():
            powers = zip(parts, form.factors.values(), strict=True)
            return product([power_of(part, exponent) for part, exponent in powers])
        case _:
            raise AssertionError("a name or a number has no parts")
