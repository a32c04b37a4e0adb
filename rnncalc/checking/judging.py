"""A sheet of answers → a verdict for every entry, in the order of the steps; rules 1 to 7 of docs/checking.md."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

from msgspec.structs import replace

from rnncalc.answers import Entry, Key, Unreadable, Written
from rnncalc.checking.layout import layout
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.possible import is_possible
from rnncalc.checking.reach import Reach, coarseness, reach
from rnncalc.checking.recomputation import CUT, LOOSE, POINT, ROUNDED, Habit, Recomputation, units
from rnncalc.checking.truth import Truth
from rnncalc.equations.domains.interval import Pair
from rnncalc.exercise.policy import Policy, Verdict

EXACTLY = Fraction(1, 10**30)
"""How near an expression such as σ(2) comes to the true value, relative to it, if it is that value."""

MOST_OF_A_ZERO = 0.1
"""The unit of a written 0 is this at most."""

FAR = 20
"""A number so many units from the true value is likely to be wrong."""


class Judging:
    """One sheet under judgment: `shown` are its entries, `faulty` those that are wrong or follow from wrong ones."""

    def __init__(self, marking: Marking, shown: dict[Key, tuple[Entry, ...]], policy: Policy) -> None:
        self.marking, self.policy, self.memory = marking, policy, marking.memory(policy)
        self.faulty: dict[Key, set[int]] = {}
        self.impossible: dict[Key, set[int]] = {}
        self.verdicts: dict[Key, tuple[Verdict, ...]] = {}
        self._views: dict[tuple[Habit, bool], Recomputation] = {}
        written: list[Written] = []
        partly: set[Key] = set()
        step, zeros = 0.0, False
        for key, entries in shown.items():
            for entry in entries:
                if not isinstance(entry, Written):
                    partly.add(key)
                    continue
                written.append(entry)
                step, zeros = max(step, entry.step), zeros or not entry.number
        self.layout = layout(marking, shown, partly)
        self.units = units(written, policy.digits if policy.rounding == "steps" else None)
        self.coarsest = step, float(policy.tolerance or 0)
        # A plain 0 has no digit that could be right or wrong: it is taken to have as many as the rest of the sheet.
        coarse = min(MOST_OF_A_ZERO, self.units.unit or MOST_OF_A_ZERO)
        self.shown = {key: self.finer(entries, coarse) for key, entries in shown.items()} if zeros else shown

    def finer(self, entries: tuple[Entry, ...], unit: float) -> tuple[Entry, ...]:
        """The entries with a finer unit for zeros."""
        if not any(isinstance(entry, Written) and not entry.number and entry.step > unit for entry in entries):
            return entries
        place = "finer", unit, id(entries)
        return self.memory.of(place, entries, lambda: tuple(_finer(entry, unit) for entry in entries))

    def judge(self) -> dict[Key, tuple[Verdict, ...]]:
        for step in self.layout.steps:
            verdicts = self.verdicts[step.key] = self.judged(step)
            if "wrong" in verdicts or "follows" in verdicts:
                faulty = {number for number, verdict in enumerate(verdicts) if verdict in ("wrong", "follows")}
                self.faulty[step.key] = faulty
                if not is_possible(step, self.shown[step.key]):
                    self.impossible[step.key] = set(range(len(step.truth)))
        return self.verdicts

    def judged(self, step: Step) -> tuple[Verdict, ...]:
        """The verdicts of a step. They depend on its numbers alone where all are right; else also on those of the steps
        behind it, and on nothing else as long as none of these is faulty."""
        entries = self.shown[step.key]
        found = self.memory.of(("alone", step.key, id(entries)), entries, lambda: self.alone(step))
        if found is not None:
            return found
        behind = self.layout.behind(step.key)
        if not self.faulty.keys().isdisjoint(behind):
            return tuple(self.step(step, follows=True))
        used = (self.layout, entries, *[self.shown[one] for one in behind])
        place = step.key, self.units, *map(id, used)
        return self.memory.of(place, used, lambda: tuple(self.step(step, follows=False)))

    def alone(self, step: Step) -> tuple[Verdict, ...] | None:
        """The verdicts of a step, if the true values tell."""
        entries = self.shown[step.key]
        found = tuple(
            self.right(entry, true) if isinstance(entry, Written) else _unwritten(entry)
            for entry, true in zip(entries, step.truth, strict=True)
        )
        return None if None in found else found  # type: ignore[return-value]

    def right(self, entry: Written, true: Truth) -> Verdict | None:
        verdict = self.exact(entry, true)
        return "too few digits" if verdict and self.is_short(entry, true) else verdict

    def step(self, step: Step, follows: bool) -> Iterator[Verdict]:
        """The verdicts one by one; `follows` says whether a number behind the step is faulty."""
        for number, (entry, true) in enumerate(zip(self.shown[step.key], step.truth, strict=True)):
            if not isinstance(entry, Written):
                yield _unwritten(entry)
                continue
            verdict = self.exact(entry, true) or self.carried(step.key, number, entry, true, follows)
            short = verdict not in ("wrong", "follows") and self.is_short(entry, true)
            yield "too few digits" if short else verdict

    # -- rule 1

    def exact(self, entry: Written, true: Truth) -> Verdict | None:
        # Floats decide unless the number lies on the edge.
        gap, edge = abs(entry.number - true.number), 1e-9 * entry.step + 1e-14 * abs(entry.number)
        if self.policy.tolerance is None and entry.step:
            if gap < entry.step / 2 - edge:
                return "exact"
            if gap > entry.step / 2 + edge:
                return None
        half = self.half(entry)
        if not true.lies(entry.value - half, entry.value + half):
            return None
        tolerance = self.policy.tolerance
        if tolerance is not None and not true.lies(entry.value - tolerance, entry.value + tolerance):
            return "too few digits"
        return "exact"

    def half(self, entry: Written) -> Fraction:
        """How far a right number may be from what it stands for: half a unit, or the tolerance if that is more."""
        half = entry.unit / 2 if entry.unit else abs(entry.value) * EXACTLY
        tolerance = self.policy.tolerance
        return half if tolerance is None or tolerance < half else tolerance

    # -- rules 2 to 6

    def carried(self, key: Key, number: int, entry: Written, true: Truth, follows: bool) -> Verdict:
        found = self.by_rounding(key, number, entry, true, corrected=True)
        if found is None and follows and self.by_rounding(key, number, entry, true, corrected=False):
            return "follows"
        return found or "wrong"

    def by_rounding(self, key: Key, number: int, entry: Written, true: Truth, corrected: bool) -> Verdict | None:
        half = self.half_of(entry)
        gap = abs(entry.number - true.number) / (entry.step + half or 1.0)
        if gap > FAR and corrected and self.is_beyond(key, number, entry):
            return None
        rounded = self.pair(ROUNDED, corrected, key, number)
        if meets(rounded, entry.number, half, half):
            return "carried"
        cut = _cut(entry)
        if _is_cut(true, entry) or meets(rounded, entry.number, *cut):
            return "truncated"
        if gap > 2 and key in self.marking.total and self.misses(self.pair(LOOSE, corrected, key, number), entry, half):
            return None
        if meets(self.pair(CUT, corrected, key, number), entry.number, *cut):
            return "truncated"
        last = 1.5 * entry.step
        if entry.step and (
            true.lies(entry.value - entry.unit * Fraction(3, 2), entry.value + entry.unit * Fraction(3, 2))
            or meets(self.pair(POINT, corrected, key, number), entry.number, last, last)
        ):
            return "last digit"
        inward, outward = loosely(entry, half)
        return "carried" if meets(self.pair(LOOSE, corrected, key, number), entry.number, inward, outward) else None

    def misses(self, loose: Pair, entry: Written, half: float) -> bool:
        """Whether a number that is not near the true value is too far from the loosest interval for every rule: the
        intervals of other habits lie in that one, and no rule looks farther than two units."""
        margin = 2 * (entry.step + half) + 1e-9 * (abs(loose[0]) + abs(loose[1]) + abs(entry.number))
        return entry.number < loose[0] - margin or entry.number > loose[1] + margin

    def is_beyond(self, key: Key, number: int, entry: Written) -> bool:
        """Whether a number is farther from the true value than rounding can lead, so that no rule accepts it."""
        found = self.reach.get(key)
        return found is not None and not found.entries[number][0] <= entry.number <= found.entries[number][1]

    @cached_property
    def reach(self) -> Reach:
        """Where accepted numbers of such sheets can lie."""
        coarse = coarseness(self.units, *self.coarsest)
        return self.memory.of(("reach", coarse), None, lambda: reach(self.marking, coarse))

    def half_of(self, entry: Written) -> float:
        """The same as a float."""
        return entry.step / 2 if entry.step and self.policy.tolerance is None else float(self.half(entry))

    def pair(self, habit: Habit, corrected: bool, key: Key, number: int) -> Pair:
        """The step recomputed; kept, since other entries of the step ask for it again."""
        view = self._views.get((habit, corrected))
        if view is None:
            left_out = self.faulty if corrected else self.impossible
            view = Recomputation(self.marking, self.shown, left_out, habit, self.units, None, self.layout.whole)
            self._views[habit, corrected] = view
        pair: Pair = view.step(key).entries[number]
        return pair

    # -- rule 7

    def is_short(self, entry: Written, true: Truth) -> bool:
        digits = self.policy.digits
        if digits is None or not entry.unit or entry.value == true.exact:
            return False
        return entry.decimals < digits and entry.significant < digits


def _unwritten(entry: Unreadable | None) -> Verdict:
    return "invalid" if isinstance(entry, Unreadable) else "missing"


def _finer(entry: Entry, unit: float) -> Entry:
    if isinstance(entry, Written) and not entry.number and entry.step > unit:
        return replace(entry, unit=Fraction(unit).limit_denominator(10**12), step=unit)
    return entry


def around(number: float, inward: float, outward: float) -> Pair:
    """From `number` − inward to `number` + outward, edges included."""
    margin = 4e-16 * abs(number) + 1e-9 * (inward + outward)
    return number - inward - margin, number + outward + margin


def meets(pair: Pair, number: float, inward: float, outward: float) -> bool:
    """Whether the interval has a value there."""
    low, high = around(number, inward, outward)
    return pair[0] <= high and pair[1] >= low


def _cut(entry: Written) -> tuple[float, float]:
    """How far the number before the cut lies below and above, just less than a unit away from zero."""
    nearly = entry.step * (1 - 1e-7)
    return (nearly, nearly) if not entry.number else (0.0, nearly) if entry.number > 0 else (nearly, 0.0)


def loosely(entry: Written, half: float) -> tuple[float, float]:
    """How far the number lies below and above, if it was rounded or cut."""
    whole = max(half, entry.step)
    return (whole, whole) if not entry.number else (half, whole) if entry.number > 0 else (whole, half)


def _is_cut(true: Truth, entry: Written) -> bool:
    below, above = _cut(entry)
    return bool(entry.step) and entry.number - below <= true.number <= entry.number + above
