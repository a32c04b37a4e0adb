"""Values that PyTorch, Keras and ONNX Runtime computed, each read in as a file of weights and solved.

The files of tests/data/oracle/ are written in the formats that people have: no layer is cut, transposed or named by
hand. Float64 and certified numbers are both held against the framework, whose own rounding is all they may differ by.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flint
import numpy as np
import pytest
from places import ORACLE
from weights.writers import (
    write_keras_2,
    write_keras_3,
    write_npz,
    write_onnx,
    write_safetensors,
)

from rnncalc import loads
from rnncalc.cell import any_cell, library_cell
from rnncalc.equations import source
from rnncalc.equations.domains.certified import Certified
from rnncalc.equations.domains.float64 import Float64
from rnncalc.exercise import Exercise
from rnncalc.exercise.network import evaluate
from rnncalc.weights import Wish, import_cell, import_layers

Data = dict[str, Any]
Values = dict[tuple[str, tuple[int, ...]], Any]
"""(name, position) → array"""
Case = tuple[Exercise, Values]


def oracle(name: str) -> Data:
    data: Data = json.loads((ORACLE / f"{name}.json").read_text(encoding="utf-8"))
    return data


def values_of(exercise: Exercise, domain: Any) -> Values:
    return {(one.equation.name, one.position): one.value for one in evaluate(exercise.network, domain)}


def steps(name: str, rows: Any, first: int = 1) -> Values:
    return {(name, (t,)): row for t, row in enumerate(rows, first)}


# ---------------------------------------------------------------- PyTorch


def torch(write: Callable[[Path, Data], Path], ending: str, activation: str | None = None) -> Callable[..., Case]:
    """A module: its state dict, its inputs as an archive of x, h_0 and c_0."""

    def read(file: Data, folder: Path) -> Case:
        model = write(folder / f"model{ending}", file["params"])
        inputs = write_npz(folder / "inputs.npz", {name: np.array(one) for name, one in file["inputs"].items()})
        wish = Wish(inputs=inputs, activation=activation)
        return loads(import_layers(model, wish)), module_values(file)

    return read


def module_values(file: Data) -> Values:
    """The outputs under the names that an imported network has."""
    config, outputs = file["config"], file["outputs"]
    layers, ways = config["num_layers"], 2 if config["bidirectional"] else 1
    last = len(outputs["output"])

    def name(state: str, row: int) -> str:
        layer = f"_l{row // ways + 1}" if layers > 1 else ""
        return state + layer + (("_fw", "_bw")[row % ways] if ways == 2 else "")

    found = steps(f"h_l{layers}" if layers > 1 else "h", outputs["output"])
    for state in "hc":
        for row, value in enumerate(outputs.get(f"{state}_n", [])):
            found[name(state, row), (1 if row % ways else last,)] = value
    if layers * ways == 1:
        found |= {(key, (t,)): value for t, one in enumerate(file.get("trace", []), 1) for key, value in one.items()}
        found = {key: value for key, value in found.items() if not key[0].startswith("a")}
    return found


def torch_cell(file: Data, folder: Path) -> Case:
    """nn.LSTMCell and nn.GRUCell: names without a layer, one step."""
    given = {name: np.array(one) for name, one in file["inputs"].items()}
    inputs = {"x": given["x"][np.newaxis]} | {f"{name}_0": one for name, one in given.items() if name != "x"}
    model = write_safetensors(folder / "cell.safetensors", {k: np.array(v) for k, v in file["params"].items()})
    exercise = loads(import_layers(model, Wish(inputs=write_npz(folder / "in.npz", inputs))))
    return exercise, {(name.removesuffix("1"), (1,)): value for name, value in file["outputs"].items()}


def as_float64(write: Callable[[Path, Data], Path]) -> Callable[[Path, Data], Path]:
    return lambda path, arrays: write(path, {name: np.array(one, np.float64) for name, one in arrays.items()})


# ---------------------------------------------------------------- Keras


def keras(form: str) -> Callable[..., Case]:
    def read(file: Data, folder: Path) -> Case:
        weights = {name: np.array(one) for name, one in file["weights"].items()}
        place = file["op"].lower()
        if form == "2":
            model = write_keras_2(folder / "model.h5", {"encoder": weights})
        elif form == "3":
            model = write_keras_3(folder / "model.weights.h5", {place: weights}, {place: "encoder"})
        else:
            model = write_npz(folder / "model.npz", {f"encoder/{name}": one for name, one in weights.items()})
        states = dict(zip("hc", file["inputs"]["initial_state"], strict=False))
        inputs = {"x": np.array(file["inputs"]["x"])} | {f"{name}_0": np.array(one) for name, one in states.items()}
        exercise = loads(import_layers(model, Wish("encoder", inputs=write_npz(folder / "in.npz", inputs))))
        sequence, *last = file["outputs"]
        found = steps("h", sequence[0])
        return exercise, found | {(name, (len(sequence[0]),)): one[0] for name, one in zip("hc", last, strict=False)}

    return read


# ---------------------------------------------------------------- ONNX


def onnx(member: int, values: str = "reference_f64", dtype: Any = np.float64) -> Callable[..., Case]:
    """One sequence of the batch."""

    def read(file: Data, folder: Path) -> Case:
        given = {name: np.array(one) for name, one in file["inputs"].items()}
        given |= {name: given[name][:, [member]] for name in ("initial_h", "initial_c") if name in given}
        given.pop("sequence_lens", None)
        model = write_onnx(folder / "model.onnx", file["op"], given, file["attributes_given"], dtype)
        np.save(folder / "x.npy", given["X"][:, member])
        exercise = loads(import_layers(model, Wish(inputs=folder / "x.npy")))
        found = {name: np.array(one) for name, one in file[values].items()}
        expected = steps("h", found["Y"][:, 0, member])
        last = {"c": found["Y_c"][0, member]} if "Y_c" in found else {}
        return exercise, expected | {(name, (len(expected),)): one for name, one in last.items()}

    return read


# ---------------------------------------------------------------- attention: a network of one's own


def attention(names: dict[str, str]) -> Callable[..., Case]:
    """An encoder, a decoder and attention between them: the state dict of the whole model, with the gates of each part
    fused as PyTorch fuses them. `names` are ours → its; the equations lie beside the values."""

    def read(file: Data, folder: Path) -> Case:
        model = write_safetensors(folder / "model.safetensors", dict(state_dict(file["params"])))
        words = np.eye(file["config"]["vocabulary"])[file["inputs"]["decoder_inputs"]]
        inputs = write_npz(folder / "in.npz", {"x": np.array(file["inputs"]["x"]), "k": words})
        network = any_cell(str(ORACLE / f"{file['name']}.yaml"))
        return loads(import_cell(model, network, Wish(inputs=inputs))), decoder_values(file, names)

    return read


def state_dict(params: Data, part: str = "") -> Iterator[tuple[str, Any]]:
    """`enc.weight_ih` and so on, as PyTorch writes modules within modules."""
    for name, value in params.items():
        if isinstance(value, dict):
            yield from state_dict(value, f"{part}{name}.")
        else:
            yield part + name, np.array(value)


def decoder_values(file: Data, names: dict[str, str]) -> Values:
    """What the encoder passes on, and each step of the decoder."""
    found = steps("h", file["encoder_states"])
    for t, step in enumerate(file["decoder"], 1):
        found |= {(ours, (t,)): step[its] for ours, its in names.items()}
        for ours, its in {"alpha": "alpha", "e": "score"}.items():
            found |= {(ours, (t, j)): [one] for j, one in enumerate(step[its], 1)}
    return found


# ---------------------------------------------------------------- the cases

SAFETENSORS = torch(as_float64(write_safetensors), ".safetensors")
NPZ = torch(as_float64(write_npz), ".npz")
BAHDANAU = attention({"c": "context", "s": "s", "p": "probabilities"})
LUONG_DOT = attention({"c": "context", "s": "h", "a": "h_tilde", "y": "probabilities", "m": "c"})

CASES: list[tuple[str, str, Callable[..., Case]]] = [
    ("torch-rnn-tanh-T3", "safetensors", SAFETENSORS),
    ("torch-rnn-relu-T3", "npz", torch(as_float64(write_npz), ".npz", "relu")),
    ("torch-rnn-tanh-bidir-T3", "safetensors", SAFETENSORS),
    ("torch-rnn-tanh-2layer-T2", "npz", NPZ),
    ("torch-lstm-T3", "safetensors", SAFETENSORS),
    ("torch-lstm-T3", "npz", NPZ),
    ("torch-lstmcell", "safetensors", torch_cell),
    ("torch-lstm-2layer-bidir-T2", "safetensors", SAFETENSORS),
    ("torch-lstm-proj-T3", "safetensors", SAFETENSORS),
    ("torch-gru-T3", "safetensors", SAFETENSORS),
    ("torch-grucell", "safetensors", torch_cell),
    ("torch-gru-2layer-T3", "npz", NPZ),
    ("torch-gru-bidir-T3", "safetensors", SAFETENSORS),
    ("keras-lstm-T3", "Keras 2", keras("2")),
    ("keras-lstm-T3", "Keras 3", keras("3")),
    ("keras-gru-reset-after-T3", "Keras 2", keras("2")),
    ("keras-gru-reset-after-T3", "npz", keras("npz")),
    ("ort-lstm-peepholes", "first of the batch", onnx(0)),
    ("ort-lstm-peepholes", "second of the batch", onnx(1)),
    ("ort-gru-linear-before-reset", "first of the batch", onnx(0)),
    ("ort-gru-linear-before-reset", "second of the batch", onnx(1)),
    ("attention-bahdanau-gru", "safetensors", BAHDANAU),
    ("attention-luong-dot-lstm", "safetensors", LUONG_DOT),
]


@pytest.mark.parametrize(("name", "form", "read"), CASES)
def test_float64(name: str, form: str, read: Callable[..., Case], tmp_path: Path) -> None:
    exercise, wanted = read(oracle(name), tmp_path)
    found = values_of(exercise, Float64())
    assert wanted.keys() <= found.keys()
    for key, value in wanted.items():
        np.testing.assert_allclose(found[key].ravel(), np.ravel(value), rtol=0, atol=1e-12, err_msg=str(key))


@pytest.mark.parametrize(("name", "form", "read"), CASES)
def test_certified(name: str, form: str, read: Callable[..., Case], tmp_path: Path) -> None:
    """To 15 digits: the framework rounds at every operation, the ball not at all."""
    exercise, wanted = read(oracle(name), tmp_path)
    with flint.ctx.workprec(256):
        found = values_of(exercise, Certified())
        for key, value in wanted.items():
            for one, other in zip(found[key].entries, np.ravel(value), strict=True):
                assert abs(flint.arb(one) - float(other)) < 4e-15 * max(1, abs(other)), key


@pytest.mark.parametrize("member", [0, 1])
@pytest.mark.parametrize("name", ["ort-lstm-peepholes", "ort-gru-linear-before-reset"])
def test_float32(name: str, member: int, tmp_path: Path) -> None:
    """The numbers of a float32 model, against what ONNX Runtime found in float32."""
    file = oracle(name)
    exercise, wanted = onnx(member, "expected", np.float32)(file, tmp_path)
    found = values_of(exercise, Float64())
    for key, value in wanted.items():
        np.testing.assert_allclose(found[key].ravel(), np.ravel(value), rtol=file["rtol"], atol=file["atol"])


def test_conventions_matter(tmp_path: Path) -> None:
    """A GRU that resets before the product is another network: the tests above would see it."""
    exercise, wanted = SAFETENSORS(oracle("torch-gru-T3"), tmp_path)
    text = import_layers(tmp_path / "model.safetensors", Wish(inputs=tmp_path / "inputs.npz"))
    lines = "\n".join(f"  {source(one)}" for one in library_cell("gru-torch").equations)
    before = lines.replace("r[t] * (W_hn @ h[t-1] + b_hn)", "W_hn @ (r[t] * h[t-1]) + b_hn")
    other = values_of(loads(text.replace("cell: gru-torch", f"equations: |\n{before}")), Float64())
    assert exercise.cell == library_cell("gru-torch")
    assert abs(other["h", (1,)].ravel() - wanted["h", (1,)]).max() > 1e-3
