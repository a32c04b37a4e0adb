"""Where brackets stand: one walk over an expression and one precedence table, for every way of writing."""

from fractions import Fraction
from typing import Generic, Protocol, TypeVar, assert_never

from rnncalc.equations.tree import Binary, BinaryOperator, Call, Expr, Negate, Number, Over, Power, Ref, Transpose
from rnncalc.numbers import is_decimal

# A part is bracketed where its own level is lower than the level of its place.
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = 1, 2, 3, 4, 5
_LEVEL: dict[BinaryOperator, int] = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "@": _PRODUCT}

Out = TypeVar("Out")


class Spelling(Protocol[Out]):
    """How each kind of node is put together from parts that are already spelt."""

    def known(self, expr: Expr) -> Out | None: ...
    def number(self, value: Fraction) -> Out: ...
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
    def is_open(self, expr: Expr) -> bool:
        """Whether it has no end of its own, as `Σⱼ aⱼ`, so that no factor may follow."""
        ...


class Writer(Generic[Out]):
    """Walks an expression and sets the brackets; the spelling does the rest."""

    def __init__(self, spelling: Spelling[Out]) -> None:
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
        bracketed = _mixed(expr, expr.left) or (level == _PRODUCT and self.runs_on(expr.left))
        left = self.at(_ATOM if bracketed else level, expr.left)
        right = self.at(level + 1, expr.right, right=True)
        return self.spelling.binary(expr, left, right)

    def runs_on(self, expr: Expr) -> bool:
        match expr:
            case Negate(operand) | Binary(_, _, operand):
                return self.spelling.is_open(operand)
            case _:
                return self.spelling.is_open(expr)

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
                return _POWER if self.spelling.is_fraction(expr) else _LEVEL[operator]
            case Negate():
                return _SIGN
            case Power():
                return _POWER
            case Over() if self.spelling.is_open(expr):
                return _POWER
            case Number(value) if not is_decimal(value):
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
