"""Random systems of equations and their gradients, and the ways to compute them: compiled, by the plain walk, and
gradients by central differences."""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import (
    Datum,
    Equation,
    Evaluation,
    Expr,
    Plan,
    Ref,
    Shape,
    gradient,
    infer,
    parse_equations,
    parse_expression,
    plan,
    source,
)
from rnncalc.equations.compiled.program import compiled
from rnncalc.equations.domains.float64 import Float64

TOLERANCE = 1e-12


class System(Struct, frozen=True):
    text: str
    data: Mapping[str, Any]
    targets: tuple[str, ...]
    lengths: Mapping[str, int] = {}
    states: Mapping[str, Shape] = {}
    backward: tuple[Equation, ...] = ()
    """The equations of a backward pass: what they compute is zero beyond the ends."""

    @property
    def equations(self) -> tuple[Equation, ...]:
        return *parse_equations(self.text), *self.backward

    @property
    def adjoints(self) -> frozenset[str]:
        return frozenset(equation.name for equation in self.backward)


class Ready(Struct, frozen=True):
    plan: Plan
    known: Mapping[str, Shape]
    targets: tuple[Ref, ...]
    initial: Mapping[tuple[str, tuple[int, ...]], Any]


def ready(system: System) -> Ready:
    """The plan, the shapes, and random values at the boundary. Raises ExerciseError for a system that is refused."""
    equations = system.equations
    extents = {(n, slot): a.shape[slot] for n, a in system.data.items() for slot in range(a.ndim - 2)}
    targets = tuple(ref for text in system.targets if isinstance(ref := parse_expression(text), Ref))
    order = plan(equations, targets, extents=extents, stated=system.lengths, backward_pass=system.adjoints)
    sizes = {name: Datum(array.shape[-2:]) for name, array in system.data.items()}
    shapes = infer(equations, sizes | {name: Datum(shape) for name, shape in system.states.items()})
    assert not shapes.conflicts, "the shapes were made to fit"
    known = {name: (rows, columns) for name, (rows, columns) in shapes.sizes.items() if rows and columns}
    random = np.random.default_rng(7)
    initial = {
        (name, position): random.normal(size=known[name]) * (name not in system.adjoints)
        for name, position in order.boundary
    }
    return Ready(order, known, targets, initial)


def walked(system: System, made: Ready) -> dict[tuple[str, tuple[int, ...]], Any]:
    """Every instance by the plain walk."""
    data: dict[tuple[str, tuple[int, ...]], Any] = dict(made.initial)
    for name, array in system.data.items():
        data |= {(name, tuple(n + 1 for n in place)): array[place] for place in np.ndindex(array.shape[:-2])}
    remembering = replace(made.plan, windows={})
    with np.errstate(all="ignore"):
        run = Evaluation(remembering, Float64(), data, lambda name: None)
        return {(one.equation.name, one.position): one.value for one in run}


def worst_difference(system: System, fewest_turns: int = 1) -> float:
    """The largest difference between the compiled values of the targets and those of the plain walk, relative to
    1 + |value|."""
    made = ready(system)
    expected = walked(system, made)
    found = compiled(made.plan, made.known, made.targets, fewest_turns).run(system.data, made.initial)
    worst = 0.0
    for target in made.targets:
        first = [min(low for low, _ in pairs) for pairs in zip(*made.plan.boxes(target), strict=True)]
        for position in made.plan.positions(target):
            place = () if target.indices else tuple(p - low for p, low in zip(position, first, strict=True))
            one, other = found[target][place], expected[target.name, position]
            assert one.shape == other.shape, f"{target.name}{position}: {one.shape} is not {other.shape}"
            np.testing.assert_array_equal(np.isnan(one), np.isnan(other))
            with np.errstate(invalid="ignore"):
                differences = np.where((one == other) | np.isnan(one), 0.0, abs(one - other) / (1 + abs(other)))
            worst = max(worst, float(np.max(differences)))
    return worst


