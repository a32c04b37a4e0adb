"""An exercise worked out under a mistake: whether it can be made there, and what who makes it gets everywhere."""

from collections.abc import Iterator

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.recomputing.recomputation import POINT, Recomputation, Sheet, Units
from rnncalc.equations import Expr, Ref, bind, children, rebuild
from rnncalc.exercise import Exercise
from rnncalc.mistakes import Hypothesis
from rnncalc.solving import MULTIPLICATIONS_EACH


class Supposed(Struct, frozen=True):
    """A mistake at every step, with the steps that it leaves as they are."""

    hypothesis: Hypothesis
    untouched: tuple[Key, ...]


def work(exercise: Exercise) -> int:
    """Multiplications that it takes to work the exercise out once; a function counts as several."""
    return exercise.network.multiplications + MULTIPLICATIONS_EACH * exercise.network.evaluations


def has_comparable_numbers(exercise: Exercise) -> bool:
    """Where sequences end by themselves, or letters stand for numbers, no numbers can be compared."""
    return exercise.stop is None and not exercise.letters.present


def all_supposed(marking: Marking) -> Iterator[Supposed]:
    """The mistakes that can be made in the exercise, each at all time steps."""
    for one in marking.hypotheses:
        if one.only is None and can_be_made(marking, one):
            yield Supposed(one, tuple(untouched(marking, one)))


def untouched(marking: Marking, hypothesis: Hypothesis) -> Iterator[Key]:
    """The steps that use nothing of what the mistake changes."""
    touched: set[Key] = set()
    for key, step in marking.steps.items():
        if hypothesis.expression(step.equation, key[1]) is None and touched.isdisjoint(step.needs):
            yield key
        else:
            touched.add(key)


def supposed(marking: Marking, hypothesis: Hypothesis | None) -> Recomputation:
    """The exercise with the wrong equations wherever all that they use is there; without a hypothesis, as it is."""

    def rewritten(key: Key) -> Expr:
        step = marking.steps[key]
        found = hypothesis.expression(step.equation, key[1]) if hypothesis else None
        usable = found is not None and marking.exists(found, step.letters)
        return found if usable and found is not None else step.equation.expression

    return Recomputation(marking, Sheet(Units(0.0)), POINT, None, rewritten)


def can_be_made(marking: Marking, hypothesis: Hypothesis) -> bool:
    """Whether the mistake uses another quantity, or another formula, at any step at all."""
    return any(
        _settled(marking, step, found) != _settled(marking, step, step.equation.expression)
        for key, step in marking.steps.items()
        if (found := hypothesis.expression(step.equation, key[1])) is not None and marking.exists(found, step.letters)
    )


def _settled(marking: Marking, step: Step, expr: Expr) -> Expr:
    """The formula with its positions put in; before a sequence begins there is one state, however far one looks."""
    lasts = marking.exercise.network.plan.lasts

    def begun(part: Expr) -> Expr:
        if isinstance(part, Ref) and part.indices:
            key = part.name, tuple(index.offset for index in part.indices)
            inside = key in marking.steps or part.name not in marking.begins
            return part if inside else Ref(part.name)
        return rebuild(part, tuple(map(begun, children(part))))

    return begun(bind(expr, {**lasts, **step.letters}))
