"""Files of weights become exercises; what cannot be one is told in one message."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from weights.writers import write_npz, write_safetensors

from rnncalc import loads, solve
from rnncalc.cell import Cell, any_cell, find_cell, library_cell
from rnncalc.equations import source
from rnncalc.errors import RnncalcError, draw
from rnncalc.weights import Wish, import_cell, import_layers

RANDOM = np.random.default_rng(4)


def tensors(entries: int, units: int, suffix: str = "_l0", gates: int = 4, part: str = "") -> dict[str, Any]:
    """A layer as PyTorch names it."""
    rows = gates * units
    shapes = {"weight_ih": (rows, entries), "weight_hh": (rows, units), "bias_ih": (rows,), "bias_hh": (rows,)}
    return {f"{part}{name}{suffix}": RANDOM.normal(size=shape).round(2) for name, shape in shapes.items()}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], Path]:
    """Writes `model.npz` into an empty folder, where the test runs."""
    monkeypatch.chdir(tmp_path)
    return lambda arrays: write_npz(Path("model.npz"), arrays)


def told(action: Callable[[], Any]) -> str:
    with pytest.raises(RnncalcError) as caught:
        action()
    return draw(caught.value.problems)


def test_the_whole_file(file: Callable[..., Path]) -> None:
    model = {
        "rnn.weight_ih_l0": np.array([[0.1, -2], [1 / 3, 4]], np.float32),
        "rnn.weight_hh_l0": np.array([[1, 0], [0, 1e-7]], np.float32),
        "rnn.bias_ih_l0": np.array([0.5, 0], np.float32),
        "rnn.bias_hh_l0": np.array([-0.25, 1], np.float32),
        "readout.weight": np.ones((3, 2)),
    }
    np.save("x.npy", np.array([[1, 2], [0.1, -1]]))
    assert (
        import_layers(file(model), Wish(inputs=Path("x.npy")))
        == """\
# Read by `rnncalc import` from model.npz.
# rnn.l0: RNN, 2 → 2
# Each number is the shortest decimal that float32 reads back as the number of the file.
title: "RNN of rnn: find h"
source: "model.npz, torch"
cell: rnn-torch
find: [h]
inputs:                         # one row per time step
  x: [[1, 2], [0.1, -1]]
parameters:                     # exactly as the file has them
  W_ih: [[0.1, -2], [0.33333334, 4]]
  W_hh: [[1, 0], [0, 1e-07]]
  b_ih: [0.5, 0]
  b_hh: [-0.25, 1]
"""
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8])
def test_numbers_come_back(file: Callable[..., Path], dtype: Any) -> None:
    """The decimals written are read back as the numbers of the file, to the last bit."""
    numbers = (RANDOM.normal(size=(4, 4)) * 10.0 ** RANDOM.integers(-3, 2, (4, 4))).astype(dtype)
    text = import_layers(file({"weight_ih_l0": numbers, "weight_hh_l0": np.eye(4)}), Wish(length=1))
    rows = loads(text).network.data["W_ih", ()]
    assert (np.array([[dtype(float(entry)) for entry in row] for row in rows]) == numbers).all()


def test_bfloat16(tmp_path: Path) -> None:
    """NumPy has no bfloat16: the file is put together by hand, and PyTorch's own reading of a number is known."""
    header = {"weight_ih_l0": ("BF16", [1, 3], 6), "weight_hh_l0": ("BF16", [1, 1], 2)}
    entries, start = {}, 0
    for name, (dtype, shape, size) in header.items():
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [start, start + size]}
        start += size
    head = json.dumps(entries).encode()
    # 0x3F1D is 0.61328125, 0x3DCD is 0.10009765625 (what 0.1 becomes), 0xC0A0 is −5; 0x7F7F is the largest.
    data = np.array([0x3F1D, 0x3DCD, 0xC0A0, 0x7F7F], "<u2").tobytes()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(head).to_bytes(8, "little") + head + data)
    text = import_layers(path, Wish(length=1))
    assert "W_ih: [[0.613, 0.1, -5]]" in text
    assert "W_hh: 3.39e+38" in text.replace("[[", "").replace("]]", "")
    assert "that bfloat16 reads back" in text


