"""How far from the true value rounding can lead at most: beyond that no number is right, whatever was written before.

For all sheets of one coarseness the steps are worked out in the loosest intervals, each from everything that may be
passed on to it: a hidden step as it is widened, or a number that was accepted, by whatever rule, as wide as it counts.
By induction over the steps, what is recomputed for a sheet from its right numbers lies inside.
"""

from collections.abc import Mapping

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputation import LOOSE, Recomputation, Units
from rnncalc.equations.domains.interval import Pair
from rnncalc.equations.domains.scalars import Array

Reach = Mapping[Key, tuple[Pair, ...]]


def reach(marking: Marking, sheet: Units, slack: float) -> Reach:
    """Where accepted numbers of a sheet can lie. No rule looks farther than one and a half units and half a unit, or
    the tolerance, from an interval or the true value; a number stands for all within one unit. `slack` is a unit and
    half a unit, or the tolerance, of the coarsest number.

    Only steps that have a value for all numbers are there: where a step has none, everything is accepted.
    """
    view = Recomputation(marking, {}, {}, LOOSE, sheet)
    found: dict[Key, tuple[Pair, ...]] = {}
    for key, step in marking.steps.items():
        if key not in marking.total:
            break
        pairs = []
        for (low, high), true in zip(view.compute(key).entries, step.truth, strict=True):
            low, high = min(low, true.number), max(high, true.number)
            margin = 3 * slack + sheet.at((low, high)) + 1e-9 * (abs(low) + abs(high))
            pairs.append((low - margin, high + margin))
        found[key] = tuple(pairs)
        view.passed[key] = Array(*step.shape, found[key])
    return found
