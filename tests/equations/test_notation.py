"""Equations as they are written: in the language, where reading is the inverse, and as printed formulas."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnncalc.equations import (
    FUNCTIONS,
    Binary,
    Call,
    Equation,
    Index,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Style,
    Transpose,
    formula,
    parse_equations,
    parse_expression,
    source,
)
from rnncalc.formats.spelling import latex
from rnncalc.formula import Digits, row, unicode

# ---------------------------------------------------------------- the language

LETTERS = ["i", "j", "k"]
NAMES = st.sampled_from(["a", "W_f", "c̃", "h1", "alpha", "T", "tanh", "đ", "_"])
NUMBERS = st.builds(
    lambda whole, power: Number(Fraction(whole) * Fraction(10) ** power), st.integers(0, 10**30), st.integers(-40, 40)
)
ELEMENTWISE = st.sampled_from([row for row in FUNCTIONS.values() if row.kind == "elementwise"])
THIRDS = NUMBERS.map(lambda above: Binary("/", Negate(above), Number(Fraction(3))))
PLAIN = st.one_of(NUMBERS, NUMBERS.map(Negate), THIRDS)


def indices(bound):
    letters = st.sampled_from([*bound, "T", "J"])
    offsets = st.one_of(st.just(0), st.integers(-1_000, 1_000))
    return st.one_of(st.builds(Index, letters, offsets), st.builds(Index, st.just(""), st.integers(-3, 10**9)))


def expressions(bound, depth):
    """Trees of every kind of node; `bound` are the letters that have a position."""
    refs = st.one_of(
        st.builds(Ref, NAMES), st.builds(Ref, NAMES, st.lists(indices(bound), min_size=1, max_size=3).map(tuple))
    )
    if not depth:
        return st.one_of(refs, NUMBERS)
    part = expressions(bound, depth - 1)
    kinds = [
        refs,
        NUMBERS,
        st.builds(Negate, part),
        st.builds(Binary, st.sampled_from("+-*/@"), part, part),
        st.builds(Power, part, st.integers(2, 100)),
        st.builds(Transpose, part),
        st.builds(lambda row, x: Call(row.name, (x,)), ELEMENTWISE, part),
        st.builds(lambda x, slope: Call("leaky_relu", (x, slope)), part, PLAIN),
        st.builds(lambda name, x: Call(name, (x,)), st.sampled_from(["softmax", "sum"]), part),
        st.builds(lambda parts: Call("concat", tuple(parts)), st.lists(part, min_size=1, max_size=3)),
        st.builds(lambda x, letter: Over("softmax", x, letter, Index(letter)), part, st.sampled_from(bound)),
    ]
    free = [letter for letter in LETTERS if letter not in bound]
    if free:
        inside = expressions((*bound, free[0]), depth - 1)
        kinds.append(st.builds(Over, st.just("sum"), inside, st.just(free[0])))
    return st.one_of(kinds)


AT_T, AT_I, AT_0 = Index("t"), Index("i"), Index("", 0)
EQUATIONS = st.one_of(
    st.builds(Equation, st.just(Ref("y", (AT_T,))), expressions(("t",), 4)),
    st.builds(Equation, st.just(Ref("y", (AT_T, AT_I))), expressions(("t", "i"), 4)),
    st.builds(Equation, st.just(Ref("y", (AT_0, AT_I))), expressions(("i",), 4)),
)


@given(EQUATIONS)
def test_reading_what_was_written(equation):
    assert parse_equations(source(equation)) == (equation,)


@given(expressions(("t",), 4))
@example(Number(Fraction(1, 10**1000)))
@example(Number(Fraction(12345 * 10**990)))
def test_reading_an_expression_that_was_written(expression):
    assert parse_expression(source(expression)) == expression


SOURCES = [
    ("a-(b+c)", "a - (b + c)"),
    ("(a*b)@c", "(a * b) @ c"),
    ("a/b*c", "a / b * c"),
    ("((a))", "a"),
    ("-(-a)", "-(-a)"),
    ("a-(-b)", "a - (-b)"),
    ("(-a*b)+c", "-a * b + c"),
    ("a+(-b*c)", "a + (-b * c)"),
    ("-a**2", "-a ** 2"),
    ("(-a)**2", "(-a) ** 2"),
    ("(a**2)**3", "(a ** 2) ** 3"),
    ("(3).T", "(3).T"),
    ("(a@b).T", "(a @ b).T"),
    ("transpose(W)@x", "W.T @ x"),
    ("Σ(a[ j ]+b,j)", "sum((a[j] + b), j)"),
    ("x[t- 1,T +2]", "x[t-1,T+2]"),
    ("0.50", "0.5"),
    ("1e-30", "1e-30"),
    ("1000000", "1000000"),
    ("0.000001", "0.000001"),
    ("12.5e40", "125e39"),
]


@pytest.mark.parametrize(("text", "written"), SOURCES)
def test_source(text, written):
    assert source(parse_expression(text)) == written


def test_source_of_what_has_no_literal():
    third = Number(Fraction(1, 3))
    assert source(Binary("*", Ref("a"), third)) == "a * (1/3)"
    assert source(Negate(Number(Fraction(-2)))) == "-(-2)"


# ---------------------------------------------------------------- printed formulas

SYMBOLS = {"g": "c̃", "B": "A′", "h1": "h⁽¹⁾", "y": "ŷ", "hb": "h⃖"}

FORMULAS = [
    (
        "sum(a[j], j) * b",
        "(Σⱼ aⱼ) ⊙ b",
        r"\left(\sum_{j} a_{j}\right) \odot b",
    ),
    (
        "b * sum(a[j], j) * c",
        "(b ⊙ Σⱼ aⱼ) ⊙ c",
        r"\left(b \odot \sum_{j} a_{j}\right) \odot c",
    ),
    (
        "-sum(a[j], j) * b",
        "(−Σⱼ aⱼ) ⊙ b",
        r"\left(-\sum_{j} a_{j}\right) \odot b",
    ),
    (
        "sum(a[j], j) ** 2",
        "(Σⱼ aⱼ)²",
        r"{\left(\sum_{j} a_{j}\right)}^{2}",
    ),
    (
        "sum(sum(a[i,j], i) * b, j)",
        "Σⱼ (Σᵢ aᵢ,ⱼ) ⊙ b",
        r"\sum_{j} \left(\sum_{i} a_{i,j}\right) \odot b",
    ),
    (
        "sum(a[j], j) / b",
        "(Σⱼ aⱼ)/b",
        r"\frac{\sum_{j} a_{j}}{b}",
    ),
    (
        "b - sum(a[j], j)",
        "b − Σⱼ aⱼ",
        r"b - \sum_{j} a_{j}",
    ),
    (
        "softmax(e[j], j) * b",
        "softmaxⱼ (eⱼ) ⊙ b",
        r"\operatorname{softmax}_{j} \left(e_{j}\right) \odot b",
    ),
    (
        "W.T.T",
        "(Wᵀ)ᵀ",
        r"{\left({W}^{\top}\right)}^{\top}",
    ),
    (
        "-(a / b)",
        "−a/b",
        r"-\frac{a}{b}",
    ),
    (
        "(a / b).T",
        "(a/b)ᵀ",
        r"{\left(\frac{a}{b}\right)}^{\top}",
    ),
    (
        "W_f @ x[t] + U_f @ h[t-1] + b_f",
        "W_f xₜ + U_f hₜ₋₁ + b_f",
        r"W_{f} \, x_{t} + U_{f} \, h_{t-1} + b_{f}",
    ),
    (
        "a + b - c",
        "a + b − c",
        "a + b - c",
    ),
    (
        "a - (b + c)",
        "a − (b + c)",
        r"a - \left(b + c\right)",
    ),
    (
        "a - (b - c)",
        "a − (b − c)",
        r"a - \left(b - c\right)",
    ),
    (
        "(a + b) * c",
        "(a + b) ⊙ c",
        r"\left(a + b\right) \odot c",
    ),
    (
        "a * (b + c)",
        "a ⊙ (b + c)",
        r"a \odot \left(b + c\right)",
    ),
    (
        "a / (b + c)",
        "a/(b + c)",
        r"\frac{a}{b + c}",
    ),
    (
        "(a + b) / c",
        "(a + b)/c",
        r"\frac{a + b}{c}",
    ),
    (
        "a / b / c",
        "(a/b)/c",
        r"\frac{\frac{a}{b}}{c}",
    ),
    (
        "a / (b / c)",
        "a/(b/c)",
        r"\frac{a}{\frac{b}{c}}",
    ),
    (
        "a / b * c",
        "a/b ⊙ c",
        r"\frac{a}{b} \odot c",
    ),
    (
        "a * (b / c)",
        "a ⊙ b/c",
        r"a \odot \frac{b}{c}",
    ),
    (
        "(a / b) @ c",
        "(a/b) c",
        r"\left(\frac{a}{b}\right) \, c",
    ),
    (
        "U @ (r * h)",
        "U (r ⊙ h)",
        r"U \, \left(r \odot h\right)",
    ),
    (
        "r * (U @ h)",
        "r ⊙ (U h)",
        r"r \odot \left(U \, h\right)",
    ),
    (
        "(r * U) @ h",
        "(r ⊙ U) h",
        r"\left(r \odot U\right) \, h",
    ),
    (
        "U @ W @ x",
        "U W x",
        r"U \, W \, x",
    ),
    (
        "U @ (W @ x)",
        "U (W x)",
        r"U \, \left(W \, x\right)",
    ),
    (
        "-a",
        "−a",
        "-a",
    ),
    (
        "--a",
        "−(−a)",
        r"-\left(-a\right)",
    ),
    (
        "-a * b",
        "−a ⊙ b",
        r"-a \odot b",
    ),
    (
        "a * -b",
        "a ⊙ (−b)",
        r"a \odot \left(-b\right)",
    ),
    (
        "a - -b",
        "a − (−b)",
        r"a - \left(-b\right)",
    ),
    (
        "-(a + b)",
        "−(a + b)",
        r"-\left(a + b\right)",
    ),
    (
        "-(a * b)",
        "−(a ⊙ b)",
        r"-\left(a \odot b\right)",
    ),
    (
        "a + -b",
        "a + (−b)",
        r"a + \left(-b\right)",
    ),
    (
        "-a / b",
        "(−a)/b",
        r"\frac{-a}{b}",
    ),
    (
        "a / -b",
        "a/(−b)",
        r"\frac{a}{-b}",
    ),
    (
        "-a ** 2",
        "−a²",
        "-{a}^{2}",
    ),
    (
        "(-a) ** 2",
        "(−a)²",
        r"{\left(-a\right)}^{2}",
    ),
    (
        "(a * b) ** 2",
        "(a ⊙ b)²",
        r"{\left(a \odot b\right)}^{2}",
    ),
    (
        "(a ** 2) ** 3",
        "(a²)³",
        r"{\left({a}^{2}\right)}^{3}",
    ),
    (
        "(a / b) ** 2",
        "(a/b)²",
        r"{\left(\frac{a}{b}\right)}^{2}",
    ),
    (
        "a ** 10",
        "a¹⁰",
        "{a}^{10}",
    ),
    (
        "a ** 2 * b",
        "a² ⊙ b",
        r"{a}^{2} \odot b",
    ),
    (
        "W.T @ x",
        "Wᵀ x",
        r"{W}^{\top} \, x",
    ),
    (
        "(A + C).T",
        "(A + C)ᵀ",
        r"{\left(A + C\right)}^{\top}",
    ),
    (
        "(A @ C).T",
        "(A C)ᵀ",
        r"{\left(A \, C\right)}^{\top}",
    ),
    (
        "W.T ** 2",
        "(Wᵀ)²",
        r"{\left({W}^{\top}\right)}^{2}",
    ),
    (
        "x[t].T",
        "xₜᵀ",
        r"{x_{t}}^{\top}",
    ),
    (
        "(-a).T",
        "(−a)ᵀ",
        r"{\left(-a\right)}^{\top}",
    ),
    (
        "0.5 * a",
        "0.5 a",
        r"0.5 \, a",
    ),
    (
        "2 * 3",
        "2·3",
        r"2 \cdot 3",
    ),
    (
        "a * 2",
        "a·2",
        r"a \cdot 2",
    ),
    (
        "2 * 0.25 * a",
        "2·0.25 ⊙ a",
        r"2 \cdot 0.25 \odot a",
    ),
    (
        "1 - z[t]",
        "1 − zₜ",
        "1 - z_{t}",
    ),
    (
        "(1 - z[t]) * h[t-1] + z[t] * g[t]",
        "(1 − zₜ) ⊙ hₜ₋₁ + zₜ ⊙ c̃ₜ",
        r"\left(1 - z_{t}\right) \odot h_{t-1} + z_{t} \odot \tilde{c}_{t}",
    ),
    (
        "g[t]",
        "c̃ₜ",
        r"\tilde{c}_{t}",
    ),
    (
        "g[t-1] * B[t+1]",
        "c̃ₜ₋₁ ⊙ A′ₜ₊₁",
        r"\tilde{c}_{t-1} \odot A^{\prime}_{t+1}",
    ),
    (
        "h1[t] + y",
        "h⁽¹⁾ₜ + ŷ",
        r"h^{(1)}_{t} + \hat{y}",
    ),
    (
        "r[T] + hb[0]",
        "r_T + h⃖₀",
        r"r_{T} + \overleftarrow{h}_{0}",
    ),
    (
        "tanh(c[t])",
        "tanh(cₜ)",
        r"\tanh\left(c_{t}\right)",
    ),
    (
        "sigmoid(a + b)",
        "σ(a + b)",
        r"\sigma\left(a + b\right)",
    ),
    (
        "sigmoid(-a)",
        "σ(−a)",
        r"\sigma\left(-a\right)",
    ),
    (
        "leaky_relu(a, 0.2)",
        "LeakyReLU(a, 0.2)",
        r"\operatorname{LeakyReLU}\left(a,\; 0.2\right)",
    ),
    (
        "hard_sigmoid(x)",
        "hard_sigmoid(x)",
        r"\operatorname{hard\_sigmoid}\left(x\right)",
    ),
    (
        "max(a, 0)",
        "max(a, 0)",
        r"\max\left(a,\; 0\right)",
    ),
    (
        "concat(h[t-1], x[t])",
        "concat(hₜ₋₁, xₜ)",
        r"\operatorname{concat}\left(h_{t-1},\; x_{t}\right)",
    ),
    (
        "beside(h[t-1], x[t])",
        "concat(hₜ₋₁, xₜ)",
        r"\operatorname{concat}\left(h_{t-1},\; x_{t}\right)",
    ),
    (
        "rows(z, 2, 3) + cols(z, 2, 2)",
        "rows₂₋₃(z) + cols₂(z)",
        r"\operatorname{rows}_{2–3}\left(z\right) + \operatorname{cols}_{2}\left(z\right)",
    ),
    (
        "row_block(W, 2, 4) @ x + col_block(V, 1, 1) @ h",
        "rows₂⁄₄(W) x + cols₁⁄₁(V) h",
        r"\operatorname{rows}_{2/4}\left(W\right) \, x + \operatorname{cols}_{1/1}\left(V\right) \, h",
    ),
    (
        "concat(a + b, -c)",
        "concat(a + b, −c)",
        r"\operatorname{concat}\left(a + b,\; -c\right)",
    ),
    (
        "exp(-a)",
        "exp(−a)",
        r"\exp\left(-a\right)",
    ),
    (
        "log(a)",
        "ln(a)",
        r"\ln\left(a\right)",
    ),
    (
        "softmax(a)",
        "softmax(a)",
        r"\operatorname{softmax}\left(a\right)",
    ),
    (
        "sum(a)",
        "Σ(a)",
        r"\sum\left(a\right)",
    ),
    (
        "identity(a)",
        "id(a)",
        r"\operatorname{id}\left(a\right)",
    ),
    (
        "relu(a)",
        "ReLU(a)",
        r"\operatorname{ReLU}\left(a\right)",
    ),
    (
        "step(a)",
        "step(a)",
        r"\operatorname{step}\left(a\right)",
    ),
    (
        "sum(alpha[t,j] * h[j], j)",
        "Σⱼ αₜ,ⱼ ⊙ hⱼ",
        r"\sum_{j} \alpha_{t,j} \odot h_{j}",
    ),
    (
        "sum(a[j] + b, j)",
        "Σⱼ (aⱼ + b)",
        r"\sum_{j} \left(a_{j} + b\right)",
    ),
    (
        "sum(a[j], j) + b",
        "Σⱼ aⱼ + b",
        r"\sum_{j} a_{j} + b",
    ),
    (
        "2 * sum(a[j], j)",
        "2 Σⱼ aⱼ",
        r"2 \, \sum_{j} a_{j}",
    ),
    (
        "sum(sum(e[i,j], i), j)",
        "Σⱼ Σᵢ eᵢ,ⱼ",
        r"\sum_{j} \sum_{i} e_{i,j}",
    ),
    (
        "softmax(e[t,j], j)",
        "softmaxⱼ (eₜ,ⱼ)",
        r"\operatorname{softmax}_{j} \left(e_{t,j}\right)",
    ),
    (
        "alpha + beta_t + W_gamma",
        "α + β_t + W_γ",
        r"\alpha + \beta_{t} + W_{\gamma}",
    ),
    (
        "xi + W_xi",
        "ξ + W_xi",
        r"\xi + W_{xi}",
    ),
    (
        "e[t-1,j+2]",
        "eₜ₋₁,ⱼ₊₂",
        "e_{t-1,j+2}",
    ),
    (
        "x[3]",
        "x₃",
        "x_{3}",
    ),
    (
        "z_f[2]",
        "z_f,2",
        "z_{f,2}",
    ),
    (
        "h[T-1]",
        "h_{T−1}",
        "h_{T-1}",
    ),
    (
        "h[12]",
        "h₁₂",
        "h_{12}",
    ),
    (
        "x[-1]",
        "x₋₁",
        "x_{-1}",
    ),
    (
        "W_xh @ x[t]",
        "W_xh xₜ",
        r"W_{xh} \, x_{t}",
    ),
    (
        "transpose(v) @ tanh(W_a @ s[t-1] + U_a @ h[j])",
        "vᵀ tanh(W_a sₜ₋₁ + U_a hⱼ)",
        r"{v}^{\top} \, \tanh\left(W_{a} \, s_{t-1} + U_{a} \, h_{j}\right)",
    ),
    (
        "1e-30 * a",
        "1·10⁻³⁰ a",
        r"1 \cdot 10^{-30} \, a",
    ),
    (
        "1e40",
        "1·10⁴⁰",
        r"1 \cdot 10^{40}",
    ),
    (
        "-0.25 * a",
        "−0.25 ⊙ a",
        r"-0.25 \odot a",
    ),
    (
        "1/3 * a",
        "1/3 ⊙ a",
        r"\frac{1}{3} \odot a",
    ),
]


@pytest.mark.parametrize(("text", "on_a_line", "in_tex"), FORMULAS)
def test_formula(text, on_a_line, in_tex):
    printed = formula(parse_expression(text), Style(symbols=SYMBOLS))
    assert (unicode(printed), latex(printed)) == (on_a_line, in_tex)


# Where the style knows that quantities are plain numbers, products need no ⊙ and exp is a power of e.
SCALARS = [
    ("a * b", "a·b"),
    ("2 * a", "2·a"),
    ("a * 2", "a·2"),
    ("w @ x", "w x"),
    ("2 @ x", "2·x"),
    ("(2 + a) * (3 + b)", "(2 + a)·(3 + b)"),
    ("exp(-a)", "e^(−a)"),
    ("exp(a) ** 2", "(e^(a))²"),
    ("exp(2) ** 2", "(e²)²"),
    ("1 / (1 + exp(-4))", "1/(1 + e⁻⁴)"),
]


@pytest.mark.parametrize(("text", "on_a_line"), SCALARS)
def test_formula_of_scalars(text, on_a_line):
    assert unicode(formula(parse_expression(text), Style(is_scalar=lambda expr: True))) == on_a_line


# A part printed by its value: negative numbers and fractions are bracketed as they would be in a book.
VALUES = {"m": "-3", "p": "5", "q": "1/3", "r": "1.2e-30"}
PUT_IN = [
    ("a + m", "a + (−3)"),
    ("m + a", "−3 + a"),
    ("a - m", "a − (−3)"),
    ("a * m", "a ⊙ (−3)"),
    ("m * a", "−3 ⊙ a"),
    ("m * m", "−3 ⊙ (−3)"),
    ("a - p", "a − 5"),
    ("-m", "−(−3)"),
    ("-p", "−5"),
    ("m ** 2", "(−3)²"),
    ("p ** 2", "5²"),
    ("q ** 2", "(1/3)²"),
    ("r ** 2", "(1.2·10⁻³⁰)²"),
    ("m / p", "−3/5"),
    ("tanh(m)", "tanh(−3)"),
    ("m.T", "(−3)ᵀ"),
]


@pytest.mark.parametrize(("text", "on_a_line"), PUT_IN)
def test_formula_with_values_put_in(text, on_a_line):
    def known(expr):
        return row(Digits(VALUES[expr.name])) if isinstance(expr, Ref) and expr.name in VALUES else None

    assert unicode(formula(parse_expression(text), Style(known=known))) == on_a_line
