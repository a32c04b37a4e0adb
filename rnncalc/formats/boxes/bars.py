"""Bars in character cells, in eighths of a cell: a table whose numbers each have a bar behind them."""

from collections.abc import Sequence
from itertools import zip_longest

from msgspec import Struct

from rnncalc.document import Bars
from rnncalc.formats.boxes.box import cell_width, padded
from rnncalc.formats.boxes.drawing import aligned, number_parts
from rnncalc.formats.boxes.paragraph import inline, wrap
from rnncalc.formats.boxes.table import Sheet

_EIGHTHS = " ▏▎▍▌▋▊▉"
_BETWEEN, _CROSSING = " │ ", "─┼─"
_SHORTEST, _LONGEST = 6, 32


class _Column(Struct, frozen=True):
    """A series: its header, its numbers at one width, and their lengths."""

    header: str
    numbers: tuple[str, ...]
    lengths: tuple[float, ...]

    @property
    def number(self) -> int:
        return max(map(cell_width, self.numbers), default=0)

    def least(self) -> int:
        """The width without which nothing is seen: the shortest bar, and one word of the header."""
        return max(self.number + 1 + _SHORTEST, *map(cell_width, self.header.split(" ")))


def bar(length: float, width: int) -> str:
    """A bar of a length between 0 and 1, on a track of so many cells; one that is not 0 is seen."""
    eighths = min(8 * width, max(1, round(length * 8 * width))) if length > 0 else 0
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (_EIGHTHS[rest] if rest else "")
    return drawn + "·" * (width - len(drawn))


def lay_out_bars(bars: Bars, width: int) -> list[Sheet]:
    """The bars as one sheet, or as several if the series do not fit side by side; all bars are drawn to one length."""
    labels = [inline(line[0]) for line in bars.rows]
    first = max(map(cell_width, (inline(bars.header[0]), *labels)))
    series = [_column(bars, number) for number in range(1, len(bars.header))]
    groups = _dealt(series, width - 2 - first)
    room = min(_bar_width(group, width - 2 - first) for group in groups)
    return [_sheet(inline(bars.header[0]), labels, first, group, room) for group in groups]


def _column(bars: Bars, number: int) -> _Column:
    texts = [inline(line[number]) for line in bars.rows]
    known = [text for text in texts if text]
    if known and all(map(number_parts, known)):
        shown = iter(aligned(known))
        texts = [next(shown) if text else "" for text in texts]
    wide = max(map(cell_width, texts), default=0)
    lengths = tuple(line[number - 1] for line in bars.lengths)
    return _Column(inline(bars.header[number]), tuple(padded(text, wide) for text in texts), lengths)


def _dealt(series: Sequence[_Column], room: int) -> list[list[_Column]]:
    groups: list[list[_Column]] = [[]]
    for column in series:
        wider = [*groups[-1], column]
        if groups[-1] and sum(one.least() + len(_BETWEEN) for one in wider) > room:
            groups.append([column])
        else:
            groups[-1] = wider
    return groups


def _bar_width(group: Sequence[_Column], room: int) -> int:
    """The length that every bar of the group can have."""
    longest = _SHORTEST
    while longest < _LONGEST and sum(_width(one, longest + 1) + len(_BETWEEN) for one in group) <= room:
        longest += 1
    return longest


def _width(column: _Column, room: int) -> int:
    return max(column.least(), column.number + 1 + room)


def _sheet(corner: str, labels: Sequence[str], first: int, group: Sequence[_Column], room: int) -> Sheet:
    widths = [first, *(_width(column, room) for column in group)]
    heads = zip_longest(*(wrap(text, width) for text, width in zip((corner, *_headers(group)), widths, strict=True)))
    lines = [_line([cell or "" for cell in head], widths) for head in heads]
    header = len(lines)
    lines.append("─" + _CROSSING.join("─" * width for width in widths) + "─")
    for row, label in enumerate(labels):
        drawn = [_cell(column, row, room) for column in group]
        lines.append(_line([padded(label, first, "right"), *drawn], widths))
    return Sheet(tuple(line.rstrip() for line in lines), header)


def _headers(group: Sequence[_Column]) -> list[str]:
    return [column.header for column in group]


def _cell(column: _Column, row: int, room: int) -> str:
    number = column.numbers[row]
    return f"{number} {bar(column.lengths[row], room)}" if number.strip() else ""


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return " " + _BETWEEN.join(map(padded, cells, widths))
