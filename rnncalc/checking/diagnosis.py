"""Why a step is wrong: the wrong equations of `mistakes` are run, and those are kept that explain the whole sheet.

One rival explains a wrong entry by chance with about the width it accepts over four times the distance to the right
value. A cause is named only if one explanation is left and such chances add up to little; a few are listed; beyond that
the step alone is named.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from rnncalc.answers import Key, Written
from rnncalc.checking.judging import Judging, loosely, meets
from rnncalc.checking.marking import Marking
from rnncalc.checking.numbers import NumberSlip, misread, slips
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.equations import Expr
from rnncalc.equations.domains.interval import Pair
from rnncalc.mistakes import Hypothesis

NAMED, LISTED = 0.02, 0.5
"""The greatest chance of a coincidence at which one cause is named, and at which several are listed."""
MOST_LISTED = 5

Explanation = Hypothesis | NumberSlip


Predictions = dict[Key, tuple[Pair, ...]]
"""What an explanation predicts at each shown step that it changes."""


class Cause(Struct, frozen=True):
    """What explains the wrong `steps`. The explanations of one group cannot be told apart by this sheet; with `named`
    there is one group, and no other is likely. No group: only the steps are known."""

    steps: tuple[Key, ...]
    groups: tuple[tuple[Explanation, ...], ...]
    named: bool


class _Rival(Struct):
    """A hypothesis at the first wrong step: what it predicts there, and how likely it would fit by chance."""

    explanation: Explanation
    predicted: tuple[Pair, ...]
    fits: bool
    chance: float


def diagnose(marking: Marking, judging: Judging) -> tuple[Cause, ...]:
    """The causes of all wrong steps, in order; a cause that explains most of them first takes them."""
    return tuple(_Diagnosis(marking, judging).causes())


class _Diagnosis:
    def __init__(self, marking: Marking, judging: Judging) -> None:
        self.marking, self.judging, self.shown = marking, judging, judging.shown
        self.base = Recomputation(marking, self.shown, {}, LOOSE, judging.units)
        self.cones = {key: self.cone(key) for key in marking.steps if key in self.shown}
        self.views: dict[int, Recomputation] = {}

    def cone(self, key: Key) -> tuple[Key, ...]:
        """The step and the hidden steps it rests on."""
        found, pending = {key: None}, [key]
        while pending:
            for need in self.marking.steps[pending.pop()].needs:
                if need not in self.shown and need not in found:
                    found[need] = None
                    pending.append(need)
        return tuple(found)

    # -- the causes

    def causes(self) -> Iterator[Cause]:
        remaining = [key for key, found in self.judging.verdicts.items() if "wrong" in found]
        while remaining:
            cause = self.cause(remaining[0], remaining)
            yield cause
            remaining = [key for key in remaining if key not in cause.steps]

    def cause(self, key: Key, wrong: Sequence[Key]) -> Cause:
        rivals = list(self.rivals(key))
        whole: list[tuple[_Rival, Predictions]] = []
        for rival in rivals:
            if rival.fits and (found := self.whole_sheet(rival, key)) is not None:
                whole.append((rival, found))
        if not whole:
            return self.unexplained((key,))
        most = max(sum(one in found for one in wrong) for _, found in whole)
        best = [(rival, found) for rival, found in whole if sum(one in found for one in wrong) == most]
        steps = tuple(one for one in wrong if one in best[0][1])
        groups: list[tuple[Predictions, list[Explanation]]] = []
        for rival, found in best:
            alike = next((group for known, group in groups if self.are_alike(known, found)), None)
            if alike is None:
                groups.append((found, alike := []))
            alike.append(rival.explanation)
        chance = self.coincidence(rivals) * self.elsewhere(key, steps, best[0][1])
        named = len(groups) == 1 and chance <= NAMED
        listed = named or (chance <= LISTED and len(groups) <= MOST_LISTED)
        return Cause(steps, tuple(tuple(group) for _, group in groups), named) if listed else self.unexplained(steps)

    def unexplained(self, steps: tuple[Key, ...]) -> Cause:
        """Only the steps are known, or that an activation was read off wrongly."""
        slip = misread(self.judging, steps[0])
        return Cause(steps, ((slip,),) if slip else (), False)

    def are_alike(self, one: Predictions, other: Predictions) -> bool:
        """Whether the sheet cannot tell two explanations apart: no number differs by more than a unit."""
        return one.keys() == other.keys() and all(
            abs(first[0] + first[1] - second[0] - second[1]) <= 2 * (entry.step or 1e-9 * abs(entry.number))
            for key, pairs in one.items()
            for first, second, entry in zip(pairs, other[key], self.shown[key], strict=True)
            if isinstance(entry, Written)
        )

    # -- the first wrong step

    def rivals(self, key: Key) -> Iterator[_Rival]:
        """Every explanation that changes this step and leaves its right entries right."""
        names = {name for name, _ in self.cones[key]}
        for hypothesis in self.marking.hypotheses:
            found = None if names.isdisjoint(hypothesis.names) else self.predicted(hypothesis, key)
            if found is not None and (rival := self.rival(hypothesis, key, found)):
                yield rival
        for slip in slips(self.judging, key):
            if rival := self.rival(slip, key, slip.predicted):
                yield rival

    def rival(self, explanation: Explanation, key: Key, predicted: tuple[Pair, ...]) -> _Rival | None:
        chance, fits = [], True
        right = self.base.step(key).entries
        for number, entry in enumerate(self.shown[key]):
            if not isinstance(entry, Written):
                continue
            is_met = self.meets(predicted[number], entry, isinstance(explanation, NumberSlip))
            if self.judging.verdicts[key][number] != "wrong":
                if not is_met:
                    return None
                continue
            chance.append(self.chance(predicted[number], right[number], entry))
            fits = fits and is_met
        return _Rival(explanation, predicted, fits, self.together(key, chance))

    def together(self, key: Key, chances: Sequence[float]) -> float:
        """Entries are independent of each other, unless whole time steps are hidden behind them."""
        within = len({position for _, position in self.cones[key]}) == 1
        return _product(chances) if within else max(chances)

    def meets(self, pair: Pair, entry: Written, tight: bool) -> bool:
        half = float(self.judging.half(entry))
        return meets(pair, entry.number, *((half, half) if tight else loosely(entry, half)))

    def chance(self, predicted: Pair, right: Pair, entry: Written) -> float:
        """Wrong numbers as far from the right one as this lie within twice its distance, anywhere there."""
        window = predicted[1] - predicted[0] + 2 * entry.step
        middle = (right[0] + right[1]) / 2
        distance = abs(entry.number - middle)
        if abs((predicted[0] + predicted[1]) / 2 - middle) > 2 * distance + window:
            return 0.0
        return min(1.0, window / (4 * distance)) if distance else 1.0

    def coincidence(self, rivals: Sequence[_Rival]) -> float:
        """The chance that one of the rivals fits although none is the cause; equal predictions count once."""
        found: dict[tuple[int, ...], float] = {}
        for rival in rivals:
            alike = tuple(_whole(1e4 * (low + high)) for low, high in rival.predicted)
            found[alike] = max(found.get(alike, 0.0), rival.chance)
        return sum(found.values())

    # -- the rest of the sheet

    def whole_sheet(self, rival: _Rival, key: Key) -> Predictions | None:
        """What the explanation predicts at every shown step it changes, or None if the sheet has other numbers."""
        found = {key: rival.predicted}
        if isinstance(rival.explanation, NumberSlip):
            return found
        for other, cone in self.cones.items():
            if other == key or {name for name, _ in cone}.isdisjoint(rival.explanation.names):
                continue
            pairs = self.predicted(rival.explanation, other)
            if pairs is None:
                continue
            for pair, entry in zip(pairs, self.shown[other], strict=True):
                if isinstance(entry, Written) and not self.meets(pair, entry, tight=False):
                    return None
            found[other] = pairs
        return found

    def elsewhere(self, key: Key, steps: Sequence[Key], found: Predictions) -> float:
        """The chance that the other wrong steps fit as well."""
        chances = [1.0]
        for other in steps:
            if other != key:
                right = self.base.step(other).entries
                wrong = zip(found[other], right, self.shown[other], self.judging.verdicts[other], strict=True)
                each = [self.chance(p, r, e) for p, r, e, v in wrong if v == "wrong" and isinstance(e, Written)]
                chances.append(self.together(other, each))
        return _product(chances)

    # -- predictions

    def predicted(self, hypothesis: Hypothesis, key: Key) -> tuple[Pair, ...] | None:
        """What the shown step is under the hypothesis; None if it changes nothing there."""
        cone = self.cones[key]
        changed = [one for one in cone if self.expression(hypothesis, one) is not None]
        if not changed:
            return None
        try:
            if changed == [key]:
                expression = self.expression(hypothesis, key)
                assert expression is not None
                found = self.base.instead(key, expression)
            else:
                found = self.view(hypothesis).step(key)
        except ArithmeticError:
            return None
        return found.entries

    def expression(self, hypothesis: Hypothesis, key: Key) -> Expr | None:
        step = self.marking.steps[key]
        found = hypothesis.expression(step.equation, key[1])
        return found if found is not None and self.marking.exists(found, step.letters) else None

    def view(self, hypothesis: Hypothesis) -> Recomputation:
        """The sheet with the hidden steps worked out under the hypothesis."""
        view = self.views.get(id(hypothesis))
        if view is None:

            def rewritten(key: Key) -> Expr:
                return self.expression(hypothesis, key) or self.marking.steps[key].equation.expression

            view = Recomputation(self.marking, self.shown, {}, LOOSE, self.judging.units, rewritten)
            self.views[id(hypothesis)] = view
        return view


def _whole(number: float) -> int:
    return round(number) if abs(number) < 1e15 else 10**15


def _product(chances: Sequence[float]) -> float:
    total = 1.0
    for chance in chances:
        total *= chance
    return total
