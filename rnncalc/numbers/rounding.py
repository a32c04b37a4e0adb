"""Number to correctly rounded text; it knows nothing of where the number came from, and uses integers only.

A value whose leading digit stands at 10^-7 ... 10^15 is printed in plain notation, any other as `1.204e-30`. Two
exceptions keep digits honest: "decimals" never turns a small value into `e` notation (0.0000 is the answer to that
question), and "significant" turns to it when the digits end before the units (12345.678 is `1.235e+04`, since `12350`
would show a digit that is wrong). An exact value is printed in full, without trailing zeros, where the digits suffice.
"""

from fractions import Fraction
from functools import lru_cache
from typing import Literal

from msgspec import Struct

MOST_DIGITS_SHOWN = 1000

_SMALLEST_PLAIN, _LARGEST_PLAIN = -7, 15


class Precision(Struct, frozen=True):
    """How many digits to show. `both` is `digits` decimals or `digits` significant digits, whichever shows more."""

    digits: int = 4
    kind: Literal["both", "significant", "decimals"] = "both"

    def __post_init__(self) -> None:
        fewest = 0 if self.kind == "decimals" else 1
        if not fewest <= self.digits <= MOST_DIGITS_SHOWN:
            raise ValueError(f"digits must be {fewest} to {MOST_DIGITS_SHOWN}, not {self.digits}")


class Rounded(Struct, frozen=True):
    """A printed number: ASCII text, whether it is exactly the value, and whether a tie was rounded away from zero."""

    text: str
    exact: bool
    tie: bool


def round_exact(value: Fraction, precision: Precision) -> Rounded:
    """The value to the given digits, half away from zero; in full if its decimal expansion ends within them."""
    over, under = abs(value.numerator), value.denominator
    if not over:
        return Rounded("0", exact=True, tie=False)
    leading = _leading(over, under)
    decimals, scientific = _layout(leading, precision)
    over, under = over * _ten(max(0, decimals)), under * _ten(max(0, -decimals))
    scaled, rest = divmod(2 * over + under, 2 * under)
    sign = "-" if value < 0 and scaled else ""
    if over % under:
        return Rounded(sign + _spell(*_carried(scaled, decimals, scientific, leading, precision)), False, not rest)
    text = _spell(scaled, decimals, scientific and not _SMALLEST_PLAIN <= leading <= _LARGEST_PLAIN)
    return Rounded(sign + _without_trailing_zeros(text), exact=True, tie=False)


def round_ball(midpoint: int, radius: int, exponent: int, precision: Precision) -> Rounded | None:
    """The text of every real in [midpoint − radius, midpoint + radius] · 10^exponent; None if they have not one text.

    The arguments are what python-flint's `arb.mid_rad_10exp` gives, as Python integers. No text is called exact.
    """
    low, high = midpoint - radius, midpoint + radius
    if radius and low <= 0 <= high and precision.kind != "decimals":
        return None
    # Rounding is monotone and the layout follows from the rounded value alone, so equal ends settle all between.
    settled = _round_end(low, exponent, precision)
    if radius and settled != _round_end(high, exponent, precision):
        return None
    scaled, decimals, scientific = settled
    sign = "-" if scaled < 0 else ""
    return Rounded(sign + _spell(abs(scaled), decimals, scientific), exact=False, tie=False)


def _round_end(end: int, exponent: int, precision: Precision) -> tuple[int, int, bool]:
    """One end of an enclosure as (signed scaled integer, decimals, scientific)."""
    if not end:
        return 0, precision.digits - (precision.kind == "significant"), False
    size = abs(end)
    leading = _leading(size, 1) + exponent
    decimals, scientific = _layout(leading, precision)
    # Only the difference of the two exponents is ever raised: 10^-434294481 must cost nothing.
    shift = exponent + decimals
    if leading + decimals < -1:
        scaled = 0
    elif shift >= 0:
        scaled = size * _ten(shift)
    else:
        scaled = (2 * size + _ten(-shift)) // (2 * _ten(-shift))
    scaled, decimals, scientific = _carried(scaled, decimals, scientific, leading, precision)
    return (scaled if end > 0 else -scaled), decimals, scientific


def _layout(leading: int, precision: Precision) -> tuple[int, bool]:
    """(decimals, scientific) for a value whose leading digit is at 10^leading; decimals count from the point."""
    digits, kind = precision.digits, precision.kind
    for_significant = max(1, digits) - 1 - leading
    if leading > _LARGEST_PLAIN or (kind != "decimals" and leading < _SMALLEST_PLAIN):
        return for_significant, True
    if kind == "decimals":
        return digits, False
    if kind == "both":
        return max(digits, for_significant), False
    return for_significant, for_significant < 0


def _carried(scaled: int, decimals: int, scientific: bool, leading: int, precision: Precision) -> tuple[int, int, bool]:
    """The rounded value laid out by the leading digit it has now: 0.00099996 became 0.001000."""
    if leading + 1 + decimals < 0 or scaled < _ten(leading + 1 + decimals):
        return scaled, decimals, scientific
    decimals, scientific = _layout(leading + 1, precision)
    return _ten(leading + 1 + decimals), decimals, scientific


def _leading(over: int, under: int) -> int:
    """The exponent of the power of ten at the leading digit of over/under, both positive."""
    # 30103/100000 is log10(2) to seven digits; the loops put right what the estimate misses by one or so.
    guess = (over.bit_length() - under.bit_length()) * 30103 // 100000
    while over * _ten(max(0, -guess)) < under * _ten(max(0, guess)):
        guess -= 1
    while over * _ten(max(0, -guess - 1)) >= under * _ten(max(0, guess + 1)):
        guess += 1
    return guess


def _spell(scaled: int, decimals: int, scientific: bool) -> str:
    """scaled / 10^decimals in ASCII."""
    if scientific:
        digits = str(scaled)
        return f"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{len(digits) - 1 - decimals:+03d}"
    if decimals <= 0:
        return str(scaled * _ten(-decimals))
    digits = str(scaled).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}"


def _without_trailing_zeros(text: str) -> str:
    mantissa, e, exponent = text.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + e + exponent


@lru_cache(maxsize=4096)
def _ten(exponent: int) -> int:
    return int(10**exponent)
