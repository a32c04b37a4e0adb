"""One network with many sets of data: the last axis of every array is the exercise."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.boxes import Box, Position, contains
from rnncalc.equations.compiled.arithmetic import Arrays
from rnncalc.equations.compiled.lanes import Lanes
from rnncalc.equations.compiled.stores import Given, Initial, checked, initial_values
from rnncalc.equations.domains.scalars import Array
from rnncalc.equations.evaluate import Evaluation
from rnncalc.equations.schedule import Plan
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Ref
from rnncalc.errors import Problem, UsageError

LANES = 1 << 14
"""So many exercises are computed together: 128 KB a number, and calls that are long beside what a call costs."""
MOST_ENTRIES = 64
"""Larger matrices are multiplied as matrices, not entry by entry."""

Values = Mapping[tuple[str, Position], Any]


class _Asked(Struct, frozen=True):
    """A target, its positions, and the array for its values."""

    target: Ref
    box: Box
    array: Any

    def put(self, position: Position, part: slice, value: Any) -> None:
        """Keep the value of some of the exercises, if this position is asked for."""
        if not contains((self.box,), position):
            return
        place = self.array[tuple(p - low for p, (low, _) in zip(position, self.box, strict=True))]
        if isinstance(value, Array):
            for number, entry in enumerate(value.entries):
                place[number // value.columns, number % value.columns, part] = entry
        else:
            place[..., part] = value

    @property
    def value(self) -> Any:
        return self.array.reshape(self.array.shape[len(self.box) :]) if self.target.indices else self.array


def run_batch(
    plan: Plan,
    known: Mapping[str, Shape],
    targets: Mapping[Ref, Box],
    inputs: Mapping[str, int],
    data: Given,
    initial: Initial,
) -> dict[Ref, Any]:
    """The values of the targets in their boxes, (…, rows, columns, N), for data of shape (…, rows, columns, N); what
    all exercises have in common may be given without the last axis. `inputs` tells how many indices each input has.

    Raises UsageError where something is missing or has another shape.
    """
    values = _instances(inputs, known, data) | initial_values(initial, plan, known, batch=True)
    count = _count(values)
    asked = [_asked(target, box, known[target.name], count) for target, box in targets.items()]
    by_entries = max(rows * columns for rows, columns in known.values()) <= MOST_ENTRIES
    for start in range(0, count, LANES):
        part = slice(start, min(start + LANES, count))
        some = {key: value[..., part] if value.ndim > 2 else value for key, value in values.items()}
        with np.errstate(all="ignore"):
            for name, position, value in _in_lanes(plan, some) if by_entries else _in_matrices(plan, some):
                for one in asked:
                    if one.target.name == name:
                        one.put(position, part, value)
    return {one.target: one.value for one in asked}


def _asked(target: Ref, box: Box, shape: Shape, count: int) -> _Asked:
    return _Asked(target, box, np.empty((*(high - low + 1 for low, high in box), *shape, count)))


def _instances(inputs: Mapping[str, int], known: Mapping[str, Shape], data: Given) -> dict[tuple[str, Position], Any]:
    """What is given, by position."""
    values = {}
    for name, slots in inputs.items():
        array = checked(name, data.get(name), slots, known[name], batch=True)
        for place in np.ndindex(array.shape[:slots]):
            values[name, tuple(p + 1 for p in place)] = array[place]
    return values


def _count(values: Values) -> int:
    counts = {array.shape[2] for array in values.values() if array.ndim == 3}
    if len(counts) != 1:
        raise UsageError(Problem(f"the last axis is the exercise, and its sizes do not agree: {sorted(counts)}"))
    return int(counts.pop())


def _in_lanes(plan: Plan, values: Values) -> Iterator[tuple[str, Position, Any]]:
    """Entry by entry, each an array over the exercises."""
    data = {key: Array(value.shape[0], value.shape[1], _lanes(value)) for key, value in values.items()}
    for one in Evaluation(plan, Lanes(), data, _no_default):
        yield one.equation.name, one.position, one.value


def _lanes(value: Any) -> tuple[Any, ...]:
    return tuple(entry if entry.ndim else float(entry) for row in value for entry in row)


def _in_matrices(plan: Plan, values: Values) -> Iterator[tuple[str, Position, Any]]:
    """Exercise by exercise in stacks of matrices."""
    data = {key: np.moveaxis(value, -1, 0) if value.ndim == 3 else value for key, value in values.items()}
    for one in Evaluation(plan, Arrays(), data, _no_default):
        value = one.value if one.value.ndim == 3 else one.value[None]
        yield one.equation.name, one.position, np.moveaxis(value, 0, -1)


def _no_default(name: str) -> Any:
    raise AssertionError(f"a first value of {name} was checked to be there")
