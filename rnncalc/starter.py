"""A commented exercise file for a cell, ready to be filled in: `rnncalc new lstm`."""

from collections.abc import Iterable, Iterator
from itertools import count

from rnncalc.cell import Cell
from rnncalc.equations import Datum, Equation, Index, Plan, Ref, Shape, Shapes, infer, plan
from rnncalc.errors import ExerciseError
from rnncalc.exercise_file import Array, quoted, section
from rnncalc.system import needed

SIZE, STEPS = 2, 2
"""The sizes of the sample data: two units, two entries an input, two time steps."""

_HEAD = """\
# yaml-language-server: $schema=exercise.schema.json
# Solve it with:  rnncalc solve {file}
# Help while typing, in many editors:  rnncalc schema -o exercise.schema.json
title: {title}
source: ""                      # where the exercise comes from
cell: {cell}
{question:<32}# any quantity: {find}, or {name} for all its steps
"""
_SECTIONS = {
    "lengths": "how many positions there are where no input tells",
    "inputs": "one row per time step",
    "parameters": "numbers are exact as written: 0.1, 1/3, sqrt(2)",
    "initial": "the states before the first step; zero if left out",
}
_TAIL = """\
# expect:                       # values known to be right make the file its own test
#   {find}: [0.1234, 0.5678]
"""


def starter(cell: Cell, file: str) -> str:
    """The text of a starter file. Its sample numbers are small and differ from their neighbours."""
    equations = cell.equations
    target = _target(equations[-1])
    data = list({ref.name: ref for ref in needed(equations, [target.name])}.values())
    order, lengths = _planned(equations, target, [ref for ref in data if ref.indices])
    states = dict.fromkeys(name for name, _ in order.boundary)
    shapes = _sizes(equations, data, states)
    numbers = _numbers()
    find = f"{target.name}_{','.join(str(index.offset) for index in target.indices)}" if target.indices else target.name
    entries: dict[str, list[tuple[str, Array]]] = {
        "lengths": [(letter, str(length)) for letter, length in lengths.items()],
        "inputs": [
            (ref.name, _stack(numbers, shapes.known(ref.name), len(ref.indices))) for ref in data if ref.indices
        ],
        "parameters": [(ref.name, _array(numbers, shapes.known(ref.name))) for ref in data if not ref.indices],
        "initial": [(_state(name, order), _array(numbers, shapes.known(name))) for name in states],
    }
    title = quoted(f"{cell.title}: find {find}")
    question = f'find: ["{find}"]' if "," in find else f"find: [{find}]"
    text = _HEAD.format(file=file, title=title, cell=cell.name, question=question, find=find, name=target.name)
    for key, arrays in entries.items():
        text += section(key, _SECTIONS[key], arrays)
    return text + _TAIL.format(find=f'"{find}"' if "," in find else find)


def _target(last: Equation) -> Ref:
    """What the starter asks for: the quantity of the last equation at its last position."""
    return Ref(last.name, tuple(Index("", STEPS if index.base else index.offset) for index in last.target.indices))


def _planned(equations: tuple[Equation, ...], target: Ref, inputs: list[Ref]) -> tuple[Plan, dict[str, int]]:
    """The plan, and the lengths that must be stated for it because no input tells them."""
    extents = {(ref.name, slot): STEPS for ref in inputs for slot in range(len(ref.indices))}
    letters = dict.fromkeys(letter for equation in equations for letter in equation.indices)
    stated: dict[str, int] = {}
    for letter in (None, *letters):
        if letter:
            stated[letter] = STEPS
        try:
            return plan(equations, [target], extents=extents, stated=stated), stated
        except ExerciseError:
            continue
    raise AssertionError("with all lengths stated, a cell of the library has a plan")


def _sizes(equations: tuple[Equation, ...], data: list[Ref], states: Iterable[str]) -> Shapes:
    """A size for every quantity: states and inputs have SIZE entries, whatever is still open is as small as that."""
    known = {name: Datum((SIZE, 1)) for name in (*(ref.name for ref in data if ref.indices), *states)}
    known = {name: datum for name, datum in known.items() if not infer(equations, {name: datum}).conflicts}
    shapes = infer(equations, known)
    for ref in data:
        if None in (size := shapes.sizes[ref.name]):
            known[ref.name] = Datum((size[0] or SIZE, size[1] or SIZE))
            shapes = infer(equations, known)
    return shapes


def _state(name: str, order: Plan) -> str:
    """A state as `initial:` names it: with its position where there is more than one before the first step."""
    places = [place for boundary, place in order.boundary if boundary == name]
    return name if len(places) == 1 else f"{name}[{','.join(map(str, places[0]))}]"


def _numbers() -> Iterator[str]:
    """One-digit decimals from −0.9 to 0.9 without 0, in an order that looks mixed."""
    for step in count(1):
        tenths = (7 * step) % 19 - 9
        if tenths:
            yield f"{tenths / 10:g}"


def _array(numbers: Iterator[str], shape: Shape) -> Array:
    rows, columns = shape
    if shape == (1, 1):
        return next(numbers)
    if columns == 1:
        return [next(numbers) for _ in range(rows)]
    return [[next(numbers) for _ in range(columns)] for _ in range(rows)]


def _stack(numbers: Iterator[str], shape: Shape, indices: int) -> Array:
    """An array for each position."""
    if not indices:
        return _array(numbers, shape)
    return [_stack(numbers, shape, indices - 1) for _ in range(STEPS)]
