"""What is wrong with the numbers of a variant: gates saturated, units dead, answers too small to see."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from msgspec import Struct

from rnncalc.checking.supposition import is_choice
from rnncalc.equations import Call, Expr, Ref, walk
from rnncalc.exercise import Exercise
from rnncalc.exercise.randomize import Rules
from rnncalc.solving import Solution, Step

Kind = Literal["saturated", "dead", "tiny", "undefined", "repeated", "hidden", "alike"]
SQUASHING = {"sigmoid", "tanh", "hard_sigmoid", "softsign"}


class Fault(Struct, frozen=True):
    """`quantity` is where it shows; drawing `culprits` anew may mend it."""

    kind: Kind
    quantity: str
    culprits: frozenset[str]


Zeros = frozenset[tuple[str, int]]
"""Entries of the answers that are 0: the key of a quantity and the number of the entry."""


def zeros_of(solution: Solution) -> Zeros:
    """The entries of the answers that are 0."""
    key = solution.exercise.quantities.key
    return frozenset(
        (key(found.name, found.position), number)
        for found in solution.answers
        for number, entry in enumerate(found.value.flat)
        if entry == 0
    )


def measured_answers(solution: Solution) -> tuple[Any, ...]:
    """The answers without words that were chosen: these are one-hot columns, of which there are few, mostly 0."""
    chosen = {step.equation.name for step in solution.steps if is_choice(step.expression)}
    return tuple(found for found in solution.answers if found.name not in chosen)


def faults(solution: Solution, rules: Rules, zeros: Zeros) -> Iterator[Fault]:
    """What is wrong with a solution in float64, each equation once. Only entries among `zeros` may be 0."""
    exercise = solution.exercise
    forward = [step for step in solution.steps if step.equation.name not in exercise.adjoints]
    for name in dict.fromkeys(step.equation.name for step in forward):
        steps = [step for step in forward if step.equation.name == name]
        if any(_is_saturated(step, float(rules.limit)) for step in steps):
            yield Fault("saturated", name, sources(exercise, name))
        if _has_dead_units(steps):
            yield Fault("dead", name, sources(exercise, name))
    for found in measured_answers(solution):
        key = exercise.quantities.key(found.name, found.position)
        small = (abs(found.value) < float(rules.smallest)).flat
        if any(one and (key, number) not in zeros for number, one in enumerate(small)):
            yield Fault("tiny", key, frozenset())


def _is_saturated(step: Step, limit: float) -> bool:
    arguments = (step.values[call.arguments[0]] for call in _calls(step.expression, SQUASHING))
    return any((abs(argument) > limit).any() for argument in arguments)


def _has_dead_units(steps: Iterable[Step]) -> bool:
    """Whether a unit of a ReLU is 0 at every step."""
    alive: dict[int, Any] = {}
    for step in steps:
        for place, call in enumerate(_calls(step.expression, {"relu"})):
            positive = step.values[call.arguments[0]] > 0
            alive[place] = alive.get(place, False) | positive
    return any(not units.all() for units in alive.values())


def _calls(expr: Expr, functions: set[str]) -> Iterator[Call]:
    return (part for part in walk(expr) if isinstance(part, Call) and part.function in functions)


def sources(exercise: Exercise, name: str) -> frozenset[str]:
    """The given quantities that stand in the equations of a quantity."""
    equations = (one for one in exercise.network.plan.equations if one.name == name)
    parts = (part for equation in equations for part in walk(equation.expression) if isinstance(part, Ref))
    return frozenset(part.name for part in parts if part.name in exercise.network.given)
