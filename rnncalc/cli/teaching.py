"""Commands for teachers: answer keys and worksheets of one or several exercises."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from rnncalc.cli.options import (
    Colour,
    ColourChoice,
    Detail,
    DetailLevel,
    Digits,
    Files,
    Format,
    Json,
    Output,
    Significant,
    asked_precision,
    cell_and_files,
    format_name,
    solved,
    spare_the_exercises,
    write_json,
    write_page,
)
from rnncalc.errors import RnncalcError


class HintLevel(StrEnum):
    none = "none"
    formula = "formula"
    substitution = "substitution"


Title = Annotated[str, typer.Option(metavar="TEXT", help="The title of the sheet; it then has a page for it.")]


def key(
    what: Files,
    detail: Detail = DetailLevel.steps,
    digits: Digits = None,
    significant: Significant = None,
    title: Title = "",
    as_json: Json = False,
    format: Format = None,
    output: Output = None,
    color: Colour = ColourChoice.auto,
) -> None:
    """Make the answer key of a sheet of exercises."""
    from rnncalc.api import answer_key
    from rnncalc.pages.record import key_record

    name = format_name("json" if as_json else None, format, output)
    solutions = _solutions(what, output, asked_precision(digits, significant, name == "json"))
    if name == "json":
        write_json(key_record(solutions, title), output)
    else:
        write_page(answer_key(solutions, detail.value, title), name, color.value, output)


def worksheet(
    what: Files,
    detail: Detail = DetailLevel.steps,
    hints: Annotated[
        HintLevel, typer.Option(metavar="none|formula|substitution", help="What to tell before each value.")
    ] = HintLevel.none,
    digits: Digits = None,
    significant: Significant = None,
    title: Title = "",
    as_json: Json = False,
    format: Format = None,
    output: Output = None,
    color: Colour = ColourChoice.auto,
) -> None:
    """Make a worksheet: exercises with blanks to fill in."""
    from rnncalc.api import blank_sheet
    from rnncalc.pages.record import worksheet_record

    name = format_name("json" if as_json else None, format, output)
    solutions = _solutions(what, output, asked_precision(digits, significant, as_json=False))
    if name == "json":
        write_json(worksheet_record(solutions, title), output)
    else:
        write_page(blank_sheet(solutions, detail.value, hints.value, title), name, color.value, output)


def _solutions(what: list[str], output: Path | None, precision: Any) -> list[Any]:
    """The solutions of all exercises: a sheet is whole or not made."""
    cell, files = cell_and_files(what)
    spare_the_exercises(files, output)
    found, problems = solved(files, cell, precision=precision)
    if problems:
        raise RnncalcError(*problems)
    return found
