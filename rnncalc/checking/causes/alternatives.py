"""What a shown step may be under the mistakes: the different wrong computations, each with its hypotheses.

They depend on which quantities a sheet shows, not on its numbers, and are found once for all sheets that show the same.
Most hypotheses agree at a step with others: whether a bias is forgotten at one gate or at all, the number here is one.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking, Step, is_total
from rnncalc.checking.verdicts.layout import Layout
from rnncalc.equations import Expr


class Alternative(Struct, frozen=True, eq=False):
    """Wrong equations at the step `key` and at the hidden steps behind it: `rewritten` where they differ from the right
    ones. Of the steps behind, `kept` are those that stay what they are, `used` those of them that are shown; those of
    `leading` are rewritten and use kept ones only, and `later` are the hidden ones that use others, in the order in
    which they are worked out, None if they need each other. `is_total` means a value whatever the numbers are."""

    key: Key
    rewritten: Mapping[Key, Expr]
    kept: tuple[Key, ...]
    used: frozenset[Key]
    leading: tuple[Key, ...]
    later: tuple[Key, ...] | None
    is_total: bool

    def expression(self, step: Step) -> Expr:
        return self.rewritten.get(step.key) or step.equation.expression


Ways = tuple[tuple[Alternative, tuple[int, ...]], ...]
"""Alternatives with the numbers of their hypotheses."""


class Alternatives:
    """For the sheets of one layout."""

    def __init__(self, marking: Marking, layout: Layout) -> None:
        self.marking, self.whole, self.cones = marking, layout.whole, layout.cones
        self.names = {key: frozenset(name for name, _ in cone) for key, cone in self.cones.items()}
        self._known: dict[tuple[object, ...] | None, Alternative] = {}
        self._at: dict[tuple[int, Key], Alternative | None] = {}
        self._ways: dict[Key, Ways] = {}
        self.places: dict[Alternative, int] = {}
        """Among those of their steps, as far as these are known."""
        self._sources: dict[Key, tuple[Key, ...]] = {}
        self._changed: dict[int, tuple[Alternative, ...]] = {}

    def ways(self, key: Key) -> Ways:
        """Every alternative of a step."""
        if key not in self._ways:
            found: dict[Alternative, list[int]] = {}
            numbers = {number for one in self.cones[key] for number in self.marking.rewrites(one)}
            for number in sorted(numbers):
                if (alternative := self.at(number, key)) is not None:
                    found.setdefault(alternative, []).append(number)
            self._ways[key] = tuple((alternative, tuple(numbers)) for alternative, numbers in found.items())
            self.places.update((alternative, place) for place, alternative in enumerate(found))
        return self._ways[key]

    def sources(self, key: Key) -> tuple[Key, ...]:
        """Other quantities of the shape of a step, from which its numbers may be copied."""
        if key not in self._sources:
            steps = self.marking.steps
            size = len(steps[key].truth)
            self._sources[key] = tuple(one for one, step in steps.items() if one != key and len(step.truth) == size)
        return self._sources[key]

    def at(self, number: int, key: Key) -> Alternative | None:
        """What a hypothesis makes of a step; None if it changes nothing there."""
        place = number, key
        if place not in self._at:
            changed = [one for one in self.cones[key] if number in self.marking.rewrites(one)]
            self._at[place] = self._made(number, key, changed) if changed else None
        return self._at[place]

    def changed(self, number: int) -> tuple[Alternative, ...]:
        """What a hypothesis makes of every step that it changes."""
        if number not in self._changed:
            names = self.marking.hypotheses[number].names
            found = [self.at(number, key) for key in self.cones if not self.names[key].isdisjoint(names)]
            self._changed[number] = tuple(one for one in found if one is not None)
        return self._changed[number]

    def _made(self, number: int, key: Key, changed: Sequence[Key]) -> Alternative:
        # What is changed in nothing but itself rests on what the right equations give.
        alone = (key, (key, id(self.marking.rewrites(key)[number]))) if changed == [key] else None
        if alone in self._known:
            return self._known[alone]
        behind = self._behind(number, key, [key] if changed == [key] else None)
        rewrites = ((one, self.marking.rewrites(one).get(number)) for one in behind)
        rewritten = {one: found for one, found in rewrites if found is not None and (changed != [key] or one == key)}
        place = key, *((one, id(expression)) for one, expression in rewritten.items())
        if place not in self._known:
            kept, leading = self._parted(behind, rewritten)
            later = _later(key, behind, {*kept, *leading})
            total = self.marking.total.issuperset((key, *kept)) and all(map(is_total, rewritten.values()))
            self._known[place] = Alternative(key, rewritten, kept, self.whole.intersection(kept), leading, later, total)
        return self._known[place]

    def _behind(self, number: int, key: Key, only: Sequence[Key] | None) -> dict[Key, tuple[Key, ...]]:
        """The step and all steps behind it that are worked out for it, with what each uses under a hypothesis, which
        may be made `only` at some."""
        found: dict[Key, tuple[Key, ...]] = {}
        pending = [key]
        while pending:
            one = pending.pop()
            if one not in found:
                step = self.marking.steps[one]
                expression = self.marking.rewrites(one).get(number) if only is None or one in only else None
                found[one] = step.needs if expression is None else self.marking.needs(expression, step.letters)
                pending += [need for need in found[one] if need not in self.whole]
        return found

    def _parted(
        self, behind: Mapping[Key, tuple[Key, ...]], rewritten: Mapping[Key, Expr]
    ) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
        """Which of the steps behind are kept, and which use only such."""
        # What is shown is passed on as it is written, whatever stands behind it.
        touched, size = set(rewritten) - self.whole, -1
        while len(touched) > size:
            size = len(touched)
            touched |= {one for one in behind if one not in self.whole and not touched.isdisjoint(behind[one])}
        kept = dict.fromkeys(need for needs in behind.values() for need in needs if need not in touched)
        leading = (one for one, needs in behind.items() if one in rewritten and all(need in kept for need in needs))
        return tuple(kept), tuple(leading)


def _later(key: Key, behind: Mapping[Key, tuple[Key, ...]], found: set[Key]) -> tuple[Key, ...] | None:
    """The steps behind a step that are not found yet, in the order in which they can be; None if there is none."""
    order: list[Key] = []
    open_ = [one for one in behind if one not in found]
    while open_:
        ready = [one for one in open_ if all(need in found for need in behind[one])]
        if not ready:
            return None
        found.update(ready)
        order += ready
        open_ = [one for one in open_ if one not in found]
    return tuple(one for one in order if one != key)
