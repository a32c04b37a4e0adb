"""SymPy, where a proof, a simplification or a solution is asked for: closed forms handed over as trees, never as text.

It is imported on the first question, and its time is limited.
"""

from collections.abc import Callable, Set
from fractions import Fraction
from random import Random
from typing import Any, TypeVar, assert_never

import flint

from rnncalc.alarm import within
from rnncalc.equations.closed import arithmetic
from rnncalc.equations.closed.enclosure import enclosed
from rnncalc.equations.closed.forms import Apply, Form, Name, Product, Sum, names_in, size
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.parse import parse_expression
from rnncalc.equations.tree import Binary, Call, Expr, Negate, Number, Power, Ref

LARGEST_PROVED = 200
"""Nodes of a form about which SymPy is asked."""
SECONDS = 2.0
POINTS = 3

Result = TypeVar("Result")


def is_zero(form: Form) -> bool:
    """Whether a form without names is proved to be zero. False says nothing."""
    if isinstance(form, Fraction):
        return not form
    if size(form) > LARGEST_PROVED:
        return False

    def proved() -> bool:
        import sympy

        expression = sympy.expand(sympy.together(to_sympy(form).rewrite(sympy.exp)).as_numer_denom()[0])
        return bool(expression == 0) or bool(sympy.simplify(expression) == 0)

    return within(SECONDS, proved) or False


def simplified(form: Form) -> Form:
    """A shorter form of the same value where SymPy finds one in time, else the form."""
    if size(form) > LARGEST_PROVED:
        return form

    def shorter() -> Form | None:
        import sympy

        return from_sympy(sympy.simplify(to_sympy(form)))

    found = within(SECONDS, shorter)
    return found if found is not None and size(found) < size(form) else form


def same_at_some_points(one: Form, other: Form, signs: Callable[[Form], Set[str]]) -> bool:
    """Whether two forms do not differ where their names have some values of the signs they may have."""
    names, numbers = sorted(names_in(one) | names_in(other), key=str), Random(1)
    with flint.ctx.workprec(200):
        for _ in range(POINTS):
            points = {name: flint.arb(numbers.randint(1, 999)) / 500 for name in names}
            points = {name: value if "+" in signs(name) else -value for name, value in points.items()}
            left, right = enclosed(one, points), enclosed(other, points)
            if left.is_finite() and not left.overlaps(right):
                return False
    return True


# ---------------------------------------------------------------- to SymPy and back


def to_sympy(form: Form) -> Any:
    """The form as a SymPy expression; names become real symbols."""
    import sympy

    match form:
        case Fraction():
            return sympy.Rational(form.numerator, form.denominator)
        case Name():
            return sympy.Symbol(_symbol(form), real=True)
        case Sum():
            terms = [to_sympy(term) * to_sympy(factor) for term, factor in form.terms.items()]
            return sympy.Add(to_sympy(form.constant), *terms)
        case Product():
            return sympy.Mul(*[sympy.Pow(to_sympy(b), to_sympy(e)) for b, e in form.factors.items()])
        case Apply(function, argument, constants):
            return _applied(function, to_sympy(argument), constants or FUNCTIONS[function].constants)
        case _:
            assert_never(form)


def _symbol(name: Name) -> str:
    return "|".join((name.quantity, ",".join(map(str, name.position)), ",".join(map(str, name.entry))))


def _name(symbol: str) -> Name:
    quantity, *places = symbol.split("|")
    position, entry = (tuple(int(place) for place in part.split(",") if place) for part in places)
    return Name(quantity, position, entry)


def _applied(function: str, argument: Any, constants: tuple[Fraction, ...]) -> Any:
    """A function of the table: SymPy's own, or what its row defines it to be."""
    import sympy

    own = {"exp": sympy.exp, "log": sympy.log, "tanh": sympy.tanh}
    if function in own:
        return own[function](argument)
    row = FUNCTIONS[function]
    numbers = {"x": argument, **dict(zip("a", map(to_sympy, constants), strict=False))}
    if row.definition and not row.cases:
        return _put_in(parse_expression(row.definition), numbers)
    # By cases, and undecided: opaque, so that nothing is proved about it but what holds for any function.
    return sympy.Function(function)(argument, *map(to_sympy, constants))


def _put_in(expr: Expr, numbers: dict[str, Any]) -> Any:
    import sympy

    match expr:
        case Number(value):
            return to_sympy(value)
        case Ref(name, _):
            return numbers[name]
        case Negate(operand):
            return -_put_in(operand, numbers)
        case Power(base, exponent):
            return _put_in(base, numbers) ** exponent
        case Binary(operator, left, right):
            one, other = _put_in(left, numbers), _put_in(right, numbers)
            return {"+": one + other, "-": one - other, "*": one * other}.get(operator, one / other)
        case Call("exp" | "log" as function, (argument,)):
            return getattr(sympy, function)(_put_in(argument, numbers))
        case _:
            raise AssertionError(f"a definition in the table has a {type(expr).__name__}")


def from_sympy(expression: Any) -> Form | None:
    """The SymPy expression as a closed form; None where it holds something that is none."""
    import sympy

    if isinstance(expression, sympy.Rational):
        return Fraction(int(expression.p), int(expression.q))
    if expression == sympy.E:
        return Apply("exp", Fraction(1))
    if isinstance(expression, sympy.Symbol):
        return _name(expression.name)
    parts = [from_sympy(argument) for argument in expression.args]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    if isinstance(expression, sympy.Add):
        return arithmetic.total(known)
    if isinstance(expression, sympy.Mul):
        return arithmetic.product(known)
    if isinstance(expression, sympy.exp):
        return Apply("exp", known[0])
    if isinstance(expression, sympy.Pow) and isinstance(exponent := known[1], Fraction):
        return _root_of(known[0], exponent)
    if isinstance(expression, sympy.log | sympy.tanh):
        return Apply(type(expression).__name__, known[0])
    return None


def _root_of(base: Form, exponent: Fraction) -> Form | None:
    if exponent.denominator not in (1, 2) or (isinstance(base, Fraction) and base < 0 and exponent.denominator > 1):
        return None
    return arithmetic.power(base, exponent)
