"""Sheets of answers: what they answer, what is no answer, and files that are hostile."""

import json
from typing import Any

import pytest

from rnncalc import load, loads
from rnncalc.answers import Answers, Unreadable, Written, most_remembered
from rnncalc.checking import Marking, marking_of, prepare, read
from rnncalc.errors import AnswerError
from rnncalc.languages import said


@pytest.fixture(scope="module")
def marking() -> Marking:
    return prepare(load("vietai/exercise3"))


def written(found: Answers) -> dict[str, list[Any]]:
    """What was read, by name and position."""
    return {
        f"{answer.key[0]}{answer.key[1][0]}": [
            one.text if isinstance(one, Written) else one and said(one.reason) for one in answer.entries
        ]
        for answer in found.answers
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "student: Lan\nanswers:\n  z_1: [0.88, 0.95]\n  ŷ[1]: [0.85, 0.95]\n"),
        ("a.yaml", "student: Lan\nz1: [0.88, 0.95]\ny₁: |\n  [[0.85]\n   [0.95]]\n"),
        ("a.yaml", "student: Lan\nz_{1}: '[0.88; 0.95]'\ny_1: [0.85 0.95]\n"),
        ("a.json", '{"student": "Lan", "answers": {"z_1": [0.88, 0.95], "y_1": [[0.85], [0.95]]}}'),
        ("a.csv", "student,Lan\nz_1,0.88,0.95\ny_1,0.85,0.95\n"),
        ("a.csv", 'student,Lan\nz_1,"0.88, 0.95"\ny_1[1],0.85\ny_1[2],0.95\n'),
        ("a.yaml", "student: Lan\nz_1[1]: 0.88\nz_1[2]: 0.95\ny_1: [0.85, 0.95]\n"),
        ("a.yaml", "student: Lan\nz_1: {1: 0.88, 2: 0.95}\ny: {1: [0.85, 0.95]}\n"),
        ("a.json", '{"student": "Lan", "z_1": {"2": "0.95", "1": "0.88"}, "y_1": {"1,1": 0.85, "2,1": 0.95}}'),
        ("a.yaml", "student: Lan\nanswers:\n  update gate at 1: [0.88, 0.95]\n  Output (t = 1): [0.85, 0.95]\n"),
        ("a.json", '{"student": "Lan", "answers": {"update gate 1": [0.88, 0.95], "output": [0.85, 0.95]}}'),
        ("a.csv", "student,Lan\nUpdate gate 1,0.88,0.95\ny_1[1],0.85\ny_1[2],0.95\n"),
        ("a.txt", "student = 'Lan'\nz_1 = np.array([[0.88],\n  [0.95]])\ny_1 = [0.85; 0.95];\n"),
        ("a.csv", "quantity;first;second\nstudent;Lan\nz_1;0.88;0.95\ny_1;0.85\ny_1;0.95\n"),
    ],
)
def test_sheets(marking: Marking, name: str, text: str) -> None:
    found = read(marking, text, name)
    assert (found.student, found.unreadable) == ("Lan", {})
    assert written(found) == {"z1": ["0.88", "0.95"], "y1": ["0.85", "0.95"]}
    assert found.numbers == 4


@pytest.mark.parametrize(
    ("spelt", "quantity"),
    [
        ("$z_1$", "z"), ("z(1)", "z"), ("z⟨1⟩", "z"), ("z^{<1>}", "z"), ("z^{(1)}", "z"), ("z^(1)", "z"), ("z_T", "z"),
        ("Z_1", None), ("z_2", None),
        (r"\hat{y}_1", "y"), ("y_hat_1", "y"), ("yhat1", "y"), (r"\tilde{h}_{1}", "g"), ("h~_1", "g"),
    ],
)  # fmt: skip
def test_spellings(marking: Marking, spelt: str, quantity: str | None) -> None:
    found = read(marking, json.dumps({spelt: [0.88, 0.95]}))
    assert [answer.key for answer in found.answers] == ([(quantity, (1,))] if quantity else [])


@pytest.mark.parametrize(
    "spelt", ["dW_f", "dWf", "dW_{f}", "dL/dW_f", "∂L/∂W_f", "∇W_f", "grad_W_f", "W_f.grad", r"\partial L/\partial W_f"]
)
def test_spellings_of_gradients(spelt: str) -> None:
    marking = marking_of(lambda gradients: load("backpropagation/lstm", gradients=gradients))
    (answer,) = read(marking, json.dumps({spelt: [[1, 2], [3, 4]]})).answers
    assert answer.key == ("d_W_f", ())


def test_a_line_of_numbers_is_a_column(marking: Marking) -> None:
    for text in ('"0.88, 0.95"', '"(0.88, 0.95)"', '"[0.88, 0.95]^T"', "0.88, 0.95"):
        assert written(read(marking, f"z_1: {text}\n")) == {"z1": ["0.88", "0.95"]}


