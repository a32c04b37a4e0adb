"""Differences → the part of a page that compares each gradient with a difference quotient, and its part of a record."""

from collections.abc import Iterator
from typing import Any

from rnncalc.document import Answer, Block, Document, Heading, Notice, Prose, Table, Text
from rnncalc.formula import Digits, Fenced, Name, Operator, Row, Script, Symbol, power_of_ten, row
from rnncalc.formula import Fraction as Quotient
from rnncalc.languages import language, say, sentence, speaking
from rnncalc.numbers import Precision
from rnncalc.pages.data import name_row
from rnncalc.solving import Solution
from rnncalc.solving.differences import DECIMALS, Compared, Differences, Evidence

MOST_ROWS = 30
"""With more entries than this, each gradient shows the one that agrees worst."""
ENOUGH = DECIMALS
"""Fewer digits in common than this are no agreement."""
SHOWN, APART = Precision(8, "significant"), Precision(2, "significant")


def with_evidence(page: Document, solution: Solution, found: Differences) -> Document:
    """The page with the comparison before its answers."""
    first = next(number for number, block in enumerate(page.blocks) if isinstance(block, Answer))
    with speaking(language(solution.exercise.lang)):
        blocks = (*page.blocks[:first], *_comparison(solution, found), *page.blocks[first:])
    return Document(page.title, blocks, page.source)


def _comparison(solution: Solution, found: Differences) -> Iterator[Block]:
    """What is done, a table, and what it shows."""
    loss = Symbol(solution.exercise.loss)
    yield Heading(1, say("The gradients checked by differences"))
    yield Prose(_method(loss))
    count = sum(len(one.entries) for one in found.evidence)
    rows = [(one, entry) for one in found.evidence for entry in one.entries]
    if count > MOST_ROWS:
        rows = [(one, min(one.entries, key=_doubt)) for one in found.evidence]
        words = say(
            "Of each gradient the entry is shown that agrees worst; there are {count} entries in all.", count=count
        )
        yield Prose((words,))
    titles = say("gradient"), say("entry"), say("worked out"), say("quotient"), say("apart"), say("agree to")
    header: tuple[Text, ...] = tuple((title,) for title in titles)
    yield Table(header, tuple(_row(solution, found, one, entry) for one, entry in rows))
    yield from _corners(solution, found)
    yield from _verdict(solution, found)


def _method(loss: Symbol) -> Text:
    theta, h = Symbol("θ"), Symbol("h")
    ends = [row(loss, Fenced(row(theta, Operator(sign), h))) for sign in ("plus", "minus")]
    quotient = row(Quotient(row(ends[0], Operator("minus"), ends[1]), row(Digits("2"), Operator("apply"), h)))
    return sentence(
        "Each number θ is moved by {step} to either side, and the loss worked out anew. The quotient {quotient} uses "
        "no rule of differentiation; it is off by about {square}, so that forty digits should agree.",
        step=row(h, Operator("equals"), power_of_ten(-DECIMALS)),
        quotient=quotient,
        square=row(Script(row(h), row(Digits("2")))),
    )


def _doubt(entry: Compared) -> tuple[bool, int]:
    """Entries in the order in which they should be looked at."""
    return entry.corner is None, entry.digits if entry.digits is not None else 10**6


def _row(solution: Solution, found: Differences, one: Evidence, entry: Compared) -> tuple[Text, ...]:
    return (
        (name_row(solution, one.name, one.position),),
        (_place(one, entry),),
        (_digits(found, entry.gradient, SHOWN),),
        (_digits(found, entry.difference, SHOWN),),
        (_digits(found, entry.apart, APART),),
        (_agreement(entry),),
    )


def _place(one: Evidence, entry: Compared) -> str:
    last = one.entries[-1]
    if last.column == 1:
        return str(entry.row) if last.row > 1 else ""
    return f"{entry.row},{entry.column}"


