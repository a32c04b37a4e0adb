"""An expression written in the language itself: the inverse of `parse`, parse(source(e)) == e."""

from fractions import Fraction

from rnncalc.equations.brackets import Writer, is_decimal
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Index, Over, Ref
from rnncalc.numbers.reading import LARGEST_EXPONENT_READ

LONGEST_PLAIN = 20


class _Source:
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
    if not index.base:
        return str(index.offset)
    return f"{index.base}{index.offset:+d}" if index.offset else index.base


def source(part: Expr | Equation) -> str:
    """The expression or equation in the language: `h[t] = o[t] * tanh(c[t])`."""
    writer = Writer(_Source())
    if isinstance(part, Equation):
        return f"{writer.write(part.target)} = {writer.write(part.expression)}"
    return writer.write(part)


def decimal_text(value: Fraction) -> str:
    """A finite decimal: `0.125`, and `1e-30` where zeros would make it long; other fractions as a quotient."""
    if not is_decimal(value):
        return f"{value.numerator}/{value.denominator}"
    plain = _plain(value)
    if len(plain) <= LONGEST_PLAIN:
        return plain
    mantissa, exponent = value, 0
    while mantissa.denominator != 1 and exponent > -LARGEST_EXPONENT_READ:
        mantissa, exponent = mantissa * 10, exponent - 1
    while mantissa % 10 == 0 and exponent < LARGEST_EXPONENT_READ:
        mantissa, exponent = mantissa / 10, exponent + 1
    return min(plain, f"{_plain(mantissa)}e{exponent}", key=len)


def _plain(value: Fraction) -> str:
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
