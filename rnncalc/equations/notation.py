"""An expression as a printed formula: neutral atoms that a format spells in Unicode, LaTeX or MathML."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import assert_never

from msgspec import Struct

from rnncalc import formula as atoms
from rnncalc.counting import position_text as counted_text
from rnncalc.equations.brackets import Writer
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.shapes import OpenShape
from rnncalc.equations.tree import Binary, Call, Expr, Index, Number, Over, Ref
from rnncalc.equations.walks import constant
from rnncalc.equations.writing import position_text
from rnncalc.formula import Digits, Fenced, Name, Operator, Row, Script, Symbol, letters_of, row
from rnncalc.numbers import decimal_text


def _never(expr: Expr) -> bool:
    return isinstance(expr, Number)


class Style(Struct, frozen=True):
    """How formulas are printed: `symbols` renames quantities (`B` as `A′`), `known` prints a part by something else
    (its value), `is_scalar` tells which parts are plain numbers: products with them need no ⊙."""

    symbols: Mapping[str, str] = {}
    known: Callable[[Expr], Row | None] = lambda expr: None
    is_scalar: Callable[[Expr], bool] = _never


def scalar_by(sizes: Mapping[str, OpenShape]) -> Callable[[Expr], bool]:
    """Which parts are plain numbers, for a style: literals, and quantities that these sizes say are 1×1."""
    return lambda part: sizes.get(part.name) == (1, 1) if isinstance(part, Ref) else isinstance(part, Number)


RAISED = "⟨t⟩"
"""Where the position stands in letters that have it raised."""


def symbol(ref: Ref, symbols: Mapping[str, str]) -> Symbol:
    """The printed name: `h[t-1]` as h with index t−1, or as h⟨t−1⟩ where its letters are `h⟨t⟩`."""
    letters, indices = symbols.get(ref.name, letters_of(ref.name)), tuple(map(index_text, ref.indices))
    if RAISED in letters:
        return Symbol(letters.replace(RAISED, f"⟨{','.join(indices)}⟩" if indices else ""))
    return Symbol(letters, indices)


def index_text(index: Index) -> str:
    return position_text(index).replace("-", "−") if index.base else counted_text(index.offset)


class _Formula:
    def __init__(self, style: Style) -> None:
        self.style = style

    def known(self, expr: Expr) -> Row | None:
        return self.style.known(expr)

    def number(self, value: Fraction) -> Row:
        return row(Digits(decimal_text(value)))

    def ref(self, ref: Ref) -> Row:
        return row(symbol(ref, self.style.symbols))

    def fence(self, body: Row) -> Row:
        return row(Fenced(body))

    def negate(self, operand: Row) -> Row:
        return row(Operator("negative"), operand)

    def binary(self, expr: Binary, left: Row, right: Row) -> Row:
        match expr.operator:
            case "+":
                return row(left, Operator("plus"), right)
            case "-":
                return row(left, Operator("minus"), right)
            case "/":
                return row(atoms.Fraction(left, right))
            case "*" | "@":
                return row(left, self.product(expr, left, right), right)
            case _:
                assert_never(expr.operator)

    def product(self, expr: Binary, left: Row, right: Row) -> Operator:
        scalar = self.style.is_scalar(expr.left), self.style.is_scalar(expr.right)
        if any(scalar) and _begins_with_digits(right):
            return Operator("times")
        if all(scalar) and (expr.operator == "*" or _ends_in_digits(left)):
            return Operator("times")
        return Operator("apply") if expr.operator == "@" or any(scalar) else Operator("hadamard")

    def power(self, base: Row, exponent: int) -> Row:
        # A quantity may be printed as a quotient: (∂L/∂W)².
        if isinstance(base.atoms[0], Symbol) and "/" in base.atoms[0].letters:
            base = self.fence(base)
        return row(Script(_one(base), row(Digits(str(exponent)))))

    def transpose(self, operand: Row) -> Row:
        return row(Script(_one(operand), row(Name("T", r"\top"))))

    def call(self, expr: Call, arguments: list[Row]) -> Row:
        if expr.function == "exp" and self.style.is_scalar(expr.arguments[0]):
            return row(Symbol("e")) if arguments[0] == row(Digits("1")) else row(Script(row(Symbol("e")), arguments[0]))
        if FUNCTIONS[expr.function].kind in ("rows", "block"):
            return row(_cut_name(expr), Fenced(arguments[0]))
        inside = arguments[0]
        for argument in arguments[1:]:
            inside = row(inside, Operator("comma"), argument)
        return row(_name(expr.function), Fenced(inside))

    def over(self, expr: Over, body: Row) -> Row:
        if expr.at is None:
            return row(atoms.Over(_name(expr.function), expr.index, body))
        over = atoms.Over(_name(expr.function), expr.index, row(Fenced(body)))
        return row(over, *(() if expr.at.base else (Symbol("|", (f"{expr.index}={index_text(expr.at)}",)),)))

    def is_negative(self, part: Row) -> bool:
        match part.atoms[0]:
            case Operator("negative"):
                return True
            case Digits(text):
                return text.startswith("-")
            case _:
                return False

    def is_fraction(self, expr: Expr) -> bool:
        return isinstance(expr, Binary) and expr.operator == "/"

    def is_open(self, expr: Expr) -> bool:
        return isinstance(expr, Over) and expr.at is None and self.known(expr) is None


def _one(base: Row) -> Row:
    """The base of a raised mark; one that has such a mark already, as Wᵀ and 10³, or a bar, as 1/3, is bracketed."""
    match base.atoms[-1]:
        case Script():
            return row(Fenced(base))
        case Digits(text) if "/" in text or "e" in text:
            return row(Fenced(base))
        case _:
            return base


_LOWERED = str.maketrans("0123456789-/", "₀₁₂₃₄₅₆₇₈₉₋⁄")


def _cut_name(expr: Call) -> Name:
    """`rows₂₋₃` of a stacked vector, `rows₂⁄₄` for the second quarter of its rows."""
    function, sign = FUNCTIONS[expr.function], "/" if FUNCTIONS[expr.function].kind == "block" else "-"
    given = [constant(part) or 1 for part in expr.arguments[1:]]
    first, last = map(int, (*given, *function.constants[len(given) :]))
    which = str(first) if first == last and sign == "-" else f"{first}{sign}{last}"
    return Name(function.unicode + which.translate(_LOWERED), rf"{function.latex}_{{{which.replace('-', '–')}}}")


def _name(function: str) -> Name:
    return Name(FUNCTIONS[function].unicode, FUNCTIONS[function].latex)


def _begins_with_digits(part: Row) -> bool:
    first = part.atoms[0]
    return isinstance(first, Digits) or (isinstance(first, Fenced) and _begins_with_digits(first.body))


def _ends_in_digits(part: Row) -> bool:
    last = part.atoms[-1]
    return isinstance(last, Digits) or (isinstance(last, Fenced) and _ends_in_digits(last.body))


def formula(part: Expr, style: Style | None = None) -> Row:
    """The expression as a printed formula."""
    return Writer(_Formula(style or Style())).write(part)
