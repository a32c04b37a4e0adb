"""The backward pass: derivatives of activations, paths, sums over time, outer products."""

from collections.abc import Iterator
from fractions import Fraction

from rnncalc.equations import Binary, Equation, Expr, Index, Number, Over, Power, Ref, Transpose, bind, places, refs
from rnncalc.mistakes.catalogue import Mistake, Rewrite
from rnncalc.mistakes.system import System, multiplied, products, summed, sums

_ONE = Number(Fraction(1))


def _derivative(parts: list[Expr]) -> list[int]:
    """Which factors are the derivative of an activation: 1 − h², or s and 1 − s."""
    for number, part in enumerate(parts):
        match part:
            case Binary("-", left, Power(_, 2)) if left == _ONE:
                return [number]
            case Binary("-", left, Ref() as gate) if left == _ONE and gate in parts:
                return [parts.index(gate), number]
    return []


def _without_derivative(equation: Equation, system: System) -> Iterator[Rewrite]:
    for parts, put in products(equation):
        slope = _derivative(parts)
        rest = [part for number, part in enumerate(parts) if number not in slope]
        if slope and rest and equation.name in system.adjoints and system.fits(equation, put(multiplied(rest))):
            yield Rewrite(put(multiplied(rest)))


def _derivative_twice(equation: Equation, system: System) -> Iterator[Rewrite]:
    for parts, put in products(equation):
        slope = _derivative(parts)
        if slope and equation.name in system.adjoints:
            yield Rewrite(put(multiplied([*parts, *(parts[number] for number in slope)])))


def _half_derivative(equation: Equation, system: System) -> Iterator[Rewrite]:
    """s or 1 − s alone instead of s (1 − s)."""
    for parts, put in products(equation):
        slope = _derivative(parts)
        if len(slope) == 2 and equation.name in system.adjoints:
            for number in slope:
                yield Rewrite(put(multiplied([*parts[:number], *parts[number + 1 :]])), f"{number}")


def _path_forgotten(equation: Equation, system: System) -> Iterator[Rewrite]:
    """One term of a sum left out; those that come from another step are truncation."""
    for number, expression, later in _without_terms(equation, system):
        if not later:
            yield Rewrite(expression, f"{number}")


def _truncated(equation: Equation, system: System) -> Iterator[Rewrite]:
    for _, expression, later in _without_terms(equation, system):
        if later:
            yield Rewrite(expression)


def _without_terms(equation: Equation, system: System) -> Iterator[tuple[int, Expr, bool]]:
    if equation.name not in system.adjoints:
        return
    for terms, put in sums(equation):
        if any(term == _ONE for _, term in terms):
            continue
        for number, (_, term) in enumerate(terms):
            rest = put(summed([*terms[:number], *terms[number + 1 :]]))
            later = any(system.is_past(equation, ref) and ref.name in system.adjoints for ref, _ in refs(term))
            if system.fits(equation, rest):
                yield number, rest, later


def _one_step_only(equation: Equation, system: System) -> Iterator[Rewrite]:
    """The share of the last or of the first step in the place of the sum over time."""
    for part, put in places(equation.expression):
        if isinstance(part, Over) and part.function == "sum":
            last = system.lengths[part.index]
            for place in {1, last} if last > 1 else ():
                yield Rewrite(put(bind(part.body, {part.index: place})), "last" if place == last else "first")


def _mean(equation: Equation, system: System) -> Iterator[Rewrite]:
    for part, put in places(equation.expression):
        if isinstance(part, Over) and part.function == "sum" and system.lengths[part.index] > 1:
            yield Rewrite(put(Binary("/", part, Number(Fraction(system.lengths[part.index])))))


def _outer_product(equation: Equation, system: System) -> Iterator[Rewrite]:
    for part, put in places(equation.expression):
        match part:
            case Binary("@", left, Transpose(right)):
                turned = put(Binary("@", right, Transpose(left)))
                if system.fits(equation, turned):
                    yield Rewrite(turned)


def _state_of_the_step(equation: Equation, system: System) -> Iterator[Rewrite]:
    """h_t in the place of h_{t−1} in the gradient of a recurrent matrix."""
    if equation.name not in system.adjoints:
        return
    for part, put in places(equation.expression):
        if isinstance(part, Ref) and system.is_past(equation, part) and part.name not in system.adjoints:
            here = Ref(part.name, tuple(Index(index.base, 0) if index.base else index for index in part.indices))
            yield Rewrite(put(here), part.name)


MISTAKES = (
    Mistake(
        "derivative-forgotten", "derivative of the activation forgotten",
        "The gradient passes through the activation: multiply by its derivative.", "derivative", _without_derivative,
    ),
    Mistake(
        "derivative-twice", "derivative of the activation applied twice",
        "The derivative of the activation counts once on each path.", "derivative", _derivative_twice,
    ),
    Mistake(
        "half-of-the-derivative", "half of the derivative of σ left out", "The derivative of σ is s (1 − s).",
        "derivative", _half_derivative,
    ),
    Mistake(
        "path-forgotten", "a path of the gradient forgotten",
        "Through which quantities does it act on the loss? Each is a term.", "path", _path_forgotten,
    ),
    Mistake(
        "truncated-to-one-step", "the gradient from the later steps forgotten",
        "The state acts on the later steps too.", "path", _truncated,
    ),
    Mistake(
        "one-step-only", "one time step in the place of the sum over all",
        "The shares of all time steps are added.", "accumulation", _one_step_only,
    ),
    Mistake(
        "mean-for-sum", "mean over the steps in the place of the sum", "Is it a sum or a mean?", "accumulation", _mean,
    ),
    Mistake(
        "outer-product-transposed", "outer product transposed",
        "The gradient of a matrix has the shape of the matrix: rows as the result, columns as what it multiplies.",
        "matrix", _outer_product,
    ),
    Mistake(
        "state-of-this-step", "the state of this step in the place of the one before",
        "What does the matrix multiply: which step's state?", "state", _state_of_the_step,
    ),
)  # fmt: skip
