"""Rows, units and parts of matrices in any number domain."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from rnncalc.equations import Domain


def vanishes(value: Any) -> bool:
    """Whether every entry is known to be zero."""
    return all(entry == 0 for entry in (value.entries if hasattr(value, "entries") else value.ravel()))


def identity(domain: Domain, size: int) -> Any:
    return domain.array([[Fraction(row == column) for column in range(size)] for row in range(size)])


def units(domain: Domain, like: Any) -> Iterator[Any]:
    """Each value of the shape of another that has one entry 1 and zeros."""
    rows, columns = domain.shape(like)
    for place in range(rows * columns):
        entries = [Fraction(place == number) for number in range(rows * columns)]
        yield domain.array([entries[row * columns : (row + 1) * columns] for row in range(rows)])


def as_row(domain: Domain, value: Any) -> Any:
    entries = domain.entries(value)
    return domain.stack(entries, len(entries))


def part(domain: Domain, matrix: Any, rows: Sequence[int], columns: Sequence[int]) -> Any:
    entries, width = domain.entries(matrix), domain.shape(matrix)[1]
    return domain.stack([entries[row * width + column] for row in rows for column in columns], len(columns))
