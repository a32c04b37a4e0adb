"""Exercise files: what is read, and the whole message for everything that can be wrong in one."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from rnncalc import ExerciseError, RnncalcError, UsageError, load, loads, solve
from rnncalc.errors import draw
from rnncalc.exercise.keys import KEYS
from rnncalc.numbers import exact_text
from rnncalc.pages.record import key_record

RNN = """\
cell: rnn
find: [h_2]
inputs:
  x: [[1, 0, 2], [0, 1, 1]]
parameters:
  W: [[1, 2], [3, 4]]
  U: [[1, 0, 2], [0, 1, 1]]
  b_s: [1, 2]
initial: {h: [0, 1]}
"""

Changes = list[tuple[str, str]]


def changed(change: str | Changes) -> str:
    """A file of its own, or the one above with some passages replaced."""
    if isinstance(change, str):
        return change
    text = RNN
    for old, new in change:
        assert old in text
        text = text.replace(old, new)
    return text


def refused(text: str | bytes, cell: str | None = None) -> str:
    """What a user sees of a file that is refused."""
    with pytest.raises(RnncalcError) as caught:
        solve(loads(text, "f.yaml", cell))
    return draw(caught.value.problems) + "\n"


REFUSED: list[tuple[str, str | Changes, str]] = [
    (
        "an unknown section",
        [("parameters:", "paramters:")],
        """\
f.yaml:5:1: error: `paramters` is not a key of an exercise
    5 │ paramters:
      │ ^^^^^^^^^
  help: did you mean `parameters`?
""",
    ),
    (
        "unknown without resemblance",
        [("cell: rnn", "cell: rnn\nteacher: me")],
        f"""\
f.yaml:2:1: error: `teacher` is not a key of an exercise
    2 │ teacher: me
      │ ^^^^^^^
  help: known: {", ".join(KEYS)}
""",
    ),
    (
        "an unknown quantity",
        [("b_s", "b_ss")],
        """\
f.yaml:8:3: error: no equation uses `b_ss`
    8 │   b_ss: [1, 2]
      │   ^^^^
  help: did you mean `b_s`?
""",
    ),
    (
        "an unknown quantity without resemblance",
        [("b_s: [1, 2]", "b_s: [1, 2]\n  gamma: 3")],
        """\
f.yaml:9:3: error: no equation uses `gamma`
    9 │   gamma: 3
      │   ^^^^^
  help: they use x, V, b_y
""",
    ),
    (
        "a key used twice",
        [("U:", "W:")],
        """\
f.yaml:7:3: error: the key `W` is used a second time, first on line 6
    7 │   W: [[1, 0, 2], [0, 1, 1]]
      │   ^
  help: remove or rename one of the two
""",
    ),
    (
        "text for numbers",
        [("[1, 2]\ni", "[one, 2]\ni")],
        """\
f.yaml:8:9: error: a number was expected, not `one`
    8 │   b_s: [one, 2]
      │         ^^^
  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`
""",
    ),
    (
        "not finite",
        [("b_s: [1, 2]", "b_s: [.nan, -inf]")],
        """\
f.yaml:8:9: error: a number was expected, not `.nan`
    8 │   b_s: [.nan, -inf]
      │         ^^^^
  help: only finite numbers can be used

f.yaml:8:16: error: a number was expected, not `inf`
    8 │   b_s: [.nan, -inf]
      │                ^^^
  help: only finite numbers can be used
""",
    ),
    (
        "an exponent",
        [("b_s: [1, 2]", "b_s: [1e999999999, 2]")],
        """\
f.yaml:8:9: error: the exponent of `1e999999999` is beyond ±1000
    8 │   b_s: [1e999999999, 2]
      │         ^^^^^^^^^^^
  help: write a number closer to 1
""",
    ),
    (
        "a tower of powers",
        [("b_s: [1, 2]", "b_s: [9**9**9, 2]")],
        """\
f.yaml:8:10: error: a power cannot be read as a number
    8 │   b_s: [9**9**9, 2]
      │          ^^
  help: write `1e-3` for 10 to the power −3
""",
    ),
    (
        "code for a number",
        [("b_s: [1, 2]", "b_s: [\"__import__('os')\", 2]")],
        """\
f.yaml:8:9: error: a number was expected, not `__import__('os')`
    8 │   b_s: ["__import__('os')", 2]
      │         ^^^^^^^^^^^^^^^^
  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`
