"""Stage 7, run: a compiled loop, block by block; rows are computed ahead, turns run, values stored. Memory does not
grow with the length of the sequence, except for what is kept."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rnncalc.equations.boxes import Position
from rnncalc.equations.compiled.emit import Stacked
from rnncalc.equations.compiled.recurrence import Recurrence
from rnncalc.equations.compiled.rows import Columns, Fill
from rnncalc.equations.compiled.scalars import Scalars
from rnncalc.equations.compiled.series import Store, aligned
from rnncalc.equations.compiled.stores import put_boundary
from rnncalc.equations.compiled.turn import Constant, Literal, Operand, Past, Row
from rnncalc.equations.tree import Ref

BLOCK_ENTRIES = 1 << 17
"""The rows and values of a block are about so many numbers, 1 MB, but at least so many turns."""
SMALLEST_BLOCK = 128

Stores = dict[str, Store]
Boundary = Mapping[tuple[str, Position], Any]


def run_recurrence(of: Recurrence, stores: Stores, boundary: Boundary) -> None:
    """Run all turns. Reads and writes the stores; a first value that has no store comes from `boundary`."""
    lines = _side_by_side(of, stores, boundary) if of.joint else None
    if of.scalars is not None:
        try:
            return _through(_ScalarRun(of, dict(stores), boundary, of.scalars))
        except (ArithmeticError, ValueError):
            pass  # a number is out of range, where arrays go on with inf and nan
    return _through(_ArrayRun(of, dict(stores), boundary, lines))


def _side_by_side(of: Recurrence, stores: Stores, boundary: Boundary) -> Store:
    """An array with a line for each turn, which the loop fills by one copy a turn, and in it the stores of the members
    that are kept in full."""
    ends = [of.loop.turn(of.members[name], end) for name, extent in of.joint.items() for end in extent.positions[0]]
    start, stop = of.source.copied
    lines = Store(aligned(max(ends) - min(ends) + 1, stop - start), (min(ends),))
    for name, extent in of.joint.items():
        turns = sorted(of.loop.turn(of.members[name], end) for end in extent.positions[0])
        low, high = of.plan.place(of.turn.results[name])
        values = lines.array[lines.rows(0, *turns), low - start : high - start]
        values = values[::-1] if of.loop.backward else values
        stores[name] = Store(values.reshape(len(values), *extent.shape), (extent.positions[0][0],))
    put_boundary(stores, boundary, of.joint)
    return lines


class _Run:
    """What both kinds of run share: rows in, values out."""

    def __init__(self, of: Recurrence, stores: Stores, boundary: Boundary) -> None:
        self.of, self.stores, self.boundary = of, stores, boundary
        for write, name in of.first:
            stores[name] = Store(aligned(*of.scope.shape(Ref(name))), ())
            write(stores, {})
        width = sum(columns.width for columns in of.columns) + of.source.copied[1] - of.source.copied[0]
        width += sum(of.size(name) for name, _ in of.source.series if name not in of.stored)
        block = max(SMALLEST_BLOCK, BLOCK_ENTRIES // max(1, width))
        self.count = min(block, of.span[1] - of.span[0] + 1)
        self.fills: list[tuple[Columns, Fill, Any]] = [
            (columns, columns.prepare(stores), aligned(self.count, columns.width)) for columns in of.columns
        ]

    def spans(self) -> Iterator[tuple[int, int]]:
        """The first and last turn of each block."""
        first, last = self.of.span
        for start in range(first, last + 1, self.count):
            yield start, min(start + self.count - 1, last)

    def constant(self, part: Operand) -> Any:
        """A parameter, transposed and multiplied as the loop needs it: (rows, columns)."""
        assert isinstance(part, Constant), "what is stacked does not change from turn to turn"
        value = self.stores[part.name].array
        value = value.T if part.transposed else value
        return value if part.factor == 1.0 else part.factor * value

    def before(self, name: str, turn: int) -> Any:
        """The entries of a member at a turn before the first; not a number where nothing looks back so far."""
        place = (self.position(name, turn),)
        if (name, place) in self.boundary:
            return self.boundary[name, place].reshape(-1)
        if name in self.stores and self.stores[name].holds(place):
            return self.stores[name].array[self.stores[name].place(place)].reshape(-1)
        return np.full(self.of.size(name), np.nan)

    def position(self, name: str, turn: int) -> int:
        return self.of.loop.position(self.of.members[name], turn)

    def rows(self, start: int, stop: int) -> dict[Row, tuple[Any, int, int]]:
        """Each row with its block, in the order of turns, and its columns there."""
        count, loop = stop - start + 1, self.of.loop
        found: dict[Row, tuple[Any, int, int]] = {}
        for columns, fill, block in self.fills:
            low, high = (-stop, -start) if loop.backward else (start, stop)
            shift = columns.shift if loop.backward else -columns.shift
            fill(self.stores, {loop.letter: (low + shift, high + shift)}, block[:count])
            in_turn = block[:count][::-1] if loop.backward else block[:count]
            found |= {row: (in_turn, *place) for row, place in columns.places.items()}
        return found

    def put(self, name: str, start: int, values: Any) -> None:
        """Store the values of the turns from `start` on, as far as their positions are kept."""
        store = self.stores[name]
        first, last = (self.position(name, turn) for turn in (start, start + len(values) - 1))
        if self.of.loop.backward:
            first, last, values = last, first, values[::-1]
        low, high = max(first, store.origin[0]), min(last, store.origin[0] + len(store.array) - 1)
        if low <= high:
            kept = store.array[store.rows(0, low, high)]
            kept[:] = values[low - first : high - first + 1].reshape(kept.shape)


class _ArrayRun(_Run):
    """On arrays: the parameters stacked, the slab, a row for each value that has one."""

    def __init__(self, of: Recurrence, stores: Stores, boundary: Boundary, lines: Store | None) -> None:
        super().__init__(of, stores, boundary)
        self.lines = lines
        self.constants = list(map(self.stacked, of.source.constants))
        self.copies = aligned(0 if lines else self.count, of.source.copied[1] - of.source.copied[0])
        self.slab = aligned(of.plan.size)
        first = of.span[0]
        for past in of.plan.slots:
            if isinstance(past, Past):
                low, high = of.plan.place(past)
                self.slab[low:high] = self.before(past.name, first - past.lag)
        self.blocks: dict[str, Any] = {}
        for name, lag in of.source.series:
            if name not in of.stored:
                self.blocks[name] = aligned(lag + self.count, of.size(name))
                for back in range(1, lag + 1):
                    self.blocks[name][lag - back] = self.before(name, first - back)

    def stacked(self, of: Stacked) -> Any:
        """A grid of matrices, or vectors in lines."""
        first = of.grid[0][0]
        if isinstance(first, Literal):
            return np.array(first.value)
        if of.lines:
            found = np.concatenate([self.constant(part).reshape(-1) for part in of.grid[0]])
            return found.reshape(of.lines, -1) if of.lines > 1 else found
        rows = [[self.constant(part) for part in row] for row in of.grid]
        height, width = sum(len(row[0]) for row in rows), sum(part.shape[1] for part in rows[0])
        result = aligned(width, height).T  # column by column, as OpenBLAS multiplies up to a third faster
        np.concatenate([np.concatenate(row, axis=1) for row in rows], out=result)
        return result

    def turns(self, start: int, stop: int) -> None:
        count, of = stop - start + 1, self.of
        found = self.rows(start, stop)
        rows = []
        for group, lines in of.source.rows:
            block, low, _ = found[group[0]]
            values = block[:, low : found[group[-1]][2]]
            rows.append(values.reshape(count, lines, -1) if lines > 1 else values)
        series = [
            self.blocks[name][: lag + count] if name in self.blocks else self.stretch(name, start - lag, stop)
            for name, lag in of.source.series
        ]
        copies = self.lines.array[self.lines.rows(0, start, stop)] if self.lines else self.copies[:count]
        of.source.loop(self.slab, self.constants, rows, series, copies, count)
        self.keep(start, count)

    def stretch(self, name: str, start: int, stop: int) -> Any:
        """The store of a member from one turn to another, in the order of turns, each value flat."""
        store, backward = self.stores[name], self.of.loop.backward
        places = sorted((self.position(name, start), self.position(name, stop)))
        view = store.array[store.rows(0, *places)].reshape(stop - start + 1, -1)
        return view[::-1] if backward else view

    def keep(self, start: int, count: int) -> None:
        """Store what is asked of the turns just run; carry on what the next block looks back to."""
        of = self.of
        for name in of.plan.copied if not self.lines else ():
            low, high = (end - of.source.copied[0] for end in of.plan.place(of.turn.results[name]))
            self.put(name, start, self.copies[:count, low:high])
        for name, lag in of.source.series:
            if name in self.blocks:
                block = self.blocks[name]
                if name in self.stores:
                    self.put(name, start, block[lag : lag + count])
                block[:lag] = block[count : count + lag].copy()


class _ScalarRun(_Run):
    """On Python floats: the entries of the parameters, the entries of the past values."""

    def __init__(self, of: Recurrence, stores: Stores, boundary: Boundary, scalars: Scalars) -> None:
        super().__init__(of, stores, boundary)
        self.scalars = scalars
        constants = [self.constant(part).reshape(-1).tolist() for part in scalars.constants]
        self.constants: list[float] = [entry for entries in constants for entry in entries]
        self.state = [
            entry for past in scalars.pasts for entry in self.before(past.name, of.span[0] - past.lag).tolist()
        ]

    def turns(self, start: int, stop: int) -> None:
        count, source = stop - start + 1, self.scalars
        found = self.rows(start, stop)
        pieces = [block[:, low:high] for block, low, high in (found[row] for row in source.rows)]
        rows: Any = np.concatenate(pieces, axis=1).tolist() if pieces else range(count)
        keep: list[float] = []
        self.state = source.loop(rows, self.constants, self.state, keep)
        values, low = np.array(keep).reshape(count, -1), 0
        for name in source.kept:
            high = low + self.of.size(name)
            self.put(name, start, values[:, low:high])
            low = high


def _through(run: _ArrayRun | _ScalarRun) -> None:
    for start, stop in run.spans():
        run.turns(start, stop)
