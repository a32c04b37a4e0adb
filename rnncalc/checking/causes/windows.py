"""Where what explains a step must lie: around each number written there, as far as rounding leads."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rnncalc.answers import Key, Written
from rnncalc.checking.causes.predictions import Prediction
from rnncalc.checking.verdicts.edges import around, loosely
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations.domains.interval import Pair
from rnncalc.exercise.policy import Verdict


class Window(NamedTuple):
    """Where a prediction must lie for a written number, and half of what that is rounded to."""

    number: int
    entry: Written
    is_wrong: bool
    loose: Pair
    half: float

    @property
    def tight(self) -> Pair:
        """Where the right number lies with which something else happened."""
        return around(self.entry.number, self.half, self.half)


def windows(judging: Judging, key: Key, verdicts: Sequence[Verdict]) -> tuple[Window, ...]:
    """Those of the numbers of a step."""
    found = []
    for number, (entry, verdict) in enumerate(zip(judging.shown[key], verdicts, strict=True)):
        if isinstance(entry, Written):
            half = judging.half_of(entry)
            loose = around(entry.number, *loosely(entry, half))
            found.append(Window(number, entry, verdict == "wrong", loose, half))
    return tuple(found)


def accepted(found: Iterable[Window], predicted: Prediction) -> bool:
    """Whether every number may be what is predicted."""
    for number, _, _, (low, high), _ in found:
        pair = predicted[number]
        if not (pair[0] <= high and pair[1] >= low):
            return False
    return True
