"""How problems are drawn: the line, the caret, what to do; and nothing that a terminal would obey."""

import pytest

from rnncalc.errors import MOST_DRAWN, Problem, Span, did_you_mean, draw, nearest, printable


def span(text: str, column: int = 1, length: int = 1, line: int = 7) -> Span:
    return Span("f.yaml", line, column, length, text)


DRAWN = [
    (Problem("it is wrong"), "error: it is wrong"),
    (Problem("it is wrong", None, "mend it"), "error: it is wrong\n  help: mend it"),
    (
        Problem("it is wrong", span("a: [1, x]", 8)),
        """\
f.yaml:7:8: error: it is wrong
    7 │ a: [1, x]
      │        ^""",
    ),
    (
        Problem("it is wrong", span("a: [1, xyz]", 8, 3, 12345), "mend it", ("because of this", "and of that")),
        """\
f.yaml:12345:8: error: it is wrong
12345 │ a: [1, xyz]
      │        ^^^
  because of this
  and of that
  help: mend it""",
    ),
    (
        Problem("behind the end", span("a: [", 5)),
        """\
f.yaml:7:5: error: behind the end
    7 │ a: [
      │     ^""",
    ),
    (
        Problem("a span longer than its line", span("a: [", 4, 500)),
        """\
f.yaml:7:4: error: a span longer than its line
    7 │ a: [
      │    ^""",
    ),
    (
        Problem("tabs, accents and wide letters", span("\th̃: 中文 x", 9)),
        """\
f.yaml:7:9: error: tabs, accents and wide letters
    7 │  h̃: 中文 x
      │          ^""",
    ),
    (
        Problem("a terminal obeys \x1b[31m nothing \x07", span("\x1b]0;x\x07 \u202e[red]", 8, 1), "\x9b \u2066"),
        """\
f.yaml:7:8: error: a terminal obeys \\x1b[31m nothing \\x07
    7 │ \\x1b]0;x\\x07 \\u202e[red]
      │              ^^^^^^
  help: \\x9b \\u2066""",
    ),
    (
        Problem("a long line", span("x" * 150 + "!" + "y" * 150, 151)),
        f"""\
f.yaml:7:151: error: a long line
    7 │ …{"x" * 50}!{"y" * 49}…
      │  {" " * 50}^""",
    ),
]


@pytest.mark.parametrize(("problem", "drawn"), DRAWN)
def test_draw(problem: Problem, drawn: str) -> None:
    assert draw([problem]) == drawn


def test_problems_are_drawn_once_in_the_order_of_their_lines() -> None:
    first, second = Problem("one", span("a", line=2)), Problem("two", span("b", line=10))
    heads = [line for line in draw([second, first, second, Problem("three")]).splitlines() if "error:" in line]
    assert heads == ["error: three", "f.yaml:2:1: error: one", "f.yaml:10:1: error: two"]


def test_many_problems_are_counted() -> None:
    drawn = draw(Problem(f"number {number}") for number in range(MOST_DRAWN + 5))
    assert drawn.count("error:") == MOST_DRAWN
    assert drawn.endswith("\n\n… and 5 more")


def test_printable() -> None:
    assert printable("h₁ ≈ √2\u00a0 ĥ 中") == "h₁ ≈ √2\u00a0 ĥ 中"
    assert printable("می\u200cنا") == "می\u200cنا"
    assert printable("\n\x00\x85\u200b\u2028\ud800\U000e0001") == "\\x0a\\x00\\x85\\u200b\\u2028\\ud800\\U000e0001"


def test_suggestions() -> None:
    assert nearest("LSTM", ["gru", "lstm"]) == "lstm"
    assert nearest("lsmt", ["gru", "lstm"]) == "lstm"
    assert nearest("elephant", ["gru", "lstm"]) is None
    assert did_you_mean("W_ff", ["W_f", "W_i"]) == "did you mean `W_f`?"
    assert did_you_mean("elephant", ["W_f"], "known: W_f") == "known: W_f"
