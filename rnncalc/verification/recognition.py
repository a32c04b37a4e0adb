"""Which layers an exercise has: its equations against those that an import would write."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.cell import library_cell
from rnncalc.equations import Call, Equation, Expr, Index, Number, Ref, children, shape_text
from rnncalc.equations.domains.float64 import Float64
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.rewriting import MERGES, Directions, copied
from rnncalc.system import all_refs
from rnncalc.verification.run import Run, run_of
from rnncalc.weights import CONVENTIONS, Activation, Convention, Storey, own_cell

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
    layers = list(_stack(exercise, equations)) or _single(exercise)
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
    if any(_same(cell.equations[0].expression, other.expression, {}, {}) for other in equations[len(cell.equations) :]):
        # More layers, in letters that are not known.
        return []
    return [FoundLayer((_found(exercise, row, names, False, replaced),))]


def _stack(exercise: Exercise, equations: Mapping[str, Equation]) -> Iterator[FoundLayer]:
    """Layers as they are named in files: h_l1, h_l2, …, or h alone."""
    number, below = 0 if _layer(exercise, equations, 0, "x") else 1, "x"
    while layer := _layer(exercise, equations, number, below):
        yield layer
        below = layer.output or layer.directions[0].states["h"]
        if not number:
            return
        number += 1


_WAYS = (*(Directions(True, merge=merge) for merge in MERGES), Directions(), Directions(backward=True))


def _layer(exercise: Exercise, equations: Mapping[str, Equation], number: int, below: str) -> FoundLayer | None:
    """One layer: the first cell and the first way to run it whose equations are those of the exercise."""
    for row in CONVENTIONS:
        for ways in _WAYS:
            if found := _tried(exercise, equations, row, ways, number, below):
                return found
    return None


def _tried(
    exercise: Exercise,
    equations: Mapping[str, Equation],
    row: Convention,
    ways: Directions,
    number: int,
    below: str,
) -> FoundLayer | None:
    """The layer, if it is this cell in these directions."""
    cell, given = library_cell(row.cell), exercise.network.given
    every = [own for own, _ in copied(cell, number, ways, below)]
    parameters = {ref.name for one in cell.equations for ref in all_refs(one) if not ref.indices}
    present = frozenset(name for name in parameters if every[0].get(name) in given)
    needed = (name for pattern in (row.names.input, row.names.recurrent) for _, name in row.named(pattern))
    if not present.issuperset(needed):
        return None
    replaced: dict[str, Activation] = {}
    names: Names = {}
    for _, own in copied(own_cell(Storey(row.cell, present)), number, ways, below):
        for one in own:
            actual = equations.get(one.name)
            if actual is None or not _same(one.expression, actual.expression, names, replaced):
                return None
    if any(name != other for name, other in names.items()):
        return None
    backward = (False, True) if ways.both else (ways.backward,)
    found = [_found(exercise, row, own, turned, replaced) for own, turned in zip(every, backward, strict=True)]
    return _put_together(found, ways, equations, f"h_l{number}" if number else "h")


def _put_together(
    found: list[Found], ways: Directions, equations: Mapping[str, Equation], output: str
) -> FoundLayer | None:
    """The layer, if its directions are merged as they should be."""
    if not ways.both:
        return FoundLayer(tuple(found))
    forward, backward = (Ref(one.states["h"], (Index("t"),)) for one in found)
    merge, _ = MERGES[ways.merge]
    joined = equations.get(output)
    return (
        FoundLayer(tuple(found), output, ways.merge)
        if joined and joined.expression == merge(forward, backward)
        else None
    )


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
    exercise: Exercise, row: Convention, names: Mapping[str, str], backward: bool, replaced: Mapping[str, Activation]
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
