"""Keras: weights in HDF5 (`.h5`, `.weights.h5`) and whole models (`.keras`, `.h5`); Keras itself is not loaded.

A `.keras` file is a zip of `config.json` and `model.weights.h5`. HDF5 can point to other files, at links, virtual and
external data sets: none of these is followed.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnncalc.errors import Problem, WeightsError
from rnncalc.extras import needs
from rnncalc.weights import keras_model, named
from rnncalc.weights.layer import Chain, Fused
from rnncalc.weights.readers import Contents, broken
from rnncalc.weights.tensor import Tensor, shown

_INSTALL = "pip install 'rnncalc[keras]'"
ENDINGS = (".h5", ".hdf5", ".keras")

LARGEST_MEMBER = 1_000_000_000
LARGEST_CONFIG = 20_000_000
MOST_ENTRIES, DEEPEST = 100_000, 40
_ROLES = ("kernel", "recurrent_kernel", "bias")
_NAMED = re.compile(r"(recurrent_kernel|kernel|bias)(?::0)?")


def read(path: Path) -> Contents:
    h5py = needs("h5py", _INSTALL, f"`{path}` is read")
    archive, config = _unpacked(path) if path.suffix.lower() == ".keras" else (path, None)
    try:
        with h5py.File(_source(archive), "r") as file:
            tensors = dict(_tensors(file, archive, path))
            text = file.attrs.get("model_config", config)
            cells = _cells(file, tensors)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise broken(path, f"it is no HDF5 file ({str(error).splitlines()[0][:80]})") from None
    return Contents(tensors, _chains(cells, _model(path, text)))


def _chains(cells: dict[str, list[Fused]], model: keras_model.Model) -> tuple[Chain, ...]:
    layers = {
        name: named.keras_layer(name, tuple(ways), model.settings.get(name))
        for name, ways in cells.items()
        if all(len(one.input.shape) == 2 for one in ways)
    }
    together = [[name for name in row if name in layers] for row in model.stacks]
    alone = [[name] for name in layers if not any(name in row for row in together)]
    rows = [row for row in (*together, *alone) if row]
    return tuple(Chain("+".join(row), tuple(layers[name] for name in row)) for row in rows)


def _unpacked(path: Path) -> tuple[bytes, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return _member(archive, "model.weights.h5", LARGEST_MEMBER), _member(archive, "config.json", LARGEST_CONFIG)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError) as error:
        raise broken(path, f"it is no Keras model ({error})") from None


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise WeightsError(Problem(f"`{name}` unpacks to more than {most} bytes", None, "save a smaller model"))
    return data


def _source(archive: Path | bytes) -> Any:
    return io.BytesIO(archive) if isinstance(archive, bytes) else archive


def _tensors(file: Any, archive: Path | bytes, path: Path) -> Iterator[tuple[str, Tensor]]:
    """Every data set that lies in the file itself, by its path."""
    h5py = needs("h5py", _INSTALL, "")
    pending, met = [("", file, 0)], 0
    while pending:
        before, group, depth = pending.pop()
        # Backward onto the stack: the layers come out in the order of the file.
        for name in reversed(list(group)):
            met += 1
            if met > MOST_ENTRIES or depth > DEEPEST:
                raise broken(path, "its groups are too many or too deep")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise broken(path, f"`{shown(before + name)}` points elsewhere", "save the weights into one file")
            entry = group[name]
            if isinstance(entry, h5py.Group):
                pending.append((f"{before}{name}/", entry, depth + 1))
            elif entry.external or entry.is_virtual:
                raise broken(path, f"`{shown(before + name)}` lies in another file", "save the weights into one file")
            elif entry.shape is not None:
                yield before + name, _tensor(before + name, entry, archive)


def _tensor(name: str, entry: Any, archive: Path | bytes) -> Tensor:
    def load() -> Any:
        h5py = needs("h5py", _INSTALL, "")
        with h5py.File(_source(archive), "r") as file:
            return file[name][()]

    return Tensor(name, entry.shape, str(entry.dtype), load)


def _cells(file: Any, tensors: dict[str, Tensor]) -> dict[str, list[Fused]]:
    """The directions of each layer, by the layer's own name."""
    found: dict[tuple[str, str, bool], dict[str, Tensor]] = {}
    for path, tensor in tensors.items():
        *above, last = path.split("/")
        if above[-2:] == ["cell", "vars"] and last.isdecimal() and int(last) < len(_ROLES):
            role, owner = _ROLES[int(last)], above[:-2]
        elif match := _NAMED.fullmatch(last):
            role, owner = match[1], above
        else:
            continue
        backward = any(part.startswith("backward") for part in owner)
        found.setdefault((_name(file, owner), "/".join(owner), backward), {})[role] = tensor
    cells: dict[str, list[Fused]] = {}
    for (name, _, backward), roles in found.items():
        if {"kernel", "recurrent_kernel"} <= roles.keys():
            fused = named.keras_fused(roles["kernel"], roles["recurrent_kernel"], roles.get("bias"), backward)
            cells.setdefault(name, []).append(fused)
    return cells


def _name(file: Any, owner: list[str]) -> str:
    """The name of a layer: Keras 3 keeps it beside the weights, in older files it is the first folder."""
    if owner[:1] == ["model_weights"]:
        return owner[1]
    if owner[-1:] in (["forward_layer"], ["backward_layer"]):
        owner = owner[:-1]
    kept = "/".join((*owner, "vars"))
    if kept in file and "name" in file[kept].attrs:
        return str(file[kept].attrs["name"])
    return owner[0] if owner else "layer"


def _model(path: Path, text: bytes | str | None) -> keras_model.Model:
    if text is None:
        return keras_model.Model()
    try:
        return keras_model.model(json.loads(text))
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise broken(path, "the description of the model in it is not understood") from None
