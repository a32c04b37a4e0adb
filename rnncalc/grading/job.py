"""One submission graded: what every process does, with the exercise prepared once in each."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from threading import Lock

from msgspec import Struct
from msgspec.structs import replace

from rnncalc import formats, output
from rnncalc.alarm import Limit
from rnncalc.checking import Cause, Marking, Report, check, diagnose, marking_of, read
from rnncalc.errors import AnswerError, Problem, RnncalcError, UsageError, printable
from rnncalc.exercise import files_of, load
from rnncalc.exercise.policy import Policy
from rnncalc.grading.submission import Submission
from rnncalc.languages import decimal_commas, said, say, speaking, translated
from rnncalc.pages.feedback import feedback
from rnncalc.teaching.classlist import plain_id, plain_name

SECONDS = 20
LONGEST_NAME = 100
_ONE_AT_A_TIME = Lock()


class Job(Struct, frozen=True):
    """What is the same for all: the exercise, or where each has a variant those by `plain_id` and by `plain_name`, how
    answers are marked, where pages for students go (nowhere if `pages` is empty), and the language asked for. What a
    process remembers of exercises is that of one `run`: before the next they may be changed."""

    exercise: str
    policy: Policy | None = None
    exercises: Mapping[str, str] = {}
    named: Mapping[str, str] = {}
    pages: str = ""
    page_format: str = "markdown"
    decimal_comma: bool = False
    reveal: bool = False
    seconds: int = SECONDS
    language: str = ""
    run: str = ""

    def file_of(self, one: Submission) -> str | None:
        """The exercise of a student; None if others have a variant, and this student has none."""
        if not self.exercises:
            return self.exercise
        return self.exercises.get(plain_id(one.id)) or self.named.get(plain_name(one.name))

    def of_one(self, one: Submission) -> "Job":
        """The job as far as a submission needs it, which is what another process is handed: the variants of a whole
        class would be a hundred times its sheet."""
        if not self.exercises:
            return self
        return replace(self, exercises={plain_id(one.id): self.file_of(one) or ""}, named={})


class Grade(Struct, frozen=True):
    """The result of a submission, as it stands in the journal: marks as exact fractions, verdicts counted, the first
    wrong step, the catalogue's names of the causes found (`causes`) or possible (`candidates`), or the `problem` that
    kept it from being graded."""

    id: str
    name: str
    file: str
    digest: str
    earned: str = "0"
    of: str = "0"
    verdicts: Mapping[str, int] = {}
    first_wrong: str = ""
    wrong_steps: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    problem: str = ""

    @property
    def share(self) -> float:
        """The part of the marks earned, 0 to 1."""
        return float(Fraction(self.earned) / Fraction(self.of)) if Fraction(self.of) else 0.0


class Grader:
    """A job at work in this process: what is the same for all submissions is found once."""

    def __init__(self, job: Job, limit: Limit) -> None:
        self.job, self._limit = job, limit
        page = (job.pages, job.page_format, job.reveal) if job.pages else ()
        self._how = repr((job.policy, job.decimal_comma, _language(job), page)).encode()

    def digest(self, submission: Submission) -> str:
        """What a grade hangs on: the sheet, the exercise, the policy, and what its page and its problems are written
        in. A journal's grade with another digest is void."""
        found = hashlib.sha256(submission.data)
        exercise = self.job.file_of(submission)
        found.update(
            (_exercise_digest(exercise, self.job.run) if exercise else b"") + self._how + bytes([submission.again])
        )
        return found.hexdigest()[:20]

    def graded(self, submission: Submission, digest: str) -> Grade:
        """The grade of a submission; never an error of its own: what is wrong with a sheet is said in its grade."""
        job = self.job
        plain = Grade(submission.id, submission.name, submission.file, digest)
        if submission.problem:
            return _without(plain, said(submission.problem))
        exercise = job.file_of(submission)
        if exercise is None:
            return _without(plain, say("no variant was made for `{student}`", student=submission.id))
        try:
            found = self._limit.within(lambda: _judged(job, exercise, submission, plain))
        except AnswerError as error:
            return _without(plain, "; ".join(map(told, error.problems)))
        except RnncalcError as error:
            return _without(plain, say("the exercise: {problem}", problem=_whats(error)))
        if found is None:
            # It was interrupted anywhere, also where something was half remembered for the sheets to come.
            _marking.cache_clear()
            return _without(plain, say("took longer than {seconds} seconds", seconds=job.seconds))
        return found

    def ungraded(self, submission: Submission, digest: str, times: int, error: str) -> Grade:
        """The grade of a submission over which the process ended so many times."""
        plain = Grade(submission.id, submission.name, submission.file, digest)
        parts = {"times": times, "error": error}
        return _without(plain, say("the grading process ended {times} times over this file ({error})", **parts))


