"""The forward pass of an LSTM as others write it: what `forward.py` compares with. Arrays of `parameters` are named as
in `rnncalc/cells/lstm.yaml`; x is (T, D, 1). Each gives all h, (T, H)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

Arrays = Mapping[str, Any]
GATES = "fioc"


def fused(x: Any, parameters: Arrays) -> Any:
    """A loop as an engineer writes it who knows NumPy: the four gates are one matrix, the inputs one product before
    the loop."""
    W, U, b = (np.concatenate([parameters[f"{kind}_{gate}"] for gate in GATES]) for kind in ("W", "U", "b"))
    steps, units = len(x), len(b) // 4
    Z = x[:, :, 0] @ W.T + b[:, 0]
    h, c, result = np.zeros(units), np.zeros(units), np.empty((steps, units))
    for t in range(steps):
        z = Z[t] + U @ h
        gates = 1 / (1 + np.exp(-z[: 3 * units]))
        c = gates[:units] * c + gates[units : 2 * units] * np.tanh(z[3 * units :])
        h = gates[2 * units :] * np.tanh(c)
        result[t] = h
    return result


def one_by_one(x: Any, parameters: Arrays) -> Any:
    """A loop as the equations are written: gate by gate."""
    p = parameters
    h, c, result = np.zeros_like(p["b_f"]), np.zeros_like(p["b_f"]), []
    for x_t in x:
        f, i, o = (1 / (1 + np.exp(-(p[f"W_{k}"] @ x_t + p[f"U_{k}"] @ h + p[f"b_{k}"]))) for k in "fio")
        g = np.tanh(p["W_c"] @ x_t + p["U_c"] @ h + p["b_c"])
        c = f * c + i * g
        h = o * np.tanh(c)
        result.append(h[:, 0])
    return np.array(result)


def torch_layer(parameters: Arrays) -> Any:
    """`torch.nn.LSTM` in float64 with these parameters; its gates stand in the order i, f, g, o."""
    import torch

    torch.set_num_threads(1)
    W, U, b = (np.concatenate([parameters[f"{kind}_{gate}"] for gate in "ifco"]) for kind in ("W", "U", "b"))
    units, inputs = U.shape[1], W.shape[1]
    layer = torch.nn.LSTM(inputs, units, dtype=torch.float64)
    with torch.no_grad():
        for value, array in ((layer.weight_ih_l0, W), (layer.weight_hh_l0, U), (layer.bias_ih_l0, b[:, 0])):
            value.copy_(torch.from_numpy(array))
        layer.bias_hh_l0.zero_()
    return layer


def torch_lstm(parameters: Arrays) -> Any:
    """The layer as a function of x."""
    import torch

    layer = torch_layer(parameters)

    def run(x: Any) -> Any:
        with torch.no_grad():
            return layer(torch.from_numpy(x[:, None, :, 0]))[0][:, 0].numpy()

    return run
