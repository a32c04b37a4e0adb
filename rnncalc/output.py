"""Where a result goes: a stream or a file, written whole or not at all. It knows nothing of what it writes."""

import os
import sys
from pathlib import Path

from rnncalc.errors import Problem, UsageError

PLAIN_WIDTH = 80
"""Columns of a page that goes to a file or a pipe."""


def write(text: str, file: Path | None) -> None:
    """To the file, or to standard output. The text ends with one line break."""
    text = text.rstrip("\n") + "\n"
    if file is None or str(file) == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        _replace(file, text)


def _replace(file: Path, text: str) -> None:
    """Write beside the file and rename: a reader sees the old text or the new one, and an error leaves the old."""
    import tempfile

    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise UsageError(Problem(f"cannot write `{file}`: {error.strerror}", None, "choose another folder")) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, file)
    except OSError as error:
        os.unlink(name)
        raise UsageError(Problem(f"cannot write `{file}`: {error.strerror}", None, "choose another file")) from None
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
