"""A long float64 run of which only the last steps are shown: what comes before them is computed by a compiled program,
and the plain walk, which knows every intermediate result, starts there."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Evaluation, Position, Shapes, compile_float64, ref_at
from rnncalc.errors import LimitError

FEWEST = 2_000
"""So many instances take longer by the plain walk than it takes to compile a program."""

Values = Mapping[tuple[str, Position], Any]
"""(name, position) → float64 array."""


class Abridged(Struct, frozen=True):
    """`evaluation` walks through the instances that are shown; `values` has what they use of the others, and what else
    was asked."""

    evaluation: Evaluation
    values: Values


def abridged(
    evaluation: Evaluation, shapes: Shapes, last: int, asked: Iterable[tuple[str, Position]]
) -> Abridged | None:
    """All that is computed before the last so many positions of each index. None where that saves no time, or where
    positions are too far apart for arrays."""
    plan, data = evaluation.plan, evaluation.data
    shown = plan.ending(last)
    if plan.count - shown.count < FEWEST:
        return None
    wanted = filter(lambda where: plan.computes(*where), dict.fromkeys([*asked, *shown.used()]))
    targets = {ref_at(name, place): (name, place) for name, place in wanted}
    try:
        program = compile_float64(plan, shapes, tuple(targets))
    except LimitError:
        return None
    given = {name: _stacked(name, data) for name in program.inputs}
    initial = {where: data[where] if where in data else evaluation.zero(where[0]) for where in plan.boundary}
    found = program.run(given, initial)
    values = {where: found[target] for target, where in targets.items()}
    return Abridged(replace(evaluation, plan=shown, data={**data, **values}), values)


def _stacked(name: str, data: Values) -> Any:
    """All that is given of a quantity: (last position of each index …, rows, columns)."""
    import numpy

    positions = sorted(place for other, place in data if other == name)
    values = numpy.array([data[name, place] for place in positions])
    return values.reshape(*positions[-1], *values.shape[1:])