def test_a_term_that_is_not_in_the_file_is_not_in_the_equations(file: Callable[..., Path]) -> None:
    model = {name: one for name, one in tensors(3, 2).items() if "bias" not in name}
    exercise = loads(import_layers(file(model), Wish()))
    assert exercise.cell is None
    assert source(exercise.network.plan.equations[0]) == "i[t] = sigmoid(W_ii @ x[t] + W_hi @ h[t-1])"
    assert [stage.title for stage in exercise.stages] == [one.title for one in library_cell("lstm-torch").stages]


def test_layers_and_directions(file: Callable[..., Path]) -> None:
    model = tensors(2, 1, gates=1) | tensors(2, 1, "_l0_reverse", 1)
    model |= tensors(2, 1, "_l1", 1) | tensors(2, 1, "_l1_reverse", 1)
    text = import_layers(file(model), Wish(length=2))
    assert "cell: rnn-torch\nlayers: 2\nbidirectional: true\nfind: [h_l2]\n" in text
    exercise = loads(text)
    assert [source(one) for one in exercise.network.plan.equations] == [
        "h_l1_fw[t] = tanh(W_ih_l1_fw @ x[t] + b_ih_l1_fw + W_hh_l1_fw @ h_l1_fw[t-1] + b_hh_l1_fw)",
        "h_l1_bw[t] = tanh(W_ih_l1_bw @ x[t] + b_ih_l1_bw + W_hh_l1_bw @ h_l1_bw[t+1] + b_hh_l1_bw)",
        "h_l1[t] = concat(h_l1_fw[t], h_l1_bw[t])",
        "h_l2_fw[t] = tanh(W_ih_l2_fw @ h_l1[t] + b_ih_l2_fw + W_hh_l2_fw @ h_l2_fw[t-1] + b_hh_l2_fw)",
        "h_l2_bw[t] = tanh(W_ih_l2_bw @ h_l1[t] + b_ih_l2_bw + W_hh_l2_bw @ h_l2_bw[t+1] + b_hh_l2_bw)",
        "h_l2[t] = concat(h_l2_fw[t], h_l2_bw[t])",
    ]
    relu = import_layers(Path("model.npz"), Wish(activation="relu"))
    assert "cell: rnn-torch\nlayers: 2\nactivations: {tanh: relu}\nbidirectional: true\n" in relu
    assert source(loads(relu).network.plan.equations[0]).startswith("h_l1_fw[t] = relu(")
    above = loads(import_layers(Path("model.npz"), Wish(layer="l1", direction="backward")))
    assert [source(one) for one in above.network.plan.equations] == [
        "h[t] = tanh(W_ih @ x[t] + b_ih + W_hh @ h[t+1] + b_hh)"
    ]


def test_what_no_key_can_say_is_written_as_equations(file: Callable[..., Path]) -> None:
    """Two layers without biases: titles say to which layer a step belongs."""
    model = tensors(2, 1, gates=1) | tensors(1, 1, "_l1", 1)
    text = import_layers(
        file({name: one for name, one in model.items() if "bias" not in name}), Wish(activation="relu")
    )
    assert (
        """\
equations: |
  h_l1[t] = relu(W_ih_l1 @ x[t] + W_hh_l1 @ h_l1[t-1])
  h_l2[t] = relu(W_ih_l2 @ h_l1[t] + W_hh_l2 @ h_l2[t-1])
symbols: {W_hh_l1: "W⁽¹⁾_hh", W_ih_l1: "W⁽¹⁾_ih", h_l1: "h⁽¹⁾", W_hh_l2: "W⁽²⁾_hh",
  W_ih_l2: "W⁽²⁾_ih", h_l2: "h⁽²⁾"}
steps:
  - {title: "Layer 1: hidden state", remark: "the input joins what is remembered", of: [h_l1]}
  - {title: "Layer 2: hidden state", remark: "the input joins what is remembered", of: [h_l2]}
find: [h_l2]
"""
        in text
    )
    assert solve(loads(text)).answers


