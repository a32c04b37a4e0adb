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
from rnncalc.checking import Marking, NumberSlip, check, diagnose, prepare, read
from rnncalc.checking.causes.diagnosis import Cause, decided
from rnncalc.checking.linting.hiding import Unnoticed
from rnncalc.checking.linting.lint import lint
from rnncalc.checking.linting.trials import NEVER
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


CHAIN = """\
equations: |
  a[t] = w * x[t] + b
  h[t] = sigmoid(a[t])
inputs: {x: [0.7, -1.3]}
parameters: {w: 2.345, b: 0.5}
find: [h]
"""


@pytest.mark.parametrize(
    ("sheet", "slugs", "named"),
    [
        ("a1: 1.6415\nh1: 0.8377\na2: -3.0485\nh2: 0.0453", [["bias-forgotten"]], True),
        ("a1: 2.1415\nh1: 0.8949\na2: 2.5485\nh2: 0.9275", [["sign-of-the-result", "sign-of-a-number"]], True),
        ("a1: 21.415\nh1: 0.8949\na2: -2.5485\nh2: 0.0725", [["decimal-point"]], True),
        ("a1: 2.1451\nh1: 0.8953\na2: -2.5485\nh2: 0.0725", [["digits-exchanged"]], True),
        ("a1: 2.1415\nh1: 0.8949\na2: 2.1415\nh2: 0.8949", [["other-step", "copied-number"]], True),
        ("a1: 2.1415\nh1: 0.8949\na2: -2.5485\nh2: 0.5555", [["activation-misread"]], False),
        ("a1: 2.1415\nh1: 0.8949\nh2: 0.5555", [], False),
    ],
)
def test_slips_with_numbers(sheet: str, slugs: list[list[str]], named: bool) -> None:
    marking = prepare(loads(CHAIN))
    (cause,) = diagnose(marking, check(marking, read(marking, sheet)))
    assert [list(dict.fromkeys(one.mistake.slug for one in group)) for group in cause.groups] == slugs
    assert cause.named == named


def test_digits_exchanged_behind_a_decimal_comma() -> None:
    marking = prepare(loads(CHAIN))
    sheet = "a1: 2,1451\nh1: 0,8953\na2: -2,5485\nh2: 0,0725"
    (cause,) = diagnose(marking, check(marking, read(marking, sheet, decimal_comma=True)))
    assert [[one.mistake.slug for one in group] for group in cause.groups] == [["digits-exchanged"]]


def test_a_number_copied_from_a_quantity_that_is_not_shown() -> None:
    marking = prepare(loads(CHAIN))
    (cause,) = diagnose(marking, check(marking, read(marking, "h1: 0.8949\nh2: 2.1415")))
    assert cause.named
    assert [
        (one.mistake.slug, one.source) for group in cause.groups for one in group if isinstance(one, NumberSlip)
    ] == [("copied-number", ("a", (1,)))]


ACCUMULATED = """\
equations: |
  a[t] = sigmoid(w * x[t] + b)
  h[t] = a[t] * x[t] + h[t-1]
inputs: {x: [0.7, -1.3]}
parameters: {w: 2.345, b: 0.5}
initial: {h: 0.4}
find: [h]
"""


@pytest.mark.parametrize(
    ("sheet", "wrong", "causes"),
    [
        # No σ is 2.1415, so nothing follows from it; but h1 is what it leads to, and no mistake of its own.
        ("a1: 2.1415\nh1: 1.8991\na2: 0.0725\nh2: 1.8049", 2, {"a": "activation-forgotten"}),
        # Here the product is taken off.
        (
            "a1: 2.1415\nh1: -1.0991\na2: 0.0725\nh2: -1.1934",
            2,
            {"a": "activation-forgotten", "h": "sign-of-a-term"},
        ),
    ],
)
def test_what_an_impossible_number_leads_to_has_no_cause_of_its_own(
    sheet: str, wrong: int, causes: dict[str, str]
) -> None:
    marking = prepare(loads(ACCUMULATED))
    report = check(marking, read(marking, sheet))
    assert sum(judged.verdict == "wrong" for part in report.parts for judged in part.judged) == wrong
    found = diagnose(marking, report)
    assert {cause.steps[0][0]: cause.groups[0][0].mistake.slug for cause in found if cause.named} == causes
    assert len(found) == len(causes)


