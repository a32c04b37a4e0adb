"""Simulated students: random exercises of the library's networks, and sheets as people fill them in.

A student has a habit: what is rounded (each step, each product, only what is shown), how (rounded, cut, to significant
digits, sometimes this and sometimes that), to how many digits, and what of it is handed in.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import exp, log, sqrt, tanh
from random import Random
from typing import Any

from msgspec import Struct

from rnncalc import starter
from rnncalc.answers import Answer, Answers, Key, read_written
from rnncalc.cell import Cell, library_cell
from rnncalc.checking import Marking
from rnncalc.checking.marking import diagonal
from rnncalc.equations import Equation, Expr, compile_walk
from rnncalc.equations.domains import known_number
from rnncalc.equations.domains.scalars import Array, ScalarDomain
from rnncalc.equations.functions import Function
from rnncalc.exercise import Exercise, loads
from rnncalc.mistakes import DIAGONAL, EARLIER
from rnncalc.numbers import Exact, Precision, Rounded, Surd

LEVELS = ("step", "product", "shown")
KINDS = ("rounded", "even", "cut", "significant", "mixed")
SHOWN = ("all", "gates", "states", "final")
LOSS, TRAINED = "+loss", "+training"
_NUMBER = re.compile(r"-?\d+\.\d+")


def random_text(cell: Cell, rng: Random, units: int, steps: int) -> str:
    """The text of an exercise for a cell with random data of one or two decimals, all different from zero."""
    starter.SIZE, starter.STEPS = units, steps
    try:
        text = starter.starter(cell, "my.yaml")
    finally:
        starter.SIZE, starter.STEPS = 2, 2
    text = re.sub(r"find: \[.*?\] *#", f"find: [{cell.equations[-1].name}] #", text)
    section = "inputs:" if "inputs:" in text else "parameters:"
    head, data = text.split(section, 1)
    return head + section + _NUMBER.sub(lambda _: number(rng), data.partition("# expect:")[0])


def number(rng: Random) -> str:
    digits = rng.choice((1, 1, 2))
    return f"{rng.choice((-1, 1)) * rng.randint(1, 15 * 10 ** (digits - 1)) / 10**digits:g}"


def random_exercise(name: str, rng: Random, units: int, steps: int) -> Exercise:
    """An exercise for a cell of the library; `lstm+loss` asks for all gradients of a loss too, `rnn+training` for one
    step of training with a cross entropy."""
    cell = library_cell(name.removesuffix(LOSS).removesuffix(TRAINED))
    text = random_text(cell, rng, units, steps)
    if name.endswith(TRAINED):
        output = cell.equations[-1].name
        return loads(f'{text}loss: "L = -sum(sum(log({output}[t])), t)"\ntrain: {{rate: 0.5}}\n', name)
    if not name.endswith(LOSS):
        return loads(text, name)
    state = cell.equations[-1].name
    return loads(f'{text}loss: "L = sum(sum({state}[t] ** 2), t)"\n', name, None, gradients=True)


class Habit(Struct, frozen=True):
    level: str
    kind: str
    digits: int
    shown: str


def random_habit(rng: Random) -> Habit:
    return Habit(rng.choice(LEVELS), rng.choice(KINDS), rng.randint(2, 6), rng.choice(SHOWN))


class Pen:
    """Writes numbers down: to so many decimals or significant digits, rounded or cut."""

    def __init__(self, habit: Habit, rng: Random) -> None:
        self.habit, self.rng = habit, rng
        self.unit = Decimal(1).scaleb(-habit.digits)

    def text(self, value: float) -> str:
        kind = self.habit.kind
        if kind == "mixed":
            kind = self.rng.choice(("rounded", "cut"))
        # A person does not have the dust of floats.
        exact = Decimal(f"{value:.13g}") if abs(value) > 1e-13 else Decimal(0)
        if kind == "significant":
            return f"{Context(prec=self.habit.digits, rounding=ROUND_HALF_UP).create_decimal(exact):f}"
        how = {"rounded": ROUND_HALF_UP, "even": ROUND_HALF_EVEN, "cut": ROUND_DOWN}[kind]
        return f"{exact.quantize(self.unit, rounding=how):f}"

    def value(self, value: float) -> float:
        return float(self.text(value))


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "tanh": tanh,
    "relu": lambda x: max(x, 0.0),
    "exp": exp,
    "log": log,
    "sqrt": sqrt,
    "identity": lambda x: x,
    "hard_sigmoid": lambda x, slope=1 / 6: min(max(slope * x + 0.5, 0.0), 1.0),
    "step": lambda x: float(x > 0),
    "ones": lambda x: 1.0,
    "softsign": lambda x: x / (1 + abs(x)),
}


class ByHand(ScalarDomain):
    """Floats, with products, quotients and activations passed through the student's pen."""

    def __init__(self, pen: Callable[[float], float]) -> None:
        self.pen = pen

    def scalar(self, value: Exact) -> float:
        known = known_number(value)
        return float(known.coefficient) * known.radicand**0.5 if isinstance(known, Surd) else float(known)

    def plus(self, left: float, right: float) -> float:
        return left + right

    def minus(self, left: float, right: float) -> float:
        return left - right

    def times(self, left: float, right: float) -> float:
        return self.pen(left * right)

    def over(self, left: float, right: float) -> float:
        return self.pen(left / right)

    def exponential(self, operand: float) -> float:
        return self.pen(exp(operand))

    def apply(self, row: Function, operand: float, constants: Sequence[Fraction]) -> float:
        return self.pen(_FUNCTIONS[row.name](operand, *map(float, constants)))

    def softmax(self, operands: Sequence[Array]) -> list[Array]:
        """Less the greatest score, as one does where exponentials would be large."""
        greatest = Array(1, 1, (max(entry for operand in operands for entry in operand.entries),))
        powers = [
            Array(one.rows, one.columns, tuple(map(self.exponential, self.subtract(one, greatest).entries)))
            for one in operands
        ]
        whole = self.total(powers)
        return [self.divide(power, whole) for power in powers]

    def round(self, value: Any, precision: Precision) -> Rounded | None:
        return None

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        raise NotImplementedError("no student of ours samples")

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        best = max(operand.entries)
        return tuple(number for number, entry in enumerate(operand.entries) if entry == best), True

    def exact(self, operand: Any) -> list[Fraction | None]:
        return [None] * len(operand.entries)

    def agrees(self, operand: Any, entries: Any, units: Any) -> bool:
        return False


