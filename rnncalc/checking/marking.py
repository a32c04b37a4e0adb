"""An exercise prepared for marking: its steps in order, what each needs, its true value, its function on intervals.

Prepared once, it judges any number of sheets, one at a time: the functions of its steps share one place to look up.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, takewhile

from msgspec import Struct

from rnncalc.answers import Key, Reader, Titles
from rnncalc.checking.memory import Kept
from rnncalc.checking.plain import Plain, plain
from rnncalc.checking.tape import Followed, Tape
from rnncalc.checking.truth import Truth
from rnncalc.equations import (
    FUNCTIONS,
    Binary,
    Call,
    Equation,
    Expr,
    Ref,
    Shape,
    needs,
    walk,
)
from rnncalc.equations.domains.interval import Interval
from rnncalc.equations.domains.scalars import Array
from rnncalc.exercise import Exercise
from rnncalc.exercise.network import Network
from rnncalc.mistakes import DIAGONAL, EARLIER, Hypothesis, System, catalogue, hypotheses, of_cell
from rnncalc.reader import Rows

_TOTAL = ("sigmoid", "tanh", "relu", "identity", "exp", "hard_sigmoid", "softmax", "sum", "concat", "rows", "block")


class Step(Struct, frozen=True):
    """One instance of an equation: `needs` are the computed quantities it uses."""

    key: Key
    number: int
    equation: Equation
    letters: Mapping[str, int]
    shape: Shape
    truth: tuple[Truth, ...]
    needs: tuple[Key, ...]


class Numbers(Struct, frozen=True, eq=False):
    """What the steps of a network are computed from: its data, how its states begin, and what was found to follow from
    these alone."""

    data: dict[Key, Array]
    begins: dict[str, Array]
    followed: Followed


class Marking:
    """What `check` needs to know of an exercise. `steps` stand in the order of computation."""

    def __init__(self, exercise: Exercise, steps: Sequence[Step], asked: Sequence[Ref]) -> None:
        self.exercise = exercise
        self.steps = {step.key: step for step in steps}
        self.shapes = {step.key: step.shape for step in steps}
        titles = Titles(exercise.stages, exercise.symbols, exercise.quantities)
        lengths = exercise.network.plan.lasts
        self.chosen = frozenset(step.key[0] for step in steps if is_choice(step.equation.expression))
        words = {name: known for name, known in exercise.words.items() if name in self.chosen}
        self.reader = Reader(exercise.quantities, self.shapes, titles, lengths, words)
        self.domain = Interval()
        network = exercise.network
        computed = {equation.name for equation in network.plan.equations}
        self.tape = Tape(self.domain, self.lookup, self.shape, network.plan.lengths, computed)
        self.put(network)
        self.asked: tuple[Key, ...] = tuple(
            (ref.name, position)
            for ref in asked
            for position in network.plan.positions(ref)
            if (ref.name, position) in self.steps
        )
        self.source: Callable[[Key], Array] = self.steps.__getitem__  # type: ignore[assignment]
        self._uses: dict[tuple[int, ...], tuple[Expr, tuple[tuple[Key, ...], bool]]] = {}
        self._hypotheses: list[Hypothesis] | None = None
        self._rewrites: dict[Key, Mapping[int, Expr]] = {}
        self._plain: dict[Key, Plain | None] = {}
        self._same: dict[Expr, Expr] = {}

    def put(self, network: Network) -> None:
        """Take the data of the same network with other numbers; `truth` stays that of the numbers before, and so does
        what an earlier run left, until `leave` tells."""
        self.forget()
        self.data = {key: self.domain.array(rows) for key, rows in network.data.items()}
        for (name, position), rows in network.data.items():
            if not position and len(rows) == len(rows[0]) > 1:
                self.data[DIAGONAL + name, ()] = self.domain.array(diagonal(rows))
        self.leave({key: _value(step) for key, step in self.steps.items()})
        # What a state is before it begins, wherever a wrong equation looks for that.
        self.begins = {name: self.domain.zeros(*network.shapes.known(name)) for name, _ in network.zero_states}
        self.begins |= {name: self.data[name, at] for name, at in network.plan.boundary if (name, at) in self.data}

    def leave(self, values: Mapping[Key, Array]) -> None:
        """What a run leaves behind for one that goes on where it ended; `values` are those of its steps, in order."""
        # The step that is computed last stays.
        self.data |= {(name + EARLIER, ()): value for (name, _), value in values.items()}

    @property
    def numbers(self) -> Numbers:
        """The numbers that are put in, to be put back later."""
        return Numbers(self.data, self.begins, self.tape.given)

    @numbers.setter
    def numbers(self, numbers: Numbers) -> None:
        self.data, self.begins, self.tape.given = numbers.data, numbers.begins, numbers.followed

    def forget(self) -> None:
        """Begin anew with what is found on the way, for the sheets to come."""
        self.tape.forget()
        self.kept = Kept()

    def lookup(self, name: str, position: tuple[int, ...]) -> Array:
        key = name, position
        if key in self.steps:
            return self.source(key)
        given = self.data.get(key)
        return self.begins[name] if given is None else given

    def shape(self, name: str) -> Shape:
        """Rows and columns of a quantity, of the diagonal of a matrix, or of what an earlier run left."""
        return self.exercise.network.shapes.known(name.removeprefix(DIAGONAL).removesuffix(EARLIER))

    def exists(self, expression: Expr, letters: Mapping[str, int]) -> bool:
        """Whether all that an expression uses at these positions is there: wrong equations may look too far."""
        return self._used(expression, letters)[1]

    @cached_property
    def truths(self) -> Mapping[Key, tuple[Truth, ...]]:
        return {key: step.truth for key, step in self.steps.items()}

    def plain(self, key: Key) -> Plain | None:
        """What the numbers of a step are like where none of them needs rounding."""
        if key not in self._plain:
            step = self.steps[key]
            self._plain[key] = plain(self.exercise.network, step.equation, step.letters, self.truths)
        return self._plain[key]

    @cached_property
    def total(self) -> frozenset[Key]:
        """Steps that have a value whatever the numbers before them are, as all steps before them have."""
        found = takewhile(lambda step: is_total(step.equation.expression), self.steps.values())
        return frozenset(step.key for step in found)

    @property
    def hypotheses(self) -> list[Hypothesis]:
        """Everything a student may have done instead, found when it is first asked for."""
        if self._hypotheses is None:
            network = self.exercise.network
            shapes = {name: shape for name, shape in network.shapes.sizes.items() if None not in shape}
            equations = list(dict.fromkeys(step.equation for step in self.steps.values()))
            runs = self.exercise.training.runs if self.exercise.training else ()
            before = {new[name]: old[name] for old, new in pairwise(runs) for name in new}
            system = System(
                equations,
                shapes,  # type: ignore[arg-type]
                network.plan.lengths,
                self.exercise.adjoints,
                before,
            )
            cell = self.exercise.cell
            self._hypotheses = hypotheses(system, (*(of_cell(cell) if cell else ()), *catalogue()))
        return self._hypotheses

    @cached_property
    def _numbers(self) -> Mapping[str, list[int]]:
        """By the name of a quantity, the hypotheses that change its equation."""
        found: dict[str, list[int]] = {}
        for number, hypothesis in enumerate(self.hypotheses):
            for name in hypothesis.names:
                found.setdefault(name, []).append(number)
        return found

    def rewrites(self, key: Key) -> Mapping[int, Expr]:
        """By the number of a hypothesis, the wrong equation that a step has under it; equal ones are one object."""
        if key not in self._rewrites:
            step, found = self.steps[key], {}
            for number in self._numbers.get(key[0], ()):
                expression = self.hypotheses[number].expression(step.equation, key[1])
                if expression is not None and self.exists(expression, step.letters):
                    found[number] = self._same.setdefault(expression, expression)
            self._rewrites[key] = found
        return self._rewrites[key]

    def needs(self, expression: Expr, letters: Mapping[str, int]) -> tuple[Key, ...]:
        """The computed quantities that the expression uses at these positions."""
        return self._used(expression, letters)[0]

    def _used(self, expression: Expr, letters: Mapping[str, int]) -> tuple[tuple[Key, ...], bool]:
        """The computed quantities used, and whether all that is used is there. Found once: the same expressions are
        asked about for every sheet, and comparing them would take as long as walking them."""
        place = id(expression), *letters.values()
        if place not in self._uses:
            used = list(dict.fromkeys(needs(expression, letters, self.exercise.network.plan.lengths)))
            there = all(key in self.steps or key in self.data or key[0] in self.begins for key in used)
            self._uses[place] = expression, (tuple(key for key in used if key in self.steps), there)
        return self._uses[place][1]


def is_choice(expr: Expr) -> bool:
    """Whether a word is chosen: its one-hot column is mostly 0, and few mistakes change it, these by chance."""
    return isinstance(expr, Call) and FUNCTIONS[expr.function].kind == "choice"


def _value(step: Step) -> Array:
    return Array(*step.shape, tuple((one.number, one.number) for one in step.truth))


def is_total(expr: Expr) -> bool:
    """Whether it has a value for all numbers: nothing is divided, no logarithm taken."""
    return not any(
        (isinstance(part, Binary) and part.operator == "/") or (isinstance(part, Call) and part.function not in _TOTAL)
        for part in walk(expr)
    )


def diagonal(rows: Rows) -> Rows:
    """The matrix with zeros beside its diagonal."""
    return tuple(
        tuple(entry if line == column else Fraction(0) for column, entry in enumerate(row))
        for line, row in enumerate(rows)
    )
