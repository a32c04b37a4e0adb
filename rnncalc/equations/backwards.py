"""The way of the reverse pass: which equations a loss depends on, in which order they follow, and where each holds."""

from collections.abc import Iterator, Mapping, Sequence

from rnncalc.equations.adjoints import Slots
from rnncalc.equations.demand import numbers_by_name
from rnncalc.equations.graph import components
from rnncalc.equations.tree import Equation, Index
from rnncalc.equations.walks import refs


def needed(equations: Sequence[Equation], loss: str) -> list[Equation]:
    """The equations that the loss depends on, as listed."""
    by_name: dict[str, list[Equation]] = {}
    for equation in equations:
        by_name.setdefault(equation.name, []).append(equation)
    found: dict[str, None] = {}
    waiting = [loss]
    while waiting:
        name = waiting.pop()
        if name not in found and name in by_name:
            found[name] = None
            waiting.extend(ref.name for equation in by_name[name] for ref, _ in refs(equation.expression))
    return [equation for equation in equations if equation.name in found]


def order(equations: Sequence[Equation]) -> Iterator[tuple[int, bool]]:
    """The numbers of the equations, each after all that use what it computes; in a recurrence from last to first. The
    second part tells whether nothing more will arrive at it."""
    by_name = numbers_by_name(equations)
    needs = {
        number: [other for ref, _ in refs(equation.expression) for other in by_name.get(ref.name, ())]
        for number, equation in enumerate(equations)
    }
    for group in reversed(components(needs, needs)):
        alone = len(group) == 1 and group[0] not in needs[group[0]]
        yield from ((number, alone) for number in reversed(group))


def holds(equation: Equation, place: Slots, lengths: Mapping[str, int]) -> bool:
    """Whether an equation is one for the quantity at a place."""
    return all(
        1 <= at.offset <= lengths[own.base] if own.base else own == at
        for own, at in zip(equation.target.indices, place, strict=True)
    )


def special(equations: Sequence[Equation], equation: Equation, lengths: Mapping[str, int]) -> list[Equation]:
    """The equations of single positions, such as `h[1]`, of what an equation computes at all positions."""
    fewer = [one for one in equations if one.name == equation.name and len(one.indices) < len(equation.indices)]
    return [one for one in fewer if holds(equation, _anywhere(one), lengths)]


def _anywhere(equation: Equation) -> Slots:
    return tuple(Index("", 1) if index.base else index for index in equation.target.indices)
