"""The gradient of an LSTM as others write it: what `backward.py` compares with. Arrays of `parameters` are named as in
`rnncalc/cells/lstm.yaml`; x is (T, D, 1), the targets y are (T, H, 1), the loss is the sum of (h − y)². Each gives a
function of x and y: the gradient of every parameter under its name."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Arrays = Mapping[str, Any]
GATES = "fiog"
Gradients = Callable[[Any, Any], dict[str, Any]]


def plain(parameters: Arrays) -> Gradients:
    """Backpropagation through time as an engineer writes it who knows NumPy: the gates are one matrix, and products
    with the inputs and for the gradients of matrices are one each, outside the loops; inside stand the formulas."""
    W, U, b = fused(parameters)
    units = len(b) // 4

    def gradient(x: Any, y: Any) -> dict[str, Any]:
        x, y, steps = x[:, :, 0], y[:, :, 0], len(x)
        Z = x @ W.T + b
        gates, h, c = np.empty((steps, 4 * units)), np.zeros((steps + 1, units)), np.zeros((steps + 1, units))
        for t in range(steps):
            z = Z[t] + U @ h[t]
            gates[t, : 3 * units] = 1 / (1 + np.exp(-z[: 3 * units]))
            gates[t, 3 * units :] = np.tanh(z[3 * units :])
            f, i, o, g = gates[t].reshape(4, units)
            c[t + 1] = f * c[t] + i * g
            h[t + 1] = o * np.tanh(c[t + 1])
        dZ, dh, dc = np.empty((steps, 4, units)), np.zeros(units), np.zeros(units)
        for t in reversed(range(steps)):
            f, i, o, g = gates[t].reshape(4, units)
            dh = dh + 2 * (h[t + 1] - y[t])
            tanh_c = np.tanh(c[t + 1])
            dc = dc + dh * o * (1 - tanh_c**2)
            dZ[t, 0] = dc * c[t] * f * (1 - f)
            dZ[t, 1] = dc * g * i * (1 - i)
            dZ[t, 2] = dh * tanh_c * o * (1 - o)
            dZ[t, 3] = dc * i * (1 - g**2)
            dh = U.T @ dZ[t].reshape(-1)
            dc = dc * f
        dz = dZ.reshape(steps, 4 * units)
        return named(dz.T @ x, dz.T @ h[:-1], dz.sum(axis=0), GATES)

    return gradient


def tuned(parameters: Arrays) -> Gradients:
    """The same by somebody who has measured: no new arrays inside the loops, few calls on long slices, and all that the
    recurrence does not need for all steps at once. σ(z) is ½ + ½ tanh(z / 2), so that the four gates are one call."""
    W, U, b = fused(parameters)
    units = len(b) // 4
    half = np.concatenate([np.full(3 * units, 0.5), np.ones(units)])
    W, U_half, b = half[:, None] * W, half[:, None] * U, half * b
    # The order of dz in the loop: o, then f, i, g, which are all multiplied with dc.
    back = np.concatenate([U[2 * units : 3 * units], U[: 2 * units], U[3 * units :]]).T.copy()

    def gradient(x: Any, y: Any) -> dict[str, Any]:
        x, y, steps = x[:, :, 0], y[:, :, 0], len(x)
        Z = x @ W.T
        Z += b
        gates, h, c = Z, np.zeros((steps + 1, units)), np.zeros((steps + 1, units))
        tanh_c, z, both = np.empty((steps, units)), np.empty(4 * units), np.empty((2, units))
        sigmoids = gates[:, : 3 * units]
        f, i, o, g = (gates[:, k * units : (k + 1) * units] for k in range(4))
        for t in range(steps):
            gate, sigmoid = gates[t], sigmoids[t]
            U_half.dot(h[t], out=z)
            np.add(z, gate, out=gate)
            np.tanh(gate, out=gate)
            np.multiply(sigmoid, 0.5, out=sigmoid)
            np.add(sigmoid, 0.5, out=sigmoid)
            np.multiply(f[t], c[t], out=both[0])
            np.multiply(i[t], g[t], out=both[1])
            np.add(both[0], both[1], out=c[t + 1])
            np.tanh(c[t + 1], out=tanh_c[t])
            np.multiply(o[t], tanh_c[t], out=h[t + 1])
        by_h, by_c = factors(f, i, o, g, c[:-1], tanh_c)
        error = 2 * (h[1:] - y)
        # Of each step: what dc gets from dh, dz_o, dz_f, dz_i, dz_g, and what dc hands to the step before.
        d = np.empty((steps, 6, units))
        dh, dc, before = np.zeros(units), np.empty(units), np.zeros(units)
        for t in range(steps - 1, -1, -1):
            row = d[t]
            np.add(dh, error[t], out=dh)
            np.multiply(by_h[t], dh, out=row[:2])
            np.add(row[0], before, out=dc)
            np.multiply(by_c[t], dc, out=row[2:])
            back.dot(row[1:5].reshape(-1), out=dh)
            before = row[5]
        dz = d[:, 1:5].reshape(steps, 4 * units)
        return named(dz.T @ x, dz.T @ h[:-1], dz.sum(axis=0), "ofig")

    return gradient


def factors(f: Any, i: Any, o: Any, g: Any, c: Any, tanh_c: Any) -> tuple[Any, Any]:
    """What dh and dc are multiplied with at each step: (T, 2, H) and (T, 4, H)."""
    by_h, by_c = np.empty((len(f), 2, f.shape[1])), np.empty((len(f), 4, f.shape[1]))
    by_h[:, 0] = o * (1 - tanh_c * tanh_c)
    by_h[:, 1] = o * (1 - o) * tanh_c
    by_c[:, 0] = f * (1 - f) * c
    by_c[:, 1] = i * (1 - i) * g
    by_c[:, 2] = (1 - g * g) * i
    by_c[:, 3] = f
    return by_h, by_c


def torch_lstm(parameters: Arrays) -> Gradients:
    """`torch.nn.LSTM` in float64 and its autograd; its gates stand in the order i, f, g, o."""
    import torch
    from lstm_by_hand import torch_layer

    layer = torch_layer(parameters)

    def gradient(x: Any, y: Any) -> dict[str, Any]:
        layer.zero_grad()
        h, _ = layer(torch.from_numpy(x[:, None, :, 0]))
        ((h[:, 0] - torch.from_numpy(y[:, :, 0])) ** 2).sum().backward()
        weights = layer.weight_ih_l0.grad, layer.weight_hh_l0.grad, layer.bias_ih_l0.grad
        return named(*(weight.numpy() for weight in weights), "ifgo")

    return gradient


def fused(parameters: Arrays) -> tuple[Any, Any, Any]:
    """The matrices of the gates as one; g has the letter c among the parameters."""
    W, U, b = (np.concatenate([parameters[f"{kind}_{gate}"] for gate in "fioc"]) for kind in "WUb")
    return W, U, b[:, 0]


def named(W: Any, U: Any, b: Any, gates: str) -> dict[str, Any]:
    """The gradients of fused matrices, gate by gate."""
    letters = gates.replace("g", "c")
    parts = {kind: np.split(array, 4) for kind, array in (("W", W), ("U", U), ("b", b))}
    return {f"{kind}_{gate}": parts[kind][place] for kind in parts for place, gate in enumerate(letters)}
