"""A report in words, entry by entry: the verdicts with what they are worth, and the rule that was applied."""

from collections.abc import Mapping
from fractions import Fraction

from rnncalc.answers import Entry, Key, Unreadable, Written
from rnncalc.checking import Cause, Judged, Part, Report
from rnncalc.document import Table, Text
from rnncalc.equations import ref_at, symbol
from rnncalc.errors import printable
from rnncalc.exercise.policy import Policy, Verdict
from rnncalc.formula import Row, row
from rnncalc.languages import Message, among_words, coded, said, say, translated
from rnncalc.numbers import exact_text

LONGEST_SHOWN = 40


def verdict_table(report: Report, causes: Mapping[Key, Cause]) -> Table:
    """A line for every entry; `causes` are those of wrong steps, by step."""
    marked = bool(report.exercise.marks)
    # Where every answer is one number, no entry needs a place.
    placed = any(part.shape != (1, 1) for part in report.parts)

    def line(name: Text, where: Text, yours: Text, verdict: Text, marks: Text) -> tuple[Text, ...]:
        return (name, *([where] if placed else []), yours, verdict, *([marks] if marked else []))

    lines = [
        line(
            () if number else (name_row(report, part.key),),
            (place(part, number),),
            (entry_text(one.entry),),
            coded(verdict_text(one, causes.get(part.key))),
            ("" if number else _part_score(part),),
        )
        for part in report.parts
        for number, one in enumerate(part.judged)
    ]
    return Table(line((), (), (say("yours"),), (say("verdict"),), (say("marks"),)), tuple(lines))


def _part_score(part: Part) -> str:
    return of_marks(part.earned, part.marks) if part.marks else "–"


def of_marks(earned: Fraction, marks: Fraction) -> str:
    return say("{earned} of {marks}", earned=among_words(marks_text(earned)), marks=among_words(marks_text(marks)))


def percent(earned: Fraction, marks: Fraction) -> int:
    """The part of the marks earned; 100 only if all are."""
    return 100 if earned >= marks else min(99, round(100 * earned / marks))


def marks_text(marks: Fraction) -> str:
    """`6`, `1.5`, `2 1/3`."""
    if marks.denominator == 1 or Fraction(round(marks * 100), 100) == marks:
        return f"{float(marks):g}"
    whole, rest = divmod(marks, 1)
    return f"{int(whole)} {rest}" if whole else str(rest)


def name_row(report: Report, key: Key) -> Row:
    """A quantity as it is printed: h₁."""
    return row(symbol(ref_at(*key), report.exercise.symbols))


def place(part: Part, number: int) -> str:
    """Which entry: `[2]` of a vector, `[1,2]` of a matrix."""
    rows, columns = part.shape
    if rows == columns == 1:
        return ""
    if columns == 1 or rows == 1:
        return f"[{number + 1}]"
    return f"[{number // columns + 1},{number % columns + 1}]"


def entry_text(entry: Entry) -> str:
    """What the student wrote."""
    if entry is None:
        return ""
    return short(among_words(entry.text.replace("-", "−")) if isinstance(entry, Written) else entry.text)


def short(text: str) -> str:
    plain = printable(" ".join(text.split()))
    return plain if len(plain) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"


def verdict_text(judged: Judged, cause: Cause | None = None) -> str:
    """The verdict in words; what is accepted but not worth a whole mark says what it is worth."""
    words = said(_WORDS[judged.verdict])
    if judged.verdict == "carried" and not judged.credit:
        words = say("not the true value: rounded on the way")
    if judged.verdict == "wrong" and cause is not None and cause.named:
        words = say("wrong here: {mistake}", mistake=translated(cause.groups[0][0].mistake.title))
    if judged.verdict == "invalid" and isinstance(judged.entry, Unreadable):
        words = say("not read: {reason}", reason=said(judged.entry.reason))
    if judged.verdict in ("wrong", "invalid", "missing") or judged.credit == 1:
        return words
    return say("{verdict} (counts {credit})", verdict=words, credit=judged.credit)


_WORDS: dict[Verdict, Message] = {
    "exact": Message("right"),
    "carried": Message("right, from your own rounded numbers"),
    "last digit": Message("right but for the last digit"),
    "truncated": Message("right, but cut instead of rounded"),
    "too few digits": Message("right value, too few digits"),
    "follows": Message("follows from your wrong number above"),
    "wrong": Message("wrong here"),
    "invalid": Message("not read"),
    "missing": Message("no answer"),
}


def rule(report: Report) -> str:
    """The rule applied, in one sentence that a student can check: what is right, and what the verdicts count that were
    given."""
    policy = report.policy
    given = {one.verdict for part in report.parts for one in part.judged}
    clauses = [_right(policy)]
    clauses += [say(_CLAUSES[one].template, counts=_counts(policy.worth(one))) for one in _CLAUSES if one in given]
    if policy.each == "step":
        clauses.append(say("a step counts only if all its entries are right"))
    return "; ".join(clauses) + "."


def _right(policy: Policy) -> str:
    if policy.tolerance is None:
        near = say("a number is right if it is the true value rounded to the digits you wrote")
    else:
        near = say(
            "a number is right if it differs from the true value by {tolerance} at most",
            tolerance=among_words(exact_text(policy.tolerance)),
        )
    if policy.rounding == "end":
        return say("{near}; numbers on the way must not be rounded", near=near)
    if policy.digits:
        return say(
            "{near}, or follows from your own rounded numbers, each to {digits} digits", near=near, digits=policy.digits
        )
    return say("{near}, or follows from your own rounded numbers", near=near)


_CLAUSES: dict[Verdict, Message] = {
    "truncated": Message("one that is cut off instead of rounded {counts}"),
    "last digit": Message("one that is off by one and a half units of its last digit at most {counts}"),
    "too few digits": Message("one with fewer digits than asked for {counts}"),
    "follows": Message("one that follows from a wrong number of yours {counts}"),
}


def _counts(credit: Fraction) -> str:
    if credit in (0, 1):
        return say("counts as right") if credit else say("counts nothing")
    return say("counts {credit}", credit=credit)