def _digits(found: Differences, value: Any, precision: Precision) -> Row:
    """The number, or how close to 0 it is known to be."""
    rounded = found.domain.rounded(value, precision)[0]
    if rounded is not None:
        return row(Digits(rounded.text))
    return row(Name("<", "<"), power_of_ten(found.domain.width(value.entries[0])))


def _agreement(entry: Compared) -> str:
    if entry.corner:
        return say("a corner")
    if entry.digits is None:
        return say("exactly")
    if entry.gradient.entries[0] == 0:
        return say("{count} decimals", count=entry.digits)
    return say("{count} digits", count=entry.digits)


def _corners(solution: Solution, found: Differences) -> Iterator[Block]:
    """What lies on both sides of a corner; the quotient is the mean of the two slopes."""
    for one in found.evidence:
        slopes: dict[tuple[Row, Row], list[str]] = {}
        for entry in one.entries:
            if entry.corner:
                sides = _digits(found, entry.corner.left, SHOWN), _digits(found, entry.corner.right, SHOWN)
                slopes.setdefault(sides, []).append(_place(one, entry))
        for (left, right), places in slopes.items():
            where = " [" + "; ".join(places) + "]" if places[0] else ""
            words = sentence(
                "{gradient}{places}: here the loss has a corner and no derivative. Its slope is {left} to the left and "
                "{right} to the right, the quotient is their mean; the step above says which one the gradient takes.",
                gradient=name_row(solution, one.name, one.position),
                places=where,
                left=left,
                right=right,
            )
            yield Notice("note", words, say("note"))


def _verdict(solution: Solution, found: Differences) -> Iterator[Block]:
    entries = [(one, entry) for one in found.evidence for entry in one.entries]
    smooth = [(one, entry) for one, entry in entries if entry.corner is None]
    wrong = [one for one, entry in smooth if entry.digits is not None and entry.digits < ENOUGH]
    for one in dict.fromkeys(wrong):
        words = sentence(
            "{gradient} and its difference quotients disagree: please report this, it is a mistake of rnncalc.",
            gradient=name_row(solution, one.name, one.position),
        )
        yield Notice("warning", words, say("warning"))
    if smooth and not wrong:
        known = [entry.digits for _, entry in smooth if entry.digits is not None]
        yield Prose((_agreed(len(smooth), len(smooth) < len(entries), min(known, default=None)),))
    for name, position in found.without:
        words = sentence(
            "{gradient} is not checked: no single number can be moved for it.",
            gradient=name_row(solution, name, position),
        )
        yield Notice("note", words, say("note"))


def _agreed(count: int, others: bool, digits: int | None) -> str:
    if others and digits is None:
        return say("The other entries agree exactly: {count}.", count=count)
    if others:
        return say("The other entries agree to {digits} digits or more: {count}.", count=count, digits=digits)
    if digits is None:
        return say("All entries agree exactly: {count}.", count=count)
    return say("All entries agree to {digits} digits or more: {count}.", count=count, digits=digits)


# ---------------------------------------------------------------- for programs


def evidence_record(solution: Solution, found: Differences) -> dict[str, Any]:
    """What `--json` has under `gradient_check`."""
    key = solution.exercise.quantities.key
    return {
        "step": f"1e-{DECIMALS}",
        "gradients": {
            key(one.name, one.position): [_entry(found, entry) for entry in one.entries] for one in found.evidence
        },
        "not_checked": [key(*one) for one in found.without],
    }


def _entry(found: Differences, entry: Compared) -> dict[str, Any]:
    def text(value: Any, precision: Precision) -> str:
        rounded = found.domain.rounded(value, precision)[0]
        return rounded.text if rounded else "0"

    digits = Precision(15, "significant")
    return {
        "entry": [entry.row, entry.column],
        "gradient": text(entry.gradient, digits),
        "difference": text(entry.difference, digits),
        "apart": text(entry.apart, APART),
        "digits": entry.digits,
        "corner": [text(entry.corner.left, digits), text(entry.corner.right, digits)] if entry.corner else None,
    }
