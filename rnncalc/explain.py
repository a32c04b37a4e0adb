"""Solution → document: the only module that decides what to say to the reader, and in which order."""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, assert_never

from rnncalc.data import given, name_row
from rnncalc.derivation import derive, flat_row, is_exact
from rnncalc.document import Answer, Block, Document, Heading, Notice, Prose, Table, Text
from rnncalc.equations import Position, shape_text
from rnncalc.formula import Digits, Row, row, unicode
from rnncalc.network import Misfit
from rnncalc.solving import Disagreement, Found, Hidden, Remark, Solution, Step, Uncertified

Detail = Literal["answers", "steps", "full"]


def explain(solution: Solution, detail: Detail = "steps") -> Document:
    """The page of a solution. `answers` leaves the working out; `full` writes out every product and activation."""
    exercise = solution.exercise
    blocks: list[Block] = [*given(solution), *_notices(solution)]
    if exercise.note:
        blocks.append(Notice("note", (exercise.note,)))
    if detail != "answers":
        blocks += _steps(solution, full=detail == "full")
        blocks += _summary(solution)
    blocks += _answers(solution)
    return Document(exercise.title, tuple(blocks), exercise.source)


# ---------------------------------------------------------------- remarks


def _notices(solution: Solution) -> Iterator[Block]:
    if len(solution.steps) < solution.total:
        left_out = solution.total - len(solution.steps)
        words = f"{left_out} of {solution.total} computed quantities are not shown; `--last N` shows the last N steps."
        yield Notice("note", (words,))
    for remark in solution.remarks:
        yield Notice("warning", remark_text(solution, remark))


def remark_text(solution: Solution, remark: Remark) -> Text:
    """The remark as a sentence."""
    match remark:
        case Misfit():
            return _misfit(solution, remark)
        case Uncertified(asked):
            reason = "as asked" if asked else "because certified numbers would take too long here"
            return (f"the numbers are computed in float64, {reason}: their last digits may be wrong.",)
        case Hidden(name, position, width):
            edge = "lies on the edge between two roundings, or on 0, as far as"
            return (name_row(solution, name, position), f" {edge} {-width} decimals tell; it may be exactly there.")
        case Disagreement(name, position, expected):
            found = name_row(solution, name, position)
            return (
                f"line {expected.span.line} of the file expects another value of ",
                found,
                " than the one found here.",
            )
        case _:
            assert_never(remark)


def _misfit(solution: Solution, misfit: Misfit) -> Text:
    names = _listed([name_row(solution, name) for name in misfit.names])
    zero = next(at for at in solution.exercise.network.zero_states if at[0] == misfit.state.name)
    answers = _listed([name_row(solution, found.name, found.position) for found in solution.answers[:3]])
    several, them = (True, "them") if len(misfit.names) > 1 else (False, "it")
    return (
        *names,
        f" {'are' if several else 'is'} {shape_text(misfit.shape)}, ",
        f"but {'they multiply' if several else 'it multiplies'} ",
        name_row(solution, *zero),
        f", which has {misfit.entries} entries ({shape_text(misfit.fitting)} would fit). ",
        *answers,
        f" {'do' if len(solution.answers) > 1 else 'does'} not depend on {them} because ",
        name_row(solution, *zero),
        " = 0; the data is used as printed.",
    )


def _listed(parts: list[Row]) -> Text:
    """`a, b and c`."""
    text: list[str | Row] = []
    for number, part in enumerate(parts):
        if number:
            text.append(" and " if number == len(parts) - 1 else ", ")
        text.append(part)
    return tuple(text)


# ---------------------------------------------------------------- the steps


def _steps(solution: Solution, full: bool) -> Iterator[Block]:
    """The steps in the order of their computation: under each time step its stages, or, for a loop that works out one
    stage only, under the stage its time steps."""
    nests = solution.exercise.network.plan.nests
    number = 0
    for _, group in groupby(solution.steps, key=lambda step: nests[step.equation]):
        steps = list(group)
        if len({_title(step) for step in steps}) == 1:
            number += 1
            yield _heading(solution, steps[0], str(number))
            yield from (derive(solution, step, full) for step in steps)
        else:
            yield from _by_time(solution, steps, full)


