"""An expression written in the language itself: the inverse of `parse`, parse(source(e)) == e."""

from fractions import Fraction

from rnncalc.counting import shown
from rnncalc.equations.brackets import Writer
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Index, Over, Ref
from rnncalc.numbers import decimal_text


class SourceSpelling:
    """The nodes of an expression as the language writes them; see `brackets.Spelling`."""

    def known(self, expr: Expr) -> str | None:
        return None

    def number(self, value: Fraction) -> str:
        return decimal_text(value)

    def ref(self, ref: Ref) -> str:
        return f"{ref.name}[{','.join(map(position_text, ref.indices))}]" if ref.indices else ref.name

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

    def is_open(self, expr: Expr) -> bool:
        return False


def position_text(index: Index) -> str:
    """A letter with what is added to it, or a position, counted as a reader counts."""
    if not index.base:
        return str(shown(index.offset))
    return f"{index.base}{index.offset:+d}" if index.offset else index.base


def source(part: Expr | Equation) -> str:
    """The expression or equation in the language: `h[t] = o[t] * tanh(c[t])`."""
    writer = Writer(SourceSpelling())
    if isinstance(part, Equation):
        return f"{writer.write(part.target)} = {writer.write(part.expression)}"
    return writer.write(part)
