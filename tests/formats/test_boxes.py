"""Formulas as boxes: each atom with its whole drawing, rows that are broken, and laws that hold for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import (
    APPROX,
    BY,
    EQUALS,
    EXP,
    MINUS,
    PLUS,
    SIGMA,
    SIGMA_SUM,
    TANH,
    big,
    flat,
    matrix,
    n,
    of,
    s,
)

from rnncalc.formats.boxes import Limits, cell_width, columns, draw, elided, equation, fit, wrap
from rnncalc.formula import Atom, Fenced, Fraction, Grid, Operator, Over, Row, Script, Tuple, Words, row

DRAWINGS: tuple[tuple[Atom, str], ...] = (
    (
        matrix("1 -2 5; 5 5 0"),
        """
⎡1  −2  5⎤
⎣5   5  0⎦
""",
    ),
    (
        matrix("0.9975; 0.006693; -12"),
        """
⎡  0.9975  ⎤
⎢  0.006693⎥
⎣−12       ⎦
""",
    ),
    (
        matrix("1/2 -0.25; 3 1.2e-30"),
        """
⎡1/2  −0.25     ⎤
⎣  3   1.2·10⁻³⁰⎦
""",
    ),
    (
        matrix("1 2 3"),
        """
[1  2  3]
""",
    ),
    (
        row(matrix("1 0; 0 1"), BY, matrix("2; 3"), PLUS, matrix("1; 2; 3")),
        """
⎡1  0⎤ ⎡2⎤   ⎡1⎤
⎣0  1⎦ ⎣3⎦ + ⎢2⎥
             ⎣3⎦
""",
    ),
    (
        Grid(((s("a"), s("W_f")), (s("c\u0303", "1"), n("0")))),
        """
⎡a   W_f⎤
⎣c̃₁   0 ⎦
""",
    ),
    (
        Grid(
            (
                (n("0.25"), Words("…"), n("1")),
                (Words("…"), Words("…"), Words("…")),
                (n("10"), Words("…"), n("2")),
            ),
            (9, 7),
        ),
        """
⎡ 0.25  …  1⎤
⎢  …    …  …⎥
⎣10     …  2⎦
    (9×7)
""",
    ),
    (
        Grid(
            (
                (Fraction(row(s("a"), PLUS, s("b"), PLUS, s("c"), PLUS, s("d")), row(s("e"))), n("1")),
                (n("0"), s("x")),
            )
        ),
        """
⎡(a + b + c + d)/e  1⎤
⎣        0          x⎦
""",
    ),
    (
        Grid(((Words("字"), n("1")), (s("x"), n("2")))),
        """
⎡字  1⎤
⎣x   2⎦
""",
    ),
    (
        Grid(()),
        """
[]
""",
    ),
    (
        flat("2 3 -1"),
        """
(2, 3, −1)
""",
    ),
    (
        Tuple((n("0.1"), Words("…"), n("0.9")), 256),
        """
(0.1, …, 0.9; 256 entries)
""",
    ),
    (
        of(TANH, s("c", "1")),
        """
tanh(c₁)
""",
    ),
    (
        of(TANH, matrix("1; 2; 3")),
        """
    ⎛⎡1⎤⎞
tanh⎜⎢2⎥⎟
    ⎝⎣3⎦⎠
""",
    ),
    (
        Fraction(row(n("1")), row(n("1"), PLUS, Script(row(s("e")), row(n("4"))))),
        """
1/(1 + e⁴)
""",
    ),
    (
        Fraction(row(s("a"), PLUS, s("b")), row(s("n"))),
        """
(a + b)/n
""",
    ),
    (
        row(
            s("α"),
            EQUALS,
            Fraction(row(EXP, Fenced(row(s("e", "1")))), row(Over(SIGMA_SUM, "k", of(EXP, s("e", "k"))))),
        ),
        """
     exp(e₁)
α = ──────────
    Σₖ exp(eₖ)
""",
    ),
    (
        Fraction(row(n("1")), row(matrix("1 2; 3 4"))),
        """
  1
──────
⎡1  2⎤
⎣3  4⎦
""",
    ),
    (
        Script(row(s("W_f")), row(Words("T"))),
        """
W_fᵀ
""",
    ),
    (
        Script(row(s("e")), row(n("-0.5"))),
        """
