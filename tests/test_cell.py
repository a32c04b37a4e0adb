"""Cell files, and the library they make up. (That every cell of the library works is tested in test_open_sets.)"""

import pytest

from rnncalc import ExerciseError, UsageError
from rnncalc.cell import Stage, cell_names, find_cell, library_cell, read_cell
from rnncalc.equations import source
from rnncalc.errors import draw
from rnncalc.source import read_text

CELL = """\
title: Leaky unit
reference: nobody
equations: |
  h[t] = a * h[t-1] + (1 - a) * tanh(z[t])
  z[t] = W @ x[t]
symbols: {z: ẑ}
steps:
  - {title: Input, remark: what comes in, of: z}
  - {title: State, of: [h]}
"""


def test_read() -> None:
    cell = read_cell(read_text(CELL, "leaky.yaml"), "leaky")
    assert (cell.name, cell.title, cell.reference) == ("leaky", "Leaky unit", "nobody")
    assert [source(equation) for equation in cell.equations] == [
        "h[t] = a * h[t-1] + (1 - a) * tanh(z[t])",
        "z[t] = W @ x[t]",
    ]
    assert cell.symbols == {"z": "ẑ"}
    assert cell.stages == (Stage("Input", "what comes in", ("z",)), Stage("State", "", ("h",)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "title: L",
            "titel: L",
            """\
leaky.yaml:1:1: error: `titel` is not a key of a cell
    1 │ titel: Leaky unit
      │ ^^^^^
  help: did you mean `title`?""",
        ),
        (
            "of: [h]",
            "of: [k]",
            """\
leaky.yaml:9:25: error: there is no quantity `k`
    9 │   - {title: State, of: [k]}
      │                         ^
  help: known: h, z""",
        ),
        (
            "  - {title: State, of: [h]}",
            "  - {titel: State, of: [h]}",
            """\
leaky.yaml:9:6: error: `titel` is not a key of a step
    9 │   - {titel: State, of: [h]}
      │      ^^^^^
  help: did you mean `title`?""",
        ),
    ],
)
def test_refused(old: str, new: str, message: str) -> None:
    assert old in CELL
    with pytest.raises(ExerciseError) as caught:
        read_cell(read_text(CELL.replace(old, new), "leaky.yaml"), "leaky")
    assert draw(caught.value.problems) == message


def test_equations_are_needed() -> None:
    with pytest.raises(ExerciseError) as caught:
        read_cell(read_text("title: Nothing\n", "nothing.yaml"), "nothing")
    assert draw(caught.value.problems) == (
        "nothing.yaml:1:1: error: `equations:` is missing\n"
        "    1 │ title: Nothing\n"
        "      │ ^^^^^^^^^^^^^^\n"
        "  help: write `equations: |` and one equation a line below"
    )


def test_find() -> None:
    assert find_cell("lstm") is library_cell("lstm")
    with pytest.raises(UsageError) as caught:
        find_cell("LSMT")
    assert draw(caught.value.problems) == "error: there is no cell `LSMT`\n  help: `rnncalc cells` lists them"
    with pytest.raises(KeyError):
        library_cell("../lstm")
    assert {"rnn", "lstm", "gru"} <= set(cell_names())
