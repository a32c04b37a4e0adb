"""Verdicts → marks: what each part of a sheet earns by the policy, and what it could have earned."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from rnncalc.answers import Entry, Key
from rnncalc.checking.judging import Judging
from rnncalc.checking.layout import Layout
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.report import Judged, Part
from rnncalc.exercise.policy import VERDICTS, Policy, Verdict


def scored(judging: Judging, shown: Mapping[Key, tuple[Entry, ...]]) -> tuple[tuple[Part, ...], Fraction]:
    """The parts of a sheet in the order of computation, and all marks there are."""
    marking, memory, verdicts = judging.marking, judging.memory, judging.verdicts
    layout, policy = judging.layout, judging.policy
    worth = memory.of(("worth",), None, lambda: {verdict: policy.worth(verdict) for verdict in VERDICTS})
    each, marks = memory.of(("marks", id(layout)), layout, lambda: _marks(marking, layout))

    def part(key: Key, most: Fraction) -> Part:
        entries, found = shown.get(key), verdicts.get(key)
        place = "part", key, id(entries), found
        return memory.of(place, entries, lambda: _part(marking.steps[key], entries, found, most, worth, policy))

    return tuple([part(key, most) for key, most in each]), marks


def _part(
    step: Step,
    entries: Sequence[Entry] | None,
    verdicts: Sequence[Verdict] | None,
    marks: Fraction,
    worth: Mapping[Verdict, Fraction],
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


def _marks(marking: Marking, layout: Layout) -> tuple[tuple[tuple[Key, Fraction], ...], Fraction]:
    """What each part is worth: as the exercise says, or one mark for each entry asked for or handed in."""
    shown = [step.key for step in layout.steps]
    if marking.exercise.marks:
        found = {**dict.fromkeys(shown, Fraction(0)), **marking.exercise.said_marks()}
    else:
        found = {key: Fraction(len(marking.steps[key].truth)) for key in (*shown, *marking.asked)}
    each = tuple((key, found[key]) for key in marking.steps if key in found)
    return each, total(marks for _, marks in each)


def total(marks: Iterable[Fraction]) -> Fraction:
    """Whole marks are added as whole numbers, which takes a tenth of the time."""
    found = list(marks)
    whole = sum([one.numerator for one in found if one.denominator == 1])
    return sum((one for one in found if one.denominator != 1), Fraction(whole))
