"""From which number positions are counted: 1, or 0 where a source begins with x₀. Inside they always begin with 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_first: ContextVar[int] = ContextVar("first", default=1)


@contextmanager
def counting(first: int) -> Iterator[None]:
    """Read and show all positions inside as counted from this number."""
    token = _first.set(first)
    try:
        yield
    finally:
        _first.reset(token)


def counted_from() -> int:
    return _first.get()


def shown(position: int) -> int:
    """The number by which a reader knows a position."""
    return position - 1 + _first.get()


def meant(number: int) -> int:
    """The position that a reader means by a number."""
    return number + 1 - _first.get()


def position_text(position: int) -> str:
    """A position as it is printed."""
    return str(shown(position)).replace("-", "−")
