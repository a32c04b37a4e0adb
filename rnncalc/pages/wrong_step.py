"""The wrong steps of a sheet of answers: the formula, and the formula with the student's own numbers put in."""

from collections.abc import Iterator

from rnncalc.answers import Entry, Key, Written
from rnncalc.checking import Marking, Report
from rnncalc.document import Block, Derivation, Heading, Line, Prose
from rnncalc.equations import Expr, Ref, Style, bind, formula, scalar_by, unfold
from rnncalc.formula import Digits, Grid, Row, Words, row
from rnncalc.languages import said, say
from rnncalc.mistakes import Hypothesis
from rnncalc.numbers import exact_text
from rnncalc.pages.verdicts import entry_text, name_row

MOST_TERMS = 4
"""A sum or a softmax over so many positions is written out with the numbers."""
MOST_HIDDEN = 4
"""So many steps that are not shown are written out before the first wrong one."""


def first_wrong_step(report: Report, marking: Marking) -> Iterator[Block]:
    """Which step it is, its formula, and the formula with the student's own numbers put in."""
    key = report.first_wrong
    assert key is not None
    title = _title(report, key)
    yield Heading(2, say("First wrong step: {stage}", stage=title) if title else say("First wrong step"))
    hidden = _hidden_before(report, marking, key)
    if len(hidden) <= MOST_HIDDEN:
        yield from (Derivation(tuple(_formulas(report, marking, one))) for one in hidden)
    else:
        words = say(
            "{number} steps that you do not show lead to it; show them to see which one is wrong.", number=len(hidden)
        )
        yield Prose((words,))
    yield Derivation(tuple(_formulas(report, marking, key)))


def another_wrong_step(report: Report, marking: Marking, key: Key) -> Iterator[Block]:
    """A step that is wrong for a reason of its own."""
    title = _title(report, key)
    yield Heading(2, say("Another wrong step: {stage}", stage=title) if title else say("Another wrong step"))
    yield Derivation(tuple(_formulas(report, marking, key)))


def _title(report: Report, key: Key) -> str:
    stage = next((stage for stage in report.exercise.stages if key[0] in stage.of), None)
    return said(stage.title) if stage else ""


def wrong_formula(report: Report, marking: Marking, explanation: Hypothesis, key: Key) -> Line | None:
    """The wrong equation at the step, or at the hidden step before it that it changes."""
    for one in (key, *_hidden_before(report, marking, key)):
        expression = explanation.expression(marking.steps[one].equation, one[1])
        if expression is not None:
            style = Style(report.exercise.symbols, is_scalar=scalar_by(report.exercise.network.shapes.sizes))
            return Line("equals", formula(_placed(marking, one, expression), style), name_row(report, one))
    return None


def _hidden_before(report: Report, marking: Marking, key: Key) -> list[Key]:
    """The steps on which it rests that the student does not show, in order."""
    shown = {answer.key for answer in report.answers.answers}
    found: set[Key] = set()
    pending = [key]
    while pending:
        for need in marking.steps[pending.pop()].needs:
            if need not in shown and need not in found:
                found.add(need)
                pending.append(need)
    return [one for one in marking.steps if one in found]


def _formulas(report: Report, marking: Marking, key: Key) -> Iterator[Line]:
    expression = _placed(marking, key, marking.steps[key].equation.expression)
    symbols, is_scalar = report.exercise.symbols, scalar_by(report.exercise.network.shapes.sizes)
    shown = {answer.key: answer.entries for answer in report.answers.answers}

    def own(part: Expr) -> Row | None:
        return _own_number(part, shown, marking) if isinstance(part, Ref) else None

    yield Line("equals", formula(expression, Style(symbols, is_scalar=is_scalar)), name_row(report, key))
    written_out = unfold(expression, report.exercise.network.plan.lengths, MOST_TERMS)
    put_in = formula(written_out, Style(symbols, own, is_scalar))
    if put_in != formula(written_out, Style(symbols, is_scalar=is_scalar)):
        yield Line("equals", put_in)


def _placed(marking: Marking, key: Key, expression: Expr) -> Expr:
    """An expression of a step with its positions put in."""
    return bind(expression, {**marking.exercise.network.plan.lasts, **marking.steps[key].letters})


def _own_number(ref: Ref, shown: dict[Key, tuple[Entry, ...]], marking: Marking) -> Row | None:
    """What the student wrote for a quantity, or what is given; None where it stays a letter."""
    if ref.letters:
        return None
    key = ref.name, ref.position
    entries = shown.get(key)
    if entries is not None and all(isinstance(entry, Written) for entry in entries):
        return _matrix([entry_text(entry) for entry in entries], marking.shapes[key])
    network = marking.exercise.network
    rows = network.data.get(key)
    if rows is None and key in network.zero_states:
        shape = network.shapes.known(ref.name)
        return _matrix(["0"] * (shape[0] * shape[1]), shape)
    if rows is None:
        return None
    return _matrix([exact_text(entry) for line in rows for entry in line], (len(rows), len(rows[0])))


def _matrix(texts: list[str], shape: tuple[int, int]) -> Row:
    rows, columns = shape
    cells = tuple(tuple(_number(text) for text in texts[line * columns : (line + 1) * columns]) for line in range(rows))
    return row(cells[0][0]) if rows == columns == 1 else row(Grid(cells))


def _number(text: str) -> Digits | Words:
    plain = text.replace("−", "-")
    return Digits(plain) if plain.strip("-").replace(".", "", 1).isdecimal() else Words(text)
