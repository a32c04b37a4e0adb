"""Commands about real weights: import."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rnncalc import output as streams
from rnncalc.cli.options import Output


class Direction(StrEnum):
    forward = "forward"
    backward = "backward"


def import_(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file .safetensors, .npz, .onnx, .h5 or .keras.")],
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="A layer, or a part of the model, by name.")] = None,
    direction: Annotated[Direction | None, typer.Option(help="One direction of a bidirectional layer.")] = None,
    cell: Annotated[str | None, typer.Option(metavar="CELL", help="The tensors have the names of this cell.")] = None,
    input: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="Inputs: .npy, .npz, .csv, .json or .yaml.")
    ] = None,
    length: Annotated[int | None, typer.Option(min=1, help="So many time steps of zeros [default: 3].")] = None,
    activation: Annotated[str | None, typer.Option(help="Of a PyTorch RNN: tanh or relu [default: tanh].")] = None,
    output: Output = None,
) -> None:
    """Make an exercise of the weights of a trained network."""
    from rnncalc.weights import Wish, import_cell, import_layers

    wish = Wish(layer, direction.value if direction else None, input, length, activation)
    if cell is None:
        text = import_layers(model, wish)
    else:
        from rnncalc.cell import any_cell

        text = import_cell(model, any_cell(cell), wish)
    streams.write(text, output, fresh=True)
