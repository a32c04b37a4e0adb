"""A system of equations with numbers, and the gradient of its loss: what the tests of gradients share."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnncalc.equations import (
    Datum,
    Domain,
    Equation,
    Evaluation,
    Gradient,
    Plan,
    Position,
    Ref,
    gradient,
    infer,
    parse_equations,
    plan,
    source,
)
from rnncalc.equations.domains.float64 import Float64

Values = dict[tuple[str, Position], Any]


class System:
    """Equations as text with `data[name, position]`, all quantities of which the loss `L` depends on."""

    def __init__(
        self,
        text: str,
        data: Mapping[tuple[str, Position], Any],
        domain: Domain | None = None,
        stated: Mapping[str, int] | None = None,
    ) -> None:
        self.equations = parse_equations(text)
        self.data, self.domain, self.stated = dict(data), domain or Float64(), stated or {}
        used = {name for name, position in data}
        computed = {equation.name for equation in self.equations}
        self.inputs = {name for name in used - computed if any(position for other, position in data if other == name)}
        self.extents = {
            (name, slot): max(position[slot] for other, position in data if other == name)
            for name in self.inputs
            for slot in range(len(next(position for other, position in data if other == name)))
        }
        self.shapes = infer(
            self.equations, {name: Datum(self.domain.shape(value)) for (name, _), value in self.data.items()}
        )
        assert not self.shapes.conflicts
        self.plan = self.planned(self.equations, Ref("L"))

    def planned(self, equations: tuple[Equation, ...], *targets: Ref, back: frozenset[str] = frozenset()) -> Plan:
        return plan(equations, targets, extents=self.extents, stated=self.stated, backward_pass=back)

    def gradient(self, distributions: frozenset[str] = frozenset()) -> Gradient:
        sizes = {Ref(name): (r, c) for name, (r, c) in self.shapes.sizes.items() if r and c}
        return gradient(self.equations, "L", sizes, self.plan.lengths, self.plan.boundary, distributions)

    def values(self, found: Gradient | None = None, data: Mapping[tuple[str, Position], Any] | None = None) -> Values:
        """Everything computed: the forward pass, and the whole backward pass of the gradient."""
        equations = (*self.equations, *(found.equations if found else ()))
        names = dict.fromkeys(equation.name for equation in equations)
        order = self.planned(
            equations, *map(Ref, names), back=frozenset(e.name for e in found.equations) if found else frozenset()
        )
        known = {n: Datum(self.domain.shape(value)) for (n, _), value in self.data.items()}
        known |= {n: Datum(shape) for n, shape in (found.shapes if found else {}).items()}
        shapes = infer(equations, known)
        assert not shapes.conflicts, [(source(c.equation), source(c.part)) for c in shapes.conflicts]
        evaluation = Evaluation(
            order, self.domain, data or self.data, lambda name: self.domain.zeros(*shapes.known(name))
        )
        return {(one.equation.name, one.position): one.value for one in evaluation}


def column(values: Any) -> np.ndarray:
    return np.array(values, dtype=float).reshape(-1, 1)


def columns(name: str, rows: Any) -> dict[tuple[str, Position], np.ndarray]:
    """One column for each step of an input."""
    return {(name, (step,)): column(row) for step, row in enumerate(rows, 1)}


def arrays(**values: Any) -> dict[tuple[str, Position], np.ndarray]:
    """Parameters: a matrix, or a column for a flat list."""
    made = {name: np.array(value, dtype=float) for name, value in values.items()}
    return {(name, ()): value if value.ndim == 2 else value.reshape(-1, 1) for name, value in made.items()}
