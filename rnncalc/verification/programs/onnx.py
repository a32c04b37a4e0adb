"""ONNX Runtime: a model of one node RNN, LSTM or GRU, which it runs in float32."""

from collections.abc import Sequence
from typing import Any

from rnncalc.extras import needs
from rnncalc.verification.affine import Array
from rnncalc.verification.programs import cannot
from rnncalc.verification.run import Run

TOLERANCE = 1e-5

_INSTALL = "pip install onnx onnxruntime"
_ACTIVATIONS = {
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "relu": "Relu",
    "softsign": "Softsign",
    "softplus": "Softplus",
    "leaky_relu": "LeakyRelu",
    "hard_sigmoid": "HardSigmoid",
    "identity": "Affine",
}
_USED = {"rnn": ("tanh",), "gru": ("sigmoid", "tanh"), "lstm": ("sigmoid", "tanh", "tanh")}
_USUAL_CONSTANT = {"leaky_relu": 1 / 100, "hard_sigmoid": 1 / 6, "identity": 1.0}
"""The constant where none is written; the identity is 1 x + 0."""


def version() -> str:
    return f"ONNX Runtime {_runtime().__version__}"


def _runtime() -> Any:
    return needs("onnxruntime", _INSTALL, "this exercise is verified")


def run(directions: Sequence[Run], x: Array) -> list[dict[str, Array]]:
    import numpy as np

    first = directions[0]
    if any(one.projection is not None for one in directions):
        raise cannot("ONNX", "with a projection", "verify it `--against torch`")
    runtime = _runtime()
    same = len({(one.units, *one.replaced.items()) for one in directions}) == 1
    if not same:
        return [found for one in directions for found in run([one], x)]
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    session = runtime.InferenceSession(_model(directions), options, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {"X": x[:, np.newaxis].astype(np.float32)})
    found = []
    for number in range(len(directions)):
        states = {"h": outputs[0][:, number, 0]}
        found.append(states | ({"c": outputs[2][number, 0]} if first.kind == "lstm" else {}))
    return found


def _model(directions: Sequence[Run]) -> bytes:
    import numpy as np

    onnx = needs("onnx", _INSTALL, "this exercise is verified")
    helper, first = onnx.helper, directions[0]

    def stacked(part: str) -> Array:
        return np.stack([one.stacked(getattr(one, part), "onnx") for one in directions])

    given = {
        "W": stacked("input"),
        "R": stacked("recurrent"),
        "B": np.concatenate([stacked("bias"), stacked("second_bias")], axis=1),
        "initial_h": np.stack([one.initial["h"] for one in directions])[:, np.newaxis],
    }
    if first.kind == "lstm":
        given["initial_c"] = np.stack([one.initial["c"] for one in directions])[:, np.newaxis]
    if any(one.peephole for one in directions):
        zero = np.zeros(first.units)
        given["P"] = np.stack([np.concatenate([one.peephole.get(role, zero) for role in "iof"]) for one in directions])
    order = ("X", "W", "R", "B", "", "initial_h", "initial_c", "P")
    inputs = [name if name in given or name == "X" else "" for name in order]
    while not inputs[-1]:
        inputs.pop()
    outputs = ["Y", "Y_h", "Y_c"] if first.kind == "lstm" else ["Y", "Y_h"]
    node = helper.make_node(
        {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}[first.kind], inputs, outputs, **_attributes(directions)
    )
    tensor = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info("X", tensor, [None, 1, None])],
        [helper.make_tensor_value_info(name, tensor, None) for name in outputs],
        [onnx.numpy_helper.from_array(array.astype(np.float32), name) for name, array in given.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    return bytes(model.SerializeToString())


def _attributes(directions: Sequence[Run]) -> dict[str, Any]:
    first = directions[0]
    used = [first.function(usual) for usual in _USED[first.kind]]
    unknown = [one.function for one in used if one.function not in _ACTIVATIONS]
    if unknown:
        raise cannot("ONNX", f"with the activation {unknown[0]}", "verify it `--against keras`")
    found: dict[str, Any] = {
        "hidden_size": first.units,
        "direction": "bidirectional" if len(directions) == 2 else "reverse" if first.backward else "forward",
        "activations": [_ACTIVATIONS[one.function] for one in used] * len(directions),
    }
    if any(one.function in _USUAL_CONSTANT for one in used):
        # Alphas are given to those that have one, in their order.
        own = [one for one in used * len(directions) if one.function in _USUAL_CONSTANT]
        found["activation_alpha"] = [
            float(one.constants[0]) if one.constants else _USUAL_CONSTANT[one.function] for one in own
        ]
    if first.kind == "gru":
        found["linear_before_reset"] = int(first.resets_after)
    return found
