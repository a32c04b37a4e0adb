"""Mistakes that an exercise can show: solved with the wrong equations, its answers are other numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite

from msgspec import Struct

from rnncalc.answers import Key, read_written
from rnncalc.checking import Marking, prepare
from rnncalc.checking.recomputation import Recomputation
from rnncalc.checking.supposition import can_be_made, supposed
from rnncalc.exercise import Exercise
from rnncalc.mistakes import Hypothesis
from rnncalc.solving import MULTIPLICATIONS_EACH, Solution
from rnncalc.variants.faults import Fault, measured_answers, sources

MOST_WORK = 40_000
"""Multiplications for all mistakes together, about 10 milliseconds, beyond which they are not looked for."""


class Supposed(Struct, frozen=True):
    """A mistake at every step, with the steps that it leaves as they are."""

    hypothesis: Hypothesis
    untouched: tuple[Key, ...]


class Telling:
    """The mistakes that every variant must show: those that at least one of the `trials` shows."""

    def __init__(self, trials: Sequence[Solution]) -> None:
        exercise = trials[0].exercise
        self.marking = prepare(exercise) if _is_examined(exercise) else None
        self.mistakes: tuple[Supposed, ...] = ()
        if self.marking and _work(exercise) * len(found := tuple(_all_supposed(self.marking))) <= MOST_WORK:
            self.mistakes = found
            times = Counter(id(one) for trial in trials for one in self.hidden(trial))
            shown = [one for one in self.mistakes if times[id(one)] < len(trials)]
            # What is hidden most often comes first: numbers that fail do so soon.
            self.mistakes = tuple(sorted(shown, key=lambda one: -times[id(one)]))

    def faults(self, solution: Solution) -> Iterator[Fault]:
        """A fault for every quantity in whose equations the first mistake is made that would not show."""
        if (one := next(self.hidden(solution), None)) is not None:
            for name in one.hypothesis.names:
                yield Fault("alike", name, sources(solution.exercise, name))

    def hidden(self, solution: Solution) -> Iterator[Supposed]:
        """Mistakes that change no answer of a solution by more than one unit of its last digit."""
        marking = self.marking
        if marking is None or not self.mistakes:
            return
        marking.put(solution.exercise.network)
        right = supposed(marking, None)
        for key in marking.steps:
            right.supply(key)
        printed = dict(_printed(solution))
        for one in self.mistakes:
            view = supposed(marking, one.hypothesis)
            view.passed = {key: right.passed[key] for key in one.untouched if key in right.passed}
            if not _differs(view, printed):
                yield one


def _is_examined(exercise: Exercise) -> bool:
    """Where sequences end by themselves, or letters stand for numbers, no numbers can be compared."""
    return _work(exercise) <= MOST_WORK and exercise.stop is None and not exercise.letters.present


def _work(exercise: Exercise) -> int:
    return exercise.network.multiplications + MULTIPLICATIONS_EACH * exercise.network.evaluations


def _all_supposed(marking: Marking) -> Iterator[Supposed]:
    for one in marking.hypotheses:
        if one.only is None and can_be_made(marking, one):
            yield Supposed(one, tuple(_untouched(marking, one)))


def _untouched(marking: Marking, hypothesis: Hypothesis) -> Iterator[Key]:
    """The steps that use nothing of what the mistake changes."""
    touched: set[Key] = set()
    for key, step in marking.steps.items():
        if hypothesis.expression(step.equation, key[1]) is None and touched.isdisjoint(step.needs):
            yield key
        else:
            touched.add(key)


def _printed(solution: Solution) -> Iterator[tuple[Key, tuple[tuple[float, float], ...]]]:
    """The answers, each entry with one unit of its last digit: an entry that ends sooner is known to all digits. Words
    that were chosen are left out: few mistakes change them, and by chance."""
    least = 10.0**-solution.precision.digits
    for found in measured_answers(solution):
        cells = (read_written(cell.text) for row in solution.rounded(found.value) for cell in row)
        yield (found.name, found.position), tuple((cell.number, min(cell.step, least)) for cell in cells)


def _differs(view: Recomputation, printed: Mapping[Key, Iterable[tuple[float, float]]]) -> bool:
    """Whether an answer is another number under the mistake. A mistake that ends in no number is seen as well."""
    try:
        for key, entries in printed.items():
            if key not in view.marking.steps:
                continue
            for (low, high), (number, unit) in zip(view.step(key).entries, entries, strict=True):
                middle = (low + high) / 2
                if not isfinite(middle) or abs(middle - number) > 1.001 * unit:
                    return True
    except ArithmeticError:
        return True
    return False
