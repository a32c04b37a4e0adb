"""Wrong numbers that a quiz knows: what known mistakes lead to, told apart from the right one and from each other."""

from collections.abc import Sequence
from fractions import Fraction
from math import exp, tanh

import pytest

from rnncalc import loads, solve
from rnncalc.cli.asked import written
from rnncalc.equations import Ref
from rnncalc.exercise import load
from rnncalc.languages import speaking
from rnncalc.library import path
from rnncalc.mistakes import Hypothesis, Mistake, catalogue
from rnncalc.numbers import Precision
from rnncalc.teaching import pitfalls
from rnncalc.teaching.exam import exam
from rnncalc.teaching.pitfalls import Pitfalls, Wrong, wrong_numbers
from rnncalc.teaching.question import question
from rnncalc.teaching.quiz import Field

RNN = """\
equations: |
  h[t] = tanh(W @ x[t] + U @ h[t-1] + b)
find: [h_2]
inputs: {x: [[1, 2], [0.5, -1]]}
parameters: {W: [[0.5, -1], [0.25, 0.75]], U: [[0.5, 1], [-0.25, 2]], b: [0.125, -0.5]}
"""


def fields(text: str) -> list[Field]:
    exercise = loads(text)
    return [
        field for _, field in question(solve(exercise), None, *Pitfalls(exercise).numbers([exercise.network])).fields
    ]


def told(field: Field, words: str) -> list[float]:
    """The numbers to which something with these words is said."""
    return [float(one.value) for one in field.wrong if words in one.feedback]


def test_numbers_are_those_of_the_mistakes() -> None:
    """Against the recurrent network written out here, with its bias forgotten and without its old state."""
    first, second = fields(RNN)

    def run(bias: Sequence[float], keep: float) -> tuple[float, float]:
        h = 0.0, 0.0
        for x in ((1, 2), (0.5, -1)):
            h = (
                tanh(0.5 * x[0] - x[1] + keep * (0.5 * h[0] + h[1]) + bias[0]),
                tanh(0.25 * x[0] + 0.75 * x[1] + keep * (-0.25 * h[0] + 2 * h[1]) + bias[1]),
            )
        return h

    assert float(first.value) == pytest.approx(run((0.125, -0.5), 1)[0], abs=1e-11)
    for number, field in enumerate((first, second)):
        assert told(field, "bias forgotten") == [pytest.approx(run((0, 0), 1)[number], abs=1e-8)]
        assert told(field, "earlier state forgotten") == [pytest.approx(run((0.125, -0.5), 0)[number], abs=1e-8)]


def test_the_update_gate_turned_round() -> None:
    """h₁ = z₁ ⊙ h̃₁ from a zero state: exchanged, it is (1 − z₁) ⊙ h̃₁."""
    first, second = (field for _, field in exam(written(["vietai/exercise3"])).questions[0].fields)
    for field, z, candidate in ((first, 2, 2), (second, 3, 3)):
        assert float(field.value) == pytest.approx(tanh(candidate) / (1 + exp(-z)), abs=1e-11)
        assert told(field, "z and 1 − z exchanged in h") == [pytest.approx(tanh(candidate) / (1 + exp(z)), abs=1e-8)]


def test_the_mistakes_that_teach_most_are_in_the_catalogue() -> None:
    assert {*pitfalls.FIRST} <= {mistake.slug for mistake in catalogue()}


@pytest.mark.parametrize("name", ["vietai/exercise2", "vietai/exercise3", "vietai/exercise4", "gitbook/gru"])
def test_right_numbers_are_never_accused(name: str) -> None:
    for _, field in exam(written([name])).questions[0].fields:
        right, careless = Fraction(field.value), Fraction(field.lenient or field.tolerance)
        numbers = [(Fraction(one.value), Fraction(one.tolerance)) for one in field.wrong]
        assert 0 < len(numbers) <= pitfalls.MOST_NUMBERS
        assert all(abs(value - right) > careless + width for value, width in numbers)
        assert all(abs(b - a) > width for place, (a, width) in enumerate(numbers) for b, _ in numbers[place + 1 :])
        shown = field.value[: len(field.value.split(".")[0]) + 4]
        assert len(shown) < 4 or not any(shown in one.feedback for one in field.wrong)


def hypothesis(title: str, *names: str) -> Hypothesis:
    mistake = Mistake(title, title, "Look!", "gate", lambda equation, system: iter(()))
    return Hypothesis(mistake, {Ref(name): () for name in names})


