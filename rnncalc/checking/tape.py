"""Equations as single operations on scalars, written one after the other; equal ones stand there once.

Wrong equations differ little from the right ones and from each other: at one step of a sheet, hundreds of them share
most of their operations. These are the interval domain's own, called as the walk over an equation calls them; only the
walk and the arrays are spared. What uses given numbers only is worked out once for all sheets of one rounding.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, count
from typing import Any, NamedTuple

from msgspec import Struct

from rnncalc.equations import (
    FUNCTIONS,
    Binary,
    Call,
    Expr,
    Function,
    Number,
    Over,
    Ref,
    Shape,
    bind,
    children,
    compile_walk,
    operation,
)
from rnncalc.equations.domains.interval import Interval, Pair
from rnncalc.equations.domains.scalars import Array
from rnncalc.numbers import Exact

Slot = int
Values = dict[Slot, Pair]
Letters = Mapping[str, int]
Lookup = Callable[[str, tuple[int, ...]], Array]

LARGEST = 2_000
"""Arrays with more entries, and sums over more positions, are left to the walk."""
MOST_GIVEN = 400
"""What follows from given numbers is kept for so many steps and roundings."""


class Operation(NamedTuple):
    """`slot` takes what `operate` makes of one slot, of two, or of two lists of slots (a dot product)."""

    slot: Slot
    operate: Callable[..., Pair]
    one: Any
    other: Any = None


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


class UntraceableError(Exception):
    """An expression that is left to the walk: which parts it uses hangs on positions, or on the numbers."""


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

    def value(self, expr: Expr, at: Letters, scene: Scene, rounding: Callable[[Pair], float] | None) -> Array:
        """The expression in a scene. `rounding` is how far off intermediate results may be."""
        known = self._programs.get(id(expr))
        if known is None:
            known = self._programs[id(expr)] = expr, self._written(expr)
        self.domain.rounding = rounding
        program = known[1]
        if program is None:
            return self._walked(expr, at)
        values = scene.values
        if program not in scene.ready:
            self._prepare(program, at, scene)
        values.update(scene.ready[program])
        _fill(values, program.inputs, at)
        _run(program.body, values)
        self.domain.rounding = None
        _run(program.last, values)
        return Array(*program.shape, tuple([values[slot] for slot in program.slots]))

    def _prepare(self, program: Program, at: Letters, scene: Scene) -> None:
        given = scene.given
        given.update(self.writing.constants)
        _fill(given, program.given, at)
        _run(program.prepared, given)
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
            return self.writing.program(expr, self._find)
        except UntraceableError:
            return None

    def _find(self, ref: Ref) -> Callable[[Letters], Array]:
        return compile_walk(ref, self.domain, self.lookup, self.lengths)


def is_one_operation(expr: Expr) -> bool:
    """Whether the last thing done is one product, quotient or activation of each entry."""
    match expr:
        case Binary("*" | "/"):
            return True
        case Call(function):
            return FUNCTIONS[function].kind == "elementwise"
        case _:
            return False


def _fill(values: Values, quantities: Iterable[Quantity], at: Letters) -> None:
    for quantity in quantities:
        if quantity.slots[0] not in values:
            values.update(zip(quantity.slots, quantity.find(at).entries, strict=True))


def _run(operations: Iterable[Operation], values: Values) -> None:
    for slot, operate, one, other in operations:
        if slot in values:
            continue
        if other is None:
            values[slot] = operate(values[one])
        elif type(one) is int:
            values[slot] = operate(values[one], values[other])
        else:
            values[slot] = operate([values[part] for part in one], [values[part] for part in other])


class Writing(Interval):
    """The domain whose scalars are slots: what is done with them is written down."""

    def __init__(
        self, domain: Interval, shape: Callable[[str], Shape], lengths: Mapping[str, int], computed: set[str]
    ) -> None:
        super().__init__()
        self.real, self.of_name, self.lengths, self.computed = domain, shape, lengths, computed
        self.constants: Values = {}
        self.operations: dict[Slot, Operation] = {}
        self.quantities: dict[Ref, tuple[Slot, ...]] = {}
        self._sheet: set[Slot] = set()
        self._known: dict[Hashable, Slot] = {}
        self._numbers = count()
        self._is_last = False

    # -- expressions

    def program(self, expr: Expr, find: Callable[[Ref], Callable[[Letters], Array]]) -> Program:
        if is_one_operation(expr):
            parts = [self.traced(part) for part in children(expr)]
            self._is_last = True
            try:
                value = operation(expr, self)(*parts)
            finally:
                self._is_last = False
        else:
            value = self.traced(expr)
        needed = sorted(self._needed(value.entries))
        operations = [self.operations[slot] for slot in needed if slot in self.operations]
        body = [one for one in operations if one.slot in self._sheet]
        last = set(value.entries) if is_one_operation(expr) else set()
        used = {slot for one in body for slot in _slots(one)} | set(value.entries)
        present = set(needed)
        quantities = [
            (ref, Quantity(find(ref), slots)) for ref, slots in self.quantities.items() if present.intersection(slots)
        ]
        return Program(
            (value.rows, value.columns),
            value.entries,
            tuple(one for ref, one in quantities if ref.name not in self.computed),
            tuple(one for one in operations if one.slot not in self._sheet),
            tuple(slot for slot in used if slot not in self._sheet),
            tuple(one for ref, one in quantities if ref.name in self.computed),
            tuple(one for one in body if one.slot not in last),
            tuple(one for one in body if one.slot in last),
        )

    def traced(self, expr: Expr) -> Array:
        match expr:
            case Number(value):
                return self.number(value)
            case Ref():
                return self.quantity(expr)
            case Over(_, body, letter, at):
                last = self.lengths[letter]
                if last > LARGEST or (at is not None and at.base):
                    raise UntraceableError
                found = [self.traced(bind(body, {letter: position})) for position in range(1, last + 1)]
                return self.total(found) if at is None else self.softmax(found)[at.offset - 1]
            case _:
                return operation(expr, self)(*map(self.traced, children(expr)))  # type: ignore[no-any-return]

    def quantity(self, ref: Ref) -> Array:
        rows, columns = self.of_name(ref.name)
        if rows * columns > LARGEST:
            raise UntraceableError
        if ref not in self.quantities:
            self.quantities[ref] = tuple(next(self._numbers) for _ in range(rows * columns))
            if ref.name in self.computed:
                self._sheet.update(self.quantities[ref])
        return Array(rows, columns, self.quantities[ref])

    def _needed(self, slots: Iterable[Slot]) -> set[Slot]:
        found, pending = set(slots), list(slots)
        while pending:
            one = self.operations.get(pending.pop())
            more = [slot for slot in _slots(one) if slot not in found] if one else []
            found.update(more)
            pending += more
        return found

    # -- operations

    def put(self, kind: Hashable, operate: Callable[..., Pair], one: Any, other: Any = None) -> Slot:
        place = kind, one, other, self._is_last
        if place not in self._known:
            slot = self._known[place] = next(self._numbers)
            self.operations[slot] = written = Operation(slot, operate, one, other)
            # Rounding the last result or not is a matter of the sheet.
            if self._is_last or not self._sheet.isdisjoint(_slots(written)):
                self._sheet.add(slot)
        return self._known[place]

    def constant(self, pair: Pair) -> Slot:
        place = "constant", pair
        if place not in self._known:
            self._known[place] = next(self._numbers)
            self.constants[self._known[place]] = pair
        return self._known[place]

    def _slot(self, scalar: Any) -> Slot:
        return self.constant(scalar) if isinstance(scalar, tuple) else scalar

    def scalar(self, value: Exact) -> Any:
        return self.constant(super().scalar(value))

    def plus(self, left: Any, right: Any) -> Any:
        return self.put("plus", self.real.plus, self._slot(left), self._slot(right))

    def minus(self, left: Any, right: Any) -> Any:
        return self.put("minus", self.real.minus, self._slot(left), self._slot(right))

    def times(self, left: Any, right: Any) -> Any:
        return self.put("times", self.real.times, self._slot(left), self._slot(right))

    def over(self, left: Any, right: Any) -> Any:
        return self.put("over", self.real.over, self._slot(left), self._slot(right))

    def dot(self, row: Sequence[Any], column: Sequence[Any]) -> Any:
        return self.put("dot", self.real.dot, tuple(map(self._slot, row)), tuple(map(self._slot, column)))

    def exponential(self, operand: Any) -> Any:
        return self.put("exponential", self.real.exponential, self._slot(operand))

    def apply(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any:
        fixed = tuple(constants)
        return self.put((row.name, fixed), self.real.applying(row, fixed), self._slot(operand))

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        raise UntraceableError

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        raise UntraceableError


def _slots(one: Operation) -> tuple[Slot, ...]:
    if isinstance(one.one, int):
        return (one.one,) if one.other is None else (one.one, one.other)
    return tuple(chain(one.one, one.other))
