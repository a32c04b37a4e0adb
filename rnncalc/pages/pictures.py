"""A network as pictures → document: what flows where, the network unrolled, the gates of a solution over time."""

from collections.abc import Iterator, Mapping, Sequence

from rnncalc.cell import Cell
from rnncalc.document import Block, Document, Heading, Heat, Text
from rnncalc.equations import Call, Equation
from rnncalc.formula import Digits, row
from rnncalc.languages import language, say, speaking, translated
from rnncalc.pages.data import name_row
from rnncalc.pages.diagram import Chain, data_flow, unrolled
from rnncalc.solving import Solution, Step

_GATES = frozenset(("sigmoid", "hard_sigmoid"))
"""Functions whose values say how far something is open, 0 to 1."""
_FEWEST_STEPS = 2
_MOST_COLUMNS = 12


def cell_pictures(cell: Cell) -> Document:
    """The data flow of a cell, and the cell unrolled over a few steps."""
    blocks = tuple(_graphs(cell.equations, cell.symbols, {}))
    return Document(translated(cell.title), blocks, cell.name, language())


def exercise_pictures(solution: Solution) -> Document:
    """The data flow of the network of an exercise, the network unrolled as far as it runs, and its gates over time."""
    exercise = solution.exercise
    with speaking(language(exercise.lang)):
        lengths = exercise.network.plan.lengths
        blocks = (*_graphs(exercise.forward, exercise.symbols, lengths), *_gates(solution))
        return Document(exercise.title, blocks, exercise.source, language())


def _graphs(equations: Sequence[Equation], symbols: Mapping[str, str], lengths: Mapping[str, int]) -> Iterator[Block]:
    title = say("What flows where in one step")
    yield Heading(2, title)
    yield data_flow(equations, symbols, title)
    chain = _chain(equations, lengths)
    if chain:
        title = say("Unrolled: what one step hands to another")
        yield Heading(2, title)
        yield unrolled(chain, symbols, title)


def _chain(equations: Sequence[Equation], lengths: Mapping[str, int]) -> Chain | None:
    """The equations over one index, if all that have an index have the same one."""
    letters = {index.base for one in equations for index in one.target.indices if index.base}
    along = tuple(one for one in equations if [index.base for index in one.target.indices] == [*letters])
    if len(letters) != 1 or len(along) != sum(any(i.base for i in one.target.indices) for one in equations):
        return None
    (letter,) = letters
    return Chain(along, letter, max(_FEWEST_STEPS, lengths.get(letter, _FEWEST_STEPS + 1)))


def _gates(solution: Solution) -> Iterator[Block]:
    """The entries of each gate, a row each, a column for each step; many steps have a gap in their middle."""
    steps = [step for step in solution.steps if _is_gate(step.equation) and len(step.position) == 1]
    places = sorted({step.position[0] for step in steps})
    if len(places) < _FEWEST_STEPS:
        return
    half = _MOST_COLUMNS // 2
    shown = places if len(places) <= _MOST_COLUMNS else [*places[:half], None, *places[-half:]]
    values = {(step.equation.name, step.position[0]): _entries(solution, step) for step in steps}
    rows, shades = [], []
    for name in dict.fromkeys(step.equation.name for step in steps):
        for entry in range(max(len(values.get((name, place), ())) for place in places)):
            texts = [values[name, place][entry] if place and (name, place) in values else "" for place in shown]
            label: Text = (name_row(solution, name), f" [{entry + 1}]")
            rows.append((label, *((row(Digits(text)),) if text else () for text in texts)))
            shades.append(tuple(float(text or 0) for text in texts))
    yield Heading(2, say("How far the gates are open"), aside=say("0 is shut, 1 is open"))
    header: tuple[Text, ...] = ((steps[0].equation.target.indices[0].base,), *((str(place or "⋯"),) for place in shown))
    yield Heat(header, tuple(rows), tuple(shades))


def _is_gate(equation: Equation) -> bool:
    return isinstance(equation.expression, Call) and equation.expression.function in _GATES


def _entries(solution: Solution, step: Step) -> list[str]:
    return [entry.text for entry in solution.entries(step.value)]
