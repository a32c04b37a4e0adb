"""A document as a typst file, from which `pdf` makes pages. What comes from a file stands between quotation marks."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import assert_never

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
from rnncalc.formats._breaks import pieces, tables, width_of
from rnncalc.formats._ordinal import ordinal
from rnncalc.formats._svg import svg, words
from rnncalc.formats.boxes import ANSWER_LIMITS, PAGE_LIMITS, Limits, cell_width, elided_row, inline, plain, untied
from rnncalc.formats.page import preamble
from rnncalc.formats.spelling import quoted, typst
from rnncalc.formula import Atom, Operator, Row, joined, row
from rnncalc.languages import Code, language, speaking

ENDING = ".typ"
# What fits on a line, in characters of a terminal: an estimate, as typst measures only later.
_WIDTH = 84
_LEFT = 8
_LINE = 1.8
_SHORT = 12
"""So many rows of a table are kept on one page."""


def write(document: Document) -> str:
    """The document as a typst file that ends in a line break."""
    code = language(document.language)
    with speaking(code):
        drawn = chain.from_iterable(map(_block, answers_together(document.blocks)))
        lines = [*_titled(_words(document.title), document.source), *drawn]
    head = f"#set document(title: {quoted(document.title)}, date: none)\n"
    return head + preamble("preamble.typ").replace("LANGUAGE", quoted(code)) + "\n" + "\n\n".join(lines) + "\n"


def _titled(title: str, source: str) -> Iterator[str]:
    yield f'#text(size: 1.6em, weight: "bold")[{title}]'
    if source:
        yield f"#aside[{_words(source)}]"
    yield "#line(length: 100%, stroke: 0.8pt)"


def _block(block: Block | tuple[Answer, ...]) -> Iterable[str]:
    match block:
        case tuple():
            return [_answers(block)]
        case Heading():
            return [_heading(block)]
        case Prose(text):
            return [_run(text)]
        case Notice(kind, text, label):
            return [f'#notice("{kind}")[*{_words(label or kind)}:* {_run(text)}]']
        case Derivation(lines) | Hints(lines):
            return [_derivation(lines)]
        case Given():
            return [_given(block)]
        case Table():
            parts = tables(block, _WIDTH)
            return [_table(part.header, [list(map(_run, cells)) for cells in part.rows]) for part in parts]
        case Bars(header, rows, lengths):
            return [_bars(header, [_with_bars(*line) for line in zip(rows, lengths, strict=True)])]
        case Answer():
            return [_answers([block])]
        case Listing(lines):
            return [f"#listing({', '.join(quoted(untied(inline(line))) for line in lines)})"]
        case Part(title, number, aside, source):
            noted = f"{_words(number)} · {_words(title)}" + (f" #h(0.8em) #aside[{_words(aside)}]" if aside else "")
            return ["#pagebreak(weak: true)", *_titled(noted, source)]
        case Fields(labels):
            return [f"#fields({', '.join(quoted(label) for label in labels)})"]
        case Heat(header, rows, shades):
            return [_table(header, [_shaded(*line) for line in zip(rows, shades, strict=True)])]
        case Graph():
            return [f'#fitted(image(bytes({quoted(svg(block))}), format: "svg", alt: {quoted(words(block))}))']
        case Space(lines):
            return [f"#block(height: {_LINE * lines:g}em, sticky: true)"]
        case _:
            assert_never(block)


def _heading(heading: Heading) -> str:
    number = f"{_words(ordinal(heading.number))} " if heading.number else ""
    aside = f" #h(0.8em) #aside[{_words(heading.aside)}]" if heading.aside else ""
    return f"#heading(level: {heading.level})[{number}{_words(heading.title)}{aside}]"


# Text


def _words(text: str) -> str:
    return f"#{quoted(plain(text))}" if text else ""


def _run(text: Text) -> str:
    return "".join(map(_run_piece, text))


def _run_piece(piece: str | Code | Atom) -> str:
    match piece:
        case str():
            return _words(piece)
        case Code(code):
            return f"#raw({quoted(plain(code))})"
        case _:
            return f"${_formula(row(piece))}$"


def _table(header: Sequence[Text], rows: Sequence[Sequence[str]]) -> str:
    heads = ", ".join(f"[{_run(cell)}]" for cell in header)
    lines = "\n".join("  " + ", ".join(f"[{cell}]" for cell in cells) + "," for cells in rows)
    table = f"table(columns: {len(header)}, table.header({heads}), table.hline(stroke: 0.6pt),\n{lines}\n)"
    return f"#short({table})" if len(rows) <= _SHORT else f"#{table}"


def _bars(header: Sequence[Text], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns of bars share the width."""
    columns = ", ".join(["auto", *["1fr"] * (len(header) - 1)])
    return _table(header, rows).replace(f"columns: {len(header)}", f"columns: ({columns})", 1)


