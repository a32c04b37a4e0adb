"""Commands that grade a class: grade."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from rnncalc import formats
from rnncalc import output as streams
from rnncalc.cli.asked import format_name, spare_the_exercises
from rnncalc.cli.options import AskedDigits, Credit, Each, File, Rounding, Tolerance
from rnncalc.cli.results import write_page
from rnncalc.errors import Problem, UsageError
from rnncalc.languages import has_decimal_commas

_SOURCES = "A folder with a file for each student, a Moodle zip of all submissions, or a CSV with a row for each."
_CLUSTER = "Grade on a Dask cluster, `tcp://host:8786`; every worker must see the same files."

Submissions = Annotated[Path | None, typer.Argument(metavar="SUBMISSIONS", help=_SOURCES)]
Table = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="The grades, as CSV.")]
Pages = Annotated[Path | None, typer.Option("--feedback", metavar="DIR", help="A page for each student goes there.")]
PageFormat = Annotated[str, typer.Option("--feedback-format", metavar="FORMAT", help="html, latex, … for these pages.")]
Report = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="The class report; its ending chooses.")]
Variants = Annotated[
    Path | None, typer.Option("--variants", metavar="DIR", help="Each student's variant is in this folder, by id.")
]
Jobs = Annotated[int, typer.Option("--jobs", min=1, max=256, metavar="N", help="So many processes.")]
Seconds = Annotated[int, typer.Option("--seconds", min=1, metavar="N", help="The most that one file may take.")]


def grade(
    exercise: File,
    submissions: Submissions = None,
    output: Table = None,
    pages: Pages = None,
    page_format: PageFormat = "markdown",
    report: Report = None,
    variants: Variants = None,
    digits: AskedDigits = None,
    tolerance: Tolerance = None,
    rounding: Rounding = None,
    each: Each = None,
    credit: Credit = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the right values to students.")] = False,
    jobs: Jobs = 1,
    cluster: Annotated[str, typer.Option("--cluster", metavar="ADDRESS", help=_CLUSTER)] = "",
    seconds: Seconds = 20,
    gradescope: Annotated[bool, typer.Option("--gradescope", help="Write results.json for one submission.")] = False,
    autograder: Annotated[
        Path | None, typer.Option("--autograder", metavar="DIR", help="Write the folder that grades on Gradescope.")
    ] = None,
) -> None:
    """Grade the answers of a class.

    Marks, the first wrong step and its cause for each student, and a report on them all."""
    from rnncalc.exercise import load
    from rnncalc.exercise.policy import changed
    from rnncalc.grading import service
    from rnncalc.library import find

    file = find(exercise)
    if submissions is None and autograder is None:
        hint = "name a folder, a zip or a CSV table behind the exercise"
        raise UsageError(Problem("there is nothing to grade", None, hint))
    policy: Any = changed(load(file).policy, digits, tolerance, rounding, each, credit or ())
    job = service.job(file, variants, policy, pages, page_format, has_decimal_commas(), reveal, seconds)
    if autograder is not None:
        service.write_autograder(job, autograder)
        return
    assert submissions is not None
    if gradescope:
        streams.write(service.results(job, submissions), output)
        return
    if output is None:
        hint = "add `-o grades.csv`: a run that is stopped goes on from there"
        raise UsageError(Problem("no file is named for the grades", None, hint))
    for written in (output, report):
        spare_the_exercises([exercise, str(submissions)], written)
        streams.expect_folder(written)
    formats.writer(format_name(False, None, report))
    with _counter() as counter:
        page = service.grade_class(job, submissions, output, jobs, cluster, counter)
    write_page(page, None, "auto", report)


@contextmanager
def _counter() -> Iterator[Callable[[int], None] | None]:
    """How many sheets are graded, on standard error for a run on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rnncalc.cli.progress import Bar

    with Bar("grading") as bar:
        yield lambda done: bar.update(done, None)
