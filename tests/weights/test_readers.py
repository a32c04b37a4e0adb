"""What each format can say, and what of it is refused: nothing in a file is trusted."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from weights.writers import (
    save,
    value_info,
    write_keras_2,
    write_keras_3,
    write_keras_model,
    write_npz,
    write_onnx,
    write_safetensors,
)

from rnncalc import loads
from rnncalc.equations import source
from rnncalc.errors import RnncalcError, draw
from rnncalc.weights import Wish, import_layers

RANDOM = np.random.default_rng(7)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(file: str | Path, wish: Wish | None = None) -> str:
    with pytest.raises(RnncalcError) as caught:
        import_layers(Path(file), wish or Wish())
    return draw(caught.value.problems)


def equations(file: str | Path, wish: Wish | None = None) -> list[str]:
    exercise = loads(import_layers(Path(file), wish or Wish()))
    return [source(one) for one in exercise.network.plan.equations]


def array(*shape: int) -> Any:
    return RANDOM.normal(size=shape).round(2)


# ---------------------------------------------------------------- all files


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "a b.pt",
            """\
error: `a b.pt` is pickled: whoever reads a pickle runs its code, so rnncalc reads none
  help: convert it where you trust it: python -c "import sys, torch, safetensors.torch as s; \
s.save_file(torch.load(sys.argv[1], weights_only=True), sys.argv[2])" 'a b.pt' 'a b.safetensors'""",
        ),
        (
            "x.txt",
            """\
