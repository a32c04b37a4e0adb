"""Grades → `grades.csv`: a line for each student. A cell that a spreadsheet would take for a formula is made inert."""

from collections.abc import Iterable
from fractions import Fraction

from rnncalc.exercise.policy import VERDICTS
from rnncalc.grading.job import Grade
from rnncalc.output import csv_text
from rnncalc.pages.verdicts import marks_text, percent

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
    """The table as CSV, students in the order of their ids. Of each grade only its line is held."""
    lines = sorted((grade.id, grade.name, csv_text([_row(grade)])) for grade in grades)
    return csv_text([HEADER]) + "".join([line for _, _, line in lines])


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
