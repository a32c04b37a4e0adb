"""A commented exercise file for a cell, ready to be filled in: `rnncalc new lstm`."""

from collections.abc import Iterable, Iterator
from itertools import count

from rnncalc.cell import Cell
from rnncalc.equations import Datum, Index, Ref, Shape, infer, plan, refs

SIZE, STEPS = 2, 2
"""The sizes of the sample data: two units, two entries an input, two time steps."""

_TEMPLATE = """\
# yaml-language-server: $schema={schema}
# Solve it with:  rnncalc solve {file}
title: "{title}: find {find}"
source: ""                      # where the exercise comes from
cell: {cell}
find: [{find}]                     # any quantity: {find}, or {state} for all its steps
inputs:                         # one row per time step
{inputs}
parameters:                     # numbers are exact as written: 0.1, 1/3, sqrt(2)
{parameters}
initial:                        # the states before the first step; zero if left out
{initial}
# expect:                       # values known to be right make the file its own test
#   {find}: [0.1234, 0.5678]
"""


def starter(cell: Cell, file: str, schema: str = "exercise.schema.json") -> str:
    """The text of a starter file. Its sample numbers are small and differ from their neighbours."""
    computed = {equation.name for equation in cell.equations}
    used = dict.fromkeys(ref for equation in cell.equations for ref, _ in refs(equation.expression))
    inputs = list(dict.fromkeys(ref.name for ref in used if ref.indices and ref.name not in computed))
    states = list(dict.fromkeys(ref.name for ref in used if ref.name in computed and ref.indices[0].offset))
    target = Ref(states[-1], (Index("", STEPS),))
    order = plan(cell.equations, [target], extents={(name, 0): STEPS for name in inputs})
    needed = dict.fromkeys(
        ref.name for number in sorted(order.wanted) for ref, _ in refs(cell.equations[number].expression)
    )
    shapes = infer(cell.equations, {name: Datum((SIZE, 1)) for name in (*inputs, *states)})
    numbers = _numbers()
    return _TEMPLATE.format(
        schema=schema,
        file=file,
        cell=cell.name,
        title=cell.title,
        state=states[-1],
        find=f"{states[-1]}_{STEPS}",
        inputs=_lines((name, [[next(numbers) for _ in range(SIZE)] for _ in range(STEPS)]) for name in inputs),
        parameters=_lines(
            (name, _array(numbers, shapes.known(name)))
            for name in needed
            if name not in computed and name not in inputs
        ),
        initial=_lines((name, _array(numbers, (SIZE, 1))) for name in states),
    )


def _numbers() -> Iterator[str]:
    """One-digit decimals from −0.9 to 0.9 without 0, in an order that looks mixed."""
    for step in count(1):
        tenths = (7 * step) % 19 - 9
        if tenths:
            yield f"{tenths / 10:g}"


def _array(numbers: Iterator[str], shape: Shape) -> list[str] | list[list[str]]:
    rows, columns = shape
    if columns == 1:
        return [next(numbers) for _ in range(rows)]
    return [[next(numbers) for _ in range(columns)] for _ in range(rows)]


def _lines(arrays: Iterable[tuple[str, object]]) -> str:
    return "\n".join(f"  {name}: {array}".replace("'", "") for name, array in arrays)
