"""The catalogue of mistakes: each is found where it is planted, and nothing is found where nobody made one."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from random import Random

import diagnosis
import pytest
from students import Habit, Student, random_exercise

from rnncalc import loads
from rnncalc.cell import cell_names, find_cell, library_cell, read_cell
from rnncalc.checking import Marking, check, diagnose, prepare
from rnncalc.checking.causes.diagnosis import Cause
from rnncalc.errors import ExerciseError
from rnncalc.mistakes import Hypothesis, catalogue, of_cell
from rnncalc.source import read_text

NETWORKS = ("gru", "lstm", "rnn-bidirectional", "attention-scaled-dot", "gru-torch", "rnn+loss", "lstm+loss")
SLUGS = dict.fromkeys(one.slug for name in cell_names() for one in (*of_cell(library_cell(name)), *catalogue()))
# Networks of the library have no stacked vectors, no loss with a logarithm, and are not trained.
CONCAT = """\
equations: |
  h[t] = tanh(W @ concat(h[t-1], x[t]) + b)
  L = -sum(log(sigmoid(sum(h[t]))), t)
find: [h, L]
inputs: {x: [[0.5, -0.3], [0.2, 0.9]]}
parameters: {W: [[0.4, -0.7, 0.3, 0.8], [-0.2, 0.6, 0.9, -0.5]], b: [0.1, -0.4]}
initial: {h: [0.7, -0.6]}
"""
TRAINED = """\
equations: |
  h[t] = tanh(W @ h[t-1] + U @ x[t])
  y[t] = softmax(V @ h[t])
loss: L = -sum(sum(d[t] * log(y[t])), t)
train: {rate: 0.5}
find: [h, y, L, L_step1]
inputs: {x: [[0.5, -0.3], [0.2, 0.9]], d: [[1, 0, 0], [0, 0, 1]]}
parameters: {W: [[0.4, -0.7], [-0.2, 0.6]], U: [[0.3, 0.8], [0.9, -0.5]], V: [[0.2, 0.6], [-1.1, 0.4], [0.7, 0.9]]}
initial: {h: [0.7, -0.6]}
"""


@cache
def markings() -> tuple[Marking, ...]:
    rng = Random(7)
    return (
        *(prepare(random_exercise(name, rng, 2, 3)) for name in NETWORKS),
        prepare(loads(CONCAT)),
        prepare(loads(TRAINED)),
    )


def planted(slug: str) -> Iterator[tuple[tuple[Cause, ...], Hypothesis]]:
    """The causes found for the mistake, wherever it shows."""
    for marking in markings():
        for hypothesis in marking.hypotheses:
            if hypothesis.mistake.slug == slug and hypothesis.only is None:
                try:
                    judging = diagnosis.planted(hypothesis, marking, Random(3), "all")
                except (ArithmeticError, ValueError, RecursionError):
                    continue
                if any("wrong" in verdicts for verdicts in judging.verdicts.values()):
                    yield diagnosis.diagnose(marking, judging), hypothesis


@pytest.mark.parametrize("slug", SLUGS)
def test_a_mistake_is_found(slug: str) -> None:
    """In the first network where it shows it is the cause named, or one that cannot be told from it."""
    found = next(planted(slug), None)
    assert found is not None, "no network shows it"
    causes, hypothesis = found
    assert diagnosis.outcome(causes, hypothesis.mistake) in ("unique", "same kind")


@cache
def diagnosed() -> tuple[tuple[str, tuple[Cause, ...]], ...]:
    """The causes named for the first sheet with each mistake."""
    firsts = ((slug, next(planted(slug), None)) for slug in SLUGS)
    return tuple((slug, found[0]) for slug, found in firsts if found is not None)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_mistake_is_not_found_in_the_sheet_of_another(slug: str) -> None:
    """Unless the sheet cannot tell the two apart: then both are told."""
    for other, causes in diagnosed():
        for cause in causes:
            found = {one.mistake.slug for group in cause.groups for one in group}
            assert not cause.named or slug not in found or other in found, other


@pytest.mark.parametrize(
    ("of", "only"), [(("f",), None), (("f", "i", "g", "o"), None), (("i",), 2), (("f", "i", "g", "o"), 3)]
)
def test_a_slip_at_one_gate_or_all_at_one_step_or_all(of: tuple[str, ...], only: int | None) -> None:
    marking = markings()[NETWORKS.index("lstm")]
    (hypothesis,) = (
        one for one in marking.hypotheses if (one.mistake.slug, one.names, one.only) == ("bias-forgotten", of, only)
    )
    judging = diagnosis.planted(hypothesis, marking, Random(3), "all")
    causes = diagnosis.diagnose(marking, judging)
    assert [(cause.named, [one for group in cause.groups for one in group]) for cause in causes] == [
        (True, [hypothesis])
    ]


def test_no_mistake_is_found_where_there_is_none() -> None:
    for marking in markings():
        for kind in ("rounded", "cut"):
            sheet = Student(marking, Habit("product", kind, 4, "all"), Random(1)).work().sheet()
            report = check(marking, sheet)
            assert (report.first_wrong, diagnose(marking, report)) == (None, ())


def test_whatever_is_hidden_causes_are_looked_for() -> None:
    """A wrong equation of a trained network uses quantities of the run before the update, shown or not."""
    for what in ("states", "final"):
        found: diagnosis.Counts = defaultdict(Counter)
        for marking, rng in diagnosis.exercises(["rnn+training"], 1, seed=1):
            diagnosis.mistakes(marking, rng, what, found)
        assert sum(counts["wrong"] for counts in found.values()) == 0
        assert found["weights-before-the-update"]["planted"] == 1


def test_a_random_slip_has_no_cause() -> None:
    found = Counter[str]()
    for marking, rng in diagnosis.exercises(["gru", "lstm"], 15, seed=5):
        diagnosis.random_slip(marking, rng, "all", found)
    assert found["named"] == found["possible"] == 0
    assert found["detected"] > 25


def test_two_mistakes_are_both_found() -> None:
    found = Counter[str]()
    for marking, rng in diagnosis.exercises(["gru", "lstm"], 8, seed=2):
        diagnosis.two_mistakes(marking, rng, "all", found)
    assert found["sheets"] == found["both"] > 8


def test_the_catalogue() -> None:
    """Each mistake has a name of its own, and says what happened and what to look at."""
    assert len({one.slug for one in catalogue()}) == len(catalogue())
    for one in catalogue():
        assert "" not in (one.title, one.hint, one.kind)
        assert one.hint[-1] in ".?"


def test_a_cell_lists_mistakes_of_its_own() -> None:
    assert [one.slug for one in of_cell(find_cell("lstm"))] == ["tanh-of-the-product", "one-minus-the-forget-gate"]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ("{slug: a, title: b, hint: c, equation: 'q[t] = x[t]'}", "`q` is not computed by this cell in that form"),
        ("{slug: a, titel: b, hint: c, equation: 'h[t] = x[t]'}", "`titel` is not a key of a mistake"),
        ("{slug: a, title: b, hint: c}", "`equations:` is missing"),
    ],
)
def test_mistakes_in_the_mistakes_of_a_cell(mistake: str, message: str) -> None:
    text = f"title: A\nequations: 'h[t] = tanh(x[t])'\nmistakes: [{mistake}]\n"
    with pytest.raises(ExerciseError) as error:
        read_cell(read_text(text, "a.yaml"), "a")
    assert error.value.problems[0].what == message