e^−0.5
""",
    ),
    (
        row(Script(row(matrix("1 2; 3 4")), row(Words("T"))), BY, s("x")),
        """
⎡1  2⎤ᵀ
⎣3  4⎦  x
""",
    ),
    (
        Script(row(s("e")), row(Fraction(row(s("x"), PLUS, s("y"), PLUS, s("z")), row(s("x"), MINUS, s("y"))))),
        """
e^((x + y + z)/(x − y))
""",
    ),
    (
        row(Over(SIGMA_SUM, "j", row(s("α", "j"), BY, matrix("1; 2")))),
        """
      ⎡1⎤
Σⱼ αⱼ ⎣2⎦
""",
    ),
    (
        row(Operator("negative"), s("x"), APPROX, n("-1.5e-7")),
        """
−x ≈ −1.5·10⁻⁷
""",
    ),
)

# Row, width, lines: a line that begins with a relation sign shows it, another one its indent.
BROKEN: tuple[tuple[Row, int, str], ...] = (
    (
        row(s("a"), PLUS, s("b"), EQUALS, s("c"), PLUS, s("d")),
        20,
        """
a + b = c + d
""",
    ),
    (
        row(s("a"), PLUS, s("b"), EQUALS, s("c"), PLUS, s("d")),
        12,
        """
a + b
= c + d
""",
    ),
    (
        row(s("a"), PLUS, s("b"), EQUALS, s("c"), PLUS, s("d")),
        5,
        """
a
  + b
= c
  + d
""",
    ),
    (
        of(SIGMA, matrix("1; 2"), PLUS, matrix("3; 4"), PLUS, matrix("5; 6")),
        16,
        """
 ⎛⎡1⎤   ⎡3⎤
σ⎝⎣2⎦ + ⎣4⎦
    ⎡5⎤⎞
  + ⎣6⎦⎠
""",
    ),
    (
        row(of(SIGMA, s("aaaa"), PLUS, s("bbbb")), PLUS, s("cccc")),
        15,
        """
σ(aaaa
  + bbbb)
  + cccc
""",
    ),
    (
        flat("0.25 0.5 0.75 1"),
        14,
        """
(0.25, 0.5,
 0.75, 1)
""",
    ),
    (
        row(big(30, 20)),
        40,
        """
⎡ 0.0  −0.3   0.6  ⋯   0.0⎤
⎢−0.7   1.0  −1.3  ⋯   0.7⎥
⎢ 1.4  −1.7   0.1  ⋯  −1.4⎥
⎢ ⋮     ⋮     ⋮    ⋱   ⋮  ⎥
⎣−1.3   1.6   0.0  ⋯   1.3⎦
          (30×20)
""",
    ),
    (
        row(big(2, 6)),
        30,
        """
⎡ 0.0  −0.3   0.6  ⋯  −1.5⎤
⎣−0.7   1.0  −1.3  ⋯   0.3⎦
           (2×6)
""",
    ),
    (
        row(big(2, 6)),
        22,
        """
⎡ 0.0  −0.3  ⋯  −1.5⎤
⎣−0.7   1.0  ⋯   0.3⎦
        (2×6)
""",
    ),
    (
        flat("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"),
        40,
        """
(1, 2, 3, …, 17; 17 entries)
""",
    ),
    (
        row(big(2, 3), BY, matrix("1; 2; 3")),
        21,
        """
⎡ 0.0  −0.3   0.6⎤
⎣−0.7   1.0  −1.3⎦
   ⎡1⎤
  ·⎢2⎥
   ⎣3⎦
""",
    ),
    (
        row(Fraction(row(s("a"), PLUS, s("b"), PLUS, s("c")), row(s("d"))), EQUALS, s("e")),
        10,
        """
(a + b
  + c) / d
= e
""",
    ),
    (
        row(Fraction(row(s("a")), row(s("b"), PLUS, s("c"), PLUS, s("d"), PLUS, s("e")))),
        14,
        """
a
  / (b + c + d
  + e)
""",
    ),
    (
        row(Script(row(s("e")), row(s("aaaa"), PLUS, s("bbbb"), PLUS, s("cccc"))), PLUS, s("d")),
        14,
        """
exp(aaaa
  + bbbb
  + cccc) + d
""",
    ),
    (
        row(Script(row(Fenced(row(s("aaaa"), PLUS, s("bbbb"), PLUS, s("cccc")))), row(n("2"))), PLUS, s("d")),
        14,
        """
