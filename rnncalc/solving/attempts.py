"""Exercise → Solution: every step with its intermediate results, and every printed digit certain.

The network is computed in balls, at rising precision, until each number that will be shown can be rounded. It says
nothing in words and knows no page.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.cell import Stage
from rnncalc.equations import (
    Domain,
    Equation,
    Evaluation,
    Expr,
    ImpreciseError,
    Index,
    Instance,
    Position,
    Ref,
    StoppedError,
    bind,
    contains,
    trace,
    unfold,
)
from rnncalc.errors import ExerciseError, LimitError, Problem
from rnncalc.exercise import Exercise
from rnncalc.exercise.generation import cut
from rnncalc.exercise.given import Expected
from rnncalc.exercise.network import Misfit, evaluate
from rnncalc.numbers import Precision, Rounded
from rnncalc.solving.abridged import Abridged, abridged
from rnncalc.solving.chain import Chain

if TYPE_CHECKING:
    from rnncalc.equations.domains.certified import Certified
    from rnncalc.equations.domains.closed import Closed

FIRST_BITS = 128
MAX_BITS = 1 << 15
MAX_WORK = 40_000_000
"""Multiplications of 512 bits or less, about 20 seconds, beyond which certified numbers are given up for float64."""
MULTIPLICATIONS_EACH = 15
"""What it costs to work out an equation once, beside its multiplications, in multiplications."""
MAX_EVALUATIONS = 3_000_000
"""More than this would take minutes in any arithmetic: 100 000 steps of four stacked LSTM layers are 2 400 000."""
MAX_SECONDS = 60.0
"""Closed forms are worked out for so long unless it is said otherwise."""
HIDDEN_DIGITS = 300
"""A rounding that is undecided although the value is known to so many more decimals than are shown is called hidden."""
SHOWN, LAST = 300, 3
"""A solution of more than SHOWN instances shows only its LAST time steps, unless it is told how many."""
MOST_TERMS = 8
"""A sum over an index with more positions is not written out term by term."""

Progress = Callable[[int, int], None]
"""(instances done, instances in all)"""


class Step(Struct, frozen=True):
    """One instance worked out. `formula` is the equation with its positions put in, `expression` the same with sums
    over an index written out; `values` holds the value of every part of the expression."""

    equation: Equation
    position: Position
    formula: Expr
    expression: Expr
    values: Mapping[Expr, Any]
    stage: Stage | None

    @property
    def target(self) -> Ref:
        return Ref(self.equation.name, tuple(Index("", place) for place in self.position))

    @property
    def value(self) -> Any:
        return self.values[self.expression]


class Found(Struct, frozen=True):
    """A quantity that was asked for, with its value."""

    name: str
    position: Position
    value: Any


class Uncertified(Struct, frozen=True):
    """The digits are those of float64 arithmetic: as `asked`, or because certified numbers would take too long."""

    asked: bool


class Hidden(Struct, frozen=True):
    """A value lies on the edge between two roundings, or on 0, as far as is known: to within 10**`width`."""

    name: str
    position: Position
    width: int


class Disagreement(Struct, frozen=True):
    """The file expects another value."""

    name: str
    position: Position
    expected: Expected


class Ended(Struct, frozen=True):
    """The sequence ended by itself, at the first position where its last word was chosen; None if it did not."""

    name: str
    position: Position | None


class Stopped(Struct, frozen=True):
    """The computation was given up before this quantity, the seconds or the size allowed being passed: what was
    computed before is true."""

    passed: Literal["seconds", "size"]
    limit: float
    name: str
    position: Position


Remark = Misfit | Stopped | Uncertified | Hidden | Disagreement | Ended


class Solution(Struct, frozen=True):
    """`steps` are the instances shown, in order; `total` is how many were computed."""

    exercise: Exercise
    domain: Domain
    precision: Precision
    steps: tuple[Step, ...]
    answers: tuple[Found, ...]
    remarks: tuple[Remark, ...]
    total: int

    def shape(self, value: Any) -> tuple[int, int]:
        return self.domain.shape(value)

    def rounded(self, value: Any, precision: Precision | None = None) -> tuple[tuple[Rounded, ...], ...]:
        """The entries as they are printed, row by row."""
        rows, columns = self.shape(value)
        precision = precision or self.precision
        entries = [
            one or self._on_edge(value, number, precision)
            for number, one in enumerate(self.domain.rounded(value, precision))
        ]
        return tuple(tuple(entries[row * columns : (row + 1) * columns]) for row in range(rows))

    def _on_edge(self, value: Any, number: int, precision: Precision) -> Rounded:
        """An entry that is Hidden: a digit or two more decide it, or it is 0 to as many decimals as are printed."""
        finer = (Precision(precision.digits + more, precision.kind) for more in (1, 2, 3))
        for one in (*finer, Precision(precision.digits, "decimals")):
            found = self.domain.rounded(value, one)[number]
            if found is not None:
                return found
        raise AssertionError("a value as uncertain as this is not shown")


def solve(
    exercise: Exercise,
    *,
    precision: Precision | None = None,
    last: int | None = None,
    float64: bool = False,
    exact: bool = False,
    max_seconds: float | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Work the exercise out.

    With `exact`, and where letters stand among the numbers, values are closed forms: rationals, σ(−4), √2, formulas in
    the letters. That work ends after `max_seconds`, or where a form becomes too large, with a remark.

    `last` limits the steps shown to the last so many positions of each index. With `float64` the numbers are IEEE
    doubles: quick, and their last digits uncertain; work too long for certified numbers falls back to them and says so.
    Raises ExerciseError where a value does not exist (a division by zero), LimitError where there is too much to do.
    """
    if exercise.network.evaluations > MAX_EVALUATIONS:
        count, most = (f"{number:,}".replace(",", " ") for number in (exercise.network.evaluations, MAX_EVALUATIONS))
        what = (
            f"`{exercise.name}`: the equations would be worked out {count} times, and at most {most} times are allowed"
        )
        raise LimitError(Problem(what, None, "ask for an earlier position, or give fewer steps"))
    run = _Run(exercise, precision or Precision(), last, progress)
    if exact or exercise.letters.present:
        solution = run.closed(max_seconds or MAX_SECONDS)
    else:
        solution = (None if float64 else run.certified()) or run.in_float64(asked=float64)
    shorter = _ended(exercise, solution)
    if shorter is None:
        return solution
    how: dict[str, Any] = {"float64": float64, "exact": exact, "max_seconds": max_seconds}
    return solve(shorter, precision=precision, last=last, progress=progress, **how)


