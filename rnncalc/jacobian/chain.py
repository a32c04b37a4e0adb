"""The Jacobians of one recurrence: step by step, their products, and the direct path of each state to itself."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce
from itertools import accumulate, pairwise
from typing import Any

from msgspec import Struct

from rnncalc.equations import Binary, Domain, Expr, Position, Ref, Transpose, addends, bind, trace, walk
from rnncalc.exercise import Exercise
from rnncalc.jacobian.matrices import as_row, identity, part
from rnncalc.jacobian.recurrence import Recurrence
from rnncalc.jacobian.stepwise import Pass, Values, forward_values, seed_of, seeded, term_of

Steps = Mapping[int, Any]
"""step → value"""


class Direct(Struct, frozen=True):
    """The path of a state to itself that passes no matrix: the factor `f[t]` of `c[t] = f[t] * c[t-1] + …`.

    `factors[t]` is its value, `products[t]` the product of those behind t up to the last step, entry by entry.
    """

    factor: Expr
    factors: Steps
    products: Steps


class Jacobians(Struct, frozen=True):
    """`factors[t]` is ∂u[t]/∂u[t−1] and `products[t]` is ∂u[T]/∂u[t], the states one below the other in u.

    `totals[s][t]` is ∂s[T]/∂s[t] with all that follows from s[t], in the same step (h[t] from c[t]) and later ones.
    Where ∂u[t]/∂u[t−1] = diag(slope) · W, `slope` holds these two, and `slopes[t]` the values of both.
    """

    recurrence: Recurrence
    factors: Steps
    products: Steps
    totals: Mapping[str, Steps]
    direct: Mapping[str, Direct]
    slope: tuple[Expr, Expr] | None
    slopes: Mapping[int, tuple[Any, Any]]


class Chain:
    """One recurrence, with the reverse mode that its states seed."""

    def __init__(self, exercise: Exercise, recurrence: Recurrence) -> None:
        self.recurrence, self.steps = recurrence, recurrence.steps
        self.run = seeded(exercise, recurrence.states, recurrence.letter)
        assert self.run.found is not None
        self.found = self.run.found
        self.shapes = [self.run.shapes.known(state) for state in recurrence.states]
        self.sizes = [rows * columns for rows, columns in self.shapes]
        self.helpers = {name: helper for helper, name in self.found.passed.items()}
        equations = {equation.name: equation for equation in self.run.plan.equations}
        parameters = [name for name in self.found.adjoints if name not in equations]
        self.parameters = {
            name: adjoint for name in parameters if term_of(adjoint := self.found.adjoints[name]) in equations
        }
        self.formulas = {name: equations[term_of(adjoint)].expression for name, adjoint in self.parameters.items()}
        self.equations = equations
        self.slope = self._slope()

    def seeds(self, domain: Domain, rows: Steps) -> Values:
        """The seeds that are the parts of a row for each step."""
        found: dict[tuple[str, Position], Any] = {}
        for t, row in rows.items():
            entries, start = domain.entries(row), 0
            for state, size, (_, columns) in zip(self.recurrence.states, self.sizes, self.shapes, strict=True):
                found[seed_of(state), (t,)] = domain.stack(entries[start : start + size], columns)
                start += size
        return found

    def gathered(self, domain: Domain, run: Pass, values: Values, t: int) -> Any:
        """The adjoints of the states at a step as one row; zero where a run does not reach a state."""
        assert run.found is not None
        names = [run.found.adjoints.get(state) for state in self.recurrence.states]
        return self._row(domain, values, names, t)

    def _row(self, domain: Domain, values: Values, names: Sequence[str | None], t: int) -> Any:
        parts = [
            values[name, (t,)] if name is not None and (name, (t,)) in values else domain.zeros(*shape)
            for name, shape in zip(names, self.shapes, strict=True)
        ]
        return as_row(domain, domain.stack([entry for part in parts for entry in domain.entries(part)], 1))

    def jacobians(self, domain: Domain) -> tuple[Jacobians, Values]:
        """The Jacobians, and the values of the forward pass."""
        size = sum(self.sizes)
        one = identity(domain, size)
        known: Values | None = None
        factor_rows: dict[int, list[Any]] = {t: [] for t in self.steps}
        inside_rows: dict[int, list[Any]] = {t: [] for t in self.steps}
        helpers = [self.helpers.get(state) for state in self.recurrence.states]
        for number in range(size):
            unit = as_row(domain, part(domain, one, [number], range(size)))
            values = self.run.values(domain, self.seeds(domain, dict.fromkeys(self.steps, unit)), known)
            known = known or forward_values(self.run.exercise, values)
            for t in self.steps:
                factor_rows[t].append(self._row(domain, values, helpers, t))
                inside_rows[t].append(self.gathered(domain, self.run, values, t))
        assert known is not None
        factors = {t: domain.stack(rows) for t, rows in factor_rows.items()}
        inside = {t: domain.stack(rows) for t, rows in inside_rows.items()}
        products = self._products(domain, factors, one)
        totals = {t: domain.product(products[t], inside[t]) for t in self.steps}
        found = Jacobians(
            self.recurrence,
            factors,
            products,
            {
                state: {t: part(domain, total, place, place) for t, total in totals.items()}
                for state, place in self._places()
            },
            dict(self._direct(domain, known)),
            self.slope,
            {t: self._slope_values(domain, known, t) for t in self.steps if self.slope},
        )
        return found, known

    def _products(self, domain: Domain, factors: Steps, one: Any) -> Steps:
        """∂u[T]/∂u[t], down to the state before the first step."""
        order = [*reversed(self.steps)]
        found = accumulate(order, lambda product, t: domain.product(product, factors[t]), initial=one)
        return dict(zip([*order, order[-1] + self.recurrence.back], found, strict=True))

    def _places(self) -> Iterator[tuple[str, range]]:
        start = 0
        for state, size in zip(self.recurrence.states, self.sizes, strict=True):
            yield state, range(start, start + size)
            start += size

    # -- equations that are read, not run

    def _direct(self, domain: Domain, known: Values) -> Iterator[tuple[str, Direct]]:
        for state, shape in zip(self.recurrence.states, self.shapes, strict=True):
            factor = self._direct_factor(state)
            if factor is None:
                continue
            ones = domain.array([[Fraction(1)] * shape[1]] * shape[0])
            factors = {t: domain.multiply(ones, self._value(domain, known, factor, t)) for t in self.steps}
            order = [*reversed(self.steps)]
            products = {self.recurrence.last: ones}
            for later, t in pairwise(order):
                products[t] = domain.multiply(products[later], factors[later])
            yield state, Direct(factor, factors, products)

    def _value(self, domain: Domain, known: Values, expr: Expr, t: int) -> Any:
        """An expression of quantities of the forward pass at a step."""
        given = self.run.exercise.network.data

        def lookup(name: str, position: tuple[int, ...]) -> Any:
            if (name, position) in known:
                return known[name, position]
            rows = given.get((name, position))
            return domain.zeros(*self.run.shapes.known(name)) if rows is None else domain.array(rows)

        at = bind(expr, {self.recurrence.letter: t})
        return trace(at, domain, lookup, self.run.plan.lengths)[at]

    def _slope_values(self, domain: Domain, known: Values, t: int) -> tuple[Any, Any]:
        assert self.slope is not None
        slope, weight = (self._value(domain, known, expr, t) for expr in self.slope)
        entries, size = domain.entries(slope), sum(self.sizes)
        zero = domain.zeros(1, 1)
        spread = [
            entries[row % len(entries)] if row == column else zero for row in range(size) for column in range(size)
        ]
        return domain.stack(spread, size), weight

    def _direct_factor(self, state: str) -> Expr | None:
        """What multiplies the adjoint of a state, entry by entry, where it is handed on to the same state."""
        adjoints = {*self.found.adjoints.values(), *self.found.preactivations.values()}
        own = self.found.adjoints.get(state)
        for term in addends(self.equations[self.helpers[state]].expression) if state in self.helpers else ():
            first, *others = _product_factors(term)
            free = not any(isinstance(part, Ref) and part.name in adjoints for one in others for part in walk(one))
            if isinstance(first, Ref) and first.name == own and others and free:
                return reduce(partial(Binary, "*"), others)
        return None

    def _slope(self) -> tuple[Expr, Expr] | None:
        """The slope and the matrix of `d_h_next[t] = W.T @ d_z[t]`, `d_z[t] = d_h[t] * slope`."""
        if len(self.recurrence.states) > 1:
            return None
        (state,) = self.recurrence.states
        match self.equations[self.helpers[state]].expression:
            case Binary("@", Transpose(matrix), Ref(inner)) if inner == self.found.preactivations.get(state):
                match self.equations[inner].expression:
                    case Binary("*", Ref(own), slope) if own == self.found.adjoints[state]:
                        return slope, matrix
        return None


def _product_factors(expr: Expr) -> list[Expr]:
    if isinstance(expr, Binary) and expr.operator == "*":
        return [*_product_factors(expr.left), expr.right]
    return [expr]
