"""A document as lines for a terminal: formulas in two dimensions, in colour or without."""

from collections.abc import Iterable, Iterator, Sequence
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
    Listing,
    Notice,
    Part,
    Prose,
    Space,
    Table,
    answers_together,
)
from rnncalc.formats._colour import Strip, Style, painted
from rnncalc.formats._ordinal import ordinal
from rnncalc.formats._shades import shaded
from rnncalc.formats._strips import GAP, INDENT, Page, answers_framed, derivation, given_values, hanging, running
from rnncalc.formats.boxes import (
    Sheet,
    cell_width,
    columns,
    draw,
    inline,
    lay_out,
    lay_out_bars,
    lay_out_graph,
    padded,
    plain,
    untied,
    wrap,
)
from rnncalc.formula import Words, unicode
from rnncalc.languages import speaking

ENDING = ".txt"
NARROWEST = 40
_FIELD = 24
_LONGEST_TITLE = 32


def write(document: Document, *, width: int = 80, colour: bool = False) -> str:
    """The document in lines of at most `width` cells (40 at least), the same text with and without colour."""
    page = Page(max(width, NARROWEST), _aside_column(document.blocks))
    with speaking(document.language):
        strips = [*_title(document, page), *_body(document.blocks, page)]
    return "".join(painted(strip, colour) + "\n" for strip in strips)


def _title(document: Document, page: Page) -> Iterator[Strip]:
    """Title and source on one line if they fit, and a rule."""
    title, source = plain(document.title), plain(document.source)
    gap = page.measure - cell_width(title) - cell_width(source)
    if source and gap >= 2:
        yield (title, "strong"), (" " * gap, "plain"), (source, "faint")
    else:
        yield from running(title, page.measure, style="strong")
        yield from running(source, page.measure, style="faint") if source else ()
    yield (("─" * page.measure, "faint"),)


def _body(blocks: Sequence[Block], page: Page) -> Iterator[Strip]:
    """The blocks with blank lines between them; a heading keeps to what follows, answers stand together."""
    previous: Block | tuple[Answer, ...] | None = None
    for part in answers_together(blocks):
        if previous is not None and not _keeps(previous, part):
            yield ()
        yield from answers_framed(part, page) if isinstance(part, tuple) else _block(part, page)
        previous = part


def _keeps(above: Block | tuple[Answer, ...], below: Block | tuple[Answer, ...]) -> bool:
    """Whether two parts stand without a blank line between them."""
    return isinstance(above, Heading) and above.level > 1 and not isinstance(below, Heading)


def _block(block: Block, page: Page) -> Iterable[Strip]:
    match block:
        case Heading():
            return _heading(block, page)
        case Prose(text):
            return running(inline(text), page.measure)
        case Notice(kind, text, label):
            return _notice(label or kind, inline(text), "warning" if kind == "warning" else "label", page)
        case Derivation(lines) | Hints(lines):
            return derivation(lines, page)
        case Given():
            return given_values(block, page)
        case Table():
            return _sheets(lay_out(block, page.width))
        case Bars():
            return _sheets(lay_out_bars(block, page.width))
        case Answer():
            return answers_framed([block], page)
        case Listing(lines):
            return _listing([untied(inline(text)) for text in lines], page)
        case Part():
            return _part(block, page)
        case Fields(labels):
            return _fields(labels, page)
        case Heat():
            return _sheets(lay_out(shaded(block), page.width))
        case Graph():
            return _graph(block, page)
        case Space(lines):
            return [()] * (lines - 1)
        case _:
            assert_never(block)


def _listing(lines: list[str], page: Page) -> list[Strip]:
    """Lines that are not broken: what is typed is copied. Where one is too wide, they begin further to the left."""
    room = page.width - max(map(cell_width, lines), default=0)
    return [((" " * max(0, min(INDENT, room)) + text, "plain"),) for text in lines]


def _notice(label: str, text: str, style: Style, page: Page) -> Iterator[Strip]:
    head = f"{plain(label)}: "
    return hanging(head, style, wrap(text, page.measure - cell_width(head)))


# Headings


def _label(heading: Heading) -> str:
    title = plain(heading.title)
    return f"{ordinal(plain(heading.number))} {title}" if heading.number else title


def _aside_column(blocks: Iterable[Block]) -> int:
    """Where the asides of the steps begin: behind the longest title that is not too long."""
    steps = (block for block in blocks if isinstance(block, Heading) and block.aside and block.level > 1)
    widths = map(cell_width, map(_label, steps))
    return max((width for width in widths if width <= _LONGEST_TITLE), default=0) + GAP


def _heading(heading: Heading, page: Page) -> Iterator[Strip]:
    """The title with its aside behind it if there is room, and under it otherwise."""
    label, aside = _label(heading), plain(heading.aside)
    column = cell_width(label) + 3 if heading.level == 1 else max(page.aside, cell_width(label) + GAP)
    behind = aside if column + cell_width(aside) <= page.measure else ""
    *lines, last = wrap(label, page.measure)
    style: Style = "part" if heading.level == 1 else "strong"
    yield from (((text, style),) for text in lines)
    last = padded(last, column) if behind else last
    yield (last, style), (behind, "faint"), *(_rule(last + behind, page) if heading.level == 1 else ())
    if aside and not behind:
        yield from running(aside, page.measure, INDENT, "faint")


def _rule(before: str, page: Page) -> Strip:
    """The title of a part is drawn out to the margin."""
    return ((" " + "─" * (page.measure - cell_width(before) - 1), "faint"),)


def _part(part: Part, page: Page) -> Iterator[Strip]:
    label = f"{plain(part.number)} · {plain(part.title)}"
    yield (("═" * page.measure, "faint"),)
    yield from running(f"{label} · {plain(part.aside)}" if part.aside else label, page.measure, style="strong")
    yield from running(plain(part.source), page.measure, style="faint") if part.source else ()


def _fields(labels: Sequence[str], page: Page) -> Iterator[Strip]:
    """Each label with its line, as many beside each other as fit."""
    boxes = [draw(Words(f"{plain(label)} {'_' * _FIELD}")) for label in labels]
    yield from (((text, "plain"),) for text in columns(boxes, page.measure).lines)


def _graph(graph: Graph, page: Page) -> Iterator[Strip]:
    """The boxes with arrows between neighbours, and below them, box by box, where the other arrows lead."""
    drawn, others = lay_out_graph(graph, page.width - INDENT)
    yield from (((" " * INDENT + text, "plain"),) for text in drawn)
    if drawn:
        # Which row a gap belongs to is seen in the picture alone.
        others = [edge for edge in others if not any(graph.nodes[end].kind == "gap" for end in edge)]
    names = [plain(unicode(node.label)) for node in graph.nodes]
    starts = sorted({start for start, _ in others})
    widest = max((cell_width(names[start]) for start in starts), default=0)
    if drawn and starts:
        yield ()
    for start in starts:
        ends = ", ".join(names[end] for begin, end in others if begin == start)
        head = f"{' ' * INDENT}{padded(names[start], widest)} ──▶ "
        yield from hanging(head, "label", wrap(ends, page.measure - cell_width(head)))


def _sheets(sheets: Iterable[Sheet]) -> Iterator[Strip]:
    for index, sheet in enumerate(sheets):
        if index:
            yield ()
        for place, text in enumerate(sheet.lines):
            yield ((text, "strong" if place < sheet.header else "plain"),)