""",
    ),
    (
        "a ragged matrix",
        [("[0, 1, 1]]\n  b", "[0, 1]]\n  b")],
        """\
f.yaml:7:18: error: row 2 has 2 entries, row 1 has 3 entries
    7 │   U: [[1, 0, 2], [0, 1]]
      │                  ^^^^^^
  help: the rows of a matrix are equally long
""",
    ),
    (
        "a number among rows",
        [("[[1, 2], [3, 4]]", "[[1, 2], 3]")],
        """\
f.yaml:6:15: error: row 2 is a single number, others are lists
    6 │   W: [[1, 2], 3]
      │               ^
  help: write `[[1, 2], [3, 4]]`
""",
    ),
    (
        "an empty row",
        [("[[1, 2], [3, 4]]", "[[1, 2], []]")],
        """\
f.yaml:6:15: error: row 2 has no entries
    6 │   W: [[1, 2], []]
      │               ^^
  help: write its numbers, or remove it
""",
    ),
    (
        "an empty list",
        [("b_s: [1, 2]", "b_s: []")],
        """\
f.yaml:8:8: error: an empty list has no size
    8 │   b_s: []
      │        ^^
  help: write the numbers, or leave the key out
""",
    ),
    (
        "too many brackets",
        [("b_s: [1, 2]", "b_s: [[[1, 2]]]")],
        """\
f.yaml:8:10: error: a number was expected, not a list
    8 │   b_s: [[[1, 2]]]
      │          ^^^^^^
  help: are there more brackets here than needed?
""",
    ),
    (
        "names for numbers",
        [("b_s: [1, 2]", "b_s: {a: 1}")],
        """\
f.yaml:8:8: error: numbers were expected, not `name: value`
    8 │   b_s: {a: 1}
      │        ^^^^^^
  help: write `[1, 2]` or `[[1, 2], [3, 4]]`
""",
    ),
    (
        "no numbers",
        [("b_s: [1, 2]", "b_s:")],
        """\
f.yaml:8:7: error: a number was expected, but there is nothing
    8 │   b_s:
      │       ^
  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`
""",
    ),
    (
        "decimal commas in a ragged row",
        [("[0, 1, 1]]\n  b", "[0,5, 1, 1]]\n  b")],
        """\
f.yaml:7:18: error: row 2 has 4 entries, row 1 has 3 entries
    7 │   U: [[1, 0, 2], [0,5, 1, 1]]
      │                  ^^^^^^^^^^^
  help: in YAML `0,5` is two numbers: write a decimal point, `0.5`
""",
    ),
    (
        "several mistakes",
        [
            ("parameters:", "paramters:"),
            ("[1, 2]\ni", "[one, 2]\ni"),
            ("find: [h_2]", "find: [k_2]"),
            ("[[1, 2], [3, 4]]", "[[1, 2, 3], [3, 4, 5]]"),
        ],
        """\
f.yaml:2:8: error: there is no quantity `k_2`
    2 │ find: [k_2]
      │        ^^^
  help: the equations have h, W, U, x, b_s, y, V, b_y

f.yaml:5:1: error: `paramters` is not a key of an exercise
    5 │ paramters:
      │ ^^^^^^^^^
  help: did you mean `parameters`?

f.yaml:6:6: error: the sizes in `h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)` do not fit
    6 │   W: [[1, 2, 3], [3, 4, 5]]
      │      ^^^^^^^^^^^^^^^^^^^^^^
  `W` is 2×3 (line 6)
  and is multiplied by `h[t-1]`, which is 2×1 (line 9)
  help: has each row of W one entry too many? 2×2 would fit

f.yaml:8:9: error: a number was expected, not `one`
    8 │   b_s: [one, 2]
      │         ^^^
  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`
