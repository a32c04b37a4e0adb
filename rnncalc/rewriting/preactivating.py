"""What stands inside an activation, with a name of its own: `f[t] = sigmoid(z_f[t])` and `z_f[t] = W_f @ x[t] + …`."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import Call, Equation, Ref, with_part
from rnncalc.errors import ExerciseError, Problem
from rnncalc.rewriting.activating import outer_activations


def with_preactivations(cell: Cell, names: Mapping[str, str]) -> Cell:
    """The cell with an equation for each of these arguments: `names` has for the quantity the name of its argument.

    Raises ExerciseError for a quantity whose equation has no activation, or several.
    """
    return replace(
        cell,
        equations=tuple(made for one in cell.equations for made in _split(one, names)),
        stages=tuple(replace(stage, of=tuple(_led(stage.of, names))) for stage in cell.stages),
    )


def _split(equation: Equation, names: Mapping[str, str]) -> Iterator[Equation]:
    if equation.name not in names:
        yield equation
        return
    calls = list(dict.fromkeys(outer_activations(equation.expression)))
    if len(calls) != 1:
        what = f"the equation of `{equation.name}` has {'several activations' if calls else 'no activation'}"
        raise ExerciseError(Problem(what, None, "name quantities with one activation: `preactivations: [f, i, o]`"))
    (call,) = calls
    target = Ref(names[equation.name], equation.target.indices)
    yield Equation(target, call.arguments[0], equation.span)
    inside = Call(call.function, (target, *call.arguments[1:]))
    yield Equation(equation.target, with_part(equation.expression, call, inside), equation.span)


def _led(of: tuple[str, ...], names: Mapping[str, str]) -> Iterator[str]:
    """The quantities of a step, each behind its argument."""
    for name in of:
        if name in names:
            yield names[name]
        yield name
