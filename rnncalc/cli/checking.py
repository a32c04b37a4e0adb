"""Commands that mark answers: check, answers, mistakes, lint."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rnncalc import output as streams
from rnncalc.cli.asked import format_name, names_a_cell, spare_the_exercises
from rnncalc.cli.options import (
    AskedDigits,
    Colour,
    ColourChoice,
    Credit,
    Each,
    File,
    Format,
    Json,
    Output,
    Rounding,
    Tolerance,
)
from rnncalc.cli.program import Exit
from rnncalc.cli.results import write_found, write_page
from rnncalc.languages import has_decimal_commas

_SHEET = "The student's answers: YAML, JSON or CSV, or `-`; `--decimal-comma` reads `0,73`."

Answers = Annotated[str, typer.Argument(metavar="ANSWERS", help=_SHEET)]


def check(
    exercise: File,
    answers: Answers,
    digits: AskedDigits = None,
    tolerance: Tolerance = None,
    rounding: Rounding = None,
    each: Each = None,
    credit: Credit = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the right values.")] = False,
    as_json: Json = False,
    format: Format = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Check a student's answers: the first wrong step, and why."""
    from rnncalc.checking import check as judge
    from rnncalc.checking import diagnose, read
    from rnncalc.exercise.policy import changed
    from rnncalc.pages.checked import check_record
    from rnncalc.pages.feedback import feedback

    spare_the_exercises([exercise, answers], output)
    marking = _marking(exercise)
    policy = changed(marking.exercise.policy, digits, tolerance, rounding, each, credit or ())
    text, name = _sheet(answers)
    report = judge(marking, read(marking, text, name, has_decimal_commas()), policy)
    causes = diagnose(marking, report)
    found = report, marking, causes, reveal
    name = format_name(as_json, format, output)
    write_found(name, lambda: feedback(*found), lambda: check_record(*found), color.value, output)
    raise typer.Exit(Exit.OK if report.passed else Exit.DISAGREES)


def answers(
    exercise: File,
    output: Output = None,
) -> None:
    """Write a sheet of answers to fill in."""
    from rnncalc.teaching.sheets import blank_sheet

    spare_the_exercises([exercise], output)
    streams.write(blank_sheet(_marking(exercise)), output, fresh=output is not None)


def lint(
    exercise: File,
    as_json: Json = False,
    format: Format = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Tell which mistakes the numbers of an exercise would hide."""
    from rnncalc.checking.linting.lint import is_note
    from rnncalc.checking.linting.lint import lint as examine
    from rnncalc.pages.advice import lint_page, lint_record

    spare_the_exercises([exercise], output)
    marking = _marking(exercise)
    findings = examine(marking)
    name = format_name(as_json, format, output)
    write_found(name, lambda: lint_page(marking, findings), lambda: lint_record(marking, findings), color.value, output)
    raise typer.Exit(Exit.OK if all(map(is_note, findings)) else Exit.DISAGREES)


def mistakes(
    subject: Annotated[
        str | None,
        typer.Argument(metavar="[CELL|FILE]", help="Only those of this cell, with its wrong equations, or exercise."),
    ] = None,
    format: Format = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Explain the mistakes that are looked for."""
    from rnncalc.cell import find_cell
    from rnncalc.pages.misconceptions import all_mistakes, mistakes_in, mistakes_of

    if subject is None:
        page = all_mistakes()
    elif names_a_cell(subject):
        page = mistakes_of(find_cell(subject))
    else:
        page = mistakes_in(_marking(subject))
    write_page(page, format, color.value, output)


def _marking(file: str) -> Any:
    from rnncalc.checking import marking_of
    from rnncalc.exercise import load, loads
    from rnncalc.library import find
    from rnncalc.source import read_stdin

    if file == "-":
        text = read_stdin()
        return marking_of(lambda gradients: loads(text, "<stdin>", None, gradients))
    path = find(file)
    return marking_of(lambda gradients: load(path, None, gradients))


def _sheet(file: str) -> tuple[bytes, str]:
    """The bytes of a sheet, and its name."""
    from rnncalc.source import read_bytes, read_stdin

    return (read_stdin(), "<stdin>") if file == "-" else (read_bytes(Path(file)), file)
