"""The page of a training exercise: forward, backward, new weights, step after step, and what has come of it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal

from msgspec.structs import replace

from rnncalc import document
from rnncalc.counting import counting
from rnncalc.document import Answer, Block, Derivation, Document, Heading, Notice, Table
from rnncalc.exercise.training import Training
from rnncalc.languages import language, said, say, sentence, speaking
from rnncalc.pages.data import name_row
from rnncalc.pages.derivation import derive
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.passes import BACKWARD, part_title, step_title
from rnncalc.pages.trained import overview, training_of
from rnncalc.solving import Solution, Step

Part = Literal["forward", "backward", "new weights"]
PARTS: tuple[Part, ...] = ("forward", "backward", "new weights")


def lesson(solution: Solution, detail: Detail = "steps") -> Document:
    """The page of a solution that trains. Of the runs after the first, `steps` shows tables, loss and gradients only;
    `full` works out every run."""
    with speaking(language(solution.exercise.lang)), counting(solution.exercise.first):
        return _lesson(solution, detail)


def _lesson(solution: Solution, detail: Detail) -> Document:
    page = explain(solution, "answers")
    blocks = [part for block in page.blocks if not isinstance(block, Answer) for part in _apart(solution, block)]
    if detail != "answers":
        blocks += _truncation(solution)
        blocks += _parts(solution, full=detail == "full")
    answers = (block for block in page.blocks if isinstance(block, Answer))
    return replace(page, blocks=(*blocks, *overview(solution), *answers))


def _apart(solution: Solution, block: Block) -> Iterator[Block]:
    """The numbers of the training apart from the other data, which stands for every run."""
    if not isinstance(block, document.Given):
        yield block
        return
    own = {name_row(solution, one.name, position) for one in training_of(solution).given for position in one.values}
    again = {name_row(solution, *key) for key in solution.exercise.network.plan.boundary if key[0] in _later(solution)}
    for label, chosen in (
        (block.label, lambda name: name not in own | again),
        (say("Training"), lambda name: name in own),
    ):
        entries = tuple((tuple(filter(chosen, names)), value) for names, value in block.entries)
        yield document.Given(tuple(entry for entry in entries if entry[0]), label)


def _later(solution: Solution) -> set[str]:
    """The quantities of the runs after the first; they begin as it does."""
    return {name for run in training_of(solution).runs[1:] for name in run.values()}


def _truncation(solution: Solution) -> Iterator[Block]:
    window = training_of(solution).rule.window
    if window:
        words = sentence(
            "backpropagation is truncated to windows of {window} time steps: "
            "`keep` is 0 where a gradient would pass from one window to the one before.",
            window=str(window),
        )
        yield Notice("note", words, say("note"))


def _parts(solution: Solution, full: bool) -> Iterator[Block]:
    training = training_of(solution)
    part_of = _part_of(training)

    def place(step: Step) -> tuple[int, int]:
        done, part = part_of.get(step.equation.name, (0, "forward"))
        return done, PARTS.index(part)

    for (done, number), group in groupby(sorted(solution.steps, key=place), key=place):
        steps, part = list(group), PARTS[number]
        after = done == len(training.rounds)
        yield Heading(1, say("After training: the new weights at work") if after else _part_title(part, done + 1))
        if part == "new weights":
            yield from _staged(solution, steps, full)
        elif full or not done:
            yield from _run(solution, steps, full)
        else:
            yield from _shortly(solution, steps)


def _part_title(part: Part, step: int) -> str:
    match part:
        case "forward":
            return say("Training step {step}: forward", step=step)
        case "backward":
            return say("Training step {step}: backward", step=step)
        case "new weights":
            return say("Training step {step}: new weights", step=step)


def _part_of(training: Training) -> dict[str, tuple[int, Part]]:
    """The part in which a quantity is worked out, and the steps done by then; all others belong to the beginning."""
    found: dict[str, tuple[int, Part]] = dict.fromkeys(training.adjoints, (0, "backward"))
    for done, run in enumerate(training.runs):
        found |= {now: (done, "backward" if name in training.adjoints else "forward") for name, now in run.items()}
    for done, one in enumerate(training.rounds):
        found |= dict.fromkeys(one.update, (done, "new weights"))
    return found


def _run(solution: Solution, steps: list[Step], full: bool) -> Iterator[Block]:
    """A run of the network as it is explained by itself, one level lower."""
    alone = replace(solution, steps=tuple(steps), answers=(), remarks=(), total=len(steps))
    for block in explain(alone, "full" if full else "steps").blocks:
        if isinstance(block, Heading) and block.title != part_title(BACKWARD):
            yield replace(block, level=min(block.level + 1, 3))
        elif isinstance(block, Derivation | Table):
            yield block


def _shortly(solution: Solution, steps: list[Step]) -> Iterator[Block]:
    """A run that is worked out before: tables of all that has a position, then the rest step by step."""
    yield from (block for block in _run(solution, steps, full=False) if isinstance(block, Table))
    yield from _staged(solution, [step for step in steps if not step.equation.target.indices], full=False)


def _staged(solution: Solution, steps: list[Step], full: bool) -> Iterator[Block]:
    """Steps one after the other, each title once."""
    for number, (title, group) in enumerate(groupby(steps, key=step_title), 1):
        members = list(group)
        stage = members[0].stage
        yield Heading(2, title, str(number), said(stage.remark) if stage else "")
        yield from (derive(solution, step, full) for step in members)
