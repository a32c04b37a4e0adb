"""The page of a solution as a worksheet: values become blanks, with hints and room to work before them."""

from collections.abc import Iterator
from typing import Any, Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.document import Answer, Block, Derivation, Document, Line, Prose, Space, Table
from rnncalc.formula import Blank, Digits, Operator, Row, Words, row
from rnncalc.languages import say, speaking
from rnncalc.numbers import Precision

Hints = Literal["none", "formula", "substitution"]
"""What is told before a value: nothing, its equation, or the equation with the data put in as well."""

_NARROWEST = 5
_TOLD = {"none": 0, "formula": 1, "substitution": 2}
_ROOM = 3
"""Lines to work out one quantity; an answer that stands alone has more."""
_ROOM_FOR_ALL = 12


def worksheet(page: Document, precision: Precision, hints: Hints = "none") -> Document:
    """The page with blanks for all that is worked out, and the digits to give. What would tell answers is left out."""
    worked = any(isinstance(block, Derivation) for block in page.blocks)
    blocks = [blank for block in page.blocks for blank in _blanked(block, hints)]
    if not worked:
        place = next((n for n, block in enumerate(blocks) if isinstance(block, Answer)), len(blocks))
        blocks.insert(place, Space(_ROOM_FOR_ALL))
    with speaking(page.language):
        return replace(page, blocks=(Prose((_digits(precision),)), *blocks))


def _digits(precision: Precision) -> str:
    digits = precision.digits
    match precision.kind:
        case "both":
            return say(
                "Give every number to {digits} decimals or {digits} significant digits, whichever shows more.",
                digits=digits,
            )
        case "significant":
            return say("Give every number to {digits} significant digits.", digits=digits)
        case "decimals":
            return say("Give every number to {digits} decimals.", digits=digits)
        case _:
            assert_never(precision.kind)


def _blanked(block: Block, hints: Hints) -> Iterator[Block]:
    match block:
        case Derivation():
            yield from _derivation(block, hints)
        case Answer(name, relation, value, _, label):
            yield Answer(name, relation, _blank(value), (), label)
        case Table() | Prose():
            return
        case _:
            yield block


def _derivation(block: Derivation, hints: Hints) -> Iterator[Block]:
    """The hints, room to work, and a blank for the value."""
    told = (block.hints or block.lines[:1])[: _TOLD[hints]]
    if told:
        yield Derivation(told)
    relation, value = _value(block.lines[-1])
    yield Space(_ROOM)
    yield Derivation((Line(relation, _blank(value), block.lines[0].left),))


def _value(line: Line) -> tuple[Literal["equals", "approx"], Row]:
    """The last value of a line, with the sign before it."""
    relation, start = line.relation, 0
    for number, atom in enumerate(line.right.atoms):
        match atom:
            case Operator("equals" | "approx" as sign):
                relation, start = sign, number + 1
    return relation, Row(line.right.atoms[start:])


def _blank(value: Row) -> Row:
    """The value with one blank for each number and word in it, all as wide as the widest."""
    width = max((len(text) for text in _texts(value)), default=0)
    emptied: Row = _emptied(value, Blank(max(_NARROWEST, width + 1)))
    return emptied


def _texts(part: Any) -> Iterator[str]:
    match part:
        case Digits(text) | Words(text):
            yield text
        case tuple():
            for inner in part:
                yield from _texts(inner)
        case Struct():
            for name in part.__struct_fields__:
                yield from _texts(getattr(part, name))


def _emptied(part: Any, blank: Blank) -> Any:
    """The part with blanks in place of all that carries a value; a value in closed form is one blank."""
    match part:
        case Row(atoms) if any(not isinstance(atom, Digits | Words) for atom in atoms) and len(atoms) > 1:
            return row(blank)
        case Digits() | Words():
            return blank
        case tuple():
            return tuple(_emptied(inner, blank) for inner in part)
        case Struct():
            return replace(part, **{name: _emptied(getattr(part, name), blank) for name in part.__struct_fields__})
        case _:
            return part
