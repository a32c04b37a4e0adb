"""The equations of other frameworks, with their own conventions, against the values these frameworks computed.

Each layer is written as its documentation writes it: two biases, gates in blocks, rows or columns. The data is float64
exactly as the framework had it, so that a certified value may differ from its answer by the framework's rounding only.
"""

import json
from fractions import Fraction
from pathlib import Path

import flint
import numpy as np
import pytest
from equations.computing import computed

from rnncalc.equations.domains.certified import Certified
from rnncalc.equations.domains.float64 import Float64

ORACLE = Path(__file__).parent / "data" / "oracle"

TORCH_RNN = """
    a[t] = W_ih @ x[t] + b_ih + W_hh @ h[t-1] + b_hh
    h[t] = tanh(a[t])
"""
TORCH_LSTM = """
    a_i[t] = W_ii @ x[t] + b_ii + W_hi @ h[t-1] + b_hi
    a_f[t] = W_if @ x[t] + b_if + W_hf @ h[t-1] + b_hf
    a_g[t] = W_ig @ x[t] + b_ig + W_hg @ h[t-1] + b_hg
    a_o[t] = W_io @ x[t] + b_io + W_ho @ h[t-1] + b_ho
    i[t] = sigmoid(a_i[t])
    f[t] = sigmoid(a_f[t])
    g[t] = tanh(a_g[t])
    o[t] = sigmoid(a_o[t])
    c[t] = f[t] * c[t-1] + i[t] * g[t]
    h[t] = o[t] * tanh(c[t])
"""
# z keeps the old state; the reset gate acts after the matrix product, on its bias too.
TORCH_GRU = """
    a_r[t] = W_ir @ x[t] + b_ir + W_hr @ h[t-1] + b_hr
    a_z[t] = W_iz @ x[t] + b_iz + W_hz @ h[t-1] + b_hz
    r[t] = sigmoid(a_r[t])
    z[t] = sigmoid(a_z[t])
    a_n[t] = W_in @ x[t] + b_in + r[t] * (W_hn @ h[t-1] + b_hn)
    n[t] = tanh(a_n[t])
    h[t] = (1 - z[t]) * n[t] + z[t] * h[t-1]
"""
# Vectors are rows.
KERAS_LSTM = """
    i[t] = sigmoid(x[t] @ K_i + h[t-1] @ R_i + b_i)
    f[t] = sigmoid(x[t] @ K_f + h[t-1] @ R_f + b_f)
    c[t] = f[t] * c[t-1] + i[t] * tanh(x[t] @ K_c + h[t-1] @ R_c + b_c)
    o[t] = sigmoid(x[t] @ K_o + h[t-1] @ R_o + b_o)
    h[t] = o[t] * tanh(c[t])
"""
KERAS_GRU = """
    z[t] = sigmoid(x[t] @ K_z + b_z + h[t-1] @ R_z + d_z)
    r[t] = sigmoid(x[t] @ K_r + b_r + h[t-1] @ R_r + d_r)
    g[t] = tanh(x[t] @ K_h + b_h + r[t] * (h[t-1] @ R_h + d_h))
    h[t] = z[t] * h[t-1] + (1 - z[t]) * g[t]
"""
# The output gate looks at the new cell, the others at the old one.
ONNX_LSTM = """
    i[t] = sigmoid(W_i @ x[t] + R_i @ h[t-1] + P_i * c[t-1] + b_i + d_i)
    f[t] = sigmoid(W_f @ x[t] + R_f @ h[t-1] + P_f * c[t-1] + b_f + d_f)
    c[t] = f[t] * c[t-1] + i[t] * tanh(W_c @ x[t] + R_c @ h[t-1] + b_c + d_c)
    o[t] = sigmoid(W_o @ x[t] + R_o @ h[t-1] + P_o * c[t] + b_o + d_o)
    h[t] = o[t] * tanh(c[t])
"""
ONNX_GRU = """
    z[t] = sigmoid(W_z @ x[t] + R_z @ h[t-1] + b_z + d_z)
    r[t] = sigmoid(W_r @ x[t] + R_r @ h[t-1] + b_r + d_r)
    g[t] = tanh(W_h @ x[t] + r[t] * (R_h @ h[t-1] + d_h) + b_h)
    h[t] = (1 - z[t]) * g[t] + z[t] * h[t-1]
"""


# ---------------------------------------------------------------- the files, in the form of the equations


def column(vector):
    return np.reshape(vector, (-1, 1))


def row(vector):
    return np.reshape(vector, (1, -1))


def blocks(name, gates, array, axis=0):
    """A fused array as one array for each gate: `W_i` and so on."""
    parts = np.split(np.asarray(array), len(gates), axis)
    return {f"{name}{gate}": part if part.ndim == 2 else column(part) for gate, part in zip(gates, parts, strict=True)}


def steps(name, arrays):
    return {(name, (t,)): array for t, array in enumerate(arrays, 1)}


def parameters(found):
    return {(name, ()): array for name, array in found.items()}


def torch_layer(case, gates, suffix="_l0"):
    p = case["params"]
    found = {}
    for side in ("ih", "hh"):
        short = side[0] if gates else side
        found |= blocks(f"W_{short}", gates or [""], p[f"weight_{side}{suffix}"])
        found |= blocks(f"b_{short}", gates or [""], p[f"bias_{side}{suffix}"])
    return parameters(found)


