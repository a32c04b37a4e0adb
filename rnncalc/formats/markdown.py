r"""A document as GitHub-flavoured Markdown whose formulas GitHub and Jupyter both set.

GitHub reads Markdown before it looks for formulas and so takes the backslash from `\\`, `\,` and `\{`, and Jupyter
does not know the fences that GitHub offers against this. Formulas are therefore written with neither: `\cr` for
`\\`, `\thinspace` for `\,`, and no underscore that could begin an emphasis.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Literal, assert_never

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
    Node,
    Notice,
    Part,
    Prose,
    Space,
    Table,
    Text,
)
from rnncalc.errors import printable
from rnncalc.formats._ordinal import ordinal
from rnncalc.formats._shades import shaded
from rnncalc.formats.boxes import PAGE_LIMITS, bar, elided, inline, plain, untied
from rnncalc.formats.spelling import latex
from rnncalc.formula import Atom, Operator, Row, unicode
from rnncalc.languages import Code, speaking

ENDING = ".md"
_BAR = 12
_FIELD = r"\_" * 24


def write(document: Document) -> str:
    """The document as Markdown that ends in a line break."""
    with speaking(document.language):
        return "\n\n".join(_page(document)) + "\n"


def _page(document: Document) -> list[str]:
    parts = [f"# {_escaped(document.title)}"]
    if document.source:
        parts.append(f"*{_escaped(document.source)}*")
    labelled = False
    for block in document.blocks:
        if isinstance(block, Answer) and not labelled:
            parts.append(f"**{_escaped(block.label)}**")
        labelled = isinstance(block, Answer)
        parts.extend(_block(block))
    return parts


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield from _heading(block)
        case Prose(text):
            yield _run(text)
        case Notice(kind, text, label):
            yield f"> **{_escaped(_capital(label or kind))}**\n> {_run(text)}"
        case Derivation(lines):
            yield from _derivation(lines)
        case Hints(lines, labels):
            for line, label in zip(lines, labels, strict=True):
                yield from _folded(replace(line, left=lines[0].left), label)
        case Given():
            yield from _given(block)
        case Table(header, rows):
            yield _table(header, rows)
        case Bars(header, rows, lengths):
            yield _table(header, [_with_bars(*line) for line in zip(rows, lengths, strict=True)])
        case Answer():
            yield from _answer(block)
        case Listing(lines):
            yield _listing(lines)
        case Part():
            yield from _part(block)
        case Fields(labels):
            yield "\n\n".join(f"{_escaped(label)}: {_FIELD}" for label in labels)
        case Heat():
            table = shaded(block)
            yield _table(table.header, table.rows)
        case Graph():
            yield _mermaid(block)
        case Space(lines):
            yield "<br>" * lines
        case _:
            assert_never(block)


# Text

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|#~&]")
_UNQUOTABLE = re.compile(r"[\\`\[\]<>|$&]|^\s|\s$")
"""What is not left to backticks: they end at one, lose blanks at the edge, and not all that reads Markdown keeps a bar,
a dollar sign or HTML between them as it is."""
_BLOCK_START = re.compile(r"^(\d*)([-+=.)])(?=\s|\2|$)")


def _escaped(text: str) -> str:
    r"""Text from anyone as itself. A dollar sign in a `span` is none to GitHub, one with `\` none to Jupyter."""
    return _SPECIAL.sub(r"\\\g<0>", plain(text).strip(" ")).replace("$", r"<span>\$</span>")


def _run(text: Text) -> str:
    """Words and formulas on one line that begins no list and underlines no heading."""
    run = "".join(map(_piece, text))
    return _BLOCK_START.sub(r"\1\\\2", run.strip(" "))


def _piece(piece: str | Code | Atom) -> str:
    match piece:
        case str():
            return _words(piece)
        case Code(code):
            return f"<code>{_words(code)}</code>" if _UNQUOTABLE.search(code) else f"`{plain(code)}`"
        case _:
            return f"${_maths(piece)}$"


def _words(text: str) -> str:
    """Escaped, with the blanks that part the words from a formula."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() else ""
    return f"{before}{_escaped(text)}{after}"


def _heading(heading: Heading) -> Iterator[str]:
    number = f"{_escaped(ordinal(heading.number))} " if heading.number else ""
    yield f"{'#' * (heading.level + 1)} {number}{_escaped(heading.title)}"
    if heading.aside:
        yield f"*{_escaped(heading.aside)}*"


def _part(part: Part) -> Iterator[str]:
    yield "---"
    yield f"# {_escaped(part.number)} · {_escaped(part.title)}"
    if part.aside or part.source:
        yield f"*{_escaped(' · '.join(filter(None, (part.aside, part.source))))}*"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(header: Sequence[Text], rows: Sequence[Sequence[Text]]) -> str:
    ruled = [_cells(header), "|" + " --- |" * len(header), *map(_cells, rows)]
    return "\n".join(ruled)


def _cells(cells: Sequence[Text]) -> str:
    return "| " + " | ".join(map(_run, cells)) + " |"


def _with_bars(row: Sequence[Text], lengths: Sequence[float]) -> list[Text]:
    """The numbers of a row, each with its bar behind it."""
    drawn = [(*text, " " + bar(length, _BAR)) if text else () for text, length in zip(row[1:], lengths, strict=True)]
    return [row[0], *drawn]


def _listing(lines: Sequence[Text]) -> str:
    """A block of code, between fences that are longer than any in it."""
    body = "\n".join(untied(inline(line)) for line in lines)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    return f"{fence}text\n{body}\n{fence}"


def _mermaid(graph: Graph) -> str:
    """A picture that GitHub draws; every character that it might obey is named by its number."""
    boxes = [_box(place, node) for place, node in enumerate(graph.nodes)]
    arrows = [f"  n{start} --> n{end}" for start, end in graph.edges]
    gaps = [f"  style n{place} fill:none,stroke:none" for place, node in enumerate(graph.nodes) if node.kind == "gap"]
    return "\n".join(("```mermaid", "flowchart LR", *boxes, *arrows, *gaps, "```"))


_FRAMES = {"input": ("([", "])"), "inner": ("[", "]"), "output": ("[[", "]]"), "gap": ("[", "]")}


def _box(place: int, node: Node) -> str:
    begin, end = _FRAMES[node.kind]
    return f'  n{place}{begin}"{_numbered(unicode(node.label))}"{end}'


def _numbered(text: str) -> str:
    return "".join(c if c.isalnum() or ord(c) > 0x7F else f"#{ord(c)};" for c in printable(text))


# Formulas

_TROUBLE = re.compile(r"\\; ?|\\[\\,{}_#%&$]|\\operatorname\b|[|<>*`$]|(?<=[^\w\s])_")
# What TeX and Markdown would both read, in a spelling that only TeX does; the wide signs stand inside `\text`.
_SPELLINGS = {
    r"\\": r"\cr", r"\,": r"\thinspace", r"\;": "\\ ", r"\{": r"\lbrace ", r"\}": r"\rbrace ",
    r"\_": "＿", r"\#": "＃", r"\%": "％", r"\&": "＆", r"\$": "＄", "$": "＄", "`": "‘",
    r"\operatorname": r"\mathrm", "|": r"\vert ", "<": r"\lt ", ">": r"\gt ", "*": r"\ast ", "_": "_ ",
}  # fmt: skip