@pytest.mark.parametrize(
    ("text", "decimal_comma", "numbers"),
    [
        ("[0,88; 0,95]", True, ["0,88", "0,95"]),
        ("[-0,88;0,95]", True, ["-0,88", "0,95"]),
        ("[1; 0,95]", True, ["1", "0,95"]),
        ("[σ(0,5); 1/3]", True, ["σ(0,5)", "1/3"]),
        ("[0,88 0,95]", True, ["0,88", "0,95"]),
        ("[-0,88 -,95]", True, ["-0,88", "-,95"]),
        ("[0.88; 0.95]", False, ["0.88", "0.95"]),
    ],
)
def test_semicolons_in_a_list(marking: Marking, text: str, decimal_comma: bool, numbers: list[str]) -> None:
    assert written(read(marking, f"z_1: {text}\n", decimal_comma=decimal_comma)) == {"z1": numbers}


def test_decimal_commas_in_a_list(marking: Marking) -> None:
    text = "z_1: [0,88, 0,95]\nr_1: '0,88 0,01'\n"
    assert written(read(marking, text, decimal_comma=True)) == {"z1": ["0,88", "0,95"], "r1": ["0,88", "0,01"]}
    text = '{"z_1":["0,88","0,95"],"r_1":["1","0"]}'
    assert written(read(marking, text, decimal_comma=True)) == {"z1": ["0,88", "0,95"], "r1": ["1", "0"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[0,88, 0,95]", "4 numbers, but 2 were expected (`--decimal-comma` reads `0,73`)"),
        ("[-0,88; 0,95]", "2×2 numbers, but 2×1 was expected (`--decimal-comma` reads `0,73`)"),
        ("[0.88, 1, 0.95, 2]", "4 numbers, but 2 were expected"),
        ("[0,88, 0,95, 1]", "5 numbers, but 2 were expected"),
        ("0.88", "one number, but 2 were expected"),
        ("[[0.88, 0.95, 1]]", "1×3 numbers, but 2×1 was expected"),
    ],
)
def test_other_numbers_than_expected(marking: Marking, text: str, told: str) -> None:
    """Of a column it is told how many there are, and of decimal commas that were not asked for how they are read."""
    assert written(read(marking, f"z_1: {text}\n")) == {"z1": [told, told]}


def test_an_entry_answered_twice(marking: Marking) -> None:
    for text in ("z_1: [0.88, 0.95]\nz_1[2]: 0.59\n", "z_1[1]: 0.88\nz_1[2]: 0.95\nz[1][2]: 0.59\n"):
        found = read(marking, text)
        assert written(found) == {"z1": ["0.88", "0.95"]}
        (one,) = found.unreadable.values()
        assert said(one.reason) == "this entry is answered twice; the first one counts"


@pytest.mark.parametrize(
    "text",
    [
        "z_1: [0.88, 0.95\nr_1: [1 / (1 + e^{-2}), 0.01]\ny_1:\n  - 0.85\n  - 0.95\n",
        "answers:\n  z_1: [0.88 0.95]'  # a column\n  r_1: [1 / (1 + e^{-2}), 0.01]\n  y_1: [0.85, 0.95]\n",
        "z_1: [0.88, 0.95]\nr_1: [1 / (1 + e^{-2}), 0.01]\n---\ny_1: |\n  [[0.85]\n   [0.95]]\n",
        "z_1: [0.88, 0.95]\nr_1 = [1 / (1 + e^{-2}), 0.01]\ny_1=array([[0.85],\n  [0.95]],\n  dtype=float32)\n",
        '{"z_1": [0.88, 0.95],\n "r_1": ["1 / (1 + e^{-2})", 0.01]\n "y_1": [0.85, 0.95]}',
    ],
)
def test_a_broken_line_blocks_no_other(marking: Marking, text: str) -> None:
    found = read(marking, text)
    assert written(found) == {"z1": ["0.88", "0.95"], "r1": ["1 / (1 + e^{-2})", "0.01"], "y1": ["0.85", "0.95"]}
    assert found.unreadable == {}


def test_what_is_left_of_a_broken_sheet(marking: Marking) -> None:
    """What cannot be read is told at its place; a name that is there twice counts once."""
    found = read(marking, "student: Lan\nz_1: [0.88, 0.95]\nz_1: [0, 0]\nr_1: [0.88, 'x]\nq: [1, 2\n")
    assert found.student == "Lan"
    assert written(found) == {"z1": ["0.88", "0.95"], "r1": ["0.88", "a number was expected, not `'x`"]}
    assert {name: said(one.reason) for name, one in found.unreadable.items()} == {
        "z_1": "this quantity is answered twice; the first one counts",
        "q": "this exercise has no such quantity",
    }


def test_items_of_a_list(marking: Marking) -> None:
    for text in ("answers:\n  - z_1: [0.88, 0.95]\n  - r_1: 0\n", "- z_1: [0.88, 0.95]\n- r_1: 0\n"):
        told = "one number, but 2 were expected"
        assert written(read(marking, text)) == {"z1": ["0.88", "0.95"], "r1": [told, told]}