def with_gradient(system: System, *names: str) -> System:
    """The system with a loss, a sum over its states (those named, or all), and the equations of its gradient; asked for
    is the adjoint of everything given. Raises ExerciseError for a system that is refused."""
    terms = []
    states = {e.name: e.target for e in parse_equations(system.text) if e.name in names or not names}
    for number, target in enumerate(states.values()):
        term = f"sum({source(target)})" if number % 2 else f"sum({source(target)} ** 2)"
        for index in target.indices:
            term = f"sum({term}, {index.base})" if index.base else term
        terms.append(f"0.{number + 3} * {term}")
    forward = replace(system, text=f"{system.text}\nL = {' + '.join(terms)}", targets=("L",))
    made, equations = ready(forward), parse_equations(forward.text)
    sizes: dict[Expr, Shape] = {Ref(name): shape for name, shape in made.known.items()}
    found = gradient(equations, "L", sizes, made.plan.lengths, made.plan.boundary)
    computed = {equation.name for equation in found.equations}
    targets = tuple(adjoint for name in system.data if (adjoint := found.adjoints.get(name)) in computed)
    return replace(forward, targets=targets, states={**system.states, **found.shapes}, backward=found.equations)


def slope_difference(system: System, fewest_turns: int = 1) -> float:
    """How far the compiled gradient along a random direction is from the difference quotient of the compiled loss,
    relative to 1 + |value|."""
    made, step = ready(system), 1e-5
    random = np.random.default_rng(8)
    direction = {name: random.normal(size=array.shape) for name, array in system.data.items()}
    found = compiled(made.plan, made.known, made.targets, fewest_turns).run(system.data, made.initial)
    slope = 0.0
    for target in made.targets:
        first = [min(low for low, _ in pairs) for pairs in zip(*made.plan.boxes(target), strict=True)]
        for position in made.plan.positions(target):
            place = tuple(p - low for p, low in zip(position, first, strict=True))
            along = direction[target.name.removeprefix("d_").rstrip("_")][tuple(p - 1 for p in position)]
            slope += float(np.sum(found[target][place] * along))
    loss = replace(system, targets=("L",))
    prepared = ready(loss)
    program = compiled(prepared.plan, prepared.known, prepared.targets, fewest_turns)
    ends = []
    for sign in (1, -1):
        data = {name: array + sign * step * direction[name] for name, array in system.data.items()}
        initial = {key: made.initial.get(key, value) for key, value in prepared.initial.items()}
        ends.append(float(program.run(data, initial)[Ref("L")][0, 0]))
    return abs((ends[0] - ends[1]) / (2 * step) - slope) / (1 + abs(slope))


def random_system(seed: int, most_steps: int = 9) -> System:
    """Equations with random shapes, offsets, directions and functions; about one in three is refused by the planner."""
    return _Writer(Random(seed), most_steps).system()


