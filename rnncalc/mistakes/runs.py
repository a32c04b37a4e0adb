"""Runs: a state that another run of the network left behind, or weights as they were before an update."""

from collections.abc import Iterator

from rnncalc.equations import Equation, Expr, Ref, refs
from rnncalc.mistakes.catalogue import Mistake, Rewrite
from rnncalc.mistakes.system import EARLIER, System
from rnncalc.mistakes.weights import substituted


def _carried_over(equation: Equation, system: System) -> Iterator[Rewrite]:
    """The first step begins with what the last step left, as if a second run went on where the first one ended."""
    if equation.name in system.adjoints or len(equation.indices) != 1:
        return
    past = dict.fromkeys(ref for ref, _ in refs(equation.expression) if system.is_past(equation, ref))
    for forward in (True, False):
        ends: dict[Expr, Expr] = {
            ref: Ref(ref.name + EARLIER)
            for ref in past
            if (system.offset(ref) < 0) == forward and ref.name + EARLIER in system.shapes
        }
        if ends:
            first = 1 if forward else system.lengths[equation.indices[0]]
            yield Rewrite(substituted(equation.expression, ends.get), "", (first,))


def _state_before_the_update(equation: Equation, system: System) -> Iterator[Rewrite]:
    yield from _of_the_run_before(equation, system, states=True)


def _weight_before_the_update(equation: Equation, system: System) -> Iterator[Rewrite]:
    yield from _of_the_run_before(equation, system, states=False)


def _of_the_run_before(equation: Equation, system: System, states: bool) -> Iterator[Rewrite]:
    """In a network that is trained: one quantity, and then all, as they were before the update."""
    if equation.name not in system.before:
        return
    older: dict[Expr, Expr] = {
        ref: Ref(system.before[ref.name], ref.indices)
        for ref, _ in refs(equation.expression)
        if ref.name in system.before and bool(ref.indices) == states
    }
    for ref, other in older.items():
        yield Rewrite(substituted(equation.expression, {ref: other}.get), repr(ref))
    if len(older) > 1:
        yield Rewrite(substituted(equation.expression, older.get), "all")


MISTAKES = (
    Mistake(
        "state-of-an-earlier-run", "begun with the state that another run left",
        "Every run of a sequence begins with its initial state.", "state", _carried_over,
    ),
    Mistake(
        "state-before-the-update", "state of the run before the update",
        "After the update every state is computed again, with the new weights.", "state", _state_before_the_update,
    ),
    Mistake(
        "weights-before-the-update", "weights from before the update",
        "Which weights hold after this step of training?", "other parameter", _weight_before_the_update,
    ),
)  # fmt: skip
