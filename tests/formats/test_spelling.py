"""Each kind of atom in LaTeX, MathML, typst and in words."""

import pytest
from pages import APPROX, BY, EQUALS, MINUS, ODOT, PLUS, SIGMA, SIGMA_SUM, TANH, flat, matrix, n, of, s

from rnncalc.formats.spelling import latex, mathml, spoken, typst
from rnncalc.formula import Atom, Blank, Digits, Fraction, Grid, Name, Over, Script, Words, row
from rnncalc.languages import speaking

FORMULAS: list[tuple[Atom, str, str, str, str]] = [
    (s("h", "1"), "h_{1}", "<msub><mi>h</mi><mn>1</mn></msub>", "h_(1)", "h sub 1"),
    (
        s("W_f", "t−1"),
        "W_{f,t-1}",
        "<msub><mi>W</mi><mrow><mi>f</mi><mo>,</mo><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></mrow></msub>",
        "W_(f comma t - 1)",
        "W sub f t minus 1",
    ),
    (
        s("c̃", "1"),
        r"\tilde{c}_{1}",
        '<msub><mover accent="true"><mi>c</mi><mo stretchy="false">~</mo></mover><mn>1</mn></msub>',
        "accent(c, tilde)_(1)",
        "c tilde sub 1",
    ),
    (
        s("h⃗⁽¹⁾", "2"),
        r"\overrightarrow{h}^{(1)}_{2}",
        '<msub><msup><mover accent="true"><mi>h</mi><mo stretchy="false">→</mo></mover>'
        "<mrow><mo>(</mo><mn>1</mn><mo>)</mo></mrow></msup><mn>2</mn></msub>",
        r"accent(h, arrow)^(\( 1 \))_(2)",
        "h forward (1) sub 2",
    ),
    (
        s("A′", "3"),
        r"A^{\prime}_{3}",
        "<msub><msup><mi>A</mi><mo>′</mo></msup><mn>3</mn></msub>",
        "A^(prime)_(3)",
        "A prime sub 3",
    ),
    (
        s("∂L/∂z_c̃", "2"),
        r"\frac{\partial L}{\partial z_{\tilde{c},2}}",
        "<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><msub><mi>z</mi><mrow>"
        '<mover accent="true"><mi>c</mi><mo stretchy="false">~</mo></mover><mo>,</mo><mn>2</mn></mrow>'
        "</msub></mrow></mfrac>",
        "frac(∂ L, ∂ z_(accent(c, tilde) comma 2))",
        "the fraction partial L over partial z sub c tilde 2 end of fraction",
    ),
    (
        s("g_U,f"),
        "g_{U,f}",
        "<msub><mi>g</mi><mrow><mi>U</mi><mo>,</mo><mi>f</mi></mrow></msub>",
        "g_(U comma f)",
        "g sub U f",
    ),
    (s("Wb"), r"\mathrm{Wb}", "<mi>Wb</mi>", 'italic("Wb")', "Wb"),
    (s("αx"), r"\alpha x", "<mi>αx</mi>", 'italic("αx")', "αx"),
    (n("-0.25"), "-0.25", "<mn>−0.25</mn>", "-0.25", "minus 0.25"),
    (
        n("-1.2e-30"),
        r"-1.2 \cdot 10^{-30}",
        "<mrow><mn>−1.2</mn><mo>·</mo><msup><mn>10</mn><mn>−30</mn></msup></mrow>",
        "-1.2 ⋅ 10^(-30)",
        "minus 1.2 times 10 to the power minus 30",
    ),
    (
        n("-1/3"),
        r"-\frac{1}{3}",
        '<mrow><mo form="prefix">−</mo><mfrac><mn>1</mn><mn>3</mn></mfrac></mrow>',
        "- frac(1, 3)",
        "minus the fraction 1 over 3 end of fraction",
    ),
    (
        n("3√2"),
        r"3\sqrt{2}",
        "<mrow><mn>3</mn><msqrt><mn>2</mn></msqrt></mrow>",
        "3 sqrt(2)",
        "3 the root of 2",
    ),
    (
        of(SIGMA, s("x"), PLUS, s("y")),
        r"\sigma\left(x + y\right)",
        '<mrow><mi>σ</mi><mrow><mo>(</mo><mrow><mi>x</mi><mo form="infix">+</mo><mi>y</mi></mrow>'
        "<mo>)</mo></mrow></mrow>",
        "σ (x + y)",
        "sigma of the bracket x plus y end of bracket",
    ),
    (
        row(s("f"), ODOT, s("c"), MINUS, s("W"), BY, s("x"), EQUALS, s("a"), APPROX, s("b")),
        r"f \odot c - W \, x = a \approx b",
        '<mrow><mi>f</mi><mo form="infix">⊙</mo><mi>c</mi><mo form="infix">−</mo><mi>W</mi><mspace width="0.17em"/>'
        '<mi>x</mi><mo form="infix">=</mo><mi>a</mi><mo form="infix">≈</mo><mi>b</mi></mrow>',
        "f ⊙ c - W thin x = a ≈ b",
        "f entry by entry times c minus W times x equals a is approximately b",
    ),
    (
        matrix("1 -2; 0 5"),
        r"\begin{bmatrix}1 & -2 \\ 0 & 5\end{bmatrix}",
        "<mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>−2</mn></mtd></mtr>"
        "<mtr><mtd><mn>0</mn></mtd><mtd><mn>5</mn></mtd></mtr></mtable><mo>]</mo></mrow>",
        "mat(1, -2; 0, 5)",
        "the 2 by 2 matrix with rows 1, minus 2; 0, 5",
    ),
    (
        matrix("1; 2"),
        r"\begin{bmatrix}1 \\ 2\end{bmatrix}",
        "<mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd></mtr><mtr><mtd><mn>2</mn></mtd></mtr></mtable>"
        "<mo>]</mo></mrow>",
        "mat(1; 2)",
        "the vector 1, 2",
    ),
    (
        Grid(((Digits("1"), Words("⋯")),), (1, 9)),
        r"\begin{bmatrix}1 & \cdots\end{bmatrix}_{1 \times 9}",
        "<msub><mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mo>⋯</mo></mtd></mtr></mtable><mo>]</mo></mrow>"
        "<mrow><mn>1</mn><mo>×</mo><mn>9</mn></mrow></msub>",
        'mat(1, "⋯")_(1 times 9)',
        "the 1 by 9 matrix with rows 1, and so on",
    ),
    (
        flat("2 -1"),
        r"\left(2,\; -1\right)",
        "<mrow><mo>(</mo><mn>2</mn><mo>,</mo><mn>−1</mn><mo>)</mo></mrow>",
        "(2 comma -1)",
        "the vector 2, minus 1",
    ),
    (
        Fraction(row(n("1")), row(s("a"))),
        r"\frac{1}{a}",
        "<mfrac><mn>1</mn><mi>a</mi></mfrac>",
        "frac(1, a)",
        "the fraction 1 over a end of fraction",
    ),
    (
        Script(row(s("v")), row(Name("T", r"\top"))),
        r"{v}^{\top}",
        '<msup><mi>v</mi><mi mathvariant="normal">T</mi></msup>',
        'v^(upright("T"))',
        "v transposed",
    ),
    (
        Over(SIGMA_SUM, "j", row(s("α", "t", "j"))),
        r"\sum_{j} \alpha_{t,j}",
        '<mrow><munder><mo movablelimits="false">∑</mo><mi>j</mi></munder>'
        "<msub><mi>α</mi><mrow><mi>t</mi><mo>,</mo><mi>j</mi></mrow></msub></mrow>",
        "limits(sum)_(j) α_(t comma j)",
        "the sum over j of α sub t j",
    ),
    (
        of(TANH, s("c")),
        r"\tanh\left(c\right)",
        "<mrow><mi>tanh</mi><mrow><mo>(</mo><mi>c</mi><mo>)</mo></mrow></mrow>",
        'op("tanh") (c)',
        "tanh of the bracket c end of bracket",
    ),
    (
        Name("‖_F", r"\Vert_{F}"),
        r"\Vert_{F}",
        '<msub><mo lspace="0" rspace="0" stretchy="false">‖</mo><mi>F</mi></msub>',
        "‖_(F)",
        "norm sub F",
    ),
    (
        Words(" at j = 1"),
        r"\text{ at j = 1}",
        '<mi mathvariant="normal">\N{NO-BREAK SPACE}at\N{NO-BREAK SPACE}j\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}1</mi>',
        '" at j = 1"',
        "at j = 1",
    ),
    (
        Blank(5),
        r"\underline{\hspace{4em}}",
        '<mspace class="blank" width="4em" height="1em"/>',
        "blank(#4em)",
        "blank",
    ),
]


@pytest.mark.parametrize(("formula", "in_tex", "in_mathml", "in_typst", "in_words"), FORMULAS)
def test_spelling(formula: Atom, in_tex: str, in_mathml: str, in_typst: str, in_words: str) -> None:
    assert latex(formula) == in_tex
    assert mathml(formula) == in_mathml
    assert typst(formula) == in_typst
    assert spoken(formula) == in_words


def test_words_are_said_in_the_language_spoken() -> None:
    with speaking("vi"):
        assert spoken(row(s("h", "1"), EQUALS, matrix("1; 2"))) == "h chỉ số 1 bằng vector 1, 2"
