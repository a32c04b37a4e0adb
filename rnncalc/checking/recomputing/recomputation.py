"""A step recomputed from the student's own numbers, in intervals: what their digits allow, and what hidden steps add.

A `Habit` says how wide a written number is taken to be, and how far a step that is not shown may be off.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import floor, inf, log10, nextafter
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from rnncalc.answers import Entry, Key, Written
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.tape import Entries, Scene
from rnncalc.checking.truth import Truth
from rnncalc.equations import Expr
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.scalars import Array

if TYPE_CHECKING:
    from rnncalc.checking.recomputing.cone import Cone, Cones


class Habit(Struct, frozen=True):
    """A written number stands for all from `inward` units nearer to zero to `outward` units farther from it; a hidden
    step is off by `hidden` units at most, an intermediate result (a product, an activation) by `product`."""

    inward: float
    outward: float
    hidden: float
    product: float = 0.0


ROUNDED = Habit(0.5, 0.5, 0.5)
CUT = Habit(0.0, 1.0, 1.0)
POINT = Habit(0.0, 0.0, 0.0)
LOOSE = Habit(0.5, 1.0, 1.0, 1.0)


class CircularError(ArithmeticError):
    """Wrong equations may need their own results."""


class Units(Struct, frozen=True):
    """The digits of a sheet: its commonest unit, and how many significant digits it may have been rounded to. Numbers
    below `plain` have enough of these for all their decimals."""

    unit: float
    significant: int | None = None
    plain: float = 0.0

    def at(self, pair: Pair) -> float:
        """One unit of a number of this size."""
        low, high = pair
        size = high if high > -low else -low
        if size < self.plain or self.significant is None or not 0 < size < inf:
            return self.unit
        return max(self.unit, 10.0 ** (floor(log10(size)) + 1 - self.significant))


def units(entries: list[Written], digits: int | None) -> Units:
    """The units of a sheet; `digits` is what the exercise tells to round every step to, if it does."""
    counts: dict[float, int] = {}
    kept = 0
    for entry in [entry for entry in entries if entry.decimals and entry.number] or entries:
        if step := entry.step:
            counts[step] = counts.get(step, 0) + 1
            kept = max(kept, entry.significant)
    least = 10.0**-digits if digits is not None else 0.0
    if not counts:
        return Units(least)
    common = max(counts, key=lambda unit: (counts[unit], unit)) if len(counts) > 1 else next(iter(counts))
    # Whoever counts significant digits may drop a last zero: the longest number tells how many.
    unit = max(common, least)
    return Units(unit, kept or None, 0.99 * unit * 10.0**kept if kept else 0.0)


class Shown(Protocol):
    """What a sheet shows for a step; `passed` keeps what later steps use of it, by habit."""

    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def written(self) -> Sequence[Written]: ...
    @property
    def step(self) -> Step: ...
    @property
    def passed(self) -> dict[Habit, Array]: ...


class Sheet(Struct, frozen=True):
    """The digits of a sheet, and what it `shows`, with all entries of the steps in `whole`; `cones` are compiled
    functions of its steps, if there are any."""

    units: Units
    shows: Mapping[Key, Shown] = {}
    whole: Collection[Key] = ()
    cones: "Cones | None" = None


class Recomputation:
    """One habit's view of one sheet. Entries that are `left_out` are replaced by what the student's other numbers lead
    to. `rewritten` gives other equations than the right ones."""

    def __init__(
        self,
        marking: Marking,
        sheet: Sheet,
        habit: Habit,
        left_out: Mapping[Key, set[int]] | None = None,
        rewritten: Callable[[Key], Expr] | None = None,
    ) -> None:
        self.marking, self.sheet, self.habit, self.rewritten = marking, sheet, habit, rewritten
        self.left_out = left_out if left_out is not None else {}
        self.shown, self.whole, self.units = sheet.shows, sheet.whole, sheet.units
        # Functions are those of the right equations.
        self.cones = None if rewritten else sheet.cones
        self._cones: dict[Key, Cone | None] = {}
        self.passed: dict[Key, Array] = {}
        self.found: dict[Key, Array] = {}
        self.scenes: dict[Key, Scene] = {}

    def step(self, key: Key) -> Array:
        """The step itself, from what is before it."""
        if key not in self.found:
            self.supply(key)
            self.found[key] = self.compute(key)
        return self.found[key]

    def worked(self, key: Key) -> Array:
        """The step as it goes on to others, where nothing is shown."""
        self.pass_on((key,))
        return self.passed[key]

    def pass_on(self, keys: Iterable[Key]) -> None:
        """Find what later steps use of these."""
        for key in keys:
            if key not in self.passed and not self.pass_whole(key):
                self.supply(key)
                self.passed[key] = self.passing(key)

    def expression(self, key: Key) -> Expr:
        return self.rewritten(key) if self.rewritten else self.marking.steps[key].equation.expression

    def cone(self, key: Key) -> "Cone | None":
        """The compiled function of a shown step, if there is one that tells here."""
        if self.cones is None:
            return None
        if key not in self._cones:
            self._cones[key] = self.cones.of(key, bool(self.habit.product))
        return self._cones[key]

    def compute(self, key: Key) -> Array:
        cone = self.cone(key)
        if cone is not None:
            try:
                return cone.value([self.passed[one] for one in cone.inputs], self.units, self.habit)
            except ArithmeticError:
                self._cones[key] = None
                self.supply(key)
        return self.value(self.expression(key), self.marking.steps[key].letters, key)

    def value(self, expression: Expr, letters: Mapping[str, int], key: Key) -> Array:
        scene = self.scene(key)
        try:
            return self.marking.tape.value(expression, letters, scene, self.units.at if self.habit.product else None)
        except ArithmeticError:
            rows, columns = self.marking.shapes[key]
            return Array(rows, columns, ((-inf, inf),) * (rows * columns))

    def entries(self, expression: Expr, letters: Mapping[str, int], key: Key) -> Entries | tuple[Pair, ...]:
        """The same, entry by entry as they are asked for; for what has a value whatever the numbers are."""
        scene = self.scene(key)
        return self.marking.tape.entries(expression, letters, scene, self.units.at if self.habit.product else None)

    def scene(self, key: Key) -> Scene:
        """Where a step takes place, with what is passed on to it."""
        self.marking.source = self.passed.__getitem__
        if key not in self.scenes:
            self.scenes[key] = self.marking.tape.scene(key, self.units if self.habit.product else None)
        return self.scenes[key]

    def needs(self, key: Key) -> tuple[Key, ...]:
        cone = self.cone(key)
        if cone is not None:
            return cone.inputs
        step = self.marking.steps[key]
        if self.rewritten is None:
            return step.needs
        expression = self.rewritten(key)
        return step.needs if expression is step.equation.expression else self.marking.needs(expression, step.letters)

    def supply(self, key: Key) -> None:
        """Find what the step uses, hidden steps before those that use them."""
        passed = self.passed
        pending = [one for one in self.needs(key) if one not in passed and not self.pass_whole(one)]
        entered: set[Key] = set()
        while pending:
            one = pending[-1]
            if one in passed or self.pass_whole(one):
                pending.pop()
                continue
            missing = [need for need in self.needs(one) if need not in passed]
            if missing:
                if one in entered:
                    raise CircularError
                entered.add(one)
                pending += missing
                continue
            passed[one] = self.passing(one)
            pending.pop()

    def pass_whole(self, key: Key) -> bool:
        """Pass a step on as it is written, if that is so of all its entries."""
        if key not in self.whole or self.left_out.get(key):
            return False
        attempt, habit = self.shown[key], self.habit
        found = attempt.passed.get(habit)
        if found is None:
            pairs = zip(attempt.written, attempt.step.truth, strict=True)
            array = Array(*attempt.step.shape, tuple([self.written(entry, true) for entry, true in pairs]))
            found = attempt.passed[habit] = array
        self.passed[key] = found
        return True

    def passing(self, key: Key, value: Array | None = None) -> Array:
        """What later steps use of one that is not passed on as written, or not with all entries; `value` is what it is
        itself, if that is known."""
        step = self.marking.steps[key]
        entries = self.shown[key].entries if key in self.shown else (None,) * len(step.truth)
        out = self.left_out.get(key, ())
        hidden = value or self.found.get(key) or self.compute(key)
        found = []
        for number, entry in enumerate(entries):
            if isinstance(entry, Written) and number not in out:
                found.append(self.written(entry, step.truth[number]))
            else:
                found.append(self.widened(hidden.entries[number]))
        return Array(*step.shape, tuple(found))

    def written(self, entry: Written, true: Truth) -> Pair:
        """The interval a written number stands for; a true value is a point."""
        number, unit = entry.number, entry.step
        if not unit or (true.exact is not None and true.exact == entry.value):
            return number, number
        inward, outward = self.habit.inward * unit, self.habit.outward * unit
        if not number:
            return -outward, outward
        low, high = (inward, outward) if number > 0 else (outward, inward)
        return nextafter(number - low, -inf) if low else number, nextafter(number + high, inf) if high else number

    def widened(self, pair: Pair) -> Pair:
        margin = self.habit.hidden * self.units.at(pair)
        return pair[0] - margin, pair[1] + margin
