"""What the configuration of a Keras model tells of its recurrent layers, and the weights do not."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from rnncalc.errors import Problem, WeightsError
from rnncalc.weights.layer import Activation
from rnncalc.weights.tensor import shown

_RECURRENT = {"LSTM", "GRU", "SimpleRNN"}
_PASSED_THROUGH = {"InputLayer", "Dropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "Masking"}
"""Layers that change nothing when a model is used."""
_MERGES = {"concat": "forward, backward", "sum": "sum", "mul": "product", "ave": "mean"}
_ACTIVATIONS = {
    "tanh": Activation("tanh"),
    "sigmoid": Activation("sigmoid"),
    "relu": Activation("relu"),
    "linear": Activation("identity"),
    "hard_sigmoid": Activation("hard_sigmoid"),
    "leaky_relu": Activation("leaky_relu", ("0.2",)),
    "softsign": Activation("softsign"),
    "softplus": Activation("softplus"),
    "exponential": Activation("exp"),
}


class Settings(Struct, frozen=True):
    """One layer: `replaced` are the functions that stand for those of the cell; `resets_after` is a GRU's."""

    replaced: Mapping[str, Activation] = {}
    merge: str = "forward, backward"
    resets_after: bool = True
    backward: bool = False


class Model(Struct, frozen=True):
    """The settings of each recurrent layer by its name, and the rows of layers that feed each other."""

    settings: Mapping[str, Settings] = {}
    stacks: tuple[tuple[str, ...], ...] = ()


def model(config: Any) -> Model:
    """Raises WeightsError for what no cell can do; other errors where this is no configuration of Keras."""
    layers = list(_layers(config))
    settings = {one["config"]["name"]: _settings(one) for one in layers if _inner(one)}
    sequential = config["class_name"] == "Sequential"
    return Model(settings, tuple(_stacks(config["config"]["layers"], settings)) if sequential else ())


def _layers(entry: Any) -> Iterator[Any]:
    """Every layer, those of models within the model as well."""
    for one in entry.get("config", {}).get("layers", ()) if isinstance(entry.get("config"), dict) else ():
        yield one
        yield from _layers(one)


def _inner(layer: Any) -> Any:
    """The recurrent layer itself, or the one in both directions of a Bidirectional; None for any other layer."""
    if layer["class_name"] == "Bidirectional":
        layer = layer["config"]["layer"]
    return layer if layer["class_name"] in _RECURRENT else None


def _settings(layer: Any) -> Settings:
    name, inner = layer["config"]["name"], _inner(layer)["config"]
    replaced = {"tanh": _activation(name, inner.get("activation", "tanh"))}
    if "recurrent_activation" in inner:
        replaced["sigmoid"] = _activation(name, inner["recurrent_activation"])
    other = layer["config"].get("backward_layer")
    both = ("activation", "recurrent_activation", "reset_after")
    if other and any(other["config"].get(key) != inner.get(key) for key in both):
        what = f"the two directions of `{shown(name)}` have different activations"
        raise WeightsError(Problem(what, None, "read one of them with `--direction`, from a file of weights alone"))
    merge = layer["config"].get("merge_mode", "concat")
    if merge not in _MERGES:
        what = f"`{shown(name)}` does not merge its directions"
        raise WeightsError(Problem(what, None, "merge_mode `concat`, `sum`, `mul` and `ave` are known"))
    return Settings(
        {old: new for old, new in replaced.items() if new.function != old},
        _MERGES[merge],
        inner.get("reset_after", True),
        layer["class_name"] != "Bidirectional" and inner.get("go_backwards", False),
    )


def _activation(layer: str, name: Any) -> Activation:
    if isinstance(name, str) and name in _ACTIVATIONS:
        return _ACTIVATIONS[name]
    what = f"the activation of `{shown(layer)}` is `{shown(str(name))}`, which rnncalc does not know"
    raise WeightsError(Problem(what, None, "known: " + ", ".join(_ACTIVATIONS)))


def _stacks(layers: list[Any], settings: Mapping[str, Settings]) -> Iterator[tuple[str, ...]]:
    """Rows of recurrent layers that follow each other and hand on every step, in the order of time."""
    row: list[str] = []
    for layer in layers:
        name = layer["config"]["name"]
        if name in settings and not settings[name].backward:
            row.append(name)
            if _inner(layer)["config"].get("return_sequences", False):
                continue
        elif layer["class_name"] in _PASSED_THROUGH:
            continue
        if row:
            yield tuple(row)
        row = []
    if row:
        yield tuple(row)
