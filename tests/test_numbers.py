"""Numbers: what is read, what is refused and how, and the digits that are printed."""

import decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnncalc.numbers import Exact, NumberError, Precision, Rounded, Surd, read_number, round_ball, round_exact

FORMS = "write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`"
INFINITE = "only finite numbers can be used"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", Fraction(3)),
        ("+2", Fraction(2)),
        ("-7", Fraction(-7)),
        ("−7", Fraction(-7)),
        ("010", Fraction(10)),
        ("0.1", Fraction(1, 10)),
        (".5", Fraction(1, 2)),
        ("-.5", Fraction(-1, 2)),
        ("5.", Fraction(5)),
        ("-0.05", Fraction(-1, 20)),
        ("-0", Fraction(0)),
        ("1e-3", Fraction(1, 1000)),
        ("-0.5e-3", Fraction(-1, 2000)),
        ("−1E−3", Fraction(-1, 1000)),
        ("2.e+2", Fraction(200)),
        ("1e1000", Fraction(10**1000)),
        ("  4 \t", Fraction(4)),
        ("1/3", Fraction(1, 3)),
        ("-0.5/4", Fraction(-1, 8)),
        (" - 1 / 3 ", Fraction(-1, 3)),
        ("0/5", Fraction(0)),
        ("sqrt(2)", Surd(Fraction(1), 2)),
        ("√2", Surd(Fraction(1), 2)),
        ("√(1/2)", Surd(Fraction(1, 2), 2)),
        ("sqrt ( 2 )", Surd(Fraction(1), 2)),
        ("-sqrt(3)/2", Surd(Fraction(-1, 2), 3)),
        ("√3/2", Surd(Fraction(1, 2), 3)),
        ("2*sqrt(5)", Surd(Fraction(2), 5)),
        ("2√5", Surd(Fraction(2), 5)),
        ("3sqrt(2)/4", Surd(Fraction(3, 4), 2)),
        ("0.5 * √2", Surd(Fraction(1, 2), 2)),
        ("1/sqrt(2)", Surd(Fraction(1, 2), 2)),
        ("sqrt(2)/sqrt(3)", Surd(Fraction(1, 3), 6)),
        ("sqrt(6)/sqrt(10)", Surd(Fraction(1, 5), 15)),
        ("sqrt(2)/sqrt(8)", Fraction(1, 2)),
        ("sqrt(8)", Surd(Fraction(2), 2)),
        ("sqrt(1/2)", Surd(Fraction(1, 2), 2)),
        ("sqrt(0.02)", Surd(Fraction(1, 10), 2)),
        ("sqrt(9)", Fraction(3)),
        ("sqrt(0.25)", Fraction(1, 2)),
        ("sqrt(0)", Fraction(0)),
        ("0*sqrt(2)", Fraction(0)),
        ("sqrt(1e40)", Fraction(10**20)),
        ("sqrt(999999999989)", Surd(Fraction(1), 999999999989)),
        ("sqrt(999966000289)", Fraction(999983)),
        ("sqrt(499979*499979)".replace("499979*499979", str(499979**2 * 3)), Surd(Fraction(499979), 3)),
    ],
)
def test_a_number_is_read_exactly(text: str, value: Exact) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "message", "hint", "marked"),
    [
        ("", "a number was expected, but there is nothing", FORMS, ""),
        ("  ", "a number was expected, but there is nothing", FORMS, "  "),
        ("sqrt()", "a number was expected, but there is nothing", FORMS, ""),
        ("abc", "a number was expected, not `abc`", FORMS, "abc"),
        (" yes ", "a number was expected, not `yes`", FORMS, "yes"),
        ("x" * 100, f"a number was expected, not `{'x' * 39}…`", FORMS, "x" * 100),
        ("1/x", "a number was expected, not `1/x`", FORMS, "1/x"),
        ("1/2/3", "a number was expected, not `1/2/3`", FORMS, "1/2/3"),
        ("1 2", "a number was expected, not `1 2`", FORMS, "1 2"),
        ("1.2.3", "a number was expected, not `1.2.3`", FORMS, "1.2.3"),
        ("+", "a number was expected, not `+`", FORMS, "+"),
        ("--1", "a number was expected, not `--1`", FORMS, "--1"),
        (".", "a number was expected, not `.`", FORMS, "."),
        ("1e", "a number was expected, not `1e`", FORMS, "1e"),
        ("*√2", "a number was expected, not `*√2`", FORMS, "*√2"),
        ("1/3sqrt(2)", "a number was expected, not `1/3sqrt(2)`", FORMS, "1/3sqrt(2)"),
        ("__import__('os')", "a number was expected, not `__import__('os')`", FORMS, "__import__('os')"),
        ("sqrt(sqrt(2))", "a number was expected, not `sqrt(sqrt(2))`", FORMS, "sqrt(sqrt(2))"),
        ("nan", "a number was expected, not `nan`", INFINITE, "nan"),
        ("-inf", "a number was expected, not `inf`", INFINITE, "inf"),
        (".inf", "a number was expected, not `.inf`", INFINITE, ".inf"),
        ("١٢", "`١` is not one of the digits 0 to 9", "write it with the digits 0 to 9", "١"),
        ("1０", "`０` is not one of the digits 0 to 9", "write it with the digits 0 to 9", "０"),
        ("0x10", "`0x10` is not a decimal number", "write it in base ten, such as `16`", "0x10"),
        ("1_000", "an underscore cannot stand inside a number", "leave it out, as in `1000`", "1_000"),
        ("sqrt(1_0)", "an underscore cannot stand inside a number", "leave it out, as in `1000`", "1_0"),
        (
            "0,731",
            "a comma cannot stand inside a number",
            "write a point, as in `0.731`, and nothing between thousands",
            ",",
        ),
        ("9**9**9", "a power cannot be read as a number", "write `1e-3` for 10 to the power −3", "**"),
        ("10^3", "a power cannot be read as a number", "write `1e-3` for 10 to the power −3", "^"),
        ("1:30", "a colon cannot stand inside a number", "write a ratio as a fraction, such as `1/30`", ":"),
        ("50%", "a percent sign cannot stand in a number", "write `0.5` for 50 percent", "%"),
        ("sqrt 2", "`sqrt` needs a number in round brackets", "write `sqrt(2)`", "sqrt"),
        ("1/0", "the number below the fraction bar is zero", None, "0"),
        ("1/sqrt(0.0)", "the number below the fraction bar is zero", None, "(0.0)"),
        ("sqrt(1/0)", "the number below the fraction bar is zero", None, "0"),
        ("2*sqrt(-4)", "the number under a root is negative", None, "(-4)"),
        ("sqrt(√2)", "a root under a root cannot be read", None, "(√2)"),
        (
            "sqrt(1000000000001)",
            "the number under a root is too large: only squares may pass 1e+12",
            "write the value as a decimal number",
            "(1000000000001)",
        ),
        ("1/2e1001", "the exponent of `2e1001` is beyond ±1000", "write a number closer to 1", "2e1001"),
        ("1e-99999", "the exponent of `1e-99999` is beyond ±1000", "write a number closer to 1", "1e-99999"),
        (
            "0." + "1" * 1000,
            "a number may have at most 1000 digits; this text has 1001",
            "round it to fewer digits",
            "0." + "1" * 1000,
        ),
    ],
)
def test_what_is_no_number_is_refused(text: str, message: str, hint: str | None, marked: str) -> None:
    with pytest.raises(NumberError) as caught:
        read_number(text)
    error = caught.value
    found = (error.message, error.hint, text[error.start : error.start + error.length])
    assert found == (message, hint, marked)
    assert str(error) == message


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_decimals_mean_what_fractions_says(value: decimal.Decimal) -> None:
    assert read_number(str(value)) == Fraction(value)
    assert read_number(f"{value:f}") == Fraction(value)


