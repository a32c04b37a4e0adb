"""Where a result goes: a stream or a file, written whole or not at all. It knows nothing of what it writes."""

import csv
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from rnncalc.errors import Problem, UsageError

PLAIN_WIDTH = 80
"""Columns of a page that goes to a file or a pipe."""
_HARMFUL = re.compile(r"^(?=[=+\-@\t\r])|(?<=[;\t\n\r])(?=\s*[=+\-@])")
"""A spreadsheet takes a cell that begins so for a formula; where it cuts at semicolons or tabs, cells begin behind them
too."""


def write(result: str | bytes | Iterator[str], file: Path | None, *, fresh: bool = False) -> None:
    """To the file, or to standard output; a `fresh` file must not exist. A text ends with one line break; one of many
    parts is written as they come.

    Raises UsageError where that cannot be done, and for bytes that would go to a terminal.
    """
    if isinstance(result, str):
        result = result.rstrip("\n") + "\n"
    if file is None or str(file) == "-":
        _print("".join(result) if isinstance(result, Iterator) else result)
        return
    data = _bytes(result)
    try:
        if fresh:
            _create(file, data)
        elif file.exists() and not file.is_file():
            _into(file, data)
        else:
            _replace(Path(os.path.realpath(file)), data)
    except FileNotFoundError:
        raise _without_folder(file) from None
    except IsADirectoryError:
        what = f"cannot write `{file}`: it is a folder"
        raise UsageError(Problem(what, None, f"name a file in it: `{file / 'NAME'}`")) from None
    except OSError as error:
        what = f"cannot write `{file}`: {error.strerror or error}"
        raise UsageError(Problem(what, None, "choose another file or folder")) from None


def make_folder(folder: Path) -> None:
    """The folder with those above it. Raises UsageError where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if folder.is_file() else error.strerror or str(error)
        what = f"cannot make the folder `{folder}`: {reason}"
        raise UsageError(Problem(what, None, "choose another name")) from None


def expect_folder(file: Path | None) -> None:
    """Raises UsageError now where `write` would do so after a long run: there is no folder for the file."""
    if file is not None and not file.parent.is_dir():
        raise _without_folder(file)


def _without_folder(file: Path) -> UsageError:
    what = f"cannot write `{file}`: there is no folder `{file.parent}`"
    return UsageError(Problem(what, None, "make the folder first, or choose another"))


def _bytes(result: str | bytes | Iterator[str]) -> Iterator[bytes]:
    match result:
        case bytes():
            yield result
        case str():
            yield result.encode()
        case _:
            yield from map(str.encode, result)


def _print(result: str | bytes) -> None:
    """To standard output. A reader who has gone (`rnncalc … | head`) has seen enough: that is no error."""
    try:
        if isinstance(result, str):
            sys.stdout.write(result)
        elif sys.stdout.isatty():
            raise UsageError(
                Problem("this format is not for reading in a terminal", None, "`-o FILE` writes it to a file")
            )
        else:
            sys.stdout.buffer.write(result)
        sys.stdout.flush()
    except BrokenPipeError:
        # Nothing more can be said, at the interpreter's exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise unwritable(error) from None


def unwritable(error: OSError) -> UsageError:
    """What is wrong with standard output; nothing more is written to it, at the interpreter's exit neither."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    return UsageError(Problem(f"cannot write the result: {error.strerror}", None, "`-o FILE` writes it to a file"))


def _create(file: Path, data: Iterator[bytes]) -> None:
    try:
        with file.open("xb") as stream:
            stream.writelines(data)
    except FileExistsError:
        what = f"`{file}` exists already"
        raise UsageError(Problem(what, None, "choose another name, or remove the file")) from None


def _into(file: Path, data: Iterator[bytes]) -> None:
    """Into a pipe or a device such as /dev/stderr, which must not be replaced by a file."""
    with file.open("wb") as stream:
        stream.writelines(data)


def _replace(file: Path, data: Iterator[bytes]) -> None:
    """Write beside the file and rename: a reader sees the old content or the new, and an error leaves the old."""
    import tempfile

    mode = file.stat().st_mode & 0o777 if file.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(data)
        os.chmod(name, mode)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def width(file: Path | None) -> int:
    """The columns to fill: those of the terminal, 80 where there is none; `COLUMNS` decides if it is set."""
    if os.environ.get("COLUMNS", "").isdecimal() and int(os.environ["COLUMNS"]):
        return int(os.environ["COLUMNS"])
    if file is not None or not sys.stdout.isatty():
        return PLAIN_WIDTH
    return os.get_terminal_size(sys.stdout.fileno()).columns or PLAIN_WIDTH


def colour(choice: str, file: Path | None) -> bool:
    """Whether to colour: as chosen, or on a terminal unless NO_COLOR is set or the terminal is dumb."""
    if choice != "auto":
        return choice == "always"
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and file is None and sys.stdout.isatty()


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV. What a spreadsheet would take for a formula gets a quote before it."""
    text = StringIO()
    lines = ([cell if cell.isalnum() else _HARMFUL.sub("'", cell) for cell in row] for row in rows)
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def file_name(text: str) -> str:
    """Any text as the name of a file: other characters than letters, digits, `.`, `_` and `-` become `_`, and it begins
    with none of the last two."""
    if text.isalnum():
        return text
    return re.sub(r"^(?=[.-])", "_", re.sub(r"[^\w.-]", "_", text))
