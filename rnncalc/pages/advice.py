"""Findings of `rnncalc lint` → document and record: what the numbers of an exercise hide, in words."""

from collections.abc import Sequence
from typing import Any, assert_never

from rnncalc.checking import Marking
from rnncalc.checking.lint import Alike, Finding, ModelFails, Reason, TooSmall, Unnoticed
from rnncalc.document import Block, Document, Heading, Notice, Prose
from rnncalc.formula import unicode
from rnncalc.languages import SOURCE, Message, counted, language, say, speaking, translated
from rnncalc.pages.handbook import printed_name

SCHEMA = "rnncalc/lint/1"
_REASONS = {
    "one unit": Message(
        "{names}: a state with one unit; transposed matrices, and a reset gate before or after, look the same."
    ),
    "zero state": Message(
        "{names}: zero before the only step; nothing that multiplies it can be seen. Give an initial state."
    ),
    "symmetric": Message("{names}: symmetric; whoever transposes it gets the same numbers."),
    "equal": Message("{names}: equal; whoever takes one for the other gets the same numbers."),
    "saturated": Message("{names}: an entry is as good as 0, 1 or −1; what went into it can hardly be seen."),
}


def lint_page(marking: Marking, findings: Sequence[Finding]) -> Document:
    """The page for the author of an exercise."""
    with speaking(language(marking.exercise.lang)):
        number = len(findings)
        summary = counted("{number} finding", "{number} findings", number) if findings else say("no findings")
        return Document(marking.exercise.title, tuple(_blocks(marking, findings)), summary, language())


def _blocks(marking: Marking, findings: Sequence[Finding]) -> list[Block]:
    blocks: list[Block] = []
    plain = [one for one in findings if isinstance(one, ModelFails | TooSmall | Reason)]
    blocks += [Notice("warning", (sentence(marking, one),), say("warning")) for one in plain]
    unnoticed, alike = say("Mistakes that change no digit"), say("Mistakes that look the same")
    for title, kind in ((unnoticed, Unnoticed), (alike, Alike)):
        lines = [sentence(marking, one) for one in findings if isinstance(one, kind)]
        if lines:
            blocks += [Heading(2, title), *(Prose((f"– {line}",)) for line in lines)]
    if not findings:
        blocks.append(Prose((say("Every mistake of the catalogue shows, and each in its own way."),)))
    return blocks


def sentence(marking: Marking, finding: Finding) -> str:
    """One finding in words."""
    key = marking.exercise.quantities.key
    match finding:
        case ModelFails(step):
            return say(
                "{quantity}: the right answer, rounded as asked, does not pass; ask for more digits.",
                quantity=key(*step),
            )
        case TooSmall(step, _):
            return say(
                "{quantity}: an entry is smaller than the tolerance, so that 0 is accepted.", quantity=key(*step)
            )
        case Reason(kind, names):
            return say(_REASONS[kind].template, names=_names(marking, names))
        case Unnoticed(title, names):
            return _in((title,), _names(marking, names))
        case Alike(titles, names):
            return _in(titles, _names(marking, names))
        case _:
            assert_never(finding)


def _in(titles: Sequence[str], names: str) -> str:
    return say("{mistakes}: in {names}", mistakes=" = ".join(map(translated, titles)), names=names)


def _names(marking: Marking, names: Sequence[str]) -> str:
    return ", ".join(unicode(printed_name(name, marking.exercise.symbols)) for name in names)


def lint_record(marking: Marking, findings: Sequence[Finding]) -> dict[str, Any]:
    """What `--json` prints, in English, described in docs/json-answers.md."""
    exercise = marking.exercise
    with speaking(SOURCE):
        found = [{"kind": _kind(one), "text": sentence(marking, one)} for one in findings]
    return {
        "schema": SCHEMA,
        "exercise": {"name": exercise.name, "title": exercise.title, "source": exercise.source},
        "findings": found,
    }


def _kind(finding: Finding) -> str:
    match finding:
        case ModelFails():
            return "model answer fails"
        case TooSmall():
            return "answer too small"
        case Reason(kind, _):
            return kind
        case Unnoticed():
            return "mistake unnoticed"
        case Alike():
            return "mistakes alike"
        case _:
            assert_never(finding)