@given(st.fractions(min_value=0, max_value=10**4, max_denominator=10**4))
def test_the_square_of_a_root_is_its_radicand(value: Fraction) -> None:
    root = read_number(f"sqrt({value})")
    assert value == (root.coefficient**2 * root.radicand if isinstance(root, Surd) else root**2)
    if isinstance(root, Surd):
        assert all(root.radicand % (factor * factor) for factor in range(2, 10**4))


@given(st.text() | st.text("0123456789.eE+-−/*√sqrt() _,:\t٣", max_size=30))
@example("sqrt" * 20_000)
@example(" " * 200_000 + "x")
@example("1" * 900 + "_" * 200_000)
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        value = read_number(text)
    except NumberError as error:
        start, end, message = error.start, error.start + error.length, error.message
    else:
        assert isinstance(value, Fraction | Surd)
        return
    assert 0 <= start <= end <= len(text)
    assert len(message) < 150


BOTH, SIGNIFICANT, DECIMALS = (Precision(4, kind) for kind in ("both", "significant", "decimals"))


@pytest.mark.parametrize(
    ("text", "precision", "printed"),
    [
        ("0", BOTH, Rounded("0", True, False)),
        ("3", BOTH, Rounded("3", True, False)),
        ("-3", BOTH, Rounded("-3", True, False)),
        ("0.5", BOTH, Rounded("0.5", True, False)),
        ("1/3", BOTH, Rounded("0.3333", False, False)),
        ("-2/3", BOTH, Rounded("-0.6667", False, False)),
        ("0.000120374", BOTH, Rounded("0.0001204", False, False)),
        ("0.00012037", BOTH, Rounded("0.0001204", False, False)),
        ("0.0001204", BOTH, Rounded("0.0001204", True, False)),
        ("0.99999999", BOTH, Rounded("1.0000", False, False)),
        ("0.00099996", BOTH, Rounded("0.001000", False, False)),
        ("0.00099994", BOTH, Rounded("0.0009999", False, False)),
        ("12345.678", BOTH, Rounded("12345.678", True, False)),
        ("12345.67812", BOTH, Rounded("12345.6781", False, False)),
        ("9999.99996", BOTH, Rounded("10000.0000", False, False)),
        ("0.12345", BOTH, Rounded("0.1235", False, True)),
        ("-0.12345", BOTH, Rounded("-0.1235", False, True)),
        ("0.99995", BOTH, Rounded("1.0000", False, True)),
        ("0.00005", BOTH, Rounded("0.00005", True, False)),
        # The first and the last power of ten in plain notation.
        ("1e-7", BOTH, Rounded("0.0000001", True, False)),
        ("1.23456e-7", BOTH, Rounded("0.0000001235", False, False)),
        ("9.99996e-8", BOTH, Rounded("0.0000001000", False, False)),
        ("9.9994e-8", BOTH, Rounded("9.999e-08", False, False)),
        ("1e-8", BOTH, Rounded("1e-08", True, False)),
        ("1.20437e-30", BOTH, Rounded("1.204e-30", False, False)),
        ("1e15", BOTH, Rounded("1000000000000000", True, False)),
        ("9999999999999999", BOTH, Rounded("9999999999999999", True, False)),
        ("9999999999999999.99999", BOTH, Rounded("1.000e+16", False, False)),
        ("10000000000000000", BOTH, Rounded("1e+16", True, False)),
        ("-1.5e20", BOTH, Rounded("-1.5e+20", True, False)),
        ("12345678901234567890", BOTH, Rounded("1.235e+19", False, False)),
        ("12345.678", SIGNIFICANT, Rounded("1.235e+04", False, False)),
        ("1234.5", SIGNIFICANT, Rounded("1235", False, True)),
        ("12000", SIGNIFICANT, Rounded("12000", True, False)),
        ("9999.96", SIGNIFICANT, Rounded("1.000e+04", False, False)),
        ("0.99999", SIGNIFICANT, Rounded("1.000", False, False)),
        ("0.000120374", DECIMALS, Rounded("0.0001", False, False)),
        ("-0.00004", DECIMALS, Rounded("0.0000", False, False)),
        ("-0.00005", DECIMALS, Rounded("-0.0001", False, True)),
        ("1e-30", DECIMALS, Rounded("0.0000", False, False)),
        ("1/3e16", DECIMALS, Rounded("0.0000", False, False)),
        ("2e19/3", DECIMALS, Rounded("6.667e+18", False, False)),
        ("2.5", Precision(0, "decimals"), Rounded("3", False, True)),
        ("0.4", Precision(0, "decimals"), Rounded("0", False, False)),
        ("2e19/3", Precision(0, "decimals"), Rounded("7e+18", False, False)),
        ("1e-9", Precision(9, "decimals"), Rounded("0.000000001", True, False)),
        ("2/3", Precision(1, "significant"), Rounded("0.7", False, False)),
        ("2/3", Precision(12, "both"), Rounded("0.666666666667", False, False)),
    ],
)
def test_an_exact_value_is_printed(text: str, precision: Precision, printed: Rounded) -> None:
    value = read_number(text)
    assert isinstance(value, Fraction)
    assert round_exact(value, precision) == printed


