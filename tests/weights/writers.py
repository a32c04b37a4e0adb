"""Small writers of the formats that rnncalc imports, so that its readers are tested on files that others made.

`safetensors` is written by its own library, npz by NumPy, ONNX by onnx, HDF5 by h5py in the layouts of Keras 2 and 3.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save_file

Arrays = Mapping[str, Any]


def write_safetensors(path: Path, arrays: Arrays) -> Path:
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
    return path


def write_npz(path: Path, arrays: Arrays) -> Path:
    np.savez(path, **{name: np.asarray(array) for name, array in arrays.items()})
    return path


def write_keras_2(path: Path, layers: Mapping[str, Arrays], config: Any = None) -> Path:
    """`model_weights/LAYER/LAYER/CELL/kernel:0`; a name such as `bi/backward_lstm` is a direction of `bi`."""
    with h5py.File(path, "w") as file:
        if config is not None:
            file.attrs["model_config"] = json.dumps(config)
        for name, arrays in layers.items():
            for role, array in arrays.items():
                file[f"model_weights/{name.partition('/')[0]}/{name}/cell/{role}:0"] = np.asarray(array)
    return path


def write_keras_3(target: Any, layers: Mapping[str, Arrays], names: Mapping[str, str]) -> Any:
    """`layers/lstm/cell/vars/0`; the layer's own name is an attribute beside it."""
    with h5py.File(target, "w") as file:
        for place, arrays in layers.items():
            for number, role in enumerate(("kernel", "recurrent_kernel", "bias")):
                if role in arrays:
                    file[f"layers/{place}/cell/vars/{number}"] = np.asarray(arrays[role])
            owner = place.partition("/")[0]
            file.require_group(f"layers/{owner}/vars").attrs["name"] = names[owner]
    return target


def write_keras_model(path: Path, layers: Mapping[str, Arrays], names: Mapping[str, str], config: Any) -> Path:
    weights = write_keras_3(io.BytesIO(), layers, names)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def write_onnx(path: Path, op: str, inputs: Arrays, attributes: Mapping[str, Any], dtype: Any = np.float32) -> Path:
    """A model of one recurrent node named `layer`, all inputs but X constants."""
    order = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
    used = [name if name == "X" or name in inputs else "" for name in order]
    while not used[-1]:
        used.pop()
    node = helper.make_node(op, used, ["Y"], name="layer", **attributes)
    constants = [
        numpy_helper.from_array(np.asarray(array, dtype), name) for name, array in inputs.items() if name in order[1:]
    ]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    x = helper.make_tensor_value_info("X", kind, [None, None, None])
    y = helper.make_tensor_value_info("Y", kind, None)
    save(path, [node], constants, [x], [y])
    return path


def save(path: Path, nodes: Any, constants: Any, inputs: Any, outputs: Any) -> None:
    graph = helper.make_graph(nodes, "graph", inputs, outputs, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)]), path)


def value_info(name: str) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
