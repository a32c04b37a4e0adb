"""Answers against an exercise: which numbers are right, which follow, which is the first wrong one.

    marking = prepare(exercise)            once
    report = check(marking, answers)       for every sheet
    causes = diagnose(marking, report)     where a step is wrong

Nothing here prints or words anything; `feedback` does.
"""

from collections.abc import Sequence
from fractions import Fraction

from rnncalc.answers import Answers, Entry, Key
from rnncalc.checking import diagnosis
from rnncalc.checking.diagnosis import Cause, Explanation
from rnncalc.checking.judging import Judging
from rnncalc.checking.marking import Marking, Step, marking_of, prepare
from rnncalc.checking.numbers import NumberSlip
from rnncalc.checking.report import Judged, Part, Report
from rnncalc.exercise import Exercise
from rnncalc.exercise.policy import VERDICTS, Policy, Verdict

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
    policy = policy or marking.exercise.policy
    shown = _shown(answers)
    verdicts = Judging(marking, shown, policy).judge()
    worth = {verdict: policy.worth(verdict) for verdict in VERDICTS}
    parts = tuple(
        _part(marking.steps[key], shown.get(key), verdicts.get(key), marks, worth, policy)
        for key, marks in _marks(marking, verdicts).items()
    )
    first = next((key for key, found in verdicts.items() if "wrong" in found), None)
    earned, marks = _total([part.earned for part in parts]), _total([part.marks for part in parts])
    return Report(marking.exercise, answers, policy, parts, earned, marks, first)


def diagnose(marking: Marking, report: Report) -> tuple[Cause, ...]:
    """Why the wrong steps of a report are wrong, as far as the sheet tells."""
    if report.first_wrong is None:
        return ()
    judging = Judging(marking, _shown(report.answers), report.policy)
    judging.judge()
    return diagnosis.diagnose(marking, judging)


def _shown(answers: Answers) -> dict[Key, tuple[Entry, ...]]:
    """The entries handed in; a line of a blank sheet that is left as it is counts as no answer."""
    return {answer.key: answer.entries for answer in answers.answers if any(answer.entries)}


def _part(
    step: Step,
    entries: Sequence[Entry] | None,
    verdicts: Sequence[Verdict] | None,
    marks: Fraction,
    worth: dict[Verdict, Fraction],
    policy: Policy,
) -> Part:
    count = len(step.truth)
    if entries is None or verdicts is None:
        nothing = Judged(None, "missing", worth["missing"])
        return Part(step.key, step.shape, (nothing,) * count, Fraction(0), marks)
    judged = tuple(Judged(entry, verdict, worth[verdict]) for entry, verdict in zip(entries, verdicts, strict=True))
    if all(verdict == "exact" for verdict in verdicts):
        earned = marks
    elif policy.each == "step":
        earned = marks * min(worth[verdict] for verdict in verdicts)
    else:
        earned = marks * sum((worth[verdict] for verdict in verdicts), Fraction(0)) / count
    return Part(step.key, step.shape, judged, earned, marks)


def _marks(marking: Marking, verdicts: dict[Key, tuple[Verdict, ...]]) -> dict[Key, Fraction]:
    """What each part is worth: as the exercise says, or one mark for each entry asked for or handed in."""
    if not marking.exercise.marks:
        asked = set(marking.asked)
        return {
            key: Fraction(len(step.truth)) for key, step in marking.steps.items() if key in verdicts or key in asked
        }
    found = {**dict.fromkeys(verdicts, Fraction(0)), **marking.exercise.said_marks()}
    return {key: found[key] for key in marking.steps if key in found}


def _total(marks: Sequence[Fraction]) -> Fraction:
    """Whole marks are added as whole numbers, which takes a tenth of the time."""
    whole = sum(one.numerator for one in marks if one.denominator == 1)
    return sum((one for one in marks if one.denominator != 1), Fraction(whole))
