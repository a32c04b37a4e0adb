"""Where submissions come from: a folder, the zip of all submissions of a Moodle assignment, or a table.

They are handed on one by one, each as bytes with the student it belongs to; nothing is unpacked onto the disk, and no
name inside a zip becomes a path.
"""

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from msgspec import Struct

from rnncalc.answers.sheet import LARGEST_SHEET
from rnncalc.errors import Problem, UsageError, printable
from rnncalc.languages import Message, Said

SHEETS = (".yaml", ".yml", ".json", ".csv", ".txt")
MOST_MEMBERS = 200_000
_PIECE = 65_536
"""So many bytes are read at a time; few sheets have as many."""
_LITTER = ("__macosx", "thumbs.db", "desktop.ini")
"""What computers leave behind, in small letters."""
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


# ---------------------------------------------------------------- what belongs to whom


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a path. Those that lead elsewhere, such as `..`, tell nothing of a student."""
    return tuple(part for part in name.split("/") if part not in ("", ".", ".."))


def _is_litter(parts: Sequence[str]) -> bool:
    """Whether nobody handed this in: it is hidden, or left behind by a computer, or a README for the whole class."""
    hidden = any(part.startswith(".") or part.lower() in _LITTER for part in parts)
    return hidden or not parts or (len(parts) == 1 and parts[0].lower().startswith("readme"))


def _is_sheet(name: str) -> bool:
    return name.lower().endswith(SHEETS)


def _student(parts: Sequence[str]) -> tuple[str, str]:
    """Whose file it is: `Lan Trần_123_assignsubmission_file_/a.yaml`, `lan/answers.yaml` or `lan.yaml`."""
    for part in parts:
        if match := _MOODLE.match(part):
            return match["id"], match["name"]
    return (parts[0] if len(parts) > 1 else os.path.splitext(parts[0])[0]), ""


def _without_sheet(others: Iterable[str], graded: set[str]) -> Iterator[Submission]:
    """Students who handed in nothing that can be graded, a photograph or a text document, each of them once."""
    for file in sorted(others):
        student, name = _student(_parts(file))
        if student not in graded:
            graded.add(student)
            problem = Message("is no sheet of answers: a .yaml, .json, .csv or .txt file")
            yield Submission(student, name, printable(file), b"", problem)


def _sheet(student: str, name: str, file: str, data: bytes, large: bool) -> Submission:
    problem = Message("is larger than {bytes} bytes", {"bytes": str(LARGEST_SHEET)}) if large else ""
    return Submission(student, name, printable(file), data, problem)


# ---------------------------------------------------------------- a folder


def _folder(folder: Path) -> Iterator[Submission]:
    graded: set[str] = set()
    others: list[str] = []
    for parts in _files(str(folder)):
        if _is_sheet(parts[-1]):
            one = _file(folder, parts)
            graded.add(one.id)
            yield one
        else:
            others.append("/".join(parts))
    if not graded:
        hint = "each student has a file `ID.yaml` in it (or .json, .csv, .txt), or a folder of that name"
        raise UsageError(Problem(f"`{folder}` holds no submission", None, hint))
    yield from _without_sheet(others, graded)


def _file(folder: Path, parts: Sequence[str]) -> Submission:
    student, name = _student(parts)
    inside = "/".join(parts)
    try:
        data = _read(os.path.join(folder, *parts))
    except OSError as error:
        reason = {"reason": error.strerror or ""}
        return Submission(student, name, inside, b"", Message("cannot be read: {reason}", reason))
    large = len(data) > LARGEST_SHEET
    return _sheet(student, name, inside, b"" if large else data, large)


def _read(file: str) -> bytes:
    """A file, or more of it than a sheet may have. Room for as much as that would be made in vain for most."""
    data = b""
    with open(file, "rb", buffering=0) as stream:
        while len(data) <= LARGEST_SHEET and (more := stream.read(_PIECE)):
            data += more
    return data


def _files(folder: str, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The files below a folder by the parts of their paths, in order, but for litter. Only names are held, and those of
    one folder at a time."""
    try:
        with os.scandir(os.path.join(folder, *above)) as entries:
            found = sorted((one.name, one.is_dir(follow_symlinks=False)) for one in entries if _is_file_or_folder(one))
    except PermissionError:
        return
    for name, is_folder in found:
        parts = (*above, name)
        if is_folder:
            yield from _files(folder, parts)
        elif not _is_litter(parts):
            yield parts


def _is_file_or_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) or entry.is_file()


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
        files = [one for one in members if not one.is_dir() and not _is_litter(_parts(one.filename))]
        sheets = [one for one in files if _is_sheet(one.filename)]
        if not sheets:
            hint = "it must hold a .yaml, .json, .csv or .txt file for each student"
            raise UsageError(Problem(f"`{path}` holds no submission", None, hint))
        for member in sorted(sheets, key=lambda one: one.filename):
            yield _member(archive, member)
    others = (one.filename for one in files if not _is_sheet(one.filename))
    yield from _without_sheet(others, {_student(_parts(one.filename))[0] for one in sheets})


def _member(archive: ZipFile, member: ZipInfo) -> Submission:
    """A file of the zip. What it says of its size is not believed: no more is read than a sheet may have."""
    student, name = _student(_parts(member.filename))
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
