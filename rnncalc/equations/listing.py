"""The order of single instances, for equations that no loop can order: each after all that it needs."""

from collections.abc import Iterator, Mapping, Sequence

from rnncalc.equations.boxes import Box, Position, contains, positions
from rnncalc.equations.demand import Use, image
from rnncalc.equations.tree import Equation
from rnncalc.errors import ExerciseError, Problem, in_backticks

Instance = tuple[int, Position]


def listed(
    members: Sequence[int],
    equations: Sequence[Equation],
    uses: Sequence[Use],
    wanted: Mapping[int, tuple[Box, ...]],
    lengths: Mapping[str, int],
) -> tuple[Instance, ...]:
    """All wanted instances of the members. Raises ExerciseError where one needs itself."""
    inside: dict[int, list[Use]] = {member: [] for member in members}
    for use in uses:
        if use.consumer in inside and use.producer in inside:
            inside[use.consumer].append(use)

    def needs(instance: Instance) -> Iterator[Instance]:
        number, position = instance
        box = tuple((place, place) for place in position)
        for use in inside[number]:
            for used in positions(image(equations[number], box, use.ref, use.bound, lengths)):
                if contains(wanted.get(use.producer, ()), used):
                    yield use.producer, used

    roots = sorted((position, member) for member in members for box in wanted[member] for position in positions(box))
    done: dict[Instance, None] = {}
    for position, member in roots:
        path: dict[Instance, Iterator[Instance]] = {}
        current: Instance | None = (member, position)
        while current is not None:
            if current in path:
                raise ExerciseError(_cycle(list(path)[list(path).index(current) :], equations))
            if current not in done:
                path[current] = needs(current)
            current = None
            while path and current is None:
                last = next(reversed(path))
                current = next(path[last], None)
                if current is None:
                    del path[last]
                    done[last] = None
    return tuple(done)


def _cycle(cycle: Sequence[Instance], equations: Sequence[Equation]) -> Problem:
    """Instances that need one another, each the next."""
    numbers = sorted({number for number, _ in cycle})
    names = in_backticks(equations[number].name for number in numbers)
    if len({position for _, position in cycle}) > 1:
        return Problem(
            f"{names} would need the past and the future of one another at once", equations[numbers[0]].span,
            "let one state run forward (`t-1`) and another backward (`t+1`), and join them in a third equation",
        )  # fmt: skip
    verb = "is defined by itself" if len(numbers) == 1 else "are defined by one another"
    return Problem(
        f"{names} {verb} at the same position: there is no value to begin with", equations[numbers[0]].span,
        "a recurrence looks at another position: `h[t] = tanh(W @ x[t] + U @ h[t-1])`",
    )  # fmt: skip
