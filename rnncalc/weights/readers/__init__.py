"""Readers of files of weights: each module of this folder is one format, found by the ending of the file.

To add a format, add `NAME.py` with `ENDINGS`, a tuple such as `(".npz",)`, and a function `read(path)` that returns
`Contents`. What a file says is not trusted: nothing in it is executed or unpickled, sizes are checked before numbers
are read, and names are escaped where they are shown.
"""

import pkgutil
import shlex
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import Struct

from rnncalc.errors import Problem, UsageError, WeightsError, in_backticks, unreadable
from rnncalc.weights.layer import Chain
from rnncalc.weights.tensor import Tensor


class Contents(Struct, frozen=True):
    """What a file holds: all tensors by name, and the recurrent layers found, those that feed each other together."""

    tensors: Mapping[str, Tensor]
    chains: tuple[Chain, ...]


Reader = Callable[[Path], Contents]

_PICKLES = {".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".joblib"}
_CONVERT = (
    'python -c "import sys, torch, safetensors.torch as s; '
    's.save_file(torch.load(sys.argv[1], weights_only=True), sys.argv[2])" {} {}'
)


def read(path: Path) -> Contents:
    """The contents of a file of weights. Raises UsageError if it is no such file, WeightsError if it is a bad one."""
    ending = path.suffix.lower()
    readers = {one: module for module in _modules() for one in module.ENDINGS}
    if ending in _PICKLES:
        pair = shlex.quote(str(path)), shlex.quote(str(path.with_suffix(".safetensors")))
        what = f"`{path}` is pickled: whoever reads a pickle runs its code, so rnncalc reads none"
        raise WeightsError(Problem(what, None, f"convert it where you trust it: {_CONVERT.format(*pair)}"))
    if ending not in readers:
        known = in_backticks(sorted(readers))
        raise UsageError(Problem(f"`{path}` is no file of weights", None, f"files are read that end in {known}"))
    if not path.is_file():
        raise UsageError(
            Problem(f"`{path}` is a folder, not a file" if path.is_dir() else f"there is no file `{path}`")
        )
    try:
        contents: Contents = readers[ending].read(path)
    except OSError as error:
        raise unreadable(path, error) from None
    return contents


def _modules() -> list[Any]:
    return [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]


def broken(path: Path, why: str, hint: str | None = None) -> WeightsError:
    """The error of a file that is not what its ending says."""
    return WeightsError(Problem(f"`{path}` cannot be read: {why}", None, hint or "is it whole? write it once more"))
