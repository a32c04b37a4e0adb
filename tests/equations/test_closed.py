"""Closed forms: their normal form, what is proved about them, and what is not claimed."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from rnncalc.equations import FUNCTIONS
from rnncalc.equations.closed import Apply, Form, Name, power, product, quotient, scaled, spelt, total
from rnncalc.equations.closed.proof import from_sympy, is_zero, same_at_some_points, simplified, to_sympy, within
from rnncalc.equations.closed.signs import guess
from rnncalc.equations.domains.closed import Closed

X, Y = Name("x"), Name("y")
HALF = Fraction(1, 2)


def root(number: int) -> Form:
    return power(Fraction(number), HALF)


def exp(form: Form) -> Form:
    return Closed().apply(FUNCTIONS["exp"], form, ())


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (total([X, Y, X]), "2 * x + y"),
        (total([X, scaled(X, Fraction(-1))]), "0"),
        (total([Fraction(1), scaled(X, Fraction(-1))]), "1 - x"),
        (total([scaled(X, Fraction(2)), Fraction(-3)]), "2 * x - 3"),
        (total([scaled(X, Fraction(-1)), Y]), "y - x"),
        (total([scaled(X, Fraction(1, 3)), Y]), "x / 3 + y"),
        (total([scaled(X, HALF), Y]), "0.5 * x + y"),
        (quotient(X, scaled(Y, Fraction(2))), "x / (2 * y)"),
        (quotient(X, X), "1"),
        (power(quotient(X, Y), 2), "x ** 2 / y ** 2"),
        (power(scaled(X, Fraction(2)), 3), "8 * x ** 3"),
        (scaled(total([X, Y]), Fraction(2)), "2 * x + 2 * y"),
        (product([total([X, Y]), total([X, Y])]), "(x + y) ** 2"),
        (product([root(2), root(2)]), "2"),
        (product([root(2), root(3)]), "sqrt(6)"),
        (product([root(6), root(2)]), "2 * sqrt(3)"),
        (quotient(Fraction(1), root(2)), "sqrt(2) / 2"),
        (power(root(2), 5), "4 * sqrt(2)"),
        (power(Fraction(8, 9), HALF), "2 * sqrt(2) / 3"),
        (product([power(product([X, Y]), HALF)] * 2), "x * y"),
        (power(power(X, 2), HALF), "sqrt(x ** 2)"),
        (product([exp(X), exp(scaled(X, Fraction(-1)))]), "1"),
        (product([exp(X), exp(Y)]), "exp(x + y)"),
        (power(exp(X), -1), "exp(-x)"),
    ],
)
def test_normal_form(form: Form, text: str) -> None:
    assert spelt(form) == text


def test_order_does_not_count_in_comparison() -> None:
    assert total([X, Y]) == total([Y, X])
    assert hash(product([X, Y])) == hash(product([Y, X]))
    assert total([X, Y]) != total([X, X])


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(ZeroDivisionError, match="a division by zero"):
        power(Fraction(0), -1)
    with pytest.raises(ArithmeticError, match="`sqrt` has no real value here"):
        power(Fraction(-2), HALF)


FORMS = st.recursive(
    st.sampled_from([X, Y, Fraction(2), Fraction(-1, 3), Fraction(0), root(2)]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(total),
        st.lists(inner, min_size=2, max_size=3).map(product),
        st.tuples(inner, st.sampled_from([2, 3])).map(lambda pair: power(*pair)),
        inner.map(exp),
    ),
    max_leaves=6,
)


@given(FORMS, FORMS)
def test_normal_form_keeps_the_value(one: Form, other: Form) -> None:
    """Sums and products have the value that their parts give, and SymPy hands back what it was given."""
    at = {sympy.Symbol("x||", real=True): 0.375, sympy.Symbol("y||", real=True): -0.75}

    def value(form: Form) -> float:
        return complex(sympy.N(to_sympy(form).subs(at), 25)).real

    a, b = value(one), value(other)
    if max(abs(a), abs(b)) < 1e6:
        assert value(total([one, other])) == pytest.approx(a + b, rel=1e-9, abs=1e-9)
        assert value(product([one, other])) == pytest.approx(a * b, rel=1e-9, abs=1e-9)
        back = from_sympy(to_sympy(one))
        assert back is None or value(back) == pytest.approx(a, rel=1e-9, abs=1e-9)


# ---------------------------------------------------------------- proofs


@pytest.mark.parametrize(
    ("form", "proved"),
    [
        (total([power(total([root(2), root(3)]), 2), Fraction(-5), scaled(root(6), Fraction(-2))]), True),
        (total([Apply("sigmoid", X), Apply("sigmoid", scaled(X, Fraction(-1))), Fraction(-1)]), True),
        (total([Apply("tanh", Fraction(100)), Fraction(-1)]), False),
        (total([Apply("relu", X), scaled(X, Fraction(-1))]), False),
        (total([X, Fraction(-1)]), False),
    ],
)
def test_zero_is_proved_or_not_claimed(form: Form, proved: bool) -> None:
    assert is_zero(form) == proved


def test_guess_needs_a_simple_number() -> None:
    known = Closed().known
    assert guess(known.ball(Apply("tanh", Apply("log", Fraction(2))), 128)) == Fraction(3, 5)
    assert guess(known.ball(Apply("exp", Fraction(1)), 128)) is None
    assert guess(known.ball(Fraction(1, 10**9 + 7), 128)) is None


def test_simplified_is_shorter_or_unchanged() -> None:
    form = total([Apply("sigmoid", X), Apply("sigmoid", scaled(X, Fraction(-1)))])
    assert simplified(form) == 1
    assert simplified(total([X, Y])) == total([X, Y])


def test_forms_that_differ_are_told_apart() -> None:
    signs = Closed({"x": "-"}).signs.of
    assert same_at_some_points(power(X, 2), product([X, X]), signs)
    assert not same_at_some_points(power(power(X, 2), HALF), X, signs)
    assert same_at_some_points(power(power(X, 2), HALF), X, Closed({"x": "+"}).signs.of)


def test_what_takes_too_long_is_given_up() -> None:
    def forever() -> None:
        while True:
            pass

    assert within(0.01, forever) is None
    assert within(1, lambda: 7) == 7


# ---------------------------------------------------------------- signs


@pytest.mark.parametrize(
    ("form", "assumptions", "signs"),
    [
        (X, {}, "-0+"),
        (X, {"x": "+"}, "+"),
        (power(X, 2), {}, "0+"),
        (power(X, 2), {"x": "-+"}, "+"),
        (total([power(X, 2), Fraction(1)]), {}, "+"),
        (product([X, Y]), {"x": "+", "y": "-"}, "-"),
        (total([X, scaled(Y, Fraction(-1))]), {"x": "+", "y": "+"}, "-0+"),
        (Apply("tanh", X), {"x": "-"}, "-"),
        (exp(X), {}, "+"),
        (power(X, HALF), {}, "0+"),
        (total([root(2), Fraction(-1)]), {}, "+"),
        (product([X, total([Fraction(1), scaled(root(2), Fraction(-1))])]), {"x": "+"}, "-"),
    ],
)
def test_signs(form: Form, assumptions: dict[str, str], signs: str) -> None:
    assert Closed(assumptions).signs.of(form) == set(signs)


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.cases and row.name != "ones"])
@pytest.mark.parametrize("point", [Fraction(n, 4) for n in (-41, -12, -5, -4, -3, 0, 1, 3, 5, 12, 41)])
def test_cases_of_the_table_are_the_function(name: str, point: Fraction) -> None:
    """Where the sign of x is assumed, the case taken has the value of the function."""
    row = FUNCTIONS[name]
    sign = "+" if point > 0 else "-" if point < 0 else "0"
    form = Closed({"x": sign}).apply(row, X, row.constants)
    whole = Closed()
    put_in = whole.replaced(form, {X: point}.get)
    assert put_in == whole.apply(row, point, row.constants)


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.kind == "elementwise"])
@pytest.mark.parametrize("point", [Fraction(n, 4) for n in (-41, -5, -1, 0, 1, 5, 41)])
def test_signs_of_the_table_are_those_of_the_function(name: str, point: Fraction) -> None:
    row, domain = FUNCTIONS[name], Closed()
    if name in ("log", "sqrt") and point <= 0:
        return
    sign = "+" if point > 0 else "-" if point < 0 else "0"
    assert domain.signs.of(domain.apply(row, point, row.constants)) <= set(sign if row.sign == "x" else row.sign)
