"""What `rnncalc grade` does from beginning to end: journal, grades, table, pages, report."""

from collections.abc import Callable
from pathlib import Path

from rnncalc import output
from rnncalc.checking import check, diagnose, marking_of, read
from rnncalc.document import Document
from rnncalc.errors import AnswerError, Problem, UsageError
from rnncalc.exercise import load
from rnncalc.exercise.policy import Policy
from rnncalc.grading import gradescope
from rnncalc.grading.class_page import class_page
from rnncalc.grading.job import Job
from rnncalc.grading.journal import Journal
from rnncalc.grading.running import grade_all
from rnncalc.grading.submissions import collect
from rnncalc.grading.table import grade_table
from rnncalc.languages import asked
from rnncalc.source import read_bytes
from rnncalc.teaching.classlist import variants_of


def job(
    exercise: Path,
    variants: Path | None,
    policy: Policy,
    pages: Path | None,
    page_format: str,
    decimal_comma: bool,
    reveal: bool,
    seconds: int,
) -> Job:
    """The job, with every path made absolute: workers may stand in another folder. The folder for pages is made."""
    if pages is not None:
        pages.mkdir(parents=True, exist_ok=True)
    by_student = {student: str(file.resolve()) for student, file in variants_of(variants).items()} if variants else {}
    where = str(pages.resolve()) if pages else ""
    return Job(str(exercise.resolve()), policy, by_student, where, page_format, decimal_comma, reveal, seconds, asked())


def grade_class(
    job: Job, submissions: Path, table: Path, jobs: int, cluster: str, progress: Callable[[int], None] | None
) -> Document:
    """Grade all submissions into the table, and give the report on the class.

    The journal `TABLE.journal` holds the grades of a run that has not come to its end. Raises UsageError if what is
    written would be taken for submissions by the next run.
    """
    for made in (table, Path(job.pages or table)):
        if submissions.is_dir() and made.resolve().is_relative_to(submissions.resolve()):
            what = f"`{made.name}` would lie among the submissions, and be graded the next time"
            raise UsageError(Problem(what, None, f"name one outside of `{submissions}`"))
    journal = Journal(table.with_name(table.name + ".journal"))
    try:
        grade_all(job, collect(submissions), journal, jobs, cluster, progress)
    except UsageError:
        if not journal.known:
            journal.remove()
        raise
    output.write(grade_table(journal.grades()), table)
    page = class_page(load(job.exercise), journal.grades())
    journal.remove()
    return page


def results(job: Job, sheet: Path) -> str:
    """Gradescope's `results.json` for one sheet; a sheet that cannot be read has no marks, and is told why."""
    marking = marking_of(lambda gradients: load(job.exercise, None, gradients))
    try:
        report = check(marking, read(marking, read_bytes(sheet), sheet.name, job.decimal_comma), job.policy)
    except AnswerError as error:
        return gradescope.failed("; ".join(problem.what for problem in error.problems))
    except UsageError as error:
        return gradescope.failed(error.problems[0].what)
    return gradescope.results(report, marking, diagnose(marking, report))


def write_autograder(exercise: Path, folder: Path) -> None:
    """The folder that grades on Gradescope, with the exercise in it."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(Problem(f"`{folder}` is not empty", None, "choose another folder"))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in gradescope.autograder(exercise.read_text(encoding="utf-8")).items():
        output.write(text, folder / name)
        if not name.endswith(".yaml"):
            (folder / name).chmod(0o755)
