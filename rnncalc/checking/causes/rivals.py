"""What may explain a wrong step, and how likely one of that would fit by chance.

Explanations that are out of the question take part only as an upper bound of the chance; they are worked out as the
others are where that bound decides nothing, those that weigh most first.
"""

from collections.abc import Iterator

from rnncalc.answers import Key
from rnncalc.checking.causes.case import Case
from rnncalc.checking.causes.coincidence import Coincidence
from rnncalc.checking.causes.enclosures import places
from rnncalc.checking.causes.predictions import Pairs
from rnncalc.checking.causes.slips import Slips
from rnncalc.checking.causes.windows import accepted


class Rivals:
    """The rivals at one wrong step: alternatives by their places in `ways`, and slips."""

    def __init__(self, case: Case, key: Key) -> None:
        self.case, self.key = case, key
        self.windows, self.ways, self.known = case.windows(key), case.alternatives.ways(key), case.enclosures(key)
        self.rest = [one for one in self.windows if not one.is_wrong]
        self.slips = Slips(case, key)
        self.near = case.near(key)
        self.beyond = self.known.met(self.rest) & ~self.near

    def fitting(self) -> list[tuple[int, Pairs]]:
        """The hypotheses, by number, that lead to what is written at the step, with what they predict there."""
        found = []
        for place in places(self.near):
            alternative, numbers = self.ways[place]
            predicted = self.case.predictions.of(alternative)
            if predicted is not None and accepted(self.windows, predicted):
                pairs = tuple(predicted)
                found += [(number, pairs) for number in numbers]
        return sorted(found)

    def chance(self) -> Iterator[tuple[float, float]]:
        """At least and at most, ever nearer: the chance that one of the rivals fits although none is the cause."""
        found = self.case.coincidence(self.key)
        for place in places(self.near):
            self._add(place, found)
        beyond = self.beyond.bit_count() * found.greatest(self.known.widest)
        yield _between(found.total, self.slips.at_most(found) + beyond)
        self.slips.count(found)
        bounds = sorted((found.chance(pairs.__getitem__, True), place) for place, pairs in self.known.of(self.beyond))
        more = sum(bound for bound, _ in bounds)
        while bounds:
            yield _between(found.total, more)
            bound, place = bounds.pop()
            more -= bound
            self._add(place, found)
        yield found.total, found.total

    def _add(self, place: int, coincidence: Coincidence) -> None:
        alternative, _ = self.ways[place]
        predicted = self.case.predictions.of(alternative)
        if predicted is not None and accepted(self.rest, predicted):
            coincidence.add(coincidence.chance(predicted.__getitem__), predicted)


def _between(least: float, more: float) -> tuple[float, float]:
    """A sum and what may come to it, with what floats may do to sums."""
    return least * (1 - 1e-9), (least + more) * (1 + 1e-9)
