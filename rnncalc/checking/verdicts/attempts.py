"""What is known of answers to single steps, whatever else a sheet has: a class writes the same lines again and again.

Answers are told apart by their identity, which is quick: the reader gives the same answer for the same line.
"""

from collections.abc import Hashable, Iterable
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.answers import Answer, Entry, Written, most_remembered
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.memory import MOST_KNOWN, Memory
from rnncalc.checking.recomputing.recomputation import Habit
from rnncalc.checking.report import Part
from rnncalc.checking.verdicts.layout import Place
from rnncalc.checking.verdicts.scoring import Scoring
from rnncalc.checking.verdicts.standard import Standard
from rnncalc.equations.domains.scalars import Array
from rnncalc.exercise.policy import Policy, Verdict

MOST_DIGITS = 400_000
"""It is remembered of so many numbers how many digits they were written with: of fewer sheets where these are long."""
MOST_REACHES = 64
"""How far rounding leads is kept for sheets of so many sorts of digits: it is as large as the exercise."""


class Outcome(Struct, frozen=True, eq=False):
    """The verdicts of the entries of a step, the numbers of those that are wrong or follow from wrong ones, and what
    the report says of it."""

    verdicts: tuple[Verdict, ...]
    faulty: frozenset[int]
    part: Part


class Attempt:
    """The entries for a step as they are judged, and as they were `handed_in`. `outcome` is there where the true values
    alone tell; `passed` is what later steps use, by what the numbers are taken to stand for."""

    def __init__(self, step: Step, entries: tuple[Entry, ...], handed_in: tuple[Entry, ...]) -> None:
        self.step, self.entries, self.handed_in = step, entries, handed_in
        self.written = [entry for entry in entries if isinstance(entry, Written)]
        self.place = Place(step.key, len(self.written) == len(entries))
        self.digits = tuple([(one.step, one.decimals, one.significant, not one.number) for one in self.written])
        self.coarsest = max([entry.step for entry in self.written], default=0.0)
        self.has_zeros = not all(entry.number for entry in self.written)
        self.outcome: Outcome | None = None
        self.outcomes: dict[tuple[Verdict, ...], Outcome] = {}
        self.finer: dict[float, Attempt] = {}
        self.passed: dict[Habit, Array] = {}


class Attempts:
    """Those at an exercise that is marked by a policy. `among` are outcomes that other numbers of a sheet decide on,
    `units` is how sheets with the same digits are rounded. Only so much of all is kept that memory stays what it is."""

    def __init__(self, marking: Marking, policy: Policy) -> None:
        self.marking, self.policy = marking, policy
        self.standard, self.scoring = Standard(policy), Scoring(marking, policy)
        self.reaches = Memory(MOST_REACHES)
        numbers = sum(rows * columns for rows, columns in marking.shapes.values())
        self.units = Memory(min(MOST_KNOWN, 1 + MOST_DIGITS // max(1, numbers)))
        self.among: dict[Hashable, Outcome] = {}
        self._most = most_remembered(marking.shapes.values())
        self._known = lru_cache(self._most)(self._at)

    def of(self, answers: Iterable[Answer]) -> list[Attempt]:
        """The attempts of a sheet. A line of a blank sheet that is left as it is counts as no answer."""
        return [attempt for attempt in map(self._known, answers) if attempt]

    def _at(self, answer: Answer) -> Attempt | None:
        step = self.marking.steps.get(answer.key)
        return self._judged(Attempt(step, answer.entries, answer.entries)) if step and any(answer.entries) else None

    def _judged(self, attempt: Attempt) -> Attempt:
        if verdicts := self.standard.verdicts(attempt.entries, attempt.step.truth):
            attempt.outcome = self.outcome(attempt, verdicts)
        return attempt

    def finer(self, attempt: Attempt, unit: float) -> Attempt:
        """The attempt with a finer unit for zeros."""
        if unit not in attempt.finer:
            entries = tuple([_finer(entry, unit) for entry in attempt.entries])
            same = all(one is other for one, other in zip(entries, attempt.entries, strict=True))
            made = attempt if same else self._judged(Attempt(attempt.step, entries, attempt.handed_in))
            attempt.finer[unit] = made
        return attempt.finer[unit]

    def outcome(self, attempt: Attempt, verdicts: tuple[Verdict, ...]) -> Outcome:
        found = attempt.outcomes.get(verdicts)
        if found is None:
            faulty = frozenset([number for number, one in enumerate(verdicts) if one in ("wrong", "follows")])
            part = self.scoring.part(attempt.step, attempt.handed_in, verdicts)
            found = attempt.outcomes[verdicts] = Outcome(verdicts, faulty, part)
        return found

    def keep(self, place: Hashable, outcome: Outcome) -> Outcome:
        """Remember what is the outcome wherever a step and the steps behind it have the numbers in `place`."""
        if len(self.among) >= self._most:
            self.among.clear()
        self.among[place] = outcome
        return outcome


def attempts_at(marking: Marking, policy: Policy) -> Attempts:
    """What is known of attempts, if the policy is that of the last sheet."""
    found = marking.kept.of(Attempts, lambda: Attempts(marking, policy))
    return found if found.policy == policy else marking.kept.put(Attempts(marking, policy))


def _finer(entry: Entry, unit: float) -> Entry:
    if isinstance(entry, Written) and not entry.number and entry.step > unit:
        return replace(entry, unit=Fraction(unit).limit_denominator(10**12), step=unit)
    return entry
