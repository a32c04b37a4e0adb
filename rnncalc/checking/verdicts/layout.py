"""Which quantities a sheet shows, and what each rests on: found once for all sheets that show the same."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking
from rnncalc.checking.memory import Kept
from rnncalc.equations import FUNCTIONS, Binary, Call, Expr, Over, children, refs

if TYPE_CHECKING:
    from rnncalc.checking.recomputing.cone import Cones

MOST_LAYOUTS = 8
"""So many are kept."""
WARM = 50
"""After so many sheets that show the same it pays to compile functions for them."""

One = TypeVar("One")


class Place(Struct, frozen=True):
    """A step that a sheet shows: with all its entries, or with some or none that can be read."""

    key: Key
    whole: bool


class Layout:
    """For sheets that show these places, in this order."""

    def __init__(self, marking: Marking, places: Sequence[Place]) -> None:
        self.marking = marking
        self.whole = frozenset([place.key for place in places if place.whole])
        self.partly = frozenset([place.key for place in places if not place.whole])
        shown = {place.key: number for number, place in enumerate(places)}
        self.steps = tuple(step for key, step in marking.steps.items() if key in shown)
        self._order = [shown[step.key] for step in self.steps]
        self.cones = {step.key: self._before(step.key, shown) for step in self.steps}
        self.separate = frozenset(key for key, cone in self.cones.items() if _is_separate(marking, cone))
        self._behind: dict[Key, tuple[Key, ...]] = {}
        self._shown = frozenset(shown)
        self.kept, self.sheets = Kept(), 0
        self._compiled: Cones | None = None

    @property
    def compiled(self) -> "Cones | None":
        """Functions of its steps, once it is worth the while to make them."""
        if self._compiled is None and self.sheets > WARM:
            from rnncalc.checking.recomputing.cone import Cones

            self._compiled = Cones(self.marking, self.cones)
        return self._compiled

    def in_order(self, shown: list[One]) -> list[One]:
        """What belongs to the places, in the order of the steps."""
        return shown if self._is_in_order else [shown[number] for number in self._order]

    @cached_property
    def _is_in_order(self) -> bool:
        return self._order == list(range(len(self._order)))

    @cached_property
    def around(self) -> tuple[Callable[[Sequence[Any]], Any], ...]:
        """For each step, what picks from things that belong to the steps its own and those of the steps behind it."""
        numbers = {step.key: number for number, step in enumerate(self.steps)}
        return tuple(itemgetter(numbers[key], *[numbers[one] for one in self.behind(key)]) for key in numbers)

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


class _Layouts(dict[tuple[Place, ...], Layout]):
    """The layouts of the sheets of an exercise."""


def layout(marking: Marking, places: tuple[Place, ...]) -> Layout:
    """The layout of a sheet that shows these places."""
    known = marking.kept.of(_Layouts, _Layouts)
    if places not in known:
        if len(known) >= MOST_LAYOUTS:
            known.clear()
        known[places] = Layout(marking, places)
    found = known[places]
    found.sheets += 1
    return found
