"""What is recurrent in a cell: the part that is repeated in layers and directions, and what only reads its state."""

from msgspec import Struct

from rnncalc.cell import Cell
from rnncalc.equations import Equation, refs
from rnncalc.errors import ExerciseError, Problem, in_backticks
from rnncalc.system import all_refs


class Core(Struct, frozen=True):
    """`equations` are those that its states need, `readout` the others; `state` is what the next layer reads where the
    cell reads `input`, both along `letter`."""

    equations: tuple[Equation, ...]
    readout: tuple[Equation, ...]
    state: str
    input: str
    letter: str

    @property
    def states(self) -> set[str]:
        """What has a position: states, gates, candidates."""
        return {equation.name for equation in self.equations if equation.indices}

    @property
    def weights(self) -> set[str]:
        """What has none: parameters, and blocks of them."""
        return {ref.name for equation in self.equations for ref in all_refs(equation) if not ref.indices}


def core(cell: Cell) -> Core:
    """The recurrent part of a cell. Raises ExerciseError for a cell that cannot be repeated."""
    letters = {index.base for equation in cell.equations for ref in all_refs(equation) for index in ref.indices}
    if len(letters) != 1 or "" in letters:
        raise _unsuited("its equations run along one index, at every position of it")
    (letter,) = letters
    looks_back = {
        ref.name for one in cell.equations for ref, _ in refs(one.expression) if any(i.offset for i in ref.indices)
    }
    if any(i.offset > 0 for one in cell.equations for ref, _ in refs(one.expression) for i in ref.indices):
        raise _unsuited("it runs forward, from the first position to the last")
    computed = {equation.name for equation in cell.equations}
    states = looks_back & computed or {cell.equations[-1].name}
    needed = _closure(cell, states)
    inside = tuple(equation for equation in cell.equations if equation.name in needed)
    inputs = {ref.name for one in inside for ref in all_refs(one) if ref.indices and ref.name not in computed}
    if len(inputs) != 1:
        names = in_backticks(sorted(inputs), " and ") or "none"
        raise _unsuited(f"it has one input; this one has {names}")
    outside = tuple(equation for equation in cell.equations if equation.name not in needed)
    state = next(equation.name for equation in reversed(inside) if equation.name in states)
    return Core(inside, outside, state, inputs.pop(), letter)


def _closure(cell: Cell, wanted: set[str]) -> set[str]:
    """All that is needed to compute what is wanted, at any step."""
    found, before = set(wanted), 0
    while len(found) > before:
        before = len(found)
        found |= {ref.name for one in cell.equations if one.name in found for ref, _ in refs(one.expression)}
    return found


def _unsuited(condition: str) -> ExerciseError:
    hint = "write the equations of all layers and directions under `equations:`"
    return ExerciseError(Problem(f"a network can be repeated in layers or directions if {condition}", None, hint))