@pytest.mark.parametrize(
    ("midpoint", "radius", "exponent", "precision", "text"),
    [
        (12037, 1, -8, BOTH, "0.0001204"),
        (-33333333, 1, -8, BOTH, "-0.3333"),
        (5, 0, -1, BOTH, "0.5000"),
        (3, 0, 0, BOTH, "3.0000"),
        (0, 0, 0, BOTH, "0.0000"),
        (0, 0, 0, SIGNIFICANT, "0.000"),
        (0, 0, 0, Precision(1, "significant"), "0"),
        # Both ends must print the same text, also across a power of ten.
        (10**12, 1000, -12, BOTH, "1.0000"),
        (10**12, 10**7, -15, BOTH, "0.001000"),
        (10**12, 10**9, -15, BOTH, None),
        (99995, 1, -5, BOTH, None),
        (99995, 0, -5, BOTH, "1.0000"),
        (123447, 2, -6, BOTH, "0.1234"),
        (123447, 3, -6, BOTH, None),
        # The end nearer to zero is a tie, which goes away from zero with everything beyond it.
        (123455, 5, -6, BOTH, "0.1235"),
        (-123455, 5, -6, BOTH, "-0.1235"),
        (123455, 6, -6, BOTH, None),
        # Zero inside.
        (0, 1, -9, BOTH, None),
        (1, 1, -9, SIGNIFICANT, None),
        (0, 1, -9, DECIMALS, "0.0000"),
        (-1, 3, -9, DECIMALS, "0.0000"),
        (0, 1, -4, DECIMALS, None),
        # Exponents that must not be written out.
        (12037, 1, -434294481, BOTH, "1.204e-434294477"),
        (12037, 1, -434294481, DECIMALS, "0.0000"),
        (-12037, 1, 434294481, BOTH, "-1.204e+434294485"),
        (12037, 1, 434294481, DECIMALS, "1.204e+434294485"),
        (1, 10**50, -60, DECIMALS, "0.0000"),
    ],
)
def test_an_enclosure_is_printed_once_it_is_narrow_enough(
    midpoint: int, radius: int, exponent: int, precision: Precision, text: str | None
) -> None:
    rounded = round_ball(midpoint, radius, exponent, precision)
    assert rounded == (None if text is None else Rounded(text, exact=False, tie=False))


