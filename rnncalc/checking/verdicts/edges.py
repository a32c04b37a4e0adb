"""Where what a written number stands for may lie: around it as it was rounded, cut, or off by a unit."""

from fractions import Fraction

from rnncalc.answers import Written
from rnncalc.checking.truth import Truth
from rnncalc.equations.domains.interval import Pair
from rnncalc.exercise.policy import Verdict


def around(number: float, inward: float, outward: float) -> Pair:
    """From `number` − inward to `number` + outward, edges included."""
    margin = 4e-16 * abs(number) + 1e-9 * (inward + outward)
    return number - inward - margin, number + outward + margin


def meets(pair: Pair, number: float, inward: float, outward: float) -> bool:
    """Whether the interval has a value there."""
    low, high = around(number, inward, outward)
    return pair[0] <= high and pair[1] >= low


def cut(entry: Written) -> tuple[float, float]:
    """How far the number before the cut lies below and above, just less than a unit away from zero."""
    nearly = entry.step * (1 - 1e-7)
    return (nearly, nearly) if not entry.number else (0.0, nearly) if entry.number > 0 else (nearly, 0.0)


def loosely(entry: Written, half: float) -> tuple[float, float]:
    """How far the number lies below and above, if it was rounded or cut."""
    whole = max(half, entry.step)
    return (whole, whole) if not entry.number else (half, whole) if entry.number > 0 else (whole, half)


def is_cut(true: Truth, entry: Written) -> bool:
    below, above = cut(entry)
    return bool(entry.step) and entry.number - below <= true.number <= entry.number + above


def is_a_unit_off(true: Truth, entry: Written) -> bool:
    unit = entry.unit * Fraction(3, 2)
    return bool(entry.step) and true.lies(entry.value - unit, entry.value + unit)


def is_near(true: Truth, entry: Written, verdict: Verdict) -> bool:
    """Whether a verdict is one on the true value itself, not on what rounded numbers lead to."""
    match verdict:
        case "truncated":
            return is_cut(true, entry)
        case "last digit":
            return is_a_unit_off(true, entry)
        case _:
            return False