def _by_time(solution: Solution, steps: list[Step], full: bool) -> Iterator[Block]:
    for place, at_once in groupby(steps, key=lambda step: step.position[:1]):
        yield Heading(1, _place_title(solution, steps[0], place))
        for number, (_, stage) in enumerate(groupby(at_once, key=_title), 1):
            stage_steps = list(stage)
            yield _heading(solution, stage_steps[0], str(number))
            yield from (derive(solution, step, full) for step in stage_steps)


def _place_title(solution: Solution, step: Step, place: Position) -> str:
    letter = step.equation.target.indices[0].base
    title = f"time step {place[0]}" if letter == "t" else f"{letter} = {place[0]}"
    if step.equation.name in solution.exercise.adjoints:
        return f"Backward, {title}"
    return title[0].upper() + title[1:] if letter == "t" else title


def _title(step: Step) -> str:
    return step.stage.title if step.stage else step.equation.name


def _heading(solution: Solution, step: Step, number: str) -> Heading:
    if step.stage:
        return Heading(2, step.stage.title, number, step.stage.remark)
    return Heading(2, unicode(name_row(solution, step.equation.name)), number)


# ---------------------------------------------------------------- the end of the page


def _summary(solution: Solution) -> Iterator[Block]:
    """All quantities that have one index, by time step: a table for each index."""
    steps = [step for step in solution.steps if len(step.position) == 1 and step.equation.indices]
    for letter in dict.fromkeys(step.equation.indices[0] for step in steps):
        yield from _table(solution, letter, [step for step in steps if step.equation.indices[0] == letter])


def _table(solution: Solution, letter: str, steps: list[Step]) -> Iterator[Block]:
    names = list(dict.fromkeys(step.equation.name for step in steps))
    places = sorted({step.position[0] for step in steps})
    if len(steps) < 2:
        return
    cells = {(step.equation.name, step.position[0]): _cell(solution, step) for step in steps}
    header: list[Text] = [(name_row(solution, name),) for name in names]
    rows = tuple(((str(place),), *(cells.get((name, place), ()) for name in names)) for place in places)
    turned = tuple(
        (head, *(cells.get((name, place), ()) for place in places)) for head, name in zip(header, names, strict=True)
    )
    turned_header: tuple[Text, ...] = ((letter,), *((str(place),) for place in places))
    yield Table(((letter,), *header), rows, Table(turned_header, turned))


def _cell(solution: Solution, step: Step) -> Text:
    """The entries side by side: `0.01799, 1.0000`."""
    parts: list[str | Row] = []
    for line in solution.rounded(step.value):
        for cell in line:
            parts.extend([", "] if parts else [])
            parts.append(row(Digits(cell.text)))
    return tuple(parts)


def _answers(solution: Solution) -> Iterator[Block]:
    """The answers, each with what can be said of its digits; what is true of several is said once, below them."""
    said = [tuple(_digits(solution, found)) for found in solution.answers]
    together = len(said) > 1 and said.count(said[0]) == len(said)
    for found, remarks in zip(solution.answers, said, strict=True):
        relation: Literal["equals", "approx"] = "equals" if is_exact(solution, found.value) else "approx"
        name = name_row(solution, found.name, found.position)
        yield Answer(name, relation, flat_row(solution, found.value), () if together else remarks)
    if together and said[0] == (_EXACT,):
        yield Prose(("All answers are exact.",))
    elif together and said[0] == (_ROUNDED,):
        yield Prose(("Every digit shown is correctly rounded.",))


_EXACT: Text = ("exact",)
_ROUNDED: Text = ("every digit shown is correctly rounded",)


def _digits(solution: Solution, found: Found) -> Iterator[Text]:
    """What can be said about the digits of an answer."""
    cells = [cell for line in solution.rounded(found.value) for cell in line]
    doubts = (remark for remark in solution.remarks if isinstance(remark, Uncertified | Hidden))
    if any(isinstance(one, Uncertified) or (one.name, one.position) == (found.name, found.position) for one in doubts):
        return
    yield _EXACT if all(cell.exact for cell in cells) else _ROUNDED
    for cell in cells:
        if cell.tie:
            yield (row(Digits(cell.text)), " is rounded from an exact tie, away from zero")
