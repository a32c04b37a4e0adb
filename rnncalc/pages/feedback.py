"""Report → document: what a student is told about a sheet of answers. The right value is told only on request."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rnncalc.answers import Entry, Key, Unreadable, Written
from rnncalc.checking import Cause, Explanation, Judged, Marking, NumberSlip, Part, Report
from rnncalc.document import Answer, Block, Derivation, Document, Heading, Line, Listing, Notice, Prose, Table, Text
from rnncalc.equations import Call, Expr, Ref, Style, bind, formula, ref_at, scalar_by, symbol, unfold
from rnncalc.errors import printable
from rnncalc.exercise.policy import Policy, Verdict
from rnncalc.formula import Digits, Grid, Row, Tuple, Words, row, unicode
from rnncalc.languages import Message, among_words, language, listed, said, say, speaking, translated
from rnncalc.mistakes import Hypothesis
from rnncalc.numbers import Precision, exact_text, round_exact

LONGEST_SHOWN = 40
MOST_TERMS = 4
"""A sum or a softmax over so many positions is written out with the numbers."""
MOST_HIDDEN = 4
"""So many steps that are not shown are written out before the first wrong one."""


def feedback(report: Report, marking: Marking, causes: Sequence[Cause] = (), reveal: bool = False) -> Document:
    """The page for one student; `causes` are what `diagnose` found."""
    exercise = report.exercise
    with speaking(language(exercise.lang)):
        blocks = tuple(_blocks(report, marking, causes, reveal))
        return Document(exercise.title, blocks, _score(report), language())


def _blocks(report: Report, marking: Marking, causes: Sequence[Cause], reveal: bool) -> Iterator[Block]:
    yield _verdicts(report, {key: cause for cause in causes for key in cause.steps})
    for name, unreadable in report.answers.unreadable.items():
        yield _note(say("`{name}` is not counted: {reason}", name=_short(name), reason=said(unreadable.reason)))
    yield from (_note(text) for part in report.parts if (text := _not_stacked(part, marking)))
    if report.first_wrong is not None:
        yield from first_wrong_step(report, marking)
        for cause in causes:
            yield from told(report, marking, cause)
    yield from _remarks(report)
    if reveal:
        yield from right_values(report, marking)
    yield Prose((say("Rule: {rule}", rule=rule(report.policy)),))


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


def _note(text: str) -> Notice:
    return Notice("note", (text,), say("note"))


def _score(report: Report) -> str:
    share = round(100 * report.earned / report.marks) if report.marks else 100
    score = f"{_of_marks(report.earned, report.marks)} · {share} %"
    return f"{_short(report.answers.student)}    {score}".strip()


def _of_marks(earned: Fraction, marks: Fraction) -> str:
    return say("{earned} of {marks}", earned=among_words(marks_text(earned)), marks=among_words(marks_text(marks)))


def marks_text(marks: Fraction) -> str:
    """`6`, `1.5`, `2 1/3`."""
    if marks.denominator == 1 or Fraction(round(marks * 100), 100) == marks:
        return f"{float(marks):g}"
    whole, rest = divmod(marks, 1)
    return f"{int(whole)} {rest}" if whole else str(rest)


# ---------------------------------------------------------------- the table


def _verdicts(report: Report, causes: Mapping[Key, Cause]) -> Table:
    marked = bool(report.exercise.marks)
    # Where every answer is one number, no entry needs a place.
    placed = any(part.shape != (1, 1) for part in report.parts)
    rows: list[tuple[Text, ...]] = []
    for part in report.parts:
        for number, one in enumerate(part.judged):
            name: Text = (name_row(report, part.key),) if number == 0 else ()
            score: tuple[Text, ...] = ((_part_score(part) if number == 0 else "",),) if marked else ()
            rows.append(
                (
                    name,
                    *(((place(part, number),),) if placed else ()),
                    (entry_text(one.entry),),
                    (verdict_text(one, causes.get(part.key)),),
                    *score,
                )
            )
    score_head: tuple[Text, ...] = ((say("marks"),),) if marked else ()
    heads: tuple[Text, ...] = ((), ()) if placed else ((),)
    return Table((*heads, (say("yours"),), (say("verdict"),), *score_head), tuple(rows))


def _part_score(part: Part) -> str:
    return _of_marks(part.earned, part.marks) if part.marks else "–"


def name_row(report: Report, key: Key) -> Row:
    """A quantity as it is printed: h₁."""
    return row(symbol(ref_at(*key), report.exercise.symbols))


def place(part: Part, number: int) -> str:
    """Which entry: `[2]` of a vector, `[1,2]` of a matrix."""
    rows, columns = part.shape
    if rows == columns == 1:
        return ""
    if columns == 1 or rows == 1:
        return f"[{number + 1}]"
    return f"[{number // columns + 1},{number % columns + 1}]"


def entry_text(entry: Entry) -> str:
    """What the student wrote."""
    if entry is None:
        return ""
    return _short(among_words(entry.text.replace("-", "−")) if isinstance(entry, Written) else entry.text)


def _short(text: str) -> str:
    plain = printable(" ".join(text.split()))
    return plain if len(plain) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"


def verdict_text(judged: Judged, cause: Cause | None = None) -> str:
    """The verdict in words; what is accepted but not worth a whole mark says what it is worth."""
    words = said(_WORDS[judged.verdict])
    if judged.verdict == "wrong" and cause is not None and cause.named:
        words = say("wrong here: {mistake}", mistake=translated(cause.groups[0][0].mistake.title))
    if judged.verdict == "invalid" and isinstance(judged.entry, Unreadable):
        words = say("not read: {reason}", reason=said(judged.entry.reason))
    if judged.verdict in ("wrong", "invalid", "missing") or judged.credit == 1:
        return words
    return say("{verdict} (counts {credit})", verdict=words, credit=judged.credit)


_WORDS: dict[Verdict, Message] = {
    "exact": Message("right"),
    "carried": Message("right, from your own rounded numbers"),
    "last digit": Message("right but for the last digit"),
    "truncated": Message("right, but cut instead of rounded"),
    "too few digits": Message("right value, too few digits"),
    "follows": Message("follows from your wrong number above"),
    "wrong": Message("wrong here"),
    "invalid": Message("not read"),
    "missing": Message("no answer"),
}


def _remarks(report: Report) -> Iterator[Block]:
    """Advice that goes for several entries, once."""
    found = {one.verdict for part in report.parts for one in part.judged}
    if "carried" in found:
        yield _note(say("keep more digits on the way, and round only what you write down at the end."))
    if "truncated" in found:
        yield _note(say("some numbers are cut off; the next digit decides whether to round up."))
    if "too few digits" in found and report.policy.digits:
        yield _note(say("the exercise asks for {digits} digits.", digits=report.policy.digits))


def rule(policy: Policy) -> str:
    """The rule applied, in one sentence that a student can check."""
    if policy.tolerance is None:
        near = say("a number is right if it is the true value rounded to the digits you wrote")
    else:
        near = say(
            "a number is right if it differs from the true value by {tolerance} at most",
            tolerance=among_words(exact_text(policy.tolerance)),
        )
    if policy.rounding == "end":
        return say("{near}; numbers on the way must not be rounded.", near=near)
    if policy.digits:
        return say(
            "{near}, or follows from your own rounded numbers, each to {digits} digits.",
            near=near,
            digits=policy.digits,
        )
    return say("{near}, or follows from your own rounded numbers.", near=near)


# ---------------------------------------------------------------- the first wrong step


def first_wrong_step(report: Report, marking: Marking) -> Iterator[Block]:
    """Which step it is, its formula, and the formula with the student's own numbers put in."""
    key = report.first_wrong
    assert key is not None
    stage = next((stage for stage in report.exercise.stages if key[0] in stage.of), None)
    heading = say("First wrong step: {stage}", stage=said(stage.title)) if stage else say("First wrong step")
    yield Heading(2, heading)
    hidden = _hidden_before(report, marking, key)
    if len(hidden) <= MOST_HIDDEN:
        yield from (Derivation(tuple(_formulas(report, marking, one))) for one in hidden)
    else:
        words = say(
            "{number} steps that you do not show lead to it; show them to see which one is wrong.", number=len(hidden)
        )
        yield Prose((words,))
    yield Derivation(tuple(_formulas(report, marking, key)))


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
    step, plan = marking.steps[key], report.exercise.network.plan
    last = {letter.upper(): length for letter, length in plan.lengths.items()}
    expression = bind(step.equation.expression, {**last, **step.letters})
    symbols, is_scalar = report.exercise.symbols, scalar_by(report.exercise.network.shapes.sizes)
    shown = {answer.key: answer.entries for answer in report.answers.answers}

    def own(part: Expr) -> Row | None:
        return _own_number(part, shown, marking) if isinstance(part, Ref) else None

    yield Line("equals", formula(expression, Style(symbols, is_scalar=is_scalar)), name_row(report, key))
    written_out = unfold(expression, plan.lengths, MOST_TERMS)
    put_in = formula(written_out, Style(symbols, own, is_scalar))
    if put_in != formula(written_out, Style(symbols, is_scalar=is_scalar)):
        yield Line("equals", put_in)


