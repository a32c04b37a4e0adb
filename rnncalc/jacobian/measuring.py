"""Exercise → Vanishing: how large its Jacobians and gradients are at each step, every printed digit certain.

Like a solution it is computed in balls at rising precision. It says nothing in words and knows no page.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.equations import Domain, ImpreciseError
from rnncalc.exercise import Exercise
from rnncalc.jacobian.chain import Jacobians, Steps
from rnncalc.jacobian.norms import Norms, norms
from rnncalc.jacobian.study import Factored, Findings, Study
from rnncalc.numbers import Precision
from rnncalc.solving import FIRST_BITS, HIDDEN_DIGITS, MAX_BITS, MAX_WORK, Solution, Uncertified

SIZES = Precision(3, "significant")
"""Norms are compared, not calculated with: three digits tell."""


class Size(Struct, frozen=True):
    """A matrix in three numbers; `radius` is its spectral radius."""

    spectral: Any
    frobenius: Any
    radius: Any


class Sizes(Struct, frozen=True):
    """The sizes of the Jacobians of one recurrence: step by step, of their products up to the last step, and along the
    paths from each state to itself: in full, and the direct one where there is one.

    `kept[s]` is the 2-norm of ∂s[T]/∂s[1], `rates[s]` its geometric mean over the steps.
    """

    jacobians: Jacobians
    factors: Mapping[int, Size]
    products: Mapping[int, Size]
    totals: Mapping[str, Steps]
    direct: Mapping[str, Steps]
    kept: Mapping[str, Any]
    rates: Mapping[str, Any]

    @property
    def memory(self) -> tuple[str, ...]:
        """The states by which the network remembers: those with a direct path, if any has one."""
        return tuple(self.direct) or self.jacobians.recurrence.states


class Vanishing(Struct, frozen=True):
    """`gradients[s][t]` is the length of ∂L/∂s[t]. `numbers` is a solution without steps, to print values with.

    `apart[W]` tells how far the sum of the factored terms may be from ∂L/∂W, as the logarithm of `Norms.apart`.
    """

    exercise: Exercise
    loss: str | None
    numbers: Solution
    sizes: Precision
    chains: tuple[Sizes, ...]
    gradients: Mapping[str, Steps]
    factored: tuple[Factored, ...]
    apart: Mapping[str, float | None]

    @property
    def certain(self) -> bool:
        return not self.numbers.remarks


def measure(
    exercise: Exercise, *, precision: Precision | None = None, sizes: Precision = SIZES, float64: bool = False
) -> Vanishing:
    """The Jacobians of an exercise and their sizes; `precision` prints matrices, `sizes` norms.

    Raises ExerciseError for a network without Jacobians from step to step.
    """
    run = _Run(exercise, precision or Precision(), sizes)
    found = None if float64 else run.certified()
    return found or run.in_float64(asked=float64)


class _Run:
    def __init__(self, exercise: Exercise, precision: Precision, sizes: Precision) -> None:
        self.exercise, self.precision, self.sizes = exercise, precision, sizes
        self.study = Study(exercise)

    def certified(self) -> Vanishing | None:
        """In balls, until every number can be rounded; None if that would take too much work."""
        import flint

        from rnncalc.equations.domains.certified import Certified

        bits = FIRST_BITS
        while bits <= MAX_BITS and self.study.multiplications * max(bits, 512) <= MAX_WORK * 512:
            with flint.ctx.workprec(bits):
                try:
                    domain = Certified()
                    found = self.attempt(domain, ())
                    undecided = [
                        domain.width(entry)
                        for value, precision in _printed(found)
                        for entry, one in zip(value.entries, domain.rounded(value, precision), strict=True)
                        if one is None
                    ]
                    if all(width <= -HIDDEN_DIGITS for width in undecided):
                        return found
                except ImpreciseError:
                    pass
            bits *= 4
        return None

    def in_float64(self, asked: bool) -> Vanishing:
        from rnncalc.equations.domains.float64 import Float64

        return self.attempt(Float64(), (Uncertified(asked),))

    def attempt(self, domain: Domain, remarks: tuple[Uncertified, ...]) -> Vanishing:
        found, size = self.study.find(domain), norms(domain)
        return Vanishing(
            self.exercise,
            self.study.loss,
            Solution(self.exercise, domain, self.precision, (), (), remarks, 0),
            self.sizes,
            tuple(_chain(one, size) for one in found.jacobians),
            {
                state: {t: size.frobenius(value) for t, value in steps.items()}
                for state, steps in found.gradients.items()
            },
            found.factored,
            dict(_apart(found, size)),
        )


def _apart(found: Findings, size: Norms) -> Iterator[tuple[str, float | None]]:
    for one in found.factored:
        for name, whole in one.whole.items():
            yield name, size.apart(one.sums[name], whole)


def _chain(one: Jacobians, size: Norms) -> Sizes:
    def sized(matrices: Steps) -> dict[int, Size]:
        return {t: Size(size.spectral(m), size.frobenius(m), size.radius(m)) for t, m in matrices.items()}

    totals = {state: {t: size.spectral(m) for t, m in steps.items()} for state, steps in one.totals.items()}
    first, between = one.recurrence.steps[0], max(1, one.recurrence.length - 1)
    return Sizes(
        one,
        sized(one.factors),
        sized({t: one.products[t] for t in one.recurrence.steps}),
        totals,
        {state: {t: size.peak(m) for t, m in direct.products.items()} for state, direct in one.direct.items()},
        {state: steps[first] for state, steps in totals.items()},
        {state: size.root(steps[first], between) for state, steps in totals.items()},
    )


def _printed(found: Vanishing) -> Iterator[tuple[Any, Precision]]:
    """Every value that a page may show, with the digits it shows of it."""
    for chain in found.chains:
        for size in (*chain.factors.values(), *chain.products.values()):
            yield from ((value, found.sizes) for value in (size.spectral, size.frobenius, size.radius))
        for steps in (*chain.totals.values(), *chain.direct.values()):
            yield from ((value, found.sizes) for value in steps.values())
        yield from ((value, found.sizes) for value in chain.rates.values())
        slopes = (slope for slope, _ in chain.jacobians.slopes.values())
        matrices = (*chain.jacobians.factors.values(), *chain.jacobians.products.values(), *slopes)
        yield from ((value, found.numbers.precision) for value in matrices)
    for steps in found.gradients.values():
        yield from ((value, found.sizes) for value in steps.values())
    for one in found.factored:
        arrays = [*one.rows.values(), *one.sums.values(), *(m for steps in one.terms.values() for m in steps.values())]
        yield from ((value, found.numbers.precision) for value in arrays)
        if one.output:
            yield from ((value, found.numbers.precision) for value in (one.output.gradient, one.output.jacobian))
