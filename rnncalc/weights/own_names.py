"""A file of weights → the text of an exercise of a network by its equations: tensors by the names that they go by.

A tensor `decoder.out.weight` goes by `decoder_out_weight` and by shorter ends of its name, `out_weight` and `out`,
as far as no other tensor goes by the same. A recurrent layer of a framework holds several gates in one tensor; cut into
gates, they have the names of its cell and the part that they belong to: `W_ir_encoder` is of `encoder.weight_ih_l0`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rnncalc.cell import Cell, cell_names
from rnncalc.errors import Problem, WeightsError, in_backticks
from rnncalc.system import all_refs
from rnncalc.weights import network
from rnncalc.weights.importing import Wish
from rnncalc.weights.layer import Chain
from rnncalc.weights.manuscript import Manuscript, dtypes, written
from rnncalc.weights.readers import Contents, read
from rnncalc.weights.sequences import read_sequences
from rnncalc.weights.tensor import Tensor, check_count, decimals, shown

MOST_LISTED = 24


def import_cell(file: Path, cell: Cell, wish: Wish) -> str:
    """The exercise of a network whose parameters, inputs, and states such as `s_0` are tensors of the file.

    `wish.layer` is what stands before the names in the file. Raises what `import_layers` raises.
    """
    tensors = _by_name(read(file), wish.layer)
    given = read_sequences(wish.inputs) if wish.inputs else {}
    arity = {ref.name: len(ref.indices) for equation in cell.equations for ref in all_refs(equation)}
    computed = {equation.name for equation in cell.equations}
    wanted = {name for name in arity if name not in computed}
    states = {f"{name}_0": name for name in computed}
    used = {name: one for name, one in tensors.items() if name in wanted or name in states}
    check_count(sum(one.size for one in used.values()), f"`{file}`")
    arrays = {name: decimals(one) for name, one in used.items()} | given
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
                dtypes(one.dtype for one in used.values()),
            ),
            keys={"cell": cell.name} if cell.name in cell_names() else None,
            network=cell,
            find=last.name,
            inputs={name: array for name, array in arrays.items() if arity.get(name)},
            parameters={name: array for name, array in arrays.items() if arity.get(name) == 0},
            initial={states[name]: array for name, array in arrays.items() if name in states},
        )
    )


def _by_name(contents: Contents, prefix: str | None) -> dict[str, Tensor]:
    """Every name that only one tensor goes by; a tensor's own name is its alone."""
    start = f"{prefix}." if prefix else ""
    own = {name.removeprefix(start): one for name, one in contents.tensors.items() if name.startswith(start)}
    found: dict[str, list[Tensor]] = {}
    for name, tensor in own.items():
        for end in _ends(name):
            found.setdefault(end, []).append(tensor)
    for chain in contents.chains:
        if f"{chain.name}.".startswith(start):
            for name, tensor in _gates(chain, f"{chain.name}.".removeprefix(start).rstrip(".")):
                found.setdefault(name, []).append(tensor)
    return {name: tensors[0] for name, tensors in found.items() if len(tensors) == 1} | own


def _ends(name: str) -> Iterator[str]:
    """The shorter names of a tensor: `out`, `decoder_out` and the same with `weight` of `decoder.out.weight`."""
    parts = name.split(".")
    for whole in (parts, parts[:-1]) if parts[-1] == "weight" else (parts,):
        yield from ("_".join(whole[first:]) for first in range(len(whole)))


def _gates(chain: Chain, part: str) -> Iterator[tuple[str, Tensor]]:
    """The parameters of a recurrent part of the model, without and with the names of this part."""
    for name, tensor in network.tensors(chain)[0].items():
        yield name, tensor
        yield from ((f"{name}_{end}", tensor) for end in _ends(part) if part)


def _unfitting(
    file: Path, cell: str, tensors: Mapping[str, Tensor], missing: list[str], unknown: list[str]
) -> list[Problem]:
    problems = []
    if missing:
        names = in_backticks(missing)
        hint = f"the file has {_listed(tensors) or 'no tensors'}"
        problems.append(Problem(f"the cell `{cell}` needs {names}, which `{file}` does not have", None, hint))
    if unknown:
        names = in_backticks(shown(name) for name in unknown)
        problems.append(Problem(f"the cell `{cell}` does not use {names} of the inputs", None, "leave it out"))
    return problems


def _listed(tensors: Mapping[str, Tensor]) -> str:
    """Each tensor by the shortest name that it goes by; what is cut into gates by those of the gates."""
    shortest = {id(one): name for name, one in sorted(tensors.items(), key=lambda item: -len(item[0]))}
    least = {one.name: one.size for one in sorted(tensors.values(), key=lambda one: -one.size)}
    names = [shown(name) for name, one in tensors.items() if shortest[id(one)] == name and one.size == least[one.name]]
    return ", ".join([*names[:MOST_LISTED], *(["…"] if len(names) > MOST_LISTED else [])])
