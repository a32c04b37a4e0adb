"""Exercises against PyTorch, ONNX Runtime and Keras, as far as they are installed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from weights.writers import write_npz

from rnncalc import Exercise, load, loads
from rnncalc.cell import library_cell
from rnncalc.errors import RnncalcError, draw
from rnncalc.formats import writer
from rnncalc.system import all_refs
from rnncalc.verification import names, verification_page, verification_record, verify
from rnncalc.weights import CONVENTIONS, Convention, Wish, import_layers

INSTALLED = {"torch": "torch", "onnx": "onnxruntime", "keras": "keras"}
RANDOM = np.random.default_rng(11)


def installed(name: str) -> str:
    if name == "keras":
        pytest.importorskip("torch")
        os.environ.setdefault("KERAS_BACKEND", "torch")
    pytest.importorskip(INSTALLED[name])
    return name


def told(action: Callable[[], Any]) -> str:
    with pytest.raises(RnncalcError) as caught:
        action()
    return draw(caught.value.problems)


def layers(kind: int, entries: int, units: int, count: int, ways: int, bias: bool = True) -> dict[str, Any]:
    """A module of PyTorch with random weights; a layer takes what all directions of the one below pass on."""
    found = {}
    for number in range(count):
        for suffix in ("", "_reverse")[:ways]:
            width = entries if number == 0 else units * ways
            shapes = {"weight_ih": (kind * units, width), "weight_hh": (kind * units, units)}
            shapes |= {"bias_ih": (kind * units,), "bias_hh": (kind * units,)} if bias else {}
            found |= {f"{name}_l{number}{suffix}": RANDOM.normal(size=shape) for name, shape in shapes.items()}
    return found


def imported_text(folder: Path, model: dict[str, Any], **wish: Any) -> str:
    np.save(folder / "x.npy", RANDOM.normal(size=(4, 3)))
    return import_layers(write_npz(folder / "m.npz", model), Wish(inputs=folder / "x.npy", **wish))


def imported(folder: Path, model: dict[str, Any], **wish: Any) -> Exercise:
    return loads(imported_text(folder, model, **wish))


# ---------------------------------------------------------------- what agrees


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: str(row.cell))
def test_a_convention_has_the_names_of_its_cell(row: Convention) -> None:
    """Each of its names is a parameter of the cell, and the cell has no others but those of an output layer."""
    cell = library_cell(row.cell)
    parameters = {ref.name for one in cell.equations for ref in all_refs(one) if not ref.indices}
    patterns = (row.names.input, row.names.recurrent, row.names.bias)
    named = {name for pattern in patterns for _, name in row.named(pattern)}
    assert named <= parameters
    optional = (row.names.second_bias, row.names.peephole, row.names.projection)
    possible = named | {name for pattern in optional if pattern for _, name in row.named(pattern)}
    assert parameters - possible <= {"V", "b_y"}
    assert set(row.states) <= {one.name for one in cell.equations}


AGREES = [
    ("torch", ("rnn", "rnn-torch", "lstm-torch", "lstm-torch-projection", "gru-torch", "lstm", "lstm-projection")),
    ("torch", ("gru-reset-after", "rnn-keras", "gru-keras", "gru-onnx-reset-after")),
    ("onnx", ("rnn-relu", "rnn-onnx", "lstm-onnx", "gru-onnx", "gru-onnx-reset-after", "lstm-peephole", "gru")),
    ("keras", ("rnn-keras", "lstm-keras", "gru-keras", "gru-keras-reset-before")),
]
OF_THE_LECTURES = {
    "rnn": "{U: [[1, 0.5]], W: [[-0.7]], b_s: [0.2], V: [[1], [2]], b_y: [0, 0]}",
    "lstm": "{W_f: [[1, 2]], W_i: [[0.5, 1]], W_c: [[-1, 2]], W_o: [[0.1, 1]], U_f: 0.3, U_i: -0.4, U_c: 0.7, U_o: 2, "
    "b_f: 0.1, b_i: 0.2, b_c: 0.3, b_o: 0.4}",
    "gru": "{W_z: [[1, 2]], W_r: [[0.5, 1]], W_h: [[-1, 2]], U_z: 0.3, U_r: -0.4, U_h: 0.7, "
    "b_z: 0.1, b_r: 0.2, b_h: 0.3}",
}


@pytest.mark.parametrize(("against", "cell"), [(name, cell) for name, cells in AGREES for cell in cells])
def test_cells(against: str, cell: str) -> None:
    """The shipped exercises of the cells, whose weights, biases and states are not zero and differ from each other."""
    installed(against)
    if cell in OF_THE_LECTURES:
        text = f"{{cell: {cell}, find: [h], inputs: {{x: [[1, 2], [0.5, -1]]}}, initial: {{h: 0.3}}"
        exercise = loads(f"{text}, parameters: {OF_THE_LECTURES[cell]}}}")
    else:
        exercise = load(f"networks/{cell}")
    found = verify(exercise, against)
    assert found.agrees, found.differences
    assert found.differences[0].compared == 2


@pytest.mark.parametrize("against", ["torch", "onnx", "keras"])
def test_layers_and_directions(against: str, tmp_path: Path) -> None:
    exercise = imported(tmp_path, layers(4, 3, 2, 2, 2))
    found = verify(exercise, installed(against))
    assert found.agrees, found.differences
    assert [(one.name, one.compared) for one in found.differences] == [
        ("h_l1_fw", 4), ("c_l1_fw", 1), ("h_l1_bw", 4), ("c_l1_bw", 1), ("h_l1", 4),
        ("h_l2_fw", 4), ("c_l2_fw", 1), ("h_l2_bw", 4), ("c_l2_bw", 1), ("h_l2", 4),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [1, 3])
def test_one_direction_without_biases(kind: int, tmp_path: Path) -> None:
    model = layers(kind, 3, 2, 1, 2, bias=False)
    for against in ("torch", "onnx"):
        found = verify(imported(tmp_path, model, direction="backward"), installed(against))
        assert found.agrees, found.differences


def test_activations(tmp_path: Path) -> None:
    exercise = imported(tmp_path, layers(1, 3, 2, 2, 1), activation="relu")
    assert verify(exercise, installed("torch")).agrees
    assert verify(exercise, installed("onnx")).agrees
    text = "{cell: lstm-onnx, activations: {i: hard_sigmoid, f: hard_sigmoid, o: hard_sigmoid}"
    parameters = json.dumps({name: [[0.5, 1.5]] if name[0] == "W" and name[1] == "_" else 0.75 for name in LSTM_ONNX})
    hard = loads(f"{text}, find: [h], inputs: {{x: [[1, 2], [-2, 0.5]]}}, parameters: {parameters}}}")
    assert verify(hard, installed("onnx")).agrees


LSTM_ONNX = [f"{kind}_{gate}" for kind in ("W", "R", "Wb", "Rb") for gate in "iofc"] + ["P_i", "P_o", "P_f"]


def filled(text: str, shapes: dict[str, tuple[int, ...]], steps: int = 3, entries: int = 2) -> Exercise:
    """An exercise with random numbers of these shapes."""
    numbers = {name: RANDOM.normal(size=shape).round(3).tolist() for name, shape in shapes.items()}
    x = RANDOM.normal(size=(steps, entries)).round(3).tolist()
    return loads(f"{text}\ninputs: {{x: {x}}}\nparameters: {json.dumps(numbers)}\n")


def each(pattern: str, letters: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {pattern.format(letter): shape for letter in letters}


LSTM = {**each("W_{}", "fico", (3, 2)), **each("U_{}", "fico", (3, 3)), **each("b_{}", "fico", (3,))}
TWO_LAYERS = {f"{name}_{n}": (2, 2) for name in ("A", "W_hh") for n in ("l1", "l2")}
TWO_LAYERS |= {f"{name}_{n}": (2,) for name in ("b_ih", "b_hh") for n in ("l1", "l2")}
OWN_LSTM = """\
vectors: rows
equations: |
  q[k] = x[k] @ Q + s[k-1] @ R + d
  keep[k] = sigmoid(cols(q[k], 1, 2))
  enter[k] = 1 - keep[k]
  m[k] = tanh(cols(q[k], 3, 4)) * enter[k] + m[k-1] * keep[k]
  s[k] = tanh(m[k]) * sigmoid(p * m[k] + cols(q[k], 5, 6))