""",
    ),
    (
        "a title that is a list",
        [("cell: rnn", "cell: rnn\ntitle: [a, b]")],
        """\
f.yaml:2:8: error: a text was expected
    2 │ title: [a, b]
      │        ^^^^^^
  help: write it without `[…]`, or put the whole in quotes
""",
    ),
    (
        "an unknown cell",
        [("cell: rnn", "cell: LSTM")],
        """\
f.yaml:1:7: error: there is no cell `LSTM`
    1 │ cell: LSTM
      │       ^^^^
  help: did you mean `lstm`?
""",
    ),
    (
        "a cell file that is not there",
        [("cell: rnn", "cell: mine.yaml")],
        """\
f.yaml:1:7: error: there is no file `mine.yaml`
    1 │ cell: mine.yaml
      │       ^^^^^^^^^
""",
    ),
    (
        "no network",
        [("cell: rnn\n", "")],
        """\
f.yaml:1:1: error: nothing says which network this is
    1 │ find: [h_2]
      │ ^^^^^^^^^^^
  help: write `cell: lstm` (`rnncalc cells` lists all), or `equations: |` and one equation a line below
""",
    ),
    (
        "a section that is a list",
        [("initial: {h: [0, 1]}", "initial: [0, 1]")],
        """\
f.yaml:9:10: error: `initial:` is made of `name: value` lines
    9 │ initial: [0, 1]
      │          ^^^^^^
  help: write each on a line of its own, with a blank behind the colon
""",
    ),
    (
        "nothing asked for",
        [("[h_2]", "[]")],
        """\
f.yaml:2:7: error: nothing is asked for
    2 │ find: []
      │       ^^
  help: write `find: [y]`, or leave `find:` out
""",
    ),
    (
        "an unknown quantity asked for",
        [("[h_2]", "[H_2, q]")],
        """\
f.yaml:2:8: error: there is no quantity `H_2`
    2 │ find: [H_2, q]
      │        ^^^
  help: did you mean `h_2`?

f.yaml:2:13: error: there is no quantity `q`
    2 │ find: [H_2, q]
      │             ^
  help: the equations have h, W, U, x, b_s, y, V, b_y
""",
    ),
    (
        "a given quantity asked for",
        [("[h_2]", "[U]")],
        """\
f.yaml:2:8: error: `U` is given, not computed
    2 │ find: [U]
      │        ^
  help: the equations compute h, y
""",
    ),
    (
        "two positions without quotes",
        [("[h_2]", "[h_1,2]")],
        """\
f.yaml:2:12: error: there is no quantity `2`
    2 │ find: [h_1,2]
      │            ^
  help: put a quantity with two positions in quotes: `["alpha_1,2"]`
""",
    ),
    (
        "an input as one list",
        [("x: [[1, 0, 2], [0, 1, 1]]", "x: 5")],
        """\
f.yaml:4:6: error: `x` needs a list here, an entry for each position
    4 │   x: 5
      │      ^
  help: write `x: [[2, 3]]` for one position with two numbers
""",
    ),
    (
        "steps of two sizes",
        [("x: [[1, 0, 2], [0, 1, 1]]", "x: [[1, 0, 2], [0, 1]]")],
        """\
f.yaml:4:18: error: `x_2` is 2×1, but `x_1` is 3×1
    4 │   x: [[1, 0, 2], [0, 1]]
      │                  ^^^^^^
  help: `x` has the same size at all positions
""",
    ),
    (
        "a quantity in two sections",
        [("b_s: [1, 2]", "b_s: [1, 2]\n  x: [[1, 0, 2]]")],
        """\
f.yaml:9:6: error: `x` is given under `inputs:` too
    9 │   x: [[1, 0, 2]]
      │      ^^^^^^^^^^^
  help: remove one of the two
