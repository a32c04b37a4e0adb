"""Which layers an exercise has: its equations against those that an import would write."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.cell import library_cell
from rnncalc.equations import Binary, Call, Equation, Expr, Number, Ref, children, shape_text
from rnncalc.equations.domains.float64 import Float64
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.system import all_refs
from rnncalc.verification.run import Run, run_of
from rnncalc.weights import CONVENTIONS, Activation, Convention, Part, part_equations

_CELLS = [row.cell for row in CONVENTIONS]

Names = dict[str, str]
"""The cell's own name → the exercise's name."""


class Found(Struct, frozen=True):
    """One direction of a layer in an exercise, and what it calls the states."""

    run: Run
    input: str
    states: Mapping[str, str]
    """`h` and `c` → the name in the exercise."""


class FoundLayer(Struct, frozen=True):
    """`output` is the quantity that puts two directions together, with the function that does it."""

    directions: tuple[Found, ...]
    output: str = ""
    merge: str = ""


def recognised(exercise: Exercise) -> list[FoundLayer]:
    """The layers from the input upward. Raises UsageError where the network is no stack of layers of a framework."""
    equations = {one.name: one for one in exercise.network.plan.equations if one.indices}
    _check_sizes(exercise)
    layers = _single(exercise) or list(_stack(exercise, equations))
    if layers:
        return layers
    what = f"`{exercise.name}` is no network that a framework has as a layer"
    hint = f"networks that `rnncalc import` writes can be verified, and the cells {', '.join(_CELLS)}"
    raise UsageError(Problem(what, None, hint))


def _check_sizes(exercise: Exercise) -> None:
    """No framework takes a matrix that fits only because its state is zero."""
    for misfit in exercise.network.misfits:
        what = f"`{misfit.names[0]}` is {shape_text(misfit.shape)}, which no framework takes"
        raise UsageError(Problem(what, None, f"{shape_text(misfit.fitting)} would fit"))


def _single(exercise: Exercise) -> list[FoundLayer]:
    """A cell of the library under its own names or others; its equations come first."""
    row = next((row for row in CONVENTIONS if exercise.cell and row.cell == exercise.cell.name), None)
    if row is None:
        return []
    cell, equations = library_cell(row.cell), exercise.network.plan.equations
    names: Names = {}
    replaced: dict[str, Activation] = {}
    for own, other in zip(cell.equations, equations, strict=False):
        sides = ((own.target, other.target), (own.expression, other.expression))
        if not all(_same(mine, theirs, names, replaced) for mine, theirs in sides):
            return []
    return [FoundLayer((_found(exercise, row, names, False, replaced),))]


def _stack(exercise: Exercise, equations: Mapping[str, Equation]) -> Iterator[FoundLayer]:
    """Layers as an import names them: h1, h1r, y1, h2, …, or h alone."""
    below, number = "x", 0 if _directions(exercise, equations, 0, "x") else 1
    while directions := _directions(exercise, equations, number, below):
        output = f"y{number or ''}" if len(directions) == 2 else ""
        below = output or directions[0].states["h"]
        yield FoundLayer(tuple(directions), output, _merge(equations.get(output)))
        if not number:
            return
        number += 1


def _merge(joined: Equation | None) -> str:
    match joined.expression if joined else None:
        case Binary(operator):
            return {"+": "sum", "*": "mul", "/": "ave"}.get(operator, "")
        case Call("concat"):
            return "concat"
        case _:
            return ""


def _directions(exercise: Exercise, equations: Mapping[str, Equation], number: int, below: str) -> list[Found]:
    """The directions of a layer: forward and backward, or one of them."""
    for row in CONVENTIONS:
        for ways in ((False, True), (False,), (True,)):
            found = [_direction(exercise, equations, row, number, below, way, len(ways) == 2) for way in ways]
            if all(found):
                return [one for one in found if one]
    return []


def _direction(
    exercise: Exercise,
    equations: Mapping[str, Equation],
    row: Convention,
    number: int,
    below: str,
    backward: bool,
    marked: bool,
) -> Found | None:
    part = Part(row.cell, frozenset(), {}, number, backward, marked)
    given = exercise.network.given
    own = {ref.name for one in library_cell(row.cell).equations for ref in all_refs(one)}
    part = Part(row.cell, frozenset(name for name in own if part.name(name) in given), {}, number, backward, marked)
    if not all(name in part.present for _, name in (*row.named(row.names.input), *row.named(row.names.recurrent))):
        return None
    names: Names = {}
    replaced: dict[str, Activation] = {}
    for one in part_equations(part, below):
        actual = equations.get(one.name)
        if row.framework == "book" or actual is None or not _same(one.expression, actual.expression, names, replaced):
            return None
    if any(name != other for name, other in names.items()):
        return None
    return _found(exercise, row, {name: part.name(name) for name in own} | {"x": below}, backward, replaced)


def _same(own: Expr, other: Expr, names: Names, replaced: dict[str, Activation]) -> bool:
    """Whether two expressions are alike but for names and for the functions that stand for tanh and sigmoid."""
    match own, other:
        case Ref(name, indices), Ref(theirs, others):
            return indices == others and names.setdefault(name, theirs) == theirs
        case Number(), Number():
            return own == other
        case Call(function, arguments), Call(theirs, others) if function in ("tanh", "sigmoid"):
            constants = tuple(str(part.value) for part in others[1:] if isinstance(part, Number))
            stands = replaced.setdefault(function, Activation(theirs, constants))
            same = stands == Activation(theirs, constants) and len(constants) == len(others) - 1
            return same and _same(arguments[0], others[0], names, replaced)
    if type(own) is not type(other) or _plain(own) != _plain(other):
        return False
    return all(_same(one, two, names, replaced) for one, two in zip(children(own), children(other), strict=True))


def _plain(expr: Expr) -> tuple[Any, ...]:
    """What a node says beside its parts."""
    own = (getattr(expr, name, None) for name in ("operator", "function", "exponent", "index"))
    return (*own, len(children(expr)))


def _found(
    exercise: Exercise, row: Convention, names: Names, backward: bool, replaced: Mapping[str, Activation]
) -> Found:
    domain, network = Float64(), exercise.network
    arrays = {own: domain.array(network.data[name, ()]) for own, name in names.items() if (name, ()) in network.data}
    states = {
        own: domain.array(network.data[key])
        for own in row.states
        for key in network.plan.boundary
        if key[0] == names.get(own, own) and key in network.data
    }
    changed = {old: new for old, new in replaced.items() if new != Activation(old)}
    if row.activation != "tanh":
        changed = {"tanh": Activation(row.activation), **changed}
    run = run_of(row, arrays, states, backward, changed)
    plain = dict(zip("hc", (names.get(state, state) for state in row.states), strict=False))
    return Found(run, names.get("x", "x"), plain)
