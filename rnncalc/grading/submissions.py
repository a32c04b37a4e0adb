"""Where submissions come from: a folder, the zip of all submissions of a Moodle assignment, or a table.

They are handed on one by one, each as bytes with the student it belongs to; nothing is unpacked onto the disk, and no
name inside a zip becomes a path.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from msgspec.structs import replace

from rnncalc.answers.sheet import LARGEST_SHEET
from rnncalc.errors import Problem, UsageError, printable
from rnncalc.grading.marks import Marks, mark_of
from rnncalc.grading.rows import read_rows
from rnncalc.grading.submission import ONLINE, Submission, sheet, without
from rnncalc.languages import Message, Said
from rnncalc.teaching.classlist import plain_id

SHEETS = (".yaml", ".yml", ".json", ".csv", ".txt")
MOST_MEMBERS = 200_000
MOST_NAMED = 3
"""So many files are named where none is a sheet."""
_PIECE = 65_536
"""So many bytes are read at a time; few sheets have more."""
_LITTER = ("__macosx", "thumbs.db", "desktop.ini")
"""What computers leave behind, in small letters."""
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?")


def collect(path: Path) -> Iterator[Submission]:
    """The submissions in a folder, a zip or a CSV table, in the order of their names.

    Raises UsageError if there is none, or if the zip or the table cannot be read at all.
    """
    if path.is_dir():
        return _told_apart(_folder(path))
    if not path.is_file():
        hint = "name a folder with a file for each student, a zip, or a CSV table"
        raise UsageError(Problem(f"there are no submissions at `{path}`", None, hint))
    return _told_apart(_zip(path) if path.suffix.lower() == ".zip" else read_rows(path))


def _told_apart(submissions: Iterable[Submission]) -> Iterator[Submission]:
    seen = Marks()
    for one in submissions:
        yield replace(one, again=True) if seen.put(mark_of(plain_id(one.id)), 1) else one


# ---------------------------------------------------------------- what belongs to whom


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a path, as Windows writes it too. Those that lead elsewhere, such as `..`, tell nothing of a
    student."""
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def _is_litter(parts: Sequence[str]) -> bool:
    """Whether nobody handed this in: it is hidden, or left behind by a computer, or a README for the whole class."""
    hidden = any(part.startswith(".") or part.lower() in _LITTER for part in parts)
    return hidden or not parts or (len(parts) == 1 and parts[0].lower().startswith("readme"))


def _is_sheet(name: str) -> bool:
    return name.lower().endswith((*SHEETS, ONLINE))


def _student(parts: Sequence[str]) -> tuple[str, str]:
    """Whose file it is: `Lan Trần_123_assignsubmission_file_/a.yaml`, `lan/answers.yaml` or `lan.yaml`."""
    for part in parts:
        if match := _MOODLE.match(part):
            return match["id"], printable(match["name"])
    return printable(parts[0] if len(parts) > 1 else os.path.splitext(parts[0])[0]), ""


