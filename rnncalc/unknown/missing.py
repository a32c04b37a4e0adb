"""Missing numbers, written `?` in a file, found one after the other from later values that the file gives."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations.closed import Name
from rnncalc.errors import ExerciseError, Problem
from rnncalc.exercise import Exercise
from rnncalc.exercise.given import Expected
from rnncalc.exercise.letters import Place
from rnncalc.numbers import Letter, Precision, exact_text
from rnncalc.solving import Disagreement, Solution, solve
from rnncalc.unknown.asking import Condition, Question
from rnncalc.unknown.finding import RANGE, Findings, find
from rnncalc.unknown.undoing import Undoing


class Filled(Struct, frozen=True):
    """A missing number that was found. `slack` are the values at both ends of what the rounded value may have been."""

    findings: Findings
    slack: tuple[Any, Any] | None = None


def complete(
    exercise: Exercise, precision: Precision | None, last: int | None, seconds: float
) -> tuple[Solution, tuple[Filled, ...]]:
    """The solution with the missing numbers found, each from a value that depends on it alone.

    Raises ExerciseError where the values do not tell one number.
    """
    waiting, given = list(exercise.letters.missing), list(_conditions(exercise))
    found: dict[Name, Any] = {}
    filled: list[Filled] = []
    while True:
        letters = replace(exercise.letters, found=found)
        solution = solve(replace(exercise, letters=letters), precision=precision, last=last, max_seconds=seconds)
        step = next(_tellings(solution, waiting, given), None)
        if step is None:
            break
        place, condition, expected = step
        given.remove((condition, expected))
        one = _fill(solution, Question(place, condition), expected, seconds)
        root = one.findings.found[0].root
        found[Name(*place)] = root.ball if root.form is None else root.form
        waiting.remove(place)
        filled.append(one)
    if waiting:
        raise ExerciseError(_untold(waiting, exercise))
    domain: Any = solution.domain
    wrong = [
        Disagreement(one.name, one.position, expected)
        for one, expected in given
        if not domain.is_near(Name(one.name, one.position, one.entry), domain.scalar(one.value), _unit(one, expected))
    ]
    return replace(solution, remarks=(*solution.remarks, *wrong)), tuple(filled)


def _conditions(exercise: Exercise) -> Iterator[tuple[Condition, Expected]]:
    """Every entry of the later values."""
    for expected in exercise.letters.later:
        for position in exercise.network.plan.positions(expected.quantity):
            rows = expected.values
            for number, row in enumerate(rows, 1):
                for column, value in enumerate(row, 1):
                    entry = () if len(rows) == len(row) == 1 else (number,) if len(row) == 1 else (number, column)
                    if not isinstance(value, Letter):
                        yield Condition(expected.quantity.name, position, entry, value), expected


def _tellings(
    solution: Solution, waiting: list[Place], given: list[tuple[Condition, Expected]]
) -> Iterator[tuple[Place, Condition, Expected]]:
    """Each value that depends on one missing number and no other."""
    for condition, expected in given:
        left = Name(condition.name, condition.position, condition.entry)
        places = [place for place in waiting if Undoing(solution.domain, Name(*place)).depends(left)]
        if len(places) == 1:
            yield places[0], condition, expected


def _fill(solution: Solution, question: Question, expected: Expected, seconds: float) -> Filled:
    findings = find(solution.domain, question, RANGE, seconds)
    if len(findings.found) != 1 or findings.wheres or findings.zeros or findings.undecided:
        name = _text(question.unknown)
        several = "several numbers fit" if findings.found or findings.wheres or findings.zeros else "no number fits"
        raise ExerciseError(Problem(f"{several} for `{name}`", expected.span, "is the value right, to all its digits?"))
    unit = _unit(question.condition, expected)
    if not unit or not isinstance(question.condition.value, Fraction):
        return Filled(findings)
    ends = []
    for end in (question.condition.value - unit / 2, question.condition.value + unit / 2):
        nearby = replace(question, condition=replace(question.condition, value=end))
        there = find(solution.domain, nearby, RANGE, seconds)
        if len(there.found) != 1:
            return Filled(findings)
        ends.append(there.found[0].root.ball)
    low, high = sorted(ends, key=lambda ball: float(ball.mid()))
    return Filled(findings, (low, high))


def _unit(condition: Condition, expected: Expected) -> Fraction:
    """One unit of the last digit of a value as it is written."""
    columns = len(expected.values[0])
    row, column = (*condition.entry, 1, 1)[:2] if condition.entry else (1, 1)
    return expected.units[(row - 1) * columns + column - 1]


def _untold(waiting: list[Place], exercise: Exercise) -> Problem:
    names = ", ".join(f"`{_text(place)}`" for place in waiting)
    hint = "every missing number needs a later value that depends on it, and on no other missing number"
    return Problem(f"the later values do not tell {names}", exercise.letters.later[0].span, hint)


def _text(place: Place) -> str:
    return exact_text(Letter(place[0], Fraction(1), place[1], place[2]))
