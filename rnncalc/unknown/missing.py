"""Missing numbers, written `?` in a file, found from later values that the file gives: one after the other where that
is possible, else together."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.counting import counting
from rnncalc.equations import Position, StoppedError
from rnncalc.equations.closed import Name, spelt
from rnncalc.errors import ExerciseError, LimitError, Problem, Span, UsageError, in_backticks
from rnncalc.exercise import Exercise
from rnncalc.exercise.expected import Expected
from rnncalc.exercise.letters import Place
from rnncalc.numbers import Exact, Letter, Precision
from rnncalc.solving import Disagreement, Solution, solve
from rnncalc.unknown.finding import find
from rnncalc.unknown.found import RANGE, Findings, Joint, Solved
from rnncalc.unknown.searching import Root
from rnncalc.unknown.together import find_together
from rnncalc.unknown.undoing import Undoing


class Condition(Struct, frozen=True):
    """An entry of a computed quantity has this value."""

    name: str
    position: Position
    entry: tuple[int, ...]
    value: Exact

    @property
    def left(self) -> Name:
        return Name(self.name, self.position, self.entry)


class Filled(Struct, frozen=True):
    """Missing numbers that were found: one, or several together. `slack` are the values at both ends of what the
    rounded value may have been, `rounded` tells that values were rounded where the ends are not known."""

    findings: Findings | Joint
    slack: tuple[Any, Any] | None = None
    rounded: bool = False


def complete(
    exercise: Exercise, precision: Precision | None, last: int | None, seconds: float
) -> tuple[Solution, tuple[Filled, ...]]:
    """The solution with the missing numbers found, each from a value that depends on it alone, if there is one.

    Raises ExerciseError where the values do not tell one number.
    """
    with counting(exercise.first):
        try:
            return _complete(exercise, precision, last, seconds)
        except StoppedError:
            hint = "allow more time with `--max-seconds`"
            raise LimitError(
                Problem(f"the missing numbers were not found in {seconds:g} seconds", None, hint)
            ) from None


def _complete(
    exercise: Exercise, precision: Precision | None, last: int | None, seconds: float
) -> tuple[Solution, tuple[Filled, ...]]:
    waiting, given = list(exercise.letters.missing), list(_conditions(exercise))
    found: dict[Name, Any] = {}
    filled: list[Filled] = []
    while True:
        letters = replace(exercise.letters, found=found)
        solution = solve(replace(exercise, letters=letters), precision=precision, last=last, max_seconds=seconds)
        step = next(_tellings(solution, waiting, given), None)
        if step is not None:
            place, condition, expected = step
            given.remove((condition, expected))
            one, roots = _fill(solution, place, condition, expected, seconds)
        elif not waiting:
            break
        else:
            one, roots = _fill_together(exercise, solution, waiting, given, seconds)
        found.update({name: root.ball if root.form is None else root.form for name, root in roots.items()})
        waiting = [place for place in waiting if Name(*place) not in roots]
        filled.append(one)
    domain: Any = solution.domain
    wrong = [
        Disagreement(one.name, one.position, expected)
        for one, expected in given
        if not domain.values.is_near(one.left, domain.scalar(one.value), _unit(one, expected))
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
        places = [place for place in waiting if Undoing(solution.domain, Name(*place)).depends(condition.left)]
        if len(places) == 1:
            yield places[0], condition, expected


def _fill(
    solution: Solution, place: Place, condition: Condition, expected: Expected, seconds: float
) -> tuple[Filled, dict[Name, Root]]:
    domain: Any = solution.domain
    unknown, left = Name(*place), condition.left
    findings = find(domain, unknown, left, domain.scalar(condition.value), RANGE, seconds)
    if len(findings.found) != 1 or findings.wheres or findings.zeros or findings.undecided:
        name = _text(place)
        several = "several numbers fit" if findings.found or findings.wheres or findings.zeros else "no number fits"
        raise ExerciseError(Problem(f"{several} for `{name}`", expected.span, "is the value right, to all its digits?"))
    roots = {unknown: findings.found[0].root}
    unit = _unit(condition, expected)
    if not unit or not isinstance(condition.value, Fraction):
        return Filled(findings), roots
    ends = []
    for end in (condition.value - unit / 2, condition.value + unit / 2):
        there = find(domain, unknown, left, end, RANGE, seconds)
        if len(there.found) != 1:
            return Filled(findings), roots
        ends.append(there.found[0].root.ball)
    low, high = sorted(ends, key=lambda ball: float(ball.mid()))
    return Filled(findings, (low, high)), roots


def _fill_together(
    exercise: Exercise,
    solution: Solution,
    waiting: list[Place],
    given: list[tuple[Condition, Expected]],
    seconds: float,
) -> tuple[Filled, dict[Name, Root]]:
    """Several numbers from the values that depend on more than one of them."""
    domain: Any = solution.domain
    unknowns = [Name(*place) for place in waiting]
    telling = [pair for pair in given if domain.known.letters(pair[0].left) & set(unknowns)]
    told = [one for one in unknowns if any(one in domain.known.letters(condition.left) for condition, _ in telling)]
    if not told:
        raise ExerciseError(_untold(waiting, exercise))
    equations = [(condition.left, domain.scalar(condition.value)) for condition, _ in telling]
    span, names = telling[0][1].span, in_backticks(spelt(one) for one in told)
    try:
        joint = find_together(domain, told, equations, RANGE, seconds, spare=True)
    except UsageError as error:
        raise ExerciseError(*(replace(problem, span=span) for problem in error.problems)) from None
    if len(joint.solutions) != 1:
        what = f"several numbers fit for {names}" if joint.solutions else f"no numbers fit for {names}"
        raise ExerciseError(Problem(what, span, "are the values right, to all their digits?"))
    (solved,) = joint.solutions
    if solved.free:
        raise ExerciseError(_left_open(solved, span))
    rounded = any(_unit(condition, expected) for condition, expected in telling)
    return Filled(joint, rounded=rounded), dict(solved.roots)


def _left_open(solved: Solved, span: Span) -> Problem:
    """A whole family of numbers: what still holds between them."""
    relations = [f"{spelt(name)} = {spelt(root.form)}" for name, root in solved.roots if root.form is not None]
    open_ones = in_backticks(spelt(name) for name in solved.free)
    holds = f"; it is known only that {in_backticks(relations)}" if relations else ""
    hint = "every missing number needs a later value of its own that depends on it"
    return Problem(f"the later values leave {open_ones} open{holds}", span, hint)


def _unit(condition: Condition, expected: Expected) -> Fraction:
    """One unit of the last digit of a value as it is written."""
    columns = len(expected.values[0])
    row, column = (*condition.entry, 1, 1)[:2] if condition.entry else (1, 1)
    return expected.units[(row - 1) * columns + column - 1]


def _untold(waiting: list[Place], exercise: Exercise) -> Problem:
    names = in_backticks(_text(place) for place in waiting)
    hint = "every missing number needs a later value that depends on it"
    return Problem(f"the later values do not tell {names}", exercise.letters.later[0].span, hint)


def _text(place: Place) -> str:
    return spelt(Name(*place))