def test_what_may_be_any_number_explains_none() -> None:
    """Scores whose sum may be zero leave no shares, and hide nobody who hands in the scores."""
    text = "equations: |\n  s = A @ x\n  y = softmax(s)\ninputs: {x: [0.6, 0.1]}\nfind: [y]\n"
    marking = prepare(loads(text + "parameters: {A: [[0.4, 0.36], [-0.48, 0.1198]]}\n"))
    sheet = "s: [0.2760, -0.2760]\ny: [0.2760, -0.2760]"
    (cause,) = diagnose(marking, check(marking, read(marking, sheet)))
    assert (cause.named, cause.groups[0][0].mistake.slug) == (True, "softmax-forgotten")


def test_two_signs_of_a_long_sum_are_one_cause() -> None:
    """What the digits of seven numbers allow is not the same on both sides of it."""
    text = """\
equations: |
  h[t] = tanh(w * x[t])
  L = sum(h[t] ** 2 * x[t], t)
inputs: {x: [0.7, -1.3, 2.1, 1.7, 1.1, 0.4, 1.9]}
parameters: {w: 0.8}
find: [L]
"""
    marking = prepare(loads(text))
    numbers = "h1: 0.5080\nh2: -0.7779\nh3: 0.9329\nh4: 0.8764\nh5: 0.7064\nh6: 0.3095\nh7: 0.9087\nL: -4.6835"
    (cause,) = diagnose(marking, check(marking, read(marking, numbers)))
    assert cause.named
    assert [[one.mistake.slug for one in group] for group in cause.groups] == [
        ["sign-of-the-result", "sign-of-a-number"]
    ]


@pytest.mark.parametrize(("groups", "chance", "told"), [
    (1, 0.01, (True, True)), (1, 0.9, (False, True)), (1, 1.1, (False, False)),
    (2, 0.01, (False, True)), (3, 2.9, (False, True)), (3, 3.1, (False, False)), (6, 0.01, (False, False)),
])  # fmt: skip
def test_what_is_told_of_causes(groups: int, chance: float, told: tuple[bool, bool]) -> None:
    """Named is one alone that hardly fits by chance; listed are a few, if not so many are expected to."""
    assert decided(groups, chance) == told


SOFTMAX = "equations: 'y = softmax(s)'\nparameters: {s: [0.3, -0.4, 1.1]}\nfind: [y]\n"
ATTENTION = "equations: 'y[j] = softmax(s[j], j)'\ninputs: {s: [0.3, -0.4, 1.1]}\nfind: [y]\n"


@pytest.mark.parametrize(
    ("text", "sheet", "slugs"),
    [
        # Right is 0.2687, 0.1334, 0.5979: the second one is wrong, and the last one is what is left of 1.
        (SOFTMAX, "y: [0.2687, 0.1433, 0.5880]", [["softmax-last-by-complement"]]),
        (ATTENTION, "y1: 0.2687\ny2: 0.1666\ny3: 0.5647", [[], ["softmax-last-by-complement"]]),
        # The sum is not 1.
        (SOFTMAX, "y: [0.2687, 0.1666, 0.5868]", [[]]),
        # All are wrong, as if all were divided by another sum.
        (SOFTMAX, "y: [0.2222, 0.1666, 0.6112]", [[]]),
        # sigmoid of the first and the second score, and what is left of 1.
        (SOFTMAX, "y: [0.5744, 0.4013, 0.0243]", [["softmax-last-by-complement"]]),
        # Two of three entries in each other's place.
        (SOFTMAX, "y: [0.1334, 0.2687, 0.5979]", [["entries-permuted"]]),
    ],
)
def test_the_last_entry_by_complement(text: str, sheet: str, slugs: list[list[str]]) -> None:
    marking = prepare(loads(text))
    causes = diagnose(marking, check(marking, read(marking, sheet)))
    found = [[one.mistake.slug for group in cause.groups for one in group] for cause in causes]
    assert [list(dict.fromkeys(group)) for group in found] == slugs


def test_one_hidden_unit_cannot_tell_the_reset_before_from_after() -> None:
    """It is no mistake there, and the author of the exercise is told."""
    marking = prepare(random_exercise("gru", Random(2), 1, 2))
    (after,) = (one for one in marking.hypotheses if one.mistake.slug == "reset-after-the-product" and one.only is None)
    judging = diagnosis.planted(after, marking, Random(3), "all")
    assert {verdict for found in judging.verdicts.values() for verdict in found} == {"exact"}
    assert Unnoticed("reset gate applied after the matrix product", ("g",), NEVER) in lint(marking)


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
