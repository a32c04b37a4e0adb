"""Which layers of a file are meant: one by its name, those of a part of the model, or all there are."""

from collections.abc import Iterable
from itertools import pairwise

from msgspec.structs import replace

from rnncalc.errors import Problem, UsageError, WeightsError, did_you_mean
from rnncalc.weights.layer import Chain, Layer
from rnncalc.weights.readers import Contents
from rnncalc.weights.tensor import shown, size_text

MOST_LISTED = 20


def _check_chain(layers: Iterable[Layer]) -> None:
    """Raises WeightsError where a layer does not take what the one below it passes on."""
    for below, above in pairwise(layers):
        if above.inputs != below.outputs:
            what = (
                f"`{shown(above.name)}` takes {above.inputs} entries, but `{shown(below.name)}` "
                f"passes on {below.outputs}"
            )
            raise WeightsError(Problem(what, None, "choose one of them with `--layer`"))


def chosen(contents: Contents, file: str, name: str | None, direction: str | None) -> Chain:
    """The layers to import. Raises UsageError where the choice is open or there is no such layer."""
    chains = contents.chains
    if not chains:
        raise WeightsError(Problem(f"there is no recurrent layer in `{file}`", None, _tensors(contents)))
    if name is None:
        if len(chains) > 1:
            what = f"`{file}` holds several recurrent layers, and does not say that one feeds the other"
            raise UsageError(Problem(what, None, "choose one with `--layer NAME`", _listed(chains)))
        chain = chains[0]
    else:
        chain = _named(chains, file, name)
    _check_chain(chain.layers)
    return replace(chain, layers=tuple(_turned(layer, direction) for layer in chain.layers)) if direction else chain


def _named(chains: tuple[Chain, ...], file: str, name: str) -> Chain:
    parts = {chain.name: chain for chain in chains if chain.name}
    layers = {layer.name: Chain(layer.name, (layer,)) for chain in chains for layer in chain.layers}
    known = {**parts, **layers}
    if name not in known:
        hint = did_you_mean(name, map(shown, known), "choose one of these")
        raise UsageError(Problem(f"`{file}` has no layer `{shown(name)}`", None, hint, _listed(chains)))
    return known[name]


def _turned(layer: Layer, direction: str) -> Layer:
    """The layer in one direction only."""
    ways = tuple(one for one in layer.directions if one.backward == (direction == "backward"))
    if not ways:
        other = "forward" if direction == "backward" else "backward"
        raise UsageError(Problem(f"`{shown(layer.name)}` runs {other} only", None, "leave `--direction` out"))
    return replace(layer, directions=ways)


def _listed(chains: tuple[Chain, ...]) -> tuple[str, ...]:
    lines = []
    for chain in chains:
        whole = f"{shown(chain.name)}: {len(chain.layers)} layers"
        lines += [whole] if chain.name and len(chain.layers) > 1 else []
        lines += [f"{shown(layer.name)}: {layer.description}" for layer in chain.layers]
    more = len(lines) - MOST_LISTED
    return (*lines[:MOST_LISTED], *([f"… and {more} more"] if more > 0 else []))


def _tensors(contents: Contents) -> str:
    """What there is instead."""
    names = [f"{shown(one.name)} ({size_text(one.shape)})" for one in contents.tensors.values()][:6]
    more = ", …" if len(contents.tensors) > len(names) else ""
    found = f"it holds {', '.join(names)}{more}" if names else "it holds no tensors"
    return f"{found}; tensors with the parameter names of a cell are read with `--cell NAME`"