def _maths(atom: Atom) -> str:
    """The formula in TeX that Markdown leaves alone."""
    shown = "".join(c if printable(c) == c else "\N{REPLACEMENT CHARACTER}" for c in latex(elided(atom, PAGE_LIMITS)))
    return _TROUBLE.sub(lambda found: _SPELLINGS[found[0].rstrip(" ")], shown).strip(" ")


def _display(lines: Iterable[str]) -> str:
    return "\n".join(("$$", *lines, "$$"))


def _derivation(lines: Sequence[Line]) -> Iterator[str]:
    """An aligned display, and the asides of its lines below."""
    rows = [f"{_maths(line.left or Row(()))} &{_relation(line.relation)} {_maths(line.right)}" for line in lines]
    yield _display((r"\begin{aligned}", *(rf"{row} \cr" for row in rows[:-1]), rows[-1], r"\end{aligned}"))
    asides = [_run(aside) for line in lines for aside in line.asides]
    if asides:
        yield _bullets(asides)


def _folded(line: Line, label: str) -> Iterator[str]:
    """A line that GitHub and Jupyter fold away under its label."""
    yield f"<details>\n<summary>{escape(plain(label))}</summary>"
    yield from _derivation((line,))
    yield "</details>"


def _relation(name: Literal["equals", "approx"]) -> str:
    return latex(Operator(name)).strip()


def _given(given: Given) -> Iterator[str]:
    yield f"**{_escaped(given.label)}**"
    yield _bullets(f"${' = '.join(map(_maths, (*names, value)))}$" for names, value in given.entries)


def _answer(answer: Answer) -> Iterator[str]:
    formula = f"{_maths(answer.name)} {_relation(answer.relation)} {_maths(answer.value)}"
    yield _display([rf"\boxed{{{formula}}}"])
    yield from map(_run, answer.remarks)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
