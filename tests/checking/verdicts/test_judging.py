"""Verdicts and marks: every rule with a number just inside and one just outside, policies, honest sheets."""

from fractions import Fraction
from random import Random

import honest
import pytest
from students import Student, random_exercise, random_habit

from rnncalc import Exercise, load, loads
from rnncalc.answers import Answers
from rnncalc.checking import Marking, Report, check, marking_of, prepare, read
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.exercise.policy import Policy, Verdict, changed

GRU = "vietai/exercise3"
CHAIN = """\
equations: |
  a[t] = w * x[t]
  h[t] = sigmoid(a[t])
  y[t] = v * h[t]
inputs: {x: [0.7]}
parameters: {w: 2.345, v: 3}
find: [y_1]
"""
# a = 1.6415, h = 0.8377389…, y = 2.5132168…


@pytest.fixture(scope="module")
def chain() -> Marking:
    return prepare(loads(CHAIN))


def verdicts(report: Report) -> dict[str, list[Verdict]]:
    return {f"{part.key[0]}": [one.verdict for one in part.judged] for part in report.parts}


def by_quantity(report: Report) -> dict[str, list[Verdict]]:
    return {report.exercise.quantities.key(*part.key): [one.verdict for one in part.judged] for part in report.parts}


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("y1: 2.5132", {"y": "exact"}),
        ("y1: 3", {"y": "exact"}),
        ("y1: 2.51322", {"y": "exact"}),
        ("y1: 2.51321", {"y": "carried"}),
        ("y1: 2.51330", {"y": "wrong"}),
        ("a1: 1.6415\nh1: 0.8377\ny1: 2.5131", {"a": "exact", "h": "exact", "y": "carried"}),
        ("h1: 0.838\ny1: 2.514", {"h": "exact", "y": "carried"}),
        ("h1: 0.838\ny1: 2.516", {"h": "exact", "y": "carried"}),
        ("h1: 0.838\ny1: 2.520", {"h": "exact", "y": "wrong"}),
        ("h1: 0.8377\ny1: 2.51311", {"h": "exact", "y": "carried"}),
        ("a1: 1.6415\nh1: 0.83773\ny1: 2.51319", {"a": "exact", "h": "truncated", "y": "carried"}),
        ("a1: 1.64\nh1: 0.83", {"a": "exact", "h": "truncated", "y": "missing"}),
        ("a1: 1.6415\nh1: 0.8378", {"a": "exact", "h": "last digit", "y": "missing"}),
        ("h1: 0.8378", {"h": "carried", "y": "missing"}),
        ("a1: 1.6415\nh1: 0.8379", {"a": "exact", "h": "wrong", "y": "missing"}),
        ("a1: 1.7415\nh1: 0.8509\ny1: 2.5527", {"a": "wrong", "h": "follows", "y": "follows"}),
        ("a1: 1.7415\nh1: 0.8377\ny1: 2.5132", {"a": "wrong", "h": "exact", "y": "exact"}),
        ("a1: 1.7415\nh1: 0.95\ny1: 2.85", {"a": "wrong", "h": "wrong", "y": "follows"}),
        ("a1: 1.6415\nh1: 0\ny1: 0.0", {"a": "exact", "h": "wrong", "y": "wrong"}),
        ("h1: 1.5\ny1: 4.5", {"h": "wrong", "y": "wrong"}),
        ("h1: σ(1.6415)\ny1: 3σ(1)", {"h": "exact", "y": "invalid"}),
        ("h1: σ(1.6415)\ny1: 3*σ(1.6415)", {"h": "exact", "y": "exact"}),
        ("a1: 3283/2000\ny1: _", {"a": "exact", "y": "missing"}),
    ],
)
def test_verdicts(chain: Marking, sheet: str, expected: dict[str, Verdict]) -> None:
    assert verdicts(check(chain, read(chain, sheet))) == {name: [one] for name, one in expected.items()}


@pytest.mark.parametrize(
    ("sheet", "policy", "expected"),
    [
        ("y1: 2.51", Policy(digits=4), "too few digits"),
        ("y1: 2.513", Policy(digits=4), "exact"),
        ("y1: 3*σ(1.6415)", Policy(digits=4), "exact"),
        ("y1: 2.5134", Policy(tolerance=Fraction("0.0005")), "exact"),
        ("y1: 2.5145", Policy(tolerance=Fraction("0.0005")), "wrong"),
        ("y1: 2.5", Policy(tolerance=Fraction("0.0005")), "too few digits"),
    ],
)
def test_digits_and_tolerance(chain: Marking, sheet: str, policy: Policy, expected: Verdict) -> None:
    assert verdicts(check(chain, read(chain, sheet), policy)) == {"y": [expected]}


