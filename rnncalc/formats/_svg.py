"""A graph as an SVG picture for web pages and PDF files; its colours are attributes, which a style may override."""

import unicodedata
from collections.abc import Iterator
from html import escape

from rnncalc.document import Graph, Node
from rnncalc.errors import printable
from rnncalc.formats.spelling import spoken
from rnncalc.formats.spelling.letters import letter
from rnncalc.formula import Row, Symbol, unicode

_WIDTH, _HEIGHT = 66, 34
_BESIDE, _BELOW = 58, 26
_MARGIN = 6
_LETTER, _MARK = 8, 6
"""About how wide a letter is on the line, and raised or lowered."""
_FONTS = "Libertinus Serif, STIX Two Text, Georgia, serif"
_FILL = {"input": "#f3f6fa", "inner": "#ffffff", "output": "#dcebfb", "gap": "none"}
_ROUND = {"input": 17, "inner": 4, "output": 4, "gap": 0}
_BORDER = {"input": 1, "inner": 1.2, "output": 2.4, "gap": 0}
_ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0.5L8 4L0 7.5Z" fill="#59636e"/></marker></defs>'
)


def svg(graph: Graph) -> str:
    """The picture on one line of text; its words are those of its label and of its arrows."""
    width = _x(max((node.column for node in graph.nodes), default=0)) + _WIDTH + _BESIDE // 2
    height = _y(max((node.row for node in graph.nodes), default=0)) + _HEIGHT + _MARGIN
    arrows = "".join(_arrow(graph.nodes[start], graph.nodes[end]) for start, end in graph.edges)
    boxes = "".join(map(_box, graph.nodes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(words(graph))}">{_ARROW}'
        f'<g class="arrows" fill="none" stroke="#59636e" stroke-width="1.1">{arrows}</g>{boxes}</svg>'
    )


def words(graph: Graph) -> str:
    """The picture in words: its label, and each arrow."""
    said = [spoken(node.label) for node in graph.nodes]
    arrows = "; ".join(f"{said[start]} → {said[end]}" for start, end in graph.edges)
    return f"{printable(graph.label)}: {arrows}" if graph.label else arrows


def _x(column: int) -> int:
    return _MARGIN + column * (_WIDTH + _BESIDE)


def _y(row: int) -> int:
    return _MARGIN + row * (_HEIGHT + _BELOW)


def _box(node: Node) -> str:
    x, y = _x(node.column), _y(node.row)
    return (
        f'<g class="{node.kind}"><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="{_ROUND[node.kind]}" '
        f'fill="{_FILL[node.kind]}" stroke="#0a5bb5" stroke-width="{_BORDER[node.kind]}"/>'
        f"{''.join(_label(node.label, x + _WIDTH / 2, y + _HEIGHT / 2 + 5))}</g>"
    )


def _arrow(start: Node, end: Node) -> str:
    """From side to side between columns, from top to bottom or back within one; round the boxes in between."""
    x, y, to_x, to_y = _x(start.column), _y(start.row), _x(end.column), _y(end.row)
    if start.column == end.column and abs(start.row - end.row) == 1:
        up = end.row < start.row
        x, y, to_y = x + _WIDTH // 2, y + (0 if up else _HEIGHT), to_y + (_HEIGHT if up else 0)
        return f'<path d="M{x} {y}L{x} {to_y}" marker-end="url(#arrow)"/>'
    y, to_y = y + _HEIGHT // 2, to_y + _HEIGHT // 2
    if start.column == end.column:
        x, bend = x + _WIDTH, _BESIDE // 2
        return f'<path d="M{x} {y}C{x + bend} {y} {x + bend} {to_y} {x} {to_y}" marker-end="url(#arrow)"/>'
    x, to_x = (x + _WIDTH, to_x) if end.column > start.column else (x, to_x + _WIDTH)
    middle = (x + to_x) // 2
    return f'<path d="M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}" marker-end="url(#arrow)"/>'


def _label(label: Row, x: float, y: float) -> Iterator[str]:
    """The label with its middle at `x`. Marks are texts of their own: in one text f and t would become one letter."""
    base, raised, lowered = _parts(label)
    end = x + (_LETTER * len(base) - _MARK * max(len(raised), len(lowered))) / 2
    yield _text(base, end, y, 'text-anchor="end" font-size="16"')
    for mark, shift in ((raised, -7), (lowered, 4)):
        if mark:
            yield _text(mark, end + 1, y + shift, 'font-size="11"')


def _parts(label: Row) -> tuple[str, str, str]:
    """What is written on the line, above it and below it."""
    match label.atoms:
        case (Symbol(letters, indices),):
            base, _, below = letters.partition("_")
            spelt = letter(base)
            lowered = ",".join(filter(None, (below, *indices)))
            return unicodedata.normalize("NFC", spelt.core + "".join(spelt.accents)), spelt.raised, lowered
        case _:
            return unicode(label), "", ""


def _text(text: str, x: float, y: float, how: str) -> str:
    font = f'font-style="italic" font-family="{_FONTS}"'
    return f'<text x="{x:g}" y="{y:g}" {how} {font}>{escape(printable(text))}</text>'
