"""A limit on the time that a computation may take."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")


class _Late(BaseException):
    """Raised inside a computation that has taken too long; no `except Exception` of a library swallows it."""


def within(seconds: float, compute: Callable[[], Result]) -> Result | None:
    """What is computed, or None if it takes longer. There is no limit in threads other than the first, nor where the
    system has no alarms."""
    try:
        with _alarm(seconds):
            return compute()
    except _Late:
        return None


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