def test_edges_are_inclusive_and_exact() -> None:
    """In floats 46 is not within 45.8 ± 0.2."""
    marking = prepare(loads("equations: 'y = 2 * x'\nparameters: {x: 22.9}\nfind: [y]\n"))
    policy = Policy(tolerance=Fraction("0.2"))
    assert verdicts(check(marking, read(marking, "y: 46.0"), policy)) == {"y": ["exact"]}
    assert verdicts(check(marking, read(marking, "y: 46.0001"), policy)) == {"y": ["wrong"]}


def test_marks(chain: Marking) -> None:
    sheet = read(chain, "a1: 1.7415\nh1: 0.8509\ny1: 2.5527")
    assert [(part.earned, part.marks) for part in check(chain, sheet).parts] == [(0, 1), (1, 1), (1, 1)]
    strict = check(chain, sheet, Policy(credit={"follows": Fraction(1, 2)}))
    assert (strict.earned, strict.marks, strict.passed, strict.first_wrong) == (1, 3, False, ("a", (1,)))
    carried = read(chain, "h1: 0.838\ny1: 2.514")
    assert check(chain, carried).earned == 2
    assert check(chain, carried, Policy(rounding="end")).earned == 1


def test_marks_of_the_exercise() -> None:
    text = load_text(GRU) + "marks: {z_1: 1, ŷ_1: 3}\npolicy: {each: step, digits: 4, credit: {last digit: 1/2}}\n"
    marking = prepare(loads(text))
    report = check(marking, read(marking, "z_1: [0.8808, 0.9527]\nr_1: [0.8808, 0.0067]\nŷ_1: [0.8491, 0.9479]\n"))
    assert [(part.key[0], part.earned, part.marks) for part in report.parts] == [
        ("z", Fraction(1, 2), 1),
        ("r", 0, 0),
        ("y", 3, 3),
    ]


def load_text(name: str) -> str:
    from rnncalc import library

    return library.text(name)


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        # Whole numbers all the way: what is off by one is wrong, and what follows follows.
        ("y_1: 3\ny_2: 2", {"y_1": ["exact"], "y_2": ["wrong"]}),
        ("y_1: 4\ny_2: -2", {"y_1": ["wrong"], "y_2": ["exact"]}),
        ("A_2: [3, 7]\ny_2: -3", {"A_2": ["wrong", "exact"], "y_2": ["follows"]}),
        ("A_1: [1.0, 1.00]\nA_2: [2.0, 6.9]", {"A_1": ["exact"] * 2, "A_2": ["exact", "wrong"]}),
        ("A_2: [2.4, 7]\ny_2: -2.4", {"A_2": ["wrong", "exact"], "y_2": ["follows"]}),
    ],
)
def test_where_nothing_needs_rounding_nothing_is_rounded(sheet: str, expected: dict[str, list[Verdict]]) -> None:
    marking = prepare(load("vietai/exercise4"))
    found = by_quantity(check(marking, read(marking, sheet)))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("x", "sheet", "verdict"),
    [
        ("0.25", "h_1: 0.13", "exact"), ("0.25", "h_1: 0.12", "exact"), ("0.25", "h_1: 0.14", "last digit"),
        ("0.25", "h_1: 0.126", "wrong"), ("0.25", "h_1: 0.1251", "wrong"), ("0.3", "h_1: 0.16", "wrong"),
        ("0.3", "h_1: 0.2", "exact"), ("0.3", "h_1: 0.3", "last digit"), ("0.3", "a_1: 0.3\nh_1: 0.14", "wrong"),
        ("0.25", "a_1: 0.3\nh_1: 0.15", "carried"),
    ],
)  # fmt: skip
def test_digits_that_suffice_for_all_numbers_on_the_way(x: str, sheet: str, verdict: Verdict) -> None:
    """With two decimals 0.125 is rounded, and anything near it may be; 0.15 is not."""
    equations = "equations: |\n  a[t] = relu(x[t])\n  h[t] = w * a[t]\nfind: [h_1]\n"
    text = equations + "parameters: {w: 0.5}\ninputs: {x: [[%s]]}\n"
    marking = prepare(loads(text % x))
    assert by_quantity(check(marking, read(marking, sheet)))["h_1"] == [verdict]