class _Writer:
    def __init__(self, random: Random, most_steps: int) -> None:
        self.random = random
        self.numbers = np.random.default_rng(random.randrange(1 << 30))
        self.sizes = [random.choice((1, 2, 3, 5)) for _ in range(3)]
        self.lengths = {"t": random.randint(1, most_steps), "j": random.randint(1, 4)}
        self.data: dict[str, Any] = {}
        self.states: dict[str, tuple[Shape, tuple[str, ...]]] = {}
        self.backward = False
        self.letters: tuple[str, ...] = ()
        self.current = ""
        self.defined: list[str] = []

    def system(self) -> System:
        random = self.random
        lines = []
        names = [f"s{number}" for number in range(random.randint(1, 5))]
        for name in names:
            letters = random.choice((("t",), ("t",), ("t",), ("t", "j"), ()))
            self.states[name] = (self.any_shape(), letters)
        for name in names:
            shape, self.letters = self.states[name]
            self.current, self.backward = name, random.random() < 0.25
            place = f"[{','.join(self.letters)}]" if self.letters else ""
            lines.append(
                f"{name}{place} = {random.choice(('tanh', 'tanh', 'sigmoid', 'softsign'))}({self.expr(shape, 3)})"
            )
            if self.letters == ("t",) and random.random() < 0.15:
                self.letters = ()
                lines.append(f"{name}[{random.choice((0, 0, 1, 2))}] = {self.expr(shape, 1)}")
            self.defined.append(name)
        self.letters = ("t",)
        targets = tuple(self.target(name) for name in random.sample(names, random.randint(1, len(names))))
        shapes = {name: shape for name, (shape, _) in self.states.items()}
        return System("\n".join(lines), self.data, targets, self.lengths, shapes)

    def target(self, name: str) -> str:
        letters = self.states[name][1]
        if letters != ("t",) or self.random.random() < 0.6:
            return name
        return f"{name}[{self.random.choice(('T', 'T', '1', str(self.lengths['t'])))}]"

    def any_shape(self) -> Shape:
        n, m = self.random.choice(self.sizes), self.random.choice(self.sizes)
        return self.random.choice(((n, 1), (n, 1), (n, 1), (1, n), (1, 1), (n, m)))

    def expr(self, shape: Shape, depth: int) -> str:
        if depth == 0:
            return self.leaf(shape)
        options = [
            self.leaf,
            self.sum,
            self.sum,
            self.sum,
            self.times,
            self.product,
            self.product,
            self.called,
            self.turned,
        ]
        if shape[1] == 1 and shape[0] > 1:
            options.append(self.joined)
        if shape == (1, 1):
            options.append(self.total)
        if "j" not in self.letters:
            options.append(self.over)
        return self.random.choice(options)(shape, depth - 1) if depth else self.leaf(shape)

    def leaf(self, shape: Shape, depth: int = 0) -> str:
        random = self.random
        states = [
            name for name, (size, letters) in self.states.items() if size == shape and set(letters) <= set(self.letters)
        ]
        if states and random.random() < 0.55:
            return self.state(random.choice(states))
        if shape == (1, 1) and random.random() < 0.3:
            return random.choice(("2", "0.5", "1", "3"))
        letters = tuple(letter for letter in self.letters if random.random() < 0.5)
        name = f"{random.choice('ab')}{''.join(letters)}_{shape[0]}_{shape[1]}"
        if name not in self.data:
            self.data[name] = self.numbers.normal(size=(*(self.lengths[letter] for letter in letters), *shape)) / 2
        return name + (f"[{','.join(letters)}]" if letters else "")

    def state(self, name: str) -> str:
        letters = self.states[name][1]
        if not letters:
            return name
        away = self.random.choice((1, 1, 1, 2, 3))
        offset = away if self.backward else -away
        if name in self.defined and self.random.random() < 0.7:
            offset = self.random.choice((0, 0, -1, 1))
        if self.random.random() < 0.05:
            return f"{name}[{','.join(letter.upper() for letter in letters)}]"
        first = letters[0] + (f"{offset:+d}" if offset else "")
        return f"{name}[{','.join((first, *letters[1:]))}]"

    def sum(self, shape: Shape, depth: int) -> str:
        parts = [self.expr(shape, depth) for _ in range(self.random.randint(1, 2))]
        parts.append(self.expr(self.random.choice((shape, shape, shape, (1, 1))), depth))
        return "(" + self.random.choice((" + ", " - ")).join(parts) + ")"

    def times(self, shape: Shape, depth: int) -> str:
        one, other = self.expr(shape, depth), self.expr(self.random.choice((shape, (1, 1))), depth)
        if self.random.random() < 0.15:
            return f"(({one}) / (2 + ({other}) ** 2))"
        return f"(({one}) * ({other}))"

    def product(self, shape: Shape, depth: int) -> str:
        inner = self.random.choice(self.sizes)
        return f"(({self.expr((shape[0], inner), depth)}) @ ({self.expr((inner, shape[1]), depth)}))"

    def called(self, shape: Shape, depth: int) -> str:
        name = self.random.choice(
            ("tanh", "sigmoid", "sigmoid", "relu", "leaky_relu", "softmax", "softplus", "-", "**2", "**3")
        )
        inside = self.expr(shape, depth)
        if name.startswith("**"):
            return f"(({inside}) {name[:2]} {name[2:]})"
        return f"(-({inside}))" if name == "-" else f"{name}({inside})"

    def turned(self, shape: Shape, depth: int) -> str:
        return f"({self.expr((shape[1], shape[0]), depth)}).T"

    def joined(self, shape: Shape, depth: int) -> str:
        cut = self.random.randint(1, shape[0] - 1)
        upper, lower = self.expr((cut, 1), depth), self.expr((shape[0] - cut, 1), depth)
        half = f"row_block(concat({upper}, {lower}, {self.expr(shape, depth)}), {self.random.choice((1, 2))}, 2)"
        return self.random.choice((f"concat({upper}, {lower})", f"beside(({upper}).T, ({lower}).T).T", half))

    def total(self, shape: Shape, depth: int) -> str:
        return f"sum({self.expr(self.any_shape(), depth)})"

    def over(self, shape: Shape, depth: int) -> str:
        outer, self.letters = self.letters, (*self.letters, "j")
        inside = self.expr(shape, depth)
        self.letters = outer
        return f"sum({inside}, j)"
