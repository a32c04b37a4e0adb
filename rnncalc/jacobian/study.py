"""All that there is to find about the gradients of an exercise: Jacobians, gradients at the states, factors."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from rnncalc.equations import Domain, Expr, Index, Ref, refs
from rnncalc.exercise import Exercise
from rnncalc.jacobian.chain import Chain, Jacobians, Steps
from rnncalc.jacobian.matrices import as_row, units, vanishes
from rnncalc.jacobian.recurrence import recurrences
from rnncalc.jacobian.stepwise import (
    Values,
    adjoint_of,
    forward_values,
    loss_alone,
    loss_of,
    seed_of,
    seeded,
    term_of,
    whole_pass,
)


class Output(Struct, frozen=True):
    """The quantity y that the loss reads: `gradient` is ∂L/∂y, `jacobian` is ∂y/∂u at the only step it is made from."""

    target: Ref
    gradient: Any
    jacobian: Any


class Factored(Struct, frozen=True):
    """A gradient by its factors: `read[t]` is what the loss reads of u[t] itself, and
    `rows[t]` = ∂L/∂u[t] = Σ over k ≥ t of read[k] · ∂u[k]/∂u[t].

    `terms[W][t]` is rows[t] · ∂′u[t]/∂W, worked out by `formulas[W]` from the `values`; `sums[W]` adds them up, and
    `whole[W]` is ∂L/∂W as backpropagation through time finds it.
    """

    read: Steps
    rows: Steps
    output: Output | None
    formulas: Mapping[str, Expr]
    values: Values
    terms: Mapping[str, Steps]
    sums: Mapping[str, Any]
    whole: Mapping[str, Any]
    symbols: Mapping[str, str]


class Findings(Struct, frozen=True):
    """The Jacobians of each recurrence; with a loss, its gradient at each state, and that of each weight by factors."""

    jacobians: tuple[Jacobians, ...]
    gradients: Mapping[str, Steps] = {}
    factored: tuple[Factored, ...] = ()


_FOR_NORMS = 15
"""Products of two matrices that the norms of a step's two Jacobians take about as long as."""


