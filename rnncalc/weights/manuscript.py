"""Layers, parameters and inputs → the text of an exercise file."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from rnncalc.cell import Cell, Stage
from rnncalc.equations import source
from rnncalc.exercise_file import Array, flow, mapping, quoted, section
from rnncalc.languages import said, speaking
from rnncalc.weights.tensor import Decimals

_REMARKS = {
    "inputs": "one row per time step",
    "parameters": "exactly as the file has them",
    "initial": "the states before the first step",
}


class Manuscript(Struct, frozen=True):
    """What is written. `remarks` are lines of comment at the top."""

    title: str
    source: str
    remarks: tuple[str, ...]
    keys: Mapping[str, str] | None
    """The network in keys such as `cell:` and `layers:`; None if it is written as equations."""
    network: Cell
    find: str
    inputs: Mapping[str, Decimals]
    parameters: Mapping[str, Decimals]
    initial: Mapping[str, Decimals]


def written(one: Manuscript) -> str:
    text = "".join(f"# {remark}\n" for remark in one.remarks)
    text += f"title: {quoted(one.title)}\nsource: {quoted(one.source)}\n"
    if one.keys:
        text += "".join(f"{key}: {value}\n" for key, value in one.keys.items())
    else:
        text += _equations(one.network)
    text += f"find: [{one.find}]\n"
    for key, remark in _REMARKS.items():
        text += section(key, remark, ((name, _array(array)) for name, array in getattr(one, key).items()))
    return text


def _equations(network: Cell) -> str:
    """The network as equations with the titles of their steps, in English as all that files say."""
    text = "equations: |\n" + "".join(f"  {source(equation)}\n" for equation in network.equations)
    text += mapping("symbols", network.symbols) if network.symbols else ""
    with speaking("en"):
        return text + "".join(["steps:\n", *map(_stage, network.stages)] if network.stages else [])


def _stage(stage: Stage) -> str:
    title = said(stage.title)
    title = f"{said(stage.part)}: {title[:1].lower()}{title[1:]}" if stage.part else title
    return f"  - {{title: {quoted(title)}, remark: {quoted(said(stage.remark))}, of: {flow(list(stage.of))}}}\n"


def _array(decimals: Decimals) -> Array:
    nested: Array = decimals.tolist()
    return _short(nested)


def _short(array: Array) -> Array:
    """Without the `.0` of a whole number."""
    return array.removesuffix(".0") if isinstance(array, str) else [_short(one) for one in array]


def dtypes(names: Iterable[str]) -> str:
    """What the numbers are, as a comment says it."""
    types = " and ".join(sorted(set(names)))
    return f"Each number is the shortest decimal that {types} reads back as the number of the file."
