"""Solution → document: the only module that decides what to say to the reader, and in which order."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, assert_never

from msgspec.structs import replace

from rnncalc.counting import counting, shown
from rnncalc.document import Answer, Block, Document, Heading, Listing, Notice, Prose, Table, Text
from rnncalc.equations import Index, Position, Ref, shape_text, source
from rnncalc.exercise.known import is_known
from rnncalc.exercise.network import Misfit
from rnncalc.formula import Digits, Operator, Row, Words, row, unicode
from rnncalc.languages import among_words, language, listed, said, say, sentence, sentences, speaking, spliced
from rnncalc.pages.data import given, name_row
from rnncalc.pages.derivation import derive
from rnncalc.pages.passes import BY_TIME, Part, is_of_parameter, part_of, part_title, paths
from rnncalc.pages.spoken import chosen_word, most_likely, quoted
from rnncalc.pages.values import cells, decimals, entry_lines, equal_entries, flat_row, is_exact, is_long, table_cells
from rnncalc.solving import Disagreement, Ended, Found, Hidden, Remark, Solution, Step, Stopped, Uncertified

Detail = Literal["answers", "steps", "full"]


def explain(solution: Solution, detail: Detail = "steps", equations: bool = False) -> Document:
    """The page of a solution. `answers` leaves the working out; `full` writes out every product and activation;
    `equations` lists those of the network, as they would be typed."""
    exercise = solution.exercise
    with speaking(language(exercise.lang)), counting(exercise.first):
        blocks: list[Block] = [*given(solution), *_notices(solution)]
        if exercise.note:
            blocks.append(Notice("note", (exercise.note,), say("note")))
        if equations:
            network = [one for one in exercise.network.plan.equations if one.name not in exercise.adjoints]
            blocks += [Heading(2, say("Equations")), Listing(tuple((source(one),) for one in network))]
        if detail != "answers":
            blocks += _steps(solution, full=detail == "full")
            blocks += _summary(solution)
        blocks += _answers(solution)
        return Document(exercise.title, tuple(blocks), exercise.source, language())


# ---------------------------------------------------------------- remarks


def _notices(solution: Solution) -> Iterator[Block]:
    if len(solution.steps) < solution.total:
        left_out = solution.total - len(solution.steps)
        words = say(
            "{left_out} of {total} computed quantities are not shown; `--last N` shows the last N steps.",
            left_out=left_out,
            total=solution.total,
        )
        yield Notice("note", (words,), say("note"))
    for remark in solution.remarks:
        if isinstance(remark, Misfit) and not solution.answers:
            # It is told what does not depend on the matrices; a solution that ended early has nothing to tell it of.
            continue
        kind: Literal["note", "warning"] = "note" if isinstance(remark, Ended) else "warning"
        yield Notice(kind, remark_text(solution, remark), say("note") if kind == "note" else say("warning"))


def remark_text(solution: Solution, remark: Remark) -> Text:
    """The remark as a sentence."""
    match remark:
        case Misfit():
            return _misfit(solution, remark)
        case Stopped(passed, limit, name, position):
            return _stopped(passed, among_words(f"{limit:g}"), name_row(solution, name, position))
        case Uncertified(asked):
            if asked:
                return sentence("the numbers are computed in float64, as asked: their last digits may be wrong.")
            return sentence(
                "the numbers are computed in float64, because certified numbers would take too long here: "
                "their last digits may be wrong."
            )
        case Hidden(name, position, width):
            return sentence(
                "{name} lies on the edge between two roundings, or on 0, as far as {decimals} decimals tell; "
                "it may be exactly there.",
                name=name_row(solution, name, position),
                decimals=str(-width),
            )
        case Disagreement(name, position, expected):
            return sentence(
                "line {line} of the file expects another value of {name} than the one found here.",
                line=str(expected.span.line),
                name=name_row(solution, name, position),
            )
        case Ended():
            return _ended(solution, remark)
        case _:
            assert_never(remark)


def _ended(solution: Solution, end: Ended) -> Text:
    stop = solution.exercise.stop
    assert stop is not None, "only a sequence with a last word ends by itself"
    if end.position is None:
        steps = str(solution.exercise.network.plan.lengths[stop.letter])
        return sentence(
            "“{word}” has not come up in {steps} steps: the sequence is cut there.", word=stop.word, steps=steps
        )
    name = name_row(solution, end.name, end.position)
    return sentence("{name} is “{word}”: the sequence ends there.", name=name, word=stop.word)


def _stopped(passed: str, limit: str, name: Row) -> Text:
    if passed == "size":
        return sentence(
            "{name} would be a formula of more than {limit} signs, and is not written out.", name=name, limit=limit
        )
    return sentence(
        "the {limit} seconds allowed are over before {name}; what stands here is complete up to there.",
        limit=limit,
        name=name,
    )


def _misfit(solution: Solution, misfit: Misfit) -> Text:
    zero = next(at for at in solution.exercise.network.zero_states if at[0] == misfit.state.name)
    state = name_row(solution, *zero)
    what = sentences(
        "{names} is {shape}, but it multiplies {state}, which has {entries} entries ({fitting} would fit).",
        "{names} are {shape}, but they multiply {state}, which has {entries} entries ({fitting} would fit).",
        len(misfit.names),
        names=listed([name_row(solution, name) for name in misfit.names]),
        shape=shape_text(misfit.shape),
        state=state,
        entries=str(misfit.entries),
        fitting=shape_text(misfit.fitting),
    )
    return spliced("{what} {why}", {"what": what, "why": _unaffected(solution, len(misfit.names) > 1, state)})


def _unaffected(solution: Solution, several: bool, state: Row) -> Text:
    """That a state of zero makes the misfit harmless."""
    answers = [name_row(solution, found.name, found.position) for found in solution.answers[:3]]
    if several:
        return sentences(
            "{answers} does not depend on them because {state} = 0; the data is used as printed.",
            "{answers} do not depend on them because {state} = 0; the data is used as printed.",
            len(answers),
            answers=listed(answers),
            state=state,
        )
    return sentences(
        "{answers} does not depend on it because {state} = 0; the data is used as printed.",
        "{answers} do not depend on it because {state} = 0; the data is used as printed.",
        len(answers),
        answers=listed(answers),
        state=state,
    )


# ---------------------------------------------------------------- the steps


def _steps(solution: Solution, full: bool) -> Iterator[Block]:
    """The steps in the order of their computation: under each time step its stages, or, for a loop that works out one
    stage only, under the stage its time steps. Where the network has parts, as layers, one part follows the other."""
    parted = any(_part(step) for step in solution.steps)
    number = 0
    place: Part = ""
    for group in _loops(solution):
        for part, steps in _by_part(group):
            if len({_title(step) for step in steps}) > 1:
                place = BY_TIME
                yield from _by_time(solution, part, steps, full)
                continue
            first = steps[0]
            forward = first.equation.name not in solution.exercise.adjoints
            before, place = place, part_of(solution, first, place)
            if place != before and not part and not (parted and forward):
                number = 0
                yield Heading(1, part_title(place))
            number = 1 if part else number + 1
            if part:
                yield Heading(1, part)
            if parted and not part and forward:
                yield replace(_heading(solution, first, ""), level=1)
            else:
                yield _heading(solution, first, str(number))
            yield from (derive(solution, step, full) for step in steps)


def _loops(solution: Solution) -> list[list[Step]]:
    """The steps of each loop; what has no position and one title, as the blocks of a matrix, stands together.

    Where values are known from before, the loops of the one step that is left are shown as one, in listed order.
    """
    plan = solution.exercise.network.plan
    # Nothing but new weights depends on the gradients of parameters: they stand at the end.
    ordered = sorted(solution.steps, key=lambda step: is_of_parameter(solution, step.equation.name))
    steps = [step for step in ordered if not is_known(step.equation)]
    groups = groupby(steps, key=lambda s: s.stage if s.stage and not s.position else plan.nests[s.equation])
    loops = [list(group) for _, group in groups]
    places = {step.position for step in steps if step.equation.name not in solution.exercise.adjoints}
    if len(steps) == len(solution.steps) or len(places) > 1:
        return loops
    return [sorted(steps, key=lambda step: plan.equations.index(step.equation))]


def _by_part(steps: Iterable[Step]) -> Iterable[tuple[str, list[Step]]]:
    """The steps of each part of the network: a part needs nothing of those behind it."""
    parts: dict[str, list[Step]] = {}
    for step in steps:
        parts.setdefault(_part(step), []).append(step)
    return parts.items()


def _by_time(solution: Solution, part: str, steps: list[Step], full: bool) -> Iterator[Block]:
    for place, at_once in groupby(steps, key=lambda step: step.position[:1]):
        title = _place_title(solution, steps[0], place)
        if part:
            title = say("{part}: {title}", part=part, title=title[0].lower() + title[1:])
        yield Heading(1, title)
        for number, (_, stage) in enumerate(groupby(at_once, key=_title), 1):
            stage_steps = list(stage)
            yield _heading(solution, stage_steps[0], str(number))
            yield from (derive(solution, step, full) for step in stage_steps)


def _place_title(solution: Solution, step: Step, place: Position) -> str:
    letter = step.equation.target.indices[0].base
    backward, number = step.equation.name in solution.exercise.adjoints, shown(place[0])
    if letter == "t":
        return say("Backward, time step {t}", t=number) if backward else say("Time step {t}", t=number)
    title = f"{letter} = {number}"
    return say("Backward, {place}", place=title) if backward else title


def _title(step: Step) -> str:
    return said(step.stage.title) if step.stage and step.stage.title else step.equation.name


def _part(step: Step) -> str:
    return said(step.stage.part) if step.stage else ""


def _heading(solution: Solution, step: Step, number: str) -> Heading:
    if step.stage and step.stage.title:
        aside = "; ".join(filter(None, (paths(solution, step), said(step.stage.remark))))
        return Heading(2, said(step.stage.title), number, aside)
    return Heading(2, unicode(name_row(solution, step.equation.name)), number)


# ---------------------------------------------------------------- the end of the page


def _summary(solution: Solution) -> Iterator[Block]:
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
    parts: list[str | Row] = []
    for line in table_cells(solution, step.value, solution.exercise.symbols):
        for cell in line:
            parts.extend([", ", cell] if parts else [cell])
    return tuple(parts)


def _answers(solution: Solution) -> Iterator[Block]:
    """The answers, each with what can be said of its digits; what is true of several is said once, below them."""
    exact, rounded = (sentence("exact"),), (sentence("every digit shown is correctly rounded"),)
    closed = (sentence("the closed form is exact, its digits are correctly rounded"),)
    digits = [tuple(_digits(solution, found)) for found in solution.answers]
    if closed in digits and {*digits} == {exact, closed}:
        digits = [closed] * len(digits)
    together = len(digits) > 1 and digits.count(digits[0]) == len(digits)
    others = {*digits} == {exact, rounded} and digits.count(rounded) > 1
    for found, remarks in zip(solution.answers, digits, strict=True):
        name = name_row(solution, found.name, found.position)
        likely = tuple(most_likely(solution, found.name, found.value, name if len(digits) > 1 else None))
        likely += tuple(_equal(solution, found))
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
        target = Ref(found.name, tuple(Index("", place) for place in found.position))
        *lines, last = entry_lines(solution, target, found.value, symbols)
        for line in (*lines, last):
            assert line.left is not None, "each entry has its name"
            yield Answer(line.left, "equals", line.right, remarks if line is last else (), say("Answer"))
        return
    relation: Literal["equals", "approx"] = "equals" if is_exact(solution, found.value) else "approx"
    rows = solution.exercise.rows
    value, digits = flat_row(solution, found.value, symbols, rows), decimals(solution, found.value, True, rows)
    word = chosen_word(solution, found.name, found.value)
    value = row(Words(quoted(word)), Operator(relation), value) if word is not None else value
    name = name_row(solution, found.name, found.position)
    yield Answer(name, relation, row(value, digits) if digits else value, remarks, say("Answer"))


def _equal(solution: Solution, found: Found) -> Iterator[Text]:
    target = Ref(found.name, tuple(Index("", place) for place in found.position))
    for equality in equal_entries(solution, target, found.value, solution.exercise.symbols):
        yield sentence("{equality}, exactly", equality=equality)


def _digits(solution: Solution, found: Found) -> Iterator[Text]:
    """What can be said about the digits of an answer."""
    if any(solution.domain.lettered(found.value)):
        return
    digits = [cell for line in solution.rounded(found.value) for cell in line]
    doubts = (remark for remark in solution.remarks if isinstance(remark, Uncertified | Hidden))
    if any(isinstance(one, Uncertified) or (one.name, one.position) == (found.name, found.position) for one in doubts):
        return
    exact = all(cell.exact for cell in digits)
    if exact or solution.domain.forms(found.value) is None:
        yield sentence("exact") if exact else sentence("every digit shown is correctly rounded")
    else:
        yield sentence("the closed form is exact, its digits are correctly rounded")
    for cell in digits:
        if cell.tie:
            yield sentence("{number} is rounded from an exact tie, away from zero", number=row(Digits(cell.text)))
