"""Float64 programs for long sequences and for many exercises at once, made from the same equations that are printed.

The stages, each a module: `group` finds the recurrences, `inline` and `hoist` take out of them what can be computed
ahead, `lower` writes a turn as single operations, `stack` joins those that can be one call and lays out memory, `emit`
(or `scalars`) writes the source, `loading` makes a function of it, `running` runs it. `series` computes what needs no
loop for all positions at once, `nest` loops of every other kind, `lanes` many exercises side by side. `program` puts
them together; it loads NumPy, this module does not.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rnncalc.equations.schedule import Plan
from rnncalc.equations.shapes import Shapes
from rnncalc.equations.tree import Ref

if TYPE_CHECKING:
    from rnncalc.equations.compiled.program import Program


def compile_float64(plan: Plan, shapes: Shapes, targets: Sequence[Ref]) -> "Program":
    """A program that computes the targets, which the plan was made for. It takes a few milliseconds to make; a run is
    quickest where loops are long or exercises many.

    Where the shapes conflict, which a plan allows only in products that a zero state makes vanish, all is computed by
    the plain walk. Raises LimitError for positions too far apart to be stored as one array.
    """
    from rnncalc.equations.compiled.program import compiled

    known = {name: (rows, columns) for name, (rows, columns) in shapes.sizes.items() if rows and columns}
    return compiled(plan, known, targets, plain=bool(shapes.conflicts))