@contextmanager
def grading(job: Job) -> Iterator[Grader]:
    """What grades, problems and pages are told in is spoken meanwhile, and alarms are those of the job."""
    with speaking(_language(job)), Limit(job.seconds) as limit:
        yield Grader(job, limit)


def graded(job: Job, submission: Submission) -> Grade:
    """One submission graded: the task of a process that is handed nothing else. A marking judges one sheet at a time,
    and the workers of a cluster have threads."""
    with _ONE_AT_A_TIME, grading(job) as grader:
        return grader.graded(submission, grader.digest(submission))


@lru_cache(maxsize=256)
def _exercise_digest(file: str, run: str) -> bytes:
    try:
        return hashlib.sha256(b"".join(one.read_bytes() for one in files_of(Path(file)))).digest()
    except (RnncalcError, OSError):
        # What is wrong with it is told of every student who has it.
        return b""


def _language(job: Job) -> str:
    """What problems are told in: the language asked for, else that of the exercise."""
    return job.language or _language_of(job.exercise, job.run)


@lru_cache(maxsize=16)
def _language_of(file: str, run: str) -> str:
    try:
        return load(file).lang
    except RnncalcError:
        return ""


@lru_cache(maxsize=64)
def _marking(file: str, run: str) -> Marking:
    return marking_of(lambda gradients: load(file, None, gradients))


def _judged(job: Job, exercise: str, submission: Submission, plain: Grade) -> Grade:
    """The grade of a sheet that can be read; its page is written."""
    marking = _marking(exercise, job.run)
    report = check(marking, read(marking, submission.data, submission.file, job.decimal_comma), job.policy)
    causes = diagnose(marking, report)
    if job.pages:
        try:
            _write_page(job, submission, report, marking, causes)
        except UsageError as error:
            return _without(plain, _whats(error))
    return _of_report(plain, report, causes)


def told(problem: Problem) -> str:
    what = translated(problem.what)
    return say("line {line}: {problem}", line=problem.span.line, problem=what) if problem.span else what


def _whats(error: RnncalcError) -> str:
    return "; ".join(problem.what for problem in error.problems)


def _without(plain: Grade, problem: str) -> Grade:
    return Grade(plain.id, plain.name, plain.file, plain.digest, problem=printable(problem))


def _of_report(plain: Grade, report: Report, causes: tuple[Cause, ...]) -> Grade:
    key = report.exercise.quantities.key
    verdicts: Counter[str] = Counter([one.verdict for part in report.parts for one in part.judged])
    # Most sheets have no wrong number.
    parts = report.parts if verdicts["wrong"] else ()
    wrong = tuple(key(*part.key) for part in parts if any(one.verdict == "wrong" for one in part.judged))
    slugs = [(cause.named, [group[0].mistake.slug for group in cause.groups]) for cause in causes]
    return Grade(
        plain.id,
        plain.name or printable(" ".join(report.answers.student.split()))[:LONGEST_NAME],
        plain.file,
        plain.digest,
        str(report.earned),
        str(report.marks),
        {verdict: number for verdict, number in verdicts.items() if number},
        key(*report.first_wrong) if report.first_wrong else "",
        wrong,
        tuple(slug for named, found in slugs if named for slug in found),
        tuple(slug for named, found in slugs if not named for slug in found),
    )


def _write_page(job: Job, submission: Submission, report: Report, marking: Marking, causes: tuple[Cause, ...]) -> None:
    with speaking(job.language), decimal_commas(job.decimal_comma):
        page = feedback(report, marking, causes, job.reveal)
        text = formats.writer(job.page_format)(page)
    again = submission.file if submission.again else ""
    output.write(text, Path(job.pages, page_name(submission.id, job.page_format, again)))


def page_name(student: str, page_format: str, again: str = "") -> str:
    """The file of a student's page. No page overwrites another: an id that is no file name gets a digest behind it, and
    so does a further sheet of a student, whose file is then given as `again`."""
    stem, whole = output.file_name(student), student + again
    apart = "" if stem == whole else "-" + hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()[:6]
    return stem + apart + formats.ending(page_format)
