"""Text to exact number; it knows nothing of files, and executes nothing.

What is read, blanks being allowed between the parts (`−` counts as `-`, `√` as `sqrt`, and `√2/3` is `sqrt(2)/3`):

    number   = [sign] (decimal | [decimal ["*"]] root) ["/" (decimal | root)]
    root     = "sqrt(" number ")" | "√" decimal         the number under a root being rational and not negative
    decimal  = digits ["." [digits]] | "." digits, either with an exponent such as "e-3"

Where letters are allowed, a number may also be one of them, with a factor: `w`, `-w`, `2w`, `3*w/4`.
"""

import re
from collections.abc import Container
from fractions import Fraction
from math import gcd, isqrt, sqrt
from typing import Any

from msgspec import Struct

from rnncalc.errors import short

MOST_DIGITS_READ = 1000
LARGEST_EXPONENT_READ = 1000
LARGEST_RADICAND = 10**12
"""Finding the square factors of numerator times denominator takes at most 10^4 divisions; squares may be larger."""


class Surd(Struct, frozen=True):
    """coefficient · √radicand, where the coefficient is not 0 and the radicand is square-free and at least 2."""

    coefficient: Fraction
    radicand: int

    def __float__(self) -> float:
        return float(self.coefficient) * sqrt(self.radicand)


class Letter(Struct, frozen=True):
    """coefficient · a number that is not known: a letter, or an entry (row, column) of a quantity at a position. A
    letter without a name is a number that is missing, written `?`."""

    name: str
    coefficient: Fraction = Fraction(1)
    position: tuple[int, ...] = ()
    entry: tuple[int, ...] = ()


class Formula(Struct, frozen=True):
    """A number that an expression of letters and functions gives. What an expression is, only the language of equations
    knows."""

    expression: Any
    letters: tuple[str, ...]


Exact = Fraction | Surd | Letter | Formula


class NumberError(ValueError):
    """A text is not a number: what was expected, what to do, and where in the text the trouble is (from 0)."""

    def __init__(self, message: str, start: int, length: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.start, self.length, self.hint = message, start, length, hint


# Possessive quantifiers (`++`) never give characters back, which keeps every search linear in the text.
_DECIMAL = r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?"
_ROOT = rf"(?:sqrt(?=\s*+\()|√)\s*+(?P<%s>\([^()]*+\)|{_DECIMAL})"
_NUMBER = re.compile(
    rf"""\s*+ (?P<sign>[+-])?+ \s*+
    (?: (?:(?P<factor>{_DECIMAL}) \s*+ \*?+ \s*+)? {_ROOT % "root"} | (?P<whole>{_DECIMAL}) ) \s*+
    (?: / \s*+ (?: {_ROOT % "root_below"} | (?P<below>{_DECIMAL}) ) \s*+ )?""",
    re.VERBOSE,
)
# The form of nearly every number in a large file, tried first since it takes a fourth of the time.
_PLAIN = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)")
_LETTER = re.compile(
    rf"\s*+(?P<sign>[+-])?+\s*+(?:(?P<factor>{_DECIMAL})\s*+\*?+\s*+)?(?P<name>[^\W\d]\w*+)\s*+(?:/\s*+(?P<below>{_DECIMAL})\s*+)?"
)
_FORMS = "write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`"
# One row per mistake, most telling first: where it shows, what to say, what to do; `{}` is the text that matched.
_MISTAKES = tuple(
    (re.compile(pattern), what, hint)
    for pattern, what, hint in (
        (r"(?![0-9])\d", "`{}` is not one of the digits 0 to 9", "write it with the digits 0 to 9"),
        (
            r"(?i:\.?\b(?:nan|inf|infinity)\b)",
            "a number was expected, not `{}`",
            "only finite numbers can be used",
        ),
        (r"\b0[xXoObB][0-9a-fA-F]*+", "`{}` is not a decimal number", "write it in base ten, such as `16`"),
        (r"[0-9]++_[0-9_]*+", "an underscore cannot stand inside a number", "leave it out, as in `1000`"),
        (
            r"(?<=[0-9]),(?=[0-9])",
            "a comma cannot stand inside a number",
            "write a point, as in `0.731`, and nothing between thousands",
        ),
        (r"\*\*|\^", "a power cannot be read as a number", "write `1e-3` for 10 to the power −3"),
        (r":", "a colon cannot stand inside a number", "write a ratio as a fraction, such as `1/30`"),
        (r"%", "a percent sign cannot stand in a number", "write `0.5` for 50 percent"),
        (r"\bsqrt\b(?!\s*+\()", "`sqrt` needs a number in round brackets", "write `sqrt(2)`"),
    )
)


def read_number(text: str, letters: Container[str] = ()) -> Exact:
    """The number that `text` spells, exactly as written: `0.1` is 1/10; or one of the letters, with its factor. Raises
    NumberError for anything else."""
    text = text.replace("−", "-")
    if len(text) > MOST_DIGITS_READ:
        _check_digits(text)
    if _PLAIN.fullmatch(text):
        whole, _, decimals = text.partition(".")
        return Fraction(int(whole + decimals), 10 ** len(decimals))
    return _letter(text, letters) or _read(text, 0, len(text))