error: `x.txt` is no file of weights
  help: files are read that end in `.h5`, `.hdf5`, `.keras`, `.npz`, `.onnx`, `.safetensors`""",
        ),
        ("none.npz", "error: there is no file `none.npz`"),
    ],
)
def test_other_files(name: str, message: str) -> None:
    assert told(name) == message


def test_the_line_that_converts_a_pickle() -> None:
    """It is run as it is printed."""
    import subprocess
    import sys

    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors.torch")
    torch.save(torch.nn.GRU(2, 1).state_dict(), "a b.pt")
    line = told("a b.pt").partition("trust it: ")[2].replace("python", sys.executable, 1)
    subprocess.run(line, shell=True, check=True)
    assert len(equations("a b.safetensors")) == 4


BROKEN: list[tuple[str, bytes, str]] = [
    ("a.safetensors", b"hello", "it is no safetensors file"),
    ("a.safetensors", (10**15).to_bytes(8, "little") + b"{}", "it is no safetensors file"),
    ("a.safetensors", (5).to_bytes(8, "little") + b"[1,2]", "its header is no table of tensors"),
    ("a.npz", b"junk", "it is no archive of arrays (File is not a zip file)"),
    ("a.keras", b"junk", "it is no Keras model (File is not a zip file)"),
    ("a.h5", b"junk", "it is no HDF5 file (Unable to synchronously open file (file signature not found))"),
]


@pytest.mark.parametrize(("name", "content", "why"), BROKEN)
def test_broken(name: str, content: bytes, why: str) -> None:
    Path(name).write_bytes(content)
    assert told(name) == f"error: `{name}` cannot be read: {why}\n  help: is it whole? write it once more"


def test_broken_onnx() -> None:
    Path("a.onnx").write_bytes(b"junk\xff\x00")
    assert told("a.onnx").startswith("error: `a.onnx` cannot be read: it is no ONNX model (")


# ---------------------------------------------------------------- safetensors and npz


def test_a_header_that_lies() -> None:
    head = json.dumps({"a": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4]}}).encode()
    Path("a.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + b"1234")
    assert told("a.safetensors") == (
        "error: `a.safetensors` cannot be read: the place of `a` is not what its size needs\n"
        "  help: is it whole? write it once more"
    )


def archive(shapes: dict[str, tuple[int, ...]]) -> None:
    """Headers without numbers."""
    with zipfile.ZipFile("a.npz", "w") as file:
        for name, shape in shapes.items():
            header = io.BytesIO()
            layout = {"descr": "<f8", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(header, layout)
            file.writestr(f"{name}.npy", header.getvalue())


def test_arrays_that_are_not_there() -> None:
    archive({"weight_ih_l0": (4 * 10**9, 3), "weight_hh_l0": (4 * 10**9, 10**9)})
    assert told("a.npz") == (
        "error: `a.npz` has 4 000 000 012 000 000 000 numbers; an exercise can hold 1 400 000\n"
        "  help: choose one layer with `--layer`, or one direction with `--direction`"
    )
    archive({"weight_ih_l0": (8, 3), "weight_hh_l0": (8, 2)})
    assert told("a.npz").startswith("error: `a.npz` cannot be read: `weight_ih_l0.npy` is not whole (EOF: ")
    archive({"weight_ih_l0": (-8, 3), "weight_hh_l0": (8, 2)})
    assert told("a.npz").startswith("error: `weight_ih_l0` (-8×3) does not fit: 8×3 expected\n")


def test_objects_are_not_unpickled() -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return Path("ran").touch, ()

    np.savez("a.npz", weight_ih_l0=np.array([Trap()], dtype=object))
    assert told("a.npz") == (
        "error: `weight_ih_l0` is an array of Python objects: whoever reads it runs its code\n"
        "  help: save numbers: `numpy.savez(file, W=W.astype(float))`"
    )
    np.save("x.npy", np.array([Trap()], dtype=object), allow_pickle=True)
    write_npz(Path("m.npz"), {"weight_ih_l0": array(8, 3), "weight_hh_l0": array(8, 2)})
    assert "Python objects" in told("m.npz", Wish(inputs=Path("x.npy")))
    assert not Path("ran").exists()


def test_names_of_keras_in_safetensors() -> None:
    arrays = {"enc.kernel": array(3, 6), "enc.recurrent_kernel": array(2, 6), "enc.bias": array(2, 6)}
    write_safetensors(Path("a.safetensors"), arrays)
    assert equations("a.safetensors")[0] == "z[t] = sigmoid(K_z.T @ x[t] + a_z + R_z.T @ h[t-1] + b_z)"
    write_safetensors(Path("a.safetensors"), arrays | {"enc.bias": array(6)})
    assert equations("a.safetensors")[2] == "g[t] = tanh(K_h.T @ x[t] + R_h.T @ (r[t] * h[t-1]) + b_h)"


# ---------------------------------------------------------------- Keras


def keras_layer(kind: str, name: str, **settings: Any) -> Any:
    config = {"name": name, "return_sequences": True, "activation": "tanh"}
    if kind != "SimpleRNN":
        config |= {"recurrent_activation": "sigmoid"}
    return {"class_name": kind, "config": config | settings}


def sequential(*layers: Any) -> Any:
    return {"class_name": "Sequential", "config": {"name": "model", "layers": list(layers)}}


def simple(entries: int, units: int) -> dict[str, Any]:
    return {"kernel": array(entries, units), "recurrent_kernel": array(units, units), "bias": array(units)}


def test_a_model_of_keras_says_which_layer_feeds_which() -> None:
    both = {
        "class_name": "Bidirectional",
        "config": {"name": "both", "merge_mode": "ave", "layer": keras_layer("SimpleRNN", "inner")},
    }
    dropout = {"class_name": "Dropout", "config": {"name": "dropout"}}
    config = sequential(both, dropout, keras_layer("SimpleRNN", "top", activation="relu", return_sequences=False))
    weights = {
        "bidirectional/forward_layer": simple(3, 2),
        "bidirectional/backward_layer": simple(3, 2),
        "simple_rnn": simple(2, 1),
    }
    names = {"bidirectional": "both", "simple_rnn": "top"}
    expected = [
        "h_l1_fw[t] = tanh(K_l1_fw.T @ x[t] + R_l1_fw.T @ h_l1_fw[t-1] + b_l1_fw)",
        "h_l1_bw[t] = tanh(K_l1_bw.T @ x[t] + R_l1_bw.T @ h_l1_bw[t+1] + b_l1_bw)",
        "h_l1[t] = (h_l1_fw[t] + h_l1_bw[t]) / 2",
        "h_l2[t] = relu(K_l2.T @ h_l1[t] + R_l2.T @ h_l2[t-1] + b_l2)",
    ]
    write_keras_model(Path("m.keras"), weights, names, config)
    assert equations("m.keras") == expected
    old = {
        "both/forward_inner": weights["bidirectional/forward_layer"],
        "both/backward_inner": weights["bidirectional/backward_layer"],
        "top": weights["simple_rnn"],
    }
    write_keras_2(Path("m.h5"), old, config)
    assert equations("m.h5") == expected
    write_keras_3(Path("m.weights.h5"), weights, names)
    assert told("m.weights.h5").splitlines()[1:3] == ["  both: RNN, 3 → 2, bidirectional", "  top: RNN, 2 → 1"]


def test_settings_of_keras_layers() -> None:
    gru = {"kernel": array(3, 6), "recurrent_kernel": array(2, 6)}

    def read(**settings: Any) -> list[str]:
        write_keras_2(Path("m.h5"), {"enc": gru}, sequential(keras_layer("GRU", "enc", **settings)))
        return equations("m.h5")

    assert read()[2] == "g[t] = tanh(K_h.T @ x[t] + r[t] * R_h.T @ h[t-1])".replace(
        "R_h.T @ h[t-1]", "(R_h.T @ h[t-1])"
    )
    assert read(reset_after=False)[2] == "g[t] = tanh(K_h.T @ x[t] + R_h.T @ (r[t] * h[t-1]))"
    assert read(recurrent_activation="hard_sigmoid")[0] == "z[t] = hard_sigmoid(K_z.T @ x[t] + R_z.T @ h[t-1])"
    assert read(activation="leaky_relu")[2].startswith("g[t] = leaky_relu(K_h.T @ x[t]")
    assert read(activation="leaky_relu")[2].endswith(", 0.2)")
    assert read(go_backwards=True)[3] == "h[t] = z[t] * h[t+1] + (1 - z[t]) * g[t]"


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (
            keras_layer("LSTM", "enc", activation="gelu"),
            """\
