"""The page of a training exercise: forward, backward, new weights, step after step; and its part of a record."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Literal

from msgspec.structs import replace

from rnncalc import document
from rnncalc.counting import counting
from rnncalc.document import Answer, Block, Derivation, Document, Heading, Notice, Table, Text
from rnncalc.equations import Position
from rnncalc.exercise.training import Round, Training
from rnncalc.formula import Row
from rnncalc.languages import language, said, say, sentence, speaking
from rnncalc.pages.data import name_row
from rnncalc.pages.derivation import derive
from rnncalc.pages.explain import Detail, explain
from rnncalc.pages.passes import BACKWARD, part_title
from rnncalc.pages.values import table_cells
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
    return replace(page, blocks=(*blocks, *_overview(solution), *answers))


def _training(solution: Solution) -> Training:
    training = solution.exercise.training
    assert training is not None, "a lesson is about training"
    return training


def _apart(solution: Solution, block: Block) -> Iterator[Block]:
    """The numbers of the training apart from the other data, which stands for every run."""
    if not isinstance(block, document.Given):
        yield block
        return
    values = _Values(solution)
    own = {values.name(one.name, position) for one in _training(solution).given for position in one.values}
    again = {values.name(*key) for key in solution.exercise.network.plan.boundary if key[0] in _later(solution)}
    for label, chosen in (
        (block.label, lambda name: name not in own | again),
        (say("Training"), lambda name: name in own),
    ):
        entries = tuple((tuple(filter(chosen, names)), value) for names, value in block.entries)
        yield document.Given(tuple(entry for entry in entries if entry[0]), label)


def _later(solution: Solution) -> set[str]:
    """The quantities of the runs after the first; they begin as it does."""
    return {name for run in _training(solution).runs[1:] for name in run.values()}


# ---------------------------------------------------------------- the working


def _truncation(solution: Solution) -> Iterator[Block]:
    window = _training(solution).rule.window
    if window:
        words = say(
            "backpropagation is truncated to windows of {window} time steps: "
            "`keep` is 0 where a gradient would pass from one window to the one before.",
            window=window,
        )
        yield Notice("note", (words,), say("note"))


def _parts(solution: Solution, full: bool) -> Iterator[Block]:
    training = _training(solution)
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
    for number, (title, group) in enumerate(groupby(steps, key=_title), 1):
        members = list(group)
        stage = members[0].stage
        yield Heading(2, title, str(number), said(stage.remark) if stage else "")
        yield from (derive(solution, step, full) for step in members)


def _title(step: Step) -> str:
    return said(step.stage.title) if step.stage else step.equation.name


# ---------------------------------------------------------------- what has come of it


class _Values:
    """The values of a solution by name and position; of quantities that were given, too."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        network = solution.exercise.network
        self.values = {key: solution.domain.array(rows) for key, rows in network.data.items()}
        self.values |= {(step.equation.name, step.position): step.value for step in solution.steps}

    def of(self, name: str) -> dict[Position, Any]:
        return {position: value for (other, position), value in self.values.items() if other == name}

    def name(self, name: str, position: Position = ()) -> Row:
        return name_row(self.solution, name, position)

    def entries(self, value: Any) -> list[list[str]]:
        return [[cell.text for cell in line] for line in self.solution.rounded(value)]

    def cell(self, name: str, position: Position = ()) -> Text:
        """The entries on one line, rows apart: `1, 0.5; 0, 2`."""
        value, parts = self.values[name, position], list[str | Row]()
        entries = table_cells(self.solution, value, self.solution.exercise.symbols)
        for line in entries:
            for number, entry in enumerate(line):
                parts.extend([", " if number else "; "] if parts else [])
                parts.append(entry)
        if len(entries[0]) == 1:
            parts = [", " if part == "; " else part for part in parts]
        return tuple(parts)


def _overview(solution: Solution) -> Iterator[Block]:
    """A table of the steps, and one of the parameters."""
    training, values = _training(solution), _Values(solution)
    yield _steps_table(training, values)
    yield _parameter_table(training, values)


def _steps_table(training: Training, values: _Values) -> Table:
    def columns(one: Round) -> tuple[str, ...]:
        clipping = (*one.norms, *one.scales)
        return (one.before, *(clipping if len(one.norms) == 1 else ()), one.after)

    before, *middle, _ = columns(training.rounds[0])
    loss = values.name(before)
    header: list[Text] = [
        sentence("step"),
        sentence("{loss} before", loss=loss),
        *((values.name(name),) for name in middle),
        sentence("{loss} after", loss=loss),
    ]
    rows: list[list[Text]] = [
        [(str(number),), *map(values.cell, columns(one))] for number, one in enumerate(training.rounds, 1)
    ]
    return _table([header, *rows])


def _parameter_table(training: Training, values: _Values) -> Table:
    """Each parameter before and after: after one step with its gradient, after several with its way."""
    rounds = training.rounds
    header: list[Text] = [sentence("parameter"), sentence("before")]
    if len(rounds) == 1:
        one = rounds[0]
        clipped = [one.clipped] if one.clipped else []
        header += [sentence("gradient"), *[sentence("clipped") for _ in clipped], sentence("after")]
        stations = [one.old, one.gradients, *clipped, one.new]
    else:
        header += [sentence("after step {number}", number=str(number)) for number in range(1, len(rounds) + 1)]
        stations = [rounds[0].old, *(one.new for one in rounds)]
    rows = [
        [(values.name(name, position),), *(values.cell(names[name], position) for names in stations)]
        for name in rounds[0].old
        for position in values.of(name)
    ]
    return _table([header, *rows])


def _table(lines: list[list[Text]]) -> Table:
    """A table and the same table turned."""
    turned = [[line[column] for line in lines] for column in range(len(lines[0]))]

    def made(lines: list[list[Text]], alternative: Table | None = None) -> Table:
        return Table(tuple(lines[0]), tuple(map(tuple, lines[1:])), alternative)

    return made(lines, made(turned))


# ---------------------------------------------------------------- the record


def training_record(solution: Solution) -> list[dict[str, Any]]:
    """The steps as plain dicts, what `--json` has under `training`; quantities have the keys of the other records."""
    values = _Values(solution)
    return [
        {
            "step": number,
            "loss_before": _entry(values, one.before),
            "gradients": _entries(values, one.gradients),
            "norms": _keyed(values, one.norms),
            "scales": _keyed(values, one.scales),
            "clipped": _entries(values, one.clipped),
            "velocities": _entries(values, one.velocities),
            "parameters": _entries(values, one.new),
            "loss_after": _entry(values, one.after),
        }
        for number, one in enumerate(_training(solution).rounds, 1)
    ]


def _entry(values: _Values, name: str) -> str:
    return values.entries(values.values[name, ()])[0][0]


def _entries(values: _Values, names: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """By the parameter that a value belongs to."""
    key = values.solution.exercise.quantities.key
    return {
        key(parameter, position): values.entries(value)
        for parameter, name in names.items()
        for position, value in values.of(name).items()
    }


def _keyed(values: _Values, names: tuple[str, ...]) -> dict[str, str]:
    key = values.solution.exercise.quantities.key
    return {key(name, at): values.entries(value)[0][0] for name in names for at, value in values.of(name).items()}
