"""A table between light rules, fitted to a width.

Too wide, it is replaced by its alternative; too wide still, its cells wrap between words; and if not even
one word of each column fits, the columns are dealt out to several tables that repeat the first column.
"""

from collections.abc import Sequence
from itertools import zip_longest

from msgspec import Struct

from rnncalc.document import Table, Text
from rnncalc.formats.boxes.box import cell_width, padded
from rnncalc.formats.boxes.drawing import aligned, number_parts
from rnncalc.formats.boxes.paragraph import inline, untied, wrap

_BETWEEN = " │ "
_CROSSING = "─┼─"


class Sheet(Struct, frozen=True):
    """The lines of a table: `header` of them belong to its head (its rule not counted)."""

    lines: tuple[str, ...]
    header: int


def lay_out(table: Table, width: int) -> list[Sheet]:
    """The table as one sheet, or as several if its columns do not fit side by side."""
    grid = _grid(table)
    if _total(_natural(grid)) <= width:
        return [_sheet(grid, _natural(grid))]
    if table.alternative:
        return lay_out(table.alternative, width)
    return [_sheet(part, _shrunk(part, width)) for part in _dealt(grid, width)]


Grid = list[list[str]]


def _grid(table: Table) -> Grid:
    """Header and rows as texts; a column of numbers is aligned at the decimal point."""
    columns = []
    for header, *body in zip(*map(_row, (table.header, *table.rows)), strict=True):
        numeric = body and all(number_parts(text) for text in body)
        columns.append([header, *(aligned(body) if numeric else body)])
    return [list(row) for row in zip(*columns, strict=True)]


def _row(cells: Sequence[Text]) -> list[str]:
    return [inline(cell) for cell in cells]


def _natural(grid: Grid) -> list[int]:
    return [max(map(cell_width, column)) for column in zip(*grid, strict=True)]


def _narrowest(grid: Grid) -> list[int]:
    """The width of the longest word of each column."""
    return [max(cell_width(word) for text in column for word in text.split(" ")) for column in zip(*grid, strict=True)]


def _total(widths: Sequence[int]) -> int:
    return 2 + sum(widths) + len(_BETWEEN) * (len(widths) - 1)


def _shrunk(grid: Grid, width: int) -> list[int]:
    """Column widths that fit: the widest column that can still give way does so, cell by cell."""
    widths = _natural(grid)
    least = [min(narrow, width // 2 - 2) for narrow in _narrowest(grid)]
    while _total(widths) > width and any(a > b for a, b in zip(widths, least, strict=True)):
        widest = max(range(len(widths)), key=lambda i: widths[i] if widths[i] > least[i] else -1)
        widths[widest] -= 1
    return widths


def _dealt(grid: Grid, width: int) -> list[Grid]:
    """The columns in groups that fit when wrapped, each led by the first column."""
    first, *others = [list(column) for column in zip(*grid, strict=True)]
    groups = [[first]]
    for column in others:
        wider = [*groups[-1], column]
        if len(groups[-1]) > 1 and _total(_narrowest(_turned(wider))) > width:
            groups.append([first, column])
        else:
            groups[-1] = wider
    return [_turned(group) for group in groups]


def _turned(columns: Sequence[Sequence[str]]) -> Grid:
    return [list(row) for row in zip(*columns, strict=True)]


def _sheet(grid: Grid, widths: Sequence[int]) -> Sheet:
    head, *body = [_lines(row, widths) for row in grid]
    rule = "─" + _CROSSING.join("─" * width for width in widths) + "─"
    apart = any(len(row) > 1 for row in body)
    lines = [*head, rule]
    for index, row in enumerate(body):
        lines += [rule, *row] if apart and index else row
    return Sheet(tuple(text.rstrip() for text in lines), len(head))


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """A row of the table, as many lines as its tallest cell needs."""
    cells = [_cell(text, width) for text, width in zip(row, widths, strict=True)]
    lines = zip_longest(*cells, fillvalue="")
    return [" " + _BETWEEN.join(map(padded, line, widths)) for line in lines]


def _cell(text: str, width: int) -> list[str]:
    return wrap(text, width) if cell_width(text) > width else [untied(text)]
