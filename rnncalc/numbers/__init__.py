"""Text to exact number, and number to correctly rounded text; no module here knows files or arrays."""

from rnncalc.numbers.reading import (
    LARGEST_RADICAND,
    Exact,
    Formula,
    Letter,
    NumberError,
    Surd,
    read_number,
    square_free,
)
from rnncalc.numbers.rounding import Precision, Rounded, round_ball, round_exact
from rnncalc.numbers.writing import decimal_text, exact_text, is_decimal, plain_decimal

__all__ = [
    "LARGEST_RADICAND",
    "Exact",
    "Formula",
    "Letter",
    "NumberError",
    "Precision",
    "Rounded",
    "Surd",
    "decimal_text",
    "exact_text",
    "is_decimal",
    "plain_decimal",
    "read_number",
    "round_ball",
    "round_exact",
    "square_free",
]