def _letter(text: str, letters: Container[str]) -> Letter | Fraction | None:
    match = _LETTER.fullmatch(text) if letters else None
    if match is None or match["name"] not in letters:
        return None
    below = _decimal(match, "below")
    if not below:
        start, end = match.span("below")
        raise NumberError("the number below the fraction bar is zero", start, end - start)
    coefficient = _decimal(match, "factor") / below
    return Letter(match["name"], -coefficient if match["sign"] == "-" else coefficient) if coefficient else coefficient


def _check_digits(text: str) -> None:
    digits = sum(text.count(digit) for digit in "0123456789")
    if digits > MOST_DIGITS_READ:
        message = f"a number may have at most {MOST_DIGITS_READ} digits; this text has {digits}"
        raise NumberError(message, 0, len(text), "round it to fewer digits")


def _read(text: str, start: int, end: int) -> Fraction | Surd:
    match = _NUMBER.fullmatch(text, start, end)
    if match is None:
        raise _mistake(text, start, end)
    coefficient, radicand = _root(match, "root")
    coefficient *= _decimal(match, "factor") * _decimal(match, "whole")
    if match["sign"] == "-":
        coefficient = -coefficient
    if match["below"] or match["root_below"]:
        coefficient, radicand = _divide(coefficient, radicand, match)
    return Surd(coefficient, radicand) if radicand > 1 and coefficient else coefficient


def _divide(coefficient: Fraction, radicand: int, match: re.Match[str]) -> tuple[Fraction, int]:
    below, radicand_below = _root(match, "root_below")
    below *= _decimal(match, "below")
    if not below:
        start, end = match.span("below" if match["below"] else "root_below")
        raise NumberError("the number below the fraction bar is zero", start, end - start)
    # √p / √q = √(pq) / q, and with the common divisor g of p and q, √(pq) = g √(p/g · q/g), again square-free.
    common = gcd(radicand, radicand_below)
    coefficient = coefficient * common / (below * radicand_below)
    return coefficient, radicand // common * (radicand_below // common)


def _decimal(match: re.Match[str], group: str) -> Fraction:
    """The value of a decimal group, 1 if it is absent."""
    text = match[group]
    if text is None:
        return Fraction(1)
    _, _, exponent = text.lower().partition("e")
    if exponent and abs(int(exponent)) > LARGEST_EXPONENT_READ:
        message = f"the exponent of `{short(text)}` is beyond ±{LARGEST_EXPONENT_READ}"
        raise NumberError(message, match.start(group), len(text), "write a number closer to 1")
    return Fraction(text)


def _root(match: re.Match[str], group: str) -> tuple[Fraction, int]:
    """(c, r) with r square-free, such that the root group has the value c √r; (1, 1) if it is absent."""
    start, end = match.span(group)
    if start < 0:
        return Fraction(1), 1
    bracket = match.string[start] == "("
    value = _read(match.string, start + bracket, end - bracket)
    if isinstance(value, Surd):
        raise NumberError("a root under a root cannot be read", start, end - start)
    if value < 0:
        raise NumberError("the number under a root is negative", start, end - start)
    n, d = value.numerator, value.denominator
    if isqrt(n) ** 2 == n and isqrt(d) ** 2 == d:
        return Fraction(isqrt(n), isqrt(d)), 1
    if n * d > LARGEST_RADICAND:
        message = f"the number under a root is too large: only squares may pass {LARGEST_RADICAND:.0e}"
        raise NumberError(message, start, end - start, "write the value as a decimal number")
    outside, inside = square_free(n * d)
    return Fraction(outside, d), inside


def square_free(number: int) -> tuple[int, int]:
    """(a, b) with number = a² b and b square-free."""
    outside, inside, rest, factor = 1, 1, number, 2
    while factor**3 <= rest:
        power = 0
        while rest % factor == 0:
            rest, power = rest // factor, power + 1
        outside, inside = outside * factor ** (power // 2), inside * factor ** (power % 2)
        factor += 1
    # What is left has no prime below `factor` and so at most two: it is a square, or square-free.
    root = isqrt(rest)
    return (outside * root, inside) if root * root == rest else (outside, inside * rest)


def _mistake(text: str, start: int, end: int) -> NumberError:
    spelt = text[start:end].strip()
    if not spelt:
        return NumberError("a number was expected, but there is nothing", start, end - start, _FORMS)
    for pattern, what, hint in _MISTAKES:
        if match := pattern.search(text, start, end):
            return NumberError(what.format(short(match[0])), match.start(), len(match[0]), hint)
    message = f"a number was expected, not `{short(spelt)}`"
    return NumberError(message, text.index(spelt, start), len(spelt), _FORMS)
