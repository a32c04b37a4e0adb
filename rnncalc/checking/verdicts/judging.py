"""A sheet of answers → a verdict for every entry, in the order of the steps, by the rules of docs/checking.md."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import inf

from rnncalc.answers import Answer, Entry, Key, Written
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputing.reach import Reach, coarseness, reach
from rnncalc.checking.recomputing.recomputation import (
    CUT,
    LOOSE,
    POINT,
    ROUNDED,
    Habit,
    Recomputation,
    Sheet,
    Units,
    units,
)
from rnncalc.checking.truth import Truth
from rnncalc.checking.verdicts.attempts import Attempt, Outcome, attempts_at
from rnncalc.checking.verdicts.edges import cut, is_a_unit_off, is_cut, is_near, loosely, meets
from rnncalc.checking.verdicts.layout import layout
from rnncalc.checking.verdicts.possible import is_possible
from rnncalc.checking.verdicts.standard import unwritten
from rnncalc.equations.domains.interval import Pair
from rnncalc.exercise.policy import Policy, Verdict

MOST_OF_A_ZERO = 0.1
"""The unit of a written 0 is this at most."""

UNIT_OF_WORDS = 0.01
"""Who hands in words alone may have rounded to so much on the way."""
FAR = 2
"""A number so many units from the true value is likely to be wrong."""


class Judging:
    """One sheet under judgment: `attempts` in the order of the steps, and their `outcomes` as far as they are known;
    `faulty` are entries that are wrong or follow from wrong ones."""

    def __init__(self, marking: Marking, answers: Iterable[Answer], policy: Policy) -> None:
        self.marking, self.policy = marking, policy
        self.known = attempts_at(marking, policy)
        self.standard = self.known.standard
        self.faulty: dict[Key, set[int]] = {}
        self.impossible: dict[Key, set[int]] = {}
        self.outcomes: list[Outcome] = []
        self._views: dict[tuple[Habit, bool], Recomputation] = {}
        handed_in = self.known.of(answers)
        self.layout = layout(marking, tuple([one.place for one in handed_in]))
        self.handed_in = self.layout.in_order(handed_in)
        self.attempts = self.handed_in
        if any(one.has_zeros for one in self.handed_in):
            # A plain 0 has no digit that could be right or wrong: it is taken to have as many as the rest of the sheet.
            unit = min(MOST_OF_A_ZERO, self.units.unit or MOST_OF_A_ZERO)
            self.attempts = [self.known.finer(one, unit) if one.has_zeros else one for one in self.handed_in]

    @cached_property
    def units(self) -> Units:
        """Found once for all sheets whose numbers have as many digits."""
        # The 1 of a one-hot column has no digits.
        numbers = [one for one in self.handed_in if one.step.key[0] not in self.marking.chosen]
        return self.known.units.of(tuple([one.digits for one in numbers]), None, lambda: self._units(numbers))

    def _units(self, numbers: Iterable[Attempt]) -> Units:
        written = [entry for one in numbers for entry in one.written]
        if not written and self.policy.digits is None:
            return Units(UNIT_OF_WORDS)
        return units(written, self.policy.digits if self.policy.rounding == "steps" else None)

    @property
    def coarsest(self) -> tuple[float, float]:
        """The largest unit of a number, and the tolerance."""
        return max([one.coarsest for one in self.handed_in], default=0.0), float(self.policy.tolerance or 0)

    @cached_property
    def by_key(self) -> dict[Key, Attempt]:
        return {one.step.key: one for one in self.attempts}

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet(self.units, self.by_key, self.layout.whole, self.layout.compiled)

    @cached_property
    def shown(self) -> dict[Key, tuple[Entry, ...]]:
        """The entries as they are judged."""
        return {one.step.key: one.entries for one in self.attempts}

    @cached_property
    def verdicts(self) -> dict[Key, tuple[Verdict, ...]]:
        """Those of all steps, once they are judged."""
        pairs = zip(self.layout.steps, self.outcomes, strict=True)
        return {step.key: outcome.verdicts for step, outcome in pairs}

    @cached_property
    def first_wrong(self) -> Key | None:
        """The first step with an entry that is wrong there."""
        return next((key for key, found in self.verdicts.items() if "wrong" in found), None) if self.faulty else None

    def judge(self) -> None:
        for number, attempt in enumerate(self.attempts):
            outcome = attempt.outcome or self.among(number, attempt)
            self.outcomes.append(outcome)
            if outcome.faulty:
                step = attempt.step
                self.faulty[step.key] = set(outcome.faulty)
                if not is_possible(step, attempt.entries):
                    self.impossible[step.key] = set(range(len(step.truth)))

    def among(self, number: int, attempt: Attempt) -> Outcome:
        """The outcome of an attempt that the true values alone do not decide on. It depends on its numbers and those of
        the steps behind it, and on nothing else as long as none of these is faulty."""
        known, layout = self.known, self.layout
        if self.faulty and not self.faulty.keys().isdisjoint(layout.behind(attempt.step.key)):
            return known.outcome(attempt, tuple(self.step(attempt, follows=True)))
        place = layout, self.units, layout.around[number](self.attempts)
        found = known.among.get(place)
        return found or known.keep(place, known.outcome(attempt, tuple(self.step(attempt, follows=False))))

    def step(self, attempt: Attempt, follows: bool) -> Iterator[Verdict]:
        """The verdicts one by one; `follows` says whether a number behind the step is faulty."""
        step, standard = attempt.step, self.standard
        for number, (entry, true) in enumerate(zip(attempt.entries, step.truth, strict=True)):
            if not isinstance(entry, Written):
                yield unwritten(entry)
                continue
            verdict = standard.exact(entry, true) or self.carried(step.key, number, entry, true, follows)
            short = verdict not in ("wrong", "follows") and standard.is_short(entry, true)
            yield "too few digits" if short else verdict

    # -- what the true value alone does not tell

    def carried(self, key: Key, number: int, entry: Written, true: Truth, follows: bool) -> Verdict:
        if key[0] in self.marking.chosen:
            return self.choice(key, number, entry, follows)
        found = None if self.needs_no_rounding(key, entry) else self.by_rounding(key, number, entry, true, follows)
        if found:
            return found if self.policy.rounding == "steps" or is_near(true, entry, found) else "carried"
        return "follows" if follows and self.is_led_to(key, number, entry, true) else "wrong"

    def choice(self, key: Key, number: int, entry: Written, follows: bool) -> Verdict:
        """Of a one-hot column: whether rounding may have led to this word, or faulty numbers."""
        if meets(self.pair(LOOSE, follows, key, number), entry.number, 0.0, 0.0):
            return "carried"
        return "follows" if follows and meets(self.pair(LOOSE, False, key, number), entry.number, 0.0, 0.0) else "wrong"

    def by_rounding(self, key: Key, number: int, entry: Written, true: Truth, corrected: bool) -> Verdict | None:
        """The verdict, if rounding leads from the numbers before to this one; `corrected`, from what faulty ones should
        be."""
        half = self.half_of(entry)
        is_far = abs(entry.number - true.number) > FAR * (entry.step + half or 1.0)
        if is_far and (self.is_beyond(key, number, entry) or self.misses(key, number, entry, half, corrected)):
            return None
        rounded = self.pair(ROUNDED, corrected, key, number)
        if meets(rounded, entry.number, half, half):
            return "carried"
        before_cut = cut(entry)
        if is_cut(true, entry) or meets(rounded, entry.number, *before_cut):
            return "truncated"
        if meets(self.pair(CUT, corrected, key, number), entry.number, *before_cut):
            return "truncated"
        if self.is_off_by_a_unit(key, number, entry, true, corrected):
            return "last digit"
        return (
            "carried" if meets(self.pair(LOOSE, corrected, key, number), entry.number, *loosely(entry, half)) else None
        )

    def is_led_to(self, key: Key, number: int, entry: Written, true: Truth) -> bool:
        """Whether any of these rules leads to a number from those before as they are written: what is rounded or cut
        lies in the loosest interval too."""
        if meets(self.pair(LOOSE, False, key, number), entry.number, *loosely(entry, self.half_of(entry))):
            return True
        return is_cut(true, entry) or self.is_off_by_a_unit(key, number, entry, true, corrected=False)

    def is_off_by_a_unit(self, key: Key, number: int, entry: Written, true: Truth, corrected: bool) -> bool:
        """From the true value, or from what the numbers before lead to without any rounding."""
        if not entry.step:
            return False
        if is_a_unit_off(true, entry):
            return True
        last = 1.5 * entry.step
        return meets(self.pair(POINT, corrected, key, number), entry.number, last, last)

    def misses(self, key: Key, number: int, entry: Written, half: float, corrected: bool) -> bool:
        """Whether a number that is not near the true value is too far from the loosest interval for every rule: the
        intervals of other habits lie in that one, and no rule looks farther than two units."""
        if key not in self.marking.total:
            return False
        loose = self.pair(LOOSE, corrected, key, number)
        margin = 2 * (entry.step + half) + 1e-9 * (abs(loose[0]) + abs(loose[1]) + abs(entry.number))
        return entry.number < loose[0] - margin or entry.number > loose[1] + margin

    def needs_no_rounding(self, key: Key, entry: Written) -> bool:
        """Whether the digits written suffice for every number on the way from those before, which are the true ones:
        then this one is the true one or wrong."""
        pending, seen = [key], {key}
        while pending:
            one = pending.pop()
            found, unit = self.marking.plain(one), entry.step if one == key else self.units.unit
            if found is None or unit > found.unit * 1.001 or found.largest > found.unit * self.most_kept:
                return False
            for need in self.marking.steps[one].needs:
                if need not in seen:
                    seen.add(need)
                    if not self.is_shown(need):
                        pending.append(need)
                    elif not self.is_true(need):
                        return False
        return True

    @cached_property
    def most_kept(self) -> float:
        """So many units has the largest number that who counts significant digits writes down whole."""
        kept = self.units.significant
        return inf if kept is None else 0.99 * 10.0 ** max(kept, 2)

    def is_shown(self, key: Key) -> bool:
        """Whether all entries of a step stand there, and none of them is faulty."""
        return key in self.layout.whole and key not in self.faulty

    def is_true(self, key: Key) -> bool:
        """Whether a step stands there as it is, without any rounding."""
        pairs = zip(self.shown[key], self.marking.steps[key].truth, strict=True)
        return all(isinstance(entry, Written) and entry.value == true.exact for entry, true in pairs)

    def is_beyond(self, key: Key, number: int, entry: Written) -> bool:
        """Whether a number is farther from the true value than rounding can lead, so that no rule accepts it."""
        found = self.reach.get(key)
        return found is not None and not found.entries[number][0] <= entry.number <= found.entries[number][1]

    @cached_property
    def reach(self) -> Reach:
        """Where accepted numbers of such sheets can lie."""
        coarse = coarseness(self.units, *self.coarsest)
        return self.known.reaches.of((coarse,), None, lambda: reach(self.marking, coarse))

    def half_of(self, entry: Written) -> float:
        """How far a right number may be from what it stands for, as a float."""
        return entry.step / 2 if entry.step and self.policy.tolerance is None else float(self.standard.half(entry))

    def pair(self, habit: Habit, corrected: bool, key: Key, number: int) -> Pair:
        """The step recomputed; kept, since other entries of the step ask for it again."""
        view = self._views.get((habit, corrected))
        if view is None:
            left_out = self.faulty if corrected else self.impossible
            view = Recomputation(self.marking, self.sheet, habit, left_out)
            self._views[habit, corrected] = view
        pair: Pair = view.step(key).entries[number]
        return pair
