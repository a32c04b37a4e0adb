"""The functions of the language, one row each: how it is written, printed and computed in every number domain.

To add an element-wise function, add one row. `np` is NumPy, handed in so that nothing is imported before it is needed.
Formulas for balls must enclose: every step is a ball operation or an exact choice.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt
from typing import Any, Literal

from msgspec import Struct

from rnncalc.equations.choices import greatest, greatest_float64, sampled, sampled_float64

Kind = Literal["elementwise", "softmax", "sum", "concat", "rows", "block", "choice"]


class Case(Struct, frozen=True):
    """`value` holds where every expression of `where` has one of the signs: `{"x": "0+"}` is x ≥ 0."""

    value: str
    where: Mapping[str, str]


class Function(Struct, frozen=True):
    """A row. `float64(np, x, *constants)`; `ball(x, *constants)` on python-flint `arb`; `rational(x, *constants)` is
    the value where a rational argument (`fmpq`) has a rational value, else None.

    A ball that is one of the constants may be handed back as that constant.

    `axis` tells what is joined or cut: 0 for rows, 1 for columns.
    `operands` is how many arguments a choice has; its `float64` and `ball` take them as `choices` says.
    `constants` are the trailing arguments (plain numbers such as a slope) with their defaults.
    `definition` is the function in the language itself, of `x`: it is shown with a number put in.
    `derivative` is written with the argument `x`, the value `y` and the constant `a`; at a corner it is PyTorch's
    (0 for ReLU at 0).
    `cases` say what a function by cases is in each, of `x` and the constant `a`. `sign` holds the signs of its values
    (`"+"` or `"0+"`), or `"x"` where they are those of x. `inverse` is the argument whose value is x, case by case, of
    a function that takes no value twice; one by cases is undone case by case. `increasing` functions never fall.
    """

    name: str
    unicode: str
    latex: str
    kind: Kind = "elementwise"
    float64: Callable[..., Any] | None = None
    ball: Callable[..., Any] | None = None
    rational: Callable[..., Any] = lambda x, *constants: None
    axis: int = 0
    constants: tuple[Fraction, ...] = ()
    definition: str = ""
    derivative: str = ""
    operands: int = 1
    cases: tuple[Case, ...] = ()
    sign: str = "-0+"
    inverse: tuple[Case, ...] = ()
    increasing: bool = True


def _only_at(point: int, value: Fraction) -> Callable[..., Any]:
    """The value at the one rational point where a transcendental function is rational (Lindemann–Weierstrass)."""
    return lambda x: value if x == point else None


def _root(above: int, below: int) -> Fraction | None:
    """The square root of a fraction in lowest terms, if it is rational."""
    if above < 0 or isqrt(above) ** 2 != above or isqrt(below) ** 2 != below:
        return None
    return Fraction(isqrt(above), isqrt(below))


def _step_ball(x: Any) -> Any:
    """1 or 0 where the sign is certain, else a ball that holds both: more precision decides, unless the value is 0."""
    return x * 0 + 1 if x > 0 else x * 0 if x < 0 or x == 0 else x.max(0).min(0).union(x * 0 + 1)


_ROWS = (
    Function(
        "sigmoid", "σ", r"\sigma",
        # exp(−log(1 + e^−x)) keeps its relative digits for very negative x, where ½ + ½ tanh(x/2) has none.
        float64=lambda np, x: np.exp(-np.logaddexp(0.0, -x)),
        # The exponential that is small: the other one passes all bounds for an x such as −10³⁰.
        ball=lambda x: x.exp() / (1 + x.exp()) if x < 0 else 1 / (1 + (-x).exp()),
        rational=_only_at(0, Fraction(1, 2)),
        definition="1 / (1 + exp(-x))",
        derivative="y * (1 - y)",
        sign="+",
        inverse=(Case("log(x / (1 - x))", {"x": "+", "1 - x": "+"}),),
    ),
    Function(
        "tanh", "tanh", r"\tanh",
        float64=lambda np, x: np.tanh(x),
        ball=lambda x: x.tanh(),
        rational=_only_at(0, Fraction(0)),
        definition="(1 - exp(-2 * x)) / (1 + exp(-2 * x))",
        derivative="1 - y ** 2",
        sign="x",
        inverse=(Case("log((1 + x) / (1 - x)) / 2", {"1 + x": "+", "1 - x": "+"}),),
    ),
    Function(
        "relu", "ReLU", r"\operatorname{ReLU}",
        float64=lambda np, x: np.maximum(x, 0.0),
        ball=lambda x: x.max(0),
        rational=lambda x: max(x, 0),
        definition="max(x, 0)",
        derivative="step(y)",
        cases=(Case("x", {"x": "0+"}), Case("0", {"x": "-0"})),
        sign="0+",
    ),
    Function(
        "leaky_relu", "LeakyReLU", r"\operatorname{LeakyReLU}", constants=(Fraction(1, 100),),
        float64=lambda np, x, slope: np.where(x > 0, x, slope * x),
        ball=lambda x, slope: x.max(0) + slope * x.min(0),
        rational=lambda x, slope: x if x > 0 else slope * x,
        derivative="step(y) + a * (1 - step(y))",
        cases=(Case("x", {"x": "0+"}), Case("a * x", {"x": "-0"})),
        increasing=False,  # with a negative slope
    ),
    Function(
        # Slope 1/6 as in Keras 3 and PyTorch; ONNX and Keras 1–2 use 1/5: `hard_sigmoid(x, 0.2)`.
        "hard_sigmoid", "hard_sigmoid", r"\operatorname{hard\_sigmoid}", constants=(Fraction(1, 6),),
        float64=lambda np, x, slope: np.clip(slope * x + 0.5, 0.0, 1.0),
        ball=lambda x, slope: (slope * x + 0.5).max(0).min(1),
        rational=lambda x, slope: min(max((2 * slope * x + 1) / 2, 0), 1),
        derivative="a * (step(y) * step(1 - y))",
        cases=(
            Case("1", {"a * x - 0.5": "0+"}),
            Case("0", {"a * x + 0.5": "-0"}),
            Case("a * x + 0.5", {"a * x - 0.5": "-0", "a * x + 0.5": "0+"}),
        ),
        sign="0+",
    ),
    Function(
        "softsign", "softsign", r"\operatorname{softsign}",
        float64=lambda np, x: x / (1.0 + np.abs(x)),
        ball=lambda x: x / (1 + abs(x)),
        rational=lambda x: x / (1 + abs(x)),
        derivative="(1 - relu(y) - relu(-y)) ** 2",
        cases=(Case("x / (1 + x)", {"x": "0+"}), Case("x / (1 - x)", {"x": "-0"})),
        sign="x",
        inverse=(Case("x / (1 - x)", {"x": "0+", "1 - x": "+"}), Case("x / (1 + x)", {"x": "-", "1 + x": "+"})),
    ),
    Function(
        "softplus", "softplus", r"\operatorname{softplus}",
        float64=lambda np, x: np.logaddexp(0.0, x),
        ball=lambda x: x.exp().log1p() if x < 0 else x + (-x).exp().log1p(),
        definition="log(1 + exp(x))",
        derivative="sigmoid(x)",
        sign="+",
        inverse=(Case("log(exp(x) - 1)", {"x": "+"}),),
    ),
    Function(
        "identity", "id", r"\operatorname{id}",
        float64=lambda np, x: x,
        ball=lambda x: x,
        rational=lambda x: x,
        derivative="1",
        cases=(Case("x", {}),),
        sign="x",
        inverse=(Case("x", {}),),
    ),
    Function(
        "exp", "exp", r"\exp",
        float64=lambda np, x: np.exp(x),
        ball=lambda x: x.exp(),
        rational=_only_at(0, Fraction(1)),
        derivative="y",
        sign="+",
        inverse=(Case("log(x)", {"x": "+"}),),
    ),
    Function(
        "log", "ln", r"\ln",
        float64=lambda np, x: np.log(x),
        ball=lambda x: x.log(),
        rational=_only_at(1, Fraction(0)),
        derivative="1 / x",
        inverse=(Case("exp(x)", {}),),
    ),
    Function(
        "max", "max", r"\max", constants=(Fraction(0),),
        float64=lambda np, x, floor: np.maximum(x, floor),
        ball=lambda x, floor: floor if x < floor else x.max(floor),
        rational=lambda x, floor: max(x, floor),
        derivative="step(y - a)",
        cases=(Case("x", {"x - a": "0+"}), Case("a", {"x - a": "-0"})),
    ),
    Function(
        # Limited to −a … a, as a gradient that is clipped by value.
        "clip", "clip", r"\operatorname{clip}", constants=(Fraction(1),),
        float64=lambda np, x, most: np.clip(x, -most, most),
        ball=lambda x, most: -most if x < -most else most if x > most else x.max(-most).min(most),
        rational=lambda x, most: min(max(x, -most), most),
        derivative="step(y + a) * step(a - y)",
        cases=(
            Case("a", {"x - a": "0+"}),
            Case("-a", {"x + a": "-0"}),
            Case("x", {"x - a": "-0", "x + a": "0+"}),
        ),
    ),
    Function(
        "sqrt", "√", r"\surd",
        float64=lambda np, x: np.sqrt(x),
        ball=lambda x: x.sqrt(),
        rational=lambda x: _root(int(x.p), int(x.q)),
        derivative="1 / (2 * y)",
        sign="0+",
    ),
    Function(
        "step", "step", r"\operatorname{step}",
        float64=lambda np, x: (x > 0) * 1.0,
        ball=_step_ball,
        rational=lambda x: 1 if x > 0 else 0,
        derivative="0",
        cases=(Case("1", {"x": "+"}), Case("0", {"x": "-0"})),
        sign="0+",
    ),
    Function(
        # The shape of its argument, filled with 1: what a sum hands back to its entries.
        "ones", "ones", r"\operatorname{ones}",
        float64=lambda np, x: np.ones_like(x),
        ball=lambda x: x * 0 + 1,
        rational=lambda x: 1,
        derivative="0",
        cases=(Case("1", {}),),
        sign="+",
    ),
    Function("softmax", "softmax", r"\operatorname{softmax}", kind="softmax"),
    Function("sum", "Σ", r"\sum", kind="sum"),
    # Values one below the other, and side by side.
    Function("concat", "concat", r"\operatorname{concat}", kind="concat"),
    Function("beside", "concat", r"\operatorname{concat}", kind="concat", axis=1),
    # rows(x, 2, 3): the second and the third row. It takes a stacked vector apart again.
    Function("rows", "rows", r"\operatorname{rows}", kind="rows", constants=(Fraction(1), Fraction(1))),
    Function("cols", "cols", r"\operatorname{cols}", kind="rows", axis=1, constants=(Fraction(1), Fraction(1))),
    # row_block(W, 2, 4): the second quarter of the rows. Gates are stacked in blocks of equal height.
    Function("row_block", "rows", r"\operatorname{rows}", kind="block", constants=(Fraction(1), Fraction(1))),
    Function("col_block", "cols", r"\operatorname{cols}", kind="block", axis=1, constants=(Fraction(1), Fraction(1))),
    # A 1 at one entry of a vector and 0 elsewhere. argmax takes the first of equals, as NumPy, PyTorch and ONNX
    # (`Hardmax`) do; sample the first entry at which the running sum of the probabilities y exceeds u.
    Function(
        "onehot_argmax", "onehot argmax", r"\operatorname{onehot}\operatorname{argmax}", kind="choice",
        float64=greatest_float64,
        ball=greatest,
    ),
    Function(
        "onehot_sample", "onehot sample", r"\operatorname{onehot}\operatorname{sample}", kind="choice", operands=2,
        float64=sampled_float64,
        ball=sampled,
    ),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}

# Other spellings that a teacher may type for the same row.
ALIASES: dict[str, str] = {
    "σ": "sigmoid", "ReLU": "relu", "ln": "log", "Σ": "sum", "id": "identity", "hardmax": "onehot_argmax",
}  # fmt: skip
