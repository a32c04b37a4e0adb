"""Other activations: tanh becomes ReLU, everywhere or in the equation of one quantity."""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import FUNCTIONS, Call, Equation, Expr, children, rebuild, with_part
from rnncalc.errors import ExerciseError, Problem, in_backticks

Activation = Callable[[Expr], Expr]
"""What stands for the function of an argument: `identity` leaves the argument alone."""


def activated(cell: Cell, of_functions: Mapping[str, Activation], of_quantities: Mapping[str, Activation]) -> Cell:
    """The cell with other functions in place of some; a choice for a quantity comes before one for a function.

    Raises ExerciseError where the equation of a quantity has several activations, so that none is meant.
    """

    def equation(old: Equation) -> Equation:
        if old.name in of_quantities:
            expression = _chosen(old, of_quantities[old.name])
        else:
            expression = _replaced(old.expression, of_functions)
        return Equation(old.target, expression, old.span)

    return replace(cell, equations=tuple(map(equation, cell.equations)))


def _replaced(expr: Expr, activations: Mapping[str, Activation]) -> Expr:
    parts = tuple(_replaced(part, activations) for part in children(expr))
    if isinstance(expr, Call) and expr.function in activations:
        return activations[expr.function](parts[0])
    return rebuild(expr, parts)


def _chosen(equation: Equation, activation: Activation) -> Expr:
    outermost = dict.fromkeys(outer_activations(equation.expression))
    if len(outermost) > 1:
        names = in_backticks((call.function for call in outermost), " and ")
        hint = "name the functions instead: `activations: {tanh: relu}`"
        raise ExerciseError(Problem(f"the equation of `{equation.name}` has several activations, {names}", None, hint))
    if not outermost:
        return activation(equation.expression)
    (call,) = outermost
    return with_part(equation.expression, call, activation(call.arguments[0]))


def outer_activations(expr: Expr) -> Iterator[Call]:
    """The activations of an expression that stand in no other."""
    if isinstance(expr, Call) and FUNCTIONS[expr.function].kind in ("elementwise", "softmax"):
        yield expr
    else:
        for part in children(expr):
            yield from outer_activations(part)
