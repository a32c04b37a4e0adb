"""What mistakes can lead to, whatever sheet it is: most of them are out of the question before anything is worked out.

For all sheets of one coarseness that show the same, each alternative of a step is enclosed once, from everything that
may be passed on to it from accepted numbers. It cannot be behind a number that lies elsewhere, unless it rests on
numbers that are not accepted. Sets of alternatives are bits of whole numbers; a search for the bounds of a window among
those of the enclosures gives the set that it meets.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import inf, isnan
from operator import or_

from rnncalc.answers import Key
from rnncalc.checking.causes.alternatives import Alternative, Alternatives
from rnncalc.checking.causes.predictions import Pairs, Predictions
from rnncalc.checking.causes.windows import Window
from rnncalc.checking.recomputing.reach import Coarseness, coarseness, reach
from rnncalc.checking.recomputing.recomputation import LOOSE, Recomputation, Sheet
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations.domains.interval import LINE, Pair

COARSEST = 0.02
"""With larger units, what mistakes can lead to is too wide to tell them apart."""
FINEST = 4
"""Finer sheets are taken together with those of so many digits, so that one enclosure serves many."""
FEW = 20
"""The first sheets of a coarseness are taken together with coarser ones, if there are more of those."""

Bits = int


class Enclosures:
    """Of the alternatives of one step, in their order; None where nothing is known."""

    def __init__(self, alternatives: Sequence[Alternative], found: Sequence[Pairs | None], size: int) -> None:
        self._found = found
        self.all = (1 << len(found)) - 1
        self._unknown = sum(1 << place for place, one in enumerate(found) if one is None)
        self._users: dict[Key, Bits] = {}
        for place, alternative in enumerate(alternatives):
            for key in alternative.used:
                self._users[key] = self._users.get(key, 0) | 1 << place
        outer = [[_outer(one[number]) if one else LINE for one in found] for number in range(size)]
        self.widest = [
            max((one[number][1] - one[number][0] for one in found if one), default=inf) for number in range(size)
        ]
        self._bounds = tuple((_ordered([low for low, _ in row]), _ordered([high for _, high in row])) for row in outer)

    def met(self, windows: Iterable[Window]) -> Bits:
        """The alternatives whose enclosures meet all windows."""
        met = self.all
        for number, _, _, (low, high), _ in windows:
            (lows, below), (highs, before) = self._bounds[number]
            met &= below[bisect_right(lows, high)] & ~before[bisect_left(highs, low)]
        return met

    def open(self, faulty: Iterable[Key]) -> Bits:
        """The alternatives that may lie anywhere."""
        found = self._unknown
        for key in faulty:
            found |= self._users.get(key, 0)
        return found

    def of(self, members: Bits) -> Iterator[tuple[int, Pairs]]:
        """What encloses some alternatives."""
        return ((place, found) for place in places(members) if (found := self._found[place]))


def _ordered(bounds: Sequence[float]) -> tuple[list[float], list[Bits]]:
    """Bounds from the least to the greatest, and by their number the set of those before."""
    order = sorted(range(len(bounds)), key=bounds.__getitem__)
    return [bounds[place] for place in order], list(accumulate((1 << place for place in order), or_, initial=0))


def _outer(pair: Pair) -> Pair:
    low, high = pair
    margin = 1e-9 * (abs(low) + abs(high))
    return -inf if isnan(low - margin) else low - margin, inf if isnan(high + margin) else high + margin


def places(bits: Bits) -> Iterator[int]:
    """The members of a set."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class Enclosing:
    """Of all steps, for the sheets of one layout and coarseness; nothing is known without predictions."""

    def __init__(self, predictions: Predictions | None, alternatives: Alternatives) -> None:
        self.predictions, self.alternatives = predictions, alternatives
        self.known: dict[Key, Enclosures] = {}
        self.sheets = 0

    def of(self, key: Key) -> Enclosures:
        if key not in self.known:
            those = [alternative for alternative, _ in self.alternatives.ways(key)]
            found = list(map(self._enclosure, those))
            self.known[key] = Enclosures(those, found, len(self.alternatives.marking.steps[key].truth))
            if self.predictions:
                self.predictions.forget()
        return self.known[key]

    def _enclosure(self, alternative: Alternative) -> Pairs | None:
        found = self.predictions.of(alternative) if self.predictions and alternative.is_total else None
        return None if found is None else tuple(found)


class _Known(dict[Coarseness | None, Enclosing]):
    """Those of a layout."""


def enclosing(judging: Judging, alternatives: Alternatives) -> Enclosing:
    """Of such sheets; nothing where it would tell little, or where numbers are left out."""
    layout = judging.layout
    coarse = None if layout.partly else coarseness(judging.units, *judging.coarsest, FINEST)
    if coarse and coarse.units.unit > COARSEST:
        coarse = None
    known = layout.kept.of(_Known, _Known)
    if coarse not in known:
        known[coarse] = Enclosing(_predictions(judging, coarse) if coarse else None, alternatives)
    found = known[coarse]
    found.sheets += 1
    if coarse and found.sheets <= FEW:
        common = (one for other, one in known.items() if other and one.sheets > FEW and other.includes(coarse))
        return next(common, found)
    return found


def _predictions(judging: Judging, coarse: Coarseness) -> Predictions:
    marking, layout = judging.marking, judging.layout
    base = Recomputation(marking, Sheet(coarse.units), LOOSE)
    base.passed = {key: array for key, array in reach(marking, coarse).items() if key in layout.whole}
    return Predictions(marking, base)
