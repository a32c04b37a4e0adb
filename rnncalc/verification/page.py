"""A verification as a page, and as plain dicts for programs."""

from typing import Any

from rnncalc.document import Block, Document, Notice, Prose, Table, Text
from rnncalc.equations import Index, Ref, symbol
from rnncalc.formula import row
from rnncalc.verification.comparing import Difference, Verification

SCHEMA = "rnncalc/verification/1"


def verification_page(one: Verification) -> Document:
    rows = tuple(_row(one, difference) for difference in one.differences)
    header: tuple[Text, ...] = (("quantity",), ("compared at",), ("largest difference",), ("where",))
    beyond = [difference for difference in one.differences if not difference.largest <= one.tolerance]
    verdict: Block = Prose((f"All differences are within {one.tolerance:g}.",))
    if beyond:
        names = ", ".join(difference.name for difference in beyond)
        verdict = Notice("warning", (f"beyond {one.tolerance:g}: {names}",))
    words = f"Solved in float64, and run by {one.program}. A difference is relative where the value is beyond 1."
    blocks: tuple[Block, ...] = (Prose((words,)), Table(header, rows), verdict)
    return Document(one.exercise.title, blocks, one.exercise.source)


def _row(one: Verification, difference: Difference) -> tuple[Text, ...]:
    symbols = one.exercise.symbols
    at = tuple(Index("", place) for place in difference.at)
    steps = f"{difference.compared} step{'s' * (difference.compared > 1)}"
    return (
        (row(symbol(Ref(difference.name), symbols)),),
        (steps,),
        (_size(difference.largest),),
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
                "at": list(difference.at),
                "compared": difference.compared,
            }
            for difference in one.differences
        },
    }
