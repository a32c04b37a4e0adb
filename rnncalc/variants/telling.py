"""Mistakes that an exercise can show: solved with the wrong equations, its answers are other numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite

from rnncalc.answers import Key, read_written
from rnncalc.checking import prepare
from rnncalc.checking.recomputation import Recomputation
from rnncalc.checking.supposition import (
    Supposed,
    all_supposed,
    has_comparable_numbers,
    with_mistake,
    without_mistake,
    work,
)
from rnncalc.solving import Solution
from rnncalc.variants.faults import Fault, measured_answers, sources

MOST_WORK = 40_000
"""Multiplications for all mistakes together, about 10 milliseconds, beyond which they are not looked for."""


class Telling:
    """The mistakes that every variant must show: those that at least one of the `trials` shows."""

    def __init__(self, trials: Sequence[Solution]) -> None:
        exercise = trials[0].exercise
        is_examined = work(exercise) <= MOST_WORK and has_comparable_numbers(exercise)
        self.marking = prepare(exercise) if is_examined else None
        self.mistakes: tuple[Supposed, ...] = ()
        if self.marking and work(exercise) * len(found := tuple(all_supposed(self.marking))) <= MOST_WORK:
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
        right = without_mistake(marking)
        printed = dict(_printed(solution))
        for one in self.mistakes:
            if not _differs(with_mistake(marking, one, right), printed):
                yield one


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
