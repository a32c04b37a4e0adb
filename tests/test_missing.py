"""Missing numbers, written `?`, found from later values."""

from typing import Any

import pytest

from rnncalc import ExerciseError, loads, solve
from rnncalc.solving import Disagreement

TEXT = """
title: "A number is missing"
equations: f[t] = sigmoid(W @ x[t] + b)
find: [f_2]
inputs: {x: [[1, 2], [3, -1]]}
parameters:
  W: [[1/2, ?], [-1, 1]]     # the `?` is to be found
  b: [1/2, 0]
later: {f_1: [0.7311, ?]}
"""


def missing(text: str) -> dict[str, Any]:
    found: dict[str, Any] = solve(loads(text)).record()["missing"]
    return found


def test_page() -> None:
    page = solve(loads(TEXT)).text("answers", width=80)
    assert (
        page
        == """\
A number is missing
────────────────────────────────────────────────────────────────────────────────
Given   x₁ = (1, 2)    x₂ = (3, −1)    b = (0.5, 0)

            ⎡ 0.5  W₁₂⎤
        W = ⎣−1     1 ⎦

For which W₁₂ is f₁,₁ = 0.7311? ────────────────────────────────────────────────

┌────────────────────────────────────────────────────┐
│ Answer   W₁₂ = 0.5·ln(7311/2689) − 0.5 ≈ 0.0001053 │
└────────────────────────────────────────────────────┘

0.7311 is a rounded value: every W₁₂ from −0.00002182 to 0.0002325 gives it.

┌───────────────────────────────────────────────────────┐
│ Answer   f₂ = (σ(2 − W₁₂), σ(−4)) ≈ (0.8808, 0.01799) │
└───────────────────────────────────────────────────────┘
  the closed form is exact, its digits are correctly rounded
"""
    )


def test_exact_values_give_exact_numbers() -> None:
    assert missing(TEXT.replace("0.7311, ?", "1/2, ?")) == {"W[1,2]": {"exact": "-0.5", "value": "-0.5"}}


def test_several_numbers_one_after_the_other() -> None:
    text = TEXT.replace("[-1, 1]", "[?, 1]").replace("0.7311, ?", "1/2, 0.5")
    assert {name: one["exact"] for name, one in missing(text).items()} == {"W[1,2]": "-0.5", "W[2,1]": "-2"}
    text = "equations: |\n  k = a * c\n  y = k + b\nfind: [y]\nparameters: {a: ?, b: ?, c: 3}\nlater: {k: 6, y: 7}\n"
    assert {name: one["exact"] for name, one in missing(text).items()} == {"a": "2", "b": "1"}


PRODUCT = """
equations: |
  k = a * b
  s = a + b
  r = (a - 2) ** 2 + b
  y = a ** 2 + b ** 2
find: [y, r, s, k]
parameters: {a: ?, b: ?}
later: {k: 6, s: 5}
"""


def test_two_numbers_of_a_row_from_two_later_values() -> None:
    text = TEXT.replace("[1/2, ?]", "[?, ?]").replace("f_1: [0.7311, ?]", "f_1: [1/2, ?], f_2: [0.9, ?]")
    assert {name: one["exact"] for name, one in missing(text).items()} == {
        "W[1,1]": "2 * log(9) / 7 - 3 / 14",
        "W[1,2]": "-(log(9) / 7) - 1 / 7",
    }
    page = solve(loads(text)).text(width=80)
    assert (
        """For which W₁₁ and W₁₂ are f₁,₁ = 0.5 and f₂,₁ = 0.9? ───────────────────────────

                    f₁,₁ = 0.5
    σ(W₁₁ + 2·W₁₂ + 0.5) = 0.5
       W₁₁ + 2·W₁₂ + 0.5 = 0
                     W₁₁ = −2·W₁₂ − 0.5

    σ(−7·W₁₂ − 1) = 0.9
       −7·W₁₂ − 1 = ln(9)
              W₁₂ = −ln(9)/7 − 1/7

┌──────────────────────────────────────────┐
│ Answer   W₁₁ = 2·ln(9)/7 − 3/14 ≈ 0.4135 │
│          W₁₂ = −ln(9)/7 − 1/7 ≈ −0.4567  │
└──────────────────────────────────────────┘

W₁₁ and W₁₂ are only as certain as the rounded values they come from.
"""
        in page
    )


def test_numbers_that_polynomials_tell_together() -> None:
    text = PRODUCT.replace("s: 5", "r: 1").replace("k: 6", "k: 8")
    found = missing(text)
    assert {name: one["exact"] for name, one in found.items()} == {"a": "-1", "b": "-8"}


def test_a_number_without_a_closed_form_is_enclosed() -> None:
    text = "equations: |\n  s = sigmoid(w) * tanh(w)\n  y = 2 * w\nfind: [y]\nparameters: {w: ?}\nlater: {s: 1/4}\n"
    solution = solve(loads(text))
    assert solution.record()["missing"] == {"w": {"exact": None, "value": "0.4373"}}
    assert solution["y"] == [["0.874681633421559"]]


def test_values_that_are_not_needed_are_compared() -> None:
    solution = solve(loads(TEXT.replace("0.7311, ?", "0.7311, 0.9")))
    assert [type(remark) for remark in solution.remarks] == [Disagreement]
    assert solve(loads(TEXT.replace("0.7311, ?", "0.7311, 0.7311"))).remarks == ()


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (TEXT.replace("later: {f_1: [0.7311, ?]}\n", ""), ["a number is missing (`?`), and nothing tells what"]),
        (TEXT.replace("0.7311, ?", "1.5, ?"), ["no number fits for `W[1,2]`"]),
        (TEXT.replace("0.7311, ?", "?, 0.7311"), ["the later values do not tell `W[1,2]`"]),
        (
            TEXT.replace("[1/2, ?]", "[?, ?]"),
            [
                "the later values leave `W[1,2]` open; it is known only that "
                "`W[1,1] = log(7311 / 2689) - 2 * W[1,2] - 0.5`"
            ],
        ),
        (
            TEXT.replace("[1/2, ?]", "[?, ?]").replace("f_1: [0.7311, ?]", "f_1: [0.7311, ?], f_2: [2, ?]"),
            ["no numbers fit for `W[1,1]`, `W[1,2]`"],
        ),
        (
            PRODUCT,
            ["several numbers fit for `a`, `b`"],
        ),
        (TEXT.replace("[-1, 1]", "[-1, one]"), ["a number was expected, not `one`"]),
        (TEXT.replace("f_1: [0.7311, ?]", "f_1: [0.7311]"), ["`f_1` is 2×1, but 1×1 is expected here"]),
    ],
)
def test_mistakes_are_told(text: str, messages: list[str]) -> None:
    with pytest.raises(ExerciseError) as caught:
        solve(loads(text))
    assert [problem.what for problem in caught.value.problems] == messages


def test_question_marks_elsewhere_stay() -> None:
    text = 'title: "Which, ?"\nnote: what is it ?\nequations: y = a\nfind: [y]\nparameters: {a: 1}\n'
    exercise = loads(text)
    assert (exercise.title, exercise.note) == ("Which, ?", "what is it ?")
