"""A shown step with the hidden steps behind it as one compiled function of the numbers written before.

The walk over the equations finds the same, bit for bit; it is what single sheets are judged by. Where many sheets show
the same quantities, a function pays: it takes a third of the time. What follows from given numbers alone is worked out
once for all sheets of the same digits.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from math import inf

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputing.recomputation import Habit, Units
from rnncalc.checking.slots import UntraceableError, Writing, slots_of
from rnncalc.checking.tape import run
from rnncalc.equations import Ref, bind
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.interval_code import HIDDEN, Compiled, Listing, Operation, Slot, load, written
from rnncalc.equations.domains.scalars import Array

LONGEST = 400
"""Operations of a function; longer ones are left to the walk."""
MOST_PREPARED = 64
"""What follows from given numbers is kept for so many sorts of digits."""


class _Tracing(Writing):
    """Writes down a cone. `known` are the quantities as they are used: the `inputs` as they are shown, hidden ones with
    what rounding does to them."""

    def __init__(self, marking: Marking, shown: Collection[Key]) -> None:
        super().__init__(marking.domain, marking.shape, marking.exercise.network.plan.lengths, set())
        self.marking, self.shown = marking, shown
        self.inputs: list[Key] = []
        self.known: dict[Key, Array] = {}

    def step(self, key: Key) -> Array:
        step = self.marking.steps[key]
        lasts = self.marking.exercise.network.plan.lasts
        return self.worked(bind(step.equation.expression, {**lasts, **step.letters}))

    def hide(self, key: Key) -> None:
        """Work out a hidden step, as it goes on to others."""
        value = self.step(key)
        entries = tuple(self.put(HIDDEN, _only_compiled, slot) for slot in value.entries)
        self.sheet.update(entries)
        self.known[key] = Array(value.rows, value.columns, entries)

    def quantity(self, ref: Ref) -> Array:
        key: Key = ref.name, tuple(index.offset for index in ref.indices)
        if key in self.shown and key not in self.known:
            self.inputs.append(key)
            rows, columns = self.marking.shapes[key]
            self.known[key] = Array(rows, columns, self.new(rows * columns, is_sheet=True))
        elif key not in self.known:
            given = self.marking.lookup(*key)
            self.known[key] = Array(given.rows, given.columns, tuple(map(self.constant, given.entries)))
        return self.known[key]

    def listing(self, value: Array, is_rounded: bool) -> Listing:
        """What depends on the sheet."""
        needed = self.needed(value.entries)
        made = [self.operations[slot] for slot in needed if slot in self.operations and slot in self.sheet]
        used = dict.fromkeys((*(slot for one in made for slot in slots_of(one)), *value.entries))
        prepared = [slot for slot in used if slot not in self.sheet and slot not in self.constants]
        inputs = [self.known[key].entries for key in self.inputs]
        return Listing(self.constants, prepared, inputs, made, value.entries, is_rounded)

    def before(self, slots: Iterable[Slot]) -> list[Operation]:
        """What leads to slots that do not depend on the sheet."""
        return [self.operations[slot] for slot in self.needed(slots) if slot in self.operations]


def _only_compiled(_: Pair) -> Pair:
    raise AssertionError("what a hidden step is off by is a matter of the sheet")


class Cone:
    """`inputs` are the shown steps used."""

    def __init__(self, tracing: _Tracing, value: Array, listing: Listing, function: Compiled) -> None:
        self.domain, self.shape = tracing.real, (value.rows, value.columns)
        self.inputs = tuple(tracing.inputs)
        self._function, self._is_rounded, self._used = function, listing.is_rounded, listing.prepared
        self._ready, self._constants = tracing.before(listing.prepared), tracing.constants
        self._prepared: dict[Units | None, list[Pair]] = {}

    def value(self, inputs: Sequence[Array], sheet: Units, habit: Habit) -> Array:
        """The step from those before it. Raises ArithmeticError where only the walk tells."""
        place = sheet if self._is_rounded else None
        given = self._prepared.get(place)
        if given is None:
            given = self._prepare(place)
        plain = inf if sheet.significant is None else sheet.plain
        entries = [one.entries for one in inputs]
        return Array(*self.shape, self._function(given, *entries, sheet.unit, plain, sheet.at, habit.hidden))

    def _prepare(self, sheet: Units | None) -> list[Pair]:
        if len(self._prepared) >= MOST_PREPARED:
            self._prepared.clear()
        values = dict(self._constants)
        self.domain.rounding = sheet.at if sheet else None
        run(self._ready, values)
        self._prepared[sheet] = found = [values[slot] for slot in self._used]
        return found


class Cones:
    """Those of sheets that show the same."""

    def __init__(self, marking: Marking, cones: Mapping[Key, Sequence[Key]]) -> None:
        self.marking, self.cones = marking, cones
        self._order = {key: number for number, key in enumerate(marking.steps)}
        self._known: dict[tuple[Key, bool], Cone | None] = {}
        self._functions: dict[Hashable, Compiled] = {}

    def of(self, key: Key, is_rounded: bool) -> Cone | None:
        """The function of a shown step, if it is one that can be compiled."""
        if key not in self.cones:
            return None
        place = key, is_rounded
        if place not in self._known:
            try:
                self._known[place] = self._made(key, is_rounded)
            except UntraceableError:
                self._known[place] = None
        return self._known[place]

    def _made(self, key: Key, is_rounded: bool) -> Cone | None:
        tracing = _Tracing(self.marking, self.cones)
        if len(self.cones[key]) > LONGEST:
            return None
        for hidden in sorted(self.cones[key][1:], key=self._order.__getitem__):
            tracing.hide(hidden)
        value = tracing.step(key)
        listing = tracing.listing(value, is_rounded)
        if len(listing.made) > LONGEST:
            return None
        text, called = written(listing)
        place = text, tuple(one.kind for one in called.values())
        if place not in self._functions:
            operations = {name: one.operate for name, one in called.items()}
            self._functions[place] = load(text, operations, self.marking.domain)
        return Cone(tracing, value, listing, self._functions[place])
