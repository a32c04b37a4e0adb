"""Blank sheets of answers: what is filled in where they have a blank is read back as it was meant."""

import re

import pytest

from rnncalc import load
from rnncalc.checking import check, marking_of, read
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
