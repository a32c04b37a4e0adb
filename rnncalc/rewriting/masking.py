"""Padding: where a mask is 0 the sequence has ended, and every state keeps its old value.

    h[t] = m[t] * (…) + (1 - m[t]) * h[t-1]

The last state is then that of the last position with mask 1. An output may be 0 there: `y[t] = m[t] * (…)`.
"""

from fractions import Fraction

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import Binary, Equation, Expr, Index, Number, Ref, refs
from rnncalc.errors import ExerciseError, Problem
from rnncalc.system import arities

ONE = Number(Fraction(1))


def masked(cell: Cell, mask: str, zero: bool = False) -> Cell:
    """The network with this mask, an input with one number for each position; `zero` makes its outputs 0, too.

    Raises ExerciseError for a name that is in use, and for a network whose states have more than one index.
    """
    if mask in arities(cell.equations):
        raise ExerciseError(
            Problem(f"`{mask}` is a quantity of the network already", None, "give the mask another name")
        )
    before = _before(cell)
    read = {ref.name for equation in cell.equations for ref, _ in refs(equation.expression)}
    equations = []
    for one in cell.equations:
        expr = one.expression
        if one.name in before:
            expr = _kept(expr, Ref(mask, one.target.indices), before[one.name])
        elif zero and one.name not in read and one.indices:
            expr = Binary("*", Ref(mask, one.target.indices), expr)
        equations.append(Equation(one.target, expr, one.span))
    return replace(cell, equations=tuple(equations))


def _kept(new: Expr, mask: Ref, old: Ref) -> Expr:
    return Binary("+", Binary("*", mask, new), Binary("*", Binary("-", ONE, mask), old))


def _before(cell: Cell) -> dict[str, Ref]:
    """Every state with its old value: the position before, or the one behind where it runs backward."""
    computed = {equation.name for equation in cell.equations if equation.indices}
    found: dict[str, Ref] = {}
    for equation in cell.equations:
        for ref, _ in refs(equation.expression):
            if ref.name in computed and any(index.base and index.offset for index in ref.indices):
                if len(ref.indices) > 1:
                    what = f"the states of this network have {len(ref.indices)} indices"
                    raise ExerciseError(Problem(what, None, "write the mask into the equations: `m[t] * …`"))
                way = 1 if ref.indices[0].offset > 0 else -1
                found[ref.name] = Ref(ref.name, (Index(equation.indices[0], way),))
    return found