"""
OWN_GRU = """\
find: [s]
equations: |
  a[t] = P @ x[t] + a_0
  n[t] = tanh(W @ x[t] + r[t] * (U @ s[t+1] - d) + b)
  r[t] = sigmoid(a[t] + R @ s[t+1])
  s[t] = n[t] * (1 - z[t]) + s[t+1] * z[t]
  z[t] = sigmoid(Z @ concat(s[t+1], x[t]))
"""
NOTATIONS: dict[str, tuple[str, dict[str, tuple[int, ...]], list[tuple[str, int]]]] = {
    "rows": (
        "cell: lstm\nvectors: rows",
        {name: shape[::-1] if name[0] != "b" else shape for name, shape in LSTM.items()},
        [("h", 3), ("c", 1)],
    ),
    "one matrix": (
        "cell: lstm\nconcat: [x, h]",
        {**each("W_{}", "fico", (3, 5)), **each("b_{}", "fico", (3,))},
        [("h", 3), ("c", 1)],
    ),
    "blocks in rows": (
        "cell: gru-torch\nvectors: rows\nfused: {W: [W_ir, W_iz, W_in], U: [W_hr, W_hz, W_hn], b: [b_ir, b_iz, b_in], "
        "d: [b_hr, b_hz, b_hn]}",
        {"W": (2, 9), "U": (3, 9), "b": (9,), "d": (9,)},
        [("h", 3)],
    ),
    "one matrix in blocks, in rows": (
        "cell: lstm\nvectors: rows\nconcat: [h, x]\nfused: {W: [f, i, c, o], b: [f, i, c, o]}",
        {"W": (5, 12), "b": (12,)},
        [("h", 3), ("c", 1)],
    ),
    "shared weights": (
        "cell: lstm\nbidirectional: shared\nmerge: sum",
        LSTM,
        [("h_fw", 3), ("c_fw", 1), ("h_bw", 3), ("c_bw", 1), ("h", 3)],
    ),
    "layers in other letters": (
        "cell: rnn-torch\nlayers: 2\nrename: {h: s, W_ih: A}",
        TWO_LAYERS,
        [("s_l1", 3), ("s_l2", 3)],
    ),
    "arguments": ("cell: lstm\npreactivations: {f: a_f, i: a_i, g: a_c, o: a_o}", LSTM, [("h", 3), ("c", 1)]),
    "transposed, without a bias": (
        "cell: rnn\nrename: {W: V.T, U: A.T, b_s: 0, V: O}\nfind: [h]",
        {"V": (2, 2), "A": (2, 2)},
        [("h", 3)],
    ),
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_notations(notation: str) -> None:
    """However the source writes its network, a framework runs it."""
    text, shapes, compared = NOTATIONS[notation]
    for against in ("torch", "onnx"):
        found = verify(filled(text, shapes), installed(against))
        assert found.agrees, found.differences
        assert [(one.name, one.compared) for one in found.differences] == compared


def test_equations_of_ones_own() -> None:
    """Coupled gates with a peephole, cut from one array in rows: 1 − σ(q) = σ(−q); and a GRU that runs backward."""
    lstm = verify(filled(OWN_LSTM, {"Q": (2, 6), "R": (2, 6), "d": (1, 6), "p": (1, 2)}), installed("onnx"))
    assert lstm.agrees, lstm.differences
    assert [(one.name, one.compared) for one in lstm.differences] == [("s", 3), ("m", 1)]
    square, shapes = dict.fromkeys("PWUR", (2, 2)), {"a_0": (2,), "b": (2,), "d": (2,), "Z": (2, 4)}
    for against in ("onnx", "torch"):
        gru = verify(filled(OWN_GRU, square | shapes), installed(against))
        assert gru.agrees, gru.differences
        assert [(one.name, one.compared) for one in gru.differences] == [("s", 3)]


DECODER_FIRST = """\
find: [s]
equations: |
  s[t] = tanh(C @ s[t-1] + D @ w[t])
  s[0] = h[J]
  h[j] = tanh(A @ h[j-1] + B @ x[j])
