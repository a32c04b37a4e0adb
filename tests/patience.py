"""How long is too long: bounds on processor time, which neither a busy nor a slow machine makes fail.

A bound says how long something may take on a machine of today; on a slower one it is as much longer as a fixed piece of
work is. Time in which other programs run does not count. `WAIT` is for other processes, of which only the end is known.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from time import process_time

WAIT = 300
"""Seconds after which a process that should have ended hangs."""
_WORK, _USUAL = 1_000_000, 0.03


@cache
def slowness() -> float:
    """How much longer than on a usual machine a piece of work takes here, at least 1."""
    began = process_time()
    assert sum(number % 7 for number in range(_WORK)) == 2_999_997
    return max(1.0, (process_time() - began) / _USUAL)


@contextmanager
def soon(seconds: float = 2.0) -> Iterator[None]:
    """What stands inside ends soon."""
    began = process_time()
    yield
    assert process_time() - began < seconds * slowness()
