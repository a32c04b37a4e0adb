"""Grades → `grades.csv`: a line for each student. A cell that a spreadsheet would take for a formula is made inert."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from rnncalc.exercise.policy import VERDICTS
from rnncalc.grading.job import Grade
from rnncalc.output import csv_text
from rnncalc.pages.feedback import marks_text

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


def grade_table(grades: Iterable[Grade]) -> str:
    """The table as CSV, students in the order of their ids."""
    return csv_text([HEADER, *sorted(_rows(grades))])


def _rows(grades: Iterable[Grade]) -> Iterator[tuple[str, ...]]:
    for grade in grades:
        yield (
            grade.id,
            grade.name,
            "" if grade.problem else marks_text(Fraction(grade.earned)),
            "" if grade.problem else marks_text(Fraction(grade.of)),
            "" if grade.problem else f"{100 * grade.share:.0f}",
            *(str(grade.verdicts.get(verdict, 0)) for verdict in VERDICTS),
            grade.first_wrong,
            " ".join(grade.causes),
            " ".join(grade.candidates),
            grade.problem,
            grade.file,
        )
