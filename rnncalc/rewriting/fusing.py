"""Weights of several gates in one array: `W_f` is its first block of rows, `W_i` its second, and so on."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from rnncalc.cell import Cell, Stage
from rnncalc.equations import Call, Equation, Number, Ref
from rnncalc.languages import Message, Several


def fused(cell: Cell, blocks: Mapping[str, Sequence[str]]) -> Cell:
    """The cell with an equation for each parameter that is a block of a larger array: `W_f = row_block(W, 1, 4)`.

    `blocks` has for each array the parameters that lie in it, from top to bottom.
    """
    made = []
    for array, parts in blocks.items():
        for number, part in enumerate(parts, 1):
            which = Number(Fraction(number)), Number(Fraction(len(parts)))
            made.append(Equation(Ref(part), Call("row_block", (Ref(array), *which))))
    stages = [
        Stage(
            Message("Blocks of {array}", {"array": array}),
            Message("it holds {parts}, in this order", {"parts": Several(tuple(parts))}),
            tuple(parts),
        )
        for array, parts in blocks.items()
    ]
    return replace(cell, equations=(*made, *cell.equations), stages=(*stages, *cell.stages))
