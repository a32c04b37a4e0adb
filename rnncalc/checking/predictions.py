"""What steps would be under mistakes, recomputed from the numbers of a sheet in the loosest intervals."""

from rnncalc.answers import Key
from rnncalc.checking.alternatives import Alternative
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.scalars import Array

Pairs = tuple[Pair, ...]


class Predictions:
    """Those of one sheet, which `base` recomputes by the right equations."""

    def __init__(self, marking: Marking, base: Recomputation) -> None:
        self.marking, self.base = marking, base
        self._known: dict[tuple[Key, Alternative], Pairs | None] = {}
        self._leading: dict[tuple[Key, int], Array] = {}

    def of(self, alternative: Alternative, key: Key) -> Pairs | None:
        """What the shown step is under an alternative; None if that has no value."""
        place = key, alternative
        if place not in self._known:
            try:
                self._known[place] = self._worked_out(alternative, key).entries
            except ArithmeticError:
                self._known[place] = None
        return self._known[place]

    def _worked_out(self, alternative: Alternative, key: Key) -> Array:
        base, rewritten, steps = self.base, alternative.rewritten, self.marking.steps
        base.pass_on(alternative.kept)
        if key in alternative.leading:
            return base.value(rewritten[key], steps[key].letters, key)
        view = Recomputation(
            self.marking, base.shown, {}, LOOSE, base.sheet,
            lambda one: rewritten.get(one) or steps[one].equation.expression, base.whole,
        )  # fmt: skip
        view.passed = {one: base.passed[one] for one in alternative.kept}
        for one in alternative.leading:
            if one != key:
                view.passed[one] = view.passing(one, self._first(one, alternative))
        return view.step(key)

    def _first(self, key: Key, alternative: Alternative) -> Array:
        """A hidden step by a wrong equation whose parts are right; many alternatives begin with the same one."""
        expression = alternative.rewritten[key]
        place = key, id(expression)
        if place not in self._leading:
            self._leading[place] = self.base.value(expression, self.marking.steps[key].letters, key)
        return self._leading[place]
