"""Gates: exchanged, ignored, z taken for 1 − z, parameter blocks in another order, cell and hidden state mixed up."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations

from rnncalc.equations import Binary, Equation, Expr, Number, Ref, places, refs
from rnncalc.mistakes.catalogue import Mistake, Rewrite
from rnncalc.mistakes.system import System, multiplied, products
from rnncalc.mistakes.weights import substituted

_ONE = Number(Fraction(1))
MOST_GATES = 4


def _present(equation: Equation, system: System) -> list[Ref]:
    """The computed quantities of this same step that the equation uses."""
    used = [ref for ref, _ in refs(equation.expression) if system.is_computed(ref) and not system.offset(ref)]
    return list(dict.fromkeys(used))


def _swapped(equation: Equation, system: System) -> Iterator[Rewrite]:
    """The results of two gates, or two states, in each other's place."""
    if equation.name in system.adjoints:
        return
    used = _present(equation, system)
    for number, one in enumerate(used):
        for other in used[number + 1 :]:
            if system.shape(one) == system.shape(other):
                yield from _changed(equation, system, {one: other, other: one})


def _changed(equation: Equation, system: System, changes: dict[Ref, Ref], role: str = "") -> Iterator[Rewrite]:
    expression = substituted(equation.expression, lambda part: changes.get(part) if isinstance(part, Ref) else None)
    if expression != equation.expression and system.fits(equation, expression):
        yield Rewrite(expression, role)


def _ignored(equation: Equation, system: System) -> Iterator[Rewrite]:
    """A gate left out of a product."""
    if equation.name in system.adjoints:
        return
    for parts, put in products(equation):
        for number, part in enumerate(parts):
            expression = put(multiplied([*parts[:number], *parts[number + 1 :]]))
            if system.fits(equation, expression) and any(system.is_computed(ref) for ref, _ in refs(part)):
                yield Rewrite(expression, f"{number}")


def _complement(equation: Equation, system: System) -> Iterator[Rewrite]:
    """z and 1 − z exchanged."""
    for gate in _complemented(equation):

        def change(part: Expr, gate: Ref = gate) -> Expr | None:
            if part == Binary("-", _ONE, gate):
                return gate
            return Binary("-", _ONE, gate) if part == gate else None

        yield Rewrite(substituted(equation.expression, change), gate.name)


def _complemented(equation: Equation) -> list[Ref]:
    found = []
    for part, _ in places(equation.expression):
        match part:
            case Binary("-", left, Ref() as gate) if left == _ONE:
                found.append(gate)
    return list(dict.fromkeys(found))


def _reset_after(equation: Equation, system: System) -> Iterator[Rewrite]:
    """r ⊙ (U h) in the place of U (r ⊙ h)."""
    for part, put in places(equation.expression):
        match part:
            case Binary("@", matrix, Binary("*", gate, state)) if system.is_matrix(matrix):
                yield from _fitting(equation, system, put(Binary("*", gate, Binary("@", matrix, state))))
            case Binary("@", Binary("*", gate, state), matrix) if system.is_matrix(matrix):
                yield from _fitting(equation, system, put(Binary("*", gate, Binary("@", state, matrix))))


def _reset_before(equation: Equation, system: System) -> Iterator[Rewrite]:
    """U (r ⊙ h) in the place of r ⊙ (U h + b)."""
    for part, put in places(equation.expression):
        match part:
            case Binary("*", gate, Binary("@", matrix, state)) if system.is_matrix(matrix):
                yield from _fitting(equation, system, put(Binary("@", matrix, Binary("*", gate, state))))
            case Binary("*", gate, Binary("+", Binary("@", matrix, state), bias)) if system.is_matrix(matrix):
                moved = Binary("+", Binary("@", matrix, Binary("*", gate, state)), bias)
                yield from _fitting(equation, system, put(moved))


def _fitting(equation: Equation, system: System, expression: Expr) -> Iterator[Rewrite]:
    if system.fits(equation, expression):
        yield Rewrite(expression)


def _other_state(equation: Equation, system: System) -> Iterator[Rewrite]:
    """Another state of the same step and size: c for h, h for c."""
    if equation.name in system.adjoints:
        return
    states = {ref for one in system.equations for ref, _ in refs(one.expression) if system.is_past(one, ref)}
    names = {state.name for state in states if state.name not in system.adjoints}
    used = {ref for ref, _ in refs(equation.expression) if ref.name in names}
    for ref in sorted(used, key=repr):
        # The same state before an update, or after one, is no other state.
        same = {name for name in names if system.before.get(name) == ref.name or system.before.get(ref.name) == name}
        for name in sorted(names - same - {ref.name, equation.name if not system.offset(ref) else ""}):
            yield from _changed(equation, system, {ref: Ref(name, ref.indices)}, name)


def _blocks(equation: Equation, system: System) -> Iterator[Rewrite]:
    """The parameters of another gate, all of them, when the blocks of a stack are read in another order."""
    for family in system.gates:
        if equation not in family or len(family) > MOST_GATES:
            continue
        own = _parameters(equation, system)
        for order in permutations(range(len(family))):
            if any(order[place] == place for place in range(len(family))) and list(order) == sorted(order):
                continue
            other = family[order[family.index(equation)]]
            if other is not equation:
                foreign = _parameters(other, system)
                changes = dict(zip(own, foreign, strict=True))
                yield from _changed(equation, system, changes, "".join(map(str, order)))


def _parameters(equation: Equation, system: System) -> list[Ref]:
    return [ref for ref, _ in refs(equation.expression) if system.is_parameter(ref)]


MISTAKES = (
    Mistake(
        "gates-exchanged", "two gates or states exchanged", "Which of the two belongs in which place?", "gate",
        _swapped,
    ),
    Mistake(
        "gate-ignored", "a gate not applied", "Each factor of the product counts.", "gate", _ignored, alone=True,
    ),
    Mistake(
        "update-gate-turned-round", "z and 1 − z exchanged",
        "Does the gate weigh the old state or the new one? Books differ; use the equation of the exercise.", "gate",
        _complement,
    ),
    Mistake(
        "reset-after-the-product", "reset gate applied after the matrix product",
        "Here the gate acts on the state before the matrix does.", "gate", _reset_after,
    ),
    Mistake(
        "reset-before-the-product", "reset gate applied before the matrix product",
        "Here the gate acts on what the matrix makes of the state.", "gate", _reset_before,
    ),
    Mistake(
        "cell-and-state-exchanged", "another state in its place",
        "Which state stands there: hidden state or cell, of which layer, in which direction?", "gate", _other_state,
    ),
    Mistake(
        "blocks-in-another-order", "gates read in another order",
        "In which order are the gates stacked?", "other parameter", _blocks,
    ),
)  # fmt: skip
