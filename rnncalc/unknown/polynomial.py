"""Equations that are polynomials in the unknown: every real root, by SymPy's exact isolation (Sturm, Vincent)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from rnncalc.alarm import within
from rnncalc.equations.closed import Form, Name, size
from rnncalc.equations.closed.proof import from_sympy, to_sympy
from rnncalc.unknown.searching import Root

LARGEST, HIGHEST = 400, 60
"""Signs of a form, and the degree of a polynomial, that are given to SymPy."""
SECONDS = 5.0
_WIDTH = Fraction(1, 10**150)


def roots(form: Form, unknown: Name) -> tuple[Root, ...] | None:
    """Every real zero of a form in one name, None if it is no quotient of polynomials with rational coefficients (or
    one for which that takes too long). A form that is zero throughout is none."""
    return within(SECONDS, lambda: _roots(form, unknown)) if size(form) <= LARGEST else None


def _roots(form: Form, unknown: Name) -> tuple[Root, ...] | None:
    import sympy

    letter = to_sympy(unknown)
    above, below = _cancelled(form)
    if not above.is_polynomial(letter) or not below.is_polynomial(letter):
        return None
    polynomial = sympy.Poly(above, letter)
    if not 0 < polynomial.degree() <= HIGHEST or not all(one.is_Rational for one in polynomial.all_coeffs()):
        return None
    known = _in_radicals(polynomial)
    width = sympy.Rational(_WIDTH.numerator, _WIDTH.denominator)
    balls = [_ball(low, high) for (low, high), _ in polynomial.intervals(eps=width)]
    return tuple(Root(known.get(number), ball) for number, ball in enumerate(balls))


def basis(forms: Sequence[Form], unknowns: Sequence[Name]) -> list[Form] | None:
    """Polynomials with the same common zeros, one of which has a single unknown (a lexicographic Gröbner basis); None
    if the forms are no quotients of polynomials with rational coefficients, or have infinitely many common zeros."""
    return within(SECONDS, lambda: _basis(forms, unknowns)) if sum(map(size, forms)) <= LARGEST else None


def _cancelled(form: Form) -> tuple[Any, Any]:
    """The form as one quotient in lowest terms: numerator and denominator, as SymPy has them."""
    import sympy

    above, below = sympy.fraction(sympy.cancel(sympy.together(to_sympy(form))))
    return above, below


def _basis(forms: Sequence[Form], unknowns: Sequence[Name]) -> list[Form] | None:
    import sympy

    letters, above = [to_sympy(unknown) for unknown in unknowns], []
    for form in forms:
        numerator, below = _cancelled(form)
        if below.free_symbols or not (numerator.free_symbols <= set(letters) and numerator.is_polynomial(*letters)):
            return None
        if not all(one.is_Rational for one in sympy.Poly(numerator, *letters).coeffs()):
            return None
        above.append(numerator)
    found = sympy.groebner(above, *letters, order="lex")
    if not (found.is_zero_dimensional or found.exprs == [sympy.Integer(1)]):
        return None
    known = [from_sympy(one) for one in found.exprs]
    return None if None in known else [one for one in known if one is not None]


def _in_radicals(polynomial: Any) -> dict[int, Form]:
    """The roots that are rational or square roots, by their number."""
    import sympy

    found = {}
    for number, root in enumerate(sorted(set(sympy.real_roots(polynomial)), key=lambda root: root.evalf(50))):
        form = None if root.has(sympy.CRootOf) else from_sympy(sympy.nsimplify(root) if root.is_Rational else root)
        if form is not None:
            found[number] = form
    return found


def _ball(low: Any, high: Any) -> Any:
    return arb(fmpq(int(low.p), int(low.q))).union(arb(fmpq(int(high.p), int(high.q))))
