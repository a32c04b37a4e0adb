"""An exercise → its marking: every step worked out once, with as many bits as its digits need."""

from collections.abc import Callable, Iterator, Sequence

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking, Step
from rnncalc.checking.truth import BITS, truth
from rnncalc.equations import Evaluation, ImpreciseError, Ref, needs
from rnncalc.errors import LimitError, Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.solving import solve

MOST_STEPS = 20_000


def prepare(exercise: Exercise, asked: Sequence[Ref] | None = None) -> Marking:
    """Work the exercise out and prepare it for marking. What is `asked` for must be answered: by default what the
    exercise finds.

    Raises LimitError for an exercise of more steps than anybody hands in, UsageError where letters stand for numbers.
    """
    if exercise.stop is not None:
        # Nothing is asked for behind the word at which the sequence ends.
        exercise, asked = solve(exercise, float64=True).exercise, None
    plan = exercise.network.plan
    if exercise.letters.present:
        what = f"`{exercise.name}` has letters among its numbers: answers cannot be compared with them"
        raise UsageError(Problem(what, None, "put numbers in for the letters"))
    if plan.count > MOST_STEPS:
        what = f"`{exercise.name}` has {plan.count} steps; at most {MOST_STEPS} can be marked"
        raise LimitError(Problem(what, None, "ask for an earlier position, or give fewer steps"))
    bits = BITS
    while True:
        try:
            return Marking(exercise, list(_steps(exercise, bits)), exercise.find if asked is None else asked)
        except ImpreciseError:
            if bits > 64 * BITS:
                raise
            bits *= 4


def marking_of(load: Callable[[bool], Exercise]) -> Marking:
    """The marking of an exercise that `load(gradients)` reads: where there is a loss, every gradient may be answered,
    and what the exercise finds must be."""
    exercise = load(False)
    whole = load(True) if exercise.loss and not exercise.training else exercise
    return prepare(whole, exercise.find)


def _steps(exercise: Exercise, bits: int) -> Iterator[Step]:
    import flint

    from rnncalc.equations.domains.certified import Certified

    network, domain = exercise.network, Certified()
    plan = network.plan
    numbers = {equation: number for number, equation in enumerate(plan.equations)}
    with flint.ctx.workprec(bits):
        data = {key: domain.array(rows) for key, rows in network.data.items()}
        zeros = {name: domain.zeros(*network.shapes.known(name)) for name, _ in network.zero_states}
        computed: set[Key] = set()
        for instance in Evaluation(plan, domain, data, zeros.__getitem__):
            key = instance.equation.name, instance.position
            used = needs(instance.equation.expression, instance.letters, plan.lengths)
            yield Step(
                key,
                numbers[instance.equation],
                instance.equation,
                dict(instance.letters),
                domain.shape(instance.value),
                tuple(map(truth, instance.value.entries)),
                tuple(one for one in dict.fromkeys(used) if one in computed),
            )
            computed.add(key)
