"""A document as a LaTeX file for pdfLaTeX, XeLaTeX or LuaLaTeX: common packages, Vietnamese text, nothing read in."""

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
from rnncalc.formats._breaks import lines as broken
from rnncalc.formats._breaks import tables as dealt
from rnncalc.formats._breaks import width_of
from rnncalc.formats._ordinal import ordinal
from rnncalc.formats._tex import is_vietnamese, tex, tex_code, tex_formula
from rnncalc.formats.boxes import ANSWER_LIMITS, PAGE_LIMITS, Limits, elided_row, inline, untied
from rnncalc.formats.page import preamble
from rnncalc.formula import Atom, Operator, Row, joined, row
from rnncalc.languages import Code, speaking

ENDING = ".tex"
# What fits on a line, in characters of a terminal: an estimate, as TeX measures only later.
_WIDTH = 74
_SHORT = 6
"""A left side as wide as this takes nothing of the width."""
_TABLE_WIDTH = 88
_BAR_CM = 3.0


def write(document: Document) -> str:
    """The document as a LaTeX file that ends in a line break."""
    with speaking(document.language):
        drawn = chain.from_iterable(map(_block, answers_together(document.blocks)))
        body = "\n\n".join([*_titled(tex(document.title), document.source), *drawn])
    encodings = "T1,T5" if any(map(is_vietnamese, body)) else "T1"
    pictures = preamble("pictures.tex") if any(isinstance(block, Heat | Graph) for block in document.blocks) else ""
    head = preamble("preamble.tex").replace("ENCODINGS", encodings).replace("PICTURES", pictures)
    return f"{head}\n{body}\n\n\\end{{document}}\n"


def _titled(title: str, source: str) -> Iterator[str]:
    yield rf"{{\LARGE\bfseries {title}\par}}"
    if source:
        yield rf"{{\itshape {tex(source)}\par}}"
    yield r"\smallskip\hrule\medskip"


def _block(block: Block | tuple[Answer, ...]) -> Iterable[str]:
    match block:
        case tuple():
            return [_answers(block)]
        case Heading():
            return [_heading(block)]
        case Prose(text):
            return [_run(text)]
        case Notice(kind, text, label):
            return [rf"\begin{{quote}}\textbf{{{tex(label or kind)}:}} {_run(text)}\end{{quote}}"]
        case Derivation(lines) | Hints(lines):
            return _derivation(lines)
        case Given():
            return [_given(block)]
        case Table():
            return [
                _table(part.header, [list(map(_run, cells)) for cells in part.rows])
                for part in dealt(block, _TABLE_WIDTH)
            ]
        case Bars(header, rows, lengths):
            return [_table(header, [_with_bars(*line) for line in zip(rows, lengths, strict=True)])]
        case Answer():
            return [_answers([block])]
        case Listing(lines):
            return [_listing(lines)]
        case Part(title, number, aside, source):
            noted = tex(title) + (rf"\quad{{\normalfont\normalsize\itshape {tex(aside)}}}" if aside else "")
            return [r"\clearpage", *_titled(f"{tex(number)} · {noted}", source)]
        case Fields(labels):
            return [r"\bigskip " + "\\quad\n".join(rf"{tex(label)} \hrulefill" for label in labels) + r"\bigskip"]
        case Heat(header, rows, shades):
            return [_table(header, [_shaded(*line) for line in zip(rows, shades, strict=True)])]
        case Graph():
            return [_picture(block)]
        case Space(lines):
            return [rf"\vspace{{{lines}\baselineskip}}\nopagebreak"]
        case _:
            assert_never(block)


def _heading(heading: Heading) -> str:
    number = f"{tex(ordinal(heading.number))} " if heading.number else ""
    aside = rf"\quad{{\normalfont\normalsize\itshape {tex(heading.aside)}}}" if heading.aside else ""
    command = ("section", "subsection", "subsubsection")[heading.level - 1]
    return rf"\{command}*{{{number}{tex(heading.title)}{aside}}}"


def _run(text: Text) -> str:
    return "".join(map(_piece, text))


def _piece(piece: str | Code | Atom) -> str:
    match piece:
        case str():
            return tex(piece)
        case Code(code):
            return tex_code(code)
        case _:
            return f"${_formula(row(piece))}$"


def _table(header: Sequence[Text], rows: Sequence[Sequence[str]]) -> str:
    cells = [" & ".join(line) + r" \\" for line in ([_run(cell) for cell in header], *rows)]
    inside = "\n".join([cells[0] + r" \hline", *cells[1:]])
    return rf"\begin{{longtable}}[l]{{{'l' * len(header)}}}" + f"\n{inside}\n" + r"\end{longtable}"


