"""Answers against an exercise: which numbers are right, which follow, which is the first wrong one.

    marking = prepare(exercise)            once
    report = check(marking, answers)       for every sheet
    causes = diagnose(marking, report)     where a step is wrong

Nothing here prints or words anything; `feedback` does.
"""

from rnncalc.answers import Answers
from rnncalc.checking.causes import diagnosis
from rnncalc.checking.causes.diagnosis import Cause, Explanation
from rnncalc.checking.causes.numbers import NumberSlip
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.preparation import marking_of, prepare
from rnncalc.checking.report import Judged, Part, Report
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.exercise import Exercise
from rnncalc.exercise.policy import Policy, Verdict

__all__ = [
    "Cause",
    "Explanation",
    "Judged",
    "Marking",
    "NumberSlip",
    "Part",
    "Report",
    "Step",
    "Verdict",
    "check",
    "diagnose",
    "marking_of",
    "prepare",
    "read",
]


def read(marking: Marking, text: str | bytes, name: str = "<answers>", decimal_comma: bool = False) -> Answers:
    """The answers in a sheet, by the quantities of the exercise. Raises AnswerError."""
    return marking.reader.read(text, name, decimal_comma)


def check(subject: Exercise | Marking, answers: Answers, policy: Policy | None = None) -> Report:
    """Judge a sheet; `policy` takes the place of the exercise's own."""
    marking = subject if isinstance(subject, Marking) else prepare(subject)
    judging = _judged(marking, answers, policy or marking.exercise.policy)
    parts = tuple([outcome.part for outcome in judging.outcomes])
    parts, earned, marks = judging.known.scoring.scored(judging.layout, parts)
    return Report(marking.exercise, answers, judging.policy, parts, earned, marks, judging.first_wrong)


def diagnose(marking: Marking, report: Report) -> tuple[Cause, ...]:
    """Why the wrong steps of a report are wrong, as far as the sheet tells."""
    if report.first_wrong is None:
        return ()
    return diagnosis.diagnose(marking, _judged(marking, report.answers, report.policy))


def _judged(marking: Marking, answers: Answers, policy: Policy) -> Judging:
    """The last sheet is known: who asks what is wrong asks why next."""
    last = marking.kept.of(_Last, _Last)
    if last.judging is None or last.answers is not answers or last.judging.policy != policy:
        judging = Judging(marking, answers.answers, policy)
        judging.judge()
        # Not before it is judged: an alarm may end that.
        last.answers, last.judging = answers, judging
    return last.judging


class _Last:
    """The sheet judged last."""

    def __init__(self) -> None:
        self.answers: Answers | None = None
        self.judging: Judging | None = None
