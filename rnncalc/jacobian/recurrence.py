"""Which states a network hands from step to step. It knows no values."""

from msgspec import Struct

from rnncalc.equations import Equation, Ref, refs
from rnncalc.errors import ExerciseError, Problem
from rnncalc.exercise import Exercise
from rnncalc.jacobian.stepwise import loss_of


class Recurrence(Struct, frozen=True):
    """States that are handed on together along `letter`: from the step before (`back` is −1) or behind (+1)."""

    states: tuple[str, ...]
    letter: str
    back: int
    length: int

    @property
    def steps(self) -> tuple[int, ...]:
        """The positions in the order of computation."""
        return tuple(range(1, self.length + 1))[:: -self.back]

    @property
    def last(self) -> int:
        """T: the step that is computed last."""
        return self.steps[-1]


def recurrences(exercise: Exercise) -> tuple[Recurrence, ...]:
    """The states of an exercise. Raises ExerciseError where there are none, or where a step sees more than the last."""
    found: dict[tuple[str, int], dict[str, None]] = {}
    needed = _needed(exercise)
    computed = {equation.name for equation in needed}
    for equation in needed:
        for ref, _ in refs(equation.expression):
            for index in ref.indices if ref.name in computed else ():
                if index.offset and index.base in equation.indices:
                    if len(ref.indices) > 1 or abs(index.offset) > 1:
                        raise ExerciseError(_too_far(equation, ref))
                    found.setdefault((index.base, index.offset), {})[ref.name] = None
    if not found:
        what = "no step of this network depends on the step before: gradients are handed on nowhere"
        raise ExerciseError(Problem(what, None, "a recurrence looks back: `h[t] = tanh(W @ h[t-1] + U @ x[t])`"))
    order, lengths = [equation.name for equation in needed], exercise.network.plan.lengths
    return tuple(
        Recurrence(tuple(sorted(states, key=order.index)), letter, back, lengths[letter])
        for (letter, back), states in found.items()
    )


def _too_far(equation: Equation, ref: Ref) -> Problem:
    what = f"`{ref.name}` is handed on over more than one step, or along two indices"
    return Problem(what, equation.place(ref), "Jacobians are shown for states of one index that look one step back")


def _needed(exercise: Exercise) -> list[Equation]:
    """The equations of the forward pass that the loss, or what is asked for, depends on."""
    equations, loss = exercise.forward, loss_of(exercise)
    needed, before = ({loss} if loss else {ref.name for ref in exercise.find}), -1
    while before != (before := len(needed)):
        needed |= {ref.name for one in equations if one.name in needed for ref, _ in refs(one.expression)}
    return [one for one in equations if one.name in needed]
