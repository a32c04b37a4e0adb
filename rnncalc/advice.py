"""Findings of `rnncalc lint` → document and record: what the numbers of an exercise hide, in words."""

from collections.abc import Sequence
from typing import Any, assert_never

from rnncalc.checking import Marking
from rnncalc.checking.lint import Alike, Finding, ModelFails, Reason, TooSmall, Unnoticed
from rnncalc.document import Block, Document, Heading, Notice, Prose
from rnncalc.formula import unicode
from rnncalc.handbook import printed_name

SCHEMA = "rnncalc/lint/1"
_REASONS = {
    "one unit": "{names}: a state with one unit; transposed matrices, and a reset gate before or after, look the same.",
    "zero state": "{names}: zero before the only step; nothing that multiplies it can be seen. Give an initial state.",
    "symmetric": "{names}: symmetric; whoever transposes it gets the same numbers.",
    "equal": "{names}: equal; whoever takes one for the other gets the same numbers.",
    "saturated": "{names}: an entry is as good as 0, 1 or −1; what went into it can hardly be seen.",
}


def lint_page(marking: Marking, findings: Sequence[Finding]) -> Document:
    """The page for the author of an exercise."""
    blocks: list[Block] = []
    plain = [one for one in findings if isinstance(one, ModelFails | TooSmall | Reason)]
    blocks += [Notice("warning", (sentence(marking, one),)) for one in plain]
    for title, kind in (("Mistakes that change no digit", Unnoticed), ("Mistakes that look the same", Alike)):
        lines = [sentence(marking, one) for one in findings if isinstance(one, kind)]
        if lines:
            blocks += [Heading(2, title), *(Prose((f"– {line}",)) for line in lines)]
    if not findings:
        blocks.append(Prose(("Every mistake of the catalogue shows, and each in its own way.",)))
    return Document(marking.exercise.title, tuple(blocks), f"{len(findings)} findings" if findings else "no findings")


def sentence(marking: Marking, finding: Finding) -> str:
    """One finding in words."""
    key = marking.exercise.quantities.key
    match finding:
        case ModelFails(step):
            return f"{key(*step)}: the right answer, rounded as asked, does not pass; ask for more digits."
        case TooSmall(step, _):
            return f"{key(*step)}: an entry is smaller than the tolerance, so that 0 is accepted."
        case Reason(kind, names):
            return _REASONS[kind].format(names=_names(marking, names))
        case Unnoticed(title, names):
            return f"{title}: in {_names(marking, names)}"
        case Alike(titles, names):
            return f"{' = '.join(titles)}: in {_names(marking, names)}"
        case _:
            assert_never(finding)


def _names(marking: Marking, names: Sequence[str]) -> str:
    return ", ".join(unicode(printed_name(name, marking.exercise.symbols)) for name in names)


def lint_record(marking: Marking, findings: Sequence[Finding]) -> dict[str, Any]:
    """What `--json` prints, described in docs/json-answers.md."""
    exercise = marking.exercise
    return {
        "schema": SCHEMA,
        "exercise": {"name": exercise.name, "title": exercise.title, "source": exercise.source},
        "findings": [{"kind": _kind(one), "text": sentence(marking, one)} for one in findings],
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
