"""Commands that hand out files: exercises, new, schema."""

from typing import Annotated

import typer

from rnncalc import output as streams
from rnncalc.cli.options import Output


def exercises(
    name: Annotated[str | None, typer.Argument(help="Print this exercise.")] = None,
    output: Output = None,
) -> None:
    """List the exercises that come with rnncalc, or print one."""
    from rnncalc import library

    if name is None:
        streams.write("\n".join(library.names()), output)
    else:
        streams.write(library.text(name), output)


def new(
    cell: Annotated[str, typer.Argument(help="A cell of the library: `rnncalc cells` lists them.")],
    output: Output = None,
) -> None:
    """Write a commented exercise file to start from."""
    from rnncalc.cell import find_cell
    from rnncalc.starter import starter

    streams.write(starter(find_cell(cell), str(output or "my.yaml")), output, fresh=True)


def schema(output: Output = None) -> None:
    """Print the JSON Schema of exercise files, for editors."""
    import json

    from rnncalc.schema import exercise_schema

    streams.write(json.dumps(exercise_schema(), indent=2, ensure_ascii=False), output)
