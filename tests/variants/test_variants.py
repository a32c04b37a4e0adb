"""Variants: numbers from a seed, rules that hold, files that are their own test."""

from fractions import Fraction
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pytest

from rnncalc import ExerciseError, library, loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.checking import prepare
from rnncalc.checking.linting.lint import Unnoticed, lint
from rnncalc.document import Table, plain
from rnncalc.equations import Call, walk
from rnncalc.errors import draw
from rnncalc.exercise import Exercise, read_exercise
from rnncalc.exercise.randomize import Rules
from rnncalc.solving import Disagreement, Uncertified
from rnncalc.source import Mapping, Node, Sequence, read_text, yaml_text
from rnncalc.starter import starter
from rnncalc.variants import Series, Variant, rules_for, survey, variant_text
from rnncalc.variants.draws import chosen, draws
from rnncalc.variants.page import survey_page
from rnncalc.variants.survey import Survey
from rnncalc.variants.telling import Examined

EXERCISE = """\
title: A gate
equations: h[t] = sigmoid(W @ x[t] + U @ h[t-1] + b)
find: [h_2]
inputs: {x: [[1, 2], [0, 1]]}
parameters: {W: [[1, 0.5], [0, 1]], U: [[1, 2], [0, 0]], b: [1/3, 2/3]}
initial: {h: [0.5, -0.5]}
"""


DRAWS = [74, 64, 54, 63, 66, 51]
CHOSEN = {0, 5, 8}
HALF = Fraction(1, 2)
WEIGHTS = [[1, HALF, 0, HALF], [HALF, 1, 0, 1]]
DIGESTS = {
    "vietai/exercise2": "104b8c7728370c94",
    "vietai/exercise3": "eae7bb6ba9c54f6b",
    "vietai/exercise4": "b2c0de9aa86a90bb",
    "dlbook/attention": "63d46e9b0c429be4",
    "gitbook/rnn-relu": "980b1f65de14105e",
    "csc/translation": "ac2f9781d7ac669f",
    "backpropagation/gru": "4a9354198d69ace2",
}
WRITTEN = """\
note: |
  two
    lines
title: "A gate"
equations: "h[t] = sigmoid(W @ x[t] + U @ h[t-1] + b)"
find: [h_2]
inputs:
  x: [[-1, 1], [0, -2]]
parameters:
  W: [[0.5, -0.5], [0, -1]]
  U: [[2, 2], [0, 0]]
  b: [2/3, -2/3]
initial:
  h: [-1, 0.5]
variant:
  of: f
  number: 3
  seed: 7
  generator: 2
  rnncalc: VERSION
expect:
  h_2: [0.916950900273, 0.791391472674]
"""


def drawn(text: str, count: int, seed: int = 7, name: str = "f") -> tuple[Mapping, list[Variant]]:
    node = read_text(text, f"{name}.yaml")
    assert isinstance(node, Mapping)
    exercise = read_exercise(node, name, Path())
    return node, list(Series(exercise, node, rules_for(exercise, randomize=True), seed).variants(count))


def numbers(variant: Variant, section: str, name: str) -> list[Fraction]:
    rows = variant.drawn[section, name]
    return [entry for one in rows.values() for row in one for entry in row if isinstance(entry, Fraction)]


def test_the_numbers_of_a_seed_never_change() -> None:
    """Classes have been handed out: what seed 7 gives today it gives for ever."""
    assert draws(6, 100, 7, 1, "W") == DRAWS
    assert chosen(3, 10, 7, "zeros", "W") == CHOSEN
    _, variants = drawn(EXERCISE, 2)
    assert [numbers(one, "parameters", "W") for one in variants] == WEIGHTS


def test_the_files_of_a_seed_never_change() -> None:
    """Byte for byte, whatever the machine and its NumPy. What changes this raises `GENERATOR`, once that is released:
    another way of drawing, or another mistake that every variant must show."""
    digests = {}
    for name in DIGESTS:
        node, variants = drawn(library.text(name), 4, name=name)
        text = "".join(variant_text(one, node) for one in variants).replace(version("rnncalc"), "VERSION")
        digests[name] = sha256(text.encode()).hexdigest()[:16]
    assert digests == DIGESTS


def test_the_first_variants_do_not_depend_on_how_many_follow() -> None:
    """Where there are few answers to be had, they are sought together, and each still minds only those before it."""
    rules = "randomize: {a: {from: -3, to: 3, step: 0.25}, keep: [b]}\n"
    text = "equations: y = sigmoid(a * b)\nparameters: {a: 1, b: 1}\n" + rules
    _, few = drawn(text, 5)
    _, many = drawn(text, 15)
    found = [numbers(one, "parameters", "a") for one in many]
    assert found[:5] == [numbers(one, "parameters", "a") for one in few]
    assert len({one.solution.rounded(one.solution.answers[0].value) for one in many}) == len(many) == 15
    assert any(fault.kind == "repeated" for one in many for fault in one.faults)


