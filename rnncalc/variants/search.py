"""The search for the numbers of one variant: what is at fault is drawn again, and all now and then."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations import Position
from rnncalc.errors import Problem
from rnncalc.languages import said
from rnncalc.reader import Rows
from rnncalc.variants.bench import Key
from rnncalc.variants.draws import draws
from rnncalc.variants.faults import KINDS, Answers, Fault, Kind
from rnncalc.variants.ranges import Drawable

MOST_ATTEMPTS = 2_000
MOST_REJECTED = 100
"""Numbers that have the answers of another variant, or turn out to be no good once they are worked out in full: there
are few answers to be had, then."""
STUBBORN = 32
"""After so many attempts at mending some of the numbers, all are drawn anew."""
ASTRAY = 4
"""So often something else is drawn anew than what seems to be at fault: the fault may lie in the steps before."""
_BADNESS: Mapping[Kind, int] = {
    "alike": 0, "saturated": 1, "dead": 1, "tiny": 1, "ended": 1, "undefined": 2, "hidden": 3, "repeated": 3,
}  # fmt: skip
"""Numbers with a fault of a greater kind are worse, however large the others are: what is 0 was found with all else."""


class Kept(Struct, frozen=True):
    """The best numbers so far, and what is wrong with them."""

    faults: tuple[Fault, ...]
    badness: tuple[int, int]
    picks: tuple[list[int], ...]


class Part(Struct):
    """A quantity while its variant is sought: `picks` are its numbers, as places among the values it may have."""

    of: Drawable
    attempt: int = 0
    picks: list[int] = []

    def draw(self, places: frozenset[int] | None, *key: object) -> None:
        """Draw the numbers at these places, at all if there are none yet or None is given."""
        one = self.of
        fresh = draws(one.count, one.choices, *key, one.name, one.section, self.attempt)
        self.picks = [
            -1 if place in one.zeros else fresh[place] if places is None or place in places else self.picks[place]
            for place in range(one.count)
        ]
        self.attempt += 1

    def rows(self) -> dict[Position, Rows]:
        """The numbers as arrays, at the positions where the exercise has them."""
        left = map(self.of.value, self.picks)
        return {at: tuple(tuple(next(left) for _ in row) for row in rows) for at, rows in self.of.rows.items()}


def _blamed(wrong: Sequence[Fault]) -> dict[str, frozenset[int] | None]:
    """All that is at fault: entries of quantities, None for all of them."""
    found: dict[str, frozenset[int] | None] = {}
    for fault in wrong:
        for name, entries in fault.culprits.items():
            before = found.get(name, frozenset())
            found[name] = None if entries is None or before is None else before | entries
    return found


class Search:
    """The search for one variant."""

    def __init__(self, pool: Sequence[Drawable], seed: int, number: int) -> None:
        self.seed, self.number = seed, number
        self.parts = [Part(one) for one in pool]
        self.met: list[Fault] = []
        self.attempts, self.rejected = 1, 0
        self.found = False
        self.argument = 0.0
        self.answers: Answers = ()
        self.kept: Kept | None = None
        for part in self.parts:
            part.draw(None, seed, number)

    @property
    def failed(self) -> bool:
        return self.attempts > MOST_ATTEMPTS or self.rejected >= MOST_REJECTED

    def mend(self, wrong: Sequence[Fault]) -> None:
        """Draw again what is at fault in these numbers, or in those before if they were better."""
        self.met += wrong
        self.rejected += self.found or wrong[0].kind == "repeated"
        self.found = False
        badness = max(_BADNESS[fault.kind] for fault in wrong), sum(fault.size for fault in wrong)
        if self.kept is None or badness <= self.kept.badness:
            self.kept = Kept(tuple(wrong), badness, tuple(part.picks for part in self.parts))
        else:
            for part, picks in zip(self.parts, self.kept.picks, strict=True):
                part.picks = picks
        if self.attempts % STUBBORN:
            self.draw_some(self.kept.faults)
        else:
            self.kept = None
            for part in self.parts:
                part.draw(None, self.seed, self.number)
        self.attempts += 1

    def draw_some(self, wrong: Sequence[Fault]) -> None:
        """Draw the entries at fault anew, and about half of the quantities that are so as a whole; some quantity or
        other if nothing is known, and now and then all the same."""
        blamed = {} if self.attempts % ASTRAY == 0 else _blamed(wrong)
        whole = [part for part in self.parts if blamed.get(part.of.name, frozenset()) is None]
        lots = draws(len(whole) + 1, 2 * len(self.parts), self.seed, self.number, "lots", self.attempts)
        for part in self.parts:
            if entries := blamed.get(part.of.name):
                part.draw(entries, self.seed, self.number)
        if not blamed:
            whole = [self.parts[lots[-1] % len(self.parts)]]
        for part in [part for part, lot in zip(whole, lots, strict=False) if lot % 2] or whole:
            part.draw(None, self.seed, self.number)

    def failure(self) -> Problem:
        common = Counter((fault.kind, fault.quantity) for fault in self.met).most_common(3)
        often = ", ".join(
            f"{said(KINDS[kind])}{f' in `{name}`' if name else ''} ({times} ×)" for (kind, name), times in common
        )
        what = f"no numbers for variant {max(self.number, 1)} after {self.attempts - 1} attempts: {often}"
        hint = "widen `limit:` or the ranges in `randomize:`, or keep fewer quantities as they are"
        return Problem(what, None, hint)


def numbers_of(searches: Sequence[Search]) -> Mapping[Key, Any]:
    """The numbers of all these candidates, as arrays of shape (candidates, rows, columns)."""
    found = {}
    for place, part in enumerate(searches[0].parts):
        one = part.of
        picks = np.array([search.parts[place].picks for search in searches])
        steps = picks + (one.grid.zero is not None and (picks >= (one.grid.zero or 0)))
        flat = np.where(picks < 0, 0.0, float(one.grid.low) + steps * float(one.grid.step))
        sizes = [(len(rows), len(rows[0])) for rows in one.rows.values()]
        ends = accumulate((rows * columns for rows, columns in sizes), initial=0)
        for at, start, (rows, columns) in zip(one.rows, ends, sizes, strict=False):
            found[one.name, at] = flat[:, start : start + rows * columns].reshape(-1, rows, columns)
    return found
