"""Numbers with signs that are as dark as they are large, for formats of plain text."""

from collections.abc import Sequence

from rnncalc.document import Heat, Table, Text

_SIGNS = " ░▒▓█"


def shaded(heat: Heat) -> Table:
    """The numbers as a table, each behind the sign of its shade; for a narrow page, the same table turned."""
    rows = [_row(cells, shades) for cells, shades in zip(heat.rows, heat.shades, strict=True)]
    first, *turned = zip(heat.header, *rows, strict=True)
    return Table(heat.header, tuple(rows), Table(first, tuple(turned)))


def _row(cells: Sequence[Text], shades: Sequence[float]) -> tuple[Text, ...]:
    pairs = zip(cells[1:], shades, strict=True)
    return cells[0], *((f"{_sign(shade)} ", *text) if text else () for text, shade in pairs)


def _sign(shade: float) -> str:
    """Five shades: blank up to 0.1, full from 0.9 on."""
    return _SIGNS[min(4, max(0, round(shade * 4)))]
