"""Reverse mode one step at a time: the gradient equations of a network with nothing handed from step to step.

What a step would hand to the one before is still found (`d_h_next[t]`), and so it is the derivative of that step alone.
It knows no Jacobians, no pages and no words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import (
    Binary,
    Call,
    Datum,
    Domain,
    Equation,
    Evaluation,
    Expr,
    Gradient,
    Index,
    Number,
    Over,
    Plan,
    Position,
    Ref,
    Shapes,
    children,
    gradient,
    infer,
    plan,
    plus,
    rebuild,
    refs,
)
from rnncalc.errors import ExerciseError, Problem, in_backticks
from rnncalc.exercise import Exercise
from rnncalc.exercise.backward import backward

Values = Mapping[tuple[str, Position], Any]
"""(name, position) → value in some domain."""

_TERM, _SEED, _HELD = "·term", "seed·", "held·"
"""Marks of names made here; no quantity of a file can be spelt so."""


class Pass(Struct, frozen=True):
    """A planned run of equations; `found` is the reverse mode in it, if there is one, `symbols` prints its names."""

    exercise: Exercise
    plan: Plan
    shapes: Shapes
    found: Gradient | None = None
    symbols: Mapping[str, str] = {}

    def values(self, domain: Domain, seeds: Values | None = None, known: Values | None = None) -> Values:
        """The value of every instance. The forward pass is not computed again if its values are `known`."""
        order = self.plan
        if known is not None:
            forward = {equation.name for equation in self.exercise.forward}
            own = {number for equation, number in order.nests.items() if equation.name not in forward}
            order = replace(order, order=tuple(item for number, item in enumerate(order.order) if number in own))
        data = {key: domain.array(rows) for key, rows in self.exercise.network.data.items()}
        before = {**data, **(known or {}), **(seeds or {})}
        evaluation = Evaluation(order, domain, before, lambda name: domain.zeros(*self.shapes.known(name)))
        return {**before, **{(one.equation.name, one.position): one.value for one in evaluation}}

    @property
    def multiplications(self) -> int:
        """About how many multiplications it takes: a matrix is used once for each of its entries."""
        return sum(
            self.plan.count_of(number) * prod(self.shapes.known(ref.name))
            for number in self.plan.wanted
            for ref, _ in refs(self.plan.equations[number].expression)
        )


def forward_values(exercise: Exercise, values: Values) -> Values:
    """Of the values of a pass, those of the network itself."""
    own = {equation.name for equation in exercise.forward}
    return {key: value for key, value in values.items() if key[0] in own}


def adjoint_of(exercise: Exercise, loss: str, name: str) -> str | None:
    """The quantity of the file's own backward pass that is the gradient of the loss with respect to another."""
    ref = exercise.quantities.find(f"d{loss}/d{name}")
    return ref.name if ref and not ref.indices and ref.name in exercise.adjoints else None


def loss_of(exercise: Exercise) -> str | None:
    """The quantity that is differentiated, if there is one."""
    forward = exercise.forward
    scalars = [equation.name for equation in forward if not equation.target.indices]
    return next((one for one in scalars if any(adjoint_of(exercise, one, other.name) for other in forward)), None)


def whole_pass(exercise: Exercise, find: Sequence[str]) -> Pass:
    """The network of the exercise as it is, computed for these quantities."""
    # The sizes of gradients are known from what they are gradients of; alone, their equations may fit several.
    sizes = {name: exercise.network.shapes.known(name) for name in sorted(exercise.adjoints)}
    return Pass(exercise, *_planned(exercise, exercise.network.plan.equations, [Ref(name) for name in find], sizes))


def loss_alone(exercise: Exercise, loss: str, held: Sequence[str]) -> Pass:
    """What the loss reads of the states `held` by itself, each as if it were given; also through other recurrences, as
    an encoder's last state is read by its decoder."""
    equations, sizes = _holding(exercise, held)
    return _differentiated(exercise, equations, loss, sizes, "", one_step=False)


def seeded(exercise: Exercise, names: Sequence[str], letter: str = "", held: Sequence[str] = ()) -> Pass:
    """The gradient of Σ seed · quantity over the quantities named and all their positions; `seed_of` names the seeds.

    With a letter, the term that each of its steps contributes to the gradient of a parameter is found as well. States
    that are `held` count as given.
    """
    loss = loss_of(exercise) or "L"
    equations, sizes = _holding(exercise, held)
    equations = tuple(one for one in equations if one.name != loss)
    letters = {one.name: one.indices for one in equations}
    products = [
        _over(Call("sum", (Binary("*", _at(seed_of(name), letters[name]), _at(name, letters[name])),)), letters[name])
        for name in names
    ]
    sizes |= {seed_of(name): exercise.network.shapes.known(name) for name in names}
    return _differentiated(
        exercise, (*equations, Equation(Ref(loss), plus(products))), loss, sizes, letter, one_step=True
    )


