"""A submission: one student's sheet, or why there is none."""

import html
import re

from msgspec import Struct

from rnncalc.answers.sheet import LARGEST_SHEET
from rnncalc.errors import printable
from rnncalc.languages import Message, Said

ONLINE = "onlinetext.html"
"""The name of a file that holds what was typed into a text field of Moodle."""
_LINE_END = re.compile(r"<(?:br|/p|/div|/li|/tr|/pre|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-z][^<>]{0,1000}>", re.IGNORECASE)


class Submission(Struct, frozen=True):
    """One student's sheet: what the file is called, and its bytes; none, and a `problem`, if they cannot be had.
    `again` says that an earlier one has the same student, or one whose page would have the same name somewhere."""

    id: str
    name: str
    file: str
    data: bytes
    problem: Said = ""
    again: bool = False


def sheet(student: str, name: str, file: str, data: bytes) -> Submission:
    if len(data) > LARGEST_SHEET:
        return without(student, name, file, Message("is larger than {bytes} bytes", {"bytes": str(LARGEST_SHEET)}))
    return Submission(student, name, printable(file), _typed(data) if file.lower().endswith(ONLINE) else data)


def _typed(page: bytes) -> bytes:
    """What was typed into a text field of Moodle: a line for each paragraph."""
    text = _LINE_END.sub("\n", page.decode("utf-8", "replace"))
    return html.unescape(_TAG.sub("", text)).replace("\u00a0", " ").encode()


def without(student: str, name: str, file: str, problem: Said) -> Submission:
    return Submission(student, name, printable(file), b"", problem)
