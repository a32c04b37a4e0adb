"""The shape of an expression whose quantities have known shapes, or None where sizes do not fit."""

from collections.abc import Mapping

from rnncalc.equations.algebra import Sizes
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Binary, Call, Expr
from rnncalc.equations.walks import walk


def fitted_shape(expr: Expr, shapes: Mapping[str, Shape]) -> Shape | None:
    """(rows, columns); None if operands do not fit, or a quantity is unknown."""
    sizes = Sizes(shapes)
    try:
        return sizes.of(expr) if all(_fits(part, sizes) for part in walk(expr)) else None
    except KeyError:
        return None


def _fits(expr: Expr, sizes: Sizes) -> bool:
    """Whether the direct parts of an expression have sizes that go together."""
    match expr:
        case Binary("@", left, right):
            return sizes.of(left)[1] == sizes.of(right)[0]
        case Binary(_, left, right):
            one, other = sizes.of(left), sizes.of(right)
            return one == other or (1, 1) in (one, other)
        case Call(function, arguments) if FUNCTIONS[function].kind == "concat":
            across = 1 - FUNCTIONS[function].axis
            return len({sizes.of(argument)[across] for argument in arguments}) == 1
        case _:
            return True
