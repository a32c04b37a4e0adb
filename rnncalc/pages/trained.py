"""What has come of training: tables of the steps and of the parameters, and their part of a record."""

from collections.abc import Iterator, Mapping
from typing import Any

from rnncalc.document import Block, Table, Text, separated
from rnncalc.equations import Position
from rnncalc.exercise.training import Round, Training
from rnncalc.formula import Row
from rnncalc.languages import sentence
from rnncalc.pages.data import name_row
from rnncalc.pages.values import table_cells
from rnncalc.solving import Solution


def training_of(solution: Solution) -> Training:
    training = solution.exercise.training
    assert training is not None, "a lesson is about training"
    return training


class Values:
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

    def cell(self, name: str, position: Position = ()) -> Text:
        """The entries on one line, rows apart: `1, 0.5; 0, 2`."""
        entries = table_cells(self.solution, self.values[name, position], self.solution.exercise.symbols)
        lines = (separated((entry,) for entry in line) for line in entries)
        return separated(lines, ", " if len(entries[0]) == 1 else "; ")


def overview(solution: Solution) -> Iterator[Block]:
    """A table of the steps, and one of the parameters."""
    training, values = training_of(solution), Values(solution)
    yield _steps_table(training, values)
    yield _parameter_table(training, values)


def _steps_table(training: Training, values: Values) -> Table:
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


def _parameter_table(training: Training, values: Values) -> Table:
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


def training_record(solution: Solution) -> list[dict[str, Any]]:
    """The steps as plain dicts, what `--json` has under `training`; quantities have the keys of the other records."""
    values = Values(solution)
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
        for number, one in enumerate(training_of(solution).rounds, 1)
    ]


def _entry(values: Values, name: str) -> str:
    return values.solution.entries(values.values[name, ()])[0].text


def _entries(values: Values, names: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """By the parameter that a value belongs to."""
    key = values.solution.exercise.quantities.key
    return {
        key(parameter, position): values.solution.printed(value)
        for parameter, name in names.items()
        for position, value in values.of(name).items()
    }


def _keyed(values: Values, names: tuple[str, ...]) -> dict[str, str]:
    key = values.solution.exercise.quantities.key
    found = ((name, at, value) for name in names for at, value in values.of(name).items())
    return {key(name, at): values.solution.entries(value)[0].text for name, at, value in found}
