"""How far rounding can lead at most: what lies beyond is neither right nor the work of a mistake, whatever was written.

For all sheets of one coarseness the steps are worked out in the loosest intervals, each from everything that may be
passed on to it: a hidden step as it is widened, or a number that was accepted, by whatever rule, as wide as it counts.
Intervals of narrower ones lie inside, operation by operation: so does, by induction over the steps, what is recomputed
for a sheet from its right numbers. Only steps that have a value for all numbers are told in this way.
"""

from collections.abc import Mapping
from math import ceil, log10

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputing.recomputation import LOOSE, Recomputation, Sheet, Units
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.scalars import Array

FINEST = 9
"""Finer sheets are treated as sheets of so many digits."""

Reach = Mapping[Key, Array]


class Coarseness(Struct, frozen=True):
    """Units at least as large as those of a sheet at every number. `slack` is a unit and half a unit, or the tolerance,
    of the coarsest number."""

    units: Units
    slack: float

    def includes(self, finer: "Coarseness") -> bool:
        """Whether it is that of finer sheets too."""
        one, other = self.units, finer.units
        is_shorter = (one.significant or 0) <= (other.significant or 0)
        return one.unit >= other.unit and self.slack >= finer.slack and is_shorter


def coarseness(sheet: Units, step: float, tolerance: float, finest: int = FINEST) -> Coarseness:
    """That of a sheet with a coarsest number of this unit; no finer than of so many decimals and significant digits."""
    largest = max(step, sheet.unit)
    unit = 10.0 ** max(-finest, ceil(log10(largest) - 1e-9)) if largest else 10.0**-finest
    significant = min(finest, sheet.significant or finest)
    return Coarseness(Units(unit, significant, 0.99 * unit * 10.0**significant), unit + max(unit / 2, tolerance))


def reach(marking: Marking, coarse: Coarseness) -> Reach:
    """Where accepted numbers can lie. No rule looks farther than one and a half units, or the tolerance, from an
    interval or the true value; a number stands for all within one unit, and so much a hidden step may be off."""
    view = Recomputation(marking, Sheet(coarse.units), LOOSE)
    found: dict[Key, Array] = {}
    for key, step in marking.steps.items():
        if key not in marking.total:
            break
        pairs = zip(view.compute(key).entries, step.truth, strict=True)
        hulls = [(min(low, true.number), max(high, true.number)) for (low, high), true in pairs]
        found[key] = view.passed[key] = Array(*step.shape, tuple(_widened(hull, coarse) for hull in hulls))
    return found


def _widened(pair: Pair, coarse: Coarseness) -> Pair:
    low, high = pair
    margin = (coarse.slack + coarse.units.at(pair)) * (1 + 1e-6) + 1e-9 * (abs(low) + abs(high))
    return low - margin, high + margin