@pytest.mark.parametrize("name", cell_names())
def test_variants_of_every_cell(name: str) -> None:
    """No argument of a squashing function is beyond 3, no answer is tiny or twice there, and the file that is written
    says what was found."""
    node, variants = drawn(starter(library_cell(name), "my.yaml"), 3, name=name)
    answers = set()
    for variant in variants:
        text = variant_text(variant, node)
        solution = solve(loads(text))
        assert not any(isinstance(remark, Disagreement | Uncertified) for remark in solution.remarks)
        assert [solution.rounded(found.value) for found in solution.answers] == [
            variant.solution.rounded(found.value) for found in variant.solution.answers
        ]
        for step in solution.steps:
            for part in walk(step.expression):
                if isinstance(part, Call) and part.function in ("sigmoid", "tanh"):
                    entries = solution.rounded(step.values[part.arguments[0]])
                    assert all(abs(float(cell.text)) <= 3.00005 for line in entries for cell in line)
        flat = tuple(cell.text for found in solution.answers for line in solution.rounded(found.value) for cell in line)
        assert all(abs(float(text)) >= 0.0001 for text in flat)
        answers.add(flat)
    assert len(answers) == len(variants)


def test_numbers_are_like_those_of_the_exercise() -> None:
    """Halves stay halves, thirds thirds, zeros zeros; a state that is given is drawn too."""
    _, variants = drawn(EXERCISE, 20)
    for variant in variants:
        assert {entry.denominator for entry in numbers(variant, "parameters", "W")} <= {1, 2}
        assert {entry.denominator for entry in numbers(variant, "parameters", "b")} <= {1, 3}
        assert [entry == 0 for entry in numbers(variant, "parameters", "U")] == [False, False, True, True]
        assert all(numbers(variant, "initial", "h"))
        assert max(map(abs, numbers(variant, "inputs", "x"))) <= 2
    assert len({tuple(numbers(one, "initial", "h")) for one in variants}) > 5


def test_ranges_of_the_file() -> None:
    rules = """\
randomize:
  W: {from: -1, to: 1, step: 0.25}
  U: {from: 1, to: 3, zeros: 1}
  b: {from: -1, to: 1, denominator: 5}
  x: {from: -2, to: 2, sparsity: 0.5}
  keep: [h]
  limit: 10
"""
    node, variants = drawn(EXERCISE + rules, 20)
    for variant in variants:
        assert all(abs(entry) <= 1 and (entry * 4).denominator == 1 for entry in numbers(variant, "parameters", "W"))
        assert sorted(numbers(variant, "parameters", "U"))[0] == 0 < sorted(numbers(variant, "parameters", "U"))[1]
        assert {entry.denominator for entry in numbers(variant, "parameters", "b")} <= {1, 5}
        assert [entry == 0 for entry in numbers(variant, "inputs", "x")].count(True) == 2
        assert ("initial", "h") not in variant.drawn
        assert "initial:\n  h: [0.5, -0.5]\n" in variant_text(variant, node)
    assert len({tuple(entry == 0 for entry in numbers(one, "parameters", "U")) for one in variants}) == 1


def test_words_and_zeros_stay_as_they_are() -> None:
    text = EXERCISE.replace("[[1, 2], [0, 1]]", "[[1, 0], [0, 1]]").replace("[1/3, 2/3]", "[0, 0]")
    _, variants = drawn(text, 2)
    assert all({name for _, name in one.drawn} == {"W", "U", "h"} for one in variants)


def test_words_that_are_chosen_are_no_small_numbers() -> None:
    """A one-hot answer is 0 almost everywhere, at other entries than in the exercise."""
    text = """\
equations: |
  y[i] = softmax(V @ w[i-1])
  w[i] = onehot_argmax(y[i])
find: [w]
lengths: {i: 3}
initial: {w: [1, 0, 0]}
parameters: {V: [[0, 0, 3], [2, 0, 0], [0, 1, 0]]}
"""
    _, variants = drawn(text, 6)
    assert len(variants) == 6
    assert [one.faults for one in variants] == [()] * 6


def test_saturated_weights_are_narrowed() -> None:
    """The numbers of this exercise saturate its gates; those of its variants do not."""
    _, variants = drawn(library.text("vietai/exercise2"), 5)
    assert all(found.attempts < 50 for found in variants)


