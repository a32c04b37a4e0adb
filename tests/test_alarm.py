"""Limits of time: what takes longer is stopped, what comes after it is not, and alarms are handed back."""

import signal
import time

import pytest

from rnncalc.alarm import Limit, within


def test_one_after_the_other() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with Limit(0.05) as limit:
        assert [limit.within(compute) for compute in (lambda: 1, lambda: time.sleep(60), lambda: 2)] == [1, None, 2]
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_errors_pass_through() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
