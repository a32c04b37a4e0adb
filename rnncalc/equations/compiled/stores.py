"""Where values live between the steps of a program: one array for each quantity, over the positions needed of it."""

from collections.abc import Container, Mapping
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.boxes import Box, Position, hull
from rnncalc.equations.compiled.series import Store, Stores, aligned
from rnncalc.equations.schedule import Plan
from rnncalc.equations.shapes import Shape
from rnncalc.equations.walks import refs
from rnncalc.errors import LimitError, Problem, UsageError

MOST_EMPTY = 1_000_000
"""So many positions of a quantity may be stored without being needed."""

Given = Mapping[str, Any]
"""name → array (rows, columns), or (last position of each index …, rows, columns)."""
Initial = Mapping[tuple[str, Position], Any]
"""(name, position) → array (rows, columns)."""


class Extent(Struct, frozen=True):
    """The positions and the shape of a quantity."""

    positions: Box
    shape: Shape

    @property
    def count(self) -> int:
        return prod(high - low + 1 for low, high in self.positions)

    def blank(self) -> Store:
        sizes = (high - low + 1 for low, high in self.positions)
        return Store(aligned(*sizes, *self.shape), tuple(low for low, _ in self.positions))


def extents(plan: Plan, known: Mapping[str, Shape]) -> dict[str, Extent]:
    """All positions of the computed quantities, those at the boundary included."""
    boxes: dict[str, list[Box]] = {}
    for number, wanted in plan.wanted.items():
        boxes.setdefault(plan.equations[number].name, []).extend(wanted)
    for name, position in plan.boundary:
        boxes.setdefault(name, []).append(tuple((place, place) for place in position))
    found = {}
    for name, each in boxes.items():
        found[name] = Extent(hull(each), known[name])
        needed = sum(Extent(box, known[name]).count for box in each)
        if found[name].count > MOST_EMPTY + 2 * needed:
            what = f"`{name}` is used at positions too far apart: {found[name].count} for the {needed} that are needed"
            raise LimitError(Problem(what, None, "number the positions without gaps"))
    return found


def put_boundary(stores: Stores, boundary: Initial, names: Container[str]) -> None:
    """Put the values at the boundary into the stores of the quantities named, as far as these hold them."""
    for (name, position), value in boundary.items():
        if name in names and stores[name].holds(position):
            stores[name].array[stores[name].place(position)] = value


def inputs_of(plan: Plan) -> dict[str, int]:
    """The inputs and parameters that the plan uses, with how many indices each has."""
    computed = {equation.name for equation in plan.equations}
    used = [ref for number in plan.wanted for ref, _ in refs(plan.equations[number].expression)]
    return {ref.name: len(ref.indices) for ref in used if ref.name not in computed}


def read(given: Given, inputs: Mapping[str, int], known: Mapping[str, Shape]) -> dict[str, Store]:
    """The data as stores, without copying. Raises UsageError for data that is missing or of another shape."""
    stores = {}
    for name, slots in inputs.items():
        stores[name] = Store(checked(name, given.get(name), slots, known[name]), (1,) * slots)
    return stores


def initial_values(
    initial: Initial, plan: Plan, known: Mapping[str, Shape], batch: bool = False
) -> dict[tuple[str, Position], Any]:
    """Every value at the boundary. Raises UsageError for one that is missing: a state is never zero unnoticed."""
    return {
        (name, position): checked(
            f"{name}[{','.join(map(str, position))}]", initial.get((name, position)), 0, known[name], batch
        )
        for name, position in plan.boundary
    }


def checked(what: str, value: Any, slots: int, shape: Shape, batch: bool = False) -> Any:
    """The array, with as many axes before rows and columns as there are indices; `batch` allows one more behind."""
    if value is None:
        hint = "give it as `initial`; `program.zeros()` are zeros" if "[" in what else None
        raise UsageError(Problem(f"`{what}` is missing", None, hint))
    array = np.asarray(value, dtype=np.float64)
    if array.shape[slots : slots + 2] != shape or array.ndim - slots not in ((2, 3) if batch else (2,)):
        expected = ", ".join(["…"] * slots + list(map(str, shape)) + ["N"] * batch)
        raise UsageError(Problem(f"`{what}` has shape {array.shape}; ({expected}) was expected"))
    return array
