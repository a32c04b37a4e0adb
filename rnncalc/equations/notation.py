"""How an expression is written: in the language itself, and as a printed formula. One precedence table serves both.

`source` is the inverse of `parse`: parse(source(e)) == e. `formula` gives neutral atoms that a format spells in
Unicode, LaTeX or MathML.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction as Rational
from typing import Generic, Protocol, TypeVar, assert_never

from msgspec import Struct

from rnncalc import formula as atoms
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.tree import (
    Binary,
    BinaryOperator,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
)
from rnncalc.formula import Digits, Fenced, Name, Operator, Row, Script, Symbol, Words, letters_of, row

# A part is bracketed where its own level is lower than the level of its place.
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = 1, 2, 3, 4, 5
_LEVEL: dict[BinaryOperator, int] = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "@": _PRODUCT}

Out = TypeVar("Out")


class _Spelling(Protocol[Out]):
    """How each kind of node is put together from parts that are already spelt."""

    def known(self, expr: Expr) -> Out | None: ...
    def number(self, value: Rational) -> Out: ...
    def ref(self, ref: Ref) -> Out: ...
    def fence(self, body: Out) -> Out: ...
    def negate(self, operand: Out) -> Out: ...
    def binary(self, expr: Binary, left: Out, right: Out) -> Out: ...
    def power(self, base: Out, exponent: int) -> Out: ...
    def transpose(self, operand: Out) -> Out: ...
    def call(self, expr: Call, arguments: list[Out]) -> Out: ...
    def over(self, expr: Over, body: Out) -> Out: ...
    def is_negative(self, part: Out) -> bool: ...
    def is_fraction(self, expr: Expr) -> bool: ...


class _Writer(Generic[Out]):
    """Walks an expression and sets the brackets; the spelling does the rest."""

    def __init__(self, spelling: _Spelling[Out]) -> None:
        self.spelling = spelling

    def write(self, expr: Expr) -> Out:
        known = self.spelling.known(expr)
        return self.spell(expr) if known is None else known

    def spell(self, expr: Expr) -> Out:
        match expr:
            case Number(value):
                return self.spelling.number(value)
            case Ref():
                return self.spelling.ref(expr)
            case Negate(operand):
                return self.spelling.negate(self.at(_POWER, operand))
            case Binary():
                return self.binary(expr)
            case Power(base, exponent):
                return self.spelling.power(self.at(_ATOM, base), exponent)
            case Transpose(operand):
                return self.spelling.transpose(self.at(_ATOM, operand))
            case Call(_, arguments):
                return self.spelling.call(expr, [self.write(argument) for argument in arguments])
            case Over(_, body, _, _):
                return self.spelling.over(expr, self.at(_PRODUCT, body) if expr.function == "sum" else self.write(body))
            case _:
                assert_never(expr)

    def binary(self, expr: Binary) -> Out:
        if self.spelling.is_fraction(expr):
            return self.spelling.binary(expr, self.write(expr.left), self.write(expr.right))
        level = _LEVEL[expr.operator]
        left = self.at(_SIGN if _mixed(expr, expr.left) else level, expr.left)
        right = self.at(level + 1, expr.right, right=True)
        return self.spelling.binary(expr, left, right)

    def at(self, level: int, expr: Expr, right: bool = False) -> Out:
        """The part as it stands in a place of this level; behind an operator a leading sign is bracketed."""
        part = self.write(expr)
        own = _ATOM if self.spelling.known(expr) is not None else self.level(expr)
        negative = self.spelling.is_negative(part)
        if negative:
            own = min(own, _SIGN)
        return self.spelling.fence(part) if own < level or (negative and right) else part

    def level(self, expr: Expr) -> int:
        match expr:
            case Binary(operator):
                return _ATOM if self.spelling.is_fraction(expr) else _LEVEL[operator]
            case Negate():
                return _SIGN
            case Power():
                return _POWER
            case Number(value) if not _is_decimal(value):
                return _PRODUCT
            case _:
                return _ATOM


def _mixed(expr: Binary, part: Expr) -> bool:
    """Whether `*` and `@` would stand side by side without brackets, which `parse` refuses."""
    return (
        isinstance(part, Binary)
        and _LEVEL[expr.operator] == _LEVEL[part.operator] == _PRODUCT
        and (part.operator == "@") != (expr.operator == "@")
    )


def _is_decimal(value: Rational) -> bool:
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_text(value: Rational) -> str:
    """A finite decimal in full: `0.125`; other fractions as a quotient."""
    if not _is_decimal(value):
        return f"{value.numerator}/{value.denominator}"
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


# ---------------------------------------------------------------- the language itself


class _Source:
    def known(self, expr: Expr) -> str | None:
        return None

    def number(self, value: Rational) -> str:
        return decimal_text(value)

    def ref(self, ref: Ref) -> str:
        return f"{ref.name}[{','.join(map(_index_source, ref.indices))}]" if ref.indices else ref.name

    def fence(self, body: str) -> str:
        return f"({body})"

    def negate(self, operand: str) -> str:
        return f"-{operand}"

    def binary(self, expr: Binary, left: str, right: str) -> str:
        return f"{left} {expr.operator} {right}"

    def power(self, base: str, exponent: int) -> str:
        return f"{base} ** {exponent}"

    def transpose(self, operand: str) -> str:
        return f"({operand}).T" if operand[0].isdigit() else f"{operand}.T"

    def call(self, expr: Call, arguments: list[str]) -> str:
        return f"{expr.function}({', '.join(arguments)})"

    def over(self, expr: Over, body: str) -> str:
        return f"{expr.function}({body}, {expr.index})"

    def is_negative(self, part: str) -> bool:
        return part.startswith("-")

    def is_fraction(self, expr: Expr) -> bool:
        return False


def _index_source(index: Index) -> str:
    if not index.base:
        return str(index.offset)
    return f"{index.base}{index.offset:+d}" if index.offset else index.base


def source(part: Expr | Equation) -> str:
    """The expression or equation in the language: `h[t] = o[t] * tanh(c[t])`."""
    writer = _Writer(_Source())
    if isinstance(part, Equation):
        return f"{writer.write(part.target)} = {writer.write(part.expression)}"
    return writer.write(part)


# ---------------------------------------------------------------- printed formulas


def _never(expr: Expr) -> bool:
    return isinstance(expr, Number)


class Style(Struct, frozen=True):
    """How formulas are printed: `symbols` renames quantities (`B` as `A′`), `known` prints a part by something else
    (its value), `is_scalar` tells which parts are plain numbers: products with them need no ⊙."""

    symbols: Mapping[str, str] = {}
    known: Callable[[Expr], Row | None] = lambda expr: None
    is_scalar: Callable[[Expr], bool] = _never


def symbol(ref: Ref, symbols: Mapping[str, str]) -> Symbol:
    """The printed name: `h[t-1]` as h with index t−1."""
    return Symbol(symbols.get(ref.name, letters_of(ref.name)), tuple(map(index_text, ref.indices)))


def index_text(index: Index) -> str:
    return _index_source(index).replace("-", "−")


class _Formula:
    def __init__(self, style: Style) -> None:
        self.style = style

    def known(self, expr: Expr) -> Row | None:
        return self.style.known(expr)

    def number(self, value: Rational) -> Row:
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
        if all(scalar) and (expr.operator == "*" or _ends_in_digits(left) or _begins_with_digits(right)):
            return Operator("times")
        return Operator("apply") if expr.operator == "@" or any(scalar) else Operator("hadamard")

    def power(self, base: Row, exponent: int) -> Row:
        return row(Script(base, row(Digits(str(exponent)))))

    def transpose(self, operand: Row) -> Row:
        return row(Script(operand, row(Name("T", r"\top"))))

    def call(self, expr: Call, arguments: list[Row]) -> Row:
        if expr.function == "exp" and self.style.is_scalar(expr.arguments[0]):
            return row(Script(row(Symbol("e")), arguments[0]))
        inside = arguments[0]
        for argument in arguments[1:]:
            inside = row(inside, Operator("comma"), argument)
        return row(_name(expr.function), Fenced(inside))

    def over(self, expr: Over, body: Row) -> Row:
        if expr.at is None:
            return row(atoms.Over(_name(expr.function), expr.index, body))
        over = atoms.Over(_name(expr.function), expr.index, row(Fenced(body)))
        return row(over, *(() if expr.at.base else (Words(f" at {expr.index} = {index_text(expr.at)}"),)))

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
    return _Writer(_Formula(style or Style())).write(part)