def _own_number(ref: Ref, shown: dict[Key, tuple[Entry, ...]], marking: Marking) -> Row | None:
    """What the student wrote for a quantity, or what is given; None where it stays a letter."""
    key = ref.name, tuple(index.offset for index in ref.indices)
    if any(index.base for index in ref.indices):
        return None
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


# ---------------------------------------------------------------- why it is wrong


def told(report: Report, marking: Marking, cause: Cause) -> Iterator[Block]:
    """The cause, if it is known: in words, as a formula, with a hint; several as a list."""
    if not cause.groups:
        return
    first, symbols = cause.groups[0][0], report.exercise.symbols
    if cause.named:
        yield Prose((say("Most likely: {mistake}.", mistake=mistake_text(first, symbols)), *_twins(cause.groups[0])))
        if isinstance(first, Hypothesis) and (wrong := wrong_formula(report, marking, first, cause.steps[0])):
            yield Prose((say("Your numbers are what this gives:"),))
            yield Derivation((wrong,))
        yield Notice("note", (translated(first.mistake.hint),), say("hint"))
        return
    candidates = dict.fromkeys(mistake_text(group[0], symbols) for group in cause.groups)
    if len(candidates) == 1:
        yield Prose((say("Possibly: {mistake}.", mistake=mistake_text(first, symbols)), *_twins(cause.groups[0])))
        yield Notice("note", (translated(first.mistake.hint),), say("hint"))
        return
    yield Prose((say("Your numbers fit more than one cause:"),))
    yield Listing(tuple((f"– {candidate}",) for candidate in candidates))


