"""What steps would be under mistakes, recomputed from the numbers of a sheet in the loosest intervals."""

from rnncalc.answers import Key
from rnncalc.checking.alternatives import Alternative
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.checking.tape import Entries
from rnncalc.equations import Expr
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.scalars import Array

Pairs = tuple[Pair, ...]
"""What is predicted for the entries of a step."""
Prediction = Entries | Pairs
"""The same, entry by entry as they are asked for: most predictions fail at the first."""


class Predictions:
    """Those of one sheet, which `base` recomputes by the right equations."""

    def __init__(self, marking: Marking, base: Recomputation) -> None:
        self.marking, self.base = marking, base
        self._known: dict[Alternative, Prediction | None] = {}
        self._leading: dict[tuple[Key, int], Array] = {}

    def of(self, alternative: Alternative) -> Prediction | None:
        """What the shown step is under an alternative; None if that has no value."""
        if alternative not in self._known:
            try:
                self._known[alternative] = self._worked_out(alternative)
            except ArithmeticError:
                self._known[alternative] = None
        return self._known[alternative]

    def forget(self) -> None:
        """Begin anew, so that nothing is kept."""
        self._known.clear()
        self._leading.clear()
        self.base.scenes.clear()

    def _worked_out(self, alternative: Alternative) -> Prediction:
        base, key, rewritten, steps = self.base, alternative.key, alternative.rewritten, self.marking.steps
        base.pass_on(alternative.kept)
        if key in alternative.leading:
            return self._last(base, alternative, rewritten[key])
        view = Recomputation(
            self.marking, base.shown, {}, LOOSE, base.sheet,
            lambda one: rewritten.get(one) or steps[one].equation.expression, base.whole,
        )  # fmt: skip
        view.passed = {one: base.passed[one] for one in alternative.kept}
        for one in alternative.leading:
            if one != key:
                view.passed[one] = view.passing(one, self._first(one, alternative))
        view.supply(key)
        return self._last(view, alternative, view.expression(key))

    def _last(self, view: Recomputation, alternative: Alternative, expression: Expr) -> Prediction:
        """The shown step itself. Where one entry may have no value, the others have none either."""
        letters = self.marking.steps[alternative.key].letters
        if alternative.is_total:
            return view.entries(expression, letters, alternative.key)
        return view.value(expression, letters, alternative.key).entries

    def _first(self, key: Key, alternative: Alternative) -> Array:
        """A hidden step by a wrong equation whose parts are right; many alternatives begin with the same one."""
        expression = alternative.rewritten[key]
        place = key, id(expression)
        if place not in self._leading:
            self._leading[place] = self.base.value(expression, self.marking.steps[key].letters, key)
        return self._leading[place]
