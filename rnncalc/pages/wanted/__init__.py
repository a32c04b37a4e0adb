"""Findings → document and record: how the equations were solved, and every value of the unknowns."""

from collections.abc import Iterator
from typing import Any

from rnncalc.counting import counting
from rnncalc.document import Answer, Block, Document, Heading, Prose, Text
from rnncalc.formula import Digits, row
from rnncalc.languages import language, listed, sentence, sentences, speaking
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.wanted import one, several
from rnncalc.pages.wanted.spelling import printed, written
from rnncalc.solving import Solution
from rnncalc.unknown import Filled, Findings, Joint

__all__ = ["explain_filled", "explain_findings", "findings_record", "missing_record"]


def explain_findings(
    solution: Solution, findings: Findings | Joint, detail: Detail = "steps", equations: bool = False
) -> Document:
    """The page: the exercise in letters, the equations, the values. `answers` leaves the working out."""
    with speaking(language(solution.exercise.lang)), counting(solution.exercise.first):
        page = explain(solution, detail, equations)
        forward = [block for block in page.blocks if not isinstance(block, Answer | Prose)]
        return Document(page.title, (*forward, *_found(solution, findings, detail)), page.source, page.language)


def explain_filled(
    solution: Solution, filled: tuple[Filled, ...], detail: Detail = "steps", equations: bool = False
) -> Document:
    """The page of an exercise with missing numbers: how they were found, then the exercise with them."""
    with speaking(language(solution.exercise.lang)), counting(solution.exercise.first):
        page = explain(solution, detail, equations)
        start = next((n for n, block in enumerate(page.blocks) if isinstance(block, Heading | Answer)), 0)
        found: list[Block] = []
        for each in filled:
            found += _found(solution, each.findings, detail)
            if each.slack or each.rounded:
                found[-1] = Prose(_slack(solution, each))
        return Document(page.title, (*page.blocks[:start], *found, *page.blocks[start:]), page.source, page.language)


def _found(solution: Solution, findings: Findings | Joint, detail: Detail) -> Iterator[Block]:
    if isinstance(findings, Joint):
        yield from several.way(solution, findings, detail)
        yield from several.values(solution, findings)
    else:
        yield from one.way(solution, findings, detail)
        yield from one.values(solution, findings)


def _slack(solution: Solution, filled: Filled) -> Text:
    """How much a rounded value leaves open."""
    from rnncalc.equations.domains.certified import round_arb

    if isinstance(filled.findings, Joint):
        names = [printed(solution, name) for name in filled.findings.unknowns]
        return sentences(
            "{names} is only as certain as the rounded values it comes from.",
            "{names} are only as certain as the rounded values they come from.",
            len(names), names=listed(names),
        )  # fmt: skip
    assert filled.slack is not None, "only rounded values leave something open"
    low, high = (round_arb(end, solution.precision) for end in filled.slack)
    (_, right), *_ = filled.findings.trail
    return sentence(
        "{value} is a rounded value: every {unknown} from {low} to {high} gives it.",
        value=printed(solution, right),
        unknown=printed(solution, filled.findings.unknown),
        low=row(Digits(low.text if low else "")),
        high=row(Digits(high.text if high else "")),
    )


def findings_record(solution: Solution, findings: Findings | Joint) -> dict[str, Any]:
    """The findings as plain dicts: what `--json` prints."""
    with counting(solution.exercise.first):
        if isinstance(findings, Joint):
            return several.record(solution, findings)
        return one.record(solution, findings)


def missing_record(solution: Solution, filled: tuple[Filled, ...]) -> dict[str, Any]:
    """The missing numbers that were found, by name."""
    found: dict[str, Any] = {}
    with counting(solution.exercise.first):
        for each in filled:
            if isinstance(each.findings, Joint):
                (solved,) = each.findings.solutions
                found |= several.solved_record(solution, solved)
            else:
                found[written(each.findings.unknown)] = one.record(solution, each.findings)["values"][0]
    return found
