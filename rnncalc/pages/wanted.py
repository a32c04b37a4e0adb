"""Findings → document and record: the equation undone line by line, and every value of the unknown."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from rnncalc.document import Answer, Block, Derivation, Document, Heading, Line, Prose, Text
from rnncalc.equations import source
from rnncalc.equations.closed import Form, Name, expression
from rnncalc.formula import Digits, Operator, Row, Words, row
from rnncalc.languages import language, say, sentence, speaking
from rnncalc.numbers import Precision
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.record import exercise_record
from rnncalc.pages.values import form_row, rational_row
from rnncalc.solving import Solution
from rnncalc.unknown import Filled, Findings, Found, Where

SCHEMA = "rnncalc/unknown/1"
MOST_DIGITS = 100
"""Digits of a root that are certain: it is known to 500 bits."""


def explain_findings(solution: Solution, findings: Findings, detail: Detail = "steps") -> Document:
    """The page: the exercise in letters, the equation, the values. `answers` leaves the working out."""
    with speaking(language(solution.exercise.lang)):
        page = explain(solution, detail)
        forward = [block for block in page.blocks if not isinstance(block, Answer | Prose)]
        blocks: list[Block] = [*forward, *_way(solution, findings, detail), *_values(solution, findings)]
        return Document(page.title, tuple(blocks), page.source, page.language)


def explain_filled(solution: Solution, filled: tuple[Filled, ...], detail: Detail = "steps") -> Document:
    """The page of an exercise with missing numbers: how each was found, then the exercise with them."""
    with speaking(language(solution.exercise.lang)):
        page = explain(solution, detail)
        start = next((n for n, block in enumerate(page.blocks) if isinstance(block, Heading | Answer)), 0)
        found: list[Block] = []
        for one in filled:
            found += [*_way(solution, one.findings, detail), *_values(solution, one.findings)]
            if one.slack:
                found[-1] = Prose(_slack(solution, one))
        return Document(page.title, (*page.blocks[:start], *found, *page.blocks[start:]), page.source, page.language)


def _slack(solution: Solution, filled: Filled) -> Text:
    """How much a rounded value leaves open."""
    from rnncalc.equations.domains.certified import round_arb

    assert filled.slack is not None, "only rounded values leave something open"
    low, high = (round_arb(end, solution.precision) for end in filled.slack)
    (_, right), *_ = filled.findings.trail
    return sentence(
        "{value} is a rounded value: every {unknown} from {low} to {high} gives it.",
        value=_formula(solution, right),
        unknown=_formula(solution, filled.findings.unknown),
        low=row(Digits(low.text if low else "")),
        high=row(Digits(high.text if high else "")),
    )


def _way(solution: Solution, findings: Findings, detail: Detail) -> Iterator[Block]:
    (left, right), *_ = findings.trail
    asked = row(_formula(solution, left), Operator("equals"), _formula(solution, right))
    unknown = _formula(solution, findings.unknown)
    yield Heading(1, say("For which {unknown} is {equation}?", unknown=_plain(unknown), equation=_plain(asked)))
    if detail == "answers":
        return
    trails = [found.trail for found in findings.found if found.trail] or [findings.trail]
    for trail in trails:
        if len(trail) > 1:
            lines = [Line("equals", _formula(solution, right), _formula(solution, left)) for left, right in trail]
            yield Derivation(tuple(lines))


def _plain(formula: Row) -> str:
    from rnncalc.formula import unicode

    return unicode(formula)


def _values(solution: Solution, findings: Findings) -> Iterator[Block]:
    unknown = _formula(solution, findings.unknown)
    for found in findings.found:
        yield _answer(solution, unknown, found)
    for where in findings.wheres:
        yield Prose(
            sentence(
                "Every {unknown} will do for which {condition}.", unknown=unknown, condition=_where(solution, where)
            )
        )
    for low, high in findings.zeros:
        ends = {"low": _bound(low), "high": _bound(high)}
        yield Prose(sentence("Every {unknown} from about {low} to about {high} will do.", unknown=unknown, **ends))
    for low, high in findings.undecided:
        yield Prose(
            sentence(
                "Between {low} and {high} it could not be decided: the two sides come too close there.",
                low=_bound(low),
                high=_bound(high),
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
    low, high = map(_bound, findings.within)
    if not count and not findings.zeros and not findings.undecided:
        return sentence("There is none from {low} to {high}; a search with enclosures proves it.", low=low, high=high)
    return sentence("A search with enclosures proves that there is no other from {low} to {high}.", low=low, high=high)


def _answer(solution: Solution, unknown: Row, found: Found) -> Answer:
    form = found.root.form
    digits = _digits(solution, found, solution.precision)
    if form is None:
        remark = sentence("every digit shown is correctly rounded")
        return Answer(unknown, "approx", row(Digits(digits)), (remark,), say("Answer"))
    value = _formula(solution, form)
    if isinstance(form, Fraction):
        return Answer(unknown, "equals", value, (), say("Answer"))
    return Answer(unknown, "equals", row(value, Operator("approx"), Digits(digits)), (), say("Answer"))


def _digits(solution: Solution, found: Found, precision: Precision) -> str:
    from rnncalc.equations.domains.certified import round_arb

    domain: Any = solution.domain
    if found.root.form is not None:
        rounded = domain.round(found.root.form, precision)
    else:
        rounded = round_arb(found.root.ball, precision)
    return rounded.text if rounded is not None else ""


def _where(solution: Solution, where: Where) -> Row:
    sign = {"0+": "≥", "-0": "≤", "+": ">", "-": "<"}[where.signs]
    return row(_formula(solution, where.form), Words(f" {sign} "), Digits("0"))


def _bound(value: Fraction) -> Row:
    return rational_row(value) if value.denominator == 1 else row(Digits(f"{float(value):.6g}"))


def _formula(solution: Solution, form: Form) -> Row:
    return form_row(expression(form), solution.exercise.symbols)


def findings_record(solution: Solution, findings: Findings) -> dict[str, Any]:
    """The findings as plain dicts: what `--json` prints."""
    (left, right), *_ = findings.trail
    return {
        "schema": SCHEMA,
        "exercise": exercise_record(solution.exercise),
        "unknown": _text(findings.unknown),
        "equation": f"{_text(left)} = {_text(right)}",
        "values": [
            {
                "exact": None if found.root.form is None else _text(found.root.form),
                "value": _digits(solution, found, solution.precision),
            }
            for found in findings.found
        ],
        "conditions": [f"{_text(where.form)} in {where.signs}" for where in findings.wheres],
        "every_value": findings.always,
        "stretches": [[str(low), str(high)] for low, high in findings.zeros],
        "undecided": [[str(low), str(high)] for low, high in findings.undecided],
        "complete": findings.within is None,
        "searched": None if findings.within is None else list(map(str, findings.within)),
    }


def _text(form: Form | Name) -> str:
    return source(expression(form))