""",
    ),
    (
        "a state among the inputs",
        [("parameters:", "  h: [[1, 2]]\nparameters:")],
        """\
f.yaml:5:6: error: `h` has an equation: it is computed, not given
    5 │   h: [[1, 2]]
      │      ^^^^^^^^
  help: a state before the first step stands under `initial:`; other quantities need another name
""",
    ),
    (
        "a length that is no number",
        [("initial:", "lengths: {t: many}\ninitial:")],
        """\
f.yaml:9:14: error: a whole number from 1 to 10000000 was expected
    9 │ lengths: {t: many}
      │              ^^^^
""",
    ),
    (
        "a length of an unknown index",
        [("initial:", "lengths: {k: 3}\ninitial:")],
        """\
f.yaml:9:11: error: no equation has the index `k`
    9 │ lengths: {k: 3}
      │           ^
  help: the equations have t
""",
    ),
    (
        "two lengths",
        [("initial:", "lengths: {t: 3}\ninitial:")],
        """\
f.yaml:4:6: error: the lengths do not agree: `lengths` says 3 but `x` has 2 positions
    4 │   x: [[1, 0, 2], [0, 1, 1]]
      │      ^^^^^^^^^^^^^^^^^^^^^^
  help: give as many entries of one as of the other, or index them with different letters
""",
    ),
    (
        "an equation and a number",
        [("cell: rnn", "cell: rnn\nequations: |\n  z[t] = 2 * * h[t]"), ("b_s: [1, 2]", "b_s: [one, 2]")],
        """\
f.yaml:3:14: error: a quantity or a number was expected, not `*`
    3 │   z[t] = 2 * * h[t]
      │              ^
  help: an operator stands between two quantities

f.yaml:10:9: error: a number was expected, not `one`
   10 │   b_s: [one, 2]
      │         ^^^
  help: write a number such as `3`, `-0.5`, `1e-3`, `1/3` or `sqrt(2)/2`
""",
    ),
    (
        "a second equation for one quantity",
        [("cell: rnn", "cell: rnn\nequations: \"h[t] = x[t]\"")],
        """\
f.yaml:2:13: error: `h[t]` is defined a second time
    2 │ equations: "h[t] = x[t]"
      │             ^^^^^^^^^^^
  help: each quantity has one equation; give this one another name
""",
    ),
    (
        "indices that vary",
        [("cell: rnn", "cell: rnn\nequations: \"z[t] = h[t] + h\"")],
        """\
f.yaml:2:27: error: `h` stands here with 0 indices, elsewhere with 1
    2 │ equations: "z[t] = h[t] + h"
      │                           ^
  help: write the same number of indices everywhere
""",
    ),
    (
        "a list",
        "- 1\n- 2\n",
        """\
f.yaml:1:1: error: an exercise file is made of `name: value` lines
    1 │ - 1
      │ ^^^
  help: begin with `cell: lstm`; `rnncalc new lstm` writes a whole file to start from
""",
    ),
    (
        "a loss with an index",
        [("cell: rnn", "cell: rnn\nloss: L[t] = sum(h[t])")],
        """\
f.yaml:2:7: error: a loss is one number: one equation without an index
    2 │ loss: L[t] = sum(h[t])
      │       ^^^^^^^^^^^^^^^^
  help: write `L = sum(…, t)`
""",
    ),
    (
        "a step of an unknown quantity",
        [("cell: rnn", "cell: rnn\nsteps: [{title: State, of: [hh]}]")],
        """\
f.yaml:2:29: error: there is no quantity `hh`
    2 │ steps: [{title: State, of: [hh]}]
      │                             ^^
  help: did you mean `h`?
""",
    ),
    (
        "a symbol of an unknown quantity",
        [("cell: rnn", "cell: rnn\nsymbols: {hh: ĥ}")],
        """\
f.yaml:2:11: error: there is no quantity `hh`
    2 │ symbols: {hh: ĥ}
      │           ^^
  help: did you mean `h`?