def _with_bars(cells: Sequence[Text], lengths: Sequence[float]) -> list[str]:
    """The numbers of a row, each with its bar behind it."""
    drawn = [
        rf"\makebox[4em][l]{{{_run(text)}}}\rule{{{_BAR_CM * length:.2f}cm}}{{0.6em}}" if text else ""
        for text, length in zip(cells[1:], lengths, strict=True)
    ]
    return [_run(cells[0]), *drawn]


def _shaded(cells: Sequence[Text], shades: Sequence[float]) -> list[str]:
    """The numbers of a row, each on a ground as dark as it is large."""
    pairs = zip(cells[1:], shades, strict=True)
    return [
        _run(cells[0]),
        *(rf"\cellcolor{{blue!{55 * shade:.0f}}}{_run(text)}" if text else "" for text, shade in pairs),
    ]


_CORNERS = {
    "input": "rounded corners=8pt",
    "inner": "rounded corners=2pt",
    "output": "rounded corners=2pt, very thick",
    "gap": "draw=none",
}


def _picture(graph: Graph) -> str:
    boxes = [
        rf"\node[box, {_CORNERS[node.kind]}] (n{place}) at ({2.6 * node.column:g},{-1.4 * node.row:g}) "
        f"{{${_formula(node.label)}$}};"
        for place, node in enumerate(graph.nodes)
    ]
    arrows = [_arrow(graph, start, end) for start, end in graph.edges]
    options = r"box/.style={draw, minimum width=1.3cm, minimum height=0.7cm}, >=stealth"
    inside = "\n".join((*boxes, *arrows))
    return f"\\wide{{\\begin{{tikzpicture}}[{options}]\n{inside}\n\\end{{tikzpicture}}}}"


def _arrow(graph: Graph, start: int, end: int) -> str:
    """From side to side between columns, from top to bottom or back within one, round the boxes in between."""
    one, other = graph.nodes[start], graph.nodes[end]
    if one.column != other.column:
        sides = ("0", "180") if one.column < other.column else ("180", "0")
    elif abs(one.row - other.row) == 1:
        sides = ("90", "270") if one.row > other.row else ("270", "90")
    else:
        sides = ("0", "0")
    return rf"\draw[->] (n{start}) to[out={sides[0]}, in={sides[1]}] (n{end});"


def _listing(lines: Sequence[Text]) -> str:
    shown = "\\\\\n".join(tex(untied(inline(line))).replace(" ", r"\ ") for line in lines)
    return rf"\begin{{quote}}\ttfamily {shown}\end{{quote}}"


# Formulas


def _formula(formula: Row, limits: Limits = PAGE_LIMITS) -> str:
    return tex_formula(elided_row(formula, limits)).strip()


def _derivation(lines: Sequence[Line]) -> Iterator[str]:
    """The lines aligned at their relation signs, and their workings below."""
    left = max((line.left for line in lines if line.left), key=width_of, default=Row(()))
    width = _WIDTH - max(0, width_of(left) - _SHORT)
    rows = [aligned for line in lines for aligned in _aligned(line, width)]
    if any(r"\fitted" in one for one in rows):
        yield rf"\beside{{{_formula(left)}}}"
    yield "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"
    workings = [_run(aside) for line in lines for aside in line.asides]
    if workings:
        yield (
            "{\\small\\begin{itemize}\\setlength{\\itemsep}{0pt}\n"
            + "\n".join(rf"\item {working}" for working in workings)
            + "\n\\end{itemize}}"
        )


def _aligned(line: Line, width: int) -> Iterator[str]:
    left = _formula(line.left) if line.left else ""
    first, *others = broken(elided_row(line.right, PAGE_LIMITS), width)
    yield rf"{left} &{_formula(row(Operator(line.relation)))} {_fitted(first, width)}"
    yield from (rf" &\qquad {_fitted(other, width)}" for other in others)


def _fitted(formula: Row, width: int) -> str:
    spelt = _formula(formula)
    return rf"\fitted{{{spelt}}}" if width_of(formula) > width else spelt


def _given(given: Given) -> str:
    formulas = (_formula(joined("equals", (*names, value))) for names, value in given.entries)
    entries = "\\hspace{2em}\n".join(f"${one}$" for one in formulas)
    return rf"{{\raggedright\textbf{{{tex(given.label)}}}\quad {entries}\par}}"


def _answers(answers: Sequence[Answer]) -> str:
    """The answers in a frame, with what is said of their digits behind them."""
    lines = []
    for answer, said in zip(answers, labels(answers), strict=True):
        formula = _formula(row(answer.name, Operator(answer.relation), answer.value), ANSWER_LIMITS)
        remarks = "".join(rf"\quad{{\small {_run(remark)}}}" for remark in answer.remarks)
        lines.append(rf"\makebox[5em][l]{{\textbf{{{tex(said)}}}}}${formula}${remarks}")
    inside = "\\par\\smallskip\n".join(lines)
    return rf"\fbox{{\parbox{{0.97\linewidth}}{{\raggedright {inside}}}}}"
