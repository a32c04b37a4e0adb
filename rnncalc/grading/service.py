"""What `rnncalc grade` does from beginning to end: journal, grades, table, pages, report."""

import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from rnncalc import formats, output
from rnncalc.checking import check, diagnose, marking_of, read
from rnncalc.document import Document
from rnncalc.errors import AnswerError, Problem, UsageError
from rnncalc.exercise import files_of, load
from rnncalc.exercise.policy import Policy
from rnncalc.grading import gradescope
from rnncalc.grading.class_page import class_page
from rnncalc.grading.job import Job, told
from rnncalc.grading.journal import Journal
from rnncalc.grading.running import grade_all
from rnncalc.grading.submission import Submission
from rnncalc.grading.submissions import collect
from rnncalc.grading.table import grade_table
from rnncalc.languages import asked, said, say, speaking
from rnncalc.source import read_bytes
from rnncalc.teaching.classlist import variants_of

PACKAGE = Path(__file__).parents[1]


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
    """The job, with every path made absolute: workers may stand in another folder. The folder for pages is made.

    Raises UsageError for a format of pages there is not, and where no folder for them can be made."""
    if pages is not None:
        formats.ending(page_format)
        output.make_folder(pages)
    found = variants_of(variants) if variants else ({}, {})
    by_id, by_name = ({student: str(file.resolve()) for student, file in files.items()} for files in found)
    where = str(pages.resolve()) if pages else ""
    how = page_format, decimal_comma, reveal, seconds, asked()
    return Job(str(exercise.resolve()), policy, by_id, by_name, where, *how)


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
        output.write(grade_table(journal.grades()), table)
        page = class_page(load(job.exercise), journal.grades())
    except UsageError:
        if not journal.known:
            journal.remove()
        raise
    finally:
        journal.close()
    journal.remove()
    return page


def results(job: Job, handed_in: Path) -> str:
    """Gradescope's `results.json` for one sheet, or for the first that can be read of a folder that a student handed
    in. Where there is none there are no marks, and it is told why."""
    marking = marking_of(lambda gradients: load(job.exercise, None, gradients))
    with speaking(job.language or marking.exercise.lang):
        try:
            sheets = list(collect(handed_in)) if handed_in.is_dir() else [_sheet(handed_in)]
        except UsageError as error:
            return gradescope.failed(_all_told(error))
        problems: list[str] = []
        for one in sheets:
            try:
                answers = read(marking, one.data, one.file, job.decimal_comma)
            except AnswerError as error:
                problems.append(said(one.problem) or _all_told(error))
                continue
            report = check(marking, answers, job.policy)
            others = ", ".join(sheet.file for sheet in sheets if sheet is not one)
            note = say("Only `{file}` is graded, not {others}.", file=one.file, others=others) if others else ""
            return gradescope.results(report, marking, diagnose(marking, report), job.reveal, note)
        return gradescope.failed(problems[0])


def _all_told(error: AnswerError | UsageError) -> str:
    return "; ".join(map(told, error.problems))


def _sheet(file: Path) -> Submission:
    return Submission("", "", file.name, read_bytes(file))


def write_autograder(job: Job, folder: Path) -> None:
    """The folder that grades on Gradescope: the exercise with all it needs, and this program itself.

    Raises UsageError where the folder is not empty or cannot be written, where every student has another exercise, or
    where nobody knows which packages the program needs, since it was never installed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(Problem(f"`{folder}` is not empty", None, "choose another folder"))
    if job.exercises:
        hint = "make an autograder for each variant, or grade the class with `-o grades.csv`"
        raise UsageError(Problem("an autograder has one exercise for all students", None, hint))
    exercise = Path(job.exercise)
    options = gradescope.options(job.policy or Policy(), job.decimal_comma, job.language, job.reveal)
    texts = gradescope.autograder(exercise.name, [*options], _requirements())
    needed = {file: _place(file, exercise.parent) for file in files_of(exercise)}
    output.make_folder(folder)
    try:
        shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__", "exercises"))
        for file, place in needed.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / place)
    except OSError as error:
        raise UsageError(Problem(f"cannot write `{folder}`: {error.strerror}", None, "choose another folder")) from None
    for name, text in texts.items():
        output.write(text, folder / name)
        (folder / name).chmod(0o755 if text.startswith("#!") else 0o644)


def _place(file: Path, folder: Path) -> Path:
    """Where a file lies in a folder."""
    if not file.resolve().is_relative_to(folder.resolve()):
        what = f"`{file.name}` does not lie in the folder of the exercise"
        raise UsageError(Problem(what, None, f"copy it to `{folder.name}`, and change `cell:`"))
    return file.resolve().relative_to(folder.resolve())


def _requirements() -> list[str]:
    try:
        return [one for one in requires(PACKAGE.name) or () if "extra ==" not in one]
    except PackageNotFoundError:
        what = "rnncalc is not installed here, and nobody knows which packages it needs"
        raise UsageError(Problem(what, None, "install it with `pip install .`")) from None
