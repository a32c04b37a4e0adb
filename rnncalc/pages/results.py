"""The end of a page: tables of what all time steps found, and the answers with what can be said of their digits."""

from collections.abc import Iterator
from typing import Literal

from rnncalc.counting import shown
from rnncalc.document import Answer, Block, Prose, Table, Text, separated
from rnncalc.formula import Operator, Words, row
from rnncalc.languages import listed, say, sentence
from rnncalc.pages.certainty import equal, how_certain
from rnncalc.pages.data import name_row
from rnncalc.pages.entrywise import entry_lines, is_long
from rnncalc.pages.spoken import chosen_word, most_likely, quoted
from rnncalc.pages.values import cells, decimals, flat_row, is_exact, table_cells
from rnncalc.solving import Found, Solution, Step


def summary(solution: Solution) -> Iterator[Block]:
    """All quantities that have one index, by time step: a table for each index."""
    steps = [step for step in solution.steps if len(step.position) == 1 and step.equation.indices]
    steps = [step for step in steps if not any(solution.domain.lettered(step.value))]
    for letter in dict.fromkeys(step.equation.indices[0] for step in steps):
        yield from _table(solution, letter, [step for step in steps if step.equation.indices[0] == letter])


def _table(solution: Solution, letter: str, steps: list[Step]) -> Iterator[Block]:
    names = list(dict.fromkeys(step.equation.name for step in steps))
    places = sorted({step.position[0] for step in steps})
    if len(steps) < 2:
        return
    cells = {(step.equation.name, step.position[0]): _cell(solution, step) for step in steps}
    header: list[Text] = [(name_row(solution, name),) for name in names]
    rows = tuple(((str(shown(place)),), *(cells.get((name, place), ()) for name in names)) for place in places)
    turned = tuple(
        (head, *(cells.get((name, place), ()) for place in places)) for head, name in zip(header, names, strict=True)
    )
    turned_header: tuple[Text, ...] = ((letter,), *((str(shown(place)),) for place in places))
    yield Table(((letter,), *header), rows, Table(turned_header, turned))


def _cell(solution: Solution, step: Step) -> Text:
    """The entries side by side, `0.01799, 1.0000`, or the word that was chosen."""
    word = chosen_word(solution, step.equation.name, step.value)
    if word is not None:
        return (quoted(word),)
    cells = table_cells(solution, step.value, solution.exercise.symbols)
    return separated((cell,) for line in cells for cell in line)


def answers(solution: Solution) -> Iterator[Block]:
    """The answers, each with what can be said of its digits; what is true of several is said once, below them."""
    exact, rounded = (sentence("exact"),), (sentence("every digit shown is correctly rounded"),)
    closed = (sentence("the closed form is exact, its digits are correctly rounded"),)
    digits = [tuple(how_certain(solution, found)) for found in solution.answers]
    if closed in digits and {*digits} == {exact, closed}:
        digits = [closed] * len(digits)
    together = len(digits) > 1 and digits.count(digits[0]) == len(digits)
    others = {*digits} == {exact, rounded} and digits.count(rounded) > 1
    for found, remarks in zip(solution.answers, digits, strict=True):
        name = name_row(solution, found.name, found.position)
        likely = tuple(most_likely(solution, found.name, found.value, name if len(digits) > 1 else None))
        likely += tuple(equal(solution, found.target, found.value))
        told = likely if together or (others and remarks == rounded) else (*likely, *remarks)
        yield from _answer(solution, found, told)
    if together and digits[0] == exact:
        yield Prose(sentence("All answers are exact."))
    elif together and digits[0] == rounded:
        yield Prose(sentence("Every digit shown is correctly rounded."))
    elif together and digits[0] == closed:
        yield Prose(sentence("Closed forms are exact, their digits are correctly rounded."))
    elif others:
        yield Prose(sentence("Every digit of the other answers is correctly rounded."))


def _answer(solution: Solution, found: Found, remarks: tuple[Text, ...]) -> Iterator[Answer]:
    symbols = solution.exercise.symbols
    if solution.domain.forms(found.value) is not None and is_long(cells(solution, found.value, symbols)):
        named, lines = entry_lines(solution, found.target, found.value, symbols, solution.exercise.quantities.indices)
        known = [row(line.left, Operator("equals"), line.right) for line in named if line.left]
        remarks = (sentence("with {definitions}", definitions=listed(known)), *remarks) if known else remarks
        for line in lines:
            assert line.left is not None, "each entry has its name"
            yield Answer(line.left, "equals", line.right, remarks if line is lines[-1] else (), say("Answer"))
        return
    relation: Literal["equals", "approx"] = "equals" if is_exact(solution, found.value) else "approx"
    rows = solution.exercise.rows
    value, digits = flat_row(solution, found.value, symbols, rows), decimals(solution, found.value, True, rows)
    word = chosen_word(solution, found.name, found.value)
    value = row(Words(quoted(word)), Operator(relation), value) if word is not None else value
    name = name_row(solution, found.name, found.position)
    yield Answer(name, relation, row(value, digits) if digits else value, remarks, say("Answer"))
