"""The journal of a run: a line for each grade, written down before the next one is asked for.

A run that was killed leaves its journal behind; the next one takes the grades from it whose submission, exercise and
policy are still the same. The last line may be torn: it is graded again.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from rnncalc.errors import Problem, UsageError
from rnncalc.grading.job import Grade

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Grade)
Key = tuple[str, str, str]
"""Student, file, digest: what a grade is the grade of."""


def key_of(grade: Grade) -> Key:
    return grade.id, grade.file, grade.digest


class Journal:
    """A file that grades are added to, safe on the disk after each `add`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.known = {key_of(grade): place for place, grade in _lines(file)}
        try:
            self._stream = file.open("r+b" if file.exists() else "xb")
        except OSError as error:
            raise UsageError(
                Problem(f"cannot write `{file}`: {error.strerror}", None, "choose another folder")
            ) from None
        # Behind the last whole line: what a kill has torn off is overwritten.
        self._stream.seek(_end_of_lines(file))
        self._stream.truncate()

    def add(self, grades: Sequence[Grade]) -> None:
        for grade in grades:
            self.known[key_of(grade)] = self._stream.tell()
            self._stream.write(_ENCODER.encode(grade) + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def grades(self) -> Iterator[Grade]:
        """The grades of this run in the journal, one by one, so that a class of any size fits."""
        self._stream.flush()
        for place, grade in _lines(self.file):
            if self.known.get(key_of(grade)) == place:
                yield grade

    def forget(self, wanted: set[Key]) -> None:
        """Leave out what is not wanted: submissions that are gone or have changed."""
        self.known = {key: place for key, place in self.known.items() if key in wanted}

    def remove(self) -> None:
        """The run is complete, its results are written: the journal goes."""
        self._stream.close()
        self.file.unlink(missing_ok=True)


def _lines(file: Path) -> Iterator[tuple[int, Grade]]:
    """Each whole line that is a grade, with its place."""
    if not file.exists():
        return
    with file.open("rb") as stream:
        while line := stream.readline():
            if not line.endswith(b"\n"):
                return
            try:
                yield stream.tell() - len(line), _DECODER.decode(line)
            except msgspec.MsgspecError:
                continue


def _end_of_lines(file: Path) -> int:
    """Where the last line break stands."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        start = max(0, size - 1_000_000)
        stream.seek(start)
        return start + stream.read().rfind(b"\n") + 1