inputs: {x: [1, 2], w: [0.5, -1, 1]}
parameters: {A: 0.5, B: 1, C: -0.7, D: 2}
"""


def test_an_encoder_and_a_decoder() -> None:
    """The decoder begins with the last state of the encoder, as the framework computed it, wherever each is written."""
    for exercise in (load("dlbook/seq2seq"), loads(DECODER_FIRST)):
        found = verify(exercise, installed("torch"))
        assert found.agrees, found.differences
        assert [(one.name, one.compared) for one in found.differences] == [("h", 2), ("s", 3)]


@pytest.mark.parametrize(
    "name", ["networks/mgu", "networks/lstm-coupled", "vietai/exercise4", "published/gru-rows-bptt"]
)
def test_networks_that_are_layers_with_other_numbers(name: str) -> None:
    """One gate for two, no activation, rows with the equations of a backward pass."""
    found = verify(load(name), installed("onnx"))
    assert found.agrees, found.differences


def test_ways_to_merge(tmp_path: Path) -> None:
    """Both directions put together as the short form of an exercise says it."""
    file = imported_text(tmp_path, layers(3, 3, 2, 1, 2))
    for merge in ("sum", "mean", "product", "[backward, forward]"):
        exercise = loads(file.replace("bidirectional: true\n", f"bidirectional: true\nmerge: {merge}\n"))
        found = verify(exercise, installed("torch"))
        assert found.differences[-1].name == "h"
        assert found.agrees, merge


def test_other_letters() -> None:
    """A cell in the letters of a source is still that cell."""
    text = "{cell: rnn-torch, rename: {h: s, W_ih: A}, inputs: {x: [[1], [2]]}, initial: {s: 0.5}"
    exercise = loads(f"{text}, parameters: {{A: 2, b_ih: 0.1, W_hh: -0.7, b_hh: 0.2}}}}")
    found = verify(exercise, installed("torch"))
    assert [(one.name, one.compared) for one in found.differences] == [("s", 2)]
    assert found.agrees


def test_positions_are_counted_as_the_source_does() -> None:
    text = "cell: rnn-torch\ntime: 0\ninputs: {x: [1, 2]}\nparameters: {W_ih: 2, b_ih: 0.1, W_hh: 3, b_hh: 0.2}"
    found = verify(loads(text), installed("torch"), tolerance=1)
    assert verification_record(found)["quantities"]["h"]["at"] in ([0], [1])
    assert any(line.endswith(("h₀", "h₁")) for line in writer("terminal")(verification_page(found)).splitlines())


# ---------------------------------------------------------------- what does not


def test_a_network_that_is_another_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison sees a GRU whose z has the other meaning."""
    torch = pytest.importorskip("torch")
    right = torch.nn.GRU.forward
    monkeypatch.setattr(torch.nn.GRU, "forward", lambda *given: tuple(1 - part for part in right(*given)))
    found = verify(load("networks/gru-torch"), "torch")
    assert not found.agrees
    assert found.differences[0].largest > 0.01
    page = writer("terminal")(verification_page(found))
    assert "warning: beyond 1·10⁻¹²: h" in page
    assert verification_record(found)["agrees"] is False