def _ended(exercise: Exercise, solution: Solution) -> Exercise | None:
    """The exercise of the shorter sequence, where the sequence ended before its greatest length."""
    end = next((remark.position for remark in solution.remarks if isinstance(remark, Ended)), None)
    stop, network = exercise.stop, exercise.network
    if stop is None or end is None or end[0] == network.plan.lengths[stop.letter]:
        return None
    network, find = cut(network, stop, end[0], exercise.find)
    return replace(exercise, network=network, find=find)


class _Run:
    """The attempts at one exercise."""

    def __init__(self, exercise: Exercise, precision: Precision, last: int | None, progress: Progress | None) -> None:
        self.exercise, self.precision, self.progress = exercise, precision, progress
        self.network = exercise.network
        self.plan = self.network.plan
        self.last = LAST if last is None and self.plan.count > SHOWN else last
        self.stages = {name: stage for stage in exercise.stages for name in stage.of}
        self.asked = {ref.name for ref in exercise.find}
        self.ends = {(name, position) for name, position in self.plan.boundary if name in exercise.adjoints}

    def certified(self) -> Solution | None:
        """The solution in balls; None if it would take too much work."""
        import flint

        from rnncalc.equations.domains.certified import Certified

        work = self.network.multiplications + MULTIPLICATIONS_EACH * self.network.evaluations
        hidden = -HIDDEN_DIGITS - self.precision.digits
        imprecise: Problem | None = None
        bits = FIRST_BITS
        while bits <= MAX_BITS and work * max(bits, 512) <= MAX_WORK * 512:
            with flint.ctx.workprec(bits):
                try:
                    solution = self.attempt(domain := Certified())
                    undecided = _undecided(solution, domain)
                    last = bits * 4 > MAX_BITS or work * bits * 4 > MAX_WORK * 512
                    if all(one.width <= hidden for one in undecided) and (last or self.words_settled(solution)):
                        return replace(solution, remarks=(*solution.remarks, *undecided))
                    imprecise = None
                except ImpreciseError as error:
                    imprecise = self.imprecise(error, bits)
            bits *= 4
        if imprecise and bits > MAX_BITS:
            raise ExerciseError(imprecise)
        return None

    def words_settled(self, solution: Solution) -> bool:
        """Whether it is known which word is the most likely, or that several are equally likely."""
        words = self.exercise.words
        return all(solution.domain.leaders(value)[1] for name, _, value in _results(solution) if name in words)

    def closed(self, seconds: float) -> Solution:
        """The solution in closed forms."""
        from rnncalc.equations.domains.closed import Closed

        end = monotonic() + seconds

        def watch() -> None:
            if monotonic() > end:
                raise StoppedError("seconds", seconds)

        letters = self.exercise.letters
        solution = self.attempt(domain := Closed(letters.assumptions, watch, self.exercise.shares, letters.found))
        return replace(solution, remarks=(*solution.remarks, *_undecided(solution, domain)))

    def imprecise(self, error: ImpreciseError, bits: int) -> Problem:
        """What is known of a value that no precision settles."""
        equation, position = self.next_instance()
        name = self.exercise.quantities.key(equation.name, position)
        return Problem(f"`{name}`: {error}, even with {bits * 3 // 10} digits", equation.span, error.hint)

    def next_instance(self) -> tuple[Equation, Position]:
        """The instance that follows the last one done."""
        number, letters = next(islice(self.plan.instances(), self.done, None))
        equation = self.plan.equations[number]
        return equation, equation.position(letters)

    def in_float64(self, asked: bool) -> Solution:
        import numpy

        from rnncalc.equations.domains.float64 import Float64

        hint = "leave out `--float64`: certified numbers have no such limit" if asked else "give smaller numbers"
        try:
            with numpy.errstate(all="ignore"):
                solution = self.attempt(domain := Float64(), abridge=True)
        except OverflowError:
            raise ExerciseError(Problem("a number of the file is too large for float64", None, hint)) from None
        for name, position, value in _shown(solution):
            if not all(numpy.isfinite(float(entry.item())) for entry in domain.entries(value)):
                name = self.exercise.quantities.key(name, position)
                raise ExerciseError(Problem(f"`{name}` leaves the range of float64", None, hint))
        return replace(solution, remarks=(*solution.remarks, Uncertified(asked)))

    def attempt(self, domain: Domain, abridge: bool = False) -> Solution:
        """One run in one domain. A long run in float64 may be abridged: only what is shown is walked through."""
        exercise, plan = self.exercise, self.plan
        asked = [(ref.name, plan.boxes(ref)) for ref in exercise.find]
        expected = {(e.quantity.name, position): e for e in exercise.expect for position in plan.positions(e.quantity)}
        steps: list[Step] = []
        answers: dict[tuple[int, str, Position], Found] = {}
        right: set[tuple[str, Position]] = set()
        chosen: dict[Position, int] = {}
        stops: list[Remark] = []
        for step, name, position, value in self.until_stopped(domain, abridge, stops):
            steps.extend([step] if step else [])
            for number, (wanted, boxes) in enumerate(asked):
                if wanted == name and contains(boxes, position):
                    answers[number, name, position] = Found(name, position, value)
            one = expected.get((name, position))
            if one and domain.agrees(value, [entry for row in one.values for entry in row], one.units):
                right.add((name, position))
            if exercise.stop and name == exercise.stop.name:
                chosen[position] = domain.leaders(value)[0][0]
        remarks: list[Remark] = [*self.network.misfits, *stops]
        if not stops:
            remarks += [Disagreement(*where, one) for where, one in expected.items() if where not in right]
            remarks += self.end(chosen)
        found = tuple(answers[where] for where in sorted(answers))
        total = (self.done if stops else plan.count) - self.unwritten
        return Solution(exercise, domain, self.precision, tuple(steps), found, tuple(remarks), total)

    def end(self, chosen: Mapping[Position, int]) -> list[Remark]:
        """Where the sequence ends, by the entry that was chosen at each position."""
        stop = self.exercise.stop
        if stop is None:
            return []
        ends = sorted(position for position, number in chosen.items() if number == stop.number)
        whole = len(chosen) == self.plan.lengths[stop.letter]
        return [Ended(stop.name, ends[0] if ends else None)] if ends or whole else []

    def until_stopped(
        self, domain: Domain, abridge: bool, stops: list[Remark]
    ) -> Iterator[tuple[Step | None, str, Position, Any]]:
        """The instances up to where the domain gives up, which is noted."""
        try:
            yield from self.instances(domain, abridge)
        except StoppedError as error:
            equation, position = self.next_instance()
            stops.append(Stopped(error.passed, error.limit, equation.name, position))

    def instances(self, domain: Domain, abridge: bool) -> Iterator[tuple[Step | None, str, Position, Any]]:
        """Each instance as it is computed, worked out in full if it is to be shown."""
        evaluation = evaluate(self.network, domain)
        self.done = self.unwritten = 0
        self.chain = Chain(self.ends)
        if short := self.abridged(evaluation) if abridge else None:
            evaluation = short.evaluation
            yield from ((None, name, place, value) for (name, place), value in short.values.items())
        for done, instance in enumerate(evaluation):
            self.done = done + 1
            step = self.step(instance, evaluation) if self.is_shown(instance) else None
            if step and step.equation.name in self.exercise.shares - self.asked:
                step, self.unwritten = None, self.unwritten + 1
            yield step, instance.equation.name, instance.position, instance.value
            if self.progress:
                self.progress(done + 1, self.plan.count)

    def abridged(self, evaluation: Evaluation) -> Abridged | None:
        """What is not shown, computed by a compiled program: what the last steps use of it, and what is asked for."""
        if self.last is None:
            return None
        asked = [*self.exercise.find, *(expected.quantity for expected in self.exercise.expect)]
        asked += [Ref(self.exercise.stop.name)] if self.exercise.stop else []
        wanted = ((ref.name, position) for ref in asked for position in self.plan.positions(ref))
        return abridged(evaluation, self.network.shapes, self.last, wanted)

    def is_shown(self, instance: Instance) -> bool:
        if self.last is None:
            return True
        first_shown = self.plan.last_wanted(instance.equation, self.last)
        return all(position >= first for position, first in zip(instance.position, first_shown, strict=True))

    def step(self, instance: Instance, evaluation: Evaluation) -> Step | None:
        """The instance worked out; None for one that is not written, because it is zero beyond the end."""
        equation = instance.equation
        target = Ref(equation.name, tuple(Index("", place) for place in instance.position))
        last = {letter.upper(): length for letter, length in self.plan.lengths.items()}
        formula = bind(equation.expression, {**last, **instance.letters})
        expression = unfold(formula, self.plan.lengths, MOST_TERMS)
        values: dict[Expr, Any] = {}
        if equation.name in self.exercise.adjoints:
            values = self.chain.known(expression)
            formula, lean = self.chain.lean(formula) or formula, self.chain.lean(expression)
            if lean is None:
                self.chain.zeros.add(target)
                self.unwritten += 1
                return None
            expression = lean
        values = trace(expression, evaluation.domain, evaluation.lookup, self.plan.lengths, values)
        if equation.name in self.exercise.shares:
            self.chain.keep(target, expression, values)
        return Step(equation, instance.position, formula, expression, values, self.stages.get(equation.name))


def _shown(solution: Solution) -> Iterator[tuple[str, Position, Any]]:
    """Every value on the page, with the quantity it belongs to."""
    for step in solution.steps:
        yield from ((step.equation.name, step.position, value) for value in step.values.values())
    yield from ((found.name, found.position, found.value) for found in solution.answers)


def _results(solution: Solution) -> Iterator[tuple[str, Position, Any]]:
    """The values of the steps and the answers, with the quantity each belongs to."""
    yield from ((step.equation.name, step.position, step.value) for step in solution.steps)
    yield from ((found.name, found.position, found.value) for found in solution.answers)


def _undecided(solution: Solution, domain: "Certified | Closed") -> tuple[Hidden, ...]:
    """Every quantity shown with an entry, or an entry of an intermediate result, that cannot be rounded yet."""
    found: dict[tuple[str, Position], int] = {}
    for name, position, value in _shown(solution):
        for entry, one in zip(value.entries, domain.rounded(value, solution.precision), strict=True):
            if one is None:
                width = domain.width(entry)
                found[name, position] = max(width, found.get((name, position), width))
    return tuple(Hidden(name, position, width) for (name, position), width in found.items())
