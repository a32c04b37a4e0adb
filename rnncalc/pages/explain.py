"""Solution → document: the only module that decides what to say to the reader, and in which order."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

from msgspec.structs import replace

from rnncalc.counting import counting, shown
from rnncalc.document import Block, Document, Heading, Listing, Notice
from rnncalc.equations import Position, source
from rnncalc.exercise.known import is_known
from rnncalc.formula import unicode
from rnncalc.languages import language, said, say, speaking
from rnncalc.pages.data import given, name_row
from rnncalc.pages.derivation import derive
from rnncalc.pages.passes import BY_TIME, Part, is_of_parameter, part_of, part_title, paths, step_title
from rnncalc.pages.remarks import notices
from rnncalc.pages.results import answers, summary
from rnncalc.solving import Solution, Step

Detail = Literal["answers", "steps", "full"]


def explain(solution: Solution, detail: Detail = "steps", equations: bool = False) -> Document:
    """The page of a solution. `answers` leaves the working out; `full` writes out every product and activation;
    `equations` lists those of the network, as they would be typed."""
    exercise = solution.exercise
    with speaking(language(exercise.lang)), counting(exercise.first):
        blocks: list[Block] = [*given(solution), *notices(solution)]
        if exercise.note:
            blocks.append(Notice("note", (exercise.note,), say("note")))
        if equations:
            blocks += [Heading(2, say("Equations")), Listing(tuple((source(one),) for one in exercise.forward))]
        if detail != "answers":
            blocks += _steps(solution, full=detail == "full")
            blocks += summary(solution)
        blocks += answers(solution)
        return Document(exercise.title, tuple(blocks), exercise.source, language())


# ---------------------------------------------------------------- the steps


def _steps(solution: Solution, full: bool) -> Iterator[Block]:
    """The steps in the order of their computation: under each time step its stages, or, for a loop that works out one
    stage only, under the stage its time steps. Where the network has parts, as layers, one part follows the other."""
    parted = any(map(_part, solution.steps))
    number = 0
    place: Part = ""
    for group in _loops(solution):
        for part, steps in _by_part(group):
            if len({step_title(step) for step in steps}) > 1:
                place = BY_TIME
                yield from _by_time(solution, part, steps, full)
                continue
            first = steps[0]
            before, place = place, part_of(solution, first, place)
            if part:
                number = 1
                yield Heading(1, part)
                yield _heading(solution, first, str(number))
            elif parted and first.equation.name not in solution.exercise.adjoints:
                number += 1
                yield replace(_heading(solution, first, ""), level=1)
            else:
                if place != before:
                    number = 0
                    yield Heading(1, part_title(place))
                number += 1
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
        for number, (_, stage) in enumerate(groupby(at_once, key=step_title), 1):
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


def _part(step: Step) -> str:
    return said(step.stage.part) if step.stage else ""


def _heading(solution: Solution, step: Step, number: str) -> Heading:
    if step.stage is None:
        return Heading(2, unicode(name_row(solution, step.equation.name)), number)
    title = said(step.stage.title) or unicode(name_row(solution, step.equation.name))
    return Heading(2, title, number, "; ".join(filter(None, (paths(solution, step), said(step.stage.remark)))))
