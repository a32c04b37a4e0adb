"""The catalogue of mistakes as a document: what `rnncalc mistakes` prints, with the wrong equations of a network."""

from collections.abc import Iterator, Sequence

from rnncalc.cell import Cell
from rnncalc.checking import Marking
from rnncalc.checking.causes.numbers import SLIPS, SlipKind
from rnncalc.checking.linting.lint import lint
from rnncalc.checking.recomputing.supposition import can_be_made
from rnncalc.document import Block, Derivation, Document, Heading, Line, Prose, Table, Text
from rnncalc.equations import Shape, Style, formula, scalar_by, symbol
from rnncalc.exercise import loads
from rnncalc.formula import row
from rnncalc.languages import language, say, sentence, speaking, translated
from rnncalc.mistakes import Hypothesis, Mistake, System, catalogue, hypotheses, of_cell
from rnncalc.pages.advice import hidden_tables, names_text
from rnncalc.starter import starter

_SYMBOLS = ("σ ", "z ")


def all_mistakes() -> Document:
    """Every mistake that is looked for, by sort."""
    kinds = dict.fromkeys(mistake.kind for mistake in catalogue())
    blocks: list[Block] = []
    for kind in kinds:
        blocks += _sort(_heading(translated(kind)), [one for one in catalogue() if one.kind == kind])
    blocks += _sort(say("Number"), SLIPS)
    words = sentence(
        "`rnncalc mistakes CELL` shows the wrong equations of a network, `rnncalc mistakes EXERCISE` what is looked "
        "for in an exercise and what its numbers cannot show."
    )
    blocks.append(Prose(words))
    return Document(say("Mistakes that rnncalc check looks for"), tuple(blocks), "", language())


def _sort(title: str, found: Sequence[Mistake | SlipKind]) -> tuple[Heading, Table]:
    rows: list[tuple[Text, ...]] = [((one.slug,), (translated(one.title),)) for one in found]
    return Heading(1, title), Table(((say("mistake"),), (say("what happened"),)), tuple(rows))


def _heading(words: str) -> str:
    """The words as a heading: `Gate`, but `σ and tanh exchanged`, for a symbol has no capital."""
    return words if words.startswith(_SYMBOLS) else words[:1].upper() + words[1:]


def mistakes_of(cell: Cell) -> Document:
    """Every mistake that can be made with a cell, with its wrong equations."""
    exercise = loads(starter(cell, cell.name), cell.name)
    sizes = {name: shape for name, shape in exercise.network.shapes.sizes.items() if None not in shape}
    shapes: dict[str, Shape] = {name: (rows or 1, columns or 1) for name, (rows, columns) in sizes.items()}
    system = System(cell.equations, shapes, exercise.network.plan.lengths)
    found: dict[Mistake, list[Hypothesis]] = {}
    for one in hypotheses(system, (*of_cell(cell), *catalogue())):
        if one.only is None and len(one.changes) == 1:
            found.setdefault(one.mistake, []).append(one)
    blocks = [block for mistake, all_of_it in found.items() for block in _shown(cell, mistake, all_of_it, shapes)]
    title = say("{cell}: mistakes that rnncalc check looks for", cell=translated(cell.title))
    return Document(title, tuple(blocks), cell.name, language())


def mistakes_in(marking: Marking) -> Document:
    """The mistakes that are looked for in an exercise, where each could be made, and what its numbers cannot show."""
    exercise = marking.exercise
    with speaking(language(exercise.lang)):
        title = say("{exercise}: mistakes that rnncalc check looks for", exercise=exercise.title)
        return Document(title, tuple(_in_exercise(marking)), exercise.name, language())


def _in_exercise(marking: Marking) -> Iterator[Block]:
    found: dict[Mistake, dict[str, None]] = {}
    for one in marking.hypotheses:
        if one.only is None and len(one.changes) == 1 and can_be_made(marking, one):
            found.setdefault(one.mistake, {}).update(dict.fromkeys(one.names))
    for kind in dict.fromkeys(mistake.kind for mistake in found):
        rows: list[tuple[Text, ...]] = [
            ((mistake.slug,), (translated(mistake.title),), (names_text(marking, tuple(names)),))
            for mistake, names in found.items()
            if mistake.kind == kind
        ]
        yield Heading(1, _heading(translated(kind)))
        yield Table(((say("mistake"),), (say("what happened"),), (say("made in"),)), tuple(rows))
    yield from _sort(say("Number"), SLIPS)
    yield from hidden_tables(marking, lint(marking))


def _shown(cell: Cell, mistake: Mistake, all_of_it: list[Hypothesis], shapes: dict[str, Shape]) -> Iterator[Block]:
    yield Heading(2, _heading(translated(mistake.title)), "", mistake.slug)
    yield Prose((translated(mistake.hint),))
    style = Style(cell.symbols, is_scalar=scalar_by(shapes))
    lines = {}
    for one in all_of_it:
        for target, changes in one.changes.items():
            printed = row(symbol(target, cell.symbols))
            lines[target, changes[0][1]] = Line("equals", formula(changes[0][1], style), printed)
    yield from (Derivation((line,)) for line in lines.values())
