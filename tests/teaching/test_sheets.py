"""Blank sheets of answers: what is filled in where they have a blank is read back as it was meant."""

import re

import pytest

from rnncalc import load, loads
from rnncalc.checking import check, marking_of, prepare, read
from rnncalc.numbers import Precision
from rnncalc.teaching.sheets import blank_sheet


@pytest.mark.parametrize(
    "name",
    [
        "vietai/exercise4", "dlbook/parameters", "networks/attention-additive", "backpropagation/lstm",
        "vietai/language-model-words",
    ],
)  # fmt: skip
def test_a_sheet_filled_with_the_right_numbers_has_all_marks(name: str) -> None:
    marking = marking_of(lambda gradients: load(name, gradients=gradients))
    blank = blank_sheet(marking)
    assert read(marking, blank).unreadable == {}
    head, lines = blank.split("answers:\n")
    told = [key for key in marking.steps if key[0] not in marking.exercise.shares or key in marking.asked]
    numbers = [truth.text(Precision(5)).replace("−", "-") for key in told for truth in marking.steps[key].truth]
    places = re.compile(r"(?<=[\[ ])_(?=[\],\s])")
    left = iter(numbers)
    filled = head + "answers:\n" + places.sub(lambda _: next(left), lines)
    assert next(left, None) is None
    report = check(marking, read(marking, filled))
    assert {one.verdict for part in report.parts for one in part.judged} == {"exact"}
    assert report.earned == report.marks > 0


def test_a_sheet_says_how_it_is_marked() -> None:
    exercise = loads(
        "title: Steps\nequations: |\n  h[t] = W @ x[t]\n  y[t] = v.T @ h[t]\nfind: [y_1]\ninputs: {x: [[1, 2]]}\n"
        "parameters: {W: [[1, 2], [3, 4]], v: [1, -1]}\n"
        "policy: {digits: 3, tolerance: 1/100, rounding: end}\nmarks: {h: 3, y_1: 1/2}\n"
    )
    assert blank_sheet(prepare(exercise)) == (
        "# Answers to: Steps\n"
        "# Put a number in the place of each `_`; what you leave open is not counted unless it is asked for.\n"
        "# A number may be 0.73, -.5, 2e-3, 1/3 or σ(2); digits are counted as you write them.\n"
        "# Write at least 3 decimals, or 3 significant digits.\n"
        "# A number may be off by 0.01 at most.\n"
        "# Do not round on the way.\n"
        'student: ""\n'
        "answers:\n"
        "  h_1: [_, _]                   # marks: 3\n"
        "  y_1: _                        # marks: 0.5\n"
    )
