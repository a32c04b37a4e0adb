"""Commands for a class: variants, export."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from rnncalc.cli.asked import names_a_cell, written
from rnncalc.cli.options import Colour, ColourChoice, Detail, DetailLevel, Output, PageFormat, Subject
from rnncalc.cli.results import write_page
from rnncalc.errors import Problem, UsageError

_NAMES = "An exercise file, or a shipped exercise by name."

NamedFiles = Annotated[list[str], typer.Argument(metavar="FILE...", help=_NAMES)]
Count = Annotated[int | None, typer.Option("-n", "--count", min=1, max=100_000, metavar="N", help="How many variants.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, metavar="S", help="Another seed, other numbers.")]
Folder = Annotated[Path | None, typer.Option("-o", "--output", metavar="DIR", help="The folder for the files.")]
Students = Annotated[
    Path | None, typer.Option("--students", metavar="CSV", help="A class list, `id, name`: a variant for each.")
]
Keys = Annotated[str, typer.Option("--keys", metavar="FORMAT", help="Format of the answer keys; `none` writes none.")]
Sheets = Annotated[str, typer.Option("--sheets", metavar="FORMAT", help="Format of the sheets to be filled in.")]
InQuiz = Annotated[
    str, typer.Option("--quiz", metavar="SYSTEM", help="Also write all of them as a quiz: moodle, canvas, …")
]
Randomize = Annotated[bool, typer.Option("--randomize", help="Draw all numbers of a file that does not say how.")]
System = Annotated[str, typer.Option("--to", metavar="SYSTEM", help="moodle, canvas, qti, gift or gradescope.")]
Title = Annotated[
    str | None, typer.Option("--title", metavar="TEXT", help="The name of the quiz; by default that of the exercise.")
]
Kind = Annotated[
    str, typer.Option("--kind", metavar="KIND", help="Questions of Moodle: cloze, or numerical, one for each number.")
]
Mistakes = Annotated[
    bool, typer.Option("--mistakes/--no-mistakes", help="Feedback for the numbers that known mistakes lead to.")
]

Stress = Annotated[int | None, typer.Option("--stress", min=1, metavar="N", help="Draw N, write none, and report.")]


def variants(
    file: Subject,
    count: Count = None,
    seed: Seed = None,
    folder: Folder = None,
    students: Students = None,
    keys: Keys = "markdown",
    sheets: Sheets = "none",
    detail: Detail = DetailLevel.steps,
    quiz: InQuiz = "",
    randomize: Randomize = False,
    stress: Stress = None,
    format: PageFormat = None,
    color: Colour = ColourChoice.auto,
) -> None:
    """Write versions of an exercise with other numbers, and their keys.

    The same seed gives the same files."""
    from rnncalc import quizzes
    from rnncalc.teaching import classroom
    from rnncalc.teaching.classlist import read_students
    from rnncalc.variants import Series, rules_for, sample, survey, survey_page

    node, exercise = sample(file) if names_a_cell(file) else written([file])[0]
    rules = rules_for(exercise, randomize)
    seed = rules.seed if seed is None else seed
    class_list = read_students(students, count) if students else []
    if not stress and folder is None:
        raise UsageError(
            Problem("no folder is named for the variants", None, "add `-o DIR`, or `--stress N` to try it")
        )
    has_feedback = bool(quiz) and quizzes.has_feedback(quiz)
    series = Series(exercise, node, rules, seed)
    number = stress or count or len(class_list) or 1
    drawn = series.variants(number)
    if not stress and folder:
        publish = partial(_write_quiz, quiz, folder) if quiz else None
        key_format, sheet_format = ("" if one == "none" else one for one in (keys, sheets))
        order = classroom.Order(folder, number, key_format, sheet_format, detail.value, publish, has_feedback)
        drawn = classroom.hand_out(drawn, (node, exercise), class_list, order)
    found = survey(drawn, series.examined)
    write_page(survey_page(found, exercise, seed), format, color.value, None)


def _write_quiz(system: str, place: Path | None, quiz: Any) -> None:
    """To the file, or into the folder; under a name of its own where none is given."""
    from rnncalc import output as streams
    from rnncalc import quizzes
    from rnncalc.languages import say

    for note in quiz.notes:
        typer.echo(f"{say('note')}: {note}", err=True)
    named = Path(quizzes.file_name(system, quiz))
    file = named if place is None else place / named if place.is_dir() else place
    streams.write(quizzes.write(system, quiz), file)
    if place is None:
        typer.echo(say("written: {file}", file=file), err=True)


def export(
    what: NamedFiles,
    to: System,
    title: Title = None,
    count: Count = None,
    seed: Seed = None,
    randomize: Randomize = False,
    kind: Kind = "",
    mistakes: Mistakes = True,
    output: Output = None,
) -> None:
    """Write exercises as a quiz for Moodle, Canvas and other systems.

    A field for every number asked for; with `-n`, so many variants of each exercise."""
    from rnncalc import quizzes
    from rnncalc.teaching.exam import exam

    mistakes = quizzes.has_feedback(to, kind) and mistakes
    _write_quiz(to, output, exam(written(what), title, count, seed, randomize, mistakes, kind))
