"""A folder of variants for a class: an exercise and a key for each, and a list that says whose is which."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from msgspec import Struct

from rnncalc import formats, output
from rnncalc.errors import Problem, UsageError
from rnncalc.explain import Detail, explain
from rnncalc.source import Mapping
from rnncalc.source.decoding import decode, read_bytes
from rnncalc.variants import Variant, variant_text

LIST = "variants.csv"
MOST_STUDENTS = 100_000
_HARMFUL = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""


class Student(Struct, frozen=True):
    id: str
    name: str = ""


class Order(Struct, frozen=True):
    """What is wanted: the folder, the format of the keys (none if empty), and how much of the working out they show."""

    folder: Path
    key_format: str = "markdown"
    detail: Detail = "steps"


def read_students(file: Path) -> list[Student]:
    """A class list: one student a line, the id first and perhaps a name; a line of headings is passed over.

    Raises UsageError if the file cannot be read, or names a student twice.
    """
    text = decode(read_bytes(file), str(file))
    rows = [[cell.strip() for cell in line] for line in csv.reader(StringIO(text)) if any(map(str.strip, line))]
    if rows and rows[0][0].lower() in ("id", "student", "student id", "username"):
        rows = rows[1:]
    if not rows:
        raise UsageError(Problem(f"`{file}` names no student", None, "write one student a line: `id, name`"))
    students = [Student(line[0], line[1] if len(line) > 1 else "") for line in rows[:MOST_STUDENTS]]
    seen: set[str] = set()
    for student in students:
        stem = _file_name(student.id)
        if stem in seen or not stem.strip("._-"):
            what = f"`{file}`: the student id `{student.id}` is {'used twice' if stem in seen else 'empty'}"
            raise UsageError(Problem(what, None, "give every student an id of its own, of letters and digits"))
        seen.add(stem)
    return students


def hand_out(
    variants: Iterator[Variant], file: Mapping, students: Sequence[Student], order: Order
) -> Iterator[Variant]:
    """Write the files of each variant as it is drawn, and hand it on; the list comes last."""
    if (order.folder / LIST).exists():
        what = f"`{order.folder}` holds variants already"
        raise UsageError(Problem(what, None, "choose another folder, or remove that one"))
    order.folder.mkdir(parents=True, exist_ok=True)
    rows = [["number", "id", "name", "exercise", "key"]]
    for variant in variants:
        student = students[variant.number - 1] if students else Student("")
        stem = _file_name(student.id) or f"variant-{variant.number:0{len(str(max(len(students), 10)))}d}"
        exercise = f"{stem}.yaml"
        key = f"{stem}-key{formats.ending(order.key_format)}" if order.key_format else ""
        output.write(variant_text(variant, file), order.folder / exercise)
        if key:
            output.write(_key(variant, order), order.folder / key)
        rows.append([str(variant.number), student.id, student.name, exercise, key])
        yield variant
    output.write(_csv(rows), order.folder / LIST)


def _key(variant: Variant, order: Order) -> str | bytes:
    return formats.writer(order.key_format)(explain(variant.solution, order.detail))


def _file_name(text: str) -> str:
    """An id as the name of a file: other characters than letters, digits, `.`, `_` and `-` become `_`, and it begins
    with none of the last two."""
    return re.sub(r"^(?=[.-])", "_", re.sub(r"[^\w.-]", "_", text))


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(cell) for cell in line] for line in rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_HARMFUL) else cell
