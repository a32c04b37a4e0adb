"""Which entry of a vector is chosen: the greatest, or the one that a number given as random falls upon.

For balls the answer is the number of an entry, or None where the balls do not tell; for float64 it is a one-hot array
along the first axis, not a number where there is nothing to choose from.
"""

from collections.abc import Sequence
from typing import Any


def leaders(entries: Sequence[Any]) -> tuple[tuple[int, ...], bool]:
    """The entries (`fmpq | arb`) that may be the greatest, and whether that is settled: there is one, or all
    of them are known to be equal."""
    best = entries[0]
    for entry in entries[1:]:
        best = entry if entry > best else best
    found = tuple(number for number, entry in enumerate(entries) if not entry < best)
    return found, all(_equal(entries[number], entries[found[0]]) for number in found)


def _equal(one: Any, other: Any) -> bool:
    """One object is one number, however uncertain; two balls are equal only if they are exact."""
    return one is other or bool(one == other)


def greatest(entries: Sequence[Any]) -> int | None:
    """The greatest entry, the first of equal ones."""
    found, settled = leaders(entries)
    return found[0] if settled else None


def sampled(entries: Sequence[Any], level: Any) -> int | None:
    """The first entry at which the running sum exceeds the level (the inverse of the distribution function).

    Raises ArithmeticError where the entries are no probabilities, or the level is not in 0 ≤ u < 1.
    """
    if level < 0 or level >= 1:
        raise ArithmeticError("`onehot_sample` needs a number u with 0 ≤ u < 1")
    total = sum(entries[1:], entries[0])
    if total < 1 or total > 1 or any(entry < 0 for entry in entries):
        raise ArithmeticError("`onehot_sample` needs probabilities, which add up to 1")
    running = entries[0] * 0
    for number, entry in enumerate(entries[:-1]):
        running = running + entry
        if level < running:
            return number
        if not level >= running:
            return None
    return len(entries) - 1


def greatest_float64(np: Any, x: Any) -> Any:
    return np.where(np.isnan(x).any(axis=0), np.nan, _one_hot(np, x.argmax(axis=0), len(x)))


def sampled_float64(np: Any, x: Any, level: Any) -> Any:
    number = (x.cumsum(axis=0)[:-1] <= level).sum(axis=0)
    possible = (np.abs(x.sum(axis=0) - 1) < 1e-9) & (x >= 0).all(axis=0) & (level >= 0) & (level < 1)
    return np.where(possible, _one_hot(np, number, len(x)), np.nan)


def _one_hot(np: Any, number: Any, count: int) -> Any:
    return np.moveaxis(np.eye(count)[number], -1, 0)
