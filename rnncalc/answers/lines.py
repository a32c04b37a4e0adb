"""A sheet of answers as names with their texts, whatever they mean."""

from msgspec import Struct

Texts = tuple[tuple[str, ...], ...]
"""Rows of texts, one for each number."""

KEYS = frozenset(("student", "name", "answers", "exercise"))
"""What stands beside the quantities of a sheet."""

LARGEST_KNOWN = 20_000
"""Lines of longer sheets are not remembered: memory would hang on what is handed in."""


class Line(Struct, frozen=True):
    """What a student wrote for one name: rows of texts, or why they cannot be read."""

    name: str
    texts: Texts
    problem: str = ""


class Sheet(Struct, frozen=True):
    """One student's lines, in the order of the file."""

    student: str
    lines: tuple[Line, ...]
