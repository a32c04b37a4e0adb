"""Formulas and answers as strips of a terminal: lines of text in pieces that have a style."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, zip_longest

from msgspec import Struct

from rnncalc.document import Answer, Given, Line, Text
from rnncalc.formats._colour import Strip, Style
from rnncalc.formats.boxes import (
    ANSWER_LIMITS,
    LEVELS,
    NOTHING,
    SIGN_WIDTH,
    Box,
    cell_width,
    columns,
    draw,
    equation,
    inline,
    padded,
    plain,
    untied,
    wrap,
)
from rnncalc.formula import Row, joined

WIDEST_TEXT = 100
INDENT = 4
GAP = 6
# An answer is what was asked for: much more of it is shown than of a value on the way.
_ANSWER_LEVELS = (ANSWER_LIMITS, *LEVELS)


class Page(Struct, frozen=True):
    """What a block must know of its page: the width, and where the asides of headings begin."""

    width: int
    aside: int

    @property
    def measure(self) -> int:
        """The width of running text: long lines are hard to read."""
        return min(self.width, WIDEST_TEXT)


def running(text: str, width: int, indent: int = 0, style: Style = "plain") -> list[Strip]:
    return [((" " * indent, "plain"), (line, style)) for line in wrap(text, width - indent)]


def hanging(head: str, style: Style, texts: Iterable[str]) -> Iterator[Strip]:
    """Lines behind a head, which stands on the first of them."""
    for index, text in enumerate(texts):
        yield (" " * cell_width(head) if index else head, style), (text, "plain")


def derivation(lines: Sequence[Line], page: Page) -> Iterator[Strip]:
    """The lines with their relation signs aligned, and their asides in one column if there is room."""
    room = page.width - INDENT
    sign = max((draw(line.left or NOTHING).width for line in lines), default=0)
    if sign > page.width // 3 and sign + SIGN_WIDTH + max(draw(line.right).width for line in lines) > room:
        sign = page.width // 3
    boxes = [equation(line.left or NOTHING, line.relation, line.right, sign, room) for line in lines]
    column = max((box.width for box, line in zip(boxes, lines, strict=True) if line.asides), default=0) + GAP
    widest = max((cell_width(inline(aside)) for line in lines for aside in line.asides), default=0)
    for index, (box, line) in enumerate(zip(boxes, lines, strict=True)):
        if index and box.height > 1 and boxes[index - 1].height > 1:
            yield ()
        own = column if column + widest <= room else box.width + GAP
        for strip in _with_asides(box, line.asides, own, sign + SIGN_WIDTH, room):
            yield ((" " * INDENT, "plain"), *strip)


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


def given_values(given: Given, page: Page) -> Iterator[Strip]:
    """The entries in columns beside the label, matrices apart from what is flat."""
    label = f"{plain(given.label)}   "
    room = page.width - cell_width(label)
    boxes = [_entry(names, value, room) for names, value in given.entries]
    bands = [columns(list(band), room) for _, band in groupby(boxes, key=lambda box: box.height > 1)]
    return hanging(label, "label", [text for band in bands for text in ("", *band.lines)][1:])


def _entry(names: Sequence[Row], value: Row, width: int) -> Box:
    """`b_f = b_i = (5, 2)`."""
    left = joined("equals", names)
    head = draw(left).width
    whole = equation(left, "equals", value, head, width)
    return whole if whole.height == 1 or head <= width // 2 else equation(left, "equals", value, 1, width)


def answers_framed(answers: Sequence[Answer], page: Page) -> Iterator[Strip]:
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
        yield from running(remark, page.measure, 2, "faint")


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
