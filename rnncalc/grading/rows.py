"""A table with a row for each student and a column for each quantity, as spreadsheets save it → submissions."""

import codecs
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rnncalc.errors import Problem, UsageError, printable
from rnncalc.grading.submission import Submission, sheet, without
from rnncalc.languages import Message
from rnncalc.teaching.classlist import HEADINGS, separator

LONGEST_CELL = 100_000_000
_ID = ("id", "student", "student id", "id number", "username", "email address", *sorted(HEADINGS))
_NAMES = (
    ("name",),
    ("full name",),
    ("họ và tên",),
    ("họ tên",),
    ("first name", "last name"),
    ("first name", "surname"),
)


def read_rows(path: Path) -> Iterator[Submission]:
    """`id,name,h_1`, with commas, semicolons or tabs between; arrays as `[0.5, -0.2]` or `0.5; -0.2`.

    Raises UsageError where no column says whose row it is, or where there are no rows.
    """
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=_encoding(path), errors="replace", newline="") as stream:
        between = separator(stream.readline())
        stream.seek(0)
        rows = csv.reader(stream, delimiter=between)
        try:
            yield from _submissions(rows, path)
        except csv.Error as error:
            raise UsageError(Problem(f"`{path}` is not CSV: {error}", None, "write `id,name,h_1`")) from None


def _encoding(path: Path) -> str:
    """UTF-8, but for what spreadsheets call Unicode text."""
    with path.open("rb") as stream:
        is_wide = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if is_wide else "utf-8-sig"


def _submissions(rows: Iterator[list[str]], path: Path) -> Iterator[Submission]:
    columns = _Columns([cell.strip() for cell in next(rows, [])])
    if columns.owner is None or len(columns.header) < 2:
        hint = "the first line names the columns: `id,name,h_1,h_2`"
        raise UsageError(Problem(f"`{path}` has no column for the student", None, hint))
    number = 1
    for number, row in enumerate(rows, 2):
        if any(map(str.strip, row)):
            yield columns.submission(row, number)
    if number == 1:
        raise UsageError(Problem(f"`{path}` holds no submission", None, "write a row for each student"))


class _Columns:
    """What the columns of a table are: whose row it is, names, and quantities."""

    def __init__(self, header: Sequence[str]) -> None:
        self.header, keys = header, [cell.casefold() for cell in header]
        self.owner = next((keys.index(key) for key in _ID if key in keys), None)
        named = next((names for names in _NAMES if all(name in keys for name in names)), ())
        self.named = [keys.index(name) for name in named]

    def submission(self, row: Sequence[str], number: int) -> Submission:
        cells = [*map(str.strip, row), *[""] * (len(self.header) - len(row))]
        place = f"row {number}"
        name = printable(" ".join(filter(None, (cells[column] for column in self.named))))
        student = printable(cells[self.owner or 0]) or name or place
        if any(cells[len(self.header) :]):
            parts = {"cells": str(len(row)), "columns": str(len(self.header))}
            problem = Message("has {cells} cells; the first line names {columns} columns", parts)
            return without(student, name, place, problem)
        about = (self.owner, *self.named)
        answers = {key: _array(cells[at]) for at, key in enumerate(self.header) if at not in about and cells[at]}
        return sheet(student, name, place, json.dumps({"answers": answers}, ensure_ascii=False).encode())


def _array(text: str) -> str | list[str]:
    return [part.strip() for part in text.split(";")] if ";" in text and "[" not in text else text
