"""Commands that show networks: cells, params, compare."""

from typing import Annotated

import typer

from rnncalc.cli.asked import asked_sizes, spare_the_exercises, subject
from rnncalc.cli.options import Colour, ColourChoice, Hidden, Input, Output, PageFormat, Size, Subject, Subjects
from rnncalc.cli.results import write_page


def cells(
    what: Annotated[
        str | None, typer.Argument(metavar="[CELL|FILE]", help="Show this cell, or the network of this exercise.")
    ] = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """List the networks of the library, or show the equations of one.

    As printed and as typed, with the shapes of all quantities and the reference."""
    from rnncalc.cell import cell_names, library_cell
    from rnncalc.pages.described import described
    from rnncalc.pages.handbook import cell_list, network_page

    page = network_page(described(subject(what), {})) if what else cell_list(map(library_cell, cell_names()))
    write_page(page, "terminal", color.value, output)


def params(
    what: Subject,
    input: Input = None,
    hidden: Hidden = None,
    size: Size = None,
    format: PageFormat = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Count the parameters of a network.

    Shape and product of each, and the total."""
    from rnncalc.pages.described import check_sizes, described
    from rnncalc.pages.handbook import parameter_page

    spare_the_exercises([what], output)
    sizes = asked_sizes(input, hidden, size)
    network = described(subject(what), sizes)
    check_sizes(sizes, [network])
    write_page(parameter_page(network), format, color.value, output)


def compare(
    what: Subjects,
    input: Input = None,
    hidden: Hidden = None,
    size: Size = None,
    biases: Annotated[
        int | None, typer.Option(min=1, max=2, metavar="N", help="Count 1 or 2 biases in each gate.")
    ] = None,
    format: PageFormat = None,
    color: Colour = ColourChoice.auto,
    output: Output = None,
) -> None:
    """Put networks side by side.

    Equations, gates, states, parameters; of exercises also the states computed."""
    from rnncalc.pages.comparison import comparison

    spare_the_exercises(what, output)
    page = comparison(map(subject, what), asked_sizes(input, hidden, size), biases)
    write_page(page, format, color.value, output)


def diagram(what: Subject, format: PageFormat = None, output: Output = None, color: Colour = ColourChoice.auto) -> None:
    """Draw a network: what flows where.

    Within a step, and unrolled over its steps; of an exercise also the gates over time."""
    from rnncalc.api import solve
    from rnncalc.cell import Cell
    from rnncalc.pages.pictures import cell_pictures, exercise_pictures

    spare_the_exercises([what], output)
    found = subject(what)
    page = cell_pictures(found) if isinstance(found, Cell) else exercise_pictures(solve(found))
    write_page(page, format, color.value, output)
