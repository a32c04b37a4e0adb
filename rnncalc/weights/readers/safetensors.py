"""safetensors: eight bytes with the length of a header, the header in JSON, and the numbers as they lie in memory.

Read here without the library, which would be a dependency for thirty lines and gives no bfloat16 without PyTorch.
Reference: https://github.com/huggingface/safetensors, section Format.
"""

from math import prod
from pathlib import Path
from typing import Any

import msgspec

from rnncalc.weights import named
from rnncalc.weights.readers import Contents, broken
from rnncalc.weights.tensor import Tensor, shown

ENDINGS = (".safetensors",)

LARGEST_HEADER = 100_000_000
"""As in the library."""
_TYPES = {
    "F64": ("float64", "<f8"),
    "F32": ("float32", "<f4"),
    "F16": ("float16", "<f2"),
    "BF16": ("bfloat16", "<u2"),
    "I64": ("int64", "<i8"),
    "I32": ("int32", "<i4"),
    "I16": ("int16", "<i2"),
    "I8": ("int8", "<i1"),
    "U8": ("uint8", "<u1"),
}


class _Entry(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def read(path: Path) -> Contents:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = file.read(length) if length <= LARGEST_HEADER else b""
    size = path.stat().st_size
    if size < 8 or not header or len(header) < length:
        raise broken(path, "it is no safetensors file")
    try:
        entries = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        entries.pop("__metadata__", None)
        read_entries = {name: msgspec.json.decode(raw, type=_Entry) for name, raw in entries.items()}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise broken(path, "its header is no table of tensors") from None
    tensors = {name: _tensor(path, 8 + length, size, name, entry) for name, entry in read_entries.items()}
    return Contents(tensors, named.chains(tensors))


def _tensor(path: Path, start: int, size: int, name: str, entry: _Entry) -> Tensor:
    dtype, layout = _TYPES.get(entry.dtype, (entry.dtype.lower(), ""))
    first, last = entry.data_offsets
    shape = tuple(entry.shape)
    sound = min(shape, default=0) >= 0 <= first <= last <= size - start
    if not sound or (layout and prod(shape) * int(layout[2:]) != last - first):
        raise broken(path, f"the place of `{shown(name)}` is not what its size needs")

    def load() -> Any:
        import numpy as np

        with path.open("rb") as file:
            file.seek(start + first)
            array = np.frombuffer(file.read(last - first), layout or "V1")
        if dtype == "bfloat16":
            array = (array.astype("<u4") << 16).view("<f4")
        return array.reshape(shape) if layout else array

    return Tensor(name, shape, dtype, load)
