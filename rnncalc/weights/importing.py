"""A file of weights → the text of an exercise: its recurrent layers, as a framework writes them."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.errors import Problem, UsageError, WeightsError
from rnncalc.weights import network
from rnncalc.weights.choice import chosen
from rnncalc.weights.layer import NETWORKS, Activation, Chain
from rnncalc.weights.manuscript import Manuscript, dtypes, written
from rnncalc.weights.readers import read
from rnncalc.weights.sequences import UNNAMED, as_sequence, read_sequences
from rnncalc.weights.tensor import Decimals, check_count, decimals, shown, size_text

STEPS = 3
"""Time steps of an exercise that is given no inputs."""


class Wish(Struct, frozen=True):
    """What of a file is asked for. `length` is how many zero inputs there are where `inputs` names no file."""

    layer: str | None = None
    direction: str | None = None
    inputs: Path | None = None
    length: int | None = None
    activation: str | None = None


def import_layers(file: Path, wish: Wish) -> str:
    """The exercise of the recurrent layers of a file.

    Raises UsageError where the choice of layers is not clear, WeightsError where the file holds no layer that a
    cell can be, LimitError where it is too large for an exercise.
    """
    contents = read(file)
    chain = chosen(contents, str(file), wish.layer, wish.direction)
    chain = _activated(chain, wish.activation) if wish.activation else chain
    check_count(sum(tensor.size for tensor in chain.tensors), f"`{file}`")
    storeys = network.storeys(chain)
    parameters, states = network.tensors(chain)
    whole, names = network.network(storeys), network.names(storeys)
    find = whole.equations[-1].name
    given = read_sequences(wish.inputs) if wish.inputs else {}
    return written(
        Manuscript(
            title=_title(chain, find),
            source=f"{file.name}, {chain.layers[0].convention.framework}",
            remarks=_remarks(file, chain),
            keys=network.short_form(storeys),
            network=whole,
            find=find,
            inputs={"x": _sequence(given, chain.layers[0].inputs, wish)},
            parameters={name: decimals(tensor) for name, tensor in parameters.items()},
            initial={name: decimals(tensor) for name, tensor in states.items()}
            | _initial(given, chain, names, wish.inputs),
        )
    )


def _title(chain: Chain, find: str) -> str:
    kinds = " and ".join(dict.fromkeys(NETWORKS[layer.convention.kind] for layer in chain.layers))
    return f"{kinds}{f' of {shown(chain.name)}' if chain.name else ''}: find {find}"


def _activated(chain: Chain, name: str) -> Chain:
    """PyTorch's files do not tell whether an RNN uses tanh or relu."""
    if any(layer.convention.kind != "rnn" for layer in chain.layers):
        what = "`--activation` is that of a simple recurrent network, and these layers are others"
        raise UsageError(Problem(what, None, "leave it out"))
    if name not in ("relu", "tanh"):
        raise UsageError(Problem(f"there is no activation `{shown(name)}`", None, "it is `tanh` or `relu`"))
    replaced = {"tanh": Activation(name)} if name != "tanh" else {}
    return replace(chain, layers=tuple(replace(layer, replaced=replaced) for layer in chain.layers))


def _sequence(given: Mapping[str, Decimals], entries: int, wish: Wish) -> Decimals:
    """The inputs, one row a time step."""
    import numpy as np

    if wish.inputs is None:
        return np.full((wish.length or STEPS, entries), "0")
    if wish.length:
        raise UsageError(Problem("`--input` and `--length` exclude each other", None, "leave one of them out"))
    if UNNAMED not in given:
        hint = f"call the inputs `x`; the file has {', '.join(map(shown, given)) or 'nothing'}"
        raise WeightsError(Problem(f"`{wish.inputs}` holds no inputs `x`", None, hint))
    return as_sequence(given[UNNAMED], entries, "x")


def _initial(
    given: Mapping[str, Decimals], chain: Chain, names: list[list[Mapping[str, str]]], file: Path | None
) -> dict[str, Decimals]:
    """Initial states beside the inputs: `h_0` and `c_0`, a row for each layer and direction, in this order."""
    found: dict[str, Decimals] = {}
    owners: dict[str, list[str]] = {}
    for layer, ways in zip(chain.layers, names, strict=True):
        for state in layer.convention.states:
            owners.setdefault(state, []).extend(own[state] for own in ways)
    for name, array in given.items():
        state = name.removesuffix("0").removesuffix("_")
        if name == UNNAMED:
            continue
        if name == state or state not in owners:
            hint = f"states are called {' and '.join(f'`{one}_0`' for one in owners)}, inputs `x`"
            raise WeightsError(Problem(f"`{shown(name)}` of `{file}` is no state of this network", None, hint))
        rows = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        if len(rows) != len(owners[state]):
            hint = f"it needs a row for each layer and direction, {len(owners[state])} in all"
            raise WeightsError(Problem(f"`{name}` ({size_text(array.shape)}) does not fit", None, hint))
        found |= dict(zip(owners[state], rows, strict=True))
    return found


def _remarks(file: Path, chain: Chain) -> tuple[str, ...]:
    layers = [f"{shown(layer.name)}: {layer.description}" for layer in chain.layers]
    remarks = dict.fromkeys(remark for layer in chain.layers for remark in layer.remarks)
    return (
        f"Read by `rnncalc import` from {shown(file.name)}.",
        *layers,
        dtypes(tensor.dtype for tensor in chain.tensors),
        *remarks,
    )
