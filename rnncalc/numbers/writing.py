"""Exact number to text: as a person would write it, never rounded; it knows nothing of where the number came from."""

from fractions import Fraction

from rnncalc.numbers.reading import LARGEST_EXPONENT_READ, Exact, Formula, Letter, Surd

LONGEST_PLAIN = 20
LONGEST_GIVEN = 12


def is_decimal(value: Fraction) -> bool:
    """Whether the decimal expansion ends."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_text(value: Fraction) -> str:
    """A finite decimal: `0.125`, and `1e-30` where zeros would make it long; other fractions as a quotient."""
    if not is_decimal(value):
        return f"{value.numerator}/{value.denominator}"
    plain = plain_decimal(value)
    if len(plain) <= LONGEST_PLAIN:
        return plain
    mantissa, exponent = value, 0
    while mantissa.denominator != 1 and exponent > -LARGEST_EXPONENT_READ:
        mantissa, exponent = mantissa * 10, exponent - 1
    while mantissa % 10 == 0 and exponent < LARGEST_EXPONENT_READ:
        mantissa, exponent = mantissa / 10, exponent + 1
    return min(plain, f"{plain_decimal(mantissa)}e{exponent}", key=len)


def exact_text(value: Exact) -> str:
    """A given number so that `=` is true before it: `0.1`, `1/3`, `2√3`, and a long decimal cut where `…` stands."""
    if isinstance(value, Surd):
        return _multiple_text(value.coefficient, f"√{value.radicand}")
    if isinstance(value, Letter):
        places = ",".join(map(str, (*value.position, *value.entry)))
        return _multiple_text(value.coefficient, value.name + (f"[{places}]" if places else ""))
    assert not isinstance(value, Formula), "only the language of equations writes expressions"
    text = decimal_text(value)
    return text if len(text) <= LONGEST_GIVEN or "." not in text or "e" in text else text[:LONGEST_GIVEN] + "…"


def plain_decimal(value: Fraction) -> str:
    """A number whose decimals end, written without an exponent."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _multiple_text(coefficient: Fraction, name: str) -> str:
    """`2√3/5`, `-w`."""
    above, below = abs(coefficient.numerator), coefficient.denominator
    sign = "-" if coefficient < 0 else ""
    return sign + ("" if above == 1 else str(above)) + name + (f"/{below}" if below > 1 else "")
