"""Commands about real weights and the frameworks they come from: import, verify."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rnncalc import output as streams
from rnncalc.cli.asked import format_name, read_exercise
from rnncalc.cli.options import Colour, ColourChoice, File, Format, Json, Output
from rnncalc.cli.program import Exit
from rnncalc.cli.results import write_found


class Direction(StrEnum):
    forward = "forward"
    backward = "backward"


def import_(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A file .safetensors, .npz, .onnx, .h5 or .keras.")],
    layer: Annotated[str | None, typer.Option(metavar="NAME", help="A layer, or a part of the model, by name.")] = None,
    direction: Annotated[
        Direction | None, typer.Option(metavar="forward|backward", help="One direction of a bidirectional layer.")
    ] = None,
    cell: Annotated[
        str | None, typer.Option(metavar="CELL", help="The network by its equations: a cell, or a file.")
    ] = None,
    input: Annotated[
        Path | None, typer.Option("--input", metavar="FILE", help="Inputs: .npy, .npz, .csv, .json or .yaml.")
    ] = None,
    length: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many time steps of zeros [default: 3].")
    ] = None,
    activation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of a PyTorch RNN: tanh or relu [default: tanh].")
    ] = None,
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


def verify(
    file: File,
    against: Annotated[str, typer.Option(metavar="PROGRAM", help="torch, onnx or keras.")],
    tolerance: Annotated[
        float | None,
        typer.Option(min=0, metavar="X", help="The largest difference allowed [default: 1e-12 in float64, else 1e-5]."),
    ] = None,
    as_json: Json = False,
    format: Format = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Compare a solution with PyTorch, Keras or ONNX Runtime.

    The framework runs the same exercise; the largest difference of each quantity is told."""
    from rnncalc.verification import verification_page, verification_record
    from rnncalc.verification import verify as compare

    name = format_name(as_json, format, output)
    found = compare(read_exercise(file, None), against, tolerance)
    write_found(name, lambda: verification_page(found), lambda: verification_record(found), color.value, output)
    raise typer.Exit(Exit.OK if found.agrees else Exit.DISAGREES)
