"""Plan → float64 program: the stages in order, and the run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations.algebra import Sizes
from rnncalc.equations.boxes import Box, Position, hull
from rnncalc.equations.compiled.arithmetic import UnsupportedError
from rnncalc.equations.compiled.batch import run_batch
from rnncalc.equations.compiled.group import Nest, Repeat, Whole, nests, widened
from rnncalc.equations.compiled.hoist import hoist
from rnncalc.equations.compiled.nest import Write, pointwise, run, run_turns, writer
from rnncalc.equations.compiled.recurrence import recurrence, spans
from rnncalc.equations.compiled.running import Boundary, Stores, run_recurrence
from rnncalc.equations.compiled.series import Ranges, Scope, Store
from rnncalc.equations.compiled.stores import (
    Extent,
    Given,
    Initial,
    extents,
    initial_values,
    inputs_of,
    put_boundary,
    read,
)
from rnncalc.equations.schedule import Plan
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Ref
from rnncalc.equations.walks import refs

FEWEST_TURNS = 64
"""A recurrence of fewer turns is not worth the 2 ms that its own loop costs to make."""

Step = Callable[[Stores, Boundary], None]


class Program(Struct, frozen=True):
    """A compiled plan. It holds no data: one program may run many times, also at once."""

    plan: Plan
    known: Mapping[str, Shape]
    targets: Mapping[Ref, Box]
    inputs: Mapping[str, int]
    extents: Mapping[str, Extent]
    steps: tuple[Step, ...]
    sources: tuple[str, ...]

    def run(self, data: Given, initial: Initial | None = None) -> dict[Ref, Any]:
        """The values of the targets, each (rows, columns), or (positions of each index …, rows, columns) for a target
        without indices.

        `data[name]` is an array (rows, columns) for a parameter, (last position of each index …, rows, columns) for an
        input; `initial[name, position]` an array (rows, columns) for each state of `plan.boundary`.
        Overflow and undefined values become inf and nan.
        Raises UsageError where something is missing or has another shape.
        """
        stores = read(data, self.inputs, self.known)
        stores |= {name: extent.blank() for name, extent in self.extents.items()}
        boundary = initial_values(initial or {}, self.plan, self.known)
        put_boundary(stores, boundary, self.extents)
        with np.errstate(all="ignore"):
            for step in self.steps:
                step(stores, boundary)
        return {target: self._value(target, box, stores[target.name]) for target, box in self.targets.items()}

    def run_batch(self, data: Given, initial: Initial | None = None) -> dict[Ref, Any]:
        """The same for N sets of data at once: every array has one more axis, the last, of N exercises; what all have
        in common may be given without it. Results have the axis too."""
        return run_batch(self.plan, self.known, self.targets, self.inputs, data, initial or {})

    def zeros(self) -> dict[tuple[str, Position], Any]:
        """Zeros for every state of `plan.boundary`: who says so has them as initial values."""
        return {(name, position): np.zeros(self.known[name]) for name, position in self.plan.boundary}

    def _value(self, target: Ref, box: Box, store: Store) -> Any:
        if target.indices:
            return store.array[store.place([low for low, _ in box])]
        return store.array[tuple(store.rows(slot, low, high) for slot, (low, high) in enumerate(box))]


def compiled(
    plan: Plan,
    known: Mapping[str, Shape],
    targets: Sequence[Ref],
    fewest_turns: int = FEWEST_TURNS,
    plain: bool = False,
) -> Program:
    """The program for a plan, group by group. With `plain`, every instance is computed by the plain walk."""
    return _Compiler(plan, known, targets, fewest_turns, plain).program()


class _Compiler:
    def __init__(
        self, plan: Plan, known: Mapping[str, Shape], targets: Sequence[Ref], fewest_turns: int, plain: bool
    ) -> None:
        self.given, self.known, self.plain, self.fewest_turns = plan, known, plain, fewest_turns
        self.nests = nests(plan)
        self.plan = replace(plan, wanted=widened(plan, self.nests))
        self.scope = Scope(Sizes(known), plan.lengths)
        self.boxes = {target: hull(plan.boxes(target)) for target in targets}
        self.extents = extents(self.plan, known)
        self.asked: dict[str, Box] = {}
        for target, box in self.boxes.items():
            self.asked[target.name] = hull([box, self.asked.get(target.name, box)])
        self.sources: list[str] = []

    def program(self) -> Program:
        steps = tuple(map(self.step, self.nests))
        inputs = inputs_of(self.given)
        return Program(self.given, self.known, self.boxes, inputs, self.extents, steps, tuple(self.sources))

    def step(self, nest: Nest) -> Step:
        if isinstance(nest, Repeat) and not self.plain:
            try:
                return self.loop(nest)
            except UnsupportedError:
                return self.turn_by_turn(nest)
        return self.at_once(nest)

    def loop(self, repeat: Repeat) -> Step:
        """A generated loop for the turns of all members, and single turns before and after. Members that nobody else
        needs lose their stores."""
        common, whole = spans(repeat, self.plan)
        if common[1] - common[0] + 1 < self.fewest_turns:
            raise UnsupportedError("a short loop")
        names = {self.plan.equations[member].name for member in repeat.members}
        full = {n: self.extents[n] for n in names if common != whole or self.is_needed_in_full(n, repeat)}
        partly = {name for name in names - set(full) if name in self.asked}
        made = recurrence(repeat, self.plan, self.scope, full, partly)
        self.sources.append(made.scalars.text if made.scalars else made.source.text)
        for name in names - set(full) | set(made.joint):
            extent = self.extents.pop(name)
            if name in partly:
                self.extents[name] = Extent(self.asked[name], extent.shape)
        writers, wanted = self.members(repeat.members)

        def recur(stores: Stores, boundary: Boundary) -> None:
            run_turns(repeat, (whole[0], common[0] - 1), writers, wanted, stores)
            run_recurrence(made, stores, boundary)
            run_turns(repeat, (common[1] + 1, whole[1]), writers, wanted, stores)

        return recur

    def members(self, numbers: Sequence[int]) -> tuple[dict[int, Write], dict[int, list[Ranges]]]:
        """The equations as they stand, and where they are wanted."""
        equations = {number: self.plan.equations[number] for number in numbers}
        wanted: dict[int, list[Ranges]] = {
            n: [equations[n].letters(box) for box in self.plan.wanted[n]] for n in numbers
        }
        make = pointwise if self.plain else writer
        return {number: make(equation, self.scope) for number, equation in equations.items()}, wanted

    def is_needed_in_full(self, name: str, repeat: Repeat) -> bool:
        """Whether a member is used or has other equations outside its loop, or is asked for at most positions."""
        if any(self.plan.equations[n].name == name for n in self.plan.wanted if n not in repeat.members):
            return True
        inside = {(use.consumer, use.ref) for use in repeat.uses}
        if any(
            ref.name == name and (number, ref) not in inside
            for number in self.plan.wanted
            for ref, _ in refs(self.plan.equations[number].expression)
        ):
            return True
        return name in self.asked and 2 * Extent(self.asked[name], (1, 1)).count > self.extents[name].count

    def at_once(self, nest: Nest) -> Step:
        writers, wanted = self.members((nest.equation,) if isinstance(nest, Whole) else nest.members)
        return lambda stores, boundary: run(nest, writers, wanted, stores)

    def turn_by_turn(self, nest: Repeat) -> Step:
        equations = {member: self.plan.equations[member] for member in nest.members}
        _, wanted = self.members(nest.members)
        before = hoist(nest, equations, self.plan.wanted, self.scope)
        first = [(writer(equation, before.scope), equation, box) for equation, box in before.before]
        writers = {member: writer(equation, before.scope) for member, equation in before.equations.items()}

        def recur(stores: Stores, boundary: Boundary) -> None:
            inside = dict(stores)
            for write, equation, box in first:
                inside[equation.name] = Extent(box, before.scope.shape(Ref(equation.name))).blank()
                write(inside, equation.letters(box))
            run(nest, writers, wanted, inside)

        return recur
