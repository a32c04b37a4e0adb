"""Numbers as people write them, with their digits counted, and texts that are no numbers."""

from fractions import Fraction

import pytest

from rnncalc.answers import read_written
from rnncalc.numbers import NumberError


@pytest.mark.parametrize(
    ("text", "value", "unit", "decimals", "significant"),
    [
        ("0.50", "1/2", "1/100", 2, 2),
        ("-.5", "-1/2", "1/10", 1, 1),
        ("+3.", "3", "1", 0, 1),
        ("2e-3", "1/500", "1/1000", 3, 1),
        ("2·10^-3", "1/500", "1/1000", 3, 1),
        ("1.20×10⁻³", "3/2500", "1/100000", 5, 3),
        ("−0.73", "-73/100", "1/100", 2, 2),
        ("$0.73$", "73/100", "1/100", 2, 2),
        ("1200", "1200", "1", 0, 4),
        ("1.2e3", "1200", "100", 0, 2),
        ("0.0067", "67/10000", "1/10000", 4, 2),
        ("1/3", "1/3", "0", 0, 0),
        (r"\frac{1}{3}", "1/3", "0", 0, 0),
        ("-(1/2 + 1/3)*2", "-5/3", "0", 0, 0),
        ("2**-3", "1/8", "0", 0, 0),
        ("½", "1/2", "0", 0, 0),
        ("≈ 0.88", "22/25", "1/100", 2, 2),
        ("0.880…", "22/25", "1/1000", 3, 3),
        (r"0.88\ldots", "22/25", "1/100", 2, 2),
        ("95.3 %", "953/1000", "1/1000", 3, 3),
        ("－０．７３", "-73/100", "1/100", 2, 2),
        ("0.50\u200b", "1/2", "1/100", 2, 2),
        ("0.1000e-03", "1/10000", "1/10000000", 7, 4),
    ],
)
def test_numbers(text: str, value: str, unit: str, decimals: int, significant: int) -> None:
    found = read_written(text)
    assert (found.text, found.value, found.unit) == (text, Fraction(value), Fraction(unit))
    assert (found.decimals, found.significant) == (decimals, significant)
    assert (found.number, found.step) == (float(found.value), float(found.unit))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("σ(2)", 0.8807970779778823),
        ("1/(1+e^-2)", 0.8807970779778823),
        (r"\sigma(2)", 0.8807970779778823),
        ("tanh(1/2)", 0.46211715726000973),
        ("e^{-2}", 0.1353352832366127),
        ("√2/2", 0.7071067811865476),
        ("ln(2)", 0.6931471805599453),
        ("ln 2", 0.6931471805599453),
        ("tanh −0.5", -0.46211715726000973),
        ("1/(1 + exp(−2))", 0.8807970779778823),
        (r"\frac{1}{σ(-2)}", 8.38905609893065),
        ("exp(-exp(30))", 0.0),
    ],
)
def test_expressions(text: str, number: float) -> None:
    found = read_written(text)
    assert (found.number, found.unit) == (pytest.approx(number, rel=1e-15), 0)


def test_a_decimal_comma_on_request() -> None:
    assert read_written("0,73", decimal_comma=True).value == Fraction(73, 100)
    with pytest.raises(NumberError, match="a number was expected, not `0,73`"):
        read_written("0,73")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nan", "a number was expected, not `nan`"),
        ("0.5.5", "a number was expected, not `0.5.5`"),
        ("5 apples", "a number was expected, not `5 apples`"),
        ("__import__('os').system('id')", "a number was expected, not `__import__('os').system('id')`"),
        ("9**9**9", "the exponent is too large"),
        ("9^(9^9)", "the exponent is too large"),
        ("1e99999999999", "a number was expected, not `1e99999999999`"),
        ("1e400", "the exponent is beyond ±290"),
        ("1" * 301, "the number is too large"),
        ("1" * 2000, "a number may have at most 1000 digits; this text has 2000"),
        ("(" * 30 + "1" + ")" * 30, "more than 20 brackets and signs in one number"),
        ("(" * 30_000, "a number was expected, not a text of 30000 characters"),
        ("1/0", "a division by zero"),
        (r"\frac{1}{0}", "a division by zero"),
        ("exp(exp(10))", "the number is too large"),
        ("exp(exp(30))", "the number is too large"),
        ("exp(exp(exp(9)))", "a number was expected, not `exp(exp(exp(9)))`"),
        ("ln(-1)", "a number was expected, not `ln(-1)`"),
        ("<script>alert(1)</script>", "a number was expected, not `<script>alert(1)</script>`"),
        ("x" * 60, "a number was expected, not `" + "x" * 40 + "…`"),
    ],
)
def test_no_numbers(text: str, message: str) -> None:
    with pytest.raises(NumberError) as error:
        read_written(text)
    assert error.value.message == message
