"""The journal of a run: a line for each grade, written down before the next ones are asked for.

A run that was killed leaves its journal behind; the next one takes the grades from it whose submission, exercise and
policy are still the same. The last line may be torn: it is graded again. A process that is killed loses no line that
was written; where the machine itself stops, those of the last second may be lost, and are graded again.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import msgspec

from rnncalc.errors import Problem, UsageError
from rnncalc.grading.job import Grade
from rnncalc.grading.marks import Marks, mark_of

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Grade)
SECONDS_UNSAVED = 1.0
"""The disk is waited for as often as this: it takes as long as a hundred grades."""
WRITTEN, EARLIER, AT_WORK, LEFT = 1, 2, 3, 4
"""What becomes of a submission: its grade is written; so it is, by a run before this one, and nobody has asked for it
yet; it is being graded; it was left ungraded by a run before this one."""


def _mark_of(grade: Grade) -> bytes:
    return mark_of(grade.id, grade.file, grade.digest)


class Journal:
    """A file that grades are added to. `known` is how far each submission has come, by the mark of its student, its
    file and its digest."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._stream = file.open("r+b" if file.exists() else "xb")
        except OSError as error:
            raise UsageError(
                Problem(f"cannot write `{file}`: {error.strerror}", None, "choose another folder")
            ) from None
        _lock(self._stream, file)
        self.known = Marks()
        for grade in _lines(file):
            self.known[_mark_of(grade)] = WRITTEN
        # Behind the last whole line: what a kill has torn off is overwritten.
        self._stream.seek(_end_of_lines(file))
        self._stream.truncate()
        self._saved = monotonic()

    def begin(self) -> None:
        """A run begins: what is known is from an earlier one."""
        self.known.change({WRITTEN: EARLIER, AT_WORK: LEFT})

    def asks_for(self, one: bytes) -> bool | None:
        """Whether a submission is to be graded: False if its grade is known from an earlier run, None if it was asked
        for in this one."""
        found = self.known.put(one, AT_WORK)
        if found in (WRITTEN, EARLIER):
            self.known[one] = WRITTEN
            return None if found == WRITTEN else False
        return None if found == AT_WORK else True

    def add(self, grades: Sequence[Grade]) -> None:
        for grade in grades:
            self.known[_mark_of(grade)] = WRITTEN
            self._stream.write(_ENCODER.encode(grade) + b"\n")
        self._stream.flush()
        if monotonic() > self._saved + SECONDS_UNSAVED:
            os.fsync(self._stream.fileno())
            self._saved = monotonic()

    def grades(self) -> Iterator[Grade]:
        """The grades of this run in the journal, one by one, so that a class of any size fits. Submissions that are
        gone or have changed are left out."""
        self._stream.flush()
        told = Marks()
        for grade in _lines(self.file):
            one = _mark_of(grade)
            if self.known[one] == WRITTEN and not told.put(one, 1):
                yield grade

    def close(self) -> None:
        """The run has stopped."""
        self._stream.close()

    def remove(self) -> None:
        """The run is complete, its results are written: the journal goes."""
        self._stream.close()
        self.file.unlink(missing_ok=True)


def _lock(stream: BinaryIO, file: Path) -> None:
    """Until the stream is closed, or the process dies, no other run writes there. Systems without such locks trust."""
    try:
        import fcntl
    except ModuleNotFoundError:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        what = f"another run is at work on `{file.name.removesuffix('.journal')}`"
        raise UsageError(Problem(what, None, "wait until it has ended, or give the grades another name")) from None
    except OSError:
        return


def _lines(file: Path) -> Iterator[Grade]:
    """The whole lines that are grades."""
    if not file.exists():
        return
    with file.open("rb") as stream:
        while line := stream.readline():
            if not line.endswith(b"\n"):
                return
            try:
                yield _DECODER.decode(line)
            except msgspec.MsgspecError:
                continue


def _end_of_lines(file: Path) -> int:
    """Where the last line break stands."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        start = max(0, size - 1_000_000)
        stream.seek(start)
        return start + stream.read().rfind(b"\n") + 1
