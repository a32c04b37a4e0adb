"""An output layer: `y[t] = softmax(V @ h[t] + b_y)`, or of the last state alone, `y = softmax(V @ h[T] + b_y)`."""

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import Binary, Equation, Expr, Index, Ref
from rnncalc.languages import Message
from rnncalc.rewriting.activating import Activation


class Output(Struct, frozen=True):
    """`name` is the output; without `weights` or `bias` it has none. With `last` it is read off the last state."""

    activation: Activation
    last: bool = False
    name: str = "y"
    weights: str | None = "V"
    bias: str | None = "b_y"


def read_off(output: Output, state: Expr, letter: str) -> tuple[Equation, Stage]:
    """The equation of an output and its step; `state` is what it reads."""
    value = Binary("@", Ref(output.weights), state) if output.weights else state
    value = Binary("+", value, Ref(output.bias)) if output.bias else value
    target = Ref(output.name, () if output.last else (Index(letter),))
    remark = Message("the last state is read") if output.last else Message("the state is read")
    return Equation(target, output.activation(value)), Stage(Message("Output"), remark, (output.name,))
