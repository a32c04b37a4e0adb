"""Several exercises on one sheet: a title page that lists them with their points, then one after the other."""

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.document import Block, Document, Fields, Part, Table, Text
from rnncalc.formula import Blank, Row, row
from rnncalc.languages import among_words, counted, language, say, speaking
from rnncalc.numbers import exact_text

_SCORE = 6


class Entry(Struct, frozen=True):
    """An exercise of a sheet; `points` is what it is worth, if that is said."""

    page: Document
    points: Fraction | None = None


def booklet(entries: Sequence[Entry], title: str = "", to_fill_in: bool = False) -> Document:
    """The sheet. A sheet of one exercise has no title page unless it has a title; one `to_fill_in` asks for name, date
    and, where there are points, has room for the marks."""
    with speaking(entries[0].page.language):
        fields = (Fields((say("Name"), say("Date"))),) if to_fill_in else ()
        if len(entries) == 1 and not title:
            page = entries[0].page
            source = " · ".join(filter(None, (page.source, _points(entries[0].points))))
            return replace(page, blocks=(*fields, *page.blocks), source=source)
        blocks: list[Block] = [*fields, _contents(entries, to_fill_in)]
        for number, (page, points) in enumerate(((one.page, one.points) for one in entries), 1):
            blocks += [Part(page.title, str(number), _points(points), page.source), *page.blocks]
        return Document(title or say("Exercises"), tuple(blocks), language=language())


def _points(points: Fraction | None) -> str:
    if points is None:
        return ""
    return counted("{points} point", "{points} points", 1 if points == 1 else 2, points=among_words(exact_text(points)))


def _contents(entries: Sequence[Entry], to_fill_in: bool) -> Table:
    """The exercises with their points and, to be filled in, what was reached."""
    header: list[Text] = [("",), (say("Exercise"),)]
    rows: list[list[Text]] = [[(str(number),), (entry.page.title,)] for number, entry in enumerate(entries, 1)]
    worth = [entry.points for entry in entries]
    if any(points is not None for points in worth):
        header.append((say("Points"),))
        total = sum((points for points in worth if points is not None), Fraction())
        rows.append([(), (say("Total"),)])
        for line, points in zip(rows, [*worth, total], strict=True):
            line.append((among_words(exact_text(points)),) if points is not None else ())
        if to_fill_in:
            header.append((say("Reached"),))
            blank: Row = row(Blank(_SCORE))
            for line in rows:
                line.append((blank,))
    return Table(tuple(header), tuple(map(tuple, rows)))