class Student:
    """Works an exercise out in the manner of a habit; `wrong` gives the equation used in place of the right one."""

    def __init__(
        self, marking: Marking, habit: Habit, rng: Random, wrong: Callable[[Key, Equation], Expr] | None = None
    ) -> None:
        self.marking, self.habit = marking, habit
        self.pen = Pen(habit, rng)
        self.wrong = wrong or (lambda key, equation: equation.expression)
        self.domain = ByHand(self.pen.value if habit.level == "product" else lambda value: value)
        network = marking.exercise.network
        self.values: dict[Key, Array] = {key: self.domain.array(rows) for key, rows in network.data.items()}
        for (name, position), rows in network.data.items():
            if not position and len(rows) == len(rows[0]) > 1:
                self.values[DIAGONAL + name, ()] = self.domain.array(diagonal(rows))
        for (name, _), step in marking.steps.items():
            self.values[name + EARLIER, ()] = Array(*step.shape, tuple(one.number for one in step.truth))
        self.begins = {name: self.domain.zeros(*network.shapes.known(name)) for name, _ in network.zero_states}
        self.begins |= {name: self.values[name, at] for name, at in network.plan.boundary if (name, at) in self.values}
        self.texts: dict[Key, tuple[str, ...]] = {}

    def lookup(self, name: str, position: tuple[int, ...]) -> Array:
        found = self.values.get((name, position))
        return self.begins[name] if found is None else found

    def work(self) -> "Student":
        for key in self.marking.steps:
            self.find(key)
        return self

    def find(self, key: Key) -> None:
        """A step, after those it needs: wrong equations may need others than the right ones."""
        if key in self.texts:
            return
        step = self.marking.steps[key]
        expression = self.wrong(key, step.equation)
        for need in self.marking.needs(expression, step.letters):
            self.find(need)
        lengths = self.marking.exercise.network.plan.lengths
        value = compile_walk(expression, self.domain, self.lookup, lengths)(step.letters)
        self.texts[key] = tuple(map(self.pen.text, value.entries))
        kept = value.entries if self.habit.level == "shown" else tuple(map(float, self.texts[key]))
        self.values[key] = Array(value.rows, value.columns, kept)

    def sheet(self) -> Answers:
        """What is handed in."""
        keys = list(shown(self.marking, self.habit.shown))
        return Answers("", tuple(Answer(key, tuple(map(read_written, self.texts[key]))) for key in keys))


def shown(marking: Marking, what: str) -> Iterator[Key]:
    """`all` quantities, gates and states; `gates` leaves out the states that go on to another step, and `states` are
    these alone, both with what is asked for; `final` is only that."""
    states = {name for name, _ in marking.exercise.network.plan.boundary}
    for key in marking.steps:
        match what:
            case "all":
                yield key
            case "gates" if key in marking.asked or key[0] not in states:
                yield key
            case "states" if key in marking.asked or key[0] in states:
                yield key
            case "final" if key in marking.asked:
                yield key