def test_significant_digits_do_not_suffice_for_larger_numbers_on_the_way() -> None:
    """Who keeps three of them takes 1.03 − 0.957 for 1.025 − 0.957, and writes the difference with four decimals."""
    text = "equations: |\n  h[t] = w @ x[t]\n  k[t] = v @ x[t]\nfind: [h_1, k_1]\ninputs: {x: [[2.05, -1.1]]}\n"
    marking = prepare(loads(text + "parameters: {w: [[0.5, 0.87]], v: [[0.4, -0.37]]}\n"))
    found = by_quantity(check(marking, read(marking, "h_1: 0.0730\nk_1: 1.23")))
    assert found == {"h_1": ["carried"], "k_1": ["exact"]}


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("w_1: o\nw_2: '“d”'\nw_3: [0, 0, 0, 1, 0]\nw_4: y\n", {"w_1": ["exact"] * 5, "w_4": ["exact"] * 5}),
        # A word that no rounding leads to is wrong, though its column has but a 0 and a 1 in the wrong place.
        ("w_4: d\n", {"w_4": ["exact", "exact", "wrong", "exact", "carried"]}),
        ("w_4: [0, 0, 1, 0, 0]\n", {"w_4": ["exact", "exact", "wrong", "exact", "carried"]}),
        ("w_4: zz\n", {"w_4": ["invalid"] * 5}),
        ("w_4: _\n", {"w_4": ["missing"] * 5}),
    ],
)
def test_words_that_are_chosen(sheet: str, expected: dict[str, list[Verdict]]) -> None:
    marking = prepare(load("aibeginners/generation"))
    found = by_quantity(check(marking, read(marking, sheet)))
    assert {name: found[name] for name in expected} == expected


def test_gradients_can_be_answered() -> None:
    marking = marking_of(lambda gradients: loads(load_text("published/rnn-2x2-bptt"), "x", None, gradients))
    report = check(marking, read(marking, "dL/da_3: [0.1, 0.2]\ndW_hh: [[0, 0], [0, 0]]\n"))
    assert {part.key[0] for part in report.parts} >= {"L", "d_a", "d_W_hh"}


def test_the_command_line_changes_the_policy() -> None:
    assert changed(Policy(digits=3), 4, "1/100", "end", "step", ["last-digit=0"]) == Policy(
        4, Fraction(1, 100), "end", "step", {"last digit": Fraction(0)}
    )


def test_rounding_at_the_end_only(chain: Marking) -> None:
    """What is cut, or a unit off, from one's own rounded numbers is carried."""
    from_own, from_true = read(chain, "h1: 0.84\ny1: 2.55"), read(chain, "h1: 0.84\ny1: 2.52")
    policies = Policy(), Policy(rounding="end")
    assert [verdicts(check(chain, from_own, one))["y"] for one in policies] == [["truncated"], ["carried"]]
    assert [verdicts(check(chain, from_true, one))["y"] for one in policies] == [["carried"], ["carried"]]
    near = read(chain, "a1: 1.64\nh1: 0.83\ny1: 2.51")
    assert verdicts(check(chain, near, Policy(rounding="end"))) == {"a": ["exact"], "h": ["truncated"], "y": ["exact"]}


@pytest.mark.parametrize("name", ["vietai/exercise2", GRU, "vietai/exercise4", "networks/lstm-peephole"])
def test_the_model_answer_is_right(name: str) -> None:
    exercise: Exercise = load(name)
    marking = prepare(exercise)
    lines = (
        f"{key[0]}[{','.join(map(str, key[1]))}]: [{', '.join(f'{one.number:.6f}' for one in step.truth)}]\n"
        for key, step in marking.steps.items()
    )
    report = check(marking, read(marking, "".join(lines)))
    assert {verdict for found in verdicts(report).values() for verdict in found} == {"exact"}
    assert report.passed


def test_honest_sheets_are_never_accused() -> None:
    """A sample of benchmarks/honest.py."""
    found = honest.run(600, seed=11, say=False)
    assert (found["accused"], found["sheets"]) == (0, 600)