def test_numbers_that_cannot_be_told_apart() -> None:
    found = [
        (hypothesis("nan", "h"), float("nan")),
        (hypothesis("infinite", "h"), float("inf")),
        (hypothesis("right", "h"), 0.50005),
        (hypothesis("careless", "h"), 0.5009),
        (hypothesis("one", "h", "z"), 0.25),
        (hypothesis("one", "z"), 0.25004),
        (hypothesis("another", "h"), 0.24995),
        (hypothesis("beside", "h"), 0.2502),
        *((hypothesis(f"many {number}", "h"), 1 / 3) for number in range(5)),
    ]
    made = wrong_numbers(Fraction("0.5"), Fraction("0.0001"), Fraction("0.001"), found, Precision(), {})
    assert made == (
        Wrong("0.25", "0.0001", "Mistakes that lead to this number: one in z; another in h."),
        Wrong("0.2502", "0.0001", "A mistake that leads to this number: beside in h. Look!"),
        Wrong("0.33333333", "0.0001", "Mistakes that lead to this number: many 0 in h; many 1 in h; many 2 in h."),
    )


def test_exact_answers_are_met_exactly() -> None:
    found = [(hypothesis("whole", "y"), 4.0), (hypothesis("near", "y"), 3.0004), (hypothesis("root", "y"), 2**0.5)]
    made = wrong_numbers(Fraction(3), Fraction(0), Fraction(0), found, Precision(), {})
    assert [(one.value, one.tolerance) for one in made] == [("4", "0"), ("3.0004", "0"), ("1.4142136", "0.0001")]


def test_large_numbers_keep_their_decimals() -> None:
    found = [(hypothesis("large", "y"), 1234567.891234567)]
    made = wrong_numbers(Fraction(1), Fraction("0.0001"), Fraction("0.001"), found, Precision(), {})
    assert [(one.value, one.tolerance) for one in made] == [("1234567.8912346", "0.0001")]


def test_numbers_that_nobody_writes() -> None:
    found = [(hypothesis("tiny", "y"), 3.5e-15), (hypothesis("nothing", "y"), 0.0)]

    def values(right: str) -> list[str]:
        made = wrong_numbers(Fraction(right), Fraction(0), Fraction(0), found, Precision(), {})
        return [one.value for one in made]

    assert values("0") == []
    assert values("1/2") == ["0"]
    assert values("7e-15") == ["0.0000000000000035", "0"]


def test_so_many_numbers_and_no_more() -> None:
    found = [(hypothesis(f"m{number}", "y"), float(number)) for number in range(2, 20)]
    made = wrong_numbers(Fraction(1), Fraction(0), Fraction(0), found, Precision(), {})
    assert [one.value for one in made] == [str(number) for number in range(2, 12)]


def test_what_takes_too_long_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exam(written(["vietai/exercise3"]))
    assert whole.notes == ()
    monkeypatch.setattr(pitfalls, "MOST_WORK", 1000)
    cut = exam(written(["vietai/exercise3"]))
    (note,) = cut.notes
    assert note.startswith("`exercise3`: of ")
    assert note.endswith(" are worked out for feedback; all would take too long.")
    assert sum(len(field.wrong) for _, field in cut.questions[0].fields) > 0
    monkeypatch.setattr(pitfalls, "MOST_WORK", 1)
    assert not any(field.wrong for _, field in exam(written(["vietai/exercise3"])).questions[0].fields)


def test_variants_have_numbers_of_their_own() -> None:
    made = exam(written(["vietai/exercise4"]), count=2, seed=1, all_numbers=True)
    found = [{one.value for _, field in asked.fields for one in field.wrong} for asked in made.questions]
    assert all(found)
    assert found[0] != found[1]
    assert not any(field.wrong for _, field in exam(written(["vietai/exercise4"]), mistakes=False).questions[0].fields)


def test_feedback_speaks_the_readers_language() -> None:
    exercise = loads(RNN)
    with speaking("vi"):
        (_, first), _ = question(solve(exercise), None, *Pitfalls(exercise).numbers([exercise.network])).fields
    assert all(one.feedback.startswith(("Một lỗi sai", "Các lỗi sai")) for one in first.wrong)


def test_nothing_is_known_where_numbers_cannot_be_compared() -> None:
    exercise = load(path("csc/translation"))
    assert Pitfalls(exercise).numbers([exercise.network]) == [{}]