def _with_bars(cells: Sequence[Text], lengths: Sequence[float]) -> list[str]:
    """The numbers of a row, each with its bar behind it; all bars of a column begin at one place."""
    drawn = [
        f"#box(width: 4.2em)[{_run(text)}] #bar({length:.4g})" if text else ""
        for text, length in zip(cells[1:], lengths, strict=True)
    ]
    return [_run(cells[0]), *drawn]


def _shaded(cells: Sequence[Text], shades: Sequence[float]) -> list[str]:
    """The numbers of a row, each on a ground as dark as it is large."""
    pairs = zip(cells[1:], shades, strict=True)
    return [_run(cells[0]), *(f"#shade({shade:.3g})[{_run(text)}]" if text else "" for text, shade in pairs)]


# Formulas


def _formula(formula: Row, limits: Limits = PAGE_LIMITS) -> str:
    return typst(elided_row(formula, limits))


def _display(formula: Row, limits: Limits = PAGE_LIMITS) -> str:
    """A formula in its full size that goes on on the next line before a sum or a relation sign."""
    parts = list(pieces(elided_row(formula, limits)))
    spelt = [f"$display({_piece(part)})$" for part in parts]
    wide = max(width_of(part) for part in parts) > _WIDTH - _LEFT
    return " ".join(f"#fitted({one})" for one in spelt) if wide else " ".join(spelt)


def _piece(part: Row) -> str:
    """A piece of a broken formula. typst takes a sign at its beginning for that of a number, and sets it close."""
    match part.atoms:
        case (Operator("plus" | "minus") as sign, *others) if others:
            return f"{typst(sign)} med {typst(Row(tuple(others)))}"
        case _:
            return typst(part)


def _derivation(lines: Sequence[Line]) -> str:
    """The lines aligned at their relation signs, their workings below them."""
    cells = [cell for line in lines for cell in _line(line)]
    return "#derivation(\n" + "\n".join(f"  {cell}," for cell in cells) + "\n)"


def _line(line: Line) -> Iterator[str]:
    """The cells of a line; its workings stand beside it if there is room, and below it otherwise."""
    left = row(*(line.left.atoms if line.left else ()), Operator(line.relation))
    right, workings = _display(line.right), r" \ ".join(f"#working[{_run(aside)}]" for aside in line.asides)
    yield f"[$display({_formula(left)})$]"
    room = _WIDTH - _LEFT - width_of(elided_row(line.right, PAGE_LIMITS))
    if not workings:
        yield f"[{right}]"
    elif max(cell_width(inline(aside)) for aside in line.asides) < room:
        yield f"beside[{right}][{workings}]"
    else:
        yield from (f"[{right}]", "[]", f"[{workings}]")


def _given(given: Given) -> str:
    formulas = (_formula(joined("equals", (*names, value))) for names, value in given.entries)
    return f"#given([*{_words(given.label)}*], {', '.join(f'box(${one}$)' for one in formulas)})"


def _answers(answers: Sequence[Answer]) -> str:
    """The answers in a frame, with what is said of their digits behind them."""
    lines = []
    for answer, said in zip(answers, labels(answers), strict=True):
        formula = _display(row(answer.name, Operator(answer.relation), answer.value), ANSWER_LIMITS)
        remarks = "".join(f" #h(0.8em) #working[{_run(remark)}]" for remark in answer.remarks)
        lines.append(f"[#box(width: 5em)[*{_words(said)}*]{formula}{remarks}]")
    return f"#answers({', '.join(lines)})"
