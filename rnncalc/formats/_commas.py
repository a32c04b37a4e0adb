"""A document with decimal commas: `0,5` for `0.5`, and semicolons where commas part numbers.

Words are left as they are: a title or a note may name section 3.2 of a book. Numbers among words of ours come with
their comma already (`languages.among_words`).
"""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.formula import Digits, Operator, Row, Tuple


def with_commas(part: Any) -> Any:
    """The document, or a part of one."""
    match part:
        case Digits(text):
            return replace(part, text=text.replace(".", ","))
        case Operator("comma"):
            return Operator("semicolon")
        case Tuple():
            return replace(part, cells=with_commas(part.cells), between="semicolon")
        case tuple():
            return tuple(
                "; " if inner == ", " and _parts_numbers(part, place) else with_commas(inner)
                for place, inner in enumerate(part)
            )
        case Struct():
            return replace(part, **{name: with_commas(getattr(part, name)) for name in part.__struct_fields__})
        case _:
            return part


def _parts_numbers(run: tuple[Any, ...], place: int) -> bool:
    """Whether the words at a place of a run stand between two numbers: in a cell of a table, `0.01799, 1.0000`."""
    return 0 < place < len(run) - 1 and _is_number(run[place - 1]) and _is_number(run[place + 1])


def _is_number(part: Any) -> bool:
    match part:
        case Row(atoms):
            return any(map(_is_number, atoms))
        case _:
            return isinstance(part, Digits)
