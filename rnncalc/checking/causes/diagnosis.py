"""Why a step is wrong: the wrong equations of `mistakes` are run, and those are kept that explain the whole sheet.

One rival explains a wrong entry by chance with about the width it accepts over four times the distance to the right
value. A cause is named only if one explanation is left and such chances add up to little; a few are listed if no more
of them are expected by chance than there are; beyond that the step alone is named.
"""

from collections.abc import Iterator, Sequence
from math import prod

from msgspec import Struct

from rnncalc.answers import Key, Written
from rnncalc.checking.causes.case import Case
from rnncalc.checking.causes.numbers import NumberSlip, misread
from rnncalc.checking.causes.predictions import Pairs
from rnncalc.checking.causes.rivals import Rivals
from rnncalc.checking.causes.windows import accepted
from rnncalc.checking.marking import Marking
from rnncalc.checking.verdicts.judging import Judging
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
        self.marking, self.judging, self.case = marking, judging, Case(judging)

    def causes(self) -> Iterator[Cause]:
        remaining = [key for key, found in self.case.verdicts.items() if "wrong" in found and not self.goes_on(key)]
        while remaining:
            cause = self.cause(remaining[0], remaining)
            yield cause
            remaining = [key for key in remaining if key not in cause.steps]

    def cause(self, key: Key, wrong: Sequence[Key]) -> Cause:
        rivals = Rivals(self.case, key)
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
        named, listed = self.likely(rivals, steps, best[0][1], len(groups))
        return Cause(steps, tuple(tuple(group) for _, group in groups), named) if listed else self.unexplained(steps)

    def goes_on(self, key: Key) -> bool:
        """Whether a step is called wrong only since nothing follows from an impossible number before it."""
        if self.judging.impossible.keys().isdisjoint(self.judging.layout.behind(key)):
            return False
        return accepted(self.case.windows(key), self.case.right(key))

    def likely(self, rivals: Rivals, steps: Sequence[Key], found: Predicted, groups: int) -> tuple[bool, bool]:
        """Whether the cause of these steps may be named, and whether the groups may be listed."""
        best = told = decided(groups, 0.0)
        elsewhere: float | None = None
        for least, most in rivals.chance():
            # That other wrong steps fit as well only makes a coincidence less likely.
            if decided(groups, most) == best:
                return best
            if elsewhere is None:
                elsewhere = self.elsewhere(rivals.key, steps, found)
            told = decided(groups, least * elsewhere)
            if told == decided(groups, most * elsewhere):
                break
        return told

    def elsewhere(self, key: Key, steps: Sequence[Key], found: Predicted) -> float:
        """The chance that the other wrong steps fit as well."""
        return prod([self.case.coincidence(one).chance(found[one].__getitem__) for one in steps if one != key])

    def explaining(self, rivals: Rivals, key: Key) -> Iterator[tuple[Explanation, Predicted]]:
        """The explanations that fit the whole sheet, hypotheses in the order of the catalogue before slips."""
        for number, predicted in rivals.fitting():
            if (found := self.whole_sheet(number, key, predicted)) is not None:
                yield self.marking.hypotheses[number], found
        yield from ((slip, {key: slip.predicted}) for slip in rivals.slips.fitting())

    def unexplained(self, steps: tuple[Key, ...]) -> Cause:
        """Only the steps are known, or that an activation was read off wrongly."""
        slip = misread(self.judging, steps[0])
        return Cause(steps, ((slip,),) if slip else (), False)

    def are_alike(self, one: Predicted, other: Predicted) -> bool:
        """Whether the sheet cannot tell two explanations apart: what one allows for a number, the other allows too, but
        for a unit. A step that only one of them changes is compared with what the right equation gives."""
        return all(
            _is_within(first, second, entry.step or 1e-9 * abs(entry.number))
            for key in one.keys() | other.keys()
            for first, second, entry in zip(
                one.get(key) or self.case.right(key),
                other.get(key) or self.case.right(key),
                self.judging.shown[key],
                strict=True,
            )
            if isinstance(entry, Written)
        )

    def whole_sheet(self, number: int, key: Key, predicted: Pairs) -> Predicted | None:
        """What a hypothesis predicts at every shown step it changes, or None if the sheet has other numbers."""
        changed = self.case.alternatives.changed(number)
        if not all(map(self.case.may_fit, changed)):
            return None
        found = {key: predicted}
        for other in changed:
            if other.key != key and (pairs := self.case.predictions.of(other)) is not None:
                if not accepted(self.case.windows(other.key), pairs):
                    return None
                found[other.key] = tuple(pairs)
        return found


def decided(groups: int, chance: float) -> tuple[bool, bool]:
    """Whether a cause may be named, and whether the groups may be listed, if so many fit by chance."""
    named = groups == 1 and chance <= NAMED
    return named, chance <= groups <= MOST_LISTED


def _is_within(one: Pair, other: Pair, unit: float) -> bool:
    """Whether one of two intervals lies in the other, which is wider by a unit at each end."""
    low, high = one[0] - other[0], one[1] - other[1]
    return (low >= -unit and high <= unit) or (low <= unit and high >= -unit)
