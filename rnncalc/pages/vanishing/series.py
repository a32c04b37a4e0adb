"""Values by step → bars on one logarithmic scale."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import ceil, floor
from typing import Any

from msgspec import Struct

from rnncalc.counting import position_text
from rnncalc.document import Bars, Block, Prose, Text
from rnncalc.formula import Digits, Row, power_of_ten, row
from rnncalc.jacobian import Vanishing
from rnncalc.languages import sentence, spliced
from rnncalc.pages.vanishing.partials import digits

MOST_ROWS = 32
"""A longer sequence is shown at some of its steps only, evenly."""


class Series(Struct, frozen=True):
    """One column of bars: values by step."""

    header: Text
    values: Mapping[int, Any]
    of: Vanishing


def bars(series: Sequence[Series]) -> Iterator[Block]:
    """The series on one logarithmic scale, with a sentence that says what it is."""
    texts = [{t: digits(one.of, value) for t, value in one.values.items()} for one in series]
    sizes = [abs(Decimal(text)) for column in texts for text in column.values() if Decimal(text) != 0]
    low, high = _decades(sizes)
    steps = sorted({t for column in texts for t in column})
    kept = shown(steps, steps[-1])
    rows = tuple(
        ((position_text(t),), *((row(Digits(column[t])),) if t in column else () for column in texts)) for t in kept
    )
    lengths = tuple(tuple(_share(column.get(t, "0"), low, high) for column in texts) for t in kept)
    letter = series[0].of.chains[0].jacobians.recurrence.letter
    yield Bars(((letter,), *(one.header for one in series)), rows, lengths)
    if not sizes:
        yield Prose(sentence("Everything is exactly 0."))
        return
    scale = sentence("Bars are logarithmic, from {low} (empty) to {high} (full).", low=_power(low), high=_power(high))
    if len(kept) < len(steps):
        left_out = str(len(steps) - len(kept))
        words = sentence("{left_out} of {steps} steps are left out.", left_out=left_out, steps=str(len(steps)))
        scale = spliced("{words} {scale}", {"words": words, "scale": scale})
    yield Prose(scale)


def _decades(sizes: Sequence[Decimal]) -> tuple[int, int]:
    """The powers of ten around the sizes; 1 is one of them if it is near, since it is what they are compared with."""
    if not sizes:
        return -1, 0
    low, high = floor(min(sizes).log10()), ceil(max(sizes).log10())
    low, high = min(low, 0) if low <= 2 else low, max(high, 0) if high >= -2 else high
    return (low, high) if low < high else (low - 1, high)


def _share(text: str, low: int, high: int) -> float:
    size = abs(Decimal(text))
    return min(1.0, max(0.0, (float(size.log10()) - low) / (high - low))) if size else 0.0


def _power(exponent: int) -> Row:
    return row(Digits("1")) if exponent == 0 else row(Digits("10")) if exponent == 1 else power_of_ten(exponent)


def shown(steps: Sequence[int], last: int) -> list[int]:
    """All steps, or every so many of them, the first and the last among them."""
    stride = ceil(len(steps) / MOST_ROWS)
    return [t for t in steps if (last - t) % stride == 0 or t == steps[0]]
