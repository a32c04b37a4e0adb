"""Decimal commas: every format for people writes them, numbers stay apart, words and other programs are left alone."""

import json

import pytest

from rnncalc import formats, load, solve
from rnncalc.document import Answer, Document, Prose, Table, Text
from rnncalc.formats._commas import with_commas
from rnncalc.formats.boxes import inline, untied
from rnncalc.formats.spelling import latex, mathml, spoken, typst
from rnncalc.formula import Digits, Fenced, Operator, Row, Symbol, Tuple, row, unicode
from rnncalc.languages import Message, decimal_commas, said

VECTOR = row(Tuple((Digits("0.5"), Digits("-1.2e-30"), Digits("1"))))


def test_every_spelling() -> None:
    """Entries are parted by semicolons, also where one of them is a whole number."""
    vector = with_commas(VECTOR)
    assert unicode(vector) == "(0,5; −1,2·10⁻³⁰; 1)"
    assert latex(vector) == r"\left(0{,}5;\; -1{,}2 \cdot 10^{-30};\; 1\right)"
    assert typst(vector) == '("0,5" semi -"1,2" ⋅ 10^(-30) semi 1)'
    assert mathml(vector) == (
        '<mrow><mo>(</mo><mn>0,5</mn><mo rspace="0.3em">;</mo><mrow><mn>−1,2</mn><mo>·</mo>'
        '<msup><mn>10</mn><mn>−30</mn></msup></mrow><mo rspace="0.3em">;</mo><mn>1</mn><mo>)</mo></mrow>'
    )
    assert spoken(vector) == "the vector 0,5; minus 1,2 times 10 to the power minus 30; 1"


ARGUMENTS = row(Fenced(row(Digits("0"), Operator("comma"), Digits("0.5"))))
RUNS: list[tuple[Text, str]] = [
    ((row(Digits("0.5")), ", ", row(Digits("1"))), "0,5; 1"),
    ((row(Symbol("h", ("1", "2"))), ", ", row(Symbol("c"))), "h₁,₂, c"),
    (("section 3.2, ", row(Digits("0.5"))), "section 3.2, 0,5"),
    ((ARGUMENTS,), "(0; 0,5)"),
]


@pytest.mark.parametrize(("run", "expected"), RUNS)
def test_runs_of_words_and_numbers(run: Text, expected: str) -> None:
    assert untied(inline(with_commas(run))) == expected


def test_numbers_among_our_words() -> None:
    limit = Message("every entry is limited to −{limit} … {limit}", {"limit": "0.2"})
    with decimal_commas():
        assert said(limit) == "every entry is limited to −0,2 … 0,2"
    assert said(limit) == "every entry is limited to −0.2 … 0.2"


def test_columns_stand_at_their_commas() -> None:
    table = Table((("t",), ("h",)), tuple(((t,), (row(Digits(h)),)) for t, h in (("1", "0.5"), ("2", "-12"))))
    with decimal_commas():
        page = str(formats.writer("terminal")(Document("3.2", (table, Prose(("0.5",))))))
    assert page.splitlines()[2:] == [" t │ h", "───┼───────", " 1 │   0,5", " 2 │ −12", "", "0.5"]


def test_a_formula_that_is_broken() -> None:
    """A vector too wide for a line goes on behind a semicolon."""
    answer = Answer(row(Symbol("h")), "approx", row(Tuple((Digits("0.12345678"),) * 9)))
    with decimal_commas():
        page = str(formats.writer("terminal")(Document("t", (answer,)), width=60))
    assert max(map(len, page.splitlines())) <= 60
    assert [line.strip("│ ") for line in page.splitlines()[3:-1]] == [
        "Answer   h ≈ (0,12345678; 0,12345678; 0,12345678;",
        "0,12345678; 0,12345678; 0,12345678;",
        "0,12345678; 0,12345678; 0,12345678)",
    ]


def test_what_programs_read_keeps_its_points() -> None:
    solution = solve(load("vietai/exercise3"))
    record = json.dumps(solution.record())
    with decimal_commas():
        assert json.dumps(solution.record()) == record
        assert "≈ (0,8491; 0,9479)" in solution.text("answers")
    assert "≈ (0.8491, 0.9479)" in solution.text("answers")


def test_a_row_of_a_page_is_left_as_it_is() -> None:
    assert with_commas(Row(())) == Row(())
