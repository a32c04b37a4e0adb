"""Where submissions come from: a folder, the zip of all submissions of a Moodle assignment, or a table.

They are handed on one by one, each as bytes with the student it belongs to; nothing is unpacked onto the disk, and no
name inside a zip becomes a path.
"""

import csv
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from msgspec import Struct

from rnncalc.answers.sheet import LARGEST_SHEET
from rnncalc.errors import Problem, UsageError, printable
from rnncalc.languages import Message, Said

SHEETS = (".yaml", ".yml", ".json", ".csv", ".txt")
MOST_MEMBERS = 200_000
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?")
_ID = ("id", "student", "student id", "username", "email address")
_NAME = ("name", "full name", "first name")


class Submission(Struct, frozen=True):
    """One student's sheet: what the file is called, and its bytes; none, and a `problem`, if they cannot be had."""

    id: str
    name: str
    file: str
    data: bytes
    problem: Said = ""


def collect(path: Path) -> Iterator[Submission]:
    """The submissions in a folder, a zip or a CSV table, in the order of their names.

    Raises UsageError if there is none, or if the zip or the table cannot be read at all.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        hint = "name a folder with a file for each student, a zip, or a CSV table"
        raise UsageError(Problem(f"there are no submissions at `{path}`", None, hint))
    return _zip(path) if path.suffix.lower() == ".zip" else _table(path)


def _folder(folder: Path) -> Iterator[Submission]:
    found = False
    for parts in _files(str(folder)):
        found = True
        student, name = _student(parts)
        inside = "/".join(parts)
        try:
            with open(os.path.join(folder, *parts), "rb") as stream:
                data = stream.read(LARGEST_SHEET + 1)
        except OSError as error:
            reason = {"reason": error.strerror or ""}
            yield Submission(student, name, inside, b"", Message("cannot be read: {reason}", reason))
            continue
        large = len(data) > LARGEST_SHEET
        yield _sheet(student, name, inside, b"" if large else data, large)
    if not found:
        hint = "each student has a file `ID.yaml` in it (or .json, .csv, .txt), or a folder of that name"
        raise UsageError(Problem(f"`{folder}` holds no submission", None, hint))


def _files(folder: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The sheets below a folder by the parts of their paths, in order. Only names are held, and those of one folder at
    a time."""
    try:
        with os.scandir(os.path.join(folder, *above)) as entries:
            found = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries if _is_of_interest(one))
    except PermissionError:
        return
    for name, is_folder in found:
        if is_folder:
            yield from _files(folder, (*above, name))
        else:
            yield (*above, name)


def _is_of_interest(entry: os.DirEntry[str]) -> bool:
    if entry.is_dir(follow_symlinks=False):
        return True
    return os.path.splitext(entry.name)[1].lower() in SHEETS and entry.is_file()


def _student(parts: Sequence[str]) -> tuple[str, str]:
    """Whose file it is: `Lan Trần_123_assignsubmission_file_/a.yaml`, `lan/answers.yaml` or `lan.yaml`."""
    for part in parts:
        if match := _MOODLE.match(part):
            return match["id"], match["name"]
    return (parts[0] if len(parts) > 1 else os.path.splitext(parts[0])[0]), ""


def _sheet(student: str, name: str, file: str, data: bytes, large: bool) -> Submission:
    problem = Message("is larger than {bytes} bytes", {"bytes": str(LARGEST_SHEET)}) if large else ""
    return Submission(student, name, printable(file), data, problem)


# ---------------------------------------------------------------- a zip


def _zip(path: Path) -> Iterator[Submission]:
    try:
        archive = ZipFile(path)
    except (BadZipFile, OSError) as error:
        raise UsageError(
            Problem(f"`{path}` is not a zip that can be read: {error}", None, "download it again")
        ) from None
    with archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise UsageError(Problem(f"`{path}` holds more than {MOST_MEMBERS} files", None, "split it"))
        sheets = [one for one in members if not one.is_dir() and one.filename.lower().endswith(SHEETS)]
        if not sheets:
            hint = "it must hold a .yaml, .json, .csv or .txt file for each student"
            raise UsageError(Problem(f"`{path}` holds no submission", None, hint))
        for member in sorted(sheets, key=lambda one: one.filename):
            yield _member(archive, member)
    yield from _without_sheet(members, {_student(PurePosixPath(one.filename).parts)[0] for one in sheets})


def _without_sheet(members: Sequence[ZipInfo], graded: set[str]) -> Iterator[Submission]:
    """Students of a Moodle assignment who handed in nothing that can be graded: a photograph, a text document."""
    for member in sorted(members, key=lambda one: one.filename):
        student, name = _student(PurePosixPath(member.filename).parts)
        if name and not member.is_dir() and student not in graded:
            graded.add(student)
            problem = Message("is no sheet of answers: a .yaml, .json, .csv or .txt file")
            yield Submission(student, name, printable(member.filename), b"", problem)


def _member(archive: ZipFile, member: ZipInfo) -> Submission:
    """A file of the zip. What it says of its size is not believed: no more is read than a sheet may have."""
    student, name = _student(PurePosixPath(member.filename).parts)
    try:
        with archive.open(member) as stream:
            data = stream.read(LARGEST_SHEET + 1)
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        problem = Message("cannot be unpacked: {reason}", {"reason": str(error)})
        return Submission(student, name, printable(member.filename), b"", problem)
    large = len(data) > LARGEST_SHEET
    return _sheet(student, name, member.filename, b"" if large else data, large)


# ---------------------------------------------------------------- a table


def _table(path: Path) -> Iterator[Submission]:
    """`id,name,h_1`: a row for each student, a column for each quantity, arrays as `[0.5, -0.2]` or `0.5; -0.2`."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        rows = csv.reader(stream)
        try:
            header = [cell.strip() for cell in next(rows, [])]
            keys = [cell.lower() for cell in header]
            owner = next((keys.index(key) for key in _ID if key in keys), None)
            if owner is None or len(header) < 2:
                hint = "the first line names the columns: `id,name,h_1,h_2`"
                raise UsageError(Problem(f"`{path}` has no column for the student", None, hint))
            named = next((keys.index(key) for key in _NAME if key in keys), None)
            for number, row in enumerate(rows, 2):
                if any(map(str.strip, row)):
                    yield _row(header, row, owner, named, number)
        except csv.Error as error:
            raise UsageError(Problem(f"`{path}` is not CSV: {error}", None, "write `id,name,h_1`")) from None


def _row(header: list[str], row: list[str], owner: int, named: int | None, number: int) -> Submission:
    cells = dict(enumerate(row))
    answers = {
        key: _array(cells.get(place, ""))
        for place, key in enumerate(header)
        if place not in (owner, named) and cells.get(place, "").strip()
    }
    data = json.dumps({"answers": answers}, ensure_ascii=False).encode()
    student, name = cells.get(owner, "").strip(), cells.get(named, "").strip() if named is not None else ""
    return _sheet(student, name, f"row {number}", data, len(data) > LARGEST_SHEET)


def _array(text: str) -> str | list[str]:
    return [part.strip() for part in text.split(";")] if ";" in text and "[" not in text else text
