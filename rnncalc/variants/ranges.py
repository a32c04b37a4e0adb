"""What each quantity is drawn from: the ranges of the file, or ranges like the numbers that stand there."""

from collections.abc import Mapping as Mapping_
from fractions import Fraction
from math import lcm

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Position, Ref, Shape
from rnncalc.exercise import Exercise
from rnncalc.exercise.randomize import Grid, Rules
from rnncalc.numbers import Exact
from rnncalc.reader import Rows
from rnncalc.source import Mapping
from rnncalc.variants.draws import chosen

LEAST = 2
"""A range like the numbers of a quantity has at least so many steps to each side of 0."""
FINEST = 3
"""A range is narrowed to tenths of its step so often, and not further."""


class Drawable(Struct, frozen=True):
    """A quantity to be drawn, by the name it has in the file: its numbers as they are, position by position, and the
    numbers to choose from. Entries at `zeros` (counted through all positions) are 0."""

    section: str
    spelling: str
    name: str
    rows: Mapping_[Position, Rows]
    grid: Grid
    zeros: frozenset[int]
    asked: bool
    """Whether the file names the range, which is then kept."""

    @property
    def choices(self) -> int:
        """How many values an entry may have that is not to be 0."""
        return self.grid.values - (self.grid.zero is not None)

    def value(self, pick: int) -> Fraction:
        """The value with this number, counted from 0 and without 0 itself; 0 for a negative number."""
        grid = self.grid
        if pick < 0:
            return Fraction(0)
        return grid.low + (pick + (grid.zero is not None and pick >= grid.zero)) * grid.step

    @property
    def largest(self) -> Fraction:
        return max(abs(self.grid.low), abs(self.grid.high))

    @property
    def count(self) -> int:
        """How many entries there are, at all positions."""
        return sum(len(rows) * len(rows[0]) for rows in self.rows.values())

    @property
    def shape(self) -> Shape | None:
        """Rows and columns, None where there are several positions."""
        first, *others = self.rows.values()
        return None if others else (len(first), len(first[0]))

    def narrowed(self) -> "Drawable | None":
        """The same with half of the range, or with a tenth of the step where it is that short; None if the range is to
        be kept, and beyond `FINEST`."""
        grid = self.grid
        if self.asked:
            return None
        low, high = (_half(end, grid.step) for end in (grid.low, grid.high))
        if (low, high) == (grid.low, grid.high):
            if grid.step.denominator > 10**FINEST:
                return None
            step = grid.step / 10
            low, high = (_half(end, step) for end in (grid.low, grid.high))
            return replace(self, grid=Grid(low, high, step))
        return replace(self, grid=Grid(low, high, grid.step))


def _half(end: Fraction, step: Fraction) -> Fraction:
    """Half of an end of a range, at least one step away from 0."""
    steps = int(end / 2 / step) or (1 if end > 0 else -1 if end < 0 else 0)
    return steps * step if abs(steps * step) < abs(end) else end


def drawables(exercise: Exercise, file: Mapping, rules: Rules) -> list[Drawable]:
    """The quantities to be drawn: those with a range, and all others that the file writes as numbers; but not columns
    of a one and zeros, which stand for words, nor what is zero throughout."""
    found = []
    for section in ("inputs", "parameters", "initial"):
        entries = file.get(section)
        for spelling, _ in entries.entries if isinstance(entries, Mapping) else ():
            ref = exercise.quantities.find(spelling.text)
            rows = _numbers(exercise, section, ref) if ref else {}
            if ref is None or not rows or ref.name in rules.keep:
                continue
            asked = rules.grids.get(ref.name)
            if asked or _may_change(rows):
                numbers = [entry for one in rows.values() for row in one for entry in row]
                grid = asked or _like(numbers)
                zeros = _zeros(numbers, grid, rules.seed, ref.name)
                found.append(Drawable(section, spelling.text, ref.name, rows, grid, zeros, asked is not None))
    return found


def _numbers(exercise: Exercise, section: str, ref: Ref) -> dict[Position, Rows]:
    """The arrays of an entry of the file, by position; empty if they are not there as they stand in the file."""
    network = exercise.network
    if section != "initial":
        return dict(network.given[ref.name].values) if ref.name in network.given else {}
    position = ref.position
    return {
        at: network.data[name, at]
        for name, at in network.plan.boundary
        if name == ref.name and (name, at) in network.data and position in ((), at)
    }


def _may_change(rows: Mapping_[Position, Rows]) -> bool:
    entries = [entry for one in rows.values() for row in one for entry in row]
    rational = all(isinstance(entry, Fraction) for entry in entries)
    return rational and any(entry != 0 for entry in entries) and not all(map(_stands_for_a_word, rows.values()))


def _stands_for_a_word(rows: Rows) -> bool:
    entries = [entry for row in rows for entry in row]
    return len(entries) > 1 and sorted(map(str, entries)) == ["0"] * (len(entries) - 1) + ["1"]


def _like(entries: list[Exact]) -> Grid:
    """Numbers with the denominators of these, and as large: halves among halves, tenths among tenths."""
    rational = [entry for entry in entries if isinstance(entry, Fraction)]
    step = Fraction(1, lcm(*(entry.denominator for entry in rational)))
    most = max(*map(abs, rational), LEAST * step)
    return Grid(-most, most, step)


def _zeros(entries: list[Exact], grid: Grid, seed: int, name: str) -> frozenset[int]:
    """The entries that are 0 in every variant, so that all are equally hard to work out."""
    if grid.zeros is None and grid.sparsity is None:
        return frozenset(place for place, entry in enumerate(entries) if entry == 0)
    count = grid.zeros if grid.zeros is not None else round((grid.sparsity or 0) * len(entries))
    return chosen(min(count, len(entries)), len(entries), seed, "zeros", name)
