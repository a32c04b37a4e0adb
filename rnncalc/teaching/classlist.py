"""Lists of a class: the students of a course, and whose variant is whose."""

import csv
import re
import unicodedata
from io import StringIO
from pathlib import Path

from msgspec import Struct

from rnncalc.errors import Problem, UsageError
from rnncalc.output import file_name
from rnncalc.source import decode, read_bytes

LIST = "variants.csv"
MOST_STUDENTS = 100_000
HEADINGS = {
    "id",
    "student",
    "student id",
    "username",
    "mssv",
    "mã sv",
    "mã sinh viên",
    "mã số sinh viên",
    "mã học sinh",
}


class Student(Struct, frozen=True):
    id: str
    name: str = ""


def read_students(file: Path, count: int | None = None) -> list[Student]:
    """A class list: one student a line, the id first and perhaps a name; a line of headings is passed over. Commas,
    semicolons or tabs separate the two, as a spreadsheet of the country writes them.

    Raises UsageError if the file cannot be read, names a student twice, or has another number of them than the count.
    """
    text = decode(read_bytes(file), str(file))
    lines = csv.reader(StringIO(text), delimiter=separator(text))
    rows = [[cell.strip() for cell in line] for line in lines if any(map(str.strip, line))]
    if rows and _plain(rows[0][0]) in HEADINGS:
        rows = rows[1:]
    if not rows:
        raise UsageError(Problem(f"`{file}` names no student", None, "write one student a line: `id, name`"))
    students = [Student(line[0], line[1] if len(line) > 1 else "") for line in rows[:MOST_STUDENTS]]
    seen: set[str] = set()
    for student in students:
        stem = plain_id(student.id)
        if stem in seen or not stem.strip("._-"):
            what = f"`{file}`: the student id `{student.id}` is {'used twice' if stem in seen else 'empty'}"
            raise UsageError(Problem(what, None, "give every student an id of its own, of letters and digits"))
        seen.add(stem)
    if count is not None and count != len(students):
        what = f"`{file}` names {len(students)} students, and {count} variants are asked for"
        raise UsageError(Problem(what, None, "leave `-n` out: there is a variant for each student"))
    return students


def separator(text: str) -> str:
    """What stands most often in the first line that says anything, quotes left out."""
    first = re.sub(r'"[^"]*"', "", next(filter(str.strip, text.splitlines()), ""))
    return max(",;\t", key=first.count)


def plain_id(text: str) -> str:
    """An id as files can be called by it: on some machines names that differ in capitals alone are one."""
    return _plain(file_name(text))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def variants_of(folder: Path) -> tuple[dict[str, Path], dict[str, Path]]:
    """The exercise file of each student, by `plain_id` and by `plain_name`, from the list in a folder of variants. A
    name that two students share is nobody's.

    Raises UsageError if there is no such list.
    """
    file = folder / LIST
    if not file.is_file():
        hint = f"`rnncalc variants --students CSV -o {folder}` writes it"
        raise UsageError(Problem(f"`{folder}` has no `{LIST}`", None, hint))
    text = decode(read_bytes(file), str(file))
    rows = [row for row in csv.DictReader(StringIO(text)) if row.get("id") and row.get("exercise")]
    by_id = {plain_id(row["id"].removeprefix("'")): folder / row["exercise"] for row in rows}
    names = [plain_name((row.get("name") or "").removeprefix("'")) for row in rows]
    found = zip(names, rows, strict=True)
    return by_id, {name: folder / row["exercise"] for name, row in found if name and names.count(name) == 1}


def plain_name(text: str) -> str:
    """A name as it is compared: some lists have the family name first, some last."""
    return " ".join(sorted(_plain(text).split()))
