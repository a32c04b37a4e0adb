"""Our values and those of the other program, quantity by quantity."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Equation, Position, refs, shape_text
from rnncalc.equations.domains.float64 import Float64
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.exercise.network import evaluate
from rnncalc.verification.programs import program
from rnncalc.verification.recognition import recognised, recurrences
from rnncalc.verification.roles import Layer
from rnncalc.verification.values import Found, Values


class Difference(Struct, frozen=True):
    """The largest difference of a quantity, relative where its value is beyond 1: at which position, of how many."""

    name: str
    largest: float
    at: Position
    compared: int


class Verification(Struct, frozen=True):
    """`program` is what the exercise was compared with, and its version."""

    exercise: Exercise
    program: str
    tolerance: float
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return all(one.largest <= self.tolerance for one in self.differences)


def verify(exercise: Exercise, against: str, tolerance: float | None = None) -> Verification:
    """Run the exercise in float64 and in another program.

    Raises UsageError if the program is unknown or not installed, or if it has no layer like the network.
    """
    import numpy

    other = program(against)
    _check_sizes(exercise)
    with numpy.errstate(all="ignore"):
        ours = {(one.equation.name, one.position): one.value for one in evaluate(exercise.network, Float64())}
        theirs = _theirs(exercise, ours, other)
    differences = tuple(_differences(ours, theirs))
    return Verification(exercise, other.version(), other.TOLERANCE if tolerance is None else tolerance, differences)


def _check_sizes(exercise: Exercise) -> None:
    """No framework takes a matrix that fits only because its state is zero."""
    for misfit in exercise.network.misfits:
        what = f"`{misfit.names[0]}` is {shape_text(misfit.shape)}, which no framework takes"
        raise UsageError(Problem(what, None, f"{shape_text(misfit.fitting)} would fit"))


def _theirs(exercise: Exercise, ours: Found, other: Any) -> Found:
    """Every state that the other program computes, layer by layer, and what only puts states together."""
    wanted = exercise.network.plan.wanted
    equations = [
        one
        for number, one in enumerate(exercise.network.plan.equations)
        if number in wanted and one.name not in exercise.adjoints
    ]
    groups = recurrences(equations)
    if not groups:
        what = f"`{exercise.name}` has no recurrence: there is nothing that a framework has as a layer"
        raise UsageError(Problem(what, None, "simple recurrences, LSTMs and GRUs are compared"))
    inside = frozenset[str]().union(*groups)
    # An equation such as s[0] = h[J] says where a recurrence begins.
    outside = [one for one in equations if one.name not in inside or not one.indices]
    values = Values(exercise.network, outside, ours)
    layers = [recognised(group, equations, values) for group in groups]
    while layers:
        together = layers[: 2 if _both_directions(layers[:2]) else 1]
        _run(together, other, values)
        _join(equations, values)
        layers = layers[len(together) :]
    return values.theirs


def _both_directions(layers: list[Layer]) -> bool:
    """Whether two layers are the directions of one."""
    if len(layers) < 2 or any(
        one.run.backward != backward for one, backward in zip(layers, (False, True), strict=True)
    ):
        return False
    alike = {(one.run.kind, one.run.units, one.run.passed, one.run.resets_after, one.inputs) for one in layers}
    return len(alike) == 1 and layers[0].run.replaced == layers[1].run.replaced


def _run(layers: list[Layer], other: Any, values: Values) -> None:
    """One or two directions of a layer, on what they read."""
    steps = values.positions(layers[0].states["h"])
    x = values.read(layers[0].inputs, layers[0].letter, steps)
    runs = [replace(one.run, initial=values.initial(one.states, one.run.backward, steps)) for one in layers]
    for one, states in zip(layers, other.run(runs, x), strict=True):
        values.theirs |= {(one.states["h"], (t,)): row for t, row in zip(steps, states["h"], strict=True)}
        if "c" in states:
            values.theirs[one.states["c"], (steps[0] if one.run.backward else steps[-1],)] = states["c"]


def _join(equations: list[Equation], values: Values) -> None:
    """Quantities such as both directions put together, which read states and nothing else."""
    known = {name for name, _ in values.theirs}
    for one in equations:
        reads = {ref.name for ref, _ in refs(one.expression)}
        if one.name not in known and one.indices and reads and reads <= known:
            places = [(one.name, place) for name, place in values.ours if name == one.name]
            values.theirs |= {(name, place): values.at(name, place).ravel() for name, place in places}
            known.add(one.name)


def _differences(ours: Found, theirs: Found) -> Iterator[Difference]:
    """In the order of the other program's quantities; those that the exercise does not need are left out."""
    import numpy as np

    for name in dict.fromkeys(name for name, _ in theirs):
        compared = {place: theirs[name, place] for other, place in theirs if other == name and (name, place) in ours}
        sizes = {
            place: float(np.max(np.abs(ours[name, place].ravel() - value) / np.maximum(1, np.abs(value))))
            for place, value in compared.items()
        }
        if sizes:
            # A value that is not a number is the largest difference of all.
            worst = max(sizes, key=lambda place: float("inf") if np.isnan(sizes[place]) else sizes[place])
            yield Difference(name, sizes[worst], worst, len(sizes))