def test_a_marking_remembers_nothing_of_a_sheet() -> None:
    """What stands under a sum over an index is worked out from the numbers of this sheet, not of the one before."""
    text = "equations: |\n  h[t] = tanh(x[t])\n  L = sum(h[t] ** 2, t)\ninputs: {x: [0.3, 0.7]}\nfind: [L]\n"
    marking = prepare(loads(text))
    first, second = "h1: 0.29\nh2: 0.60\nL: 0.4441\n", "h1: 0.3\nh2: 0.61\nL: 0.4621\n"
    for sheet in (first, second, first):
        assert verdicts(check(marking, read(marking, sheet)))["L"] == ["carried"]


def test_nothing_is_asked_for_behind_the_end_of_a_sequence() -> None:
    """The decoder of this exercise may write six words, and ends with its fourth."""
    marking = prepare(load("csc/translation"))
    words = "w_1: [1, 0, 0, 0, 0]\nw_2: [0, 1, 0, 0, 0]\nw_3: [0, 0, 1, 0, 0]\nw_4: [0, 0, 0, 0, 1]\n"
    report = check(marking, read(marking, words))
    assert (report.passed, report.marks) == (True, 20)


@pytest.mark.parametrize("name", ["lstm", "gru-reset-after", "rnn-deep", "rnn+loss", "attention-dot"])
def test_verdicts_do_not_depend_on_the_sheets_before(name: str) -> None:
    """What is remembered, and what is told from how far rounding can lead, is what judging finds without both."""
    rng = Random(name)
    exercise = random_exercise(name, rng, 2, 2)
    marking, forgetful = prepare(exercise), prepare(exercise)
    policies = [Policy(), Policy(tolerance=Fraction("0.001")), Policy(digits=4, rounding="end")]
    for _ in range(30):
        student = Student(marking, random_habit(rng), rng).work()
        for _ in range(rng.choice((0, 1, 3))):
            key = rng.choice(list(student.texts))
            factor = rng.choice((0.9, 1.001, -1, 10))
            student.texts[key] = tuple(f"{factor * float(text):.{rng.randint(1, 5)}f}" for text in student.texts[key])
        answers = student.sheet().answers
        policy = rng.choice(policies)
        forgetful.forget()
        alone = Judging(forgetful, answers, policy)
        alone.is_beyond = lambda *_: False  # type: ignore[method-assign]
        alone.judge()
        for _ in range(2):
            judging = Judging(marking, answers, policy)
            judging.judge()
            assert judging.verdicts == alone.verdicts


def test_a_column_of_digits_is_not_a_word_of_an_earlier_sheet() -> None:
    """Both are written alike, but the digits of a chosen word tell nothing of how a student rounds."""
    marking = prepare(load("aibeginners/generation"))
    found = [
        Judging(marking, read(marking, sheet).answers, Policy()).units.unit
        for sheet in ("w_1: [0, 0, 0, 1, 0]\n", "y_1: [0, 0, 0, 1, 0]\n")
    ]
    assert found == [0.01, 1.0]


def test_the_order_of_lines_does_not_matter() -> None:
    """A sheet from its end to its beginning has the same report; what is known of its lines is known of them there."""
    rng = Random(3)
    exercise = random_exercise("lstm", rng, 2, 2)
    marking = prepare(exercise)
    for _ in range(10):
        sheet = Student(marking, random_habit(rng), rng).work().sheet()
        turned = Answers("", sheet.answers[::-1])
        one, other = check(marking, sheet), check(marking, turned)
        assert (one.parts, one.earned, one.marks) == (other.parts, other.earned, other.marks)
        assert [part.key for part in one.parts] == sorted(
            [part.key for part in one.parts], key=list(marking.steps).index
        )


def test_a_zero_is_judged_by_the_sheet_it_stands_in() -> None:
    """The same line of zeros is right among coarse numbers, and wrong among fine ones."""
    text = "equations: |\n  h[t] = tanh(x[t])\ninputs: {x: [0.03, 0.7]}\nfind: [h_1, h_2]\n"
    marking = prepare(loads(text))
    for _ in range(2):
        for other, expected in (("0.6", "exact"), ("0.6044", "wrong")):
            zero, _ = check(marking, read(marking, f"h1: 0\nh2: {other}\n")).parts
            assert [one.verdict for one in zero.judged] == [expected]
