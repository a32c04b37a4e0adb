"""A number as a person writes it, with the digits counted: `0.50`, `-.5`, `2e-3`, `1/3`, `σ(2)`; nothing is executed.

sum     = product {("+" | "-") product}
product = sign {("*" | "·" | "×" | "/") sign}
sign    = ("-" | "+") sign | power
power   = atom [("^" | "**") sign]
atom    = decimal | "e" | function ["-"] atom | "√" atom | "(" sum ")" | "frac" "(" sum ")" "(" sum ")"
"""

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from msgspec import Struct

from rnncalc.numbers import NumberError

LONGEST = 200
"""Characters of an expression; a decimal may have more."""
MOST_DIGITS = 1000
LARGEST_EXPONENT = 290
LARGEST = Fraction(10) ** 300
DEEPEST_DECIMAL = 5_000
"""What has no digit among so many decimals is 0: those of `exp(-exp(30))` would fill the memory."""
DEEPEST = 20
_BITS = 200

FORMS = "write a number such as `0.73`, `-.5`, `2e-3`, `1/3` or `σ(2)`"
_BLANKS = ("", "_", "?", "–", "-", "...", "…", "~", "null", "none", "n/a")

_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,6}))?")
_POWER_OF_TEN = re.compile(r"\s*(?:[*·×]|\\cdot|\\times)\s*10\s*(?:\^|\*\*)\s*[({]?\s*([+-]?[0-9]{1,6})\s*[)}]?")
_SIGNS = dict(zip("−–－＋．，／（）", "---+.,/()", strict=True))
_ABOUT = re.compile(r"^[=≈~∼≃]\s*")
_GOING_ON = re.compile(r"(?<=[0-9])\s*(?:\.\.\.|…|\\l?dots)$")
_HUNDREDTHS = re.compile(r"(?<=[0-9.])\s*\\?%$")
_SHARE = re.compile("[¼-¾⅐-⅞]")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)|([A-Za-zσ]+)|(\*\*|[-+*/^()√·×]))")


class Written(Struct, frozen=True):
    """The number and how it stands there. `unit` is one unit of its last digit, 0 where it is written exactly (as a
    fraction or an expression); `decimals` and `significant` count its digits. `number` and `step` are value and unit as
    floats, near enough to tell most cases apart."""

    text: str
    numerator: int
    denominator: int
    unit: Fraction
    decimals: int
    significant: int
    number: float
    step: float

    @property
    def value(self) -> Fraction:
        """The number itself. Most numbers are told apart without it, so it is made when it is asked for."""
        return Fraction(self.numerator, self.denominator)


def is_blank(text: str) -> bool:
    """Whether the text leaves the place open."""
    return text.strip().lower() in _BLANKS


def read_written(text: str, decimal_comma: bool = False) -> Written:
    """The number that the text spells. Raises NumberError, which says what was expected."""
    if len(text) <= MOST_DIGITS and (match := _DECIMAL.fullmatch(text)) and (match[2] or match[3]):
        return _decimal(text, match)
    plain = _plain(text, decimal_comma)
    digits = sum(map(str.isdigit, plain))
    if digits > MOST_DIGITS:
        raise NumberError(f"a number may have at most {MOST_DIGITS} digits; this text has {digits}", 0, len(text))
    power = _POWER_OF_TEN.search(plain)
    compact = f"{plain[: power.start()]}e{power[1]}" if power and power.end() == len(plain) else plain
    match = _DECIMAL.fullmatch(compact)
    if match and (match[2] or match[3]):
        return _decimal(text, match)
    if len(plain) > LONGEST:
        raise NumberError(f"a number was expected, not a text of {len(plain)} characters", 0, len(text), FORMS)
    value = _bounded(text, _Expression(text, plain).value())
    return Written(text, value.numerator, value.denominator, Fraction(0), 0, 0, float(value), 0.0)


def _plain(text: str, decimal_comma: bool) -> str:
    """The text as the grammar above has it: `≈ 0.88…` as 0.88, `95 %` as 95e-2, `½` as (1/2)."""
    plain = "".join(map(_typed, text)) if not text.isascii() else text
    plain = _ABOUT.sub("", _GOING_ON.sub("", plain.strip().strip("$").strip()))
    plain = _HUNDREDTHS.sub("e-2", _SHARE.sub(lambda share: _in_digits(share[0]), plain))
    if decimal_comma:
        plain = plain.replace("{,}", ".").replace(",", ".")
    return _RAISED_RUN.sub(lambda run: "^(" + run[0].translate(_RAISED) + ")", plain)


def _typed(character: str) -> str:
    """A character as it would be typed: wide digits as digits, other signs as `-` or `+`; nothing for what has no
    width."""
    if unicodedata.category(character) == "Cf":
        return ""
    digit = unicodedata.decimal(character, None)
    return _SIGNS.get(character, character) if digit is None else str(digit)


def _in_digits(share: str) -> str:
    return f"({unicodedata.normalize('NFKC', share).replace('⁄', '/')})"