def _holding(exercise: Exercise, held: Sequence[str]) -> tuple[tuple[Equation, ...], dict[str, tuple[int, int]]]:
    """The forward pass with `h[t] = held·h[t]` for the states held, and the sizes of what was put in."""
    equations = tuple(
        Equation(one.target, Ref(_HELD + one.name, one.target.indices)) if one.name in held else one
        for one in exercise.forward
    )
    return equations, {_HELD + name: exercise.network.shapes.known(name) for name in held}


def seed_of(name: str) -> str:
    return _SEED + name


def term_of(adjoint: str) -> str:
    """What one step contributes to the gradient of a parameter."""
    return adjoint + _TERM


def _differentiated(
    exercise: Exercise,
    equations: tuple[Equation, ...],
    loss: str,
    sizes: Mapping[str, tuple[int, int]],
    letter: str,
    one_step: bool,
) -> Pass:
    """The reverse pass of the equations; with `one_step` nothing is handed from step to step."""
    order, shapes = _planned(exercise, equations, [Ref(loss)], sizes)
    if shapes.conflicts:
        raise ExerciseError(_unfit(exercise))
    parts = {part: (rows, columns) for part, (rows, columns) in shapes.parts.items() if rows and columns}
    found = gradient(equations, loss, parts, order.lengths)
    symbols = backward(equations, loss, shapes, order, exercise.symbols).symbols
    alone = [_alone(equation, found.passed) if one_step else equation for equation in found.equations]
    terms = [term for equation in alone if letter for term in _term(equation, letter)]
    targets = [Ref(name) for name in dict.fromkeys(equation.name for equation in (*alone, *terms))]
    # A term has indices and may be a matrix, which the inference of shapes would not think of by itself.
    of_terms = {term_of(adjoint): shapes.known(name) for name, adjoint in found.adjoints.items()}
    order, shapes = _planned(exercise, (*equations, *alone, *terms), targets, {**sizes, **found.shapes, **of_terms})
    return Pass(exercise, order, shapes, found, {**exercise.symbols, **symbols})


def _unfit(exercise: Exercise) -> Problem:
    names = in_backticks(name for misfit in exercise.network.misfits for name in misfit.names)
    place = exercise.network.given[exercise.network.misfits[0].names[0]].span
    return Problem(f"the sizes of {names} do not fit, and a Jacobian needs them", place, "give matrices that fit")


def _planned(
    exercise: Exercise, equations: tuple[Equation, ...], find: Iterable[Ref], sizes: Mapping[str, tuple[int, int]]
) -> tuple[Plan, Shapes]:
    data, lengths = exercise.network.data, exercise.network.plan.lengths
    computed = {equation.name for equation in equations}
    extents: dict[tuple[str, int], int] = {}
    for name, position in data:
        for slot, place in enumerate(position if name not in computed else ()):
            extents[name, slot] = max(place, extents.get((name, slot), place))
    forward = {equation.name for equation in exercise.forward}
    order = plan(equations, find, extents=extents, stated=lengths, backward_pass=computed - forward)
    given = {name: Datum((len(rows), len(rows[0]))) for (name, _), rows in data.items()}
    shapes = infer(equations, {**given, **{name: Datum(size) for name, size in sizes.items()}})
    _check_data(order, computed | set(given) | set(sizes))
    return order, shapes


def _check_data(order: Plan, known: set[str]) -> None:
    used = [ref.name for number in order.wanted for ref, _ in refs(order.equations[number].expression)]
    missing = [name for name in dict.fromkeys(used) if name not in known]
    if missing:
        names = in_backticks(missing)
        hint = "Jacobians need all that leads from the first step to the last"
        raise ExerciseError(Problem(f"some data is missing: {names}", None, hint))


def _alone(equation: Equation, passed: Mapping[str, str]) -> Equation:
    """The equation with zero, of the right shape, in place of what other steps hand to it."""

    def cut(expr: Expr) -> Expr:
        if isinstance(expr, Ref) and expr.name in passed:
            return Binary("*", Number(Fraction(0)), Ref(passed[expr.name], equation.target.indices))
        return rebuild(expr, tuple(map(cut, children(expr))))

    return Equation(equation.target, cut(equation.expression), equation.span)


def _term(equation: Equation, letter: str) -> Iterator[Equation]:
    """For `d_W = sum(A[t], t) + sum(B[t], t)` the equation `d_W·term[t] = A[t] + B[t]`."""

    def opened(expr: Expr) -> Expr | None:
        if isinstance(expr, Binary) and expr.operator == "+":
            left, right = opened(expr.left), opened(expr.right)
            return Binary("+", left, right) if left and right else None
        return expr.body if isinstance(expr, Over) and expr.index == letter and expr.at is None else None

    if not equation.target.indices and (body := opened(equation.expression)):
        yield Equation(_at(term_of(equation.name), letter), body)


def _at(name: str, letters: Iterable[str]) -> Ref:
    return Ref(name, tuple(map(Index, letters)))


def _over(expr: Expr, letters: Iterable[str]) -> Expr:
    for letter in letters:
        expr = Over("sum", expr, letter)
    return expr
