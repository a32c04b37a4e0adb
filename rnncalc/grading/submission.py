"""A submission: one student's sheet, or why there is none."""

from msgspec import Struct

from rnncalc.answers.sheet import LARGEST_SHEET
from rnncalc.errors import printable
from rnncalc.languages import Message, Said


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
    return Submission(student, name, printable(file), data)


def without(student: str, name: str, file: str, problem: Said) -> Submission:
    return Submission(student, name, printable(file), b"", problem)
