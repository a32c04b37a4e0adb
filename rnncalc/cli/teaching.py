"""Commands for teachers: answer keys and worksheets of one or several exercises."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from rnncalc.cli.asked import asked_precision, cell_and_files, format_name, solved, spare_the_exercises
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
)
from rnncalc.cli.results import write_found
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

    name = format_name(as_json, format, output)
    precision = asked_precision(digits, significant, name == "json")
    sheet = Sheet(partial(answer_key, detail=detail.value, title=title), partial(key_record, title=title))
    _write(sheet, what, precision, name, output, color)


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

    name = format_name(as_json, format, output)
    precision = asked_precision(digits, significant, as_json=False)
    page = partial(blank_sheet, detail=detail.value, hints=hints.value, title=title)
    _write(Sheet(page, partial(worksheet_record, title=title)), what, precision, name, output, color)


class Sheet(NamedTuple):
    """Solutions as a page, and as a record."""

    page: Callable[[list[Any]], Any]
    record: Callable[[list[Any]], Any]


def _write(sheet: Sheet, what: list[str], precision: Any, name: str, output: Path | None, color: ColourChoice) -> None:
    """The sheet of all exercises: it is whole or not made."""
    cell, files = cell_and_files(what)
    spare_the_exercises(files, output)
    solutions, problems = solved(files, cell, precision=precision)
    if problems:
        raise RnncalcError(*problems)
    write_found(name, lambda: sheet.page(solutions), lambda: sheet.record(solutions), color.value, output)
