"""Equations as single operations on scalars, written one after the other; equal ones stand there once.

Wrong equations differ little from the right ones and from each other: at one step of a sheet, hundreds of them share
most of their operations. These are the interval domain's own, called as the walk over an equation calls them; only the
walk and the arrays are spared. What uses given numbers only is worked out once for all sheets of one rounding.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.checking.slots import UntraceableError, Writing, is_one_operation, slots_of
from rnncalc.equations import Expr, Ref, Shape, children, compile_walk, operation
from rnncalc.equations.domains.interval import Interval, Pair
from rnncalc.equations.domains.interval_code import Operation, Slot
from rnncalc.equations.domains.scalars import Array

Values = dict[Slot, Pair]
Letters = Mapping[str, int]
Rounding = Callable[[Pair], float]
Lookup = Callable[[str, tuple[int, ...]], Array]

MOST_GIVEN = 400
"""What follows from given numbers is kept for so many steps and roundings."""


Part = tuple[tuple[Operation, ...], tuple[Operation, ...]]


class Quantity(Struct, frozen=True):
    """A quantity used: where it is found, and the slots of its entries."""

    find: Callable[[Letters], Array]
    slots: tuple[Slot, ...]


class Program(Struct, frozen=True, eq=False):
    """An expression. `given` and `prepared` do not depend on the sheet; the results of `last` are not rounded on the
    way, but when they are written down. `used` are the slots of `prepared` that the rest needs."""

    shape: Shape
    slots: tuple[Slot, ...]
    given: tuple[Quantity, ...]
    prepared: tuple[Operation, ...]
    used: tuple[Slot, ...]
    inputs: tuple[Quantity, ...]
    body: tuple[Operation, ...]
    last: tuple[Operation, ...]


Followed = dict[Hashable, tuple[Values, dict[Program, Values]]]
"""By step and rounding, what follows from given numbers, and which of it each program uses."""


class Scene:
    """One step of one sheet: the values known there. `given` are those that all sheets of its rounding share, `ready`
    those of them that each program uses."""

    def __init__(self, given: Values, ready: dict[Program, Values]) -> None:
        self.values: Values = {}
        self.given, self.ready = given, ready


class Entries:
    """The entries of an expression in a scene, each worked out when it is asked for."""

    def __init__(self, tape: "Tape", program: Program, values: Values, rounding: Rounding | None) -> None:
        self._tape, self._program, self._values, self._rounding = tape, program, values, rounding

    def __iter__(self) -> Iterator[Pair]:
        return map(self.__getitem__, range(len(self._program.slots)))

    def __getitem__(self, number: int) -> Pair:
        slot, values = self._program.slots[number], self._values
        if slot not in values:
            body, last = self._tape.part(self._program, slot)
            self._tape.domain.rounding = self._rounding
            run(body, values)
            self._tape.domain.rounding = None
            run(last, values)
        return values[slot]


class Tape:
    """The expressions of a system; `computed` are the names whose values differ from sheet to sheet."""

    def __init__(
        self,
        domain: Interval,
        lookup: Lookup,
        shape: Callable[[str], Shape],
        lengths: Mapping[str, int],
        computed: set[str],
    ) -> None:
        self.domain, self.lookup, self.lengths = domain, lookup, lengths
        self.writing = Writing(domain, shape, lengths, computed)
        self._programs: dict[int, tuple[Expr, Program | None]] = {}
        self._parts: dict[tuple[Program, Slot], Part] = {}
        self._quantities: dict[Ref, Quantity] = {}
        self.forget()

    def forget(self) -> None:
        """Other numbers are given."""
        self.given: Followed = {}

    def scene(self, step: Hashable, rounding: Hashable) -> Scene:
        place = step, rounding
        if place not in self.given:
            if len(self.given) >= MOST_GIVEN:
                self.given.clear()
            self.given[place] = {}, {}
        return Scene(*self.given[place])

    def value(self, expr: Expr, at: Letters, scene: Scene, rounding: Rounding | None) -> Array:
        """The expression in a scene. `rounding` is how far off intermediate results may be."""
        self.domain.rounding = rounding
        program = self._begun(expr, at, scene)
        if program is None:
            return self._walked(expr, at)
        values = scene.values
        run(program.body, values)
        self.domain.rounding = None
        run(program.last, values)
        return Array(*program.shape, tuple([values[slot] for slot in program.slots]))

    def entries(self, expr: Expr, at: Letters, scene: Scene, rounding: Rounding | None) -> "Entries | tuple[Pair, ...]":
        """The entries of that, worked out when they are asked for."""
        self.domain.rounding = rounding
        program = self._begun(expr, at, scene)
        return Entries(self, program, scene.values, rounding) if program else self._walked(expr, at).entries

    def _begun(self, expr: Expr, at: Letters, scene: Scene) -> Program | None:
        """The program of an expression, with all in the scene that it begins with."""
        known = self._programs.get(id(expr))
        if known is None:
            known = self._programs[id(expr)] = expr, self._written(expr)
        program = known[1]
        if program is not None:
            if program not in scene.ready:
                self._prepare(program, at, scene)
            scene.values.update(scene.ready[program])
            _fill(scene.values, program.inputs, at)
        return program

    def part(self, program: Program, slot: Slot) -> Part:
        """What of the body and of the last operations leads to one slot."""
        place = program, slot
        if place not in self._parts:
            needed = {slot}
            last = _leading(program.last, needed)
            self._parts[place] = _leading(program.body, needed), last
        return self._parts[place]

    def _prepare(self, program: Program, at: Letters, scene: Scene) -> None:
        given = scene.given
        given.update(self.writing.constants)
        _fill(given, program.given, at)
        run(program.prepared, given)
        scene.ready[program] = {slot: given[slot] for slot in program.used}

    def _walked(self, expr: Expr, at: Letters) -> Array:
        def found(part: Expr) -> Array:
            walk = compile_walk(part, self.domain, self.lookup, self.lengths, steady=False)
            return walk(at)  # type: ignore[no-any-return]

        if not is_one_operation(expr):
            return found(expr)
        parts = [found(part) for part in children(expr)]
        self.domain.rounding = None
        return operation(expr, self.domain)(*parts)  # type: ignore[no-any-return]

    def _written(self, expr: Expr) -> Program | None:
        try:
            value = self.writing.worked(expr)
        except UntraceableError:
            return None
        return self._program(value, value.entries if is_one_operation(expr) else ())

    def _program(self, value: Array, last: Collection[Slot]) -> Program:
        writing = self.writing
        needed = writing.needed(value.entries)
        operations = [writing.operations[slot] for slot in needed if slot in writing.operations]
        body = [one for one in operations if one.slot in writing.sheet]
        used = {slot for one in body for slot in slots_of(one)} | set(value.entries)
        refs = dict.fromkeys([writing.owners[slot] for slot in needed if slot in writing.owners])
        return Program(
            (value.rows, value.columns),
            value.entries,
            tuple(self._quantity(ref) for ref in refs if ref.name not in writing.computed),
            tuple(one for one in operations if one.slot not in writing.sheet),
            tuple(slot for slot in used if slot not in writing.sheet),
            tuple(self._quantity(ref) for ref in refs if ref.name in writing.computed),
            tuple(one for one in body if one.slot not in last),
            tuple(one for one in body if one.slot in last),
        )

    def _quantity(self, ref: Ref) -> Quantity:
        if ref not in self._quantities:
            find = compile_walk(ref, self.domain, self.lookup, self.lengths)
            self._quantities[ref] = Quantity(find, self.writing.quantities[ref])
        return self._quantities[ref]


def _leading(operations: Sequence[Operation], needed: set[Slot]) -> tuple[Operation, ...]:
    """Those that lead to what is needed; what these need is needed too."""
    found = []
    for one in reversed(operations):
        if one.slot in needed:
            found.append(one)
            needed.update(slots_of(one))
    return tuple(reversed(found))


def _fill(values: Values, quantities: Iterable[Quantity], at: Letters) -> None:
    for quantity in quantities:
        if quantity.slots[0] not in values:
            values.update(zip(quantity.slots, quantity.find(at).entries, strict=True))


def run(operations: Iterable[Operation], values: Values) -> None:
    for slot, operate, one, other, _, _ in operations:
        if slot in values:
            continue
        if other is None:
            values[slot] = operate(values[one])
        elif type(one) is int:
            values[slot] = operate(values[one], values[other])
        else:
            values[slot] = operate([values[part] for part in one], [values[part] for part in other])
