"""Grades → `grades.csv`: a line for each student. A cell that a spreadsheet would take for a formula is made inert."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from heapq import merge
from itertools import islice
from tempfile import TemporaryFile

import msgspec

from rnncalc.exercise.policy import VERDICTS
from rnncalc.grading.job import Grade
from rnncalc.output import csv_text
from rnncalc.pages.verdicts import marks_text, percent

Line = tuple[str, str, str]
_DECODER = msgspec.json.Decoder(Line)
RUN = 5_000
"""So many lines are put in order at a time."""
HEADER = (
    "id",
    "name",
    "marks",
    "of",
    "percent",
    *VERDICTS,
    "first wrong",
    "causes",
    "possible causes",
    "problem",
    "file",
)


def grade_table(grades: Iterable[Grade]) -> Iterator[str]:
    """The lines of the table as CSV, students in the order of their ids. A class of any size fits."""
    yield csv_text([HEADER])
    lines = ((grade.id, grade.name, csv_text([_row(grade)])) for grade in grades)
    for _, _, line in in_order(lines):
        yield line


def in_order(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines in order, a few of them in memory: what is in order by itself waits in files that have no name."""
    with ExitStack() as files:
        runs: list[Iterator[Line]] = []
        while run := sorted(islice(lines, RUN)):
            stream = files.enter_context(TemporaryFile())
            stream.writelines(msgspec.json.encode(line) + b"\n" for line in run)
            stream.seek(0)
            runs.append(map(_DECODER.decode, stream))
        yield from merge(*runs)


def _row(grade: Grade) -> tuple[str, ...]:
    return (
        grade.id,
        grade.name,
        "" if grade.problem else marks_text(Fraction(grade.earned)),
        "" if grade.problem else marks_text(Fraction(grade.of)),
        "" if grade.problem else str(percent(Fraction(grade.earned), Fraction(grade.of))),
        *(str(grade.verdicts.get(verdict, 0)) for verdict in VERDICTS),
        grade.first_wrong,
        " ".join(grade.causes),
        " ".join(grade.candidates),
        grade.problem,
        grade.file,
    )
