"""Exercise and seed → variants: numbers are drawn, what is at fault is drawn again, ranges are narrowed where that does
not help, and what was done is counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Position
from rnncalc.errors import ExerciseError, Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.exercise.randomize import Rules
from rnncalc.reader import Rows
from rnncalc.solving import Hidden, Solution, solve
from rnncalc.source import Mapping as MappingNode
from rnncalc.variants.draws import drawn
from rnncalc.variants.faults import Fault, Kind, Zeros, faults, measured_answers, zeros_of
from rnncalc.variants.ranges import Drawable, drawables
from rnncalc.variants.telling import Telling

PATIENCE = 6
"""The range of a quantity that was at fault so often is narrowed."""
STUBBORN = 4
"""Where mistakes were hidden so often, all numbers are drawn anew."""
MOST_ATTEMPTS = 400
TRIALS = 3
"""A mistake that so many draws do not show is one that the exercise cannot show."""
ALL_STEPS = 1 << 40
_FAILURES: Mapping[Kind, str] = {
    "saturated": "an argument beyond the limit",
    "dead": "a unit that is 0 at every step",
    "tiny": "an entry too close to 0",
    "undefined": "a value that does not exist",
    "repeated": "the answers of another variant",
    "hidden": "a digit that cannot be decided",
    "alike": "a mistake that would not show",
}


def rules_for(exercise: Exercise, randomize: bool) -> Rules:
    """The rules of an exercise. Raises UsageError if it has none, unless everything is to be drawn all the same."""
    if exercise.randomize is None and not randomize:
        hint = "add `--randomize` to draw all its numbers, or `randomize: {W: {from: -2, to: 2}}` to the file"
        raise UsageError(Problem(f"`{exercise.name}` does not say what to draw at random", None, hint))
    return exercise.randomize or Rules()


class Variant(Struct, frozen=True):
    """A variant and its solution, with the arrays that were drawn, each as its section and the name it has there, and
    with what it took to find them: how many attempts, and the faults of those that failed."""

    number: int
    seed: int
    solution: Solution
    drawn: Mapping[tuple[str, str], Mapping[Position, Rows]]
    attempts: int
    faults: tuple[Fault, ...]


class Drawn(Struct):
    """A quantity while its variant is sought: how often it was drawn, and how often it was at fault in its range."""

    of: Drawable
    attempt: int = 0
    failures: int = 0
    rows: Mapping[Position, Rows] = {}


def generate(exercise: Exercise, file: MappingNode, rules: Rules, seed: int, count: int) -> Iterator[Variant]:
    """So many variants of an exercise, whose answers all differ; `file` is what it was read from.

    Raises ExerciseError if there is nothing to draw, or if no numbers are found that meet the rules.
    """
    pool = drawables(exercise, file, replace(rules, seed=seed))
    if not pool:
        hint = "write `randomize: {W: {from: -2, to: 2}}`; zeros and one-hot columns stay as they are unless asked for"
        raise ExerciseError(Problem("there are no numbers here that could be drawn at random", file.span, hint))
    zeros = zeros_of(solve(exercise, last=ALL_STEPS, float64=True))
    answers: set[object] = set()
    # A search that is thrown away finds ranges in which variants are found easily; all are drawn from the same ones.
    trial = _Search(exercise, rules, seed, 0, pool, set(), zeros)
    first = trial.found()
    pool = [part.of for part in trial.parts]
    trials = [first.solution]
    for number in range(1, TRIALS):
        with suppress(ExerciseError):
            trials.append(_Search(exercise, rules, seed, -number, pool, set(), zeros).found().solution)
    telling = Telling(trials)
    for number in range(1, count + 1):
        yield _Search(exercise, rules, seed, number, pool, answers, zeros, telling).found()


class _Search:
    """The search for the numbers of one variant."""

    def __init__(
        self,
        exercise: Exercise,
        rules: Rules,
        seed: int,
        number: int,
        pool: Sequence[Drawable],
        taken: set[object],
        zeros: Zeros,
        telling: Telling | None = None,
    ) -> None:
        self.exercise, self.rules, self.seed, self.number = exercise, rules, seed, number
        self.taken, self.zeros, self.telling = taken, zeros, telling
        self.parts = [Drawn(one) for one in pool]
        self.met: list[Fault] = []
        self.hidden = 0
        for part in self.parts:
            self.draw(part)

    def found(self) -> Variant:
        for attempt in range(1, MOST_ATTEMPTS + 1):
            solution, wrong = self.judged()
            if solution and not wrong:
                numbers = {(part.of.section, part.of.spelling): part.rows for part in self.parts}
                return Variant(self.number, self.seed, solution, numbers, attempt, tuple(self.met))
            self.met += wrong
            self.mend(wrong)
        raise ExerciseError(self.failure())

    def failure(self) -> Problem:
        common = Counter((fault.kind, fault.quantity) for fault in self.met).most_common(3)
        often = ", ".join(f"{_failure(*fault)} ({times} ×)" for fault, times in common)
        hint = "widen `limit:` or the ranges in `randomize:`, or keep fewer quantities as they are"
        what = f"no numbers for variant {self.number or 1} after {MOST_ATTEMPTS} attempts: {often}"
        return Problem(what, None, hint)

    # -- drawing

    def draw(self, part: Drawn) -> None:
        one, values = part.of, part.of.values
        count = sum(len(rows) * len(rows[0]) for rows in one.rows.values())
        entries = drawn(values, count, self.seed, self.number, one.name, one.section, part.attempt)
        entries = [Fraction(0) if place in one.zeros else entry for place, entry in enumerate(entries)]
        part.rows = _in_shape(entries, one.rows)
        part.attempt += 1

    def mend(self, wrong: Sequence[Fault]) -> None:
        """Draw again what is at fault, all of it if that is not known; narrow the ranges of what fails too often."""
        for part in self.parts:
            blamed = [fault for fault in wrong if part.of.name in fault.culprits or not fault.culprits]
            if not blamed:
                continue
            part.failures += any(fault.kind == "saturated" for fault in blamed)
            if part.failures >= PATIENCE and (narrower := part.of.narrowed()):
                part.of, part.failures = narrower, 0
            self.draw(part)

    # -- judging

    def judged(self) -> tuple[Solution | None, list[Fault]]:
        """The solution with the numbers drawn, or what is wrong with them."""
        candidate = self.candidate()
        try:
            quick = solve(candidate, last=ALL_STEPS, float64=True)
            wrong = list(faults(quick, self.rules, self.zeros))
            if not wrong and self.telling:
                wrong = self.hiding(quick, self.telling)
            solution = None if wrong else solve(candidate)
        except ExerciseError:
            wrong, solution = [Fault("undefined", "", frozenset())], None
        if solution is None:
            return None, wrong
        if any(isinstance(remark, Hidden) for remark in solution.remarks):
            return None, [Fault("hidden", "", frozenset())]
        answers = tuple(solution.rounded(found.value) for found in measured_answers(solution))
        if answers and answers in self.taken:
            return None, [Fault("repeated", "", frozenset())]
        self.taken.add(answers)
        return solution, []

    def hiding(self, solution: Solution, telling: Telling) -> list[Fault]:
        """A mistake that the numbers hide; all is drawn anew now and then, as other equations may be what hides it."""
        wrong = list(telling.faults(solution))
        if wrong:
            self.hidden += 1
            # These ranges are narrow enough: a long search must not narrow them until nothing shows.
            for part in self.parts:
                part.failures = 0
        return wrong if self.hidden % STUBBORN else [replace(fault, culprits=frozenset()) for fault in wrong]

    def candidate(self) -> Exercise:
        """The exercise with the numbers drawn."""
        network = self.exercise.network
        given = dict(network.given)
        for part in self.parts:
            if part.of.section != "initial":
                given[part.of.name] = replace(given[part.of.name], values=part.rows)
        data = {**network.data, **{(part.of.name, at): rows for part in self.parts for at, rows in part.rows.items()}}
        changed = replace(network, given=given, data=data)
        origin = {"number": str(self.number), "seed": str(self.seed)}
        return replace(self.exercise, network=changed, expect=(), randomize=None, variant=origin)


def _in_shape(entries: Sequence[Fraction], like: Mapping[Position, Rows]) -> dict[Position, Rows]:
    """The entries as arrays at the positions of others."""
    left = iter(entries)
    return {at: tuple(tuple(next(left) for _ in row) for row in rows) for at, rows in like.items()}


def _failure(kind: Kind, quantity: str) -> str:
    return _FAILURES[kind] + (f" in `{quantity}`" if quantity else "")