def test_places_left_open(marking: Marking) -> None:
    found = read(marking, '{"z_1": [null, 0.95], "r_1": null, "h_1": ["n/a", "~"], "y_1": []}', "a.json")
    assert written(found) == {"z1": [None, "0.95"], "r1": [None, None], "h1": [None, None], "y1": [None, None]}


def test_a_sheet_as_spreadsheets_save_unicode(marking: Marking) -> None:
    for name, text in (("a.csv", "z_1\t0.88\t0.95\r\n"), ("a.yaml", "z_1: [0.88, 0.95]\r\n")):
        assert written(read(marking, text.encode("utf-16"), name)) == {"z1": ["0.88", "0.95"]}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("z_t", "which step is meant? write `z_1`"), ("h^{(t)}", "which step is meant? write `h_1`"),
        ("z_1[3]", "there is no entry [3]: the size is 2×1"), ("z_1[1,2]", "there is no entry [1,2]: the size is 2×1"),
        ("Z_1", "this exercise has no such quantity; did you mean `z_1`?"),
    ],
)  # fmt: skip
def test_names_of_nothing(marking: Marking, name: str, told: str) -> None:
    found = read(marking, json.dumps({name: 0.5}))
    assert (written(found), [said(one.reason) for one in found.unreadable.values()]) == ({}, [told])


def test_more_numbers_than_the_one_expected() -> None:
    unit = prepare(loads("equations: 'h[t] = w * x[t]'\nfind: [h_1]\ninputs: {x: [2]}\nparameters: {w: 3}\n"))
    assert written(read(unit, "h_1: [6, 7, 8]\n")) == {"h1": ["3 numbers, but one was expected"]}
    told = "2 numbers, but one was expected (`--decimal-comma` reads `0,73`)"
    assert written(read(unit, "h_1: [0,73]\n")) == {"h1": [told]}


def test_what_is_no_answer_blocks_nothing(marking: Marking) -> None:
    found = read(
        marking,
        "z_1: [0.88, oops]\nr_1: [1, 2, 3]\nh̃_1: [[1, 2], [3]]\nh_1: {a: 1}\ny_1: [_, 0.95]\n"
        "q_1: 3\nz: [0, 0]\nx_1: [1, 0]\nr1: [0, 0]\n",
    )
    assert written(found) == {
        "z1": ["0.88", "a number was expected, not `oops`"],
        "r1": ["3 numbers, but 2 were expected"] * 2,
        "g1": ["rows of different lengths; 2×1 was expected"] * 2,
        "h1": ["numbers were expected, not `name: value`"] * 2,
        "y1": [None, "0.95"],
    }
    twice = "this quantity is answered twice; the first one counts"
    assert {name: said(one.reason) for name, one in found.unreadable.items()} == {
        "q_1": "this exercise has no such quantity",
        "z": twice,
        "x_1": "this is given, or nothing that is asked for needs it",
        "r1": twice,
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "- 1\n- 2\n", "a sheet of answers is made of `name: numbers` lines"),
        ("a.yaml", "answers: [1, 2]\n", "a sheet of answers is made of `name: numbers` lines"),
        ("a.yaml", "Dear teacher: [here is\nmy: work\n", "the bracket `[` opened here is not closed"),
        ("a.yaml", "z_1: " + "[" * 30_000, "brackets or indented blocks are nested more than 50 deep"),
        (
            "a.yaml",
            "a: &a [1]\n" + "b: [*a]\nc: [*a, *a]\n" + "d: [" + "*a, " * 200 + "]\n",
            "at most 100 aliases such as `*a` are read",
        ),
        ("a.yaml", "z_1: !!python/object/apply:os.system ['id']\n", "the tag `!!python/object/apply:os.system`"),
        ("a.yaml", "z_1: \x1b[31m0.5\n", "the control character U+001B cannot stand in a text file"),
        ("a.yaml", "z_1: " + "0" * 1_000_001, "a sheet of answers may have 1000000 bytes; this one has 1000006"),
    ],
)
def test_files_that_cannot_be_read(marking: Marking, name: str, text: str, message: str) -> None:
    with pytest.raises(AnswerError) as error:
        read(marking, text, name)
    assert message in error.value.problems[0].what


def test_fewer_long_lines_are_remembered() -> None:
    sizes = ([(2, 1)] * 15, [(2, 1), (10, 1)], [(256, 1)] * 3, [])
    assert [most_remembered(one) for one in sizes] == [3000, 1000, 100, 100]


def test_large_sheets_are_not_remembered(marking: Marking) -> None:
    """Nor is all of what cannot be read in them: memory does not hang on what is handed in."""
    before = marking.reader.answer.cache_info()
    for text in ("z_1: [" + ", ".join(["0.5"] * 20_000) + "]", '{"z_1": [' + ", ".join(["0.5"] * 20_000) + "]}"):
        entry = read(marking, text).answers[0].entries[0]
        assert isinstance(entry, Unreadable)
        assert (len(entry.text), said(entry.reason)) == (10_000, "20000 numbers, but 2 were expected")
    assert marking.reader.answer.cache_info() == before
