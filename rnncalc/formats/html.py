"""A document as one web page that needs nothing else: formulas in MathML with their font, steps that fold, no script.

Every formula carries its words for screen readers. All text is escaped, and the page forbids scripts to itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import assert_never

from msgspec.structs import replace

from rnncalc.document import (
    Answer,
    Bars,
    Block,
    Derivation,
    Document,
    Fields,
    Given,
    Graph,
    Heading,
    Heat,
    Hints,
    Line,
    Listing,
    Notice,
    Part,
    Prose,
    Space,
    Table,
    Text,
    answers_together,
    labels,
)
from rnncalc.errors import printable
from rnncalc.formats._breaks import pieces
from rnncalc.formats._ordinal import ordinal
from rnncalc.formats._svg import svg
from rnncalc.formats.boxes import ANSWER_LIMITS, PAGE_LIMITS, Limits, elided_row, inline, untied
from rnncalc.formats.page import style
from rnncalc.formats.spelling import mathml, spoken
from rnncalc.formula import Atom, Operator, Row, joined, row
from rnncalc.languages import Code, language, speaking

ENDING = ".html"
_STEP = 2
_MOST_NAMES = 4
_LINE = 2.1
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"


def write(document: Document) -> str:
    """The document as an HTML page that ends in a line break."""
    code = language(document.language)
    with speaking(code):
        body = _body(document.blocks)
    source = f'<p class="source">{_words(document.source)}</p>\n' if document.source else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{_words(code)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_words(document.title)}</title>\n<style>\n{style()}</style>\n</head>\n<body>\n<main>\n"
        f"<header>\n<h1>{_words(document.title)}</h1>\n{source}</header>\n"
        f"{body}</main>\n</body>\n</html>\n"
    )


# The page


def _body(blocks: Sequence[Block]) -> str:
    """The blocks; a step can be folded away under its heading, answers that follow each other stand together."""
    lines: list[str] = []
    folded = False
    for part in answers_together(blocks):
        if folded and _ends_a_step(part):
            lines.append("</details>")
            folded = False
        if isinstance(part, Heading) and part.level == _STEP:
            lines.append(f"<details open>\n<summary><h3>{_title(part)}</h3></summary>")
            folded = True
        elif isinstance(part, tuple):
            lines.extend(_answers(part))
        else:
            lines.extend(_block(part))
    return "\n".join([*lines, *(["</details>"] if folded else []), ""])


def _ends_a_step(block: Block | tuple[Answer, ...]) -> bool:
    match block:
        case Heading(level):
            return level <= _STEP
        case Prose(of_all=of_all) | Notice(of_all=of_all):
            return of_all
        case _:
            return isinstance(block, tuple | Table | Part)


def _block(block: Block) -> Iterable[str]:
    match block:
        case Heading(level):
            return [f"<h{level + 1}>{_title(block)}</h{level + 1}>"]
        case Prose(text):
            return [f"<p>{_run(text)}</p>"]
        case Notice():
            return [_notice(block)]
        case Derivation(lines):
            return _derivation(lines)
        case Hints():
            return _hints(block)
        case Given():
            return _given(block)
        case Table(header, rows):
            return _table(header, [[f"<td>{_run(cell)}</td>" for cell in cells] for cells in rows])
        case Bars(header, rows, lengths):
            return _table(header, [_with_bars(*line) for line in zip(rows, lengths, strict=True)], "bars")
        case Answer():
            return _answers([block])
        case Listing(lines):
            return [f"<pre>{chr(10).join(escape(untied(inline(text))) for text in lines)}</pre>"]
        case Part():
            return _part(block)
        case Fields(labels):
            fields = "".join(f"<div>{_words(label)}<span></span></div>" for label in labels)
            return [f'<div class="fields">{fields}</div>']
        case Heat(header, rows, shades):
            return _table(header, [_shaded(*line) for line in zip(rows, shades, strict=True)], "heat")
        case Graph():
            return [f'<div class="scroll" tabindex="0">{svg(block)}</div>']
        case Space(lines):
            return [f'<div class="space" style="height:{_LINE * lines:g}em"></div>']
        case _:
            assert_never(block)


def _title(heading: Heading) -> str:
    number = f'<span class="number">{_words(ordinal(heading.number))}</span> ' if heading.number else ""
    aside = f' <span class="aside">{_words(heading.aside)}</span>' if heading.aside else ""
    return f"{number}{_words(heading.title)}{aside}"


def _part(part: Part) -> Iterator[str]:
    aside = f' <span class="aside">{_words(part.aside)}</span>' if part.aside else ""
    source = f'<p class="source">{_words(part.source)}</p>' if part.source else ""
    number = f'<span class="number">{_words(part.number)} ·</span> '
    yield f'<header class="part"><h1>{number}{_words(part.title)}{aside}</h1>{source}</header>'


def _notice(notice: Notice) -> str:
    label = f'<span class="label">{_words(notice.label or notice.kind)}:</span>'
    return f'<div class="notice {notice.kind}" role="note">{label} {_run(notice.text)}</div>'


def _table(header: Sequence[Text], rows: Iterable[Sequence[str]], kind: str = "") -> Iterator[str]:
    named = f' class="{kind}"' if kind else ""
    yield f'<div class="scroll" tabindex="0"><table{named}>'
    heads = "".join(f'<th scope="col">{_run(cell)}</th>' for cell in header)
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    yield from (f"<tr>{''.join(cells)}</tr>" for cells in rows)
    yield "</tbody></table></div>"


def _with_bars(cells: Sequence[Text], lengths: Sequence[float]) -> list[str]:
    """The numbers of a row, each over its bar."""
    drawn = [
        f'<td>{_run(text)}<span class="bar" style="width:{100 * length:.4g}%"></span></td>' if text else "<td></td>"
        for text, length in zip(cells[1:], lengths, strict=True)
    ]
    return [f"<td>{_run(cells[0])}</td>", *drawn]


def _shaded(cells: Sequence[Text], shades: Sequence[float]) -> list[str]:
    """The numbers of a row, each on a ground as dark as it is large."""
    drawn = [
        f'<td style="--shade:{100 * shade:.3g}%">{_run(text)}</td>' if text else "<td></td>"
        for text, shade in zip(cells[1:], shades, strict=True)
    ]
    return [f"<td>{_run(cells[0])}</td>", *drawn]


# Text


def _words(text: str) -> str:
    return escape(printable(text))


def _run(text: Text) -> str:
    return "".join(map(_piece, text))


def _piece(piece: str | Code | Atom) -> str:
    match piece:
        case str():
            return _words(piece)
        case Code(code):
            return f"<code>{_words(code)}</code>"
        case _:
            return _math(row(piece))


# Formulas


def _math(formula: Row, limits: Limits = PAGE_LIMITS) -> str:
    shown = elided_row(formula, limits)
    return f'<math aria-label="{escape(spoken(shown))}">{mathml(shown)}</math>'


def _breakable(formula: Row, limits: Limits = PAGE_LIMITS) -> str:
    """A formula that may go on on the next line before a sum or a relation sign."""
    parts = list(pieces(elided_row(formula, limits)))
    if len(parts) == 1:
        return _math(formula, limits)
    inside = "<wbr>".join(f'<math aria-hidden="true">{mathml(piece)}</math>' for piece in parts)
    return f'<span role="math" aria-label="{escape(spoken(formula))}">{inside}</span>'


def _derivation(lines: Sequence[Line]) -> Iterator[str]:
    yield '<div class="derivation">'
    for line in lines:
        left = row(*(line.left.atoms if line.left else ()), Operator(line.relation))
        yield f'<div class="left">{_math(left)}</div><div class="right">{_breakable(line.right)}</div>'
        if line.asides:
            workings = "".join(f"<div>{_run(aside)}</div>" for aside in line.asides)
            yield f'<div class="workings">{workings}</div>'
    yield "</div>"


def _hints(hints: Hints) -> Iterator[str]:
    """Each hint folded away; it stands alone when it is opened."""
    for line, label in zip(hints.lines, hints.labels, strict=True):
        yield f'<details class="hint">\n<summary>{_words(label)}</summary>'
        yield from _derivation((replace(line, left=hints.lines[0].left),))
        yield "</details>"


def _given(given: Given) -> Iterator[str]:
    yield f'<ul class="given"><li class="label">{_words(given.label)}</li>'
    yield from (f"<li>{_shared(names, value)}</li>" for names, value in given.entries)
    yield "</ul>"


def _shared(names: Sequence[Row], value: Row) -> str:
    """A value with the names of all that have it; a long list of names may be broken."""
    formula = joined("equals", (*names, value))
    return _breakable(formula) if len(names) > _MOST_NAMES else _math(formula)


def _answers(answers: Sequence[Answer]) -> Iterator[str]:
    yield '<div class="answers">'
    for answer, said in zip(answers, labels(answers), strict=True):
        formula = row(answer.name, Operator(answer.relation), answer.value)
        remarks = "".join(f' <span class="remark">{_run(remark)}</span>' for remark in answer.remarks)
        label = f'<span class="label">{_words(said)}</span>'
        yield f"<div>{label}{_breakable(formula, ANSWER_LIMITS)}{remarks}</div>"
    yield "</div>"
