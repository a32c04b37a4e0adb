"""Evidence for a gradient that owes nothing to the chain rule: every entry beside a central difference of the loss.

    (L(θ + h) − L(θ − h)) / 2h   with h = 10⁻²⁰, in balls

The quotient differs from the derivative by about h², so that the two agree to some forty digits, or one is wrong. A
state or gate is moved where its equation has made it; what it feeds is computed from there on.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor, prod
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Evaluation, Plan, Position, Ref, plan
from rnncalc.errors import LimitError, Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.solving.attempts import MAX_WORK, MULTIPLICATIONS_EACH

if TYPE_CHECKING:
    from rnncalc.equations.domains.certified import Certified

DECIMALS = 20
STEP = Fraction(1, 10**DECIMALS)
"""How far θ is moved."""
BITS = 512
"""The precision of the balls: 154 digits, of which the division by h² takes 40 away."""
CORNER = 10
"""Slopes to the right and to the left that differ before this decimal are those of a corner."""

Key = tuple[str, Position]


class Corner(Struct, frozen=True):
    """The slopes of the loss on both sides of a corner, where it has no derivative."""

    left: Any
    right: Any


class Compared(Struct, frozen=True):
    """One entry of a gradient, counted from 1, and what the difference quotient says of it. `apart` is the distance of
    the two, `digits` how many significant digits agree (decimals, if the gradient is 0), None if all of them do."""

    row: int
    column: int
    gradient: Any
    difference: Any
    apart: Any
    digits: int | None
    corner: Corner | None


class Evidence(Struct, frozen=True):
    """The entries of a gradient: that of quantity `of` at the position, computed as `name`."""

    name: str
    of: str
    position: Position
    entries: tuple[Compared, ...]


class Differences(Struct, frozen=True):
    """`without` are gradients asked for that no single quantity can be moved for, such as what one step contributes."""

    domain: "Certified"
    evidence: tuple[Evidence, ...]
    without: tuple[Key, ...]


def differences(exercise: Exercise) -> Differences:
    """A difference quotient for every entry of every gradient that the exercise asks for.

    Raises UsageError if it asks for none, LimitError if that would take too long, ExerciseError where a value does not
    exist.
    """
    import flint

    with flint.ctx.workprec(BITS):
        return _Run(exercise).all()


class _Run:
    def __init__(self, exercise: Exercise) -> None:
        from rnncalc.equations.domains.certified import Certified

        self.exercise, self.network, self.domain = exercise, exercise.network, Certified()
        self.data = {key: self.domain.array(rows) for key, rows in self.network.data.items()}
        self.forward = self.planned(Ref(exercise.loss)) if exercise.loss else None
        self.step = self.domain.number(STEP)

    def planned(self, *targets: Ref) -> Plan:
        equations, lengths = self.network.plan.equations, self.network.plan.lengths
        return plan(equations, targets, extents={}, stated=lengths, backward_pass=self.exercise.adjoints)

    def all(self) -> Differences:
        asked = dict(self.asked())
        movable = {key: of for key, of in asked.items() if of is not None}
        if self.forward is None or not movable:
            hint = "ask for one, as `find: [dL/dW]`, or for all with `--gradients`"
            raise UsageError(Problem(f"`{self.exercise.name}` asks for no gradient to check", None, hint))
        self.limit(sum(prod(self.network.shapes.known(name)) for name, _ in movable))
        wanted = tuple(dict.fromkeys(Ref(name) for name, _ in movable))
        gradients = self.values(self.planned(*wanted), set(movable))
        self.middle = self.loss({})
        evidence = (
            Evidence(name, of, at, tuple(self.compared((of, at), gradients[name, at])))
            for (name, at), of in movable.items()
        )
        return Differences(self.domain, tuple(evidence), tuple(key for key, of in asked.items() if of is None))

    def asked(self) -> Iterator[tuple[Key, str | None]]:
        """The gradients asked for, each with the quantity that is moved for it."""
        for ref in self.exercise.find:
            if ref.name in self.exercise.adjoints:
                for position in self.network.plan.positions(ref):
                    yield (ref.name, position), self.exercise.derivatives.get(ref.name)

    def limit(self, entries: int) -> None:
        work = 2 * entries * (self.network.multiplications + MULTIPLICATIONS_EACH * self.network.evaluations)
        if work > MAX_WORK:
            what = f"`{self.exercise.name}`: to check {entries} entries of gradients would take more than a minute"
            raise LimitError(Problem(what, None, "ask for fewer gradients under `find:`"))

    # -- one entry

    def compared(self, moved: Key, gradient: Any) -> Iterator[Compared]:
        domain, (rows, columns) = self.domain, self.domain.shape(gradient)
        for number, entry in enumerate(domain.entries(gradient)):
            places = [STEP if place == number else Fraction(0) for place in range(rows * columns)]
            offset = domain.stack([domain.number(place) for place in places], columns)
            up, down = self.loss({moved: offset}), self.loss({moved: domain.negate(offset)})
            twice = domain.add(self.step, self.step)
            difference = domain.divide(domain.subtract(up, down), twice)
            apart = replace(domain.number(Fraction(0)), entries=(abs(domain.subtract(difference, entry).entries[0]),))
            row, column = divmod(number, columns)
            yield Compared(
                row + 1, column + 1, entry, difference, apart, self.agreement(apart, entry), self.corner(up, down)
            )

    def corner(self, up: Any, down: Any) -> Corner | None:
        domain = self.domain
        right = domain.divide(domain.subtract(up, self.middle), self.step)
        left = domain.divide(domain.subtract(self.middle, down), self.step)
        bend = abs(domain.subtract(right, left).entries[0])
        return Corner(left, right) if bend > domain.scalar(Fraction(1, 10**CORNER)) else None

    def agreement(self, apart: Any, gradient: Any) -> int | None:
        """How many digits agree for certain."""
        from flint import arb

        far, size = abs(arb(apart.entries[0])).upper(), abs(arb(gradient.entries[0])).lower()
        if far == 0:
            return None
        return max(0, floor(-float((far / size if size > 0 else far).log() / arb(10).log())))

    # -- the loss

    def loss(self, offsets: Mapping[Key, Any]) -> Any:
        """The loss with some quantities moved."""
        assert self.forward is not None, "there is a loss"
        key = self.exercise.loss, ()
        return self.values(self.forward, {key}, offsets)[key]

    def values(self, order: Plan, keys: set[Key], offsets: Mapping[Key, Any] | None = None) -> dict[Key, Any]:
        moved = dict(offsets or {})
        data = dict(self.data)
        for key in [key for key in moved if key in data or key in order.boundary]:
            data[key] = self.domain.add(data[key] if key in data else self.zero(key[0]), moved.pop(key))
        run, found = Evaluation(order, self.domain, data, self.zero), {}
        for instance in run:
            key = instance.equation.name, instance.position
            if key in moved:
                run.values[key] = self.domain.add(instance.value, moved[key])
            if key in keys:
                found[key] = instance.value
        return found

    def zero(self, name: str) -> Any:
        return self.domain.zeros(*self.network.shapes.known(name))
