"""Which quantities a sheet shows, and what each rests on: found once for all sheets that show the same."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking

if TYPE_CHECKING:
    from rnncalc.checking.alternatives import Alternatives
    from rnncalc.checking.predictions import Predictions
    from rnncalc.checking.reach import Coarseness

MOST_LAYOUTS = 8
"""So many are kept."""


class Layout:
    """For sheets that show all entries of `whole` and, of `partly`, some or none that can be read."""

    def __init__(self, marking: Marking, whole: frozenset[Key], partly: frozenset[Key]) -> None:
        self.marking, self.whole, self.partly = marking, whole, partly
        shown = whole | partly
        self.steps = tuple(step for key, step in marking.steps.items() if key in shown)
        self.cones = {step.key: self._before(step.key, shown) for step in self.steps}
        self._behind: dict[Key, tuple[Key, ...]] = {}
        self._shown = shown
        self.alternatives: Alternatives | None = None
        self.enclosures: dict[Coarseness, Predictions] = {}

    def behind(self, key: Key) -> tuple[Key, ...]:
        """The shown steps whose numbers a step is recomputed from."""
        if key not in self._behind:
            inside = self._before(key, self.whole)
            needs = (need for one in inside for need in self.marking.steps[one].needs)
            used = dict.fromkeys((*needs, *inside[1:]))
            self._behind[key] = tuple(one for one in used if one in self._shown)
        return self._behind[key]

    def _before(self, key: Key, known: Collection[Key]) -> tuple[Key, ...]:
        """The step and the steps it rests on as far as they are not known."""
        found, pending = {key: None}, [key]
        while pending:
            for need in self.marking.steps[pending.pop()].needs:
                if need not in known and need not in found:
                    found[need] = None
                    pending.append(need)
        return tuple(found)


def layout(marking: Marking, shown: Iterable[Key], partly: set[Key]) -> Layout:
    """The layout of a sheet that shows these quantities, some of them not with all entries."""
    place = tuple(shown), frozenset(partly)
    known = marking.layouts
    if place not in known:
        if len(known) >= MOST_LAYOUTS:
            known.clear()
        keys = frozenset(key for key in place[0] if key in marking.steps)
        known[place] = Layout(marking, keys - place[1], keys & place[1])
    return known[place]
