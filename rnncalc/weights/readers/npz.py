"""npz: a zip of NumPy arrays. Arrays of objects, which are pickles, are refused."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

from rnncalc.errors import Problem, WeightsError
from rnncalc.weights import named
from rnncalc.weights.readers import Contents, broken
from rnncalc.weights.tensor import Tensor, shown

ENDINGS = (".npz",)

MOST_ARRAYS = 100_000


def read(path: Path) -> Contents:
    tensors = arrays(path)
    return Contents(tensors, named.chains(tensors))


def arrays(path: Path) -> dict[str, Tensor]:
    """The arrays of an archive; only their headers are read."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.endswith(".npy")]
            if len(members) > MOST_ARRAYS:
                raise broken(path, f"it has {len(members)} arrays", f"at most {MOST_ARRAYS} are read")
            return {member.removesuffix(".npy"): _tensor(path, archive, member) for member in members}
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise broken(path, f"it is no archive of arrays ({error})") from None


def _tensor(path: Path, archive: zipfile.ZipFile, member: str) -> Tensor:
    with archive.open(member) as file:
        return tensor(member.removesuffix(".npy"), file, lambda: _load(path, member))


def tensor(name: str, file: Any, load: Any) -> Tensor:
    """An array from its header. Raises WeightsError if it is made of Python objects."""
    from numpy.lib import format

    version = format.read_magic(file)
    header = format.read_array_header_1_0 if version == (1, 0) else format.read_array_header_2_0
    shape, _, dtype = header(file)
    if dtype.hasobject:
        hint = "save numbers: `numpy.savez(file, W=W.astype(float))`"
        what = f"`{shown(name)}` is an array of Python objects: whoever reads it runs its code"
        raise WeightsError(Problem(what, None, hint))
    return Tensor(name, shape, str(dtype), load)


def _load(path: Path, member: str) -> Any:
    from numpy.lib import format

    try:
        # No more is unpacked than the header promised, which has been checked.
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            return format.read_array(file, allow_pickle=False)
    except (zipfile.BadZipFile, ValueError, EOFError, zlib.error) as error:
        raise broken(path, f"`{shown(member)}` is not whole ({error})") from None
