"""A verification as a page, and as plain dicts for programs."""

from typing import Any

from rnncalc.counting import counting
from rnncalc.document import Block, Document, Notice, Prose, Table, Text
from rnncalc.equations import Index, Ref, symbol
from rnncalc.formula import Digits, row
from rnncalc.languages import counted, language, say, sentence, speaking
from rnncalc.verification.comparing import Difference, Verification

SCHEMA = "rnncalc/verification/1"


def verification_page(one: Verification) -> Document:
    with speaking(language(one.exercise.lang)), counting(one.exercise.first):
        header: tuple[Text, ...] = (
            (say("quantity"),),
            (say("compared at"),),
            (say("largest difference"),),
            (say("where"),),
        )
        words = say(
            "Solved in float64, and run by {program}. A difference is relative where the value is beyond 1.",
            program=one.program,
        )
        rows = tuple(_row(one, difference) for difference in one.differences)
        blocks: tuple[Block, ...] = (Prose((words,)), Table(header, rows), _verdict(one))
        return Document(one.exercise.title, blocks, one.exercise.source, language())


def _verdict(one: Verification) -> Block:
    tolerance = row(Digits(f"{one.tolerance:g}"))
    beyond = [difference for difference in one.differences if not difference.largest <= one.tolerance]
    if not beyond:
        return Prose(sentence("All differences are within {tolerance}.", tolerance=tolerance))
    names = ", ".join(difference.name for difference in beyond)
    return Notice("warning", sentence("beyond {tolerance}: {names}", tolerance=tolerance, names=names), say("warning"))


def _row(one: Verification, difference: Difference) -> tuple[Text, ...]:
    symbols = one.exercise.symbols
    at = tuple(Index("", place) for place in difference.at)
    steps = counted("{number} step", "{number} steps", difference.compared)
    return (
        (row(symbol(Ref(difference.name), symbols)),),
        (steps,),
        (row(Digits(_size(difference.largest))),),
        (row(symbol(Ref(difference.name, at), symbols)),),
    )


def _size(value: float) -> str:
    return "0" if value == 0 else f"{value:.1e}"


def verification_record(one: Verification) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "schema": SCHEMA,
        "exercise": one.exercise.name,
        "against": one.program,
        "tolerance": one.tolerance,
        "agrees": one.agrees,
        "quantities": {
            difference.name: {
                "largest_difference": difference.largest,
                "at": [place - 1 + one.exercise.first for place in difference.at],
                "compared": difference.compared,
            }
            for difference in one.differences
        },
    }
