"""The run over a class: one process, several, or a cluster; whoever dies, no student is lost and none graded twice."""

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from secrets import token_hex

from msgspec.structs import replace

from rnncalc.errors import Problem, UsageError
from rnncalc.extras import needs
from rnncalc.grading.job import Grade, Grader, Job, graded, grading
from rnncalc.grading.journal import Journal
from rnncalc.grading.marks import mark_of
from rnncalc.grading.submission import Submission

AHEAD = 4
"""So many submissions wait for each process."""
BATCH = 16
"""With one process, so many grades are written at a time."""
SECONDS_TO_CONNECT = 15
MOST_DEATHS = 2
"""A submission that was at work when so many processes died is blamed and left ungraded."""

Progress = Callable[[int], None]
"""(submissions graded so far)"""


def grade_all(
    job: Job,
    submissions: Iterable[Submission],
    journal: Journal,
    jobs: int = 1,
    cluster: str = "",
    progress: Progress | None = None,
) -> None:
    """Grade every submission that the journal does not know, into the journal; what it knows of others is forgotten.

    Raises UsageError if a cluster is asked for and Dask is not installed or does not answer.
    """
    with _collecting_rarely(), grading(replace(job, run=token_hex(8))) as grader:
        _grade_all(grader, submissions, journal, jobs, cluster, progress)


def _grade_all(
    grader: Grader,
    submissions: Iterable[Submission],
    journal: Journal,
    jobs: int,
    cluster: str,
    progress: Progress | None,
) -> None:
    journal.begin()
    done = 0

    def fresh() -> Iterator[_Waiting]:
        nonlocal done
        for one in submissions:
            digest = grader.digest(one)
            asked = journal.asks_for(mark_of(one.id, one.file, digest))
            if asked:
                yield _Waiting(one, digest)
            elif asked is False:
                done += 1

    def keep(grades: list[Grade]) -> None:
        nonlocal done
        journal.add(grades)
        done += len(grades)
        if progress:
            progress(done)

    if jobs == 1 and not cluster:
        left = fresh()
        while batch := [_here(grader, one) for one in islice(left, BATCH)]:
            keep(batch)
    elif cluster:
        with _dask(cluster) as (executor, workers):
            _spread(grader, fresh(), lambda: executor, workers, keep)
    else:
        _spread(grader, fresh(), lambda: ProcessPoolExecutor(jobs, get_context("spawn"), collect_rarely), jobs, keep)


def collect_rarely() -> None:
    """Sheets leave no cycles behind; to look for some as often as Python does would take a sixth of the time."""
    gc.set_threshold(100_000)


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        # What there is now is old, and not the first thing to be looked through.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)


class _Waiting:
    """A submission to be graded, what its grade hangs on, and how many processes have died over it."""

    def __init__(self, of: Submission, digest: str) -> None:
        self.of, self.digest, self.deaths = of, digest, 0


def _here(grader: Grader, one: _Waiting) -> Grade:
    """The grade, found in this process; an error of the program stops nobody else here either."""
    while True:
        try:
            return grader.graded(one.of, one.digest)
        except Exception as error:
            if (found := _given_up(grader, one, error)) is not None:
                return found


def _given_up(grader: Grader, one: _Waiting, error: Exception) -> Grade | None:
    """Count one death more; the grade of what is not tried again."""
    one.deaths += 1
    if one.deaths <= MOST_DEATHS:
        return None
    return grader.ungraded(one.of, one.digest, one.deaths, type(error).__name__)


def _spread(
    grader: Grader,
    submissions: Iterator[_Waiting],
    start: Callable[[], Executor],
    workers: int,
    keep: Callable[[list[Grade]], None],
) -> None:
    """Keep the workers busy. When a pool breaks, what was at work is handed to a new one, one by one if that happens
    again, so that the submission to blame is known."""
    executor = start()
    at_work: dict[Future[Grade], _Waiting] = {}
    again: list[_Waiting] = []
    try:
        while True:
            limit = 1 if any(one.deaths for one in (*again, *at_work.values())) else AHEAD * workers
            while len(at_work) < limit:
                one = again.pop() if again else next(submissions, None)
                if one is None:
                    break
                try:
                    at_work[executor.submit(graded, grader.job.of_one(one.of), one.of)] = one
                except BrokenProcessPool:
                    # A process has died since; what is at work is told of it.
                    again.append(one)
                    if at_work:
                        break
                    executor = start()
            if not at_work:
                return
            finished, _ = wait(at_work, return_when=FIRST_COMPLETED)
            grades, broken = _results(grader, {future: at_work.pop(future) for future in finished}, again)
            if grades:
                keep(grades)
            if broken:
                again += _blamed(at_work)
                at_work.clear()
                executor = start()
    finally:
        for future in at_work:
            future.cancel()
        executor.shutdown()


def _results(
    grader: Grader, finished: dict[Future[Grade], _Waiting], again: list[_Waiting]
) -> tuple[list[Grade], bool]:
    """The grades of those that are finished, and whether a process has died."""
    grades, broken = [], False
    for future, one in finished.items():
        try:
            grades.append(future.result())
        except Exception as error:
            broken = broken or isinstance(error, BrokenProcessPool)
            found = _given_up(grader, one, error)
            if found is None:
                again.append(one)
            else:
                grades.append(found)
    return grades, broken


def _blamed(at_work: dict[Future[Grade], _Waiting]) -> list[_Waiting]:
    """Those whose process may have been the one that died."""
    for one in at_work.values():
        one.deaths += 1
    return list(at_work.values())


@contextmanager
def _dask(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask cluster as an executor; Dask itself gives a dead worker's tasks to others."""
    distributed = needs("distributed", "pip install 'rnncalc[cluster]'", "a cluster is reached")
    try:
        client = distributed.Client(address, timeout=SECONDS_TO_CONNECT)
    except (OSError, ValueError) as error:
        hint = "start one with `dask scheduler`, or name its address, `tcp://host:8786`"
        raise UsageError(Problem(f"no cluster answers at `{address}`: {error}", None, hint)) from None
    with client:
        workers = max(1, len(client.scheduler_info()["workers"]))
        yield client.get_executor(), workers
