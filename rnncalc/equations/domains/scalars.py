"""Matrices of scalars in plain Python: a domain that only says what its scalars are inherits the rest."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct

from rnncalc.equations.boxes import Position
from rnncalc.equations.domains import Rows
from rnncalc.equations.functions import Function
from rnncalc.equations.tree import Expr
from rnncalc.numbers import Exact, Precision, Rounded


class Array(Struct, frozen=True):
    """A matrix of scalars, row by row."""

    rows: int
    columns: int
    entries: tuple[Any, ...]

    def row(self, number: int) -> tuple[Any, ...]:
        return self.entries[number * self.columns : (number + 1) * self.columns]


class ScalarDomain(ABC):
    """A domain over one kind of scalar. Scalars need `+ - *` written as methods here because a domain may know better
    than its scalar type (zero times anything is exactly zero)."""

    @abstractmethod
    def scalar(self, value: Exact) -> Any: ...
    @abstractmethod
    def plus(self, left: Any, right: Any) -> Any: ...
    @abstractmethod
    def times(self, left: Any, right: Any) -> Any: ...
    @abstractmethod
    def over(self, left: Any, right: Any) -> Any: ...
    @abstractmethod
    def minus(self, left: Any, right: Any) -> Any: ...
    @abstractmethod
    def apply(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any: ...
    @abstractmethod
    def round(self, value: Any, precision: Precision) -> Rounded | None: ...
    @abstractmethod
    def choose(self, row: Function, operand: Array, *levels: Array) -> Array: ...
    @abstractmethod
    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]: ...
    @abstractmethod
    def exponential(self, operand: Any) -> Any: ...

    def array(self, rows: Rows) -> Array:
        return Array(len(rows), len(rows[0]), tuple(self.scalar(entry) for row in rows for entry in row))

    def number(self, value: Fraction) -> Array:
        return Array(1, 1, (self.scalar(value),))

    def zeros(self, rows: int, columns: int) -> Array:
        return Array(rows, columns, (self.scalar(Fraction(0)),) * (rows * columns))

    def shape(self, value: Array) -> tuple[int, int]:
        return value.rows, value.columns

    def add(self, left: Array, right: Array) -> Array:
        return _entrywise(self.plus, left, right)

    def subtract(self, left: Array, right: Array) -> Array:
        return _entrywise(self.minus, left, right)

    def multiply(self, left: Array, right: Array) -> Array:
        return _entrywise(self.times, left, right)

    def divide(self, left: Array, right: Array) -> Array:
        return _entrywise(self.over, left, right)

    def product(self, left: Array, right: Array) -> Array:
        columns = [right.entries[column :: right.columns] for column in range(right.columns)]
        rows = [left.row(number) for number in range(left.rows)]
        return Array(left.rows, right.columns, tuple(self.dot(row, column) for row in rows for column in columns))

    def dot(self, row: Sequence[Any], column: Sequence[Any]) -> Any:
        times, plus = self.times, self.plus
        result = times(row[0], column[0])
        for one, other in zip(row[1:], column[1:], strict=True):
            result = plus(result, times(one, other))
        return result

    def negate(self, operand: Array) -> Array:
        return self.subtract(self.zeros(1, 1), operand)

    def power(self, base: Array, exponent: int) -> Array:
        result = base
        for bit in bin(exponent)[3:]:
            result = self.multiply(result, result)
            result = self.multiply(result, base) if bit == "1" else result
        return result

    def transpose(self, operand: Array) -> Array:
        entries = (entry for column in range(operand.columns) for entry in operand.entries[column :: operand.columns])
        return Array(operand.columns, operand.rows, tuple(entries))

    def function(self, row: Function, operand: Array, constants: Sequence[Fraction]) -> Array:
        entries = tuple(self.apply(row, entry, constants) for entry in operand.entries)
        return Array(operand.rows, operand.columns, entries)

    def softmax(self, operands: Sequence[Array]) -> list[Array]:
        # Differences to the first score: equal scores stay exactly equal, and no exponential is out of range.
        first = operands[0]
        powers = [_entries(self.exponential, self.subtract(operand, first)) for operand in operands]
        whole = self.total(powers)
        return [self.divide(power, whole) for power in powers]

    def total(self, operands: Sequence[Array]) -> Array:
        result = operands[0]
        for operand in operands[1:]:
            result = self.add(result, operand)
        return result

    def entries(self, operand: Array) -> list[Array]:
        return [Array(1, 1, (entry,)) for entry in operand.entries]

    def stack(self, operands: Sequence[Array], columns: int | None = None) -> Array:
        entries = tuple(entry for operand in operands for entry in operand.entries)
        columns = columns or operands[0].columns
        return Array(len(entries) // columns, columns, entries)

    def forms(self, operand: Array) -> list[Expr] | None:
        return None

    def repeats(self, operand: Array) -> list[int | None]:
        return [None] * len(operand.entries)

    def lettered(self, operand: Array) -> list[bool]:
        return [False] * len(operand.entries)

    def remembered(self, name: str, position: Position, value: Array) -> Array:
        return value

    def rounded(self, operand: Array, precision: Precision) -> list[Rounded | None]:
        return [self.round(entry, precision) for entry in operand.entries]


def one_hot(operand: Array, chosen: int, zero: Any, one: Any) -> Array:
    """1 at the entry that is chosen, 0 at all others."""
    entries = (one if number == chosen else zero for number in range(len(operand.entries)))
    return Array(operand.rows, operand.columns, tuple(entries))


def _entries(change: Callable[[Any], Any], operand: Array) -> Array:
    return Array(operand.rows, operand.columns, tuple(change(entry) for entry in operand.entries))


def _entrywise(join: Callable[[Any, Any], Any], left: Array, right: Array) -> Array:
    """The operation on entries that stand at the same place; a 1×1 value goes with every entry of the other."""
    if len(left.entries) == len(right.entries):
        return Array(left.rows, left.columns, tuple(map(join, left.entries, right.entries)))
    if len(left.entries) == 1:
        (one,) = left.entries
        return Array(right.rows, right.columns, tuple(join(one, entry) for entry in right.entries))
    assert len(right.entries) == 1, "shapes are checked before anything is evaluated"
    (one,) = right.entries
    return Array(left.rows, left.columns, tuple(join(entry, one) for entry in left.entries))
