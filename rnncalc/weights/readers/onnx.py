"""ONNX: the nodes LSTM, GRU and RNN of a graph, with the constants they use."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rnncalc.errors import LimitError, Problem, WeightsError
from rnncalc.extras import needs
from rnncalc.weights.layer import Activation, Chain, Fused, Layer, check_sizes, fitting, kind_of
from rnncalc.weights.readers import Contents, broken
from rnncalc.weights.tensor import Tensor, blocks, part, shown, size_text

_INSTALL = "pip install 'rnncalc[onnx]'"
ENDINGS = (".onnx",)

LARGEST_FILE = 1_000_000_000
_INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")
_CONSTANT = {"W": 3, "R": 3, "B": 2, "P": 2}
"""The inputs that must be constants, with their number of axes."""
_KINDS = {"LSTM": "lstm", "GRU": "gru", "RNN": "rnn"}
_USUAL = {"LSTM": ("sigmoid", "tanh", "tanh"), "GRU": ("sigmoid", "tanh"), "RNN": ("tanh",)}
_ACTIVATIONS = {
    "tanh": Activation("tanh"),
    "sigmoid": Activation("sigmoid"),
    "relu": Activation("relu"),
    "leakyrelu": Activation("leaky_relu", ("0.01",)),
    "hardsigmoid": Activation("hard_sigmoid", ("0.2",)),
    "softsign": Activation("softsign"),
    "softplus": Activation("softplus"),
}


def read(path: Path) -> Contents:
    onnx = needs("onnx", _INSTALL, f"`{path}` is read")
    if path.stat().st_size > LARGEST_FILE:
        raise LimitError(Problem(f"`{path}` has more than {LARGEST_FILE} bytes", None, "save the layer by itself"))
    try:
        # Tensors kept beside the file are not looked for: their paths come from the file.
        graph = onnx.load(str(path), load_external_data=False).graph
    except Exception as error:
        raise broken(path, f"it is no ONNX model ({str(error)[:80].strip()})") from None
    return _Graph(graph, path).contents()


class _Graph:
    """The graph of a model: its constants, and which node computes what."""

    def __init__(self, graph: Any, path: Path) -> None:
        self.path, self.nodes = path, list(graph.node)
        self.constants = {one.name: one for one in graph.initializer}
        for node in self.nodes:
            for attribute in node.attribute:
                if node.op_type == "Constant" and attribute.name == "value":
                    self.constants[node.output[0]] = attribute.t
        self.maker = {output: node for node in self.nodes for output in node.output if output}
        self.inputs = {one.name for one in graph.input}

    def contents(self) -> Contents:
        tensors = {name: _tensor(name, proto, self.path) for name, proto in self.constants.items()}
        recurrent = [node for node in self.nodes if node.op_type in _KINDS]
        layers = {node.output[0] or str(n): self.layer(node, tensors, n) for n, node in enumerate(recurrent, 1)}
        chains: list[list[str]] = []
        for n, node in enumerate(recurrent, 1):
            below = self.below(node.input[0])
            row = next((row for row in chains if below and row[-1] == below), None)
            if row is None:
                chains.append(row := [])
            row.append(node.output[0] or str(n))
        rows = [tuple(layers[name] for name in row) for row in chains]
        return Contents(tensors, tuple(Chain("+".join(layer.name for layer in row), row) for row in rows))

    def below(self, name: str) -> str | None:
        """The sequence of another recurrent node that arrives here as it is, its directions put together."""
        operations: list[str] = []
        while name in self.maker:
            node = self.maker[name]
            if node.op_type in _KINDS:
                whole = operations in (["Squeeze"], ["Reshape", "Transpose"])
                return name if whole and name == node.output[0] else None
            if node.op_type == "Transpose" and list(_attributes(node).get("perm", ())) != [0, 2, 1, 3]:
                return None
            if node.op_type not in ("Identity", "Dropout"):
                operations.append(node.op_type)
            name = node.input[0] if node.input else ""
        return None

    def layer(self, node: Any, tensors: Mapping[str, Tensor], number: int) -> Layer:
        name = node.name or f"{node.op_type}_{number}"
        attributes = _attributes(node)
        _check_attributes(name, attributes)
        given = {key: one for key, one in zip(_INPUTS, node.input, strict=False) if one}
        fixed = [key for key in given if key in _CONSTANT]
        found = {key: self.constant(name, key, given, tensors) for key in fixed}
        directions = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}
        ways = directions.get(_text(attributes.get("direction", "forward")), [])
        states = {key[-1]: tensors[given[key]] for key in ("initial_h", "initial_c") if given.get(key) in tensors}
        remarks = tuple(self.remarks(given, states, attributes.get("layout", 0)))
        fused = tuple(
            _fused(name, found, states, number, backward, attributes.get("layout", 0), len(ways))
            for number, backward in enumerate(ways)
        )
        kind = kind_of(fused[0], transposed=False)
        if kind != _KINDS[node.op_type]:
            what = f"`{shown(name)}` is of the kind {node.op_type}, but its matrices are those of another"
            raise WeightsError(Problem(what, None, f"W is {size_text(found['W'].shape)}"))
        row = fitting("onnx", kind, resets_after=bool(attributes.get("linear_before_reset", 0)))
        replaced = _replaced(name, node.op_type, attributes, len(ways))
        return check_sizes(Layer(name, row, fused, replaced, remarks=remarks))

    def constant(self, layer: str, key: str, given: Mapping[str, str], tensors: Mapping[str, Tensor]) -> Tensor:
        if given[key] in tensors:
            return tensors[given[key]]
        origin = "an input of the model" if given[key] in self.inputs else "computed in the model"
        what = f"{key} of `{shown(layer)}` is {origin}, not a constant"
        raise WeightsError(Problem(what, None, "export the model with its weights as constants"))

    def remarks(self, given: Mapping[str, str], states: Mapping[str, Tensor], layout: int) -> Iterator[str]:
        for key in ("initial_h", "initial_c"):
            if key in given and key[-1] not in states:
                yield f"{key} is not a constant of the model: zero here"
            elif key in given and states[key[-1]].shape[0 if layout else 1] != 1:
                yield f"{key} is that of a batch: zero here"
        if "sequence_lens" in given:
            yield "the model has sequence_lens: here every sequence is as long as its input"


def _fused(
    name: str,
    found: Mapping[str, Tensor],
    states: Mapping[str, Tensor],
    at: int,
    backward: bool,
    layout: int,
    ways: int,
) -> Fused:
    """One direction of the node."""
    for key, tensor in found.items():
        if len(tensor.shape) != _CONSTANT[key] or tensor.shape[0] != ways:
            what = f"{key} of `{shown(name)}` is {size_text(tensor.shape)}"
            raise WeightsError(Problem(what, None, f"with {ways} direction{'s' * (ways > 1)} its first size is {ways}"))
    biases = blocks(part(found["B"], at), 2) if "B" in found else (None, None)
    single = {key: one for key, one in states.items() if len(one.shape) == 3 and one.shape[0 if layout else 1] == 1}
    initial = {key: part(one, *((0, at) if layout else (at, 0))) for key, one in single.items()}
    return Fused(
        input=part(found["W"], at),
        recurrent=part(found["R"], at),
        bias=biases[0],
        second_bias=biases[1],
        peephole=part(found["P"], at) if "P" in found else None,
        backward=backward,
        initial=initial,
    )


def _attributes(node: Any) -> dict[str, Any]:
    onnx = needs("onnx", _INSTALL, "")
    return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _check_attributes(name: str, attributes: Mapping[str, Any]) -> None:
    for key, meaning in (("clip", "limits the sums in the gates"), ("input_forget", "couples input and forget gate")):
        if attributes.get(key):
            what = f"`{shown(name)}` has the attribute `{key}`, which {meaning}: no cell does that"
            hint = "write the network with `equations:`; begin with those of `rnncalc cells lstm-onnx`"
            raise WeightsError(Problem(what, None, hint))


def _replaced(name: str, op: str, attributes: Mapping[str, Any], ways: int) -> dict[str, Activation]:
    """The functions that stand for those of the cell."""
    usual = _USUAL[op]
    asked = [_text(one).lower() for one in attributes.get("activations", ())] or [*usual] * ways
    replaced: dict[str, Activation] = {}
    for old, new in zip(usual * ways, asked, strict=False):
        if new not in _ACTIVATIONS or attributes.get("activation_alpha") or attributes.get("activation_beta"):
            what = f"the activation of `{shown(name)}` is `{shown(new)}` or has parameters: rnncalc knows none like it"
            raise WeightsError(Problem(what, None, "known, without alpha and beta: " + ", ".join(_ACTIVATIONS)))
        if replaced.setdefault(old, _ACTIVATIONS[new]) != _ACTIVATIONS[new]:
            what = f"`{shown(name)}` has different activations where the cell has one"
            raise WeightsError(Problem(what, None, f"where the cell says {old} it must always be the same function"))
    return {old: new for old, new in replaced.items() if new.function != old}


def _tensor(name: str, proto: Any, path: Path) -> Tensor:
    onnx = needs("onnx", _INSTALL, "")
    dtype = onnx.TensorProto.DataType.Name(proto.data_type).lower()

    def load() -> Any:
        import numpy as np

        if proto.data_location == onnx.TensorProto.EXTERNAL:
            hint = "save the model into one file: `onnx.save(onnx.load(path), new_path)`"
            raise WeightsError(Problem(f"`{shown(name)}` lies in a file beside `{path}`", None, hint))
        array = onnx.numpy_helper.to_array(proto)
        return array.astype(np.float32) if dtype == "bfloat16" else array

    names = {"float": "float32", "double": "float64"}
    return Tensor(name, tuple(proto.dims), names.get(dtype, dtype), load)
