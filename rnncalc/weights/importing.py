"""A file of weights → the text of an exercise, as its framework writes a layer or as a cell names its parameters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.cell import Cell, cell_names
from rnncalc.errors import Problem, UsageError, WeightsError
from rnncalc.rewriting import Directions
from rnncalc.system import all_refs
from rnncalc.weights import network
from rnncalc.weights.choice import chosen
from rnncalc.weights.layer import NETWORKS, Activation, Chain, Layer, parameters
from rnncalc.weights.manuscript import Manuscript, dtypes, written
from rnncalc.weights.readers import Contents, read
from rnncalc.weights.sequences import UNNAMED, as_sequence, read_sequences
from rnncalc.weights.tensor import Decimals, Tensor, check_count, decimals, shown, size_text

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
    storeys, arrays, states = _storeys(chain)
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
            parameters=arrays,
            initial=states | _initial(given, chain, names, wish.inputs),
        )
    )


def _title(chain: Chain, find: str) -> str:
    kinds = " and ".join(dict.fromkeys(NETWORKS[layer.convention.kind] for layer in chain.layers))
    return f"{kinds}{f' of {shown(chain.name)}' if chain.name else ''}: find {find}"


def _storeys(chain: Chain) -> tuple[list[network.Storey], dict[str, Decimals], dict[str, Decimals]]:
    """The layers of the network, all parameters, and the states that the file itself holds."""
    found = [[parameters(layer.convention, way) for way in layer.directions] for layer in chain.layers]
    storeys = [
        network.Storey(layer.convention.cell, frozenset(own[0]), layer.replaced, _directions(layer))
        for layer, own in zip(chain.layers, found, strict=True)
    ]
    arrays, states = dict[str, Decimals](), dict[str, Decimals]()
    for layer, ways, own in zip(chain.layers, network.names(storeys), found, strict=True):
        for way, names, one in zip(layer.directions, ways, own, strict=True):
            arrays |= {names[name]: array for name, array in one.items()}
            states |= {names[name]: decimals(tensor) for name, tensor in way.initial.items()}
    return storeys, arrays, states


def _directions(layer: Layer) -> Directions:
    both = len(layer.directions) == 2
    return Directions(both, merge=layer.merge, backward=not both and layer.directions[0].backward)


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


# ---------------------------------------------------------------- tensors with the names of a cell


def import_cell(file: Path, cell: Cell, wish: Wish) -> str:
    """The exercise of a cell whose own names are those of the tensors: parameters, inputs, states such as `s_0`.

    `wish.layer` is what stands before the names in the file. Raises what `import_layers` raises.
    """
    tensors = _own_names(read(file), wish.layer)
    given = read_sequences(wish.inputs) if wish.inputs else {}
    arity = {ref.name: len(ref.indices) for equation in cell.equations for ref in all_refs(equation)}
    computed = {equation.name for equation in cell.equations}
    wanted = {name for name in arity if name not in computed}
    check_count(sum(one.size for name, one in tensors.items() if name in wanted), f"`{file}`")
    states = {f"{name}_0": name for name in computed}
    arrays = {name: decimals(one) for name, one in tensors.items() if name in wanted or name in states} | given
    unknown = [name for name in given if name not in wanted and name not in states]
    missing = sorted(wanted - arrays.keys())
    if missing or unknown:
        raise WeightsError(*_unfitting(file, cell.name, tensors, missing, unknown))
    # An equation such as s[0] = h[J] sets where a recurrence begins; the answer is computed by another.
    last = next(one for one in reversed(cell.equations) if len(one.indices) == len(one.target.indices))
    return written(
        Manuscript(
            title=f"{cell.title}: find {last.name}",
            source=file.name,
            remarks=(
                f"Read by `rnncalc import --cell` from {shown(file.name)}.",
                dtypes(one.dtype for name, one in tensors.items() if name in arrays),
            ),
            keys={"cell": cell.name} if cell.name in cell_names() else None,
            network=cell,
            find=last.name,
            inputs={name: array for name, array in arrays.items() if arity.get(name)},
            parameters={name: array for name, array in arrays.items() if arity.get(name) == 0},
            initial={states[name]: array for name, array in arrays.items() if name in states},
        )
    )


def _own_names(contents: Contents, prefix: str | None) -> dict[str, Tensor]:
    start = f"{prefix}." if prefix else ""
    return {name.removeprefix(start): one for name, one in contents.tensors.items() if name.startswith(start)}


def _unfitting(
    file: Path, cell: str, tensors: Mapping[str, Any], missing: list[str], unknown: list[str]
) -> list[Problem]:
    problems = []
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        hint = f"the file has {', '.join(map(shown, list(tensors)[:12])) or 'no tensors'}"
        problems.append(Problem(f"the cell `{cell}` needs {names}, which `{file}` does not have", None, hint))
    if unknown:
        names = ", ".join(f"`{shown(name)}`" for name in unknown)
        problems.append(Problem(f"the cell `{cell}` does not use {names} of the inputs", None, "leave it out"))
    return problems