def torch_sequence(gates, states="h"):
    def read(case):
        inputs, outputs, last = case["inputs"], case["outputs"], len(case["trace"])
        data = torch_layer(case, gates) | steps("x", map(column, inputs["x"]))
        data |= {(name, (0,)): column(inputs[f"{name}_0"][0]) for name in states}
        wanted = {(name, (t,)): column(value) for t, one in enumerate(case["trace"], 1) for name, value in one.items()}
        wanted |= steps("h", map(column, outputs["output"]))
        wanted |= {(name, (last,)): column(outputs[f"{name}_n"][0]) for name in states}
        return data, wanted

    return read


def torch_cell(gates, states="h"):
    def read(case):
        inputs, outputs = case["inputs"], case["outputs"]
        data = torch_layer(case, gates, "") | steps("x", [column(inputs["x"])])
        data |= {(name, (0,)): column(inputs[name]) for name in states}
        return data, {(name, (1,)): column(outputs[f"{name}1"]) for name in states}

    return read


def keras(gates, states):
    def read(case):
        weights, inputs = case["weights"], case["inputs"]
        found = blocks("K_", gates, weights["kernel"], 1) | blocks("R_", gates, weights["recurrent_kernel"], 1)
        for name, bias in zip(("b_", "d_"), np.atleast_2d(weights["bias"]), strict=False):
            found |= {name: array.T for name, array in blocks(name, gates, bias).items()}
        data = parameters(found) | steps("x", map(row, inputs["x"][0]))
        data |= {(name, (0,)): row(value[0]) for name, value in zip(states, inputs["initial_state"], strict=True)}
        sequence, *last = case["outputs"]
        wanted = steps("h", map(row, sequence[0]))
        wanted |= {(name, (len(sequence[0]),)): row(value[0]) for name, value in zip(states, last, strict=True)}
        return data, wanted

    return read


def onnx(gates, member, states="h", peepholes=""):
    def read(case):
        inputs = case["inputs"]
        bias, other_bias = np.split(np.asarray(inputs["B"][0]), 2)
        found = blocks("W_", gates, inputs["W"][0]) | blocks("R_", gates, inputs["R"][0])
        found |= blocks("b_", gates, bias) | blocks("d_", gates, other_bias)
        if peepholes:
            found |= blocks("P_", peepholes, inputs["P"][0])
        data = parameters(found) | steps("x", (column(batch[member]) for batch in inputs["X"]))
        data |= {(name, (0,)): column(inputs[f"initial_{name}"][0][member]) for name in states}
        exact = case["reference_f64"]
        wanted = steps("h", (column(batch[0][member]) for batch in exact["Y"]))
        wanted |= {(name, (len(exact["Y"]),)): column(exact[f"Y_{name}"][0][member]) for name in states}
        return data, wanted

    return read


CASES = {
    "torch-rnn-tanh-T3": (TORCH_RNN, torch_sequence("")),
    "torch-rnn-relu-T3": (TORCH_RNN.replace("tanh", "relu"), torch_sequence("")),
    "torch-lstm-T3": (TORCH_LSTM, torch_sequence("ifgo", "hc")),
    "torch-lstmcell": (TORCH_LSTM, torch_cell("ifgo", "hc")),
    "torch-gru-T3": (TORCH_GRU, torch_sequence("rzn")),
    "torch-grucell": (TORCH_GRU, torch_cell("rzn")),
    "keras-lstm-T3": (KERAS_LSTM, keras("ifco", "hc")),
    "keras-gru-reset-after-T3": (KERAS_GRU, keras("zrh", "h")),
    "ort-lstm-peepholes": (ONNX_LSTM, onnx("iofc", 0, "hc", peepholes="iof")),
    "ort-lstm-peepholes, second of the batch": (ONNX_LSTM, onnx("iofc", 1, "hc", peepholes="iof")),
    "ort-gru-linear-before-reset": (ONNX_GRU, onnx("zrh", 0)),
    "ort-gru-linear-before-reset, second of the batch": (ONNX_GRU, onnx("zrh", 1)),
}


def read(name):
    """The equations, the data exactly, and every value that the framework computed."""
    text, form = CASES[name]
    file = ORACLE / f"{name.split(',')[0]}.json"
    data, wanted = form(json.loads(file.read_text(encoding="utf-8")))
    exact = {key: [[Fraction(entry) for entry in line] for line in array.tolist()] for key, array in data.items()}
    return text, exact, wanted


@pytest.mark.parametrize("name", CASES)
def test_float64(name):
    text, data, wanted = read(name)
    found = computed(text, data, *{state for state, _ in wanted}, domain=Float64())
    assert set(wanted) <= set(found)
    for key, value in wanted.items():
        np.testing.assert_allclose(found[key], value, rtol=0, atol=1e-12, err_msg=str(key))


@pytest.mark.parametrize("name", CASES)
def test_certified(name):
    """To 15 digits: the framework rounds at every operation, the ball not at all."""
    text, data, wanted = read(name)
    with flint.ctx.workprec(256):
        found = computed(text, data, *{state for state, _ in wanted}, domain=Certified())
        for key, value in wanted.items():
            for one, other in zip(found[key].entries, value.ravel(), strict=True):
                assert abs(flint.arb(one) - float(other)) < 2e-15 * max(1, abs(other)), key


def test_conventions_matter():
    """A GRU that resets before the product is another network: the tests above would see it."""
    text, data, wanted = read("torch-gru-T3")
    before = text.replace("r[t] * (W_hn @ h[t-1] + b_hn)", "W_hn @ (r[t] * h[t-1]) + b_hn")
    other = computed(before, data, "h", domain=Float64())
    assert abs(other["h", (1,)] - wanted["h", (1,)]).max() > 1e-3
