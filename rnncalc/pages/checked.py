"""Report → plain dicts: the `--json` promise of `rnncalc check`, described in docs/json-answers.md."""

from collections.abc import Sequence
from typing import Any

from rnncalc.answers import Entry, Written
from rnncalc.checking import Cause, Judged, Marking, Part, Report
from rnncalc.languages import SOURCE, said, speaking
from rnncalc.numbers import Precision
from rnncalc.pages.causes import where
from rnncalc.pages.verdicts import marks_text, place, rule, verdict_text

SCHEMA = "rnncalc/check/1"
_DIGITS = Precision(15, "significant")


def check_record(
    report: Report, marking: Marking, causes: Sequence[Cause] = (), reveal: bool = False
) -> dict[str, Any]:
    """The report as a dict of strings, lists and dicts, in English; right values only where they are to be revealed."""
    with speaking(SOURCE):
        return _record(report, marking, causes, reveal)


def _record(report: Report, marking: Marking, causes: Sequence[Cause], reveal: bool) -> dict[str, Any]:
    exercise = report.exercise
    first = report.first_wrong
    return {
        "schema": SCHEMA,
        "exercise": {"name": exercise.name, "title": exercise.title, "source": exercise.source},
        "student": report.answers.student,
        "marks": {"earned": str(report.earned), "of": str(report.marks), "text": marks_text(report.earned)},
        "passed": report.passed,
        "rule": rule(report),
        "first_wrong": None if first is None else exercise.quantities.key(*first),
        "parts": [_part(report, part, marking, reveal) for part in report.parts],
        "causes": [_cause(report, cause) for cause in causes],
        "unreadable": [{"name": name, "reason": said(one.reason)} for name, one in report.answers.unreadable.items()],
    }


def _cause(report: Report, cause: Cause) -> dict[str, Any]:
    key = report.exercise.quantities.key
    return {
        "steps": [key(*step) for step in cause.steps],
        "named": cause.named,
        "candidates": [
            {
                "mistake": group[0].mistake.slug,
                "title": group[0].mistake.title,
                "where": where(group[0], report.exercise.symbols),
                "hint": group[0].mistake.hint,
                "alike": list(dict.fromkeys(one.mistake.slug for one in group[1:])),
            }
            for group in cause.groups
        ],
    }


def _part(report: Report, part: Part, marking: Marking, reveal: bool) -> dict[str, Any]:
    return {
        "quantity": report.exercise.quantities.key(*part.key),
        "shape": list(part.shape),
        "marks": {"earned": str(part.earned), "of": str(part.marks)},
        "entries": [_entry(part, number, one, marking, reveal) for number, one in enumerate(part.judged)],
    }


def _entry(part: Part, number: int, one: Judged, marking: Marking, reveal: bool) -> dict[str, Any]:
    found = {
        "entry": place(part, number) or None,
        "written": _text(one.entry),
        "verdict": one.verdict,
        "credit": str(one.credit),
        "words": verdict_text(one),
    }
    if reveal:
        found["right"] = marking.steps[part.key].truth[number].text(_DIGITS)
    return found


def _text(entry: Entry) -> str | None:
    return None if entry is None else entry.text if isinstance(entry, Written) else entry.text[:200]