precisions = st.builds(Precision, st.integers(1, 12), st.sampled_from(["both", "significant", "decimals"]))
exponents = st.integers(-30, 25)
midpoints = st.integers(-(10**12), 10**12) | st.builds(
    lambda power, off: 10**power + off, st.integers(0, 12), st.integers(-9, 9)
)


@given(midpoints, st.integers(0, 10**6), exponents, precisions, st.fractions(-1, 1))
def test_a_decided_enclosure_agrees_with_every_value_in_it(
    midpoint: int, radius: int, exponent: int, precision: Precision, where: Fraction
) -> None:
    ball = round_ball(midpoint, radius, exponent, precision)
    if ball is not None:
        for at in (where, Fraction(1), Fraction(-1)):
            value = (midpoint + at * radius) * Fraction(10) ** exponent
            exact = round_exact(value, precision)
            assert Fraction(exact.text) == Fraction(ball.text)
            assert exact.exact or exact.text == ball.text


@given(midpoints, exponents, precisions)
def test_a_point_is_always_decided(midpoint: int, exponent: int, precision: Precision) -> None:
    assert round_ball(midpoint, 0, exponent, precision) is not None


@given(midpoints, st.integers(0, 1000), exponents, precisions)
def test_an_undecided_enclosure_has_two_texts_in_it(
    midpoint: int, radius: int, exponent: int, precision: Precision
) -> None:
    if round_ball(midpoint, radius, exponent, precision) is None and not abs(midpoint) <= radius:
        low, high = (round_ball(end, 0, exponent, precision) for end in (midpoint - radius, midpoint + radius))
        assert low != high


@given(st.fractions() | st.builds(lambda f, e: f * Fraction(10) ** e, st.fractions(), exponents), precisions)
def test_rounding_agrees_with_the_decimal_module(value: Fraction, precision: Precision) -> None:
    rounded = round_exact(value, precision)
    with decimal.localcontext(prec=400, rounding=decimal.ROUND_HALF_UP, Emin=-9999, Emax=9999):
        quotient = decimal.Decimal(value.numerator) / decimal.Decimal(value.denominator)
        leading = quotient.adjusted() if quotient else 0
        scientific = leading > 15 or (leading < -7 and precision.kind != "decimals")
        by_significance = max(1, precision.digits) - 1 - leading
        places = {
            "both": max(precision.digits, by_significance),
            "decimals": precision.digits,
            "significant": by_significance,
        }[precision.kind]
        places = by_significance if scientific else places
        expected = quotient.quantize(decimal.Decimal(1).scaleb(-places))
    assert decimal.Decimal(rounded.text) == expected
    assert rounded.exact == (Fraction(rounded.text) == value)
    scale = Fraction(10) ** places
    assert rounded.tie == ((value * scale * 2).denominator == 1 and (value * scale).denominator == 2)


@given(st.fractions(), precisions)
def test_a_printed_number_reads_back(value: Fraction, precision: Precision) -> None:
    text = round_exact(value, precision).text
    assert text.isascii()
    assert read_number(text) == Fraction(text)


@pytest.mark.parametrize(
    ("digits", "kind", "message"),
    [
        (0, "both", "digits must be 1 to 1000, not 0"),
        (0, "significant", "digits must be 1 to 1000, not 0"),
        (-1, "decimals", "digits must be 0 to 1000, not -1"),
        (1001, "decimals", "digits must be 0 to 1000, not 1001"),
    ],
)
def test_a_precision_is_checked(digits: int, kind: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Precision(digits, kind)  # type: ignore[arg-type]
