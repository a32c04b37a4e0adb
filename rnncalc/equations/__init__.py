"""The language of indexed equations: a network stated once, as data. It knows no files, screens, students or networks.

    f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)

`parse_equations` reads it, `infer` finds the shapes, `plan` the order, `Evaluation` the values in a number domain,
`source` and `formula` write it down again. Everything outside imports from here only.
"""

from rnncalc.equations.boxes import Position, contains
from rnncalc.equations.brackets import Writer
from rnncalc.equations.compiled import compile_float64
from rnncalc.equations.dependencies import needs
from rnncalc.equations.domains import Domain, ImpreciseError, StoppedError, deadline
from rnncalc.equations.evaluate import Evaluation, Instance, operation, trace
from rnncalc.equations.evaluate import compiled as compile_walk
from rnncalc.equations.fitting import fitted_shape
from rnncalc.equations.functions import ALIASES, FUNCTIONS, Function
from rnncalc.equations.inference import infer
from rnncalc.equations.notation import Style, formula, scalar_by, symbol
from rnncalc.equations.parse import parse_equations, parse_expression
from rnncalc.equations.reverse import Gradient, gradient
from rnncalc.equations.schedule import Plan, plan
from rnncalc.equations.shapes import Conflict, Datum, OpenShape, Shape, Shapes, shape_text
from rnncalc.equations.tree import (
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
    ref_at,
)
from rnncalc.equations.walks import (
    addends,
    bind,
    children,
    constant,
    places,
    plus,
    ratio,
    rebuild,
    refs,
    unfold,
    walk,
    with_part,
)
from rnncalc.equations.writing import SourceSpelling, source

__all__ = [
    "ALIASES",
    "FUNCTIONS",
    "Binary",
    "Call",
    "Conflict",
    "Datum",
    "Domain",
    "Equation",
    "Evaluation",
    "Expr",
    "Function",
    "Gradient",
    "ImpreciseError",
    "Index",
    "Instance",
    "Negate",
    "Number",
    "OpenShape",
    "Over",
    "Plan",
    "Position",
    "Power",
    "Ref",
    "Shape",
    "Shapes",
    "SourceSpelling",
    "StoppedError",
    "Style",
    "Transpose",
    "Writer",
    "addends",
    "bind",
    "children",
    "compile_float64",
    "compile_walk",
    "constant",
    "contains",
    "deadline",
    "fitted_shape",
    "formula",
    "gradient",
    "infer",
    "needs",
    "operation",
    "parse_equations",
    "parse_expression",
    "places",
    "plan",
    "plus",
    "ratio",
    "rebuild",
    "ref_at",
    "refs",
    "scalar_by",
    "shape_text",
    "source",
    "symbol",
    "trace",
    "unfold",
    "walk",
    "with_part",
]
