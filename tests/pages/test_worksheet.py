"""Worksheets: what becomes a blank, what is told before it; sheets of several exercises."""

from fractions import Fraction
from typing import Any

import pytest

from rnncalc import load, loads, solve
from rnncalc.api import answer_key, blank_sheet
from rnncalc.document import Answer, Bars, Derivation, Document, Fields, Heading, Hints, Line, Part, Prose, Space, Table
from rnncalc.errors import ExerciseError
from rnncalc.formula import Blank, Digits, Fenced, Name, Operator, Row, Script, Symbol, Tuple, Words, row, unicode
from rnncalc.formula import Fraction as Quotient
from rnncalc.numbers import Precision
from rnncalc.pages.booklet import Entry, booklet
from rnncalc.pages.worksheet import worksheet

H, EQUALS = row(Symbol("h", ("1",))), Operator("equals")


def numbers(*texts: str) -> Row:
    return row(Tuple(tuple(Digits(text) for text in texts)))


def blanks(width: int, count: int) -> Row:
    return row(Tuple((Blank(width),) * count))


FORMULA = Line("equals", row(Symbol("W"), Symbol("x")), H)
PUT_IN = Line("equals", row(Digits("2"), Operator("times"), Symbol("x")))
WORKED = Derivation(
    (FORMULA, PUT_IN, Line("equals", row(Digits("1"), Operator("approx"), *numbers("0.5", "-0.25").atoms))),
    (FORMULA, PUT_IN),
)
LABELS = ("Hint 1: the formula", "Hint 2: the formula with the data put in")
VALUE = Derivation((Line("approx", blanks(6, 2), H),))


@pytest.mark.parametrize(
    ("hints", "told"),
    [
        ("none", ()),
        ("formula", (Hints((FORMULA,), LABELS[:1]),)),
        ("substitution", (Hints((FORMULA, PUT_IN), LABELS),)),
    ],
)
def test_hints(hints: Any, told: tuple[Hints, ...]) -> None:
    """Hints come before the room to work; the blank stands for the value behind the last sign."""
    page = worksheet(Document("t", (Heading(2, "Gate"), WORKED)), Precision(3, "decimals"), hints)
    words = Prose(("Give every number to 3 decimals.",))
    assert page.blocks == (words, Heading(2, "Gate"), *told, Space(3), VALUE)


def test_the_lines_between_as_blanks() -> None:
    """With all detail the lines of the working are there, but for those that a hint tells; no blank tells a sign."""
    minus, power = Operator("minus"), Script(row(Digits("-0.5")), row(Digits("2")))
    tanh, quarter = row(Name("tanh", "tanh"), Fenced(row(Digits("-3")))), Fenced(row(Digits("-0.25")))
    line = Line("approx", row(tanh, minus, quarter, power))
    worked = Derivation((FORMULA, PUT_IN, line, WORKED.lines[-1]), (FORMULA, PUT_IN))
    blank = Blank(6)
    opened = row(Name("tanh", "tanh"), Fenced(row(blank)), minus, blank, Script(row(blank), row(Digits("2"))))
    value = Line("approx", blanks(6, 2))
    for told, between in (
        ("substitution", (Line("approx", opened, H),)),
        ("none", (Line("equals", row(Blank(5), Operator("times"), Symbol("x")), H), Line("approx", opened))),
    ):
        page = worksheet(Document("t", (worked,)), Precision(), told, between=True)  # type: ignore[arg-type]
        assert page.blocks[-1] == Derivation((*between, value))
        assert Space(3) not in page.blocks


@pytest.mark.parametrize(
    ("equation", "lines"),
    [
        ("(1 - z) * x + z", ("(1 − _____)·_____ + _____", "_____·_____ + _____", "_____ + _____", "_____")),
        ("-1 / 4 * tanh(x - 2) + 1 / z", (
            "−0.25·tanh(______ − 2) + 1/______", "−0.25·tanh(______) + ______", "−0.25·________ + ________",
            "________ + ________", "________",
        )),
    ],
)  # fmt: skip
def test_constants_of_the_equation_stay(equation: str, lines: tuple[str, ...]) -> None:
    """What is worked out from them is a blank."""
    exercise = loads(f"equations: y = {equation}\nfind: [y]\nparameters: {{x: 3, z: 0.5}}\n")
    (sheet,) = [one for one in blank_sheet([solve(exercise)], "full").blocks if isinstance(one, Derivation)]
    assert tuple(unicode(line.right) for line in sheet.lines) == lines


VALUES = [
    (row(Digits("7")), row(Blank(5))),
    (numbers("0.5", "-0.000123"), blanks(10, 2)),
    (row(Words("“machine”"), EQUALS, *numbers("1", "0").atoms), row(Blank(11))),
    (row(Quotient(row(Digits("1")), row(Digits("3")))), row(Quotient(row(Blank(5)), row(Blank(5))))),
]


