"""Our values and those of the other program, quantity by quantity."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.equations import Position
from rnncalc.equations.domains.float64 import Float64
from rnncalc.exercise import Exercise
from rnncalc.exercise.network import evaluate
from rnncalc.verification.programs import program
from rnncalc.verification.recognition import FoundLayer, recognised
from rnncalc.verification.run import Array

Values = Mapping[tuple[str, Position], Array]


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
    layers = recognised(exercise)
    with numpy.errstate(all="ignore"):
        ours = {(one.equation.name, one.position): one.value for one in evaluate(exercise.network, Float64())}
    theirs = _run(layers, other, _inputs(exercise, layers))
    differences = tuple(_differences(ours, theirs))
    return Verification(exercise, other.version(), other.TOLERANCE if tolerance is None else tolerance, differences)


def _inputs(exercise: Exercise, layers: list[FoundLayer]) -> Array:
    """A row for each step."""
    import numpy as np

    name, domain = layers[0].directions[0].input, Float64()
    values = exercise.network.given[name].values
    return np.stack([domain.array(values[place]).ravel() for place in sorted(values)])


def _run(layers: list[FoundLayer], other: Any, x: Array) -> dict[tuple[str, Position], Array]:
    """Every quantity that the other program computes, layer by layer."""
    found: dict[tuple[str, Position], Array] = {}
    for layer in layers:
        outputs = other.run([one.run for one in layer.directions], x)
        for one, states in zip(layer.directions, outputs, strict=True):
            found |= {(one.states["h"], (t,)): row for t, row in enumerate(states["h"], 1)}
            if "c" in states:
                found[one.states["c"], (1 if one.run.backward else len(x),)] = states["c"]
        x = _merged(layer, [states["h"] for states in outputs])
        if layer.output:
            found |= {(layer.output, (t,)): row for t, row in enumerate(x, 1)}
    return found


def _merged(layer: FoundLayer, sides: list[Array]) -> Array:
    import numpy as np

    match layer.merge:
        case "sum":
            return sides[0] + sides[1]
        case "mean":
            return (sides[0] + sides[1]) / 2
        case "product":
            return sides[0] * sides[1]
        case "backward, forward":
            return np.concatenate(sides[::-1], axis=1)
        case _:
            return np.concatenate(sides, axis=1)


def _differences(ours: Values, theirs: Values) -> Iterator[Difference]:
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
