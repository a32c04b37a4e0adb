"""An exercise worked out under a mistake: whether it can be made there, and what who makes it gets everywhere."""

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.recomputation import POINT, Recomputation, Units
from rnncalc.equations import Expr, Ref, bind, children, rebuild
from rnncalc.mistakes import Hypothesis


def supposed(marking: Marking, hypothesis: Hypothesis | None) -> Recomputation:
    """The exercise with the wrong equations wherever all that they use is there; without a hypothesis, as it is."""

    def rewritten(key: Key) -> Expr:
        step = marking.steps[key]
        found = hypothesis.expression(step.equation, key[1]) if hypothesis else None
        usable = found is not None and marking.exists(found, step.letters)
        return found if usable and found is not None else step.equation.expression

    return Recomputation(marking, {}, {}, POINT, Units(0.0), rewritten)


def can_be_made(marking: Marking, hypothesis: Hypothesis) -> bool:
    """Whether the mistake uses another quantity, or another formula, at any step at all."""
    return any(
        _settled(marking, step, found) != _settled(marking, step, step.equation.expression)
        for key, step in marking.steps.items()
        if (found := hypothesis.expression(step.equation, key[1])) is not None and marking.exists(found, step.letters)
    )


def _settled(marking: Marking, step: Step, expr: Expr) -> Expr:
    """The formula with its positions put in; before a sequence begins there is one state, however far one looks."""
    last = {letter.upper(): length for letter, length in marking.exercise.network.plan.lengths.items()}

    def begun(part: Expr) -> Expr:
        if isinstance(part, Ref) and part.indices:
            key = part.name, tuple(index.offset for index in part.indices)
            inside = key in marking.steps or part.name not in marking.begins
            return part if inside else Ref(part.name)
        return rebuild(part, tuple(map(begun, children(part))))

    return begun(bind(expr, {**last, **step.letters}))
