"""A worked exercise as data: its steps with every intermediate result, its answers, and what there is to remark.

It says nothing in words and knows no page.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import Domain, Equation, Expr, Position, Ref, ref_at
from rnncalc.exercise import Exercise
from rnncalc.exercise.expected import Expected
from rnncalc.exercise.misfit import Misfit
from rnncalc.numbers import Precision, Rounded


class Step(Struct, frozen=True):
    """One instance worked out. `formula` is the equation with its positions put in, `expression` the same with sums
    over an index written out; `values` holds the value of every part of the expression."""

    equation: Equation
    position: Position
    formula: Expr
    expression: Expr
    values: Mapping[Expr, Any]
    stage: Stage | None

    @property
    def target(self) -> Ref:
        return ref_at(self.equation.name, self.position)

    @property
    def value(self) -> Any:
        return self.values[self.expression]


class Found(Struct, frozen=True):
    """A quantity that was asked for, with its value."""

    name: str
    position: Position
    value: Any

    @property
    def target(self) -> Ref:
        return ref_at(self.name, self.position)


class Uncertified(Struct, frozen=True):
    """The digits are those of float64 arithmetic: as `asked`, or because certified numbers would take too long."""

    asked: bool


class Hidden(Struct, frozen=True):
    """A value lies on the edge between two roundings, or on 0, as far as is known: to within 10**`width`."""

    name: str
    position: Position
    width: int


class Disagreement(Struct, frozen=True):
    """The file expects another value."""

    name: str
    position: Position
    expected: Expected


class Ended(Struct, frozen=True):
    """The sequence ended by itself, at the first position where its last word was chosen; None if it did not."""

    name: str
    position: Position | None


class Stopped(Struct, frozen=True):
    """The computation was given up before this quantity, the seconds or the size allowed being passed, or a choice
    depending on letters: what was computed before is true."""

    passed: Literal["seconds", "size", "letters"]
    limit: float
    name: str
    position: Position


Remark = Misfit | Stopped | Uncertified | Hidden | Disagreement | Ended


class Solution(Struct, frozen=True):
    """`steps` are the instances shown, in order; `total` is how many were computed."""

    exercise: Exercise
    domain: Domain
    precision: Precision
    steps: tuple[Step, ...]
    answers: tuple[Found, ...]
    remarks: tuple[Remark, ...]
    total: int

    def shape(self, value: Any) -> tuple[int, int]:
        return self.domain.shape(value)

    def entries(self, value: Any, precision: Precision | None = None) -> tuple[Rounded, ...]:
        """The entries as they are printed, one row after the other."""
        precision = precision or self.precision
        return tuple(
            one or self._on_edge(value, number, precision)
            for number, one in enumerate(self.domain.rounded(value, precision))
        )

    def rounded(self, value: Any, precision: Precision | None = None) -> tuple[tuple[Rounded, ...], ...]:
        """The entries as they are printed, row by row."""
        (rows, columns), entries = self.shape(value), self.entries(value, precision)
        return tuple(entries[row * columns : (row + 1) * columns] for row in range(rows))

    def printed(self, value: Any, precision: Precision | None = None) -> list[list[str]]:
        """What is printed, row by row."""
        return [[entry.text for entry in row] for row in self.rounded(value, precision)]

    def _on_edge(self, value: Any, number: int, precision: Precision) -> Rounded:
        """An entry that is Hidden: a digit or two more decide it, or it is 0 to as many decimals as are printed."""
        finer = (Precision(precision.digits + more, precision.kind) for more in (1, 2, 3))
        for one in (*finer, Precision(precision.digits, "decimals")):
            found = self.domain.rounded(value, one)[number]
            if found is not None:
                return found
        raise AssertionError("a value as uncertain as this is not shown")


def values_shown(solution: Solution) -> Iterator[tuple[str, Position, Any]]:
    """Every value on the page, with the quantity it belongs to."""
    for step in solution.steps:
        yield from ((step.equation.name, step.position, value) for value in step.values.values())
    yield from ((found.name, found.position, found.value) for found in solution.answers)


def results(solution: Solution) -> Iterator[tuple[str, Position, Any]]:
    """The values of the steps and the answers, with the quantity each belongs to."""
    yield from ((step.equation.name, step.position, step.value) for step in solution.steps)
    yield from ((found.name, found.position, found.value) for found in solution.answers)
