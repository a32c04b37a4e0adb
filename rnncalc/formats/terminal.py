"""A document as lines for a terminal: formulas in two dimensions, in colour or without."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, zip_longest
from typing import assert_never

from msgspec import Struct

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
)
from rnncalc.formats._colour import Strip, Style, painted
from rnncalc.formats._shades import shaded
from rnncalc.formats.boxes import (
    LEVELS,
    NOTHING,
    SIGN_WIDTH,
    Box,
    Limits,
    Sheet,
    cell_width,
    columns,
    draw,
    equation,
    inline,
    lay_out,
    lay_out_bars,
    lay_out_graph,
    padded,
    plain,
    untied,
    wrap,
)
from rnncalc.formula import Row, Words, equated, unicode
from rnncalc.languages import speaking

ENDING = ".txt"
NARROWEST = 40
_WIDEST_TEXT = 100
_INDENT = 4
_FIELD = 24
_GAP = 6
_LONGEST_TITLE = 32
# An answer is what was asked for: much more of it is shown than of a value on the way.
_ANSWER_LEVELS = (Limits(64, 64), *LEVELS)


class _Page(Struct, frozen=True):
    """What a block must know of its page: the width, and where the asides of headings begin."""

    width: int
    aside: int

    @property
    def measure(self) -> int:
        """The width of running text: long lines are hard to read."""
        return min(self.width, _WIDEST_TEXT)


def write(document: Document, *, width: int = 80, colour: bool = False) -> str:
    """The document in lines of at most `width` cells (40 at least), the same text with and without colour."""
    page = _Page(max(width, NARROWEST), _aside_column(document.blocks))
    with speaking(document.language):
        strips = [*_title(document, page), *_body(document.blocks, page)]
    return "".join(painted(strip, colour) + "\n" for strip in strips)


def _title(document: Document, page: _Page) -> Iterator[Strip]:
    """Title and source on one line if they fit, and a rule."""
    title, source = plain(document.title), plain(document.source)
    gap = page.measure - cell_width(title) - cell_width(source)
    if source and gap >= 2:
        yield (title, "strong"), (" " * gap, "plain"), (source, "faint")
    else:
        yield from _running(title, page.measure, style="strong")
        yield from _running(source, page.measure, style="faint") if source else ()
    yield (("─" * page.measure, "faint"),)


def _body(blocks: Sequence[Block], page: _Page) -> Iterator[Strip]:
    """The blocks with blank lines between them; a heading keeps to what follows, answers stand together."""
    previous: Block | None = None
    for kind, group in groupby(blocks, key=lambda block: block if not isinstance(block, Answer) else Answer):
        members = list(group)
        if previous is not None and not _keeps(previous, members[0]):
            yield ()
        if kind is Answer:
            yield from _answers([block for block in members if isinstance(block, Answer)], page)
        else:
            yield from _block(members[0], page)
        previous = members[-1]


def _keeps(above: Block, below: Block) -> bool:
    """Whether two blocks stand without a blank line between them."""
    return isinstance(above, Heading) and above.level > 1 and not isinstance(below, Heading)


def _block(block: Block, page: _Page) -> Iterable[Strip]:
    match block:
        case Heading():
            return _heading(block, page)
        case Prose(text):
            return _running(inline(text), page.measure)
        case Notice(kind, text, label):
            return _notice(label or kind, inline(text), "warning" if kind == "warning" else "label", page)
        case Derivation(lines) | Hints(lines):
            return _derivation(lines, page)
        case Given():
            return _given(block, page)
        case Table():
            return _sheets(lay_out(block, page.width))
        case Bars():
            return _sheets(lay_out_bars(block, page.width))
        case Answer():
            return _answers([block], page)
        case Listing(lines):
            return [((" " * _INDENT + untied(inline(text)), "plain"),) for text in lines]
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


def _running(text: str, width: int, indent: int = 0, style: Style = "plain") -> list[Strip]:
    return [((" " * indent, "plain"), (line, style)) for line in wrap(text, width - indent)]


def _notice(label: str, text: str, style: Style, page: _Page) -> Iterator[Strip]:
    head = f"{plain(label)}: "
    for index, words in enumerate(wrap(text, page.measure - cell_width(head))):
        yield (head if index == 0 else " " * cell_width(head), style), (words, "plain")


# Headings


def _label(heading: Heading) -> str:
    title = plain(heading.title)
    return f"{plain(heading.number)} · {title}" if heading.number else title


def _aside_column(blocks: Iterable[Block]) -> int:
    """Where the asides of the steps begin: behind the longest title that is not too long."""
    steps = (block for block in blocks if isinstance(block, Heading) and block.aside and block.level > 1)
    widths = map(cell_width, map(_label, steps))
    return max((width for width in widths if width <= _LONGEST_TITLE), default=0) + _GAP


def _heading(heading: Heading, page: _Page) -> Iterator[Strip]:
    """The title with its aside behind it if there is room, and under it otherwise."""
    label, aside = _label(heading), plain(heading.aside)
    column = cell_width(label) + 3 if heading.level == 1 else max(page.aside, cell_width(label) + _GAP)
    behind = aside if column + cell_width(aside) <= page.measure else ""
    *lines, last = wrap(label, page.measure)
    style: Style = "part" if heading.level == 1 else "strong"
    yield from (((text, style),) for text in lines)
    last = padded(last, column) if behind else last
    yield (last, style), (behind, "faint"), *(_rule(last + behind, page) if heading.level == 1 else ())
    if aside and not behind:
        yield from _running(aside, page.measure, _INDENT, "faint")


def _rule(before: str, page: _Page) -> Strip:
    """The title of a part is drawn out to the margin."""
    return ((" " + "─" * (page.measure - cell_width(before) - 1), "faint"),)


def _part(part: Part, page: _Page) -> Iterator[Strip]:
    label = f"{plain(part.number)} · {plain(part.title)}"
    yield (("═" * page.measure, "faint"),)
    yield from _running(f"{label} · {plain(part.aside)}" if part.aside else label, page.measure, style="strong")
    yield from _running(plain(part.source), page.measure, style="faint") if part.source else ()


def _fields(labels: Sequence[str], page: _Page) -> Iterator[Strip]:
    """Each label with its line, as many beside each other as fit."""
    boxes = [draw(Words(f"{plain(label)} {'_' * _FIELD}")) for label in labels]
    yield from (((text, "plain"),) for text in columns(boxes, page.measure).lines)


def _graph(graph: Graph, page: _Page) -> Iterator[Strip]:
    """The boxes with arrows between neighbours, and below them, box by box, where the other arrows lead."""
    drawn, others = lay_out_graph(graph, page.width - _INDENT)
    yield from (((" " * _INDENT + text, "plain"),) for text in drawn)
    names = [plain(unicode(node.label)) for node in graph.nodes]
    starts = sorted({start for start, _ in others})
    widest = max((cell_width(names[start]) for start in starts), default=0)
    if drawn and starts:
        yield ()
    for start in starts:
        ends = ", ".join(names[end] for begin, end in others if begin == start)
        head = f"{' ' * _INDENT}{padded(names[start], widest)} ──▶ "
        for index, text in enumerate(wrap(ends, page.measure - cell_width(head))):
            yield (head if index == 0 else " " * cell_width(head), "label"), (text, "plain")


# Formulas


def _derivation(lines: Sequence[Line], page: _Page) -> Iterator[Strip]:
    """The lines with their relation signs aligned, and their asides in one column if there is room."""
    lefts = [draw(line.left or NOTHING).width for line in lines]
    sign, room = min(max(lefts, default=0), page.width // 3), page.width - _INDENT
    boxes = [equation(line.left or NOTHING, line.relation, line.right, sign, room) for line in lines]
    column = max((box.width for box, line in zip(boxes, lines, strict=True) if line.asides), default=0) + _GAP
    widest = max((cell_width(inline(aside)) for line in lines for aside in line.asides), default=0)
    for index, (box, line) in enumerate(zip(boxes, lines, strict=True)):
        if index and box.height > 1 and boxes[index - 1].height > 1:
            yield ()
        own = column if column + widest <= room else box.width + _GAP
        for strip in _with_asides(box, line.asides, own, sign + SIGN_WIDTH, room):
            yield ((" " * _INDENT, "plain"), *strip)


def _with_asides(box: Box, asides: Sequence[Text], column: int, below: int, width: int) -> Iterator[Strip]:
    """The box with its asides to the right, level with its rows, or under it where there is no room."""
    texts = [inline(aside) for aside in asides]
    if any(column + cell_width(text) > width for text in texts):
        yield from (((drawn, "plain"),) for drawn in box.lines)
        for text in texts:
            first, *others = wrap(text, width - below - 2)
            yield (" " * below, "plain"), (first, "faint")
            yield from (((" " * (below + 2), "plain"), (more, "faint")) for more in others)
        return
    texts = [""] * ((box.height - len(texts)) // 2) + texts
    for drawn, text in zip_longest(box.lines, texts, fillvalue=""):
        yield (padded(drawn, column), "plain"), (untied(text), "faint")


def _given(given: Given, page: _Page) -> Iterator[Strip]:
    """The entries in columns beside the label, matrices apart from what is flat."""
    label = f"{plain(given.label)}   "
    room = page.width - cell_width(label)
    boxes = [_entry(names, value, room) for names, value in given.entries]
    bands = [columns(list(band), room) for _, band in groupby(boxes, key=lambda box: box.height > 1)]
    lines = [text for band in bands for text in ("", *band.lines)][1:]
    for index, text in enumerate(lines):
        yield (label if index == 0 else " " * cell_width(label), "label"), (text, "plain")


def _entry(names: Sequence[Row], value: Row, width: int) -> Box:
    """`b_f = b_i = (5, 2)`."""
    left = equated(*names)
    head = draw(left).width
    whole = equation(left, "equals", value, head, width)
    return whole if whole.height == 1 or head <= width // 2 else equation(left, "equals", value, 1, width)


def _sheets(sheets: Iterable[Sheet]) -> Iterator[Strip]:
    for index, sheet in enumerate(sheets):
        if index:
            yield ()
        for place, text in enumerate(sheet.lines):
            yield ((text, "strong" if place < sheet.header else "plain"),)


# Answers


def _answers(answers: Sequence[Answer], page: _Page) -> Iterator[Strip]:
    """The answers in a frame, relation signs aligned; remarks stand behind it if they fit, or below."""
    label = f"{plain(answers[0].label)}   "
    sign = max(draw(answer.name).width for answer in answers)
    room = page.width - cell_width(label) - len("│  │")
    boxes = [equation(a.name, a.relation, a.value, min(sign, room // 3), room, _ANSWER_LEVELS) for a in answers]
    framed = cell_width(label) + max(box.width for box in boxes) + len("│  │")
    remarks = [[inline(remark) for remark in answer.remarks] for answer in answers]
    behind = _fit_behind(boxes, remarks, page.width - framed - 2)
    yield (("┌" + "─" * (framed - 2) + "┐", "answer"),)
    for index, (text, remark) in enumerate(_answer_rows(boxes, remarks if behind else [[] for _ in answers])):
        lead = label if index == boxes[0].baseline else " " * cell_width(label)
        value = padded(text, framed - cell_width(lead) - len("│  │"))
        yield ("│ ", "answer"), (lead, "answer"), (value, "strong"), (" │", "answer"), (remark, "faint")
    yield (("└" + "─" * (framed - 2) + "┘", "answer"),)
    for remark in dict.fromkeys(chain(*remarks)) if not behind else ():
        yield from _running(remark, page.measure, 2, "faint")


def _fit_behind(boxes: Sequence[Box], remarks: Sequence[Sequence[str]], room: int) -> bool:
    return all(
        len(texts) <= box.height and all(cell_width(text) <= room for text in texts)
        for box, texts in zip(boxes, remarks, strict=True)
    )


def _answer_rows(boxes: Sequence[Box], remarks: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The lines inside the frame, each with the remark behind it; a blank one between two tall answers."""
    for index, (box, texts) in enumerate(zip(boxes, remarks, strict=True)):
        if index and box.height > 1 and boxes[index - 1].height > 1:
            yield "", ""
        first = (box.height - len(texts) + 1) // 2
        for place, text in enumerate(box.lines):
            yield text, "  " + untied(texts[place - first]) if 0 <= place - first < len(texts) else ""
