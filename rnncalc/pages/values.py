"""A value as it is printed: digits, or closed forms entry by entry with their decimals behind them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

from rnncalc.equations import (
    Call,
    Domain,
    Expr,
    Number,
    Ref,
    Style,
    constant,
    formula,
    symbol,
)
from rnncalc.formula import Digits, Grid, Operator, Row, Symbol, Tuple, Words, row
from rnncalc.formula import Fraction as Quotient
from rnncalc.numbers import Precision, Rounded, decimal_text, is_decimal

LONGEST_QUOTIENT = 24
"""Characters of a fraction that still stands on one line; the numbers of a longer one are cut in the middle beyond
LONGEST_NUMBER digits, which `--json` has in full."""
LONGEST_NUMBER = 48
MOST_PLACES = 6
"""Decimal places of an exact number that is not rather printed as a fraction."""

Symbols = Mapping[str, str]
NO_SYMBOLS: Symbols = {}
"""Every quantity printed as it is called."""
Entries = tuple[tuple[Row, ...], ...]


class Solved(Protocol):
    """What has values in a domain, and rounds them."""

    @property
    def domain(self) -> Domain: ...
    def shape(self, value: Any) -> tuple[int, int]: ...
    def entries(self, value: Any, precision: Precision | None = None) -> tuple[Rounded, ...]: ...
    def rounded(self, value: Any, precision: Precision | None = None) -> tuple[tuple[Rounded, ...], ...]: ...


def cells(solution: Solved, value: Any, symbols: Symbols = NO_SYMBOLS) -> Entries:
    """The entries as they are printed, row by row."""
    forms = solution.domain.forms(value)
    if forms is None:
        return _digits(solution, value)
    columns = solution.shape(value)[1]
    rows = [form_row(form, symbols) for form in forms]
    return tuple(tuple(rows[start : start + columns]) for start in range(0, len(rows), columns))


def table_cells(solution: Solved, value: Any, symbols: Symbols) -> Entries:
    """The entries as a table has them: digits, where there are any."""
    if any(solution.domain.lettered(value)):
        return cells(solution, value, symbols)
    return _digits(solution, value)


def _digits(solution: Solved, value: Any) -> Entries:
    return tuple(tuple(row(Digits(cell.text)) for cell in line) for line in solution.rounded(value))


def form_row(form: Expr, symbols: Symbols) -> Row:
    """A closed form: a rational as one number, anything else as a formula of plain numbers."""
    number = constant(form)
    if number is not None:
        return rational_row(number)
    return formula(form, Style(symbols, lambda part: atom_row(part, symbols), is_scalar=lambda part: True))


def atom_row(part: Expr, symbols: Symbols) -> Row | None:
    """`√2`, the root of a whole number, without brackets; an entry of a matrix as `W₁₂`."""
    match part:
        case Ref():
            return row(entry_symbol(part, symbols))
        case Call("sqrt", (Number(value),)) if value.denominator == 1:
            return row(Digits(f"√{value}"))
        case _:
            return None


def rational_row(number: Fraction) -> Row:
    """A rational number exactly: a short decimal, or a fraction."""
    short = is_decimal(number) and number * 10**MOST_PLACES % 1 == 0
    text = decimal_text(number) if short else str(number)
    if len(text) <= LONGEST_QUOTIENT:
        return row(Digits(text))
    above, _, below = text.partition("/")
    return row(Quotient(_cut(above), _cut(below))) if below else _cut(above)


def _cut(number: str) -> Row:
    if len(number) <= LONGEST_NUMBER:
        return row(Digits(number))
    half = LONGEST_NUMBER // 2 - 1
    return row(Digits(number[:half]), Words("…"), Digits(number[-half:]))


def entry_symbol(ref: Ref, symbols: Symbols) -> Symbol:
    """The printed name of an entry; row and column below 10 stand side by side."""
    name = symbol(ref, symbols)
    if len(name.indices) < 2 or not all(index.base.isdigit() and len(index.base) == 1 for index in ref.indices[-2:]):
        return name
    *before, line, column = name.indices
    return Symbol(name.letters, (*before, line + column))


def value_row(solution: Solved, value: Any, symbols: Symbols = NO_SYMBOLS) -> Row:
    """A value as it is printed: a number, or a matrix in brackets."""
    return _in_brackets(cells(solution, value, symbols))


def flat_row(solution: Solved, value: Any, symbols: Symbols, rows: bool) -> Row:
    """A value on one line where that is possible: a column as `(2, 3, −1)`, unless vectors are `rows`."""
    return _flat(cells(solution, value, symbols), rows)


def is_exact(solution: Solved, value: Any) -> bool:
    """Whether every entry is printed exactly."""
    if solution.domain.forms(value) is not None:
        return True
    return all(entry.exact for entry in solution.entries(value))


def decimals(solution: Solved, value: Any, flat: bool = False, rows: bool = False) -> Row | None:
    """` ≈ (0, 0.0001204)`: the digits that stand behind closed forms; None where these show them, or have letters."""
    digits = digit_cells(solution, value)
    if digits is None:
        return None
    exact = None not in solution.domain.exact(value)
    return row(Operator("equals" if exact else "approx"), _flat(digits, rows) if flat else _in_brackets(digits))


def digit_cells(solution: Solved, value: Any) -> Entries | None:
    """The digits of closed forms; None where the forms show them, or have letters."""
    forms = solution.domain.forms(value)
    if forms is None or any(solution.domain.lettered(value)) or all(constant(form) is not None for form in forms):
        return None
    known = iter(solution.domain.exact(value))
    return tuple(
        tuple(cell if (number := next(known)) is None else rational_row(number) for cell in line)
        for line in _digits(solution, value)
    )


def _in_brackets(entries: Entries) -> Row:
    if len(entries) == len(entries[0]) == 1:
        return entries[0][0]
    return row(Grid(tuple(tuple(map(_atom, line)) for line in entries)))


def _flat(entries: Entries, rows: bool) -> Row:
    if len(entries) > 1 and len(entries[0]) == 1 and not rows:
        return row(Tuple(tuple(_atom(line[0]) for line in entries)))
    return _in_brackets(entries)


def _atom(cell: Row) -> Any:
    return cell.atoms[0] if len(cell.atoms) == 1 else cell
