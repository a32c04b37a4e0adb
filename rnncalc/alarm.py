"""A limit on the time that a computation may take."""

import signal
import threading
from collections.abc import Callable
from typing import Self, TypeVar

Result = TypeVar("Result")


class _Late(BaseException):
    """Raised inside a computation that has taken too long; no `except Exception` of a library swallows it."""


class Limit:
    """As long as it is entered, alarms are its own: computations one after the other, each of which may take so many
    seconds. There is no limit in threads other than the first, nor where the system has no alarms."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._rings = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")

    def __enter__(self) -> Self:
        if self._rings:
            self._before = signal.signal(signal.SIGALRM, _ring)
        return self

    def __exit__(self, *_: object) -> None:
        if self._rings:
            signal.signal(signal.SIGALRM, self._before)

    def within(self, compute: Callable[[], Result]) -> Result | None:
        """What is computed, or None if it takes longer."""
        if not self._rings:
            return compute()
        try:
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
            try:
                return compute()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except _Late:
            return None


def within(seconds: float, compute: Callable[[], Result]) -> Result | None:
    """What is computed, or None if it takes longer, within the same bounds."""
    with Limit(seconds) as limit:
        return limit.within(compute)


def _ring(*_: object) -> None:
    raise _Late
