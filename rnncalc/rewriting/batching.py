"""Several sequences in one network: every quantity of a sequence gets an index more, x[n,t] for x[t].

What has no index but is made of what has one, such as `y = V @ h[T]`, belongs to a sequence too and becomes y[n].
Weights stay as they are, the same for all sequences.
"""

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import Equation, Expr, Index, Over, Ref, children, rebuild, refs
from rnncalc.errors import ExerciseError, Problem
from rnncalc.system import all_refs


def batched(cell: Cell, letter: str) -> Cell:
    """The network for several sequences, numbered by this letter. Raises ExerciseError for a letter in use."""
    letters = {index.base.lower() for one in cell.equations for ref in all_refs(one) for index in ref.indices}
    letters |= {part.index for one in cell.equations for part in _sums(one.expression)}
    if letter in letters:
        raise ExerciseError(Problem(f"`{letter}` is an index of the network already", None, "take another letter"))
    own = _of_a_sequence(cell)
    number = Index(letter)

    def numbered(expr: Expr) -> Expr:
        if isinstance(expr, Ref):
            return Ref(expr.name, (number, *expr.indices)) if expr.name in own else expr
        return rebuild(expr, tuple(map(numbered, children(expr))))

    def equation(old: Equation) -> Equation:
        target = Ref(old.name, (number, *old.target.indices)) if old.name in own else old.target
        return Equation(target, numbered(old.expression), old.span)

    return replace(cell, equations=tuple(map(equation, cell.equations)))


def _sums(expr: Expr) -> list[Over]:
    found = [part for child in children(expr) for part in _sums(child)]
    return [*found, expr] if isinstance(expr, Over) else found


def _of_a_sequence(cell: Cell) -> set[str]:
    """The quantities that each sequence has by itself."""
    found = {ref.name for one in cell.equations for ref in all_refs(one) if ref.indices}
    before = 0
    while len(found) > before:
        before = len(found)
        found |= {one.name for one in cell.equations if any(ref.name in found for ref, _ in refs(one.expression))}
    return found
