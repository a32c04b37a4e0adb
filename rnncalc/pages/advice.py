"""Findings of `rnncalc lint` → document and record: what the numbers of an exercise hide, in words."""

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from rnncalc.checking import Marking
from rnncalc.checking.linting.hiding import SAME_ADVICE, ZERO_START, Alike, Unexamined, Unnoticed
from rnncalc.checking.linting.lint import Finding, ModelFails, TooSmall, is_note
from rnncalc.checking.linting.trials import NEVER, NUMBERS, Trait
from rnncalc.document import Block, Document, Heading, Notice, Prose, Table, Text
from rnncalc.formula import unicode
from rnncalc.languages import SOURCE, Message, counted, language, said, say, speaking, translated
from rnncalc.pages.described import printed_name

SCHEMA = "rnncalc/lint/1"
_TRAITS = {
    "one unit": Message(
        "{names}: a state with one unit; transposed matrices, and a reset gate before or after, look the same."
    ),
    "zero state": Message("{names}: zero before the first step; give an initial state, and what it hides will show."),
    "symmetric": Message("{names}: symmetric; whoever transposes it gets the same numbers."),
    "equal": Message("{names}: equal; whoever takes one for the other gets the same numbers."),
    "saturated": Message("{names}: an entry is as good as 0, 1 or −1; what went into it can hardly be seen."),
}
_HEADINGS = {
    "zero state": Message("Hidden by the zeros before the first step"),
    "equal": Message("Hidden by equal weights"),
    "symmetric": Message("Hidden by symmetric matrices"),
    NUMBERS: Message("Hidden by these numbers"),
    ZERO_START: Message("The same where a sequence begins with zero"),
    NEVER: Message("The same, or nothing, with all numbers"),
    SAME_ADVICE: Message("The same, and so is what a student is told"),
}


def lint_page(marking: Marking, findings: Sequence[Finding]) -> Document:
    """The page for the author of an exercise: what to act on, and then, as notes, what no other numbers would mend."""
    with speaking(language(marking.exercise.lang)):
        number = sum(map(_counts, findings))
        summary = counted("{number} finding", "{number} findings", number) if number else say("no findings")
        return Document(marking.exercise.title, tuple(_blocks(marking, findings)), summary, language())


def _counts(finding: Finding) -> bool:
    """Whether it is told by itself: what a trait of the data hides is told under the trait."""
    return not is_note(finding) and getattr(finding, "because", NUMBERS) == NUMBERS


def _blocks(marking: Marking, findings: Sequence[Finding]) -> Iterator[Block]:
    if all(map(is_note, findings)):
        yield Prose((say("Every mistake that numbers can show shows, and each in its own way."),))
    plain = [one for one in findings if isinstance(one, ModelFails | TooSmall | Trait)]
    yield from (Notice("warning", (sentence(marking, one),), say("warning")) for one in plain)
    yield from (
        Notice("note", (sentence(marking, one),), say("note")) for one in findings if isinstance(one, Unexamined)
    )
    yield from hidden_tables(marking, findings)


def hidden_tables(marking: Marking, findings: Sequence[Finding]) -> Iterator[Block]:
    """The mistakes that are hidden, under the reasons; notes come last."""
    noted = False
    for because, heading in _HEADINGS.items():
        hidden = [one for one in findings if isinstance(one, Unnoticed | Alike) and one.because == because]
        if hidden:
            if is_note(hidden[0]) and not noted:
                yield Heading(1, say("Notes: nothing to act on"))
                noted = True
            yield Heading(2, said(heading))
            yield from _tables(marking, hidden)


def _tables(marking: Marking, hidden: Sequence[Unnoticed | Alike]) -> Iterator[Block]:
    unnoticed: list[tuple[Text, ...]] = []
    alike: list[tuple[Text, ...]] = []
    for one in hidden:
        names: Text = (names_text(marking, one.names),)
        if isinstance(one, Unnoticed):
            unnoticed.append(((translated(one.title),), names))
        else:
            alike.append(((" = ".join(map(translated, one.titles)),), names))
    for head, rows in ((say("changes no digit"), unnoticed), (say("look the same"), alike)):
        if rows:
            yield Table(((head,), (say("made in"),)), tuple(rows))


def sentence(marking: Marking, finding: Finding) -> str:
    """One finding in words."""
    key = marking.exercise.quantities.key
    match finding:
        case ModelFails(step):
            return say(
                "{quantity}: the right answer, rounded as asked, does not pass; ask for more digits.",
                quantity=key(*step),
            )
        case TooSmall(step):
            return say("{quantity}: an entry is so small that 0 is accepted; ask for more digits.", quantity=key(*step))
        case Trait(kind, names):
            return say(_TRAITS[kind].template, names=names_text(marking, names))
        case Unnoticed(title, names, _):
            return _in((title,), names_text(marking, names))
        case Alike(titles, names, _):
            return _in(titles, names_text(marking, names))
        case Unexamined(examined, mistakes):
            return say(
                "the exercise is long: {examined} of {mistakes} mistakes were examined.",
                examined=examined,
                mistakes=mistakes,
            )
        case _:
            assert_never(finding)


def _in(titles: Sequence[str], names: str) -> str:
    return say("{mistakes}: in {names}", mistakes=" = ".join(map(translated, titles)), names=names)


def names_text(marking: Marking, names: Sequence[str]) -> str:
    """The quantities as they are printed: `z, r, h̃`."""
    return ", ".join(unicode(printed_name(name, marking.exercise.symbols)) for name in names)


def lint_record(marking: Marking, findings: Sequence[Finding]) -> dict[str, Any]:
    """What `--json` prints, in English, described in docs/json-answers.md."""
    exercise = marking.exercise
    with speaking(SOURCE):
        found = [_found(marking, one) for one in findings if not is_note(one)]
        notes = [_found(marking, one) for one in findings if is_note(one)]
    return {
        "schema": SCHEMA,
        "exercise": {"name": exercise.name, "title": exercise.title, "source": exercise.source},
        "findings": found,
        "notes": notes,
    }


def _found(marking: Marking, finding: Finding) -> dict[str, Any]:
    because = finding.because if isinstance(finding, Unnoticed | Alike) else None
    return {"kind": _kind(finding), "because": because, "text": sentence(marking, finding)}


def _kind(finding: Finding) -> str:
    match finding:
        case ModelFails():
            return "model answer fails"
        case TooSmall():
            return "answer too small"
        case Trait(kind, _):
            return kind
        case Unexamined():
            return "mistakes unexamined"
        case Unnoticed():
            return "mistake unnoticed"
        case Alike():
            return "mistakes alike"
        case _:
            assert_never(finding)
