"""Keras: keras.layers.SimpleRNN, LSTM and GRU, on whatever backend is there; it computes in float32."""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from rnncalc.errors import Problem, UsageError
from rnncalc.extras import needs
from rnncalc.verification.affine import Array
from rnncalc.verification.programs import cannot
from rnncalc.verification.run import Run

TOLERANCE = 1e-5

_BACKENDS = ("torch", "jax", "tensorflow")
_ACTIVATIONS = {
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "identity": "linear",
    "hard_sigmoid": "hard_sigmoid",
    "softsign": "softsign",
    "softplus": "softplus",
    "exp": "exponential",
}


def version() -> str:
    keras = _keras()
    return f"Keras {keras.__version__} on {keras.backend.backend()}"


def _keras() -> Any:
    if "KERAS_BACKEND" not in os.environ:
        found = [name for name in _BACKENDS if find_spec(name)]
        if not found:
            problem = Problem("Keras computes with PyTorch, JAX or TensorFlow, and none is installed", None, _INSTALL)
            raise UsageError(problem)
        os.environ["KERAS_BACKEND"] = found[0]
    return needs("keras", _INSTALL, "this exercise is verified")


_INSTALL = "pip install keras torch"


def run(directions: Sequence[Run], x: Array) -> list[dict[str, Array]]:
    return [_alone(one, x) for one in directions]


def _alone(one: Run, x: Array) -> dict[str, Array]:
    import numpy as np

    layer = _layer(one)
    sequence = x[np.newaxis].astype(np.float32)
    layer.build(sequence.shape)
    layer.set_weights([array.astype(np.float32) for array in _weights(one)])
    start = [one.initial[name][np.newaxis].astype(np.float32) for name in one.initial]
    keras = _keras()
    outputs = [keras.ops.convert_to_numpy(part)[0] for part in layer(sequence, initial_state=start, training=False)]
    found = {"h": outputs[0][::-1] if one.backward else outputs[0]}
    return found | ({"c": outputs[2]} if one.kind == "lstm" else {})


def _layer(one: Run) -> Any:
    if one.projection is not None or one.peephole:
        what = "with peepholes" if one.peephole else "with a projection"
        raise cannot("Keras", what, "verify it `--against onnx`" if one.peephole else "verify it `--against torch`")
    layers = _keras().layers
    options: dict[str, Any] = {"activation": _activation(one, "tanh"), "go_backwards": one.backward}
    if one.kind != "rnn":
        options["recurrent_activation"] = _activation(one, "sigmoid")
    if one.kind == "gru":
        options["reset_after"] = one.resets_after
    kind = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}[one.kind]
    return kind(one.units, return_sequences=True, return_state=True, **options)


def _activation(one: Run, usual: str) -> str:
    found = one.function(usual)
    if found.function not in _ACTIVATIONS or found.constants:
        raise cannot("Keras", f"with the activation {found.function}", "verify it `--against onnx`")
    return _ACTIVATIONS[found.function]


def _weights(one: Run) -> list[Array]:
    """kernel, recurrent kernel and bias: rows of a GRU that resets after the product, else one vector."""
    import numpy as np

    bias, second = one.stacked(one.bias, "keras"), one.stacked(one.second_bias, "keras")
    both = np.stack([bias, second]) if one.kind == "gru" and one.resets_after else bias + second
    return [one.stacked(one.input, "keras").T, one.stacked(one.recurrent, "keras").T, both]
