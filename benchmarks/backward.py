"""The gradient of an LSTM in float64, compiled from its equations and those of its backward pass, beside code by hand.

    python benchmarks/backward.py             measure, print the table (PyTorch too, if this Python has it)
    python benchmarks/backward.py --write     and put it into docs/performance/backward.md

There is a loss at every step, the sum of (h − y)²; wanted is the gradient of every parameter. How it is measured is
told in `rounds.py`.
"""

import sys
from collections.abc import Mapping
from typing import Any

from rounds import WITH_TORCH, Run, Size, Variant, arrays, lines, main, rounds

SIZE = Size(1_000, 128, 64)
LOSS = "L = sum(sum((h[t] - y[t]) ** 2), t)"
PARAMETERS = [f"{kind}_{gate}" for kind in "WUb" for gate in "fioc"]


def data_of(size: Size) -> dict[str, Any]:
    """Inputs and parameters, and the targets y."""
    import numpy as np

    return arrays(size) | {"y": np.random.default_rng(2).normal(size=(size.steps, size.units, 1))}


def program(data: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """The LSTM of the library with its backward pass, compiled for arrays of these shapes; and what is asked of it."""
    from rnncalc.cell import library_cell
    from rnncalc.equations import Datum, Ref, compile_float64, infer, parse_equations, plan
    from rnncalc.exercise.backward import backward

    equations = (*library_cell("lstm").equations, *parse_equations(LOSS))
    extents = {(name, 0): len(data[name]) for name in ("x", "y")}
    sizes = {name: Datum(array.shape[-2:]) for name, array in data.items()}
    first = plan(equations, [Ref("L")], extents=extents)
    back = backward(equations, "L", infer(equations, sizes), first, {})
    whole = (*equations, *back.equations)
    targets = [Ref(back.adjoints[name]) for name in PARAMETERS]
    order = plan(whole, targets, extents=extents, backward_pass=back.names)
    sizes |= {name: Datum(shape) for name, shape in back.shapes.items()}
    return compile_float64(order, infer(whole, sizes), targets), targets


def compiled(size: Size) -> Run:
    data = data_of(size)
    made, targets = program(data)
    zeros = made.zeros()

    def run() -> Any:
        found = made.run(data, zeros)
        return in_a_row([found[target] for target in targets])

    return run


def by_hand(name: str, size: Size) -> Run:
    import bptt_by_hand

    data = data_of(size)
    run = getattr(bptt_by_hand, name)(data)

    def flat() -> Any:
        found = run(data["x"], data["y"])
        return in_a_row([found[parameter] for parameter in PARAMETERS])

    return flat


def in_a_row(gradients: list[Any]) -> Any:
    import numpy as np

    return np.concatenate([gradient.reshape(-1) for gradient in gradients])


VARIANTS = {
    "compiled": Variant("compiled", compiled),
    "plain": Variant("NumPy by hand, plain", lambda size: by_hand("plain", size)),
    "tuned": Variant("NumPy by hand, tuned", lambda size: by_hand("tuned", size)),
    "torch": Variant("`torch.nn.LSTM` and autograd", lambda size: by_hand("torch_lstm", size)),
}


def table(count: int) -> list[str]:
    names = ["compiled", "plain", "tuned", *(["torch"] if WITH_TORCH else [])]
    return lines(SIZE.title, VARIANTS, rounds(__file__, names, SIZE, count))


if __name__ == "__main__":
    sys.exit(main(__file__, VARIANTS, table))