def test_a_dead_unit_is_drawn_again() -> None:
    text = EXERCISE.replace("sigmoid", "relu")
    _, variants = drawn(text, 30)
    for variant in variants:
        states = [variant.solution.rounded(step.value) for step in variant.solution.steps]
        assert all(any(float(state[unit][0].text) > 0 for state in states) for unit in (0, 1))
    assert survey(variants, Examined()).faults.keys() >= {"dead"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((0.3, 0.2), ("least 0.2", "greatest 0.3")),
        ((4.0, 1.0, 3.0, 2.0), ("least 1", "greatest 4")),
        ((5.0, 4.0, 3.0, 2.0, 1.0), ("least 1", "quarter 2", "half 3", "three quarters 4", "greatest 5")),
        ((1.0, 2.0, 3.0, 4.0, 6.0, 7.0), ("least 1", "quarter 2.25", "half 3.5", "three quarters 5.5", "greatest 7")),
    ],
)
def test_how_the_numbers_are_spread(values: tuple[float, ...], told: tuple[str, ...]) -> None:
    """Half of a few variants is none of them; else as many lie below it as above."""
    found = Survey(len(values), {1: len(values)}, {}, values, values, values, Examined())
    *_, table = survey_page(found, loads(EXERCISE), 0).blocks
    assert isinstance(table, Table)
    heads, cells = ([plain(one) for one in line] for line in (table.header[1:], table.rows[0][1:]))
    assert tuple(map(" ".join, zip(heads, cells, strict=True))) == told


HIDING = """\
equations: h[t] = sigmoid(W @ x[t] + b)
find: [h_1]
inputs: {x: [[1, 2]]}
parameters: {W: [[1, 2], [2, 1]], b: [0.5, 0.5]}
"""


def unnoticed(exercise: Exercise) -> set[str]:
    return {found.title for found in lint(prepare(exercise)) if isinstance(found, Unnoticed)}


def test_every_mistake_changes_an_answer() -> None:
    """W is symmetric here, and is not in any variant, though a symmetric one is drawn now and then."""
    assert unnoticed(loads(HIDING)) == {"matrix transposed"}
    _, variants = drawn(HIDING, 30)
    assert [unnoticed(one.solution.exercise) for one in variants] == [set()] * 30
    assert survey(variants, Examined()).faults["alike"] > 0


def test_a_mistake_that_no_numbers_show_is_not_asked_for() -> None:
    """The state is zero before the only step: whatever is wrong with U is never seen."""
    text = EXERCISE.replace("h_2", "h_1").replace("[[1, 2], [0, 1]]", "[[1, 2]]", 1).replace("[0.5, -0.5]", "[0, 0]")
    _, variants = drawn(text, 5)
    assert all("term with the earlier state forgotten" in unnoticed(one.solution.exercise) for one in variants)


def test_letters_among_the_numbers_stay_letters() -> None:
    """Mistakes are looked for with a small number in the place of the letter; a formula is not expected of the file."""
    text = EXERCISE.replace("[[1, 0.5], [0, 1]]", "[[w, 0.5], [0, 1]]") + "symbolic: [w]\n"
    node, variants = drawn(text, 2)
    for variant in variants:
        assert ("parameters", "W") not in variant.drawn
        assert "expect" not in variant_text(variant, node)
        assert loads(variant_text(variant, node)).letters.present
    assert survey(variants, Examined()).largest == (0.0, 0.0)


def test_sequences_are_as_long_as_that_of_the_exercise() -> None:
    exercise = solve(loads(library.text("csc/translation"))).exercise
    _, variants = drawn(library.text("csc/translation"), 5, name="csc/translation")
    lengths = [one.solution.exercise.network.plan.lengths for one in variants]
    assert lengths == [exercise.network.plan.lengths] * 5


def test_a_file_that_was_written() -> None:
    node, variants = drawn("# a remark\nnote: |\n  two\n    lines\n" + EXERCISE, 3)
    assert variant_text(variants[2], node) == WRITTEN.replace("VERSION", version("rnncalc"))