def _twins(group: tuple[Explanation, ...]) -> tuple[str, ...]:
    """Other mistakes that give the same numbers. Where a wrong equation does, a slip of the pen need not be told."""
    first = group[0]
    rivals = [one for one in group if isinstance(one, Hypothesis)] if isinstance(first, Hypothesis) else group
    others = dict.fromkeys(translated(one.mistake.title) for one in rivals if one.mistake.slug != first.mistake.slug)
    if not others:
        return ()
    return (" ", say("With these numbers it cannot be told from: {others}.", others=", ".join(others)))


def mistake_text(explanation: Explanation, symbols: Mapping[str, str]) -> str:
    """`bias forgotten in f and i`, in the language spoken; `symbols` are how the quantities are printed."""
    title, place = translated(explanation.mistake.title), where(explanation, symbols)
    return say("{mistake} {place}", mistake=title, place=place) if place else title


def where(explanation: Explanation, symbols: Mapping[str, str]) -> str:
    """`in f and i, at time step 2`; for a copied number `(h₁)`, where it stands."""
    if isinstance(explanation, NumberSlip):
        key = explanation.source
        return f"({unicode(row(symbol(ref_at(*key), symbols)))})" if key is not None else ""
    names = "".join(listed([unicode(row(symbol(Ref(name), symbols))) for name in explanation.names]))
    if explanation.only is None:
        return say("in {names}", names=names)
    return say("in {names}, at time step {step}", names=names, step=explanation.only)


def wrong_formula(report: Report, marking: Marking, explanation: Hypothesis, key: Key) -> Line | None:
    """The wrong equation at the step, or at the hidden step before it that it changes."""
    for one in (key, *_hidden_before(report, marking, key)):
        expression = explanation.expression(marking.steps[one].equation, one[1])
        if expression is not None:
            return Line("equals", _printed(report, marking, one, expression), name_row(report, one))
    return None


def _printed(report: Report, marking: Marking, key: Key, expression: Expr) -> Row:
    """A formula with its positions put in."""
    step, plan = marking.steps[key], report.exercise.network.plan
    last = {letter.upper(): length for letter, length in plan.lengths.items()}
    style = Style(report.exercise.symbols, is_scalar=scalar_by(report.exercise.network.shapes.sizes))
    return formula(bind(expression, {**last, **step.letters}), style)


# ---------------------------------------------------------------- the right values


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