""",
    ),
    (
        "code in an equation",
        "equations: |\n  y[t] = __import__('os').system('true') + x[t]\ninputs: {x: [1, 2]}\n",
        """\
f.yaml:2:21: error: `'` cannot stand in an equation
    2 │   y[t] = __import__('os').system('true') + x[t]
      │                     ^
  help: no quotes are needed; a letter is printed with a prime by `symbols: {B: A′}`
""",
    ),
    (
        "a cycle",
        "equations: |\n  a[t] = b[t] + x[t]\n  b[t] = 2 * a[t]\ninputs: {x: [1, 2]}\n",
        """\
f.yaml:2:3: error: `a`, `b` are defined by one another at the same position: there is no value to begin with
    2 │   a[t] = b[t] + x[t]
      │   ^^^^^^^^^^^^^^^^^^
  help: a recurrence looks at another position: `h[t] = tanh(W @ x[t] + U @ h[t-1])`
""",
    ),
    (
        "past and future",
        "equations: a[t] = a[t-1] + a[t+1] + x[t]\ninputs: {x: [1, 2]}\n",
        """\
f.yaml:1:12: error: `a` would need the past and the future of one another at once
    1 │ equations: a[t] = a[t-1] + a[t+1] + x[t]
      │            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: let one state run forward (`t-1`) and another backward (`t+1`), and join them in a third equation
""",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_message(change: str | Changes, message: str) -> None:
    assert refused(changed(change)) == message


def test_the_file_that_is_changed_above_is_right() -> None:
    assert solve(loads(RNN))["h_2"] == [["0.999987711634201"], ["0.999999999442105"]]


# ---------------------------------------------------------------- files that are hostile, or odd


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("title:" + "\n [" * 30_000, "f.yaml:51:2: error: brackets or indented blocks are nested more than 50 deep\n"),
        ("title:" + "\n {" * 30_000, "f.yaml:51:2: error: brackets or indented blocks are nested more than 50 deep\n"),
        (
            "a: &a [1, 1]\n" + "".join(f"{b}: &{b} [{f'*{a},' * 9}*{a}]\n" for a, b in pairwise("abcdefgh")),
            "f.yaml:7:17: error: there are more than 1 500 000 values here, the most that are read\n",
        ),
        (
            f"parameters: {{W: {'7' * 5000}}}",
            "f.yaml:1:1: error: nothing says which network this is\n",
        ),
        (
            RNN.replace("4]]", "7" * 5000 + "]]"),
            "f.yaml:6:19: error: a number may have at most 1000 digits; this text has 5000\n",
        ),
        ("x" * 20_000_001, "error: `f.yaml` is larger than 20 MB, the most that is read\n"),
        (bytes(range(256)), "error: `f.yaml` is not a text file\n"),
        (RNN.encode().replace(b"cell", "é".encode("latin-1")), "f.yaml:1:1: error: the byte 0xe9 is not UTF-8 text\n"),
        ("", "f.yaml:1:1: error: there is nothing here to read\n"),
    ],
    ids=["brackets", "braces", "aliases", "digits, no network", "digits", "size", "binary", "latin-1", "empty"],
)  # fmt: skip
def test_hostile_file(text: str | bytes, beginning: str) -> None:
    assert refused(text).startswith(beginning)


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + RNN.encode(),
        RNN.replace("\n", "\r\n").encode(),
        RNN.encode("utf-16"),
        RNN.replace("initial: {h: [0, 1]}", "initial:\n  h[0]: [0, 1]"),
        RNN.replace("b_s: [1, 2]", "b_s: &b [1, 2]\n  V: [*b, *b]\n  b_y: *b"),
        RNN.replace("h_2", "h_T"),
        RNN.replace("x: [[1, 0, 2], [0, 1, 1]]", "x:\n    - [1, 0, 2]\n    - - 0\n      - 1\n      - 1"),
        RNN.replace("x: [[1, 0, 2], [0, 1, 1]]", "x: [[[1], [0], [2]], [[0], [1], [1]]]"),
        RNN.replace("  b_s: [1, 2]\n", "").replace("inputs:", "inputs:\n  b_s: [1, 2]"),
        RNN.replace("find: [h_2]", "find: h₂"),
    ],
    ids=[
        "byte order mark", "line ends of Windows", "UTF-16", "initial h[0]", "aliases", "the last position",
        "block lists", "columns", "a bias among the inputs", "one quantity without brackets",
    ],
)  # fmt: skip
def test_odd_file(text: str | bytes) -> None:
    assert solve(loads(text)).record()["answers"] == solve(loads(RNN)).record()["answers"]


def test_nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = "__import__('os').system('touch executed')"
    refused(changed([("b_s: [1, 2]", f'b_s: ["{code}", 2]')]))
    refused(f"equations: |\n  y[t] = {code} + x[t]\ninputs: {{x: [1, 2]}}\n")
    refused(changed([("cell: rnn", f'cell: "{code}"')]))
    refused("a: !!python/object/apply:os.system ['touch executed']\n")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- the network: cell, equations, loss


def test_the_cell_comes_from_the_command() -> None:
    without = RNN.replace("cell: rnn\n", "")
    assert solve(loads(without, cell="rnn"))["h_2"] == solve(loads(RNN))["h_2"]


def test_the_cell_of_the_command_must_agree() -> None:
    message = """\
