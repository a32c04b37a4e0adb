"""Equations with their data, ready to compute: the plan, the shapes, what is missing and what does not fit."""

from collections.abc import Collection, Iterable, Mapping
from math import prod

from msgspec import Struct

from rnncalc.equations import (
    Conflict,
    Datum,
    Domain,
    Equation,
    Evaluation,
    OpenShape,
    Plan,
    Position,
    Ref,
    Shapes,
    infer,
    refs,
    shape_text,
)
from rnncalc.errors import ExerciseError, Problem, in_backticks
from rnncalc.exercise.given import Data, Given, Values
from rnncalc.exercise.initial import place_initial
from rnncalc.exercise.misfit import Misfit, is_zero, misfits, vanishes
from rnncalc.exercise.mismatch import diagnose
from rnncalc.exercise.question import Question
from rnncalc.quantity import written_at
from rnncalc.reader import Rows
from rnncalc.system import arities, needed, uses


class Network(Struct, frozen=True):
    """`data[name, position]` holds everything given, `initial` included. `zero_states` are the states outside the range
    that are zero: by default, or because they are given so."""

    plan: Plan
    shapes: Shapes
    given: Mapping[str, Given]
    data: Values
    zero_states: tuple[tuple[str, Position], ...]
    misfits: tuple[Misfit, ...] = ()

    @property
    def evaluations(self) -> int:
        """How often an equation is worked out; eight terms of a sum over an index count as one."""
        return sum(self.plan.count_of(number) * (7 + self._terms(number)) // 8 for number in self.plan.wanted)

    @property
    def multiplications(self) -> int:
        """About how many multiplications that takes: a matrix is used once for each of its entries."""
        return sum(
            self.plan.count_of(number) * prod(self.shapes.known(ref.name)) * self._range(bound)
            for number in self.plan.wanted
            for ref, bound in refs(self.plan.equations[number].expression)
        )

    def _terms(self, number: int) -> int:
        return max((self._range(bound) for _, bound in refs(self.plan.equations[number].expression)), default=1)

    def _range(self, letters: frozenset[str]) -> int:
        return prod(self.plan.lengths[letter] for letter in letters)


def evaluate(network: Network, domain: Domain) -> Evaluation:
    """The network in a number domain: iterate over it for the value of each instance, in order."""
    data = {key: domain.array(rows) for key, rows in network.data.items()}
    zeros = {name: domain.zeros(*network.shapes.known(name)) for name, _ in network.zero_states}
    return Evaluation(network.plan, domain, data, zeros.__getitem__)


def connect(question: Question) -> Network:
    """Put equations and data together for what is asked.

    Raises ExerciseError with every problem: missing data, sizes that do not fit, an unknown length, a cycle. The error
    has no problem if all that is wrong was reported when the data was read.
    """
    equations, data = question.equations, question.data
    sizes = _given_sizes(question)
    rows = _rows(equations, sizes) if data.rows else frozenset()
    shapes = infer(equations, sizes, rows, strict=True)
    problems: list[Problem] = []
    try:
        order = question.plan(problems)
    except ExerciseError as error:
        missing = _missing(question, shapes, needed(equations, question.names))
        raise ExerciseError(*missing, *problems, *error.problems) from None
    worked_out = {ref.name for ref in uses(order.equations[number] for number in order.wanted)}
    used = [ref for ref in needed(equations, question.names) if ref.name in worked_out]
    problems = [*_missing(question, shapes, used), *problems, *_gaps(order, data.sound)]
    placed, misplaced = place_initial(equations, data, order)
    values = _values(data, placed)
    harmless = [conflict for conflict in shapes.conflicts if vanishes(conflict, order, sizes, values)]
    let_be = [*harmless, *(_guessed(shapes) if problems or data.unsound else [])]
    serious = [conflict for conflict in shapes.conflicts if conflict not in let_be]
    problems += misplaced + diagnose(equations, sizes, data.given, serious, let_be, rows)
    if not problems:
        shapes = _settled(order, shapes, sizes, rows, problems)
    if problems or data.unsound:
        raise ExerciseError(*problems)
    zero = tuple(key for key in order.boundary if key not in values or is_zero(values[key]))
    return Network(order, shapes, data.given, values, zero, misfits(harmless, sizes))


def _given_sizes(question: Question) -> dict[str, Datum]:
    data, computed = question.data, {equation.name for equation in question.equations}
    sizes = {name: one.datum for name, one in data.sound.items()}
    sizes |= {name: one.datum for (name, _), one in data.initial.items() if one.sound and name in computed}
    return sizes | {name: Datum(shape) for name, shape in question.shapes.items()}


def _values(data: Data, placed: Mapping[tuple[str, Position], Given]) -> dict[tuple[str, Position], Rows]:
    """All numbers, each quantity at each of its positions."""
    values = {(name, position): rows for name, one in data.sound.items() for position, rows in one.values.items()}
    return values | {key: next(iter(one.values.values())) for key, one in placed.items() if one.sound}


def _guessed(shapes: Shapes) -> list[Conflict]:
    """Where data is missing, sizes that come from no datum are guesses, and what does not fit them is no mistake."""
    return [one for one in shapes.conflicts if not (one.left.origins and one.right.origins)]


def _rows(equations: Iterable[Equation], sizes: Mapping[str, Datum]) -> frozenset[str]:
    """The vectors of a network whose vectors are rows: all with an index, unless they are given as matrices."""
    indexed = {name for name, count in arities(equations).items() if count}
    return frozenset(name for name in indexed if name not in sizes or sizes[name].shape[0] == 1)


def _missing(question: Question, shapes: Shapes, used: Iterable[Ref]) -> list[Problem]:
    """All data that is used and that the file does not give, by section."""
    problems = []
    absent = {ref.name: ref for ref in used if ref.name not in question.data.given}
    for section in ("inputs", "parameters"):
        names = [name for name, ref in absent.items() if bool(ref.indices) == (section == "inputs")]
        if names:
            sized = [f"`{name}`{_sized(shapes.sizes[name])}" for name in names]
            if len(names) > 2:
                what = f"{len(names)} quantities are missing: {', '.join(sized)}"
            else:
                what = f"{' and '.join(sized)} {'are' if len(names) > 1 else 'is'} missing"
            hint = f"add {'them' if len(names) > 1 else 'it'} under `{section}:`"
            problems.append(Problem(what, question.data.place(section), hint))
    return problems


def _gaps(order: Plan, given: Mapping[str, Given]) -> list[Problem]:
    """The positions that are needed of inputs given position by position, but not given."""
    partly = {
        name: one
        for name, one in given.items()
        if len(one.values) < prod(max(places) for places in zip(*one.values, strict=True))
    }
    problems: dict[str, Problem] = {}
    for name, at in order.used() if partly else ():
        if name in partly and at not in partly[name].values:
            what = written_at(name, at)
            problems[what] = Problem(f"`{what}` is missing", partly[name].span, "add it under `inputs:`")
    return list(problems.values())


def _sized(size: OpenShape) -> str:
    # A plain number is what inference makes of a quantity of which nothing is known.
    return f" ({shape_text(size)})" if None not in size and size != (1, 1) else ""


def _settled(
    order: Plan, shapes: Shapes, sizes: Mapping[str, Datum], flat: Collection[str], problems: list[Problem]
) -> Shapes:
    """The shapes, with plain numbers for the quantities that nothing tells the size of."""
    names = dict.fromkeys(order.equations[number].name for number in sorted(order.wanted))
    unknown = {name: shapes.sizes[name] for name in names if None in shapes.sizes[name]}
    if not unknown:
        return shapes
    numbers = {name: Datum((rows or 1, columns or 1)) for name, (rows, columns) in unknown.items()}
    closed = infer(order.equations, {**sizes, **numbers}, flat)
    if len(closed.conflicts) > len(shapes.conflicts):
        first = next(iter(unknown))
        span = next(equation.span for equation in order.equations if equation.name == first)
        what = "nothing tells the size of " + in_backticks(unknown)
        problems.append(Problem(what, span, f"give an initial state: `initial: {{{first}: [0, 0]}}`"))
    return closed
