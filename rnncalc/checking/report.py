"""What checking finds, as frozen data: a verdict for every entry, marks for every part, the first wrong step."""

from fractions import Fraction

from msgspec import Struct

from rnncalc.answers import Answers, Entry, Key
from rnncalc.exercise import Exercise
from rnncalc.exercise.policy import Policy, Verdict


class Judged(Struct, frozen=True):
    """One entry: `credit` is the part of its mark that it earns, `short` that it has fewer digits than asked for."""

    entry: Entry
    verdict: Verdict
    credit: Fraction


class Part(Struct, frozen=True):
    """One quantity at one position, entries row by row, with the marks earned and those there are."""

    key: Key
    shape: tuple[int, int]
    judged: tuple[Judged, ...]
    earned: Fraction
    marks: Fraction

    @property
    def right(self) -> int:
        return sum(one.credit == 1 for one in self.judged)


class Report(Struct, frozen=True):
    """`parts` stand in the order of computation; `first_wrong` is the first step with an entry that is wrong there."""

    exercise: Exercise
    answers: Answers
    policy: Policy
    parts: tuple[Part, ...]
    earned: Fraction
    marks: Fraction
    first_wrong: Key | None

    @property
    def passed(self) -> bool:
        """Whether every entry has full credit."""
        return self.earned == self.marks and not self.answers.unreadable
