"""A file's bytes to text, or the place of the first byte that is not text; it knows nothing of YAML's grammar."""

import codecs
import re
import sys
from pathlib import Path

from rnncalc.errors import ExerciseError, LimitError, Problem, Span, UsageError, unreadable

LARGEST_FILE = 20_000_000
"""In bytes: about 100 000 rows of ten numbers with 15 digits each."""

MOST_UNREADABLE = 50
"""More than so many of its first 1000 characters cannot be read: it is a picture or an archive, not text."""

# What YAML calls unprintable, and the byte order mark where it is none.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_SAVE_AS_UTF_8 = "save the file as UTF-8 text in your editor"


def read_bytes(path: Path) -> bytes:
    """The bytes of a file that is not too large. Raises UsageError or LimitError."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _too_large(str(path))
        with path.open("rb") as file:
            # A pipe has no size to ask for beforehand.
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise UsageError(Problem(f"there is no file `{path}`")) from None
    except IsADirectoryError:
        raise UsageError(Problem(f"`{path}` is a folder, not a file")) from None
    except PermissionError:
        raise UsageError(Problem(f"you have no permission to read `{path}`")) from None
    # A ValueError is a zero byte in the name.
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    return data


def read_stdin() -> bytes:
    """The bytes of standard input, one more than are read at most. Raises UsageError if the caller has closed it."""
    try:
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    # A stream that the caller has closed (`rnncalc … <&-`) is None.
    except (AttributeError, OSError):
        raise UsageError(Problem("there is no standard input to read", None, "name a file instead of `-`")) from None


def decode(data: str | bytes, name: str) -> str:
    """The text without byte order mark. Raises ExerciseError where it is no text, LimitError if it is too large."""
    if len(data) > LARGEST_FILE:
        raise _too_large(name)
    text = _decode_bytes(data, name) if isinstance(data, bytes) else data
    text = text.removeprefix("\ufeff")
    if found := _UNPRINTABLE.search(text):
        what = f"the control character U+{ord(found[0]):04X} cannot stand in a text file"
        raise ExerciseError(Problem(what, _place(name, text, found.start()), _SAVE_AS_UTF_8))
    return text


def _decode_bytes(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding)
        text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
        if text.count("\ufffd", 0, 1000) > MOST_UNREADABLE:
            raise ExerciseError(Problem(f"`{name}` is not a text file", None, _SAVE_AS_UTF_8)) from None
        what = f"the byte 0x{data[error.start]:02x} is not {encoding.upper()} text"
        offset = len(before.removeprefix("\ufeff"))
        raise ExerciseError(Problem(what, _place(name, text, offset), _SAVE_AS_UTF_8)) from None


def _place(name: str, text: str, offset: int) -> Span:
    start, line = 0, 1
    for found in _BREAK.finditer(text, 0, offset):
        start, line = found.end(), line + 1
    found_after = _BREAK.search(text, offset)
    end = found_after.start() if found_after else len(text)
    return Span(name, line, offset - start + 1, 1, text[start:end])


def _too_large(name: str) -> LimitError:
    what = f"`{name}` is larger than {LARGEST_FILE // 1_000_000} MB, the most that is read"
    return LimitError(Problem(what, hint="split it into several files"))
