"""The language as it is read: what a text means, and every way to write it wrong with the whole message."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from patience import soon

from rnncalc.equations import (
    Binary,
    Call,
    Index,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
    parse_equations,
    parse_expression,
    source,
)
from rnncalc.errors import ExerciseError, Span, draw

W, U, V, a, b, c, x, h = (Ref(name) for name in ("W", "U", "V", "a", "b", "c", "x", "h"))
t, before = Index("t"), Index("t", -1)


def number(value):
    return Number(Fraction(value))


# ---------------------------------------------------------------- what is read

TREES = [
    ("a", a),
    ("3", number(3)),
    ("0.1", number("1/10")),
    (".5", number("1/2")),
    ("2.", number(2)),
    ("1e-3", number("1/1000")),
    ("-3", Negate(number(3))),
    ("--a", Negate(Negate(a))),
    ("(a)", a),
    ("a + b - c", Binary("-", Binary("+", a, b), c)),
    ("a - (b + c)", Binary("-", a, Binary("+", b, c))),
    ("a - -b", Binary("-", a, Negate(b))),
    ("a + b * c", Binary("+", a, Binary("*", b, c))),
    ("(a + b) * c", Binary("*", Binary("+", a, b), c)),
    ("a / b * c", Binary("*", Binary("/", a, b), c)),
    ("a / (b * c)", Binary("/", a, Binary("*", b, c))),
    ("U @ W @ x", Binary("@", Binary("@", U, W), x)),
    ("U @ (W @ x)", Binary("@", U, Binary("@", W, x))),
    ("U @ (a * h)", Binary("@", U, Binary("*", a, h))),
    ("a * (U @ h)", Binary("*", a, Binary("@", U, h))),
    ("(a * U) @ h", Binary("@", Binary("*", a, U), h)),
    ("-a * b", Binary("*", Negate(a), b)),
    ("-a @ b", Binary("@", Negate(a), b)),
    ("-(a * b)", Negate(Binary("*", a, b))),
    ("a * -b", Binary("*", a, Negate(b))),
    ("-a ** 2", Negate(Power(a, 2))),
    ("(-a) ** 2", Power(Negate(a), 2)),
    ("a ** 2 * b", Binary("*", Power(a, 2), b)),
    ("(a ** 2) ** 3", Power(Power(a, 2), 3)),
    ("a ** 100", Power(a, 100)),
    ("W.T @ x", Binary("@", Transpose(W), x)),
    ("W . T", Transpose(W)),
    ("W.T.T", Transpose(Transpose(W))),
    ("W.T ** 2", Power(Transpose(W), 2)),
    ("(a + b).T", Transpose(Binary("+", a, b))),
    ("transpose(W)", Transpose(W)),
    ("-W.T", Negate(Transpose(W))),
    ("x[1].T", Transpose(Ref("x", (Index("", 1),)))),
    ("tanh(a + b)", Call("tanh", (Binary("+", a, b),))),
    ("σ(a)", Call("sigmoid", (a,))),
    ("ReLU(a)", Call("relu", (a,))),
    ("ln(a)", Call("log", (a,))),
    ("leaky_relu(a, 0.2)", Call("leaky_relu", (a, number("1/5")))),
    ("leaky_relu(a, -1/3)", Call("leaky_relu", (a, Binary("/", Negate(number(1)), number(3))))),
    ("concat(h, x, a)", Call("concat", (h, x, a))),
    ("beside(h, x, a)", Call("beside", (h, x, a))),
    ("softmax(a)", Call("softmax", (a,))),
    ("sum(a)", Call("sum", (a,))),
    ("sum(x[j] * a, j)", Over("sum", Binary("*", Ref("x", (Index("j"),)), a), "j")),
    ("Σ(x[j], j)", Over("sum", Ref("x", (Index("j"),)), "j")),
    ("softmax(x[j], j)", Over("softmax", Ref("x", (Index("j"),)), "j", Index("j"))),
    (
        "sum(sum(x[i,j], i), j)",
        Over("sum", Over("sum", Ref("x", (Index("i"), Index("j"))), "i"), "j"),
    ),
    ("x[t]", Ref("x", (t,))),
    ("x[t-1]", Ref("x", (before,))),
    ("x[ t + 2 , j ]", Ref("x", (Index("t", 2), Index("j")))),
    ("x[t-0]", Ref("x", (t,))),
    ("x[T]", Ref("x", (Index("T"),))),
    ("x[T-1]", Ref("x", (Index("T", -1),))),
    ("x[0]", Ref("x", (Index("", 0),))),
    ("x[-1]", Ref("x", (Index("", -1),))),
    ("x[1000000000]", Ref("x", (Index("", 10**9),))),
    ("c\u0303", Ref("c̃")),
    ("e\u0301", Ref("\u00e9")),
    ("đầu_ra", Ref("đầu_ra")),
    ("tanh(  # the state\n  a)", Call("tanh", (a,))),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_expression(text, tree):
    assert parse_expression(text) == tree


def test_equations_are_read_line_by_line():
    text = """
        # The candidate runs over two lines.
        g[t] = tanh(W @ x[t]    # input
                    + U @ h[t-1])

        h[t] = g[t]#+ 1
        s[0]=h[T]
        alpha[t,j] = softmax(e[t,j], j)
        L = sum(sum(alpha[t,j], t), j)
    """
    assert [source(equation) for equation in parse_equations(text)] == [
        "g[t] = tanh(W @ x[t] + U @ h[t-1])",
        "h[t] = g[t]",
        "s[0] = h[T]",
        "alpha[t,j] = softmax(e[t,j], j)",
        "L = sum(sum(alpha[t,j], t), j)",
    ]


def test_line_ends_of_windows_are_blanks():
    assert parse_equations("a = b\r\nc = (d\r\n + e)\r\n") == parse_equations("a = b\nc = (d + e)")


def test_parts_know_their_places():
    (equation,) = parse_equations("c̃[t] = tanh(W @ x[t]) + W")
    places = {source(part): (span.column, span.length) for part, span in equation.places.items()}
    assert places == {
        "W": (14, 1),
        "x[t]": (18, 4),
        "W @ x[t]": (14, 8),
        "tanh(W @ x[t])": (9, 14),
        "tanh(W @ x[t]) + W": (9, 18),
    }
    assert equation.span == Span("equation", 1, 1, 26, "c̃[t] = tanh(W @ x[t]) + W")


def test_places_are_those_of_the_file():
    def locate(line, column, length):
        return Span("mine.yaml", line + 10, column + 4, length, "    …")

    with pytest.raises(ExerciseError) as caught:
        parse_equations("a = b\nc = (d\n  e)", locate)
    assert caught.value.problems[0].span == Span("mine.yaml", 13, 7, 1, "    …")


def test_all_wrong_equations_are_reported_at_once():
    assert error("a = b c\nd = e\nf[t] = g[\nk = sigmod(l)\nm") == (
        "equation:1:7: error: an operator is missing before `c`\n"
        "    1 │ a = b c\n"
        "      │       ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`\n"
        "\n"
        "equation:3:9: error: `[` is never closed\n"
        "    3 │ f[t] = g[\n"
        "      │         ^\n"
        "  help: write the `]` that belongs to it\n"
        "\n"
        "equation:4:5: error: there is no function `sigmod`\n"
        "    4 │ k = sigmod(l)\n"
        "      │     ^^^^^^\n"
        "  help: did you mean `sigmoid`?\n"
        "\n"
        "equation:5:1: error: an equation was expected\n"
        "    5 │ m\n"
        "      │ ^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next"
    )


# ---------------------------------------------------------------- what is refused

ALLOWED = (
    "an equation is made of numbers, quantities, + - * / @ ** .T and the functions sigmoid, tanh, relu, leaky_relu, "
    "hard_sigmoid, softsign, softplus, identity, exp, log, max, clip, sqrt, step, ones, softmax, sum, concat, beside, "
    "rows, cols, row_block, col_block, "
    "onehot_argmax, onehot_sample"
)


def error(text):
    with pytest.raises(ExerciseError) as caught:
        parse_equations(text)
    return draw(caught.value.problems)


def too_much(message, line):
    """The error that marks a whole equation, of which a window is shown."""
    shown = line[:100] + ("…" if len(line) > 100 else "")
    return (
        f"equation:1:1: error: {message}\n"
        f"    1 │ {shown}\n"
        f"      │ {'^' * min(len(line), 100)}\n"
        "  help: split it: name a part"
    )


CHARACTERS = [
    (
        "h = r ⊙ h",
        "equation:1:7: error: `⊙` cannot stand in an equation\n"
        "    1 │ h = r ⊙ h\n"
        "      │       ^\n"
        "  help: write `*` for the element-wise product",
    ),
    (
        "h = a − b",
        "equation:1:7: error: `−` cannot stand in an equation\n"
        "    1 │ h = a − b\n"
        "      │       ^\n"
        "  help: write `-` (hyphen) for minus",
    ),
    (
        "h = U·h",
        "equation:1:6: error: `·` cannot stand in an equation\n"
        "    1 │ h = U·h\n"
        "      │      ^\n"
        "  help: write `*` for an element-wise product, `@` for a matrix product",
    ),
    (
        "h = 2 × a",
        "equation:1:7: error: `×` cannot stand in an equation\n"
        "    1 │ h = 2 × a\n"
        "      │       ^\n"
        "  help: write `*` for an element-wise product, `@` for a matrix product",
    ),
    (
        "h = Wᵀ @ x",
        "equation:1:6: error: `ᵀ` cannot stand in an equation\n"
        "    1 │ h = Wᵀ @ x\n"
        "      │      ^\n"
        "  help: write `.T` for the transpose: `W.T @ x`",
    ),
    (
        "h = x₁",
        "equation:1:6: error: `₁` cannot stand in an equation\n"
        "    1 │ h = x₁\n"
        "      │      ^\n"
        "  help: use plain letters and digits; write positions in brackets: `h[t-1]`",
    ),
    (
        "h = hₜ",
        "equation:1:6: error: `ₜ` cannot stand in an equation\n"
        "    1 │ h = hₜ\n"
        "      │      ^\n"
        "  help: use plain letters and digits; write positions in brackets: `h[t-1]`",
    ),
    (
        "h = 𝐡",
        "equation:1:5: error: `𝐡` cannot stand in an equation\n"
        "    1 │ h = 𝐡\n"
        "      │     ^\n"
        "  help: use plain letters and digits; write positions in brackets: `h[t-1]`",
    ),
    (
        "h = ﬁ",
        "equation:1:5: error: `ﬁ` cannot stand in an equation\n"
        "    1 │ h = ﬁ\n"
        "      │     ^\n"
        "  help: use plain letters and digits; write positions in brackets: `h[t-1]`",
    ),
    (
        "h = x²",
        "equation:1:6: error: `²` cannot stand in an equation\n"
        "    1 │ h = x²\n"
        "      │      ^\n"
        "  help: write `** 2` for a square",
    ),
    (
        "h = A′",
        "equation:1:6: error: `′` cannot stand in an equation\n"
        "    1 │ h = A′\n"
        "      │      ^\n"
        "  help: write another letter and print it with `symbols: {B: A′}`",
    ),
    (
        "h = a ^ 2",
        "equation:1:7: error: `^` cannot stand in an equation\n"
        "    1 │ h = a ^ 2\n"
        "      │       ^\n"
        "  help: write `**` for a power",
    ),
    (
        "h = \\tanh(x)",
        "equation:1:5: error: `\\` cannot stand in an equation\n"
        "    1 │ h = \\tanh(x)\n"
        "      │     ^\n"
        "  help: write plain text, not LaTeX: `W_f @ x[t]`",
    ),
    (
        "h = a; g = b",
        "equation:1:6: error: `;` cannot stand in an equation\n"
        "    1 │ h = a; g = b\n"
        "      │      ^\n"
        "  help: write one equation a line",
    ),
    (
        "h = a\u0000",
        "equation:1:6: error: `\\x00` cannot stand in an equation\n"
        "    1 │ h = a\\x00\n"
        "      │      ^^^^\n"
        "  help: an equation is made of names, numbers, brackets and the signs + - * / @ ** .T",
    ),
    (
        "h = a\u00a0+ b",
        "equation:1:6: error: `\u00a0` cannot stand in an equation\n"
        "    1 │ h = a\u00a0+ b\n"
        "      │      ^\n"
        "  help: write an ordinary space",
    ),
    (
        "\ufeffh = a",
        "equation:1:1: error: `\\ufeff` cannot stand in an equation\n"
        "    1 │ \\ufeffh = a\n"
        "      │ ^^^^^^\n"
        "  help: leave it out: it is an invisible mark that some editors write",
    ),
    (
        "h = a\u202eb",
        "equation:1:6: error: `\\u202e` cannot stand in an equation\n"
        "    1 │ h = a\\u202eb\n"
        "      │      ^^^^^^\n"
        "  help: an equation is made of names, numbers, brackets and the signs + - * / @ ** .T",
    ),
    (
        "h = a 😀 b",
        "equation:1:7: error: `😀` cannot stand in an equation\n"
        "    1 │ h = a 😀 b\n"
        "      │       ^^\n"
        "  help: an equation is made of names, numbers, brackets and the signs + - * / @ ** .T",
    ),
    (
        "h = 'a'",
        "equation:1:5: error: `'` cannot stand in an equation\n"
        "    1 │ h = 'a'\n"
        "      │     ^\n"
        "  help: no quotes are needed; a letter is printed with a prime by `symbols: {B: A′}`",
    ),
    (
        'h = f"{x}"',
        'equation:1:6: error: `"` cannot stand in an equation\n'
        '    1 │ h = f"{x}"\n'
        "      │      ^\n"
        "  help: an equation is made of names, numbers, brackets and the signs + - * / @ ** .T",
    ),
    (
        "h = {a}",
        "equation:1:5: error: `{` cannot stand in an equation\n"
        "    1 │ h = {a}\n"
        "      │     ^\n"
        "  help: write round brackets",
    ),
    (
        "h = a < b",
        "equation:1:7: error: `<` cannot stand in an equation\n"
        "    1 │ h = a < b\n"
        "      │       ^\n"
        "  help: an equation is made of names, numbers, brackets and the signs + - * / @ ** .T",
    ),
    (
        "h = a % b",
        "equation:1:7: error: `%` cannot stand in an equation\n"
        "    1 │ h = a % b\n"
        "      │       ^\n"
        "  help: an equation is made of names, numbers, brackets and the signs + - * / @ ** .T",
    ),
    (
        "h = ∑(x)",
        "equation:1:5: error: `∑` cannot stand in an equation\n"
        "    1 │ h = ∑(x)\n"
        "      │     ^\n"
        "  help: write `sum(a[t,j], j)` for a sum over j",
    ),
]

STRUCTURE = [
    (
        "h[t]",
        "equation:1:1: error: an equation was expected\n"
        "    1 │ h[t]\n"
        "      │ ^^^^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "h[t] = ",
        "equation:1:7: error: a quantity or a number was expected: the equation stops here\n"
        "    1 │ h[t] =\n"
        "      │       ^\n"
        "  help: write the rest on this line; only an open bracket continues on the next",
    ),
    (
        "= 3",
        "equation:1:1: error: a quantity or a number was expected, not `=`\n"
        "    1 │ = 3\n"
        "      │ ^\n"
        "  help: an operator stands between two quantities",
    ),
    (
        "h",
        "equation:1:1: error: an equation was expected\n"
        "    1 │ h\n"
        "      │ ^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "h = a = b",
        "equation:1:5: error: one `=` too many\n    1 │ h = a = b\n      │     ^\n  help: write one equation a line",
    ),
    (
        "h == a",
        "equation:1:1: error: an equation was expected\n"
        "    1 │ h == a\n"
        "      │ ^^^^^^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "h += a",
        "equation:1:1: error: an equation was expected\n"
        "    1 │ h += a\n"
        "      │ ^^^^^^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "h = a b",
        "equation:1:7: error: an operator is missing before `b`\n"
        "    1 │ h = a b\n"
        "      │       ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
    (
        "h = 2h",
        "equation:1:5: error: a quantity or a number was expected, not `2h`\n"
        "    1 │ h = 2h\n"
        "      │     ^^\n"
        "  help: an operator stands between two quantities",
    ),
    (
        "h = a +",
        "equation:1:8: error: a quantity or a number was expected: the equation stops here\n"
        "    1 │ h = a +\n"
        "      │        ^\n"
        "  help: write the rest on this line; only an open bracket continues on the next",
    ),
    (
        "h = * a",
        f"equation:1:5: error: this cannot stand in an equation\n    1 │ h = * a\n      │     ^^^\n  help: {ALLOWED}",
    ),
    (
        "h = +a",
        f"equation:1:5: error: this cannot stand in an equation\n    1 │ h = +a\n      │     ^^\n  help: {ALLOWED}",
    ),
    (
        "h = a,b",
        f"equation:1:5: error: this cannot stand in an equation\n    1 │ h = a,b\n      │     ^^^\n  help: {ALLOWED}",
    ),
    (
        "h = ()",
        f"equation:1:5: error: this cannot stand in an equation\n    1 │ h = ()\n      │     ^^\n  help: {ALLOWED}",
    ),
    (
        "h = a)",
        "equation:1:6: error: `)` closes no bracket\n    1 │ h = a)\n      │      ^\n  help: count the brackets",
    ),
    (
        "h = (a",
        "equation:1:5: error: `(` is never closed\n"
        "    1 │ h = (a\n"
        "      │     ^\n"
        "  help: write the `)` that belongs to it",
    ),
    (
        "h = (a]",
        "equation:1:7: error: `]` does not close `(`\n    1 │ h = (a]\n      │       ^\n  help: count the brackets",
    ),
    (
        "h = x[t)",
        "equation:1:8: error: `)` does not close `[`\n    1 │ h = x[t)\n      │        ^\n  help: count the brackets",
    ),
    (
        "h = x[t",
        "equation:1:6: error: `[` is never closed\n"
        "    1 │ h = x[t\n"
        "      │      ^\n"
        "  help: write the `]` that belongs to it",
    ),
    (
        "h = ((a)\n      + b\ng = c",
        "equation:1:5: error: `(` is never closed\n"
        "    1 │ h = ((a)\n"
        "      │     ^\n"
        "  help: write the `)` that belongs to it",
    ),
    (
        "h[t] = tanh(\n  W @ x[t]\n",
        "equation:1:12: error: `(` is never closed\n"
        "    1 │ h[t] = tanh(\n"
        "      │            ^\n"
        "  help: write the `)` that belongs to it",
    ),
    (
        "h =\n  a",
        "equation:1:4: error: a quantity or a number was expected: the equation stops here\n"
        "    1 │ h =\n"
        "      │    ^\n"
        "  help: write the rest on this line; only an open bracket continues on the next\n"
        "\n"
        "equation:2:3: error: an equation was expected\n"
        "    2 │   a\n"
        "      │   ^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "h = a\n  + b",
        "equation:2:3: error: an equation was expected\n"
        "    2 │   + b\n"
        "      │   ^^^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "h = lambda x: x",
        "equation:1:13: error: `:` cannot stand in an equation\n"
        "    1 │ h = lambda x: x\n"
        "      │             ^\n"
        "  help: write one position for each index: `h[t-1]`",
    ),
    (
        "h = [x for x in y]",
        "equation:1:5: error: this cannot stand in an equation\n"
        "    1 │ h = [x for x in y]\n"
        "      │     ^^^^^^^^^^^^^^\n"
        f"  help: {ALLOWED}",
    ),
    (
        "lambda = 2",
        "equation:1:1: error: `lambda` is a word of Python and cannot be a name\n"
        "    1 │ lambda = 2\n"
        "      │ ^^^^^^\n"
        "  help: write `lambda_`, or another letter",
    ),
    (
        "h = x if y else z",
        "equation:1:5: error: this cannot stand in an equation\n"
        "    1 │ h = x if y else z\n"
        "      │     ^^^^^^^^^^^^^\n"
        f"  help: {ALLOWED}",
    ),
    (
        "h = a.real",
        "equation:1:5: error: only `.T` can follow a quantity\n"
        "    1 │ h = a.real\n"
        "      │     ^^^^^^\n"
        "  help: write `W.T` for the transpose, `0.5` for a number",
    ),
    (
        "h = ().__class__",
        "equation:1:5: error: only `.T` can follow a quantity\n"
        "    1 │ h = ().__class__\n"
        "      │     ^^^^^^^^^^^^\n"
        "  help: write `W.T` for the transpose, `0.5` for a number",
    ),
    (
        "h = a.T()",
        "equation:1:5: error: this cannot stand in an equation\n"
        "    1 │ h = a.T()\n"
        "      │     ^^^^^\n"
        f"  help: {ALLOWED}",
    ),
    (
        "h = x[1][2]",
        "equation:1:5: error: this cannot stand in an equation\n"
        "    1 │ h = x[1][2]\n"
        "      │     ^^^^^^^\n"
        f"  help: {ALLOWED}",
    ),
    (
        "h = W @@ x",
        "equation:1:8: error: a quantity or a number was expected, not `@`\n"
        "    1 │ h = W @@ x\n"
        "      │        ^\n"
        "  help: an operator stands between two quantities",
    ),
    (
        "print(3)",
        "equation:1:1: error: an equation was expected\n"
        "    1 │ print(3)\n"
        "      │ ^^^^^^^^\n"
        "  help: write `quantity = expression` on one line; only an open bracket continues on the next",
    ),
    (
        "",
        "equation:1:1: error: there is no equation here\n"
        "    1 │\n"
        "      │ ^\n"
        "  help: write one a line: `h[t] = tanh(W @ x[t] + b)`",
    ),
    (
        "# nothing\n\n",
        "equation:1:1: error: there is no equation here\n"
        "    1 │ # nothing\n"
        "      │ ^\n"
        "  help: write one a line: `h[t] = tanh(W @ x[t] + b)`",
    ),
]

PRODUCTS = [
    (
        "h = r * U @ h",
        "equation:1:5: error: `*` (or `/`) and `@` are mixed without brackets\n"
        "    1 │ h = r * U @ h\n"
        "      │     ^^^^^^^^^\n"
        "  help: say which comes first: `U @ (r * h)` or `r * (U @ h)`",
    ),
    (
        "h = U @ h * r",
        "equation:1:5: error: `*` (or `/`) and `@` are mixed without brackets\n"
        "    1 │ h = U @ h * r\n"
        "      │     ^^^^^^^^^\n"
        "  help: say which comes first: `U @ (r * h)` or `r * (U @ h)`",
    ),
    (
        "h = a / U @ h",
        "equation:1:5: error: `*` (or `/`) and `@` are mixed without brackets\n"
        "    1 │ h = a / U @ h\n"
        "      │     ^^^^^^^^^\n"
        "  help: say which comes first: `U @ (r * h)` or `r * (U @ h)`",
    ),
    (
        "h = (r * U @ h) + b",
        "equation:1:6: error: `*` (or `/`) and `@` are mixed without brackets\n"
        "    1 │ h = (r * U @ h) + b\n"
        "      │      ^^^^^^^^^\n"
        "  help: say which comes first: `U @ (r * h)` or `r * (U @ h)`",
    ),
    (
        "h = r * -U @ h",
        "equation:1:5: error: `*` (or `/`) and `@` are mixed without brackets\n"
        "    1 │ h = r * -U @ h\n"
        "      │     ^^^^^^^^^^\n"
        "  help: say which comes first: `U @ (r * h)` or `r * (U @ h)`",
    ),
    (
        "h = 2 * a * U @ (r @ h) @ x",
        "equation:1:5: error: `*` (or `/`) and `@` are mixed without brackets\n"
        "    1 │ h = 2 * a * U @ (r @ h) @ x\n"
        "      │     ^^^^^^^^^^^^^^^^^^^\n"
        "  help: say which comes first: `U @ (r * h)` or `r * (U @ h)`",
    ),
]

NUMBERS = [
    (
        "h = 1_000",
        "equation:1:5: error: an underscore cannot stand inside a number\n"
        "    1 │ h = 1_000\n"
        "      │     ^^^^^\n"
        "  help: leave it out, as in `1000`",
    ),
    (
        "h = 0x10",
        "equation:1:5: error: `0x10` is not a decimal number\n"
        "    1 │ h = 0x10\n"
        "      │     ^^^^\n"
        "  help: write it in base ten, such as `16`",
    ),
    (
        "h = 1j",
        "equation:1:5: error: a number was expected, not `1j`\n"
        "    1 │ h = 1j\n"
        "      │     ^^\n"
        "  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`",
    ),
    (
        "h = 1.2.3",
        "equation:1:8: error: an operator is missing before `.3`\n"
        "    1 │ h = 1.2.3\n"
        "      │        ^^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
    (
        "h = 1e4000",
        "equation:1:5: error: the exponent of `1e4000` is beyond ±1000\n"
        "    1 │ h = 1e4000\n"
        "      │     ^^^^^^\n"
        "  help: write a number closer to 1",
    ),
    (
        "h = x ** -1",
        "equation:1:10: error: a power needs a whole exponent from 2 to 100\n"
        "    1 │ h = x ** -1\n"
        "      │          ^^\n"
        "  help: write `x ** 2`",
    ),
    (
        "h = x ** y",
        "equation:1:10: error: a power needs a whole exponent from 2 to 100\n"
        "    1 │ h = x ** y\n"
        "      │          ^\n"
        "  help: write `x ** 2`",
    ),
    (
        "h = x ** 1",
        "equation:1:10: error: a power needs a whole exponent from 2 to 100\n"
        "    1 │ h = x ** 1\n"
        "      │          ^\n"
        "  help: write `x ** 2`",
    ),
    (
        "h = x ** 2.0",
        "equation:1:10: error: a power needs a whole exponent from 2 to 100\n"
        "    1 │ h = x ** 2.0\n"
        "      │          ^^^\n"
        "  help: write `x ** 2`",
    ),
    (
        "h = x ** 101",
        "equation:1:10: error: a power needs a whole exponent from 2 to 100\n"
        "    1 │ h = x ** 101\n"
        "      │          ^^^\n"
        "  help: write `x ** 2`",
    ),
    (
        "h = 9**9**9",
        "equation:1:8: error: a power needs a whole exponent from 2 to 100\n"
        "    1 │ h = 9**9**9\n"
        "      │        ^^^^\n"
        "  help: write `x ** 2`",
    ),
]

FUNCTIONS = [
    (
        "h = sigmod(x)",
        "equation:1:5: error: there is no function `sigmod`\n"
        "    1 │ h = sigmod(x)\n"
        "      │     ^^^^^^\n"
        "  help: did you mean `sigmoid`?",
    ),
    (
        "h = qqq(x)",
        "equation:1:5: error: there is no function `qqq`\n"
        "    1 │ h = qqq(x)\n"
        "      │     ^^^\n"
        "  help: the functions are sigmoid, tanh, relu, leaky_relu, hard_sigmoid, softsign, softplus,"
        " identity, exp, log, max, clip, sqrt, step, ones, softmax, sum, concat, beside, rows, cols, "
        "row_block, col_block, "
        "onehot_argmax, onehot_sample",
    ),
    (
        "h = __import__(os)",
        "equation:1:5: error: there is no function `__import__`\n"
        "    1 │ h = __import__(os)\n"
        "      │     ^^^^^^^^^^\n"
        "  help: the functions are sigmoid, tanh, relu, leaky_relu, hard_sigmoid, softsign, softplus,"
        " identity, exp, log, max, clip, sqrt, step, ones, softmax, sum, concat, beside, rows, cols, "
        "row_block, col_block, "
        "onehot_argmax, onehot_sample",
    ),
    (
        "h = __import__('os')",
        "equation:1:16: error: `'` cannot stand in an equation\n"
        "    1 │ h = __import__('os')\n"
        "      │                ^\n"
        "  help: no quotes are needed; a letter is printed with a prime by `symbols: {B: A′}`",
    ),
    (
        "h = tanh()",
        "equation:1:5: error: `tanh` takes 1 argument, not 0\n    1 │ h = tanh()\n      │     ^^^^^^",
    ),
    (
        "h = tanh(a, b)",
        "equation:1:5: error: `tanh` takes 1 argument, not 2\n    1 │ h = tanh(a, b)\n      │     ^^^^^^^^^^",
    ),
    (
        "h = tanh(x=3)",
        "equation:1:5: error: this cannot stand in an equation\n"
        "    1 │ h = tanh(x=3)\n"
        "      │     ^^^^^^^^^\n"
        f"  help: {ALLOWED}",
    ),
    (
        "h = tanh(*x)",
        "equation:1:10: error: this cannot stand in an equation\n"
        "    1 │ h = tanh(*x)\n"
        "      │          ^^\n"
        f"  help: {ALLOWED}",
    ),
    (
        "h = tanh x",
        "equation:1:10: error: an operator is missing before `x`\n"
        "    1 │ h = tanh x\n"
        "      │          ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
    (
        "h = leaky_relu(x, a)",
        "equation:1:19: error: a plain number was expected\n"
        "    1 │ h = leaky_relu(x, a)\n"
        "      │                   ^\n"
        "  help: write `leaky_relu(x, 0.1)`",
    ),
    (
        "h = leaky_relu(x, 1 + 2)",
        "equation:1:19: error: a plain number was expected\n"
        "    1 │ h = leaky_relu(x, 1 + 2)\n"
        "      │                   ^^^^^\n"
        "  help: write `leaky_relu(x, 0.1)`",
    ),
    (
        "h = leaky_relu(x, 1/0)",
        "equation:1:19: error: a plain number was expected\n"
        "    1 │ h = leaky_relu(x, 1/0)\n"
        "      │                   ^^^\n"
        "  help: write `leaky_relu(x, 0.1)`",
    ),
    (
        "h = leaky_relu(x, 1, 2)",
        "equation:1:5: error: `leaky_relu` takes 1 to 2 arguments, not 3\n"
        "    1 │ h = leaky_relu(x, 1, 2)\n"
        "      │     ^^^^^^^^^^^^^^^^^^^",
    ),
    (
        "h = row_block(x, 2)",
        "equation:1:5: error: two whole numbers from 1 were expected\n"
        "    1 │ h = row_block(x, 2)\n"
        "      │     ^^^^^^^^^^^^^^^\n"
        "  help: write `row_block(x, 1, 2)`",
    ),
    (
        "h = cols(x, 0, 1/2)",
        "equation:1:5: error: two whole numbers from 1 were expected\n"
        "    1 │ h = cols(x, 0, 1/2)\n"
        "      │     ^^^^^^^^^^^^^^^\n"
        "  help: write `cols(x, 1, 2)`",
    ),
    (
        "h = col_block(x, 5, 4)",
        "equation:1:5: error: there is no block 5 of 4\n"
        "    1 │ h = col_block(x, 5, 4)\n"
        "      │     ^^^^^^^^^^^^^^^^^^\n"
        "  help: write `col_block(x, 4, 5)`",
    ),
    (
        "h = rows(x, 3, 2)",
        "equation:1:5: error: rows 3 to 2 are none\n"
        "    1 │ h = rows(x, 3, 2)\n"
        "      │     ^^^^^^^^^^^^^\n"
        "  help: write `rows(x, 2, 3)`",
    ),
    (
        "h = transpose(a, b)",
        "equation:1:5: error: `transpose` takes 1 argument, not 2\n"
        "    1 │ h = transpose(a, b)\n"
        "      │     ^^^^^^^^^^^^^^^",
    ),
    (
        "h = concat()",
        "equation:1:5: error: `concat` takes 1 argument, not 0\n    1 │ h = concat()\n      │     ^^^^^^^^",
    ),
    (
        "h = sum(a, b, c)",
        "equation:1:5: error: `sum` takes 1 argument, not 3\n    1 │ h = sum(a, b, c)\n      │     ^^^^^^^^^^^^",
    ),
]

POSITIONS = [
    (
        "h = x[t]",
        "equation:1:7: error: the index `t` has no position here\n"
        "    1 │ h = x[t]\n"
        "      │       ^\n"
        "  help: put `t` on the left, sum over it, or write `T` for its last position",
    ),
    (
        "h[t] = x[j]",
        "equation:1:10: error: the index `j` has no position here\n"
        "    1 │ h[t] = x[j]\n"
        "      │          ^\n"
        "  help: put `j` on the left, sum over it, or write `J` for its last position",
    ),
    (
        "h[t] = t * x",
        "equation:1:8: error: `t` is an index here, not a quantity\n"
        "    1 │ h[t] = t * x\n"
        "      │        ^\n"
        "  help: give the quantity another letter",
    ),
    (
        "h[t] = x[]",
        "equation:1:10: error: a quantity or a number was expected, not `]`\n"
        "    1 │ h[t] = x[]\n"
        "      │          ^\n"
        "  help: an operator stands between two quantities",
    ),
    (
        "h[t] = x[t*2]",
        "equation:1:10: error: a position was expected\n"
        "    1 │ h[t] = x[t*2]\n"
        "      │          ^^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h[t] = x[2*t]",
        "equation:1:10: error: a position was expected\n"
        "    1 │ h[t] = x[2*t]\n"
        "      │          ^^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h[t] = x[t-1.5]",
        "equation:1:10: error: a position was expected\n"
        "    1 │ h[t] = x[t-1.5]\n"
        "      │          ^^^^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h[t] = x[1:2]",
        "equation:1:11: error: `:` cannot stand in an equation\n"
        "    1 │ h[t] = x[1:2]\n"
        "      │           ^\n"
        "  help: write one position for each index: `h[t-1]`",
    ),
    (
        "h[t] = x[:]",
        "equation:1:10: error: `:` cannot stand in an equation\n"
        "    1 │ h[t] = x[:]\n"
        "      │          ^\n"
        "  help: write one position for each index: `h[t-1]`",
    ),
    (
        "h[t] = x[+1]",
        "equation:1:10: error: a position was expected\n"
        "    1 │ h[t] = x[+1]\n"
        "      │          ^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h[t] = x[t-j]",
        "equation:1:10: error: a position was expected\n"
        "    1 │ h[t] = x[t-j]\n"
        "      │          ^^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h[t] = x[t+2000]",
        "equation:1:10: error: a position was expected\n"
        "    1 │ h[t] = x[t+2000]\n"
        "      │          ^^^^^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h = x[-9999999999]",
        "equation:1:7: error: a position was expected\n"
        "    1 │ h = x[-9999999999]\n"
        "      │       ^^^^^^^^^^^\n"
        "  help: write `t`, `t-1`, `t+1`, `0` or `T` (the last)",
    ),
    (
        "h[t-1] = x[t]",
        "equation:1:1: error: on the left stands a plain position\n"
        "    1 │ h[t-1] = x[t]\n"
        "      │ ^^^^^^\n"
        "  help: write `h[t] = …`",
    ),
    (
        "h[T] = 3",
        "equation:1:1: error: on the left stands a plain position\n"
        "    1 │ h[T] = 3\n"
        "      │ ^^^^\n"
        "  help: write `h[t] = …`",
    ),
    (
        "h[t,t] = 3",
        "equation:1:1: error: an index letter stands twice on the left\n"
        "    1 │ h[t,t] = 3\n"
        "      │ ^^^^^^\n"
        "  help: use two letters: `e[t,j]`",
    ),
    (
        "h[t].T = 3",
        "equation:1:1: error: on the left stands one quantity\n"
        "    1 │ h[t].T = 3\n"
        "      │ ^^^^^^\n"
        "  help: write `h[t] = …` or `L = …`",
    ),
    (
        "h[t], g[t] = 3",
        "equation:1:1: error: on the left stands one quantity\n"
        "    1 │ h[t], g[t] = 3\n"
        "      │ ^^^^^^^^^^\n"
        "  help: write `h[t] = …` or `L = …`",
    ),
    (
        "h = softmax(e[j], j)",
        "equation:1:19: error: a softmax over `j` has a value for each `j`\n"
        "    1 │ h = softmax(e[j], j)\n"
        "      │                   ^\n"
        "  help: put `j` on the left: `alpha[j] = softmax(e[j], j)`",
    ),
    (
        "h[t] = sum(x[t], t)",
        "equation:1:18: error: `t` already has a position here\n"
        "    1 │ h[t] = sum(x[t], t)\n"
        "      │                  ^\n"
        "  help: sum over another letter",
    ),
    (
        "h = sum(x[T], T)",
        "equation:1:15: error: an index letter was expected\n"
        "    1 │ h = sum(x[T], T)\n"
        "      │               ^\n"
        "  help: write `sum(a[t,j], j)`",
    ),
    (
        "h = sum(x[1], 1)",
        "equation:1:15: error: an index letter was expected\n"
        "    1 │ h = sum(x[1], 1)\n"
        "      │               ^\n"
        "  help: write `sum(a[t,j], j)`",
    ),
    (
        "h = sum(x[t], t+1)",
        "equation:1:15: error: an index letter was expected\n"
        "    1 │ h = sum(x[t], t+1)\n"
        "      │               ^^^\n"
        "  help: write `sum(a[t,j], j)`",
    ),
    (
        "h = sum(j * x[j], j)",
        "equation:1:9: error: `j` is an index here, not a quantity\n"
        "    1 │ h = sum(j * x[j], j)\n"
        "      │         ^\n"
        "  help: give the quantity another letter",
    ),
]

COLUMNS = [
    (
        "c̃[t] = ŷ[t] ⊙ c̃[t]",
        "equation:1:14: error: `⊙` cannot stand in an equation\n"
        "    1 │ c̃[t] = ŷ[t] ⊙ c̃[t]\n"
        "      │             ^\n"
        "  help: write `*` for the element-wise product",
    ),
    (
        "c̃[t] = ŷ[t] + c̃[j]",
        "equation:1:19: error: the index `j` has no position here\n"
        "    1 │ c̃[t] = ŷ[t] + c̃[j]\n"
        "      │                 ^\n"
        "  help: put `j` on the left, sum over it, or write `J` for its last position",
    ),
    (
        "h = a # 😀 ŷ (\nc̃ = ŷ c",
        "equation:2:8: error: an operator is missing before `c`\n"
        "    2 │ c̃ = ŷ c\n"
        "      │       ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
    (
        "\t h\t=\ta\tb",
        "equation:1:9: error: an operator is missing before `b`\n"
        "    1 │   h = a b\n"
        "      │         ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
    (
        "h = a\r\nc = a b\r\n",
        "equation:2:7: error: an operator is missing before `b`\n"
        "    2 │ c = a b\\x0d\n"
        "      │       ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
    (
        "g = tanh(ŷ,\n  # 😀 a comment (\n  c̃ d)",
        "equation:3:3: error: a quantity or a number was expected, not `c`\n"
        "    3 │   c̃ d)\n"
        "      │   ^\n"
        "  help: an operator stands between two quantities",
    ),
    (
        "x" * 60 + " = " + "y" * 60 + " z",
        "equation:1:125: error: an operator is missing before `z`\n"
        "    1 │ …yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy z\n"
        "      │                                                    ^\n"
        "  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`",
    ),
]

SIZE = "this equation is too long or too deep"
LENGTH = "an equation of more than 4000 characters"
LIMITS = [
    ("h = " + "(" * 60 + "x" + ")" * 60, SIZE),
    ("h = " + "(" * 3_000, SIZE),
    ("h = " + "(" * 10_000, LENGTH),
    ("h = " + "-" * 120 + "x", SIZE),
    ("h = " + "tanh(" * 60, SIZE),
    ("h = x" + ".T" * 120, SIZE),
    ("h = " + " + ".join(["x"] * 101), SIZE),
    ("h = " + " + ".join(["x"] * 400), SIZE),
    ("h = " + "*".join(["x"] * 1_900), SIZE),
    ("h = " + "x" * 5_000, LENGTH),
    ("h = " + "7" * 5_000, LENGTH),
]

WRONG = [*CHARACTERS, *STRUCTURE, *PRODUCTS, *NUMBERS, *FUNCTIONS, *POSITIONS, *COLUMNS]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong(text, message):
    assert error(text) == message


@pytest.mark.parametrize(("text", "message"), LIMITS, ids=range(len(LIMITS)))
def test_limits(text, message):
    assert error(text) == too_much(message, text)


def test_largest():
    assert len(source(parse_expression(" + ".join(["x"] * 100)))) == 397
    assert source(parse_expression("(" * 50 + "x" + ")" * 50)) == "x"
    assert source(parse_expression("tanh(" * 50 + "x" + ")" * 50)) == "tanh(" * 50 + "x" + ")" * 50


def test_digits():
    line = "h = " + "7" * 1200
    assert error(line) == (
        "equation:1:5: error: a number may have at most 1000 digits; this text has 1200\n"
        f"    1 │ {line[:100]}…\n"
        f"      │     {'^' * 96}\n"
        "  help: round it to fewer digits"
    )


def test_too_many_equations():
    assert error("\n".join(f"a_{n} = b" for n in range(1_001))) == (
        "equation:1001:1: error: more than 1000 equations\n 1001 │ a_1000 = b\n      │ ^^^^^^^^^^"
    )


# ---------------------------------------------------------------- nothing else ever happens

VALID = [
    "f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)",
    "alpha[t,j] = softmax(e[t,j], j)\nc[t] = sum(alpha[t,j] * h[j], j)",
    "s[0] = h[T]\ng[t] = leaky_relu(W.T @ (r[t] * h[t-1]), 0.1) ** 2 / 3",
    "c̃[t] = tanh(\n  concat(x[t], h[T-1])  # ŷ 😀\n)",
]
SIGNS = "()[]=+-*/@.,:;'\"#\\\n\r\t\x00 😀ŷ̃⊙₁𝐡0t"
PIECES = [
    *SIGNS,
    "**",
    "sum(",
    "softmax(",
    ", j)",
    ".T",
    "1e9",
    "1_0",
    "lambda ",
    "[T]",
]


@soon()
def read(text):
    """Parsing ends, soon, with equations that can be written and read again, or with an ExerciseError."""
    message = "nothing is wrong"
    try:
        equations = parse_equations(text)
    except ExerciseError as caught:
        message = draw(caught.problems)
    else:
        assert parse_equations("\n".join(map(source, equations))) == equations
    assert message


@given(st.text())
@example("\ud800 = \udfff")
@example("a = b\x0bc\x1c\x85\u2028d")
@example("=\n==\n===")
def test_any_text(text):
    read(text)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_pieces(text):
    read(text)


@given(st.sampled_from(VALID), st.data())
@settings(max_examples=300)
def test_any_small_mistake(text, data):
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 3)))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:]
    read(text)
