"""How derivatives and norms are written: ∂h₅/∂hₜ, ‖∂L/∂hₜ‖, Π fₖ, and the digits of a size."""

from typing import Any

from rnncalc.counting import position_text
from rnncalc.document import Text
from rnncalc.equations import Expr, Index, Ref, Style, children, formula, rebuild, symbol
from rnncalc.formula import Digits, Fenced, Name, Operator, Row, Symbol, row
from rnncalc.jacobian import Recurrence, Sizes, Vanishing

SLASH = Name("/", "/")
BAR = Name("‖", r"\Vert ")
TWO, F_NORM = Name("‖₂", r"\Vert_{2}"), Name("‖_F", r"\Vert_{F}")


def letters(one: Vanishing, name: str) -> str:
    return symbol(Ref(name), one.exercise.symbols).letters


def indexed(one: Vanishing, name: str, index: str) -> Row:
    return row(Symbol(letters(one, name), (index,)))


def partial(own: str, *indices: str) -> Row:
    return row(Name("∂", r"\partial "), Symbol(own, indices))


def vector(one: Vanishing, recurrence: Recurrence) -> str:
    """The letters of all that is handed on: the state itself, or a letter that the network does not use."""
    if len(recurrence.states) == 1:
        return letters(one, recurrence.states[0])
    taken = {letters(one, name) for name in one.exercise.quantities.indices}
    return next(letter for letter in ("u", "q", "k", "m", "states") if letter not in taken)


def before(recurrence: Recurrence, letter: str) -> str:
    return f"{letter}{'−' if recurrence.back < 0 else '+'}1"


def loss_by(one: Vanishing, state: str) -> Row:
    letter = next(c.jacobians.recurrence.letter for c in one.chains if state in c.jacobians.recurrence.states)
    return row(partial(one.loss or "L"), SLASH, partial(letters(one, state), letter))


def by(one: Vanishing, recurrence: Recurrence, state: str, step: int | None = None) -> Row:
    """∂s[T]/∂s[t], at a step or in general."""
    own, index = letters(one, state), recurrence.letter if step is None else position_text(step)
    return row(partial(own, position_text(recurrence.last)), SLASH, partial(own, index))


def direct_product(one: Vanishing, chain: Sizes, state: str) -> Row:
    """Π f: the product of the direct factors of the steps behind."""
    factor, letter = chain.jacobians.direct[state].factor, chain.jacobians.recurrence.letter
    body = formula(_at(factor, letter, "k"), Style(one.exercise.symbols))
    return row(Name("Π", r"\prod "), Operator("apply"), body if len(body.atoms) == 1 else Fenced(body))


def _at(expr: Expr, letter: str, other: str) -> Expr:
    """The expression with another letter for its step."""
    if isinstance(expr, Ref):
        return Ref(expr.name, tuple(Index(other, one.offset) if one.base == letter else one for one in expr.indices))
    return rebuild(expr, tuple(_at(part, letter, other) for part in children(expr)))


def length(body: Row) -> Row:
    return row(BAR, body, Name("‖", r"\Vert "))


def norm(body: Row) -> Row:
    return row(BAR, body, TWO)


def digits(one: Vanishing, value: Any) -> str:
    return one.numbers.entries(value, one.sizes)[0].text


def number(one: Vanishing, value: Any) -> Text:
    return (row(Digits(digits(one, value))),)
