"""Many candidates for the numbers of one network, worked out at once in float64. It draws and judges nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations import Expr, Over, Position, compile_walk, walk
from rnncalc.equations.domains.float64 import Float64
from rnncalc.exercise.network import Network
from rnncalc.mistakes import DIAGONAL, EARLIER

Key = tuple[str, Position]
Work = tuple[Key, Expr, Mapping[str, int]]
"""A quantity, its equation, and the positions of its letters."""
NEAR = 1e-9
"""Numbers nearer to a bound than this are on its one side, however a machine rounds: 3 is never beyond 3."""


class Batch(Struct, frozen=True):
    """`values` are arrays of shape (candidates, rows, columns), of what is given and what was computed; `begins` are
    those of states before they begin."""

    count: int
    values: dict[Key, Any]
    begins: Mapping[str, Any]

    def only(self, chosen: Any) -> "Batch":
        """Some of the candidates, by number."""
        values = {key: value[chosen] for key, value in self.values.items()}
        return Batch(len(chosen), values, {name: value[chosen] for name, value in self.begins.items()})


class Bench:
    """The equations of a network as functions of its numbers."""

    def __init__(self, network: Network) -> None:
        self.network, self.domain, plan = network, Float64(), network.plan
        self.instances = [(plan.equations[number], dict(letters)) for number, letters in plan.instances()]
        self.work: list[Work] = [
            ((equation.name, equation.position(letters)), equation.expression, letters)
            for equation, letters in self.instances
        ]
        self.last = {key[0]: key for key, _, _ in self.work}
        self.fixed = {key: self.domain.array(rows) for key, rows in network.data.items()}
        self.zeros = {name: self.domain.zeros(*network.shapes.known(name)) for name, _ in network.zero_states}
        self._functions: dict[int, tuple[Expr, Callable[[Mapping[str, int]], Any]]] = {}

    def batch(self, count: int, numbers: Mapping[Key, Any]) -> Batch:
        """So many candidates with these numbers, everything else being as in the network."""
        values = {key: _spread(one, count) for key, one in self.fixed.items() if key not in numbers}
        values.update(numbers)
        begins = {name: _spread(one, count) for name, one in self.zeros.items()}
        begins.update((name, values[name, at]) for name, at in self.network.plan.boundary if (name, at) in values)
        batch = Batch(count, values, begins)
        self._run(self.work, values, batch)
        return batch

    def batch_of(self, networks: Sequence[Network]) -> Batch:
        """These networks, which have the same equations and other numbers."""
        array = self.domain.array
        return self.batch(
            len(networks), {key: np.stack([array(one.data[key]) for one in networks]) for key in self.network.data}
        )

    def instead(self, batch: Batch, work: Iterable[Work]) -> Mapping[Key, Any]:
        """The values of these quantities by other equations; what they use is theirs, or the batch's."""
        own: dict[Key, Any] = {}
        self._run(work, own, batch)
        return own

    def value(self, batch: Batch, expression: Expr, letters: Mapping[str, int]) -> Any:
        """The value of an expression in all candidates."""
        self._own, self._batch = batch.values, batch
        with np.errstate(all="ignore"):
            return _spread(self._function(expression)(letters), batch.count)

    def _run(self, work: Iterable[Work], own: dict[Key, Any], batch: Batch) -> None:
        self._own, self._batch = own, batch
        with np.errstate(all="ignore"):
            for key, expression, letters in work:
                own[key] = _spread(self._function(expression)(letters), batch.count)

    def _function(self, expression: Expr) -> Callable[[Mapping[str, int]], Any]:
        known = self._functions.get(id(expression))
        if known is not None:
            return known[1]
        found = compile_walk(expression, self.domain, self._lookup, self.network.plan.lengths)
        # A function keeps what stands under a sum over an index while its letters stay; here the numbers change.
        if not any(isinstance(part, Over) for part in walk(expression)):
            self._functions[id(expression)] = expression, found
        return found

    def _lookup(self, name: str, position: Position) -> Any:
        key = name, position
        for values in (self._own, self._batch.values):
            if key in values:
                return values[key]
        if name.startswith(DIAGONAL):
            matrix = self._batch.values[name.removeprefix(DIAGONAL), position]
            return matrix * np.eye(matrix.shape[-1])
        if name.endswith(EARLIER):
            return self._batch.values[self.last[name.removesuffix(EARLIER)]]
        return self._batch.begins[name]


def _spread(value: Any, count: int) -> Any:
    """The value in so many candidates, also where it is the same in all of them."""
    return value if value.ndim > 2 else np.broadcast_to(value, (count, *value.shape))