def test_page_and_record() -> None:
    found = verify(load("networks/lstm-onnx"), installed("onnx"), tolerance=1)
    record = verification_record(found)
    assert {key: record[key] for key in ("schema", "exercise", "tolerance", "agrees")} == {
        "schema": "rnncalc/verification/1",
        "exercise": "lstm-onnx",
        "tolerance": 1,
        "agrees": True,
    }
    assert record["against"].startswith("ONNX Runtime ")
    assert {name: (one["compared"], one["at"]) for name, one in record["quantities"].items()}["c"] == (1, [2])
    page = str(writer("terminal")(verification_page(found)))
    assert [line.split()[0] for line in page.splitlines() if "│" in line] == ["quantity", "h", "c"] or " C " in page
    assert page.rstrip().endswith("All differences are within 1.")


@pytest.mark.parametrize(
    ("exercise", "against", "message"),
    [
        (
            "networks/elman",
            "tensorflow",
            "error: there is no program `tensorflow` to verify against\n  help: known: keras, onnx, torch",
        ),
        (
            "networks/lstm-onnx",
            "torch",
            "error: PyTorch has no layer with peepholes\n  help: verify it `--against onnx`",
        ),
        (
            "vietai/exercise3",
            "torch",
            """\
error: PyTorch has no layer that resets before the product
  help: verify it `--against onnx` or `--against keras`""",
        ),
        (
            "networks/lstm-projection",
            "onnx",
            "error: ONNX has no layer with a projection\n  help: verify it `--against torch`",
        ),
        (
            "networks/lstm-onnx",
            "keras",
            "error: Keras has no layer with peepholes\n  help: verify it `--against onnx`",
        ),
        (
            "vietai/exercise2",
            "torch",
            "error: `U_f` is 2×3, which no framework takes\n  help: 2×2 would fit",
        ),
    ],
)
def test_what_cannot_be_verified(exercise: str, against: str, message: str) -> None:
    if against in INSTALLED:
        installed(against)
    assert told(lambda: verify(load(exercise), against)) == message


