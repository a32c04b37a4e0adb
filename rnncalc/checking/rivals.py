"""What may explain a wrong step, and how likely one of that would fit by chance.

Most explanations are out of the question before anything is worked out for the sheet: what they can lead to for any
sheet of its coarseness, whose numbers before the step are accepted, is known for the whole class, and the numbers
written do not lie there. These take part only as an upper bound of the chance; where that bound decides nothing, they
are worked out as the others are.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from rnncalc.answers import Key, Written
from rnncalc.checking.alternatives import Alternative, Alternatives
from rnncalc.checking.judging import Judging, around, loosely
from rnncalc.checking.numbers import NumberSlip, slips
from rnncalc.checking.predictions import Pairs, Predictions
from rnncalc.checking.reach import coarseness, reach
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.equations.domains.interval import Pair

COARSEST = 0.02
"""With larger units, what explanations can lead to is too wide to tell them apart."""
FINEST = 4
"""Finer sheets are taken together with those of so many digits, so that one enclosure serves many."""


class Window(NamedTuple):
    """Where a prediction must lie for a written number: loosely, and tightly for a slip with the right number."""

    number: int
    entry: Written
    is_wrong: bool
    loose: Pair
    tight: Pair


def windows(judging: Judging, key: Key) -> list[Window]:
    """Those of the numbers of a step."""
    found = []
    for number, (entry, verdict) in enumerate(zip(judging.shown[key], judging.verdicts[key], strict=True)):
        if isinstance(entry, Written):
            half = judging.half_of(entry)
            bounds = around(entry.number, *loosely(entry, half)), around(entry.number, half, half)
            found.append(Window(number, entry, verdict == "wrong", *bounds))
    return found


class Rival(Struct):
    """An explanation that leaves the right entries of a step right: what it predicts there, and whether it fits the
    wrong ones. `ways` are the hypotheses that predict just this, by number; none for a slip."""

    predicted: Pairs
    fits: bool
    ways: tuple[int, ...] = ()
    slip: NumberSlip | None = None


class Rivals:
    """The rivals at one wrong step; `beyond` are alternatives that cannot fit, with what encloses their predictions."""

    def __init__(self, judging: Judging, predictions: Predictions, alternatives: Alternatives, key: Key) -> None:
        self.judging, self.predictions, self.key = judging, predictions, key
        self.windows = windows(judging, key)
        self.right = predictions.base.step(key).entries
        self.separate = key in judging.layout.separate
        self.ways = alternatives.ways(key)
        self.beyond: dict[Alternative, Pairs] = dict(self._beyond())
        self.near = [*self._worked_out(without=self.beyond), *self._slips()]

    def _worked_out(self, without: dict[Alternative, Pairs]) -> Iterator[Rival]:
        for alternative, ways in self.ways:
            found = None if alternative in without else self.predictions.of(alternative, self.key)
            if found is not None and (rival := self._rival(found, tight=False)):
                rival.ways = ways
                yield rival

    def _slips(self) -> Iterator[Rival]:
        for slip in slips(self.judging, self.key):
            if rival := self._rival(slip.predicted, tight=True):
                rival.slip = slip
                yield rival

    def _rival(self, predicted: Pairs, tight: bool) -> Rival | None:
        fits = True
        for number, _, is_wrong, loose, narrow in self.windows:
            bounds = narrow if tight else loose
            pair = predicted[number]
            if pair[0] <= bounds[1] and pair[1] >= bounds[0]:
                continue
            if not is_wrong:
                return None
            fits = False
        return Rival(predicted, fits)

    # -- what is out of the question

    def _beyond(self) -> Iterator[tuple[Alternative, Pairs]]:
        known = enclosures(self.judging)
        if known is None:
            return
        for alternative, _ in self.ways:
            if alternative.is_total and self.judging.faulty.keys().isdisjoint(alternative.used):
                found = known.of(alternative, self.key)
                if found is None:
                    continue
                for number, _, _, loose, _ in self.windows:
                    if _misses(found[number], loose):
                        yield alternative, found
                        break
        known.base.scenes.clear()

    # -- chance

    def chance(self) -> tuple[float, float]:
        """At least and at most: the chance that one of the rivals fits although none is the cause."""
        known = self._coincidence(self.near)
        more = sum(map(self._at_most, self.beyond.values()))
        return known * (1 - 1e-9), (known + more) * (1 + 1e-9)

    def exact_chance(self) -> float:
        return self._coincidence([*self._worked_out(without={}), *(one for one in self.near if one.slip)])

    def _coincidence(self, rivals: Sequence[Rival]) -> float:
        """Equal predictions count once."""
        found: dict[tuple[int, ...], float] = {}
        for rival in rivals:
            if one := by_chance(self.windows, rival.predicted, self.right, self.separate):
                alike = tuple([_whole(1e4 * (low + high)) for low, high in rival.predicted])
                found[alike] = max(found.get(alike, 0.0), one)
        return sum(found.values())

    def _at_most(self, enclosure: Pairs) -> float:
        """No less than the chance of any prediction inside; where right entries are missed, there is none."""
        found = []
        for number, entry, is_wrong, loose, _ in self.windows:
            if is_wrong:
                found.append(_chance_at_most(enclosure[number], self.right[number], entry))
            elif _misses(enclosure[number], loose):
                return 0.0
        return product(found) if self.separate else min(found)


def enclosures(judging: Judging) -> Predictions | None:
    """What alternatives can lead to, for all sheets that are as coarse and show the same; None where that tells little,
    or where numbers are left out."""
    layout, coarse = judging.layout, coarseness(judging.units, *judging.coarsest, FINEST)
    if layout.partly or coarse.sheet.unit > COARSEST:
        return None
    if coarse not in layout.enclosures:
        base = Recomputation(judging.marking, {}, {}, LOOSE, coarse.sheet)
        found = reach(judging.marking, coarse)
        base.passed = {key: array for key, array in found.items() if key in layout.whole}
        layout.enclosures[coarse] = Predictions(judging.marking, base)
    return layout.enclosures[coarse]


def _misses(enclosure: Pair, bounds: Pair) -> bool:
    low, high = enclosure
    margin = 1e-9 * (abs(low) + abs(high))
    return low - margin > bounds[1] or high + margin < bounds[0]


def chance(predicted: Pair, right: Pair, entry: Written) -> float:
    """Wrong numbers as far from the right one as this lie within twice its distance, anywhere there."""
    window = predicted[1] - predicted[0] + 2 * entry.step
    middle = (right[0] + right[1]) / 2
    distance = abs(entry.number - middle)
    if abs((predicted[0] + predicted[1]) / 2 - middle) > 2 * distance + window:
        return 0.0
    return min(1.0, window / (4 * distance)) if distance else 1.0


def _chance_at_most(enclosure: Pair, right: Pair, entry: Written) -> float:
    window = enclosure[1] - enclosure[0] + 2 * entry.step
    middle = (right[0] + right[1]) / 2
    distance = abs(entry.number - middle)
    if max(enclosure[0] - middle, middle - enclosure[1]) > 2 * distance + window:
        return 0.0
    return min(1.0, window / (4 * distance)) if distance else 1.0


def by_chance(found: Sequence[Window], predicted: Pairs, right: Pairs, separate: bool) -> float:
    """The chance that a prediction meets the wrong entries of a step: of all together if each is evidence by itself,
    else of the one that is met least likely."""
    chances = [chance(predicted[number], right[number], entry) for number, entry, is_wrong, _, _ in found if is_wrong]
    return product(chances) if separate else min(chances)


def _whole(number: float) -> int:
    return round(number) if abs(number) < 1e15 else 10**15


def product(chances: Sequence[float]) -> float:
    total = 1.0
    for one in chances:
        total *= one
    return total
