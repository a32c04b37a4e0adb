"""One unknown → blocks of a page, and its record: the equation undone line by line, and every value."""

from collections.abc import Iterator
from typing import Any

from rnncalc.document import Block, Derivation, Heading, Line, Prose, Text
from rnncalc.formula import Digits, Operator, Row, Words, row, unicode
from rnncalc.languages import say, sentence
from rnncalc.pages.explain import Detail
from rnncalc.pages.record import exercise_record
from rnncalc.pages.wanted.spelling import answer, bound, digits, printed, written
from rnncalc.solving import Solution
from rnncalc.unknown import Findings, Where

SCHEMA = "rnncalc/unknown/1"


def way(solution: Solution, findings: Findings, detail: Detail) -> Iterator[Block]:
    (left, right), *_ = findings.trail
    asked = row(printed(solution, left), Operator("equals"), printed(solution, right))
    unknown = printed(solution, findings.unknown)
    yield Heading(1, say("For which {unknown} is {equation}?", unknown=unicode(unknown), equation=unicode(asked)))
    if detail == "answers":
        return
    trails = [found.trail for found in findings.found if found.trail] or [findings.trail]
    for trail in trails:
        if len(trail) > 1:
            lines = [Line("equals", printed(solution, right), printed(solution, left)) for left, right in trail]
            yield Derivation(tuple(lines))


def values(solution: Solution, findings: Findings) -> Iterator[Block]:
    unknown = printed(solution, findings.unknown)
    for found in findings.found:
        yield answer(solution, unknown, found.root)
    for where in findings.wheres:
        yield Prose(
            sentence(
                "Every {unknown} will do for which {condition}.", unknown=unknown, condition=_where(solution, where)
            )
        )
    for low, high in findings.zeros:
        ends = {"low": bound(low), "high": bound(high)}
        yield Prose(sentence("Every {unknown} from about {low} to about {high} will do.", unknown=unknown, **ends))
    for low, high in findings.undecided:
        yield Prose(
            sentence(
                "Between {low} and {high} it could not be decided: the two sides come too close there.",
                low=bound(low),
                high=bound(high),
            )
        )
    yield Prose(_how_many(findings, unknown))


def _how_many(findings: Findings, unknown: Row) -> Text:
    """What is known about values that are not among those found."""
    if findings.always:
        return sentence("Every {unknown} will do: both sides are equal whatever it is.", unknown=unknown)
    if findings.never:
        return sentence("No {unknown} will do: it makes no difference here.", unknown=unknown)
    count = len(findings.found)
    if findings.within is None:
        if not count and not findings.wheres:
            return sentence("There is no real solution.")
        if findings.wheres:
            return sentence("There is no other real solution.")
        only = count == 1
        return sentence("This is the only real solution.") if only else sentence("There is no other real solution.")
    low, high = map(bound, findings.within)
    if not count and not findings.zeros and not findings.undecided:
        return sentence("There is none from {low} to {high}; a search with enclosures proves it.", low=low, high=high)
    return sentence("A search with enclosures proves that there is no other from {low} to {high}.", low=low, high=high)


def _where(solution: Solution, where: Where) -> Row:
    sign = {"0+": "≥", "-0": "≤", "+": ">", "-": "<"}[where.signs]
    return row(printed(solution, where.form), Words(f" {sign} "), Digits("0"))


def record(solution: Solution, findings: Findings) -> dict[str, Any]:
    """The findings as plain dicts: what `--json` prints."""
    (left, right), *_ = findings.trail
    return {
        "schema": SCHEMA,
        "exercise": exercise_record(solution.exercise),
        "unknown": written(findings.unknown),
        "equation": f"{written(left)} = {written(right)}",
        "values": [
            {
                "exact": None if found.root.form is None else written(found.root.form),
                "value": digits(solution, found.root),
            }
            for found in findings.found
        ],
        "conditions": [f"{written(where.form)} in {where.signs}" for where in findings.wheres],
        "every_value": findings.always,
        "stretches": [[str(low), str(high)] for low, high in findings.zeros],
        "undecided": [[str(low), str(high)] for low, high in findings.undecided],
        "complete": findings.within is None,
        "searched": None if findings.within is None else list(map(str, findings.within)),
    }