def test_a_large_layer_can_be_solved(tmp_path: Path) -> None:
    arrays = {name: one.astype(np.float32) for name, one in tensors(128, 256).items()}
    # What is solved are the decimals: 0.1, which float32 only rounds.
    exercise = loads(import_layers(write_safetensors(tmp_path / "m.safetensors", arrays), Wish(length=1)))
    i, _, g, o = np.split(sum(arrays[name].astype(str).astype(float) for name in ("bias_ih_l0", "bias_hh_l0")), 4)

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    wanted = sigmoid(o) * np.tanh(sigmoid(i) * np.tanh(g))
    found = solve(exercise, float64=True).answers[0].value.ravel()
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", "a,b,c\n1,2,1/3\n\n0.10,-1,3\n"),
        ("x.csv", "1,2,1/3\n0.10,-1,3\n"),
        ("x.json", "[[1, 2, 0.3], [0.10, -1, 3]]"),
        ("x.yaml", "x: [[1, 2, 1/3], [0.10, -1, 3]]\nh_0: [0.5, 1]\n"),
    ],
)
def test_inputs_are_exact(file: Callable[..., Path], name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    written = import_layers(file(tensors(3, 2)), Wish(inputs=Path(name)))
    third = "0.3" if name == "x.json" else "1/3"
    assert f"x: [[1, 2, {third}], [0.10, -1, 3]]\n" in written
    assert ("initial:                        # the states before the first step\n  h: [0.5, 1]" in written) == (
        "h_0" in text
    )


def test_tensors_with_the_names_of_a_cell(file: Callable[..., Path]) -> None:
    """A part of a model; what else it holds is left alone."""
    cell = find_cell("attention-dot")
    model = {"att.W_c": np.ones((2, 4)), "att.W_s": np.eye(2), "other": np.ones(2)}
    Path("in.yaml").write_text("h: [[1, 0], [0, 1]]\ns: [[1, 2]]\n", encoding="utf-8")
    text = import_cell(file(model), cell, Wish(layer="att", inputs=Path("in.yaml")))
    assert (
        text
        == """\
# Read by `rnncalc import --cell` from model.npz.
# Each number is the shortest decimal that float64 reads back as the number of the file.
title: "Dot-product attention (Luong): find y"
source: "model.npz"
cell: attention-dot
find: [y]
inputs:                         # one row per time step
  h: [[1, 0], [0, 1]]
  s: [[1, 2]]
parameters:                     # exactly as the file has them
  W_c: [[1, 1, 1, 1], [1, 1, 1, 1]]
  W_s: [[1, 0], [0, 1]]
"""
    )
    assert solve(loads(text)).answers


def own(equations: str) -> Cell:
    Path("own.yaml").write_text(f"equations: |\n  {equations}\n", encoding="utf-8")
    return any_cell("own.yaml")


def test_names_that_tensors_go_by(file: Callable[..., Path]) -> None:
    """A part's gates, ends of names, the name itself: whatever no other tensor goes by."""
    model = {f"{part}.gru.{name}": array + place for place, part in enumerate(("enc", "dec"), 1) for name, array in {
        "weight_ih_l0": np.array([[0.1], [0.2], [0.3]]), "weight_hh_l0": np.array([[0.4], [0.5], [0.6]]),
    }.items()}  # fmt: skip
    np.save("x.npy", [[1.0]])
    model |= {"dec.out.weight": np.array([[7.0]]), "dec.out.bias": np.array([8.0]), "enc.out.bias": np.array([9.0])}
    text = import_cell(
        file(model),
        own("y[t] = out @ x[t] + dec_out_bias + enc_out_bias + W_hn_dec_gru + W_ir_enc_gru"),
        Wish(inputs=Path("x.npy")),
    )
    assert (
        text[text.index("parameters:") :]
        == """\
parameters:                     # exactly as the file has them
  out: [[7]]
  dec_out_bias: [8]
  enc_out_bias: [9]
  W_hn_dec_gru: [[2.6]]
  W_ir_enc_gru: [[1.1]]
"""
    )


# ---------------------------------------------------------------- what goes wrong

LSTM = tensors(3, 2)
TWO = tensors(3, 2, part="enc.") | tensors(3, 2, part="dec.")


@pytest.mark.parametrize(
    ("model", "wish", "message"),
    [
        (
            {"conv.weight": np.ones((3, 3)), "\x1b[31mred\n": np.ones(2)},
            Wish(),
            """\
error: there is no recurrent layer in `model.npz`
  help: it holds conv.weight (3×3), \\x1b[31mred\\x0a (2 entries); tensors with the parameter names of a cell are read \
with `--cell NAME`""",
        ),
        (
            TWO,
            Wish(),
            """\
error: `model.npz` holds several recurrent layers, and does not say that one feeds the other
  dec.l0: LSTM, 3 → 2
  enc.l0: LSTM, 3 → 2
  help: choose one with `--layer NAME`""",
        ),
        (
            TWO | tensors(2, 2, "_l1", part="dec."),
            Wish(layer="endc"),
            """\
error: `model.npz` has no layer `endc`
  dec: 2 layers
  dec.l0: LSTM, 3 → 2
  dec.l1: LSTM, 2 → 2
  enc.l0: LSTM, 3 → 2
  help: did you mean `enc`?""",
        ),
        (
            LSTM,
            Wish(direction="backward"),
            "error: `l0` runs forward only\n  help: leave `--direction` out",
        ),
        (
            LSTM,
            Wish(activation="relu"),
            """\
error: `--activation` is that of a simple recurrent network, and these layers are others
  help: leave it out""",
        ),
        (
            tensors(3, 2, gates=1),
            Wish(activation="gelu"),
            "error: there is no activation `gelu`\n  help: it is `tanh` or `relu`",
        ),
        (
            {"weight_ih_l0": np.ones((5, 3)), "weight_hh_l0": np.ones((5, 2))},
            Wish(),
            """\
error: `weight_ih_l0` (5×3) and `weight_hh_l0` (5×2) fit no cell
  help: with h units the second matrix has h rows in an RNN, 3 h in a GRU and 4 h in an LSTM""",
        ),
        (
            LSTM | {"bias_ih_l0": np.ones(7), "bias_hh_l0": np.ones((8, 1))},
            Wish(),
            """\
error: `bias_ih_l0` (7 entries) does not fit: 8 entries expected
  help: as `weight_hh_l0` says, this is an LSTM with 3 inputs and 2 units

error: `bias_hh_l0` (8×1) does not fit: 8 entries expected
  help: as `weight_hh_l0` says, this is an LSTM with 3 inputs and 2 units""",
        ),
        (
            LSTM | tensors(5, 2, "_l1"),
            Wish(),
            "error: `l1` takes 5 entries, but `l0` passes on 2\n  help: choose one of them with `--layer`",
        ),
        (
            tensors(3, 2, gates=3) | {"weight_hr_l0": np.ones((2, 2))},
            Wish(),
            """\
error: a projection is known of the LSTM only, not of the GRU
  help: it has the name `weight_hr` in PyTorch""",
        ),
        (
            LSTM | {"bias_ih_l0": np.full(8, np.inf)},
            Wish(),
            """\
error: `bias_ih_l0` holds numbers that are not finite
  help: weights that are not finite come of a training that failed""",
        ),
        (
            LSTM | {"bias_ih_l0": np.full(8, 1j)},
            Wish(),
            """\
error: `bias_ih_l0` holds complex128, not real numbers
  help: numbers are float64, float32, float16, bfloat16 or whole numbers""",
        ),
    ],
)
def test_a_model_that_cannot_be_used(file: Callable[..., Path], model: Any, wish: Wish, message: str) -> None:
    assert told(lambda: import_layers(file(model), wish)) == message


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "x.yaml",
            "x: [[1, 2], [3, 4]]",
            """\
error: `x` (2×2) does not fit: the network takes 3 entries a step
  help: give one sequence, a row of 3 numbers for each time step""",
        ),
        (
            "x.yaml",
            "y: [[1, 2, 3]]",
            "error: `x.yaml` holds no inputs `x`\n  help: call the inputs `x`; the file has y",
        ),
        (
            "x.yaml",
            "{x: [[1, 2, 3]], k_0: [1, 2]}",
            """\
error: `k_0` of `x.yaml` is no state of this network
  help: states are called `h_0` and `c_0`, inputs `x`""",
        ),
        (
            "x.yaml",
            "{x: [[1, 2, 3]], h_0: [[1, 2], [3, 4]]}",
            """\
error: `h_0` (2×2) does not fit
  help: it needs a row for each layer and direction, 1 in all""",
        ),
        ("x.yaml", "[[1, 2, 3], [4, 5]]", "error: the rows of `x` are not equally long\n  help: one row a time step"),
        (
            "x.json",
            "[[1, 2, zero]]",
            """\
x.json:1:9: error: a number was expected, not `zero`
    1 │ [[1, 2, zero]]
      │         ^^^^
  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`""",
        ),
        (
            "x.csv",
            "1,2,3\n1;2;3\n",
            """\
x.csv:2:1: error: a number was expected
    2 │ 1;2;3
      │ ^^^^^
  help: write `0.5,-1`""",
        ),
        (
            "x.txt",
            "1",
            """\
error: inputs are not read from `x.txt`
  help: files are read that end in `.npy`, `.npz`, `.csv`, `.json`, `.yaml`, `.yml`""",
        ),
        (
            "x.npy",
            "1",
            """\
error: `x.npy` cannot be read: it is no NumPy array (EOF: reading magic string, expected 8 bytes got 1)
  help: is it whole? write it once more""",
        ),
    ],
)
def test_inputs_that_cannot_be_used(file: Callable[..., Path], name: str, content: str, message: str) -> None:
    Path(name).write_text(content, encoding="utf-8")
    assert told(lambda: import_layers(file(LSTM), Wish(inputs=Path(name)))) == message