@pytest.mark.parametrize(("value", "blank"), VALUES)
def test_an_answer_becomes_a_blank(value: Row, blank: Row) -> None:
    """As wide as the widest number; what is said of its digits goes, and so do tables and what follows."""
    answer = Answer(H, "approx", value, (("an exact tie",),))
    page = worksheet(Document("t", (Table((), ()), answer, Prose(("exact",)))), Precision())
    assert page.blocks[1:] == (Space(12), Answer(H, "approx", blank, ()))


def digits(part: Any) -> list[str]:
    """All numbers that stand in the lines and answers of a page."""
    lines = [line.right for block in part.blocks if isinstance(block, Derivation | Hints) for line in block.lines]
    answers = [block.value for block in part.blocks if isinstance(block, Answer)]
    return [text for one in (*lines, *answers) for text in unicode(one).replace("−", "-").split()]


def test_the_data_put_in_tells_no_value() -> None:
    """What was worked out before stays a symbol in the hints."""
    solution = solve(load("networks/lstm-torch"))
    page = worksheet(solution.page(), solution.precision, "substitution")
    (second,) = [d for d in page.blocks if isinstance(d, Hints) and unicode(d.lines[0].left or Row(())) == "i₂"]
    assert [unicode(line.right) for line in second.lines] == [
        "σ(W_ii x₂ + b_ii + W_hi h₁ + b_hi)",
        "σ([0.5 1; −2 −0.5] [−0.5; 2] + [0.2; 2] + [−1.5 1.5; 0.5 −0.5] h₁ + [0.5; 0.2])",
    ]


@pytest.mark.parametrize("name", ["vietai/exercise3", "networks/attention-additive"])
@pytest.mark.parametrize("between", [False, True])
def test_no_result_is_told(name: str, between: bool) -> None:
    solution = solve(load(name))
    page = worksheet(solution.page(), solution.precision, "substitution", between)
    results = {
        cell.text for step in solution.steps for line in solution.rounded(step.value) for cell in line if not cell.exact
    }
    assert results
    assert results.isdisjoint(digits(page))


# ---------------------------------------------------------------- several exercises

ONE, TWO = Document("One", (Prose(("a",)),), "A book"), Document("Two", (Prose(("b",)),))


def test_a_sheet() -> None:
    sheet = booklet([Entry(ONE, Fraction(1)), Entry(TWO, Fraction(5, 2))], "Set 1", to_fill_in=True)
    reached = (row(Blank(6)),)
    contents = Table(
        (("",), ("Exercise",), ("Points",), ("Reached",)),
        (
            (("1",), ("One",), ("1",), reached),
            (("2",), ("Two",), ("2.5",), reached),
            ((), ("Total",), ("3.5",), reached),
        ),
    )
    first, second = Part("One", "1", "1 point", "A book"), Part("Two", "2", "2.5 points")
    fields = Fields(("Name", "Date"))
    assert sheet == Document("Set 1", (fields, contents, first, *ONE.blocks, second, *TWO.blocks), "", "en")


def test_a_key_without_points() -> None:
    contents = Table((("",), ("Exercise",)), ((("1",), ("One",)), (("2",), ("Two",))))
    parts = (Part("One", "1", "", "A book"), Prose(("a",)), Part("Two", "2"), Prose(("b",)))
    assert booklet([Entry(ONE), Entry(TWO)]) == Document("Exercises", (contents, *parts), "", "en")


def test_one_exercise_needs_no_title_page() -> None:
    assert booklet([Entry(ONE, Fraction(3))]) == Document("One", ONE.blocks, "A book · 3 points")
    assert booklet([Entry(ONE)], to_fill_in=True) == Document("One", (Fields(("Name", "Date")), *ONE.blocks), "A book")
    assert isinstance(booklet([Entry(ONE)], "Set 1").blocks[1], Part)


def test_of_solutions() -> None:
    solutions = [solve(load(f"vietai/exercise{number}")) for number in (2, 4)]
    key, sheet = answer_key(solutions, "answers"), blank_sheet(solutions, "answers")
    assert [block.title for block in key.blocks if isinstance(block, Part)] == [one.exercise.title for one in solutions]
    shown = [unicode(block.value) for block in sheet.blocks if isinstance(block, Answer)]
    assert shown == ["(___________, ___________)", "_____", "_____"]
    assert not any(isinstance(block, Bars | Derivation) for block in sheet.blocks)


# ---------------------------------------------------------------- points in a file

NETWORK = "equations: 'y = 2 * x'\nparameters: {x: 1}\n"


@pytest.mark.parametrize(("text", "points"), [("5", 5), ("2.5", Fraction(5, 2)), ("1/2", Fraction(1, 2))])
def test_points(text: str, points: Fraction) -> None:
    assert loads(f"{NETWORK}points: {text}\n").points == points


@pytest.mark.parametrize("text", ["0", "-1", "sqrt(2)"])
def test_points_that_are_none(text: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(f"{NETWORK}points: {text}\n")
    (problem,) = caught.value.problems
    assert (problem.what, problem.hint) == ("points are a positive number", "write `points: 5` or `points: 2.5`")
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (3, 9)
