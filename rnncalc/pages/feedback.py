"""Report → document: what a student is told about a sheet of answers. The right value is told only on request."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rnncalc.answers import Unreadable, Written
from rnncalc.checking import Cause, Marking, Part, Report
from rnncalc.document import Answer, Block, Document, Notice, Prose, Text
from rnncalc.equations import Call, Ref, ref_at, symbol
from rnncalc.formula import Digits, Grid, Row, Tuple, row, unicode
from rnncalc.languages import among_words, coded, language, listed, said, say, sentence, sentences, speaking
from rnncalc.numbers import Precision, exact_text, round_exact
from rnncalc.pages.causes import told
from rnncalc.pages.verdicts import name_row, of_marks, percent, place, rule, short, verdict_table
from rnncalc.pages.wrong_step import another_wrong_step, first_wrong_step

MOST_NAMED = 4
"""So many entries are named in one remark."""
MOST_NOTES = 20
"""So many lines that are not counted are named."""
FAR = 10
"""A number that is off by more units of its last digit has two digits that are not those of the true value."""


def feedback(report: Report, marking: Marking, causes: Sequence[Cause] = (), reveal: bool = False) -> Document:
    """The page for one student; `causes` are what `diagnose` found."""
    exercise = report.exercise
    with speaking(language(exercise.lang)):
        blocks = tuple(_blocks(report, marking, causes, reveal))
        return Document(exercise.title, blocks, _score(report), language())


def _blocks(report: Report, marking: Marking, causes: Sequence[Cause], reveal: bool) -> Iterator[Block]:
    yield verdict_table(report, {key: cause for cause in causes for key in cause.steps})
    yield from (_note(text) for text in _not_counted(report.answers.unreadable))
    yield from (_note((text,)) for part in report.parts if (text := _not_stacked(part, marking)))
    if report.first_wrong is not None:
        yield from first_wrong_step(report, marking)
        for cause in causes:
            if cause.groups and report.first_wrong not in cause.steps:
                yield from another_wrong_step(report, marking, cause.steps[0])
            yield from told(report, marking, cause)
    yield from (_note(text) for text in _remarks(report, marking))
    if reveal:
        yield from right_values(report, marking)
    yield Prose((say("Rule: {rule}", rule=rule(report)),), of_all=True)


def _not_counted(unreadable: Mapping[str, Unreadable]) -> Iterator[Text]:
    for name, one in islice(unreadable.items(), MOST_NOTES):
        yield sentence("`{name}` is not counted: {reason}", name=short(name), reason=coded(said(one.reason)))
    if len(unreadable) > MOST_NOTES:
        more = len(unreadable) - MOST_NOTES
        words = "{number} more line is not counted.", "{number} more lines are not counted."
        yield sentences(*words, more, number=str(more))


def _score(report: Report) -> str:
    score = f"{of_marks(report.earned, report.marks)} · {percent(report.earned, report.marks)} %"
    return " · ".join(filter(None, (short(report.answers.student), score)))


def _not_stacked(part: Part, marking: Marking) -> str:
    """What is said where vectors were added, or one left out, that stand one below the other."""
    entry, expression = part.judged[0].entry, marking.steps[part.key].equation.expression
    if not isinstance(entry, Unreadable) or not isinstance(expression, Call) or expression.function != "concat":
        return ""
    sizes = {marking.shape(one.name)[0] for one in expression.arguments if isinstance(one, Ref)}
    if len(entry.text.split()) not in sizes - {part.shape[0]}:
        return ""
    name = unicode(row(symbol(ref_at(*part.key), marking.exercise.symbols)))
    return say("{name} has all the numbers of its parts, one below the other; they are not added.", name=name)


def _remarks(report: Report, marking: Marking) -> Iterator[Text]:
    """Advice that goes for several entries, once."""
    found = {one.verdict for part in report.parts for one in part.judged}
    if far := tuple(_far_off(report, marking)):
        named = "".join(listed(far[:MOST_NAMED])) + (" …" if len(far) > MOST_NAMED else "")
        yield sentence(
            "the last digits of {entries} come from your own roundings: keep more digits on the way, and round only"
            " what you write down at the end.",
            entries=named,
        )
    elif "carried" in found:
        yield sentence("keep more digits on the way, and round only what you write down at the end.")
    if "truncated" in found:
        yield sentence("some numbers are cut off; the next digit decides whether to round up.")
    if "too few digits" in found and report.policy.digits:
        yield sentence("the exercise asks for {digits} digits.", digits=str(report.policy.digits))
    elif "too few digits" in found and report.policy.tolerance:
        tolerance = among_words(exact_text(report.policy.tolerance))
        yield sentence("write so many digits that a number can be within {tolerance}.", tolerance=tolerance)


def _far_off(report: Report, marking: Marking) -> Iterator[str]:
    """The entries whose last two digits are right only from the student's own numbers."""
    for part in report.parts:
        truth = marking.steps[part.key].truth
        for number, one in enumerate(part.judged):
            entry = one.entry
            if one.verdict != "carried" or not isinstance(entry, Written):
                continue
            if abs(entry.number - truth[number].number) > FAR * entry.step:
                yield f"{unicode(name_row(report, part.key))} {place(part, number)}".strip()


def _note(text: Text) -> Notice:
    return Notice("note", text, say("note"), of_all=True)


def right_values(report: Report, marking: Marking) -> Iterator[Block]:
    """The true value of every part that has not full marks."""
    precision = Precision(report.policy.digits or 4)
    for part in report.parts:
        if any(one.credit != 1 for one in part.judged):
            truth = marking.steps[part.key].truth
            cells = tuple(Digits(one.text(precision)) for one in truth)
            value = row(cells[0]) if len(cells) == 1 else _right_matrix(part.shape, cells)
            exact = all(one.exact is not None and round_exact(one.exact, precision).exact for one in truth)
            yield Answer(name_row(report, part.key), "equals" if exact else "approx", value, (), say("Right value"))


def _right_matrix(shape: tuple[int, int], cells: tuple[Digits, ...]) -> Row:
    rows, columns = shape
    if columns == 1:
        return row(Tuple(cells))
    return row(Grid(tuple(cells[line * columns : (line + 1) * columns] for line in range(rows))))
