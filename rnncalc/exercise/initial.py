"""Initial states at their positions: those where a recurrence looks outside its range."""

from collections.abc import Sequence

from msgspec.structs import replace

from rnncalc.equations import Equation, Plan, Position, Ref, contains
from rnncalc.errors import Problem
from rnncalc.exercise.given import Data, Given
from rnncalc.quantity import written_at
from rnncalc.system import uses

Placed = dict[tuple[str, Position], Given]


def place_initial(equations: Sequence[Equation], data: Data, order: Plan) -> tuple[Placed, list[Problem]]:
    """The initial states that the plan uses, and what is wrong with the others."""
    placed: Placed = {}
    problems: list[Problem] = []
    for (name, position), one in data.initial.items():
        outside = [place for boundary, place in order.boundary if boundary == name]
        if problem := _misplaced(equations, name, position, outside, order):
            problems.append(replace(problem, span=one.span))
        elif position is not None or outside:
            placed[name, outside[0] if position is None else position] = one
    return placed, problems


def _misplaced(
    equations: Sequence[Equation], name: str, position: Position | None, outside: Sequence[Position], order: Plan
) -> Problem | None:
    """Why a quantity has no initial value, or not this one."""
    if name not in {equation.name for equation in equations}:
        hint = "move it to `inputs:` or `parameters:`"
        return Problem(f"`{name}` is not a state: no equation computes it", None, hint)
    places = [f"`{written_at(name, place)}`" for place in outside]
    if position is not None and contains(order.boxes(Ref(name)), position):
        what = f"`{written_at(name, position)}` is computed, so it cannot be given here"
        return Problem(what, None, f"write {' or '.join(places)}" if places else "remove it")
    if position is not None and outside and position not in outside:
        return Problem(f"no equation uses `{written_at(name, position)}`", None, f"write {' or '.join(places)}")
    if not any(ref.name == name and any(i.offset or not i.base for i in ref.indices) for ref in uses(equations)):
        return Problem(f"`{name}` needs no initial value: no equation uses it at another position", None, "remove it")
    if position is None and len(outside) > 1:
        what = f"`{name}` begins with {len(outside)} values, not with one"
        return Problem(what, None, f"give each by itself: {' and '.join(places)}")
    return None
