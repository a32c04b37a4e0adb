"""One run of an exercise in one number domain: each instance computed, and those that are shown worked out in full."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from rnncalc.equations import (
    Domain,
    Equation,
    Evaluation,
    Expr,
    Instance,
    Position,
    Ref,
    StoppedError,
    bind,
    contains,
    ref_at,
    trace,
    unfold,
)
from rnncalc.exercise import Exercise
from rnncalc.exercise.network import evaluate
from rnncalc.numbers import Precision
from rnncalc.solving.abridged import Abridged, abridged
from rnncalc.solving.chain import Chain
from rnncalc.solving.solution import Disagreement, Ended, Found, Remark, Solution, Step, Stopped

SHOWN, LAST = 300, 3
"""A solution of more than SHOWN instances shows only its LAST time steps, unless it is told how many."""
MOST_TERMS = 8
"""A sum over an index with more positions is not written out term by term."""

Progress = Callable[[int, int], None]
"""(instances done, instances in all)"""


class Run:
    """An exercise, worked out in one domain after another. The last `last` time steps are shown, all by default."""

    def __init__(self, exercise: Exercise, precision: Precision, last: int | None, progress: Progress | None) -> None:
        self.exercise, self.precision, self.progress = exercise, precision, progress
        self.network = exercise.network
        self.plan = self.network.plan
        self.last = LAST if last is None and self.plan.count > SHOWN else last
        self.stages = {name: stage for stage in exercise.stages for name in stage.of}
        self.asked = {ref.name for ref in exercise.find}
        self.ends = {(name, position) for name, position in self.plan.boundary if name in exercise.adjoints}
        self.chain = Chain(self.ends)
        self.done = self.unwritten = 0
        """The instances computed by now, and those among them that have no step of their own."""

    def through(self, domain: Domain, abridge: bool = False) -> Solution:
        """The solution in one domain. A long run in float64 may be abridged: only what is shown is walked through."""
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

    def next_instance(self) -> tuple[Equation, Position]:
        """The instance that follows the last one done."""
        number, letters = next(islice(self.plan.instances(), self.done, None))
        equation = self.plan.equations[number]
        return equation, equation.position(letters)

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
        target = ref_at(equation.name, instance.position)
        formula = bind(equation.expression, {**self.plan.lasts, **instance.letters})
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
