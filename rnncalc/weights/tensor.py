"""A tensor of a file: its size and type known at once, its numbers read only if asked for, and as exact decimals."""

from collections.abc import Callable
from math import prod
from typing import Any

from msgspec import Struct

from rnncalc.errors import LimitError, Problem, WeightsError, grouped, printable

MOST_NUMBERS = 1_400_000
"""So many numbers fit into an exercise file."""
LONGEST_NAME = 60

Decimals = Any
"""A NumPy array of texts: each the shortest decimal that the tensor's own type reads back as the same number."""


class Tensor(Struct, frozen=True):
    """`load` gives its numbers as a NumPy array; those of a bfloat16 tensor come as float32, which is exact."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    load: Callable[[], Any]

    @property
    def size(self) -> int:
        return prod(self.shape)


def part(tensor: Tensor, *place: int) -> Tensor:
    """The part of a tensor at a place of its first axes."""
    load = tensor.load
    return Tensor(tensor.name, tensor.shape[len(place) :], tensor.dtype, lambda: load()[place])


def blocks(tensor: Tensor, count: int, axis: int = 0) -> list[Tensor]:
    """A tensor cut along an axis into parts of equal size."""
    shape = list(tensor.shape)
    shape[axis] //= count
    load = tensor.load

    def block(number: int) -> Tensor:
        def numbers() -> Any:
            import numpy as np

            return np.split(load(), count, axis)[number]

        return Tensor(tensor.name, tuple(shape), tensor.dtype, numbers)

    return [block(number) for number in range(count)]


def shown(name: str) -> str:
    """A name as messages and comments write it: a file may hold any characters."""
    plain = printable(name).replace("`", "'")
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"


def size_text(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} entries" if len(shape) == 1 else "×".join(map(str, shape)) or "a number"


def decimals(tensor: Tensor) -> Decimals:
    """The numbers of a tensor, exactly. Raises LimitError for too many, WeightsError for what is no real number."""
    import numpy as np

    check_count(tensor.size, f"`{shown(tensor.name)}` ({size_text(tensor.shape)})")
    array = tensor.load()
    if array.dtype.kind not in "fiu":
        hint = "numbers are float64, float32, float16, bfloat16 or whole numbers"
        raise WeightsError(Problem(f"`{shown(tensor.name)}` holds {tensor.dtype}, not real numbers", None, hint))
    if not np.isfinite(array).all():
        hint = "weights that are not finite come of a training that failed"
        raise WeightsError(Problem(f"`{shown(tensor.name)}` holds numbers that are not finite", None, hint))
    if tensor.dtype == "bfloat16":
        return np.array([_shortest_bfloat16(one) for one in array.ravel().tolist()], dtype=str).reshape(array.shape)
    # NumPy writes each number as the shortest text that its type reads back.
    return array.astype(str)


def check_count(count: int, what: str) -> None:
    if count > MOST_NUMBERS:
        hint = "choose one layer with `--layer`, or one direction with `--direction`"
        too_many = f"{what} has {grouped(count)} numbers; an exercise can hold {grouped(MOST_NUMBERS)}"
        raise LimitError(Problem(too_many, None, hint))


def _shortest_bfloat16(value: float) -> str:
    """The shortest decimal that rounds to this number, a float32 whose lower 16 bits are zero."""
    from numpy import float32, uint32

    wanted = int(float32(value).view(uint32)) >> 16
    for places in range(4):
        text = f"{value:.{places}e}"
        bits = int(float32(text).view(uint32))
        # To the nearest number of 16 bits, an exact half to the even one.
        if (bits + 0x7FFF + (bits >> 16 & 1)) >> 16 == wanted:
            return str(float(text))
    raise AssertionError("eight significant bits need at most four digits")
