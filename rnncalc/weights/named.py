"""Layers recognised by the names of their tensors: PyTorch's `weight_ih_l0`, Keras' `recurrent_kernel`."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.errors import Problem, WeightsError
from rnncalc.weights.keras_model import Settings
from rnncalc.weights.layer import Chain, Fused, Layer, check_sizes, fitting, kind_of
from rnncalc.weights.tensor import Tensor, part, shown, size_text

_TORCH = re.compile(r"(?s)(.*?)\.?\b(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)(?:_l(\d{1,4})(_reverse)?)?")
_ROLES = {
    "weight_ih": "input",
    "weight_hh": "recurrent",
    "bias_ih": "bias",
    "bias_hh": "second_bias",
    "weight_hr": "projection",
}
_KERAS = re.compile(r"(?s)(.*?)[./]?\b(recurrent_kernel|kernel|bias)(?::0)?")
_BACKWARD = re.compile(r"(^|[/._])backward")


class Place(Struct, frozen=True):
    """Where tensors belong: the part of the model, the layer (None for a single cell), and the direction."""

    part: str
    layer: int | None
    backward: bool


def chains(tensors: Mapping[str, Tensor]) -> tuple[Chain, ...]:
    """Every recurrent layer among the tensors. Raises WeightsError for one whose sizes fit no cell."""
    return (*torch_chains(tensors), *keras_chains(tensors))


def torch_chains(tensors: Mapping[str, Tensor]) -> list[Chain]:
    """The modules of PyTorch, with their layers in order."""
    found: dict[Place, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        if match := _TORCH.fullmatch(name):
            part, role, layer, reverse = match.groups()
            place = Place(part, None if layer is None else int(layer), bool(reverse))
            found.setdefault(place, {})[_ROLES[role]] = tensor
    whole = {place: roles for place, roles in found.items() if {"input", "recurrent"} <= roles.keys()}
    modules: dict[str, dict[int | None, list[Fused]]] = {}
    for place in sorted(whole, key=lambda one: (one.part, one.layer or 0, one.backward)):
        fused = replace(Fused(**whole[place]), backward=place.backward)
        modules.setdefault(place.part, {}).setdefault(place.layer, []).append(fused)
    return [Chain(part, _module(part, layers)) for part, layers in modules.items()]


def _module(part: str, layers: Mapping[int | None, list[Fused]]) -> tuple[Layer, ...]:
    made = []
    for number, ways in layers.items():
        name = part if number is None else f"{part}.l{number}".removeprefix(".")
        kind = kind_of(ways[0], transposed=False)
        row = fitting("torch", kind, projection=ways[0].projection is not None, resets_after=True)
        made.append(check_sizes(Layer(name or "cell", row, tuple(ways))))
    return tuple(made)


# ---------------------------------------------------------------- Keras


def keras_chains(tensors: Mapping[str, Tensor]) -> list[Chain]:
    """The layers of Keras, each by itself: names do not tell which feeds which."""
    ways: dict[str, list[Fused]] = {}
    for name, fused in sorted(keras_directions(tensors).items()):
        ways.setdefault(_BACKWARD.sub(r"\1forward", name) if _BACKWARD.search(name) else name, []).append(fused)
    return [Chain(name, (keras_layer(name, tuple(found)),)) for name, found in ways.items()]


def keras_directions(tensors: Mapping[str, Tensor]) -> dict[str, Fused]:
    """Each kernel with its recurrent kernel, by what stands before their names."""
    found: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if match := _KERAS.fullmatch(name):
            found.setdefault(match[1], {})[match[2]] = tensor
    return {
        part: keras_fused(one["kernel"], one["recurrent_kernel"], one.get("bias"), bool(_BACKWARD.search(part)))
        for part, one in found.items()
        if {"kernel", "recurrent_kernel"} <= one.keys()
    }


def keras_fused(kernel: Tensor, recurrent: Tensor, bias: Tensor | None, backward: bool) -> Fused:
    """The two rows of the bias of a GRU that resets after the product are two biases."""
    if bias is None or len(bias.shape) != 2 or bias.shape[0] != 2:
        return Fused(kernel, recurrent, bias, backward=backward)
    return Fused(kernel, recurrent, part(bias, 0), part(bias, 1), backward=backward)


def keras_layer(name: str, ways: tuple[Fused, ...], settings: Settings | None = None) -> Layer:
    """A layer from its directions; what `settings` say the tensors do not tell."""
    settings = settings or Settings()
    if len(ways) > 2:
        sizes = ", ".join(size_text(one.input.shape) for one in ways)
        raise WeightsError(Problem(f"`{shown(name)}` has more than two directions ({sizes})"))
    ways = tuple(sorted(ways, key=lambda one: one.backward))
    if settings.backward:
        ways = tuple(replace(one, backward=True) for one in ways)
    kind = kind_of(ways[0], transposed=True)
    after = ways[0].second_bias is not None or (ways[0].bias is None and settings.resets_after)
    row = fitting("keras", kind, resets_after=after)
    return check_sizes(Layer(name, row, ways, settings.replaced, settings.merge))
