"""Why a step is wrong: the wrong equations of `mistakes` are run, and those are kept that explain the whole sheet.

One rival explains a wrong entry by chance with about the width it accepts over four times the distance to the right
value. A cause is named only if one explanation is left and such chances add up to little; a few are listed; beyond that
the step alone is named.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from rnncalc.answers import Key, Written
from rnncalc.checking.alternatives import Alternative, Alternatives
from rnncalc.checking.judging import Judging, loosely, meets
from rnncalc.checking.layout import Layout
from rnncalc.checking.marking import Marking
from rnncalc.checking.numbers import NumberSlip, misread, slips
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.equations import Expr
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.scalars import Array
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
    """An explanation of the first wrong step: what it predicts there, and how likely it would fit by chance. `ways` are
    the hypotheses that predict just this, by number; none for a slip."""

    predicted: tuple[Pair, ...]
    fits: bool
    chance: float
    ways: tuple[int, ...] = ()
    slip: NumberSlip | None = None


def diagnose(marking: Marking, judging: Judging) -> tuple[Cause, ...]:
    """The causes of all wrong steps, in order; a cause that explains most of them first takes them."""
    return tuple(Diagnosis(marking, judging).causes())


class Diagnosis:
    def __init__(self, marking: Marking, judging: Judging) -> None:
        self.marking, self.judging, self.shown = marking, judging, judging.shown
        self.base = Recomputation(marking, self.shown, {}, LOOSE, judging.units)
        self.alternatives = _alternatives(marking, judging.layout)
        self.predictions: dict[tuple[Key, Alternative], tuple[Pair, ...] | None] = {}
        self.first: dict[tuple[Key, int], Array] = {}

    # -- the causes

    def causes(self) -> Iterator[Cause]:
        remaining = [key for key, found in self.judging.verdicts.items() if "wrong" in found]
        while remaining:
            cause = self.cause(remaining[0], remaining)
            yield cause
            remaining = [key for key in remaining if key not in cause.steps]

    def cause(self, key: Key, wrong: Sequence[Key]) -> Cause:
        rivals = list(self.rivals(key))
        whole = list(self.explaining(rivals, key))
        if not whole:
            return self.unexplained((key,))
        most = max(sum(one in found for one in wrong) for _, found in whole)
        best = [(one, found) for one, found in whole if sum(one in found for one in wrong) == most]
        steps = tuple(one for one in wrong if one in best[0][1])
        groups: list[tuple[Predictions, list[Explanation]]] = []
        for explanation, found in best:
            alike = next((group for known, group in groups if self.are_alike(known, found)), None)
            if alike is None:
                groups.append((found, alike := []))
            alike.append(explanation)
        chance = self.coincidence(rivals) * self.elsewhere(key, steps, best[0][1])
        named = len(groups) == 1 and chance <= NAMED
        listed = named or (chance <= LISTED and len(groups) <= MOST_LISTED)
        return Cause(steps, tuple(tuple(group) for _, group in groups), named) if listed else self.unexplained(steps)

    def unexplained(self, steps: tuple[Key, ...]) -> Cause:
        """Only the steps are known, or that an activation was read off wrongly."""
        slip = misread(self.judging, steps[0])
        return Cause(steps, ((slip,),) if slip else (), False)

    def explaining(self, rivals: Sequence[_Rival], key: Key) -> Iterator[tuple[Explanation, Predictions]]:
        """The explanations that fit the whole sheet, hypotheses in the order of the catalogue before slips."""
        fitting = [rival for rival in rivals if rival.fits]
        for number, predicted in sorted((number, rival.predicted) for rival in fitting for number in rival.ways):
            if (found := self.whole_sheet(number, key, predicted)) is not None:
                yield self.marking.hypotheses[number], found
        yield from ((rival.slip, {key: rival.predicted}) for rival in fitting if rival.slip)

    def are_alike(self, one: Predictions, other: Predictions) -> bool:
        """Whether the sheet cannot tell two explanations apart: no number differs by more than a unit. A step that only
        one of them changes is compared with what the right equation gives."""
        return all(
            abs(first[0] + first[1] - second[0] - second[1]) <= 2 * (entry.step or 1e-9 * abs(entry.number))
            for key in one.keys() | other.keys()
            for first, second, entry in zip(
                one.get(key) or self.base.step(key).entries,
                other.get(key) or self.base.step(key).entries,
                self.shown[key],
                strict=True,
            )
            if isinstance(entry, Written)
        )

    # -- the first wrong step

    def rivals(self, key: Key) -> Iterator[_Rival]:
        """Every explanation that changes this step and leaves its right entries right."""
        for alternative, ways in self.alternatives.ways(key):
            found = self.predicted(alternative, key)
            if found is not None and (rival := self.rival(key, found, tight=False)):
                rival.ways = ways
                yield rival
        for slip in slips(self.judging, key):
            if rival := self.rival(key, slip.predicted, tight=True):
                rival.slip = slip
                yield rival

    def rival(self, key: Key, predicted: tuple[Pair, ...], tight: bool) -> _Rival | None:
        chance, fits = [], True
        right = self.base.step(key).entries
        for number, entry in enumerate(self.shown[key]):
            if not isinstance(entry, Written):
                continue
            is_met = self.meets(predicted[number], entry, tight)
            if self.judging.verdicts[key][number] != "wrong":
                if not is_met:
                    return None
                continue
            chance.append(self.chance(predicted[number], right[number], entry))
            fits = fits and is_met
        return _Rival(predicted, fits, self.together(key, chance))

    def together(self, key: Key, chances: Sequence[float]) -> float:
        """Entries are independent of each other, unless whole time steps are hidden behind them."""
        within = len({position for _, position in self.alternatives.cones[key]}) == 1
        return _product(chances) if within else max(chances)

    def meets(self, pair: Pair, entry: Written, tight: bool) -> bool:
        half = self.judging.half_of(entry)
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

    def whole_sheet(self, number: int, key: Key, predicted: tuple[Pair, ...]) -> Predictions | None:
        """What a hypothesis predicts at every shown step it changes, or None if the sheet has other numbers."""
        found = {key: predicted}
        names = self.marking.hypotheses[number].names
        for other in self.alternatives.cones:
            if other == key or self.alternatives.names[other].isdisjoint(names):
                continue
            alternative = self.alternatives.at(number, other)
            pairs = None if alternative is None else self.predicted(alternative, other)
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

    def predicted(self, alternative: Alternative, key: Key) -> tuple[Pair, ...] | None:
        """What the shown step is under an alternative; None if that has no value."""
        place = key, alternative
        if place not in self.predictions:
            try:
                self.predictions[place] = self.worked_out(alternative, key).entries
            except ArithmeticError:
                self.predictions[place] = None
        return self.predictions[place]

    def worked_out(self, alternative: Alternative, key: Key) -> Array:
        rewritten = alternative.rewritten
        if [*rewritten] == [key]:
            return self.base.instead(key, rewritten[key])
        steps = self.marking.steps
        view = Recomputation(
            self.marking, self.shown, {}, LOOSE, self.judging.units,
            lambda one: rewritten.get(one) or steps[one].equation.expression,
        )  # fmt: skip
        self.base.pass_on(alternative.kept)
        view.passed = {one: self.base.passed[one] for one in alternative.kept}
        for one in alternative.leading:
            if one != key:
                view.passed[one] = view.passing(one, self.leading(one, rewritten[one]))
        return view.step(key)

    def leading(self, key: Key, expression: Expr) -> Array:
        """A hidden step by a wrong equation whose parts are right; many alternatives begin with the same one."""
        place = key, id(expression)
        if place not in self.first:
            self.first[place] = self.base.instead(key, expression)
        return self.first[place]


def _alternatives(marking: Marking, layout: Layout) -> Alternatives:
    if layout.alternatives is None:
        layout.alternatives = Alternatives(marking, layout)
    return layout.alternatives


def _whole(number: float) -> int:
    return round(number) if abs(number) < 1e15 else 10**15


def _product(chances: Sequence[float]) -> float:
    total = 1.0
    for chance in chances:
        total *= chance
    return total
