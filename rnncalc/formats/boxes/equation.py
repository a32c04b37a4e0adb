"""Whole equations as boxes: a left side, a relation sign in a given column, a right side that fits."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from rnncalc.formats.boxes.box import Box, beside, blank, line, padded, stacked
from rnncalc.formats.boxes.breaking import LEVELS, Part, fit
from rnncalc.formats.boxes.drawing import draw
from rnncalc.formats.boxes.elision import Limits
from rnncalc.formula import SIGNS, Row

Relation = Literal["equals", "approx"]
SIGN_WIDTH = 3
NOTHING = Row(())


def equation(
    left: Row, relation: Relation, right: Row, sign: int, width: int, levels: Sequence[Limits] = LEVELS
) -> Box:
    """The equation in at most `width` cells, its relation signs `sign` cells from the left.

    A left side that is wider than that stands on a line of its own.
    """
    head, rows = draw(left), []
    if head.width > sign:
        rows = [_hung(part) for part in fit(left, width)]
        head = draw(NOTHING)
    first, *others = fit(right, width - sign - SIGN_WIDTH, levels)
    rows.append(beside(blank(sign - head.width), head, _sign(relation), first.box))
    baseline = sum(row.height for row in rows[:-1]) + rows[-1].baseline
    return stacked([*rows, *(beside(blank(sign), _continued(part)) for part in others)], baseline)


def _sign(relation: Relation) -> Box:
    return line(SIGNS[relation])


def _continued(part: Part) -> Box:
    return beside(_sign(part.relation) if part.relation else blank(SIGN_WIDTH + part.hang), part.box)


def _hung(part: Part) -> Box:
    return beside(line(SIGNS[part.relation].lstrip()), part.box) if part.relation else part.box


def columns(boxes: Sequence[Box], width: int, gap: int = 4) -> Box:
    """The boxes row by row in columns, in as few rows as fit and these evenly filled."""
    counts = [count for count in range(1, len(boxes) + 1) if count == 1 or _width(boxes, count, gap) <= width]
    count = min(counts, key=lambda count: (-(-len(boxes) // count), count))
    widths = _widths(boxes, count)
    rows = []
    for start in range(0, len(boxes), count):
        row = boxes[start : start + count]
        rows.append(beside(*(_widened(box, width + gap) for box, width in zip(row, widths, strict=False))))
    return stacked(apart(rows))


def apart(rows: Sequence[Box]) -> list[Box]:
    """The rows with a blank one between two that are both tall, so that their brackets do not touch."""
    spaced = list(rows[:1])
    for above, below in pairwise(rows):
        spaced += [blank(0), below] if above.height > 1 and below.height > 1 else [below]
    return spaced


def _width(boxes: Sequence[Box], count: int, gap: int) -> int:
    return sum(_widths(boxes, count)) + gap * (count - 1)


def _widths(boxes: Sequence[Box], count: int) -> list[int]:
    return [max(box.width for box in boxes[column::count]) for column in range(count)]


def _widened(box: Box, width: int) -> Box:
    return Box(tuple(padded(text, width) for text in box.lines), width, box.baseline)
