"""Sequences that end by themselves: where they are cut, what stays true of the rest, and what is refused."""

import re

import pytest
from test_exercise import refused

from rnncalc import loads, solve
from rnncalc.solving import Disagreement, Ended

# Each word is followed by the next one, the last by itself: a, b, c, …
COUNTING = """\
vocabulary: [a, b, c, d]
equations: |
  y[t] = N @ w[t-1]
  w[t] = onehot_argmax(y[t])
  s[t] = s[t-1] + u[t]
  last = s[T]
  total = sum(u[t], t)
find: [w, last, total]
inputs: {u: [1, 10, 100, 1000, 10000]}
initial: {w: {word: a}}
stop: {w: c}
parameters:
  N: [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]
"""


def changed(old: str, new: str) -> str:
    assert old in COUNTING
    return COUNTING.replace(old, new)


def test_it_ends_where_the_word_is_first_chosen() -> None:
    solution = solve(loads(COUNTING))
    assert list(solution.record()["answers"]) == ["w_1", "w_2", "last", "total"]
    assert solution["last"] == solution["total"] == [["11"]]
    assert solution.remarks == (Ended("w", (2,)),)
    page = solution.text()
    assert "note: w₂ is “c”: the sequence ends there." in page
    assert "u₃" not in page
    assert "w₃" not in page


def test_float64_ends_at_the_same_place() -> None:
    assert list(solve(loads(COUNTING), float64=True).record()["answers"]) == ["w_1", "w_2", "last", "total"]


def test_a_word_that_is_chosen_last_cuts_nothing() -> None:
    solution = solve(loads(changed("[1, 10, 100, 1000, 10000]", "[1, 10]")))
    assert solution.remarks == (Ended("w", (2,)),)


def test_a_word_that_does_not_come_up() -> None:
    solution = solve(loads(changed("stop: {w: c}", "stop: {w: a}")))
    assert solution["last"] == [["11111"]]
    assert "note: “a” has not come up in 5 steps: the sequence is cut there." in solution.text()


def test_only_a_part_is_asked_for() -> None:
    assert solve(loads(changed("[w, last, total]", "[w_1]"))).remarks == ()


def test_what_lies_behind_the_end_is_not_found() -> None:
    solution = solve(loads(changed("[w, last, total]", "[w_4, s_1]")))
    assert list(solution.record()["answers"]) == ["s_1"]
    alone = solve(loads(changed("[w, last, total]", "[w_4]")))
    assert list(alone.record()["answers"]) == ["w_1", "w_2"]


def test_what_is_expected_behind_the_end_is_a_disagreement() -> None:
    solution = solve(loads(COUNTING + "expect: {w_1: {word: b}, w_4: {word: d}}\n"))
    assert [one.position for one in solution.remarks if isinstance(one, Disagreement)] == [(4,)]


def test_sampling() -> None:
    """The running sums of (¼, ¼, ½, 0) are ¼, ½, 1, 1: the numbers fall upon a, b, and then c."""
    text = COUNTING.replace("onehot_argmax(y[t])", "onehot_sample(p, u[t])").replace("  y[t] = N @ w[t-1]\n", "")
    text = re.sub("parameters:.*", "parameters: {p: [1/4, 1/4, 1/2, 0]}\n", text, flags=re.S)
    text = text.replace("[1, 10, 100, 1000, 10000]", "[0.2, 0.25, 0.5, 0.1]").replace("initial: {w: {word: a}}\n", "")
    words = [answer.get("words") for answer in solve(loads(text)).record()["answers"].values()]
    assert words == [["a"], ["b"], ["c"], None, None]


REFUSED = [
    (
        changed("stop: {w: c}", "stop: {w: e}"),
        """\
f.yaml:11:11: error: `e` is not in the vocabulary
   11 │ stop: {w: e}
      │           ^
  help: it has a, b, c, d
""",
    ),
    (
        changed("stop: {w: c}", "stop: {s: c}"),
        """\
f.yaml:11:8: error: no words are chosen for `s` at each step
   11 │ stop: {s: c}
      │        ^
  help: words are chosen for w, y
""",
    ),
    (
        changed("stop: {w: c}", "stop: {w: c, y: d}"),
        """\
f.yaml:11:7: error: `stop:` names a quantity and its last word
   11 │ stop: {w: c, y: d}
      │       ^^^^^^^^^^^^
  help: write `stop: {w: "."}`
""",
    ),
    (
        changed("stop: {w: c}", "stop: {w: c}\nloss: total"),
        """\
f.yaml:11:7: error: a sequence that ends by itself has no loss
   11 │ stop: {w: c}
      │       ^^^^^^
  help: leave one of them out: a loss compares with targets, whose number is known before
""",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    assert refused(text) == message
