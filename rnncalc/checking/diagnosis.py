"""Why a step is wrong: the wrong equations of `mistakes` are run, and those are kept that explain the whole sheet.

One rival explains a wrong entry by chance with about the width it accepts over four times the distance to the right
value. A cause is named only if one explanation is left and such chances add up to little; a few are listed if no more
of them are expected by chance than there are; beyond that the step alone is named.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from rnncalc.answers import Key, Written
from rnncalc.checking.alternatives import Alternatives
from rnncalc.checking.judging import Judging
from rnncalc.checking.layout import Layout
from rnncalc.checking.marking import Marking
from rnncalc.checking.numbers import NumberSlip, misread
from rnncalc.checking.predictions import Pairs, Predictions
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.checking.rivals import Rivals, Window, by_chance, product, windows
from rnncalc.equations.domains.interval import Pair
from rnncalc.mistakes import Hypothesis

NAMED = 0.02
"""The greatest chance of a coincidence at which one cause is named. Causes are listed as long as it is more likely that
the right one is among them than that all fit by chance: where so many at most are expected to."""
MOST_LISTED = 5

Explanation = Hypothesis | NumberSlip


Predicted = dict[Key, Pairs]
"""What an explanation predicts at each shown step that it changes."""


class Cause(Struct, frozen=True):
    """What explains the wrong `steps`. The explanations of one group cannot be told apart by this sheet; with `named`
    there is one group, and no other is likely. No group: only the steps are known."""

    steps: tuple[Key, ...]
    groups: tuple[tuple[Explanation, ...], ...]
    named: bool


def diagnose(marking: Marking, judging: Judging) -> tuple[Cause, ...]:
    """The causes of all wrong steps, in order; a cause that explains most of them first takes them."""
    return tuple(Diagnosis(marking, judging).causes())


class Diagnosis:
    def __init__(self, marking: Marking, judging: Judging) -> None:
        self.marking, self.judging, self.shown = marking, judging, judging.shown
        base = Recomputation(
            marking, judging.by_key, {}, LOOSE, judging.units, None, judging.layout.whole, judging.layout.compiled
        )
        self.predictions = Predictions(marking, base)
        self.alternatives = _alternatives(marking, judging.layout)
        self.windows: dict[Key, list[Window]] = {}

    def causes(self) -> Iterator[Cause]:
        verdicts = self.judging.verdicts
        remaining = [key for key, found in verdicts.items() if "wrong" in found and not self.goes_on(key)]
        while remaining:
            cause = self.cause(remaining[0], remaining)
            yield cause
            remaining = [key for key in remaining if key not in cause.steps]

    def cause(self, key: Key, wrong: Sequence[Key]) -> Cause:
        rivals = Rivals(self.judging, self.predictions, self.alternatives, key)
        whole = list(self.explaining(rivals, key))
        if not whole:
            return self.unexplained((key,))
        most = max(sum(one in found for one in wrong) for _, found in whole)
        best = [(one, found) for one, found in whole if sum(one in found for one in wrong) == most]
        steps = tuple(one for one in wrong if one in best[0][1])
        groups: list[tuple[Predicted, list[Explanation]]] = []
        for explanation, found in best:
            alike = next((group for known, group in groups if self.are_alike(known, found)), None)
            if alike is None:
                groups.append((found, alike := []))
            alike.append(explanation)
        named, listed = self.likely(rivals, self.elsewhere(key, steps, best[0][1]), len(groups))
        return Cause(steps, tuple(tuple(group) for _, group in groups), named) if listed else self.unexplained(steps)

    def goes_on(self, key: Key) -> bool:
        """Whether a step is called wrong only since nothing follows from an impossible number before it."""
        if self.judging.impossible.keys().isdisjoint(self.judging.layout.behind(key)):
            return False
        return self.fits(key, self.predictions.base.step(key).entries)

    def likely(self, rivals: Rivals, elsewhere: float, groups: int) -> tuple[bool, bool]:
        """Whether the cause may be named, and whether the groups may be listed. `elsewhere` is the chance that the
        other wrong steps fit as well."""
        least, most = (decided(groups, chance * elsewhere) for chance in rivals.chance())
        return least if least == most else decided(groups, rivals.exact_chance() * elsewhere)

    def explaining(self, rivals: Rivals, key: Key) -> Iterator[tuple[Explanation, Predicted]]:
        """The explanations that fit the whole sheet, hypotheses in the order of the catalogue before slips."""
        fitting = [rival for rival in rivals.near if rival.fits]
        for number, predicted in sorted((number, rival.predicted) for rival in fitting for number in rival.ways):
            if (found := self.whole_sheet(number, key, predicted)) is not None:
                yield self.marking.hypotheses[number], found
        yield from ((rival.slip, {key: rival.predicted}) for rival in fitting if rival.slip)

    def unexplained(self, steps: tuple[Key, ...]) -> Cause:
        """Only the steps are known, or that an activation was read off wrongly."""
        slip = misread(self.judging, steps[0])
        return Cause(steps, ((slip,),) if slip else (), False)

    def are_alike(self, one: Predicted, other: Predicted) -> bool:
        """Whether the sheet cannot tell two explanations apart: what one allows for a number, the other allows too, but
        for a unit. A step that only one of them changes is compared with what the right equation gives."""
        base = self.predictions.base
        return all(
            _is_within(first, second, entry.step or 1e-9 * abs(entry.number))
            for key in one.keys() | other.keys()
            for first, second, entry in zip(
                one.get(key) or base.step(key).entries,
                other.get(key) or base.step(key).entries,
                self.shown[key],
                strict=True,
            )
            if isinstance(entry, Written)
        )

    def whole_sheet(self, number: int, key: Key, predicted: Pairs) -> Predicted | None:
        """What a hypothesis predicts at every shown step it changes, or None if the sheet has other numbers."""
        found = {key: predicted}
        names = self.marking.hypotheses[number].names
        for other in self.alternatives.cones:
            if other == key or self.alternatives.names[other].isdisjoint(names):
                continue
            alternative = self.alternatives.at(number, other)
            pairs = None if alternative is None else self.predictions.of(alternative, other)
            if pairs is None:
                continue
            if not self.fits(other, pairs):
                return None
            found[other] = pairs
        return found

    def fits(self, key: Key, predicted: Pairs) -> bool:
        """Whether the numbers of a step are what is predicted."""
        if key not in self.windows:
            self.windows[key] = windows(self.judging, key)
        return all(
            predicted[one.number][0] <= one.loose[1] and predicted[one.number][1] >= one.loose[0]
            for one in self.windows[key]
        )

    def elsewhere(self, key: Key, steps: Sequence[Key], found: Predicted) -> float:
        """The chance that the other wrong steps fit as well."""
        return product([self.chance(other, found[other]) for other in steps if other != key])

    def chance(self, key: Key, predicted: Pairs) -> float:
        right = self.predictions.base.step(key).entries
        return by_chance(self.windows[key], predicted, right, key in self.judging.layout.separate)


def decided(groups: int, chance: float) -> tuple[bool, bool]:
    """Whether a cause may be named, and whether the groups may be listed, if so many fit by chance."""
    named = groups == 1 and chance <= NAMED
    return named, chance <= groups <= MOST_LISTED


def _is_within(one: Pair, other: Pair, unit: float) -> bool:
    """Whether one of two intervals lies in the other, which is wider by a unit at each end."""
    low, high = one[0] - other[0], one[1] - other[1]
    return (low >= -unit and high <= unit) or (low <= unit and high >= -unit)


def _alternatives(marking: Marking, layout: Layout) -> Alternatives:
    if layout.alternatives is None:
        layout.alternatives = Alternatives(marking, layout)
    return layout.alternatives
