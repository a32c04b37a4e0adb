"""What steps would be under mistakes, recomputed from the numbers of a sheet in the loosest intervals."""

from msgspec.structs import replace

from rnncalc.answers import Key
from rnncalc.checking.causes.alternatives import Alternative
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputing.recomputation import LOOSE, Recomputation
from rnncalc.checking.tape import Entries
from rnncalc.equations.domains.interval import LINE, Pair
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
        self._view = Recomputation(marking, replace(base.sheet, cones=None), LOOSE)

    def of(self, alternative: Alternative) -> Prediction | None:
        """What the shown step is under an alternative; None if that has no value, or may be any number."""
        if alternative not in self._known:
            self._known[alternative] = self._worked_out(alternative)
        return self._known[alternative]

    def forget(self) -> None:
        """Begin anew, so that nothing is kept."""
        self._known.clear()
        self._leading.clear()
        self.base.scenes.clear()

    def _worked_out(self, alternative: Alternative) -> Prediction | None:
        base, key = self.base, alternative.key
        base.pass_on(alternative.kept)
        if key in alternative.leading:
            return self._last(base, alternative)
        if alternative.later is None:
            return None
        view = self._view
        view.passed, view.scenes = {one: base.passed[one] for one in alternative.kept}, {}
        for one in alternative.leading:
            view.passed[one] = self._first(alternative, one)
        for one in alternative.later:
            view.passed[one] = view.passing(one, self._value(view, alternative, one))
        return self._last(view, alternative)

    def _last(self, view: Recomputation, alternative: Alternative) -> Prediction | None:
        """The shown step itself. Where one entry may have no value, the others have none either."""
        if not alternative.is_total:
            found: Pairs = self._value(view, alternative, alternative.key).entries
            return None if LINE in found else found
        step = self.marking.steps[alternative.key]
        return view.entries(alternative.expression(step), step.letters, step.key)

    def _first(self, alternative: Alternative, key: Key) -> Array:
        """A hidden step by a wrong equation whose parts are right; many alternatives begin with the same one."""
        place = key, id(alternative.rewritten[key])
        if place not in self._leading:
            self._leading[place] = self.base.passing(key, self._value(self.base, alternative, key))
        return self._leading[place]

    def _value(self, view: Recomputation, alternative: Alternative, key: Key) -> Array:
        step = self.marking.steps[key]
        return view.value(alternative.expression(step), step.letters, key)