def test_no_inputs_and_two(file: Callable[..., Path]) -> None:
    Path("x.yaml").write_text("[[1, 2, 3]]", encoding="utf-8")
    both = Wish(inputs=Path("x.yaml"), length=2)
    assert told(lambda: import_layers(file(LSTM), both)) == (
        "error: `--input` and `--length` exclude each other\n  help: leave one of them out"
    )
    absent = [Path("none.npy"), Path("none.npz")]
    assert [told(lambda file=one: import_layers(Path("model.npz"), Wish(inputs=file))) for one in absent] == [
        "error: `none.npy` cannot be read: No such file or directory",
        "error: there is no file `none.npz`",
    ]


def test_too_large(file: Callable[..., Path]) -> None:
    message = """\
error: `model.npz` has 1 442 000 numbers; an exercise can hold 1 400 000
  help: choose one layer with `--layer`, or one direction with `--direction`"""
    assert told(lambda: import_layers(file(tensors(1358, 700, gates=1)), Wish())) == message


def test_a_cell_that_the_tensors_do_not_fit(file: Callable[..., Path]) -> None:
    Path("in.yaml").write_text("{h: [[1, 0]], q: [1]}", encoding="utf-8")
    wish = Wish(inputs=Path("in.yaml"))
    assert told(lambda: import_cell(file({"W_c": np.ones((2, 4))}), find_cell("attention-dot"), wish)) == (
        """\
error: the cell `attention-dot` needs `W_s`, `s`, which `model.npz` does not have
  help: the file has W_c

error: the cell `attention-dot` does not use `q` of the inputs
  help: leave it out"""
    )


def test_names_that_several_tensors_go_by(file: Callable[..., Path]) -> None:
    """They are no tensor's; the names that there are stand in the help."""
    model = tensors(1, 1, gates=3, part="enc.") | tensors(1, 1, gates=3, part="dec.") | {"out.weight": np.ones((1, 1))}
    missing = own("y[t] = W_ir @ x[t] + out")
    assert told(lambda: import_cell(file(model), missing, Wish())) == (
        """\
error: the cell `own` needs `W_ir`, `x`, which `model.npz` does not have
  help: the file has out, W_ir_dec, W_iz_dec, W_in_dec, W_hr_dec, W_hz_dec, W_hn_dec, b_ir_dec, b_iz_dec, b_in_dec, \
b_hr_dec, b_hz_dec, b_hn_dec, W_ir_enc, W_iz_enc, W_in_enc, W_hr_enc, W_hz_enc, W_hn_enc, b_ir_enc, b_iz_enc, \
b_in_enc, b_hr_enc, b_hz_enc, …"""
    )