error: the activation of `enc` is `gelu`, which rnncalc does not know
  help: known: tanh, sigmoid, relu, linear, hard_sigmoid, leaky_relu, softsign, softplus, exponential""",
        ),
        (
            {
                "class_name": "Bidirectional",
                "config": {"name": "enc", "merge_mode": None, "layer": keras_layer("LSTM", "in")},
            },
            """\
error: `enc` does not merge its directions
  help: merge_mode `concat`, `sum`, `mul` and `ave` are known""",
        ),
        (
            {
                "class_name": "Bidirectional",
                "config": {
                    "name": "enc",
                    "layer": keras_layer("LSTM", "in"),
                    "backward_layer": keras_layer("LSTM", "in", activation="relu"),
                },
            },
            """\
error: the two directions of `enc` have different activations
  help: read one of them with `--direction`, from a file of weights alone""",
        ),
        (
            {"class_name": "LSTM"},
            """\
error: `m.h5` cannot be read: the description of the model in it is not understood
  help: is it whole? write it once more""",
        ),
    ],
)
def test_keras_settings_that_are_refused(layer: Any, message: str) -> None:
    write_keras_2(Path("m.h5"), {"enc": {"kernel": array(3, 8), "recurrent_kernel": array(2, 8)}}, sequential(layer))
    assert told("m.h5") == message


def points_elsewhere(file: Any) -> None:
    file["lstm/kernel"] = h5py.ExternalLink("/etc/hosts", "/")


def goes_in_circles(file: Any) -> None:
    group = file.create_group("a")
    group["a"] = group


def lies_outside(file: Any) -> None:
    file.create_dataset("lstm/kernel", (4,), "u1", external=[("/etc/hosts", 0, 4)])


@pytest.mark.parametrize(
    ("write", "why", "hint"),
    [
        (points_elsewhere, "`lstm/kernel` points elsewhere", "save the weights into one file"),
        (lies_outside, "`lstm/kernel` lies in another file", "save the weights into one file"),
        (goes_in_circles, "its groups are too many or too deep", "is it whole? write it once more"),
    ],
)
def test_hdf5_stays_in_its_file(write: Callable[[Any], None], why: str, hint: str) -> None:
    with h5py.File("m.h5", "w") as file:
        write(file)
    assert told("m.h5") == f"error: `m.h5` cannot be read: {why}\n  help: {hint}"


# ---------------------------------------------------------------- ONNX

LSTM = {"W": array(1, 8, 3), "R": array(1, 8, 2)}


def test_onnx_layers_and_directions() -> None:
    """Two nodes with what PyTorch puts between them: the directions are put one behind the other."""
    constants = {
        "W0": array(2, 2, 3), "R0": array(2, 2, 2), "B0": array(2, 4),
        "W1": array(1, 1, 4), "R1": array(1, 1, 1), "B1": array(1, 2),
    }  # fmt: skip
    nodes = [
        helper.make_node("RNN", ["X", "W0", "R0", "B0"], ["a"], name="low", direction="bidirectional"),
        helper.make_node("Transpose", ["a"], ["b"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["b", "shape"], ["c"]),
        helper.make_node("RNN", ["c", "W1", "R1", "B1"], ["Y"], name="high", activations=["Relu"], direction="reverse"),
    ]
    tensors = [numpy_helper.from_array(one.astype(np.float32), name) for name, one in constants.items()]
    tensors.append(numpy_helper.from_array(np.array([0, 0, -1]), "shape"))
    save(Path("m.onnx"), nodes, tensors, [value_info("X")], [value_info("Y")])
    assert equations("m.onnx") == [
        "h_l1_fw[t] = tanh(W_l1_fw @ x[t] + R_l1_fw @ h_l1_fw[t-1] + Wb_l1_fw + Rb_l1_fw)",
        "h_l1_bw[t] = tanh(W_l1_bw @ x[t] + R_l1_bw @ h_l1_bw[t+1] + Wb_l1_bw + Rb_l1_bw)",
        "h_l1[t] = concat(h_l1_fw[t], h_l1_bw[t])",
        "h_l2[t] = relu(W_l2 @ h_l1[t] + R_l2 @ h_l2[t+1] + Wb_l2 + Rb_l2)",
    ]
    nodes[1] = helper.make_node("Transpose", ["a"], ["b"], perm=[1, 0, 2, 3])
    save(Path("m.onnx"), nodes, tensors, [value_info("X")], [value_info("Y")])
    assert told("m.onnx").splitlines()[1:3] == ["  low: RNN, 3 → 2, bidirectional", "  high: RNN, 4 → 1, backward"]


def test_what_onnx_leaves_out_is_not_in_the_equations() -> None:
    write_onnx(Path("m.onnx"), "LSTM", LSTM, {"hidden_size": 2})
    assert equations("m.onnx")[0] == "i[t] = sigmoid(W_i @ x[t] + R_i @ h[t-1])"
    write_onnx(Path("m.onnx"), "GRU", {"W": array(1, 6, 3), "R": array(1, 6, 2), "B": array(1, 12)}, {})
    assert equations("m.onnx")[2] == "g[t] = tanh(W_h @ x[t] + R_h @ (r[t] * h[t-1]) + Rb_h + Wb_h)"
    write_onnx(Path("m.onnx"), "GRU", {"W": array(1, 6, 3), "R": array(1, 6, 2)}, {"linear_before_reset": 1})
    assert equations("m.onnx")[2] == "g[t] = tanh(W_h @ x[t] + r[t] * (R_h @ h[t-1]))"


def test_remarks_about_what_is_not_known() -> None:
    states = {"initial_h": array(1, 5, 2), "initial_c": np.array([[[0.5, -1]]])}
    write_onnx(Path("m.onnx"), "LSTM", LSTM | states, {})
    text = import_layers(Path("m.onnx"), Wish())
    assert "# initial_h is that of a batch: zero here\n" in text
    assert text.endswith("initial:                        # the states before the first step\n  c: [0.5, -1]\n")


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (
            {"clip": 1.0},
            """\
