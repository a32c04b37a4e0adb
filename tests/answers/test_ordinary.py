"""Ordinary sheets, read without a parser of YAML: just as the careful reader reads them, or not at all."""

import json
from random import Random

import pytest

from rnncalc.answers.lines import Line, Sheet
from rnncalc.answers.ordinary import read_ordinary
from rnncalc.answers.sheet import _from_nodes, _ordinary
from rnncalc.errors import RnncalcError
from rnncalc.source import read_text

SHEET = """\
# Answers to: GRU
student: "Lan Trần"
exercise: vietai/exercise3
answers:
  z_1: [0.50, -.5]   # asked for
  h̃_1: [[1e-3, _], [1/3, +2.]]

ŷ_1: 0.8491
h[2]: [ 0.1 , 0.2 ]
"""
JSON = """\
{"student": 12, "answers": {"z_1": [0.50, -2.0e-3], "h̃_1": "σ(2)"},
 "W": [[1, 2], [3, "1/3"]], "y": 0.8, "z": "[1, 2]"}
"""


def test_lines() -> None:
    assert read_ordinary(SHEET) == Sheet(
        "Lan Trần",
        (
            Line("z_1", (("0.50",), ("-.5",))),
            Line("h̃_1", (("1e-3", "_"), ("1/3", "+2."))),
            Line("ŷ_1", (("0.8491",),)),
            Line("h[2]", (("0.1",), ("0.2",))),
        ),
    )


def test_json() -> None:
    assert read_ordinary(JSON) == Sheet(
        "12",
        (
            Line("z_1", (("0.50",), ("-2.0e-3",))),
            Line("h̃_1", (("σ(2)",),)),
            Line("W", (("1", "2"), ("3", "1/3"))),
            Line("y", (("0.8",),)),
            Line("z", (("1", "2"),)),
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "h_1: 0.5\nh_1: 0.6\n", "h_1:\n  0.5\n", "h_1: 0.5\n  0.6\n", "h_1: [0.5,\n  0.6]\n",
        "answers:\n  h_1: 0.5\n   c_1: 0.5\n", "answers:\n  h_1: 1\nc_1: 2\n  i_1: 3\n", "h_1: 0.5 0.6\n",
        "h_1: σ(2)\n", "h_1: [?, 0.5]\n", "h_1:0.5\n", "h_1: &a 0.5\n", "Student: Lan\nh_1: 1\n", "---\nh_1: 1\n",
        "- h_1: 0.5\n", "h_1: 0.5\x00\n", "\ufeffh_1: 0.5\n", "h_1:\t0.5\n", "answers: 3\nh_1: 2\n",
        "student: a\nstudent: b\nh_1: 2\n",
        "{}", '{"h": 1, "h": 2}', '{"h": [1, [2]]}', '{"h": true}', '{"h": NaN}', '{"h": {"a": 1}}', '{"h": []}',
        '{"h": ["[1, 2]"]}', '{"h": 1} x', '{"h": "\\u0031"}', '{"Student": 1, "h": 2}', '{"h": 1', "{h: 1}",
        '{"h": "?"}', '{"h": ' + "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_left_to_the_careful_reader(text: str) -> None:
    assert read_ordinary(text) is None


def careful(text: str) -> Sheet | None:
    try:
        return _from_nodes(read_text(text, "x"), decimal_comma=False)
    except RnncalcError:
        return None


def test_both_readers_agree() -> None:
    """Sheets with some characters changed at random."""
    rng, read = Random(1), 0
    pieces = [
        *"[]{},:#'\" \n-_.e/+0\\ł?&*!|>%@`~",
        "\n  ",
        ": ",
        " #",
        "answers:\n",
        "student",
        "h_1: 1\n",
        "\t",
        "\r\n",
    ]
    for text in (SHEET, JSON, json.dumps({"h_1": [0.5, -0.25], "c_1": 1}, indent=2)):
        assert _ordinary(text) == careful(text)
        for _ in range(1500):
            changed = text
            for _ in range(rng.randint(1, 3)):
                place = rng.randrange(len(changed))
                changed = changed[:place] + rng.choice([*pieces, ""]) + changed[place + rng.randint(0, 2) :]
            found = _ordinary(changed)
            if found is not None:
                read += 1
                # YAML wants a colon on the line of its name, JSON does not.
                assert careful(changed) in ((found, None) if changed.startswith("{") else (found,)), changed
    assert read > 300