(aaaa + bbbb
  + cccc)² + d
""",
    ),
)


def _shown(lines: tuple[str, ...], first: str = "", others: str = "", baseline: int = 0) -> list[str]:
    return [(first if index == baseline else others) + text for index, text in enumerate(lines)]


@pytest.mark.parametrize(("atom", "expected"), DRAWINGS)
def test_draw(atom: Atom, expected: str) -> None:
    assert [line.rstrip() for line in draw(atom).lines] == expected.strip("\n").split("\n")


@pytest.mark.parametrize(("formula", "width", "expected"), BROKEN)
def test_fit(formula: Row, width: int, expected: str) -> None:
    lines: list[str] = []
    for part in fit(formula, width):
        sign = {"equals": "= ", "approx": "≈ ", None: " " * part.hang}[part.relation]
        lines += _shown(part.box.lines, sign, " " * len(sign), part.box.baseline)
    assert [line.rstrip() for line in lines] == expected.strip("\n").split("\n")


def test_equation_puts_a_wide_left_side_on_its_own_line() -> None:
    box = equation(row(s("∂L/∂W_f")), "equals", row(s("x")), 3, 20)
    assert [line.rstrip() for line in box.lines] == ["∂L/∂W_f", "    = x"]


def test_columns_fill_their_rows_evenly() -> None:
    boxes = [draw(s(letter * 5)) for letter in "abcd"]
    assert columns(boxes, 25).lines == ("aaaaa    bbbbb    ", "ccccc    ddddd    ")


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("c\u0303", 1), ("漢字", 4), ("A⃗ₜ₋₁", 4), ("⎡−2⎤", 4)],
)
def test_cell_width(text: str, width: int) -> None:
    assert cell_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one  two three", 7, ["one two", "three"]),
        ("a\u00a0=\u00a0b c", 5, ["a = b", "c"]),
        ("unbreakable", 5, ["unbre", "akabl", "e"]),
        ("漢字漢", 5, ["漢字", "漢"]),
        ("c\u0303c\u0303 d", 2, ["c\u0303c\u0303", "d"]),
    ],
)
def test_wrap(text: str, width: int, expected: list[str]) -> None:
    assert wrap(text, width) == expected


def test_elision_of_what_is_elided_keeps_the_true_size() -> None:
    twice = elided(elided(big(256, 128), Limits()), Limits(3, 3))
    assert isinstance(twice, Grid)
    assert (twice.shape, len(twice.cells), len(twice.cells[0])) == ((256, 128), 3, 3)


NUMBERS = st.decimals(-999, 999, places=3).map(lambda value: n(str(value)))
LEAVES = st.one_of(NUMBERS, st.sampled_from([s("W_f"), s("c\u0303", "1"), Words("漢"), PLUS, EQUALS, BY]))


def _larger(atoms: st.SearchStrategy[Atom]) -> st.SearchStrategy[Atom]:
    rows = st.lists(atoms, min_size=1, max_size=3).map(lambda inner: row(*inner))
    pairs = st.tuples(atoms, atoms)
    return st.one_of(
        rows,
        rows.map(Fenced),
        st.builds(Fraction, rows, rows),
        st.builds(Script, rows, rows),
        rows.map(lambda body: Over(SIGMA_SUM, "j", body)),
        st.lists(pairs, min_size=1, max_size=14).map(lambda lines: Grid(tuple(lines))),
        st.lists(atoms, min_size=1, max_size=20).map(lambda cells: Tuple(tuple(cells))),
    )


ATOMS: st.SearchStrategy[Atom] = st.recursive(LEAVES, _larger, max_leaves=12)


@given(ATOMS)
def test_every_line_of_a_box_is_as_wide_as_the_box(atom: Atom) -> None:
    box = draw(atom)
    assert {cell_width(line) for line in box.lines} == {box.width}
    assert 0 <= box.baseline < box.height


@given(ATOMS, st.integers(10, 60))
def test_no_break_loses_a_digit(atom: Atom, width: int) -> None:
    cut = row(elided(atom, Limits()))
    digits = sorted(character for line in draw(cut).lines for character in line if character.isdigit())
    broken = fit(row(atom), width, (Limits(),))
    assert sorted(c for part in broken for line in part.box.lines for c in line if c.isdigit()) == digits
