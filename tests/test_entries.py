"""Entries that are formulas: what is read, what is not, and what they are with numbers put in."""

from fractions import Fraction

import pytest

from rnncalc import ExerciseError, UsageError, loads, solve, solve_for
from rnncalc.entries import entry_text, read_formula
from rnncalc.equations.domains import known_number
from rnncalc.numbers import NumberError

TEXT = """
equations: h[t] = W @ x[t] + b
find: [h_1]
symbolic: [a, b_1]
inputs: {x: [[1, 2]]}
parameters: {W: [[a, 2*a], [1/2, -sqrt(a)/2], [(a+1)*b_1, exp(-1)]], b: [0, 1 + sqrt(2), a**2]}
"""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2*a", "2 * a"),
        ("-(a + b)/2", "-(a + b) / 2"),
        ("sqrt(a)", "sqrt(a)"),
        ("1 + sqrt(2)", "1 + sqrt(2)"),
        ("exp(-1)", "exp(-1)"),
        ("σ(a)", "sigmoid(a)"),
        ("a ** 2", "a ** 2"),
    ],
)
def test_formulas_are_read(text: str, written: str) -> None:
    formula = read_formula(text, {"a", "b"})
    assert formula is not None
    assert entry_text(formula) == written


@pytest.mark.parametrize(("text", "value"), [("sqrt(4) + 1", 3), ("tanh(0)", 0), ("a - a + 1/2", Fraction(1, 2))])
def test_formulas_that_are_rational_are_numbers(text: str, value: Fraction) -> None:
    assert read_formula(text, {"a"}) == value


@pytest.mark.parametrize(
    "text",
    ["1-2", "2**3", "one", "", "a.T", "a @ b", "sum(a)", "a[1]", "softmax(a)", "2 +", "__import__('os')", "a" * 300],
)
def test_what_is_no_formula_is_left_to_the_reader_of_numbers(text: str) -> None:
    assert read_formula(text, {"a", "b"}) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a + c", "`c` is no declared letter"),
        ("c*d", "`c`, `d` are no declared letters"),
        ("w_12", "`w_12` is no declared letter"),
        ("1/(a - a)", "`1/(a - a)` has no value: a division by zero"),
        ("sqrt(-2) + 1", "`sqrt(-2) + 1` has no value: `sqrt` has no real value here"),
    ],
)
def test_mistakes_in_formulas_are_told(text: str, message: str) -> None:
    with pytest.raises(NumberError) as caught:
        read_formula(text, {"a"})
    assert caught.value.message == message


def test_formulas_stand_in_matrices() -> None:
    solution = solve(loads(TEXT))
    assert solution.record()["answers"]["h_1"]["exact"] == [
        ["5 * a"],
        ["1.5 - sqrt(a) + sqrt(2)"],
        ["(a + 1) * b_1 + 2 * exp(-1) + a ** 2"],
    ]
    assert """\
            ⎡     a          2·a   ⎤
        W = ⎢    0.5      −0.5·√(a)⎥
            ⎣(a + 1)·b_1     e⁻¹   ⎦
""" in solution.text(width=80)


def test_numbers_are_put_into_formulas() -> None:
    solution = solve(loads(TEXT), put_in={"a": "4", "b_1": "1/5"})
    assert solution["h_1"] == [["20"], ["0.914213562373095"], ["17.7357588823429"]]
    half = solve(loads(TEXT), put_in={"a": "2"})
    assert half.record()["answers"]["h_1"]["exact"] == [["10"], ["3/2"], ["3 * b_1 + 2 * exp(-1) + 4"]]
    with pytest.raises(UsageError) as caught:
        solve(loads(TEXT), put_in={"a": "-1"})
    assert [problem.what for problem in caught.value.problems] == [
        "with a = -1 an entry has no value: `sqrt` has no real value here"
    ]


def test_letters_of_formulas_can_be_asked_for() -> None:
    record = solve_for(loads(TEXT), ["a", "b_1"], ["h_1[1] = 20", "h_1[3] = 0"]).record()
    assert [{name: one["exact"] for name, one in each.items()} for each in record["solutions"]] == [
        {"a": "4", "b_1": "-0.4 * exp(-1) - 3.2"}
    ]


def test_each_undeclared_letter_is_told_once() -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(TEXT.replace("symbolic: [a, b_1]\n", ""))
    assert [(problem.what, problem.hint) for problem in caught.value.problems] == [
        (
            f"`{name}` is no declared letter",
            f"a letter that stands for any number is declared: `symbolic: [{name}]`",
        )
        for name in ("a", "b_1")
    ]


def test_formulas_where_numbers_are_needed() -> None:
    formula = read_formula("2*a", {"a"})
    assert formula is not None
    with pytest.raises(ExerciseError) as caught:
        known_number(formula)
    assert [problem.what for problem in caught.value.problems] == ["`2 * a` is a formula, and a number is needed here"]
