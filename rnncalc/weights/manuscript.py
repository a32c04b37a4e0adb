"""Layers, parameters and inputs → the text of an exercise file."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import Equation, source
from rnncalc.exercise_file import Array, flow, mapping, quoted, section
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
    cell: str | None
    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]
    find: str
    inputs: Mapping[str, Decimals]
    parameters: Mapping[str, Decimals]
    initial: Mapping[str, Decimals]


def written(one: Manuscript) -> str:
    text = "".join(f"# {remark}\n" for remark in one.remarks)
    text += f"title: {quoted(one.title)}\nsource: {quoted(one.source)}\n"
    if one.cell:
        text += f"cell: {one.cell if one.cell.replace('-', '').isalnum() else quoted(one.cell)}\n"
    else:
        text += "equations: |\n" + "".join(f"  {source(equation)}\n" for equation in one.equations)
        text += mapping("symbols", one.symbols) if one.symbols else ""
        text += "".join(["steps:\n", *map(_stage, one.stages)]) if one.stages else ""
    text += f"find: [{one.find}]\n"
    for key, remark in _REMARKS.items():
        text += section(key, remark, ((name, _array(array)) for name, array in getattr(one, key).items()))
    return text


def _stage(stage: Stage) -> str:
    title, remark = quoted(str(stage.title)), quoted(str(stage.remark))
    return f"  - {{title: {title}, remark: {remark}, of: {flow(list(stage.of))}}}\n"


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
