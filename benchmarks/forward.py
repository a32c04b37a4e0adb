"""The forward pass of an LSTM in float64, compiled from the equations that print the exercise, beside code by hand.

    python benchmarks/forward.py             measure, print the table (PyTorch too, if this Python has it)
    python benchmarks/forward.py --write     and put it into docs/performance/forward.md

How is told in `rounds.py`.
"""

import sys
from collections.abc import Mapping
from typing import Any

from rounds import WITH_TORCH, Run, Size, Variant, arrays, lines, main, rounds

EXERCISES = 10_000
SIZES = (Size(10_000, 256, 128), Size(1_000, 64, 32), Size(10_000, 2, 3))
SMALL = Size(2, 2, 3)
"""One of the 10 000 small exercises."""


def program(data: Mapping[str, Any], axes: int = 0) -> Any:
    """The LSTM of the library, compiled for arrays of these shapes (without their last `axes`)."""
    from rnncalc.cell import library_cell
    from rnncalc.equations import Datum, Ref, compile_float64, infer, plan

    equations = library_cell("lstm").equations
    shapes = {name: array.shape[: array.ndim - axes] for name, array in data.items()}
    order = plan(equations, [Ref("h")], extents={("x", 0): shapes["x"][0]})
    known = infer(equations, {name: Datum((shape[-2], shape[-1])) for name, shape in shapes.items()})
    return compile_float64(order, known, [Ref("h")])


def compiled(size: Size) -> Run:
    from rnncalc.equations import Ref

    data = arrays(size)
    made = program(data)
    zeros = made.zeros()
    return lambda: made.run(data, zeros)[Ref("h")][:, :, 0]


def fused(size: Size) -> Run:
    import lstm_by_hand

    data = arrays(size)
    return lambda: lstm_by_hand.fused(data["x"], data)


def torch(size: Size) -> Run:
    import lstm_by_hand

    data = arrays(size)
    run = lstm_by_hand.torch_lstm(data)
    return lambda: run(data["x"])


def batch(size: Size) -> Run:
    """All small exercises at once: h as (exercise, step, unit)."""
    from rnncalc.equations import Ref

    data = arrays(size, EXERCISES)
    made = program(data, axes=1)
    zeros = made.zeros()
    return lambda: made.run_batch(data, zeros)[Ref("h")][:, :, 0].transpose(2, 0, 1)


def one_by_one(size: Size) -> Run:
    import lstm_by_hand
    import numpy as np

    data = arrays(size, EXERCISES)
    each = [{name: np.ascontiguousarray(array[..., n]) for name, array in data.items()} for n in range(EXERCISES)]
    return lambda: np.array([lstm_by_hand.one_by_one(one["x"], one) for one in each])


VARIANTS = {
    "compiled": Variant("compiled", compiled),
    "fused": Variant("NumPy by hand, gates fused, inputs hoisted", fused),
    "torch": Variant("`torch.nn.LSTM`", torch),
    "batch": Variant("compiled, as one batch", batch),
    "one_by_one": Variant("NumPy by hand, one by one", one_by_one),
}


def table(count: int) -> list[str]:
    result = []
    for size in SIZES:
        found = rounds(__file__, ["compiled", "fused", *(["torch"] if WITH_TORCH else [])], size, count)
        result += lines(size.title, VARIANTS, found)
    title = f"{EXERCISES:,} exercises of {SMALL.title}".replace(",000", " 000")
    found = rounds(__file__, ["batch", "one_by_one"], SMALL, count)
    return [*result, *lines(title, VARIANTS, found, as_speed=True)]


if __name__ == "__main__":
    sys.exit(main(__file__, VARIANTS, table))