class Study:
    """What there is to find for an exercise, planned once for all domains and precisions.

    Raises ExerciseError for a network without Jacobians of this kind.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise, self.loss = exercise, loss_of(exercise)
        self.recurrences = recurrences(exercise)
        self.chains = [Chain(exercise, one) for one in self.recurrences]
        states = [state for one in self.recurrences for state in one.states]
        if self.loss:
            names = [*states, *dict.fromkeys(name for chain in self.chains for name in chain.parameters)]
            self.adjoints = {name: found for name in names if (found := adjoint_of(exercise, self.loss, name))}
            self.whole = whole_pass(exercise, list(self.adjoints.values()))
            self.alone = {one: loss_alone(exercise, self.loss, one.states) for one in self.recurrences}
            self.output = self._output(states)
            self.output_pass = seeded(exercise, [self.output.name], held=states) if self.output else None

    @property
    def multiplications(self) -> int:
        """About how many multiplications `find` takes."""
        passes = [chain.run for chain in self.chains for _ in range(sum(chain.sizes))]
        run = sum(one.multiplications for one in (*passes, *([self.whole, *self.alone.values()] if self.loss else [])))
        return run + sum(_FOR_NORMS * len(chain.steps) * sum(chain.sizes) ** 3 for chain in self.chains)

    def find(self, domain: Domain) -> Findings:
        jacobians = [chain.jacobians(domain) for chain in self.chains]
        found = tuple(one for one, _ in jacobians)
        if not self.loss:
            return Findings(found)
        whole = self.whole.values(domain)
        gradients = {
            state: {t: whole[self.adjoints[state], (t,)] for t in one.steps if (self.adjoints[state], (t,)) in whole}
            for one in self.recurrences
            for state in one.states
            if state in self.adjoints
        }
        factored = [self._factored(domain, chain, one, whole) for chain, one in zip(self.chains, found, strict=True)]
        return Findings(found, gradients, tuple(factored))

    def _output(self, states: Sequence[str]) -> Ref | None:
        """The one computed quantity, not a state, that the loss reads."""
        forward = {equation.name: equation for equation in self.exercise.forward}
        assert self.loss is not None
        read = {ref.name for ref, _ in refs(forward[self.loss].expression) if ref.name in forward}
        return forward[read.pop()].target if len(read) == 1 and not read & set(states) else None

    def _factored(self, domain: Domain, chain: Chain, found: Jacobians, whole: Values) -> Factored:
        forward = forward_values(self.exercise, whole)
        run = self.alone[chain.recurrence]
        alone = run.values(domain, known=forward)
        read = {t: chain.gathered(domain, run, alone, t) for t in chain.steps}
        rows: dict[int, Any] = {}
        later: int | None = None
        for t in reversed(chain.steps):
            handed = domain.product(rows[later], found.factors[later]) if later is not None else None
            rows[t] = read[t] if handed is None else domain.add(read[t], handed)
            later = t
        values = chain.run.values(domain, chain.seeds(domain, rows), forward)
        terms = {
            name: {t: values[term_of(adjoint), (t,)] for t in chain.steps}
            for name, adjoint in chain.parameters.items()
            if name in self.adjoints and self._acts_through(chain, name)
        }
        return Factored(
            read,
            rows,
            self._output_factors(domain, chain, read, forward, alone),
            chain.formulas,
            values,
            terms,
            {name: domain.total(list(steps.values())) for name, steps in terms.items()},
            {name: whole[self.adjoints[name], ()] for name in terms},
            chain.run.symbols,
        )

    def _acts_through(self, chain: Chain, parameter: str) -> bool:
        """Whether a parameter acts on the loss through these states alone: a table of words read by encoder and
        decoder does not, and its gradient is no sum over the steps of one of them."""
        reached = chain.run.found.adjoints if chain.run.found else {}
        return all(
            equation.name in reached
            for equation in self.exercise.forward
            if any(ref.name == parameter for ref, _ in refs(equation.expression))
        )

    def _output_factors(
        self, domain: Domain, chain: Chain, read: Steps, forward: Values, alone: Values
    ) -> Output | None:
        """∂L/∂y and ∂y/∂u, if the loss reads one quantity, made from the states of one step."""
        places = [t for t in chain.steps if not vanishes(read[t])]
        if self.output_pass is None or self.output is None or len(places) != 1 or self._passed_on(chain):
            return None
        (t,), name = places, self.output.name
        position = tuple(t for _ in self.output.indices)
        run = self.alone[chain.recurrence]
        assert run.found is not None
        given = alone[run.found.adjoints[name], position]
        rows = []
        for seed in units(domain, given):
            seeds = {(seed_of(name), place): domain.zeros(*domain.shape(given)) for place in self._places(name)}
            values = self.output_pass.values(domain, {**seeds, (seed_of(name), position): seed}, forward)
            rows.append(chain.gathered(domain, self.output_pass, values, t))
        target = Ref(name, tuple(Index("", t) for _ in self.output.indices))
        return Output(target, as_row(domain, given), domain.stack(rows))

    def _passed_on(self, chain: Chain) -> bool:
        """Whether another recurrence reads the states of this one, as a decoder those of its encoder."""
        own, others = set(chain.recurrence.states), {s for one in self.recurrences for s in one.states}
        reached, before = set(own), 0
        while before != (before := len(reached)):
            for equation in self.exercise.forward:
                if any(ref.name in reached for ref, _ in refs(equation.expression)):
                    reached.add(equation.name)
        return not reached.isdisjoint(others - own)

    def _places(self, name: str) -> Iterator[tuple[int, ...]]:
        assert self.output_pass is not None
        return self.output_pass.plan.positions(Ref(name))