f.yaml:1:7: error: this exercise is for the cell `rnn`, but `gru` was asked for
    1 │ cell: rnn
      │       ^^^
  help: leave `gru` out of the command, or change `cell:`
"""
    assert refused(RNN, cell="gru").startswith(message)


def test_a_file_with_a_network_of_its_own_has_no_other() -> None:
    message = """\
f.yaml:1:12: error: this exercise states a network of its own, but the cell `lstm` was asked for
    1 │ equations: y[t] = w * x[t]
      │            ^^^^^^^^^^^^^^^
  help: leave `lstm` out of the command
"""
    assert refused("equations: y[t] = w * x[t]\ninputs: {x: [1]}\nparameters: {w: 2}\n", cell="lstm") == message


def test_equations_are_added_to_the_cell_of_the_command() -> None:
    text = RNN.replace("cell: rnn\n", "equations: z[t] = 2 * h[t]\n").replace("h_2", "z_1")
    assert solve(loads(text, cell="rnn"))["z_1"] == [["1.99999954985935"], ["1.99999954985935"]]


def test_a_cell_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: Mine\nequations: h[t] = W @ h[t-1] + x[t]\nsymbols: {h: s}\n")
    (tmp_path / "task.yaml").write_text(
        "cell: mine.yaml\nfind: [s_2]\ninputs: {x: [[1, 0], [0, 1]]}\nparameters: {W: [[1, 2], [3, 4]]}\n"
    )
    exercise = load(tmp_path / "task.yaml")
    assert exercise.cell is not None
    assert exercise.cell.title == "Mine"
    assert solve(exercise)["s_2"] == [["1"], ["4"]]


def test_a_wrong_cell_file_is_told_at_its_own_lines(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("titel: Mine\nequations: h[t] = x[t] * * 2\n")
    (tmp_path / "task.yaml").write_text("cell: mine.yaml\n")
    with pytest.raises(ExerciseError) as caught:
        load(tmp_path / "task.yaml")
    assert draw(caught.value.problems).replace(str(tmp_path), "…") == (
        "…/mine.yaml:1:1: error: `titel` is not a key of a cell\n"
        "    1 │ titel: Mine\n"
        "      │ ^^^^^\n"
        "  help: did you mean `title`?\n"
        "\n"
        "…/mine.yaml:2:26: error: a quantity or a number was expected, not `*`\n"
        "    2 │ equations: h[t] = x[t] * * 2\n"
        "      │                          ^\n"
        "  help: an operator stands between two quantities"
    )


def test_without_find_the_last_equation_is_asked_for() -> None:
    solution = solve(loads("equations: |\n  a[t] = 2 * x[t]\n  b[t] = a[t] + 1\ninputs: {x: [1, 2]}\n"))
    assert list(solution.record()["answers"]) == ["b_1", "b_2"]


@pytest.mark.parametrize("loss", ["loss: L = sum(y[t] ** 2, t)", "  L = sum(y[t] ** 2, t)\nloss: L"])
def test_a_loss_by_its_equation_and_by_its_name(loss: str) -> None:
    text = f"equations: |\n  y[t] = w * x[t]\n{loss}\nfind: [dL/dw]\ninputs: {{x: [1, 2]}}\nparameters: {{w: 3}}\n"
    assert solve(loads(text))["dL/dw"] == [["30"]]


# ---------------------------------------------------------------- what a file expects


def test_expect_with_all_positions_at_once() -> None:
    text = "equations: y[t] = 2 * x[t]\ninputs: {x: [[1, 2], [3, 4]]}\nexpect: {y: [[2, 4], [6, 8]]}\n"
    assert solve(loads(text)).remarks == ()
    assert len(solve(loads(text.replace("8]]", "9]]"))).remarks) == 1


@pytest.mark.parametrize(
    ("expected", "agrees"),
    [("0.3", True), ("0.33", True), ("0.34", False), ("1/3", True), ("0.33333", True), ("0.30", False), ("3e-1", True)],
)  # fmt: skip
def test_expect_to_the_digits_written(expected: str, agrees: bool) -> None:
    text = f"equations: y = a / 3\nparameters: {{a: 1}}\nexpect: {{y: {expected}}}\n"
    assert (solve(loads(text)).remarks == ()) == agrees


# ---------------------------------------------------------------- files


def test_there_is_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "exercise.yaml").write_text(RNN)
    with pytest.raises(UsageError) as caught:
        load(tmp_path / "exercies.yaml")
    assert draw(caught.value.problems).replace(str(tmp_path), "…") == (
        "error: there is no file and no exercise `…/exercies.yaml`\n  help: did you mean `…/exercise.yaml`?"
    )


def test_the_name_and_the_title_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "task.yaml").write_text(RNN)
    exercise = load(tmp_path / "task.yaml")
    assert (exercise.name, exercise.title) == ("task", "task")
    assert loads("title: ' A  title '\n" + RNN).title == "A  title"


@pytest.mark.parametrize(
    ("said", "worth"),
    [("", None), ("points: 5", 5), ("marks: {y: 3, z: 1/2}", Fraction(7, 2)), ("points: 5\nmarks: {y: 3}", 5)],
)
def test_what_an_exercise_is_worth_on_a_sheet(said: str, worth: Fraction | None) -> None:
    """Its points; where it has none, all its marks together."""
    text = f"equations: |\n  y = 2 * a\n  z = 3 * a\nfind: [y, z]\nparameters: {{a: 2}}\n{said}"
    exercise = loads(text)
    assert exercise.worth == worth
    sheet = key_record([solve(exercise)], "")
    assert sheet["exercises"][0]["points"] == (None if worth is None else exact_text(Fraction(worth)))


def test_marks_are_shared_by_the_positions_that_are_computed() -> None:
    text = "equations: h[t] = a * h[t-1] + x[t]\nfind: [h_2]\ninputs: {x: [1, 2, 3]}\nparameters: {a: 2}\nmarks: {h: 3}"
    assert loads(text).said_marks() == {("h", (1,)): Fraction(3, 2), ("h", (2,)): Fraction(3, 2)}


def test_all_positions_include_a_beginning_that_is_computed() -> None:
    """With `s[0] = …` beside `s[t] = …`, `find: [s]` asks for both."""
    text = "equations: |\n  s[t] = s[t-1] * x[t]\n  s[0] = 2 * a\nfind: [s]\ninputs: {x: [3, 4]}\nparameters: {a: 5}\n"
    answers = [(one.name, one.position, one.value.entries) for one in solve(loads(text)).answers]
    assert answers == [("s", (0,), (10,)), ("s", (1,), (30,)), ("s", (2,), (120,))]
