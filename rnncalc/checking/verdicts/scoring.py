"""Verdicts → marks: what each part of a sheet earns by the policy, and what it could have earned."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from rnncalc.answers import Entry, Key
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.memory import Memory
from rnncalc.checking.report import Judged, Part
from rnncalc.checking.verdicts.layout import Layout
from rnncalc.exercise.policy import VERDICTS, Policy, Verdict

Parts = tuple[Part, ...]


class Scoring:
    """Marks for the steps of an exercise by a policy."""

    def __init__(self, marking: Marking, policy: Policy) -> None:
        self.marking, self.policy = marking, policy
        self._worth = {verdict: policy.worth(verdict) for verdict in VERDICTS}
        self._said = marking.exercise.said_marks() if marking.exercise.marks else None
        self._memory = Memory()

    def marks(self, step: Step) -> Fraction:
        """What a step is worth: as the exercise says, or one mark for each entry."""
        return Fraction(len(step.truth)) if self._said is None else self._said.get(step.key, Fraction(0))

    def part(self, step: Step, entries: Sequence[Entry], verdicts: tuple[Verdict, ...]) -> Part:
        worth = self._worth
        judged = tuple([Judged(entry, one, worth[one]) for entry, one in zip(entries, verdicts, strict=True)])
        earned, marks = self._memory.of(("earned", step.key, verdicts), None, lambda: self._earned(step, verdicts))
        return Part(step.key, step.shape, judged, earned, marks)

    def _earned(self, step: Step, verdicts: Sequence[Verdict]) -> tuple[Fraction, Fraction]:
        """The marks earned, and those there are."""
        marks, credit = self.marks(step), [self._worth[one] for one in verdicts]
        if all(one == 1 for one in credit):
            return marks, marks
        share = min(credit) if self.policy.each == "step" else sum(credit, Fraction(0)) / len(credit)
        return marks * share, marks

    def scored(self, layout: Layout, parts: Parts) -> tuple[Parts, Fraction, Fraction]:
        """All parts of a sheet in the order of computation, given those of the steps it shows, with the marks earned
        and those there are."""
        listed, marks = self._memory.of(("listed", id(layout)), layout, lambda: self._listed(layout))
        if len(listed) > len(parts):
            found = {part.key: part for part in parts}
            parts = tuple([found.get(missing.key, missing) for missing in listed])
        lost = [part.marks - part.earned for part in parts if part.earned is not part.marks]
        return parts, marks - sum(lost) if lost else marks, marks

    def _listed(self, layout: Layout) -> tuple[Parts, Fraction]:
        """What counts for sheets that show these steps, as if all of it were missing, and the marks for it."""
        shown = [step.key for step in layout.steps]
        said: Iterable[Key] = self.marking.asked if self._said is None else self._said
        counted = {*shown, *said}
        listed = tuple([self._missing(step) for key, step in self.marking.steps.items() if key in counted])
        return listed, sum([part.marks for part in listed], Fraction(0))

    def _missing(self, step: Step) -> Part:
        nothing = Judged(None, "missing", self._worth["missing"])
        return Part(step.key, step.shape, (nothing,) * len(step.truth), Fraction(0), self.marks(step))