def _without_sheet(others: Iterable[str], sheets: Iterable[Sequence[str]]) -> Iterator[Submission]:
    """Students who handed in nothing that can be graded, a photograph or a text document, each of them once; `sheets`
    are the files that can be."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted(others):
        student, name = _student(_parts(file))
        found.setdefault(student, (name, file))
    for parts in sheets if found else ():
        found.pop(_student(parts)[0], None)
    for student, (name, file) in found.items():
        problem = Message("is no sheet of answers: a .yaml, .json, .csv or .txt file")
        yield without(student, name, file, problem)


# ---------------------------------------------------------------- a folder


def _folder(folder: Path) -> Iterator[Submission]:
    others: list[str] = []
    found = False
    for parts, problem in _files(str(folder)):
        if problem or _is_sheet(parts[-1]):
            found = True
            yield without(*_student(parts), "/".join(parts), problem) if problem else _file(folder, parts)
        else:
            others.append("/".join(parts))
    if not found:
        hint = "each student has a file `ID.yaml` in it (or .json, .csv, .txt), or a folder of that name"
        raise UsageError(_no_sheet(folder, others, hint))
    # Folders are looked through once more, so that nothing is kept of students who handed in sheets alone.
    sheets = (parts for parts, problem in _files(str(folder)) if problem or _is_sheet(parts[-1]))
    yield from _without_sheet(others, sheets)


def _no_sheet(path: Path, others: Sequence[str], hint: str) -> Problem:
    if not others:
        return Problem(f"`{path}` holds no submission", None, hint)
    shown = [f"`{printable(one)}`" for one in sorted(others)[:MOST_NAMED]]
    more = f" and {len(others) - len(shown)} more" if len(others) > len(shown) else ""
    return Problem(f"`{path}` holds no sheet of answers, only {', '.join(shown)}{more}", None, hint)


def _file(folder: Path, parts: Sequence[str]) -> Submission:
    student, name = _student(parts)
    inside = "/".join(parts)
    try:
        data = _read(os.path.join(folder, *parts))
    except OSError as error:
        return without(student, name, inside, _unreadable(error))
    return sheet(student, name, inside, data)


def _read(file: str) -> bytes:
    """A file, or more of it than a sheet may have. Room for as much as that would be made in vain for most."""
    data = b""
    with open(file, "rb", buffering=0) as stream:
        while len(data) <= LARGEST_SHEET and (more := stream.read(_PIECE)):
            data += more
    return data


def _files(folder: str, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Said]]:
    """The files below a folder by the parts of their paths, in order, but for litter; and what cannot be read, with the
    reason. Only names are held, and those of one folder at a time."""
    try:
        names, problems = _names(folder, above)
    except OSError as error:
        if not above:
            raise UsageError(Problem(f"cannot read `{folder}`: {error.strerror}", None, "check the path")) from None
        if not _is_litter(above):
            yield above, _unreadable(error)
        return
    for entry in _one_by_one(names):
        name, kind = entry.split("\0")
        parts = (*above, name)
        if kind == _FOLDER:
            yield from _files(folder, parts)
        elif kind != _NOTHING and not _is_litter(parts):
            yield parts, problems.get(name, "")


def _names(folder: str, above: tuple[str, ...]) -> tuple[str, dict[str, Said]]:
    """What is in a folder, each name with its kind, in order and as one text, which takes a tenth of the memory of a
    list; and what is wrong with some of it."""
    problems: dict[str, Said] = {}
    with os.scandir(os.path.join(folder, *above)) as entries:
        found: list[str] = []
        for one in entries:
            kind = _kind_of(one, folder, above)
            if isinstance(kind, Message):
                problems[one.name], kind = kind, _FILE
            found.append(f"{one.name}\0{kind}")
    return "/".join(sorted(found)), problems


def _one_by_one(names: str) -> Iterator[str]:
    start = 0
    while start < len(names):
        end = names.find("/", start)
        end = len(names) if end < 0 else end
        yield names[start:end]
        start = end + 1


_FOLDER, _FILE, _NOTHING = "d", "f", "n"


def _kind_of(entry: os.DirEntry[str], folder: str, above: tuple[str, ...]) -> Said:
    try:
        return _kind(entry, folder, above)
    except OSError as error:
        return _unreadable(error)


def _unreadable(error: OSError) -> Message:
    return Message("cannot be read: {reason}", {"reason": error.strerror or ""})


def _kind(entry: os.DirEntry[str], folder: str, above: tuple[str, ...]) -> Said:
    """What there is, or why it is not read. Links in the class folder are the teacher's and are followed; those in the
    folder of a student must not lead to the files of others."""
    if above and entry.is_symlink():
        own, target = (os.path.realpath(one) for one in (os.path.join(folder, above[0]), entry.path))
        if os.path.commonpath((own, target)) != own:
            return Message("is a link that leads out of the student's folder")
        if entry.is_dir():
            return _NOTHING
    if entry.is_dir():
        return _FOLDER
    if entry.is_file():
        return _FILE
    return Message("is a link that leads nowhere") if entry.is_symlink() else Message("is no file")


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
        files = [one for one in members if not _is_folder(one) and not _is_litter(_parts(one.filename))]
        sheets = [one for one in files if _is_sheet(one.filename)]
        if not sheets:
            hint = "it must hold a .yaml, .json, .csv or .txt file for each student"
            raise UsageError(_no_sheet(path, [one.filename for one in files], hint))
        for member in sorted(sheets, key=lambda one: one.filename):
            yield _member(archive, member)
    others = (one.filename for one in files if not _is_sheet(one.filename))
    yield from _without_sheet(others, (_parts(one.filename) for one in sheets))


def _is_folder(member: ZipInfo) -> bool:
    return member.filename.endswith(("/", "\\"))


def _member(archive: ZipFile, member: ZipInfo) -> Submission:
    """A file of the zip. What it says of its size is not believed: no more is read than a sheet may have."""
    student, name = _student(_parts(member.filename))
    try:
        with archive.open(member) as stream:
            data = stream.read(LARGEST_SHEET + 1)
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        problem = Message("cannot be unpacked: {reason}", {"reason": str(error)})
        return without(student, name, member.filename, problem)
    return sheet(student, name, member.filename, data)