def _decimal(text: str, match: re.Match[str]) -> Written:
    sign, whole, behind, exponent = match[1], match[2] or "", match[3] or "", int(match[4] or 0)
    if abs(exponent) > LARGEST_EXPONENT:
        raise NumberError(f"the exponent is beyond ±{LARGEST_EXPONENT}", 0, len(text), "write a number closer to 1")
    places = len(behind) - exponent
    numerator, (unit, step) = int(sign + whole + behind), _unit(places)
    denominator = unit.denominator
    if places < 0:
        numerator *= unit.numerator
    if len(whole) + exponent > LONGEST:
        _bounded(text, Fraction(numerator, denominator))
    significant = len((whole + behind).lstrip("0"))
    return Written(text, numerator, denominator, unit, max(0, places), significant, numerator / denominator, step)


@lru_cache(maxsize=256)
def _unit(places: int) -> tuple[Fraction, float]:
    """One unit of the last of so many decimals, also as a float."""
    unit = Fraction(10) ** -places
    return unit, float(unit)


def _bounded(text: str, value: Fraction) -> Fraction:
    if abs(value) > LARGEST:
        raise _too_large(text)
    return value


def _too_large(text: str) -> NumberError:
    return NumberError("the number is too large", 0, len(text), "write a number closer to 1")


class _Expression:
    """Reads one expression from its tokens; values are balls, and rational where they can be."""

    def __init__(self, text: str, plain: str) -> None:
        self.text, self.tokens, self.place, self.depth = text, list(_tokens(text, plain)), 0, 0

    def value(self) -> Fraction:
        import flint

        with flint.ctx.workprec(_BITS):
            result = self.sum()
            if self.place < len(self.tokens) or not flint.arb(result).is_finite():
                raise self.error()
            exact = result if isinstance(result, flint.fmpq) else self.rational(result)
        return Fraction(int(exact.p), int(exact.q))

    def rational(self, ball: Any) -> Any:
        """The middle of a ball, whose bits are counted only if there are not too many."""
        import flint

        if not abs(ball) <= flint.fmpq(LARGEST.numerator):
            raise _too_large(self.text)
        middle = ball.mid()
        return middle.fmpq() if abs(middle) > flint.arb(10) ** -DEEPEST_DECIMAL else flint.fmpq(0)

    def error(self) -> NumberError:
        shown = self.text if len(self.text) <= 40 else self.text[:40] + "…"
        return NumberError(f"a number was expected, not `{shown}`", 0, len(self.text), FORMS)

    def take(self, *wanted: str) -> str | None:
        if self.place < len(self.tokens) and self.tokens[self.place] in wanted:
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.error()

    def sum(self) -> Any:
        result = self.product()
        while operator := self.take("+", "-"):
            result = result + self.product() if operator == "+" else result - self.product()
        return result

    def product(self) -> Any:
        result = self.sign()
        while operator := self.take("*", "·", "×", "/"):
            other = self.sign()
            result = self.quotient(result, other) if operator == "/" else result * other
        return result

    def quotient(self, above: Any, below: Any) -> Any:
        if below == 0:
            raise NumberError("a division by zero", 0, len(self.text))
        return above / below

    def sign(self) -> Any:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NumberError(f"more than {DEEPEST} brackets and signs in one number", 0, len(self.text), FORMS)
        try:
            if operator := self.take("-", "+"):
                return -self.sign() if operator == "-" else self.sign()
            return self.power()
        finally:
            self.depth -= 1

    def power(self) -> Any:
        import flint

        euler = self.take("e")
        base = flint.arb(1).exp() if euler else self.atom()
        if not self.take("^", "**"):
            return base
        exponent = self.sign()
        if not abs(flint.arb(exponent)) <= LARGEST_EXPONENT:
            raise NumberError("the exponent is too large", 0, len(self.text), "write a number closer to 1")
        if euler:
            return flint.arb(exponent).exp()
        if not isinstance(exponent, flint.fmpq) or exponent.q != 1 or (base == 0 and exponent < 0):
            raise self.error()
        # A ball: the digits of 3^400 need not be known.
        return base ** int(exponent.p) if base in (10, -10) else flint.arb(base) ** int(exponent.p)

    def atom(self) -> Any:
        import flint

        token = self.tokens[self.place] if self.place < len(self.tokens) else ""
        self.place += 1
        if token[:1].isdigit() or token[:1] == ".":
            value = Fraction(token)
            return flint.fmpq(value.numerator, value.denominator)
        if token == "(":
            inside = self.sum()
            self.need(")")
            return inside
        if token == "√":
            return flint.arb(self.atom()).sqrt()
        if token == "frac":
            return self.quotient(self.atom(), self.atom())
        if token in FUNCTIONS:
            inside = -self.atom() if self.take("-") else self.atom()
            return FUNCTIONS[token](flint.arb(inside))
        raise self.error()


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "σ": lambda x: 1 / (1 + (-x).exp()),
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "sigma": lambda x: 1 / (1 + (-x).exp()),
    "tanh": lambda x: x.tanh(),
    "exp": lambda x: x.exp(),
    "ln": lambda x: x.log(),
    "sqrt": lambda x: x.sqrt(),
}


def _tokens(text: str, plain: str) -> list[str]:
    plain = plain.replace("\\", "").replace("{", "(").replace("}", ")").replace("left", "").replace("right", "")
    plain = plain.replace("cdot", "*").replace("times", "*").rstrip()
    tokens, place = [], 0
    while place < len(plain):
        match = _TOKEN.match(plain, place)
        if match is None:
            shown = text if len(text) <= 40 else text[:40] + "…"
            raise NumberError(f"a number was expected, not `{shown}`", 0, len(text), FORMS)
        tokens.append(match[1] or match[2] or match[3])
        place = match.end()
    return tokens