FAILURES = [
    ("equations: y = a\nparameters: {a: 0}\n",
     "f.yaml:1:1: error: there are no numbers here that could be drawn at random\n"
     "    1 │ equations: y = a\n      │ ^^^^^^^^^^^^^^^^\n"
     "  help: write `randomize: {W: {from: -2, to: 2}}`; zeros and one-hot columns stay as they are unless asked for"),
    ("equations: y = 0 * a\nparameters: {a: 1}\nfind: [y]\nrandomize: {a: {from: 1, to: 2}}\n",
     "error: no numbers for variant 2 after 100 attempts: the answers are those of another variant (100 ×)\n"
     "  help: widen `limit:` or the ranges in `randomize:`, or keep fewer quantities as they are"),
    ("equations: y = sigmoid(a)\nparameters: {a: 1}\nrandomize: {a: {from: 8, to: 9}}\n",
     "error: no numbers for variant 1 after 200 attempts: a gate is saturated in `y` (200 ×)\n"
     "  help: widen `limit:` or the ranges in `randomize:`, or keep fewer quantities as they are"),
    # W may be one of sixteen matrices; eight are symmetric, and then nobody sees that W was transposed.
    (HIDING + "randomize: {W: {from: 1, to: 2}, keep: [x, b], limit: 9}\n",
     "error: no numbers for variant 9 after 179 attempts: the answers are those of another variant (100 ×), a mistake "
     "would not show in `h` (79 ×)\n"
     "  help: widen `limit:` or the ranges in `randomize:`, or keep fewer quantities as they are"),
    ("equations: y = sigmoid(a * b)\nparameters: {a: \"?\", b: 1}\nlater: {y: 0.5}\n",
     "error: `f` leaves numbers out (`?`), and what they are found from would change\n"
     "  help: write numbers for the `?`"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAILURES)
def test_numbers_that_cannot_be_found(text: str, message: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        drawn(text, 9)
    assert draw(caught.value.problems) == message


WRONG = [
    ("W: 3", 'a range was expected\n    7 │ randomize: {W: 3}\n', "write `{from: -3, to: 3}`"),
    ("W: {from: 1}", "`to:` is missing", "write `{from: -3, to: 3}`"),
    ("W: {from: 1, to: 1}", "this range cannot be drawn from", "`from:` is less than `to:`"),
    ("W: {from: 0, to: 1, step: 0}", "a number above 0 was expected", ""),
    ("W: {from: 0, to: 0.5}", "this range holds no number but 0", "give it a smaller `step:`, or a `denominator:`"),
    ("W: {from: 0, to: 1, step: 1e-9}", "this range cannot be drawn from", "at most 1000000 steps"),
    ("W: {from: 0, to: sqrt(2)}", "one rational number was expected", ""),
    ("W: {from: 0, to: 1, step: 0.1, denominator: 3}", "`step:` and `denominator:` exclude each other", "leave one"),
    ("W: {from: 0, to: 1, zeros: 1, sparsity: 0.5}", "`zeros:` and `sparsity:` exclude each other", "leave one"),
    ("W: {from: 0, to: 1, sparsity: 1}", "the part of the entries that are 0 is at least 0 and less than 1", ""),
    ("V: {from: 0, to: 1}", "there is no quantity `V`", ""),
    ("h_2: {from: 0, to: 1}, W: {from: 0, to: 1, form: 2}", "`form` is not a key of a range", "did you mean `from`?"),
    ("seed: -1", "a whole number from 0 to 1000000000000 was expected", ""),
    ("limit: 0", "a number above 0 was expected", ""),
    ("keep: [Q]", "there is no quantity `Q`", ""),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "what", "hint"), WRONG)
def test_wrong_rules(rule: str, what: str, hint: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(EXERCISE + f"randomize: {{{rule}}}\n", "f.yaml")
    text = draw(caught.value.problems)
    assert "f.yaml:7:" in text
    assert what in text
    assert hint in text


def test_only_what_is_given_is_drawn() -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(EXERCISE.replace("initial", "# initial") + "randomize: {h: {from: 0, to: 1}}\n", "f.yaml")
    assert draw(caught.value.problems) == (
        "f.yaml:7:13: error: `h` is not given in this file\n"
        "    7 │ randomize: {h: {from: 0, to: 1}}\n      │             ^\n"
        "  help: only what is given can be drawn at random"
    )


# ---------------------------------------------------------------- nodes as text


def same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same; how a text is written does not matter."""
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return len(one.items) == len(other.items) and all(map(same, one.items, other.items))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = [key.text for key, _ in one.entries] == [key.text for key, _ in other.entries]
        return keys and all(same(a, b) for (_, a), (_, b) in zip(one.entries, other.entries, strict=True))
    return getattr(one, "text", one) == getattr(other, "text", other)


@pytest.mark.parametrize("name", library.names())
def test_nodes_written_and_read_again(name: str) -> None:
    node = read_text(library.text(name), name)
    assert same(read_text(yaml_text(node), name), node)


@pytest.mark.parametrize(
    "text",
    ["a: 'it''s: [x]'", 'a: "\\ttab: \\u00e9"', "a: |2\n    indented\n  less\n", "a: ~", "a:",
     "a: {b: , c: [x y, 'z, w']}",
     "a: '# no remark'", "a: '- no list'", "a: '*no alias'", "a: '1:2'", "a: null", "a: '{'", "a: >\n  one\n  two\n",
     "a: ''", "a: [' x']"],
)  # fmt: skip
def test_odd_nodes_written_and_read_again(text: str) -> None:
    node = read_text(text, "f")
    assert same(read_text(yaml_text(node), "f"), node)


def test_rules_of_an_exercise_without_rules() -> None:
    assert rules_for(loads(EXERCISE), randomize=True) == Rules()