def test_activations_that_a_program_has_not(tmp_path: Path) -> None:
    text = "{cell: rnn-torch, activations: {h: exp}, inputs: {x: [[1]]}, "
    exercise = loads(text + "parameters: {W_ih: 1, b_ih: 0, W_hh: 1, b_hh: 0}}")
    assert told(lambda: verify(exercise, installed("onnx"))) == (
        "error: ONNX has no layer with the activation exp\n  help: verify it `--against keras`"
    )
    assert told(lambda: verify(exercise, installed("torch"))) == (
        "error: PyTorch has no layer with these activations\n  help: verify it `--against onnx` or `--against keras`"
    )


def test_other_networks_are_not_taken_for_layers() -> None:
    message = told(lambda: verify(load("networks/attention-dot"), "onnx"))
    assert (
        message
        == """\
error: `attention-dot` has no recurrence: there is nothing that a framework has as a layer
  help: simple recurrences, LSTMs and GRUs are compared"""
    )
    fed_back = """\
equations: |
  h[t] = tanh(W @ y[t-1] + U @ h[t-1])
  y[t] = softmax(V @ h[t])
lengths: {t: 1}
parameters: {W: [[1, 1]], U: 1, V: [[1], [2]]}
initial: {h: 1}
"""
    assert (
        told(lambda: verify(loads(fed_back), "onnx"))
        == """\
<stdin>:2:3: error: no framework has a layer with the recurrence of `h`, `y`
    2 │   h[t] = tanh(W @ y[t-1] + U @ h[t-1])
      │   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: a layer is a simple recurrence of one function, an LSTM or a GRU"""
    )


def test_a_program_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import rnncalc.extras

    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(rnncalc.extras, "import_module", absent)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    found = [told(lambda name=name: verify(load("networks/lstm-torch"), name)) for name in names()]
    assert found == [
        "error: this exercise is verified with the package keras, which is not installed\n"
        "  help: pip install keras torch",
        "error: this exercise is verified with the package onnxruntime, which is not installed\n"
        "  help: pip install onnx onnxruntime",
        "error: this exercise is verified with the package torch, which is not installed\n  help: pip install torch",
    ]
