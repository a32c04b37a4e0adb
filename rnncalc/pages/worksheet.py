"""The page of a solution as a worksheet: values become blanks, with hints and room to work before them."""

from collections.abc import Iterator
from typing import Any, Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.document import Answer, Block, Derivation, Document, Hints, Line, Prose, Space, Table
from rnncalc.formula import Atom, Blank, Digits, Fenced, Name, Operator, Row, Script, Symbol, Words, row
from rnncalc.languages import say, speaking
from rnncalc.numbers import Precision

Told = Literal["none", "formula", "substitution"]
"""What is told before a value: nothing, its equation, or the equation with the data put in as well."""

_NARROWEST = 5
_STAGES = {"none": 0, "formula": 1, "substitution": 2}
_ROOM = 3
"""Lines to work out one quantity; an answer that stands alone has more."""
_ROOM_FOR_ALL = 12


def worksheet(page: Document, precision: Precision, told: Told = "none", between: bool = False) -> Document:
    """The page with blanks for all that is worked out, and the digits to give; with `between` the lines between the
    formula and the value are there, their numbers blanks too. What would tell answers is left out."""
    worked = any(isinstance(block, Derivation) for block in page.blocks)
    with speaking(page.language):
        blocks = [blank for block in page.blocks for blank in _blanked(block, told, between)]
        if not worked:
            place = next((n for n, block in enumerate(blocks) if isinstance(block, Answer)), len(blocks))
            blocks.insert(place, Space(_ROOM_FOR_ALL))
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


def _blanked(block: Block, told: Told, between: bool) -> Iterator[Block]:
    match block:
        case Derivation():
            yield from _derivation(block, told, between)
        case Answer(name, relation, value, _, label):
            yield Answer(name, relation, _blank(value), (), label)
        case Table() | Prose():
            return
        case _:
            yield block


def _derivation(block: Derivation, told: Told, between: bool) -> Iterator[Block]:
    """The hints, room to work, and a blank for the value; or, in place of the room, the lines `between` as blanks."""
    labels = (say("Hint 1: the formula"), say("Hint 2: the formula with the data put in"))
    hints = (block.hints or block.lines[:1])[: _STAGES[told]]
    if hints:
        yield Hints(hints, labels[: len(hints)])
    relation, value = _value(block.lines[-1])
    left = block.lines[0].left
    inner = [line for line in block.lines[1:-1] if line.right not in [hint.right for hint in hints]]
    steps = [Line(line.relation, _open(line.right)) for line in inner] if between else []
    if not steps:
        yield Space(_ROOM)
    first, *others = (*steps, Line(relation, _blank(value)))
    yield Derivation((replace(first, left=left), *others))


def _open(right: Row) -> Row:
    """A line of the working with a blank for every number that is no constant of the equation."""
    emptied: Row = _emptied(right, Blank(_wide(right)), whole=False)
    return emptied


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
    emptied: Row = _emptied(value, Blank(_wide(value)))
    return emptied


def _wide(formula: Row) -> int:
    """The width of a blank that holds the widest number, with a sign or without."""
    return max(_NARROWEST, max((len(text.lstrip("-")) for text in _texts(formula)), default=0) + 2)


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


def _bare(atom: Atom, before: Atom | None) -> Atom:
    """A number without the brackets that a negative one has: they would tell its sign."""
    match atom:
        case Fenced(Row((Digits(constant=False) as number,))) if not isinstance(before, Name):
            return number
        case _:
            return atom


def _emptied(part: Any, blank: Blank, whole: bool = True) -> Any:
    """The part with blanks in place of all that carries a value. A value in closed form is one blank, if values are
    to be blanks as a `whole`; else constants of the equation stay. The exponent of a square is part of the formula."""
    match part:
        case Row(atoms) if whole and any(not isinstance(atom, Digits | Words) for atom in atoms) and len(atoms) > 1:
            return row(blank)
        case Digits(constant=True) if not whole:
            return part
        case Digits() | Words():
            return blank
        case Row(atoms) if not whole:
            bare = [_bare(atom, before) for before, atom in zip((None, *atoms), atoms, strict=False)]
            return row(*(_emptied(atom, blank, whole) for atom in bare))
        case Script(base, upper) if base != row(Symbol("e")):
            return Script(_emptied(base, blank, whole), upper)
        case tuple():
            return tuple(_emptied(inner, blank, whole) for inner in part)
        case Struct():
            fields = {name: _emptied(getattr(part, name), blank, whole) for name in part.__struct_fields__}
            return replace(part, **fields)
        case _:
            return part