error: `layer` has the attribute `clip`, which limits the sums in the gates: no cell does that
  help: write the network with `equations:`; begin with those of `rnncalc cells lstm-onnx`""",
        ),
        (
            {"input_forget": 1},
            """\
error: `layer` has the attribute `input_forget`, which couples input and forget gate: no cell does that
  help: write the network with `equations:`; begin with those of `rnncalc cells lstm-onnx`""",
        ),
        (
            {"activations": ["Sigmoid", "Affine", "Tanh"]},
            """\
error: the activation of `layer` is `affine` or has parameters: rnncalc knows none like it
  help: known, without alpha and beta: tanh, sigmoid, relu, leakyrelu, hardsigmoid, softsign, softplus""",
        ),
        (
            {"activations": ["Sigmoid", "Tanh", "Relu"]},
            """\
error: `layer` has different activations where the cell has one
  help: where the cell says tanh it must always be the same function""",
        ),
    ],
)
def test_attributes_that_are_refused(attributes: dict[str, Any], message: str) -> None:
    write_onnx(Path("m.onnx"), "LSTM", LSTM, attributes)
    assert told("m.onnx") == message


def test_weights_that_are_not_constants() -> None:
    node = helper.make_node("LSTM", ["X", "W", "R"], ["Y"], name="layer")
    constant = numpy_helper.from_array(LSTM["R"].astype(np.float32), "R")
    save(Path("m.onnx"), [node], [constant], [value_info("X"), value_info("W")], [value_info("Y")])
    assert told("m.onnx") == (
        "error: W of `layer` is an input of the model, not a constant\n"
        "  help: export the model with its weights as constants"
    )


def test_tensors_outside_the_file() -> None:
    write_onnx(Path("m.onnx"), "LSTM", LSTM, {})
    model = onnx.load("m.onnx")
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/hosts"
    Path("m.onnx").write_bytes(model.SerializeToString())
    assert told("m.onnx") == (
        "error: `W` lies in a file beside `m.onnx`\n"
        "  help: save the model into one file: `onnx.save(onnx.load(path), new_path)`"
    )


@pytest.mark.parametrize(
    ("op", "inputs", "message"),
    [
        (
            "LSTM",
            {"W": array(1, 6, 3), "R": array(1, 6, 2)},
            """\
error: `layer` is of the kind LSTM, but its matrices are those of another
  help: W is 1×6×3""",
        ),
        (
            "LSTM",
            {"W": array(2, 8, 3), "R": array(2, 8, 2)},
            "error: W of `layer` is 2×8×3\n  help: with 1 direction its first size is 1",
        ),
    ],
)
def test_sizes_of_onnx(op: str, inputs: Any, message: str) -> None:
    write_onnx(Path("m.onnx"), op, inputs, {})
    assert told("m.onnx") == message


def test_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import rnncalc.extras

    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    Path("m.onnx").write_bytes(b"")
    Path("m.h5").write_bytes(b"")
    monkeypatch.setattr(rnncalc.extras, "import_module", absent)
    assert told("m.onnx") == (
        "error: `m.onnx` is read with the package onnx, which is not installed\n  help: pip install 'rnncalc[onnx]'"
    )
    assert told("m.h5") == (
        "error: `m.h5` is read with the package h5py, which is not installed\n  help: pip install 'rnncalc[keras]'"
    )
