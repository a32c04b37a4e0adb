"""The question that an exercise asks: digits, tolerances and marks as its policy says, its text and its solution."""

import pytest

from rnncalc import loads, solve
from rnncalc.document import Answer, Block, Derivation, Heading, Prose, plain
from rnncalc.exercise import load
from rnncalc.languages import speaking
from rnncalc.library import path
from rnncalc.teaching.question import question
from rnncalc.teaching.quiz import Question

PLAIN = "equations: |\n  y = sigmoid(a)\n  z = a / 8\nfind: [y, z]\nparameters: {a: 2}\n"


def asked(text: str) -> Question:
    return question(solve(loads(text)))


@pytest.mark.parametrize(
    ("policy", "first", "second"),
    [
        ("", ("0.880797077978", "0.0001", "0.001"), ("0.25", "0", "")),
        ("{digits: 2}", ("0.880797077978", "0.01", "0.1"), ("0.25", "0", "")),
        ("{digits: 12}", ("0.88079707797788244", "0.000000000001", "0.00000000001"), ("0.25", "0", "")),
        ("{tolerance: 0.005}", ("0.880797077978", "0.005", ""), ("0.25", "0.005", "")),
    ],
)
def test_digits_and_tolerances(policy: str, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    made = asked(PLAIN + (f"policy: {policy}\n" if policy else ""))
    found = [(field.value, field.tolerance, field.lenient) for _, field in made.fields]
    assert found == [first, second]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("", "Find y, z. Give 4 decimals, or 4 significant digits if these are more."),
        ("policy: {digits: 1}", "Find y, z. Give 1 decimal, or 1 significant digit if that is more."),
    ],
)
def test_the_digits_are_said(policy: str, words: str) -> None:
    (task,) = asked(PLAIN + policy).task
    assert isinstance(task, Prose)
    assert plain(task.text) == words


def test_what_is_worth_what() -> None:
    text = PLAIN.replace("a: 2", "a: [2, 3]") + "marks: {y: 3}\npolicy: {mistake: 1/4, credit: {too few digits: 1/3}}\n"
    made = asked(text)
    assert [str(field.marks) for _, field in made.fields] == ["3/2", "3/2", "0", "0"]
    assert (str(made.nearly), str(made.mistake)) == ("1/3", "1/4")
    assert [str(field.marks) for _, field in asked(PLAIN).fields] == ["1", "1"]


def test_large_numbers_are_known_to_their_last_digit() -> None:
    """e^20.5 = 799 902 177.475 505 406 7…: twelve significant digits would not reach four decimals."""
    ((_, field),) = asked("equations: y = exp(a)\nfind: [y]\nparameters: {a: 20.5}\n").fields
    assert (field.value, field.tolerance) == ("799902177.47550541", "0.0001")


def kinds(blocks: tuple[Block, ...]) -> set[type]:
    return {type(block) for block in blocks}


def test_the_solution_is_worked_out() -> None:
    made = asked(PLAIN)
    assert kinds(made.worked) == {Heading, Derivation, Answer}
    assert [kinds(one.worked) for one in made.asked] == [{Derivation}, {Derivation}]


def test_a_question_in_vietnamese() -> None:
    exercise = load(path("vietai/exercise3"))
    with speaking("vi"):
        (task,) = question(solve(exercise)).task
    assert isinstance(task, Prose)
    assert plain(task.text) == "Tìm ŷ₁. Ghi 4 chữ số thập phân, hoặc 4 chữ số có nghĩa nếu như thế nhiều hơn."
