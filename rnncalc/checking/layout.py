"""Which quantities a sheet shows, and what each rests on: found once for all sheets that show the same."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking
from rnncalc.equations import FUNCTIONS, Binary, Call, Expr, Over, children, refs

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
        self.separate = frozenset(key for key, cone in self.cones.items() if _is_separate(marking, cone))
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


def _is_separate(marking: Marking, cone: Sequence[Key]) -> bool:
    """Whether the entries of a step are evidence each by itself: no whole time steps are hidden behind it, or nothing
    hidden is mixed, as the cells of an LSTM are not if its gates and states are shown."""
    if len({position for _, position in cone}) == 1:
        return True
    hidden = {name for name, _ in cone[1:]}
    return not any(_mixes(marking.steps[key].equation.expression, hidden) for key in cone)


def _mixes(expr: Expr, hidden: Collection[str]) -> bool:
    """Whether entries of hidden quantities come together in one: in a matrix product, a sum, a softmax."""
    match expr:
        case Binary("@") | Over():
            return any(ref.name in hidden for ref, _ in refs(expr))
        case Call(function) if FUNCTIONS[function].kind != "elementwise":
            return any(ref.name in hidden for ref, _ in refs(expr))
        case _:
            return any(_mixes(part, hidden) for part in children(expr))


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
