"""The values that another program works with: its own, and what no layer computes worked out from them."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from rnncalc.equations import Equation, Expr, Position, compile_walk
from rnncalc.equations.domains.float64 import Float64
from rnncalc.exercise.network import Network
from rnncalc.verification.affine import Array, Factor

Found = dict[tuple[str, Position], Array]


class Values:
    """`ours` has every value that the exercise needs, `theirs` those of the other program."""

    def __init__(self, network: Network, equations: Iterable[Equation], ours: Mapping[tuple[str, Position], Array]):
        self.network, self.ours, self.theirs, self.domain = network, ours, Found(), Float64()
        self.equations = tuple(equations)

    def entries(self, name: str) -> int:
        rows, columns = self.network.shapes.known(name)
        return rows * columns

    def of(self, expr: Expr, positions: Mapping[str, int] | None = None) -> Array:
        """The value of an expression at these positions of its letters."""
        return compile_walk(expr, self.domain, self.at, self.network.plan.lengths)(positions or {})

    def at(self, name: str, position: Position) -> Array:
        """A quantity: the other program's, given, worked out from such, or ours where a layer keeps it to itself."""
        key, network = (name, position), self.network
        if key in self.theirs:
            return self.theirs[key].reshape(network.shapes.known(name))
        if key in network.data:
            return self.domain.array(network.data[key])
        for one in self.equations:
            if one.name == name and (letters := _letters(one, position)) is not None:
                return self.of(one.expression, letters)
        return self.ours[key] if key in self.ours else self.domain.zeros(*network.shapes.known(name))

    def positions(self, name: str) -> list[int]:
        """The positions at which a recurrence is needed, in the order of time."""
        fixed = {one.target.indices[0].offset for one in self.equations if one.name == name}
        return sorted(place[0] for one, place in self.ours if one == name and place[0] not in fixed)

    def read(self, inputs: Sequence[Factor], letter: str, steps: Sequence[int]) -> Array:
        """What a layer reads: a row for each step."""
        import numpy as np

        def row(at: int) -> Array:
            if not inputs:
                return np.zeros(1)
            parts = (prod([self.of(ref, {letter: at}).ravel() for ref in factor]) for factor in inputs)
            return np.concatenate(list(parts))

        return np.array([row(at) for at in steps])

    def initial(self, states: Mapping[str, str], backward: bool, steps: Sequence[int]) -> dict[str, Array]:
        """The states before the first step, or behind the last one."""
        before = steps[-1] + 1 if backward else steps[0] - 1
        return {plain: self.at(name, (before,)).ravel() for plain, name in states.items()}


def _letters(equation: Equation, position: Position) -> dict[str, int] | None:
    """The positions of the letters for which the equation gives the quantity at this position."""
    letters = equation.letters(position)
    return letters if equation.position(letters) == position else None
