"""Exercise and seed → variants: ranges are found once, searches run side by side, and what they find is certified."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Position
from rnncalc.errors import ExerciseError, Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.exercise.letters import entries, put_in
from rnncalc.exercise.randomize import Rules
from rnncalc.numbers import Letter
from rnncalc.reader import Rows
from rnncalc.solving import Hidden, Solution, solve
from rnncalc.source import Mapping as MappingNode
from rnncalc.variants.bench import Batch, Bench
from rnncalc.variants.faults import Answers, Fault, Judge, Kind, chosen_words
from rnncalc.variants.ranges import Drawable, drawables
from rnncalc.variants.search import Search, numbers_of
from rnncalc.variants.telling import Telling

SIDE_BY_SIDE = 64
"""Searches that are judged at once: the batch costs little more than one."""
MOST_VALUES = 200_000
"""Computed quantities in a batch: long exercises are searched for in smaller ones."""
MOST_AHEAD = 8 * SIDE_BY_SIDE
FEWEST_TRIALS, MOST_TRIALS = 64, 256
"""Numbers that are drawn to learn which mistakes show together. Of several hundred mistakes, few trials would have some
pass that hardly any other numbers show."""
ENOUGH, HOPELESS = 60, 200
"""Trials that take more attempts are left out; there are no variants if none is found with so many."""
FREE = 64
"""So many draws tell whether the ranges are too wide."""
TOO_OFTEN = 0.6
"""A range is too wide if so many draws saturate one unit."""


def rules_for(exercise: Exercise, randomize: bool) -> Rules:
    """The rules of an exercise. Raises UsageError if it has none, unless everything is to be drawn all the same."""
    if exercise.randomize is None and not randomize:
        hint = "add `--randomize` to draw all its numbers, or `randomize: {W: {from: -2, to: 2}}` to the file"
        raise UsageError(Problem(f"`{exercise.name}` does not say what to draw at random", None, hint))
    return exercise.randomize or Rules()


_NOTHING = "write `randomize: {W: {from: -2, to: 2}}`; zeros and one-hot columns stay as they are unless asked for"


class Variant(Struct, frozen=True):
    """A variant and its solution, with the arrays that were drawn, each as its section and the name it has there, and
    with what it took to find them: how many attempts, and the faults of those that failed. `argument` is the largest
    argument of a squashing function."""

    number: int
    seed: int
    solution: Solution
    drawn: Mapping[tuple[str, str], Mapping[Position, Rows]]
    attempts: int
    faults: tuple[Fault, ...]
    argument: float


class Series:
    """The variants of an exercise that a seed gives; `file` is what the exercise was read from.

    Raises ExerciseError if there is nothing to draw, or if no numbers are found that meet the rules.
    """

    def __init__(self, exercise: Exercise, file: MappingNode, rules: Rules, seed: int) -> None:
        self.exercise, self.seed = exercise, seed
        judged = _in_numbers(exercise)
        pool = drawables(exercise, file, replace(rules, seed=seed))
        if not pool:
            raise ExerciseError(Problem("there are no numbers here that could be drawn at random", file.span, _NOTHING))
        self.bench = Bench(judged.network)
        drawn = {one.name: one.shape for one in pool if one.section != "initial"}
        self.judge = Judge(judged, rules, self.bench, drawn)
        self.width = max(1, min(SIDE_BY_SIDE, MOST_VALUES // judged.network.plan.count))
        self.telling: Telling | None = None
        self.givers: dict[Answers, int] = {}
        self.pool = self._narrowed(pool)
        self.telling = Telling(judged, self.bench, self.judge, self._trials())
        self.examined = self.telling.examined
        self.words = chosen_words(exercise.network.plan.equations)

    def variants(self, count: int) -> Iterator[Variant]:
        """So many variants, whose answers all differ."""
        answers: set[object] = set()
        self.givers = {}
        left = iter(range(1, count + 1))
        window: deque[Search] = deque()
        while True:
            self._fill(window, left)
            if not window:
                return
            running = [one for one in window if not one.found and not one.failed]
            if running:
                self._judge(running[: self.width])
            while window and (window[0].found or window[0].failed):
                variant = self._certified(window[0], answers)
                if variant is None:
                    break
                window.popleft()
                yield variant

    def _fill(self, window: deque[Search], left: Iterator[int]) -> None:
        """Begin searches until enough run; those that are through wait for the ones before them."""
        running = sum(not one.found for one in window)
        while running < self.width and len(window) < MOST_AHEAD and (number := next(left, None)):
            window.append(Search(self.pool, self.seed, number))
            running += 1

    # -- ranges and trials

    def _narrowed(self, pool: list[Drawable]) -> list[Drawable]:
        """The quantities with ranges in which no unit is saturated most of the time, as far as they may be narrowed: of
        the numbers behind a unit, the range of the largest ones."""
        while True:
            searches = [Search(pool, self.seed, -number) for number in range(FREE)]
            widest: dict[str, Drawable] = {}
            for names in self.judge.too_wide(self._batch(searches), TOO_OFTEN):
                open_to_it = [one for one in pool if one.name in names and one.narrowed()]
                if open_to_it:
                    one = max(open_to_it, key=lambda one: one.largest)
                    widest[one.name] = one
            if not widest:
                return pool
            pool = [(widest.get(one.name) is one and one.narrowed()) or one for one in pool]

    def _trials(self) -> Batch:
        """Numbers of variants that are thrown away: what they show can be asked of all."""
        count = min(MOST_TRIALS, max(FEWEST_TRIALS, MOST_VALUES // self.bench.network.plan.count))
        trials = [Search(self.pool, self.seed, -number) for number in range(count)]
        for _ in range(HOPELESS):
            found = [one for one in trials if one.found]
            if len(found) == len(trials) or (found and trials[0].attempts > ENOUGH):
                break
            self._judge([one for one in trials if not one.found])
        if not found:
            raise ExerciseError(trials[0].failure())
        return self._batch(found)

    # -- judging

    def _batch(self, searches: Sequence[Search]) -> Batch:
        return self.bench.batch(len(searches), numbers_of(searches))

    def _judge(self, searches: Sequence[Search]) -> None:
        """Judge the numbers of each, and mend what is wrong with them."""
        batch = self._batch(searches)
        wrong, arguments = self.judge.judged(batch)
        good = [number for number, one in enumerate(wrong) if not one]
        if good and self.telling:
            for number, one in zip(good, self.telling.faults(batch.only(good)), strict=True):
                wrong[number] = one or self._given_before(searches[number], self.judge.printed_alike(batch, number))
        for number, (search, one) in enumerate(zip(searches, wrong, strict=True)):
            if one:
                search.mend(one)
            else:
                search.found, search.argument = True, float(arguments[number])

    def _given_before(self, search: Search, answers: Answers) -> list[Fault]:
        """The fault of answers that an earlier variant has, or will have. Certified, they would be found to be given as
        well; here many searches that must go on do so together."""
        if answers and self.givers.get(answers, search.number) < search.number:
            return [Fault("repeated")]
        search.answers, self.givers[answers] = answers, search.number
        return []

    def _certified(self, search: Search, answers: set[object]) -> Variant | None:
        """The variant with its certified solution; None if the search has to go on."""
        if search.failed:
            raise ExerciseError(search.failure())
        try:
            solution = solve(self._candidate(search))
        except ExerciseError:
            self._reject(search, "undefined")
            return None
        found = [solution.rounded(one.value) for one in solution.answers if one.name not in self.words]
        if kind := self._unfit(solution, found, answers):
            self._reject(search, kind)
            return None
        answers.add(tuple(found))
        drawn = {(part.of.section, part.of.spelling): part.rows() for part in search.parts}
        return Variant(search.number, self.seed, solution, drawn, search.attempts, tuple(search.met), search.argument)

    def _reject(self, search: Search, kind: Kind) -> None:
        if self.givers.get(search.answers) == search.number:
            del self.givers[search.answers]
        search.mend([Fault(kind)])

    def _unfit(self, solution: Solution, found: Sequence[object], answers: set[object]) -> Kind | None:
        if any(isinstance(remark, Hidden) for remark in solution.remarks):
            return "hidden"
        if solution.exercise.network.plan.lengths != self.bench.network.plan.lengths:
            return "ended"
        return "repeated" if found and tuple(found) in answers else None

    def _candidate(self, search: Search) -> Exercise:
        """The exercise with the numbers drawn."""
        network = self.exercise.network
        given = dict(network.given)
        data = dict(network.data)
        for part in search.parts:
            rows = part.rows()
            data.update(((part.of.name, at), one) for at, one in rows.items())
            if part.of.section != "initial":
                given[part.of.name] = replace(given[part.of.name], values=rows)
        origin = {"number": str(search.number), "seed": str(self.seed)}
        changed = replace(network, given=given, data=data)
        return replace(self.exercise, network=changed, expect=(), randomize=None, variant=origin)


def _in_numbers(exercise: Exercise) -> Exercise:
    """The exercise as it is worked out in float64: as long as its sequence turns out to be, a small number for each
    letter."""
    if exercise.letters.missing:
        what = f"`{exercise.name}` leaves numbers out (`?`), and what they are found from would change"
        raise ExerciseError(Problem(what, None, "write numbers for the `?`"))
    letters = dict.fromkeys(entry for _, entry in entries(exercise.network) if isinstance(entry, Letter))
    numbers = {}
    for number, letter in enumerate(letters):
        size = Fraction(number + 2, 2 * number + 7)
        is_negative = exercise.letters.assumptions.get(letter.name) == "-"
        numbers[letter.name, letter.position, letter.entry] = -size if is_negative else size
    if numbers:
        network = put_in(exercise.network, numbers)
        exercise = replace(exercise, network=network, letters=replace(exercise.letters, present=False))
    return solve(exercise, float64=True).exercise if exercise.stop is not None else exercise
