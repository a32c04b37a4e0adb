"""Entries of the data that are formulas: `2*a + 1`, `sqrt(a)/2`, `1 + sqrt(2)`, as expressions of declared letters.

    entry = an expression of the language of equations in which quantities are letters, and functions take one number

A formula has a letter or a function in it: `1-2` is rather a slip for `1, -2`, and is no number. Nothing is evaluated
but in closed forms.
"""

import re
from collections.abc import Container, Mapping
from fractions import Fraction

from rnncalc.equations import (
    FUNCTIONS,
    Binary,
    Call,
    Expr,
    Negate,
    Number,
    Power,
    Ref,
    parse_expression,
    rebuild,
    source,
    walk,
)
from rnncalc.equations import children as parts
from rnncalc.errors import ExerciseError, in_backticks
from rnncalc.numbers import Exact, Formula, Letter, NumberError, Surd, exact_text

LONGEST = 200
"""Characters of a formula."""
_LIKELY = re.compile(r"-?\s*[^\W\d](?:_\w{1,4}|\d{1,2})?|.*[\w)]\s*(?:\*\*|[-+*/(])\s*[-\w(].*", re.DOTALL)
"""A letter such as `a`, `w_12`, or signs between words and numbers; `one` is rather a slip."""


class UndeclaredError(NumberError):
    """Letters that the file does not declare, by `names`."""

    def __init__(self, text: str, names: list[str]) -> None:
        listed = in_backticks(names)
        are = "are no declared letters" if len(names) > 1 else "is no declared letter"
        hint = f"a letter that stands for any number is declared: `symbolic: [{', '.join(names)}]`"
        super().__init__(f"{listed} {are}", 0, len(text), hint)
        self.names = names


def read_formula(text: str, letters: Container[str]) -> Exact | None:
    """The formula that a text spells; None for a text that is none. Raises NumberError for a formula with letters that
    are not declared, or without a value."""
    if len(text) > LONGEST or not _LIKELY.fullmatch(text.strip()):
        return None
    try:
        expression = parse_expression(text.strip())
    except ExerciseError:
        return None
    names = dict.fromkeys(part.name for part in walk(expression) if isinstance(part, Ref))
    whole = all(map(_is_of_numbers, walk(expression)))
    if not whole or not (names or any(isinstance(part, Call) for part in walk(expression))):
        return None
    undeclared = [name for name in names if name not in letters]
    if undeclared:
        raise UndeclaredError(text, undeclared)
    try:
        return _shortest(Formula(expression, tuple(names)))
    except ArithmeticError as error:
        raise NumberError(f"`{text.strip()}` has no value: {error}", 0, len(text)) from None


def _is_of_numbers(part: Expr) -> bool:
    match part:
        case Number() | Negate() | Power() | Binary("+" | "-" | "*" | "/") | Ref(_, ()):
            return True
        case Call(function, (_,)):
            return FUNCTIONS[function].kind == "elementwise"
        case _:
            return False


def _shortest(formula: Formula) -> Exact:
    """The rational number that a formula is, where that is known."""
    from rnncalc.equations.domains.closed import Closed

    value = Closed().scalar(formula)
    return value if isinstance(value, Fraction) else formula


def letters_in(value: Exact) -> tuple[str, ...]:
    """The letters in an entry; an entry that was turned into a letter has none."""
    if isinstance(value, Formula):
        return value.letters
    return (value.name,) if isinstance(value, Letter) and not value.entry else ()


def entry_text(value: Exact) -> str:
    """The entry as a file has it."""
    return source(value.expression) if isinstance(value, Formula) else exact_text(value)


def with_numbers(formula: Formula, numbers: Mapping[str, Exact]) -> Exact:
    """The formula with numbers for letters. Raises ArithmeticError where it has no value then."""

    def changed(part: Expr) -> Expr:
        if isinstance(part, Ref):
            return _expression(numbers[part.name]) if part.name in numbers else part
        return rebuild(part, tuple(map(changed, parts(part))))

    letters = tuple(name for name in formula.letters if name not in numbers)
    return _shortest(Formula(changed(formula.expression), letters))


def _expression(value: Exact) -> Expr:
    match value:
        case Fraction():
            return Negate(_expression(-value)) if value < 0 else Number(value)
        case Surd(coefficient, radicand):
            return Binary("*", _expression(coefficient), Call("sqrt", (Number(Fraction(radicand)),)))
        case Formula(expression, _):
            known: Expr = expression
            return known
        case _:
            raise AssertionError("numbers are put in, not letters")
