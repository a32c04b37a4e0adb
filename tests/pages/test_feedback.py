"""What a student reads: whole pages and error messages of `rnncalc check` and `rnncalc answers`."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from places import ROOT
from test_cli import Run, run
from test_docs import paths

from rnncalc import load
from rnncalc.checking import check, diagnose, prepare, read
from rnncalc.checking.linting import hiding
from rnncalc.checking.linting.hiding import Unexamined
from rnncalc.checking.linting.lint import lint
from rnncalc.pages.advice import lint_record
from rnncalc.pages.checked import check_record
from rnncalc.pages.verdicts import percent

__all__ = ["run"]


CHAIN = """\
title: A chain
equations: |
  a[t] = w * x[t]
  h[t] = sigmoid(a[t])
  y[t] = v * h[t]
steps: [{title: Output, remark: a multiple of the state, of: [y]}]
inputs: {x: [0.7]}
parameters: {w: 2.345, v: 3}
find: [y_1]
"""


@pytest.fixture
def files(run: Run) -> Run:
    Path("chain.yaml").write_text(CHAIN)
    return run


def test_a_right_sheet(files: Run) -> None:
    Path("sheet.yaml").write_text("student: Lan\na1: 1.6415\nh1: 0.838\ny1: 2.514\n")
    assert files("check", "chain.yaml", "sheet.yaml") == (
        0,
        "A chain                                                     Lan · 3 of 3 · 100 %\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "    │ yours  │ verdict\n"
        "────┼────────┼──────────────────────────────────────\n"
        " a₁ │ 1.6415 │ right\n"
        " h₁ │ 0.838  │ right\n"
        " y₁ │ 2.514  │ right, from your own rounded numbers\n"
        "\n"
        "note: keep more digits on the way, and round only what you write down at the\n"
        "      end.\n"
        "\n"
        "Rule: a number is right if it is the true value rounded to the digits you wrote,\n"
        "or follows from your own rounded numbers.\n",
        "",
    )


def test_names_on_a_web_page_are_code(files: Run) -> None:
    """What a student wrote stays text, and stands apart from the words around it; advice is not folded away."""
    Path("sheet.yaml").write_text("a1: 1.64\nh1: 0.5\ny1: '<b>'\n<i>: 1\n")
    page = files("check", "chain.yaml", "sheet.yaml", "--format", "html").out
    assert "<td>not read: a number was expected, not <code>&lt;b&gt;</code></td>" in page
    assert "<code>&lt;i&gt;</code> is not counted: this exercise has no such quantity</div>" in page
    assert "`" not in page
    assert page.index("</details>") < page.index("<p>Rule: ")


def test_a_hundred_per_cent_are_all_marks() -> None:
    marks = [(0, 0), (0, 3), (1, 3), (199, 200), (999, 1000), (200, 200)]
    assert [percent(Fraction(earned), Fraction(of)) for earned, of in marks] == [100, 0, 33, 99, 99, 100]


def test_lines_that_are_not_counted(files: Run) -> None:
    """The first ones are named; the page stays short, whatever was handed in."""
    Path("sheet.yaml").write_text("y1: 2.5132\n" + "".join(f"y_{n}: 0\n" for n in range(7, 130)))
    out = files("check", "chain.yaml", "sheet.yaml").out
    named = [line for line in out.splitlines() if line.startswith("note: ")]
    assert named[0] == "note: `y_7` is not counted: this is given, or nothing that is asked for needs it"
    assert (len(named), named[-1]) == (21, "note: 103 more lines are not counted.")


def test_standard_input_twice(files: Run) -> None:
    assert files("check", "-", "-") == (
        2, "", "error: `-`, the standard input, can be read once only\n  help: name a file\n",
    )  # fmt: skip


def test_a_wrong_sheet(files: Run) -> None:
    Path("sheet.yaml").write_text("h1: 0.838\ny1: 2.8\nq: \x1b5\n".replace("\x1b", "<b>"))
    code, out, err = files("check", "chain.yaml", "sheet.yaml", "--digits", "3", "--reveal")
    assert (code, err) == (1, "")
    assert out.splitlines()[2:] == [
        "    │ yours │ verdict",
        "────┼───────┼────────────",
        " h₁ │ 0.838 │ right",
        " y₁ │ 2.8   │ wrong here",
        "",
        "note: `q` is not counted: this exercise has no such quantity",
        "",
        "First wrong step: Output",
        "    y₁ = v·h₁",
        "       = 3·0.838",
        "",
        "┌──────────────────────────┐",
        "│ Right value   y₁ ≈ 2.513 │",
        "└──────────────────────────┘",
        "",
        "Rule: a number is right if it is the true value rounded to the digits you wrote,",
        "or follows from your own rounded numbers, each to 3 digits.",
    ]


NEAR = "a number is right if it is the true value rounded to the digits you wrote"
OWN = f"{NEAR}, or follows from your own rounded numbers"
KEEP = "keep more digits on the way, and round only what you write down at the end."
FAR = f"the last digits of h₁ and y₁ come from your own roundings: {KEEP}"
CUT = "some numbers are cut off; the next digit decides whether to round up."
HALF = "right value, too few digits (counts 1/2)"
GIVEN = "right, from your own rounded numbers"


@pytest.mark.parametrize(
    ("sheet", "options", "verdicts", "notes", "rule"),
    [
        ("y1: 2.5132", "", ["right"], [], OWN),
        ("a1: 1.6\nh1: 0.832\ny1: 2.4961", "", ["right", GIVEN, GIVEN], [FAR.replace("h₁ and ", "")], OWN),
        ("a1: 1.6\nh1: 0.8320\ny1: 2.4961", "", ["right", GIVEN, GIVEN], [FAR], OWN),
        ("h1: 0.837\ny1: 2.513", "", ["right, but cut instead of rounded", "right"], [CUT],
         f"{OWN}; one that is cut off instead of rounded counts as right"),
        ("a1: 1.7\nh1: 0.838", "--credit last_digit=0",
         ["right but for the last digit (counts 0)", "right", "no answer"], [],
         f"{OWN}; one that is off by one and a half units of its last digit at most counts nothing"),
        ("y1: 2.5", "--digits 3", [HALF], ["the exercise asks for 3 digits."],
         f"{OWN}, each to 3 digits; one with fewer digits than asked for counts 1/2"),
        ("y1: 2.5", "--tolerance 0.001", [HALF], ["write so many digits that a number can be within 0.001."],
         "a number is right if it differs from the true value by 0.001 at most, or follows from your own rounded "
         "numbers; one with fewer digits than asked for counts 1/2"),
        ("a1: 1.64\nh1: 0.8376\ny1: 2.513", "--rounding end",
         ["right", "not the true value: rounded on the way (counts 0)", "right"], [KEEP],
         f"{NEAR}; numbers on the way must not be rounded"),
        ("h1: 0.73\ny1: 2.19", "--credit follows=1/4 --each step",
         ["wrong here", "follows from your wrong number above (counts 1/4)"], [],
         f"{OWN}; one that follows from a wrong number of yours counts 1/4; "
         "a step counts only if all its entries are right"),
    ],
)  # fmt: skip
def test_the_rule_in_one_sentence(
    files: Run, sheet: str, options: str, verdicts: list[str], notes: list[str], rule: str
) -> None:
    """It says what the verdicts count that were given; a remark says what to do better."""
    Path("sheet.yaml").write_text(sheet)
    arguments = [option.replace("_", " ") for option in options.split()]
    out = files("check", "chain.yaml", "sheet.yaml", *arguments, "--format", "markdown").out
    rows = [line.removesuffix(" |").split(" | ") for line in out.splitlines() if line.startswith("| ")]
    assert [row[-1] for row in rows[2:]] == verdicts
    assert re.findall(r"> \*\*Note\*\*\n> (.*)", out) == notes
    assert out.splitlines()[-1] == f"Rule: {rule}."


def test_a_step_that_has_a_remark_and_no_title(files: Run) -> None:
    Path("bare.yaml").write_text(CHAIN.replace("title: Output, ", ""))
    Path("sheet.yaml").write_text("a1: 1.6415\nh1: 0.838\ny1: 9\n")
    assert "\n\nFirst wrong step\n    y₁ = v·h₁\n" in files("check", "bare.yaml", "sheet.yaml")[1]
    assert re.search(r"\n3 · y +a multiple of the state\n", files("solve", "bare.yaml")[1])


def test_a_cause(files: Run) -> None:
    Path("sheet.yaml").write_text("z_1: [0.7311, 0.8808]\nr1: [0.8808, 0.0067]\ny1: [0.7048, 0.8764]\n")
    out = files("check", "vietai/exercise3", "sheet.yaml").out
    assert out[out.index("First wrong") :] == (
        "First wrong step: Update gate\n"
        "    z₁ = σ(W_z x₁ + U_z h₀ + b_z)\n"
        "          ⎛⎡1  3⎤ ⎡1⎤   ⎡ 3  0⎤ ⎡0⎤   ⎡1⎤⎞\n"
        "       = σ⎝⎣2  0⎦ ⎣0⎦ + ⎣−1  1⎦ ⎣0⎦ + ⎣1⎦⎠\n"
        "\n"
        "Most likely: bias forgotten in z.\n"
        "\n"
        "Your numbers are what this gives:\n"
        "\n"
        "    z₁ = σ(W_z x₁ + U_z h₀)\n"
        "\n"
        "hint: Is every term of the sum there, the bias too?\n"
        "\n"
        "Rule: a number is right if it is the true value rounded to the digits you wrote,\n"
        "or follows from your own rounded numbers; one that follows from a wrong number\n"
        "of yours counts as right.\n"
    )
    assert " z₁ │ [1] │ 0.7311 │ wrong here: bias forgotten\n" in out


def test_a_mistake_at_one_step_that_could_be_at_all(files: Run) -> None:
    """It is one cause, not two: at the other step it changes nothing. Sums are written out with the student's numbers,
    zeros before the first step too."""
    text = (
        "equations: |\n  h[t] = w * h[t-1] + v * x[t]\n  a[t] = softmax(h[t], t)\nfind: [h, a]\n"
        "inputs: {x: [0.5, 0.9]}\nparameters: {w: 0.7, v: 1.2}\n"
    )
    Path("one.yaml").write_text(text)
    Path("sheet.yaml").write_text("h1: 0.6000\nh2: 1.0800\n")
    out = files("check", "one.yaml", "sheet.yaml").out
    assert "    h₂ = w·h₁ + v·x₂\n       = 0.7·0.6000 + 1.2·0.9\n" in out
    assert "Most likely: what is kept of the old state left out in h." in out
    Path("sheet.yaml").write_text("h1: 0.6\nh2: 1.5\na1: 0.8\na2: 0.7\n")
    out = files("check", "one.yaml", "sheet.yaml").out
    assert "First wrong step\n    a₁ = softmaxₜ (hₜ)|ₜ₌₁\n" in out
    assert "e^0.6 + e^1.5" in out
    Path("sheet.yaml").write_text("h1: 0.9\n")
    assert "       = 0.7·0 + 1.2·0.5\n" in files("check", "one.yaml", "sheet.yaml").out


def test_directions_that_were_added(files: Run) -> None:
    """Two states of two numbers each, one below the other, are four numbers."""
    Path("sheet.yaml").write_text("S_1: [1.1199, -0.6718]\nS_2: [1, 2, 3]\n")
    out = files("check", "aibeginners/bidirectional", "sheet.yaml").out
    told = "note: S₁ has all the numbers of its parts, one below the other; they are not added.\n"
    assert " ".join(out.split()).count(" ".join(told.split())) == 1
    assert "S₂ has all" not in out


def test_a_cause_in_vietnamese(files: Run) -> None:
    Path("sheet.yaml").write_text("z_1: [0.7311, 0.8808]\nr1: [0.8808, 0.0067]\ny1: [0.7048, 0.8764]\nq: 1\n")
    assert files("check", "vietai/exercise3", "sheet.yaml", "--reveal", "--lang", "vi").out == (
        "GRU: tìm ŷ₁                                                      4 trên 6 · 67 %\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "    │     │ của bạn │ kết quả\n"
        "────┼─────┼─────────┼─────────────────────────────────\n"
        " z₁ │ [1] │ 0.7311  │ sai ở đây: quên bias\n"
        "    │ [2] │ 0.8808  │ sai ở đây: quên bias\n"
        " r₁ │ [1] │ 0.8808  │ đúng\n"
        "    │ [2] │ 0.0067  │ đúng\n"
        " ŷ₁ │ [1] │ 0.7048  │ suy ra từ số sai của bạn ở trên\n"
        "    │ [2] │ 0.8764  │ suy ra từ số sai của bạn ở trên\n"
        "\n"
        "ghi chú: không tính `q`: bài tập không có đại lượng này\n"
        "\n"
        "Bước sai đầu tiên: Tính giá trị vector tại cổng cập nhật (update gate)\n"
        "    z₁ = σ(W_z x₁ + U_z h₀ + b_z)\n"
        "          ⎛⎡1  3⎤ ⎡1⎤   ⎡ 3  0⎤ ⎡0⎤   ⎡1⎤⎞\n"
        "       = σ⎝⎣2  0⎦ ⎣0⎦ + ⎣−1  1⎦ ⎣0⎦ + ⎣1⎦⎠\n"
        "\n"
        "Nhiều khả năng là: quên bias ở z.\n"
        "\n"
        "Các số của bạn chính là kết quả của công thức này:\n"
        "\n"
        "    z₁ = σ(W_z x₁ + U_z h₀)\n"
        "\n"
        "gợi ý: Đã đủ mọi số hạng của tổng chưa, kể cả bias?\n"
        "\n"
        "┌──────────────────────────────────────┐\n"
        "│ Giá trị đúng   z₁ ≈ (0.8808, 0.9526) │\n"
        "└──────────────────────────────────────┘\n"
        "\n"
        "Quy tắc: một số là đúng nếu nó là giá trị thật được làm tròn đến số chữ số bạn\n"
        "viết, hoặc suy ra từ các số bạn đã làm tròn; số suy ra từ một số sai của bạn\n"
        "được tính là đúng.\n"
    )


def test_several_causes(files: Run) -> None:
    Path("sheet.yaml").write_text("z_1: [0.8808, 0.9526]\nr1: [0.8808, 0.0067]\nh̃_1: [0.964, 0.27]\n")
    found = json.loads(files("check", "vietai/exercise3", "sheet.yaml", "--json").out)
    assert found["causes"] == [{"steps": ["g_1"], "named": False, "candidates": []}]


def test_two_wrong_steps(files: Run) -> None:
    """Each stands under a heading of its own, with its formula."""
    Path("sheet.yaml").write_text(
        "z_1: [0.7311, 0.8808]\nr_1: [0.8808, 0.0067]\nh̃_1: [0.9951, 0.9640]\ny_1: [0.7275, 0.8491]\n"
    )
    out = files("check", "vietai/exercise3", "sheet.yaml").out
    assert out[out.index("hint: Is every") : out.index("Rule: ")] == (
        "hint: Is every term of the sum there, the bias too?\n"
        "\n"
        "Another wrong step: Candidate state\n"
        "    h̃₁ = tanh(W_h x₁ + U_h (r₁ ⊙ h₀) + b_h)\n"
        "             ⎛⎡1  1⎤ ⎡1⎤   ⎡2   3⎤ ⎛⎡0.8808⎤   ⎡0⎤⎞   ⎡1⎤⎞\n"
        "       = tanh⎝⎣2  0⎦ ⎣0⎦ + ⎣0  −2⎦ ⎝⎣0.0067⎦ ⊙ ⎣0⎦⎠ + ⎣1⎦⎠\n"
        "\n"
        "Most likely: entries in another order.\n"
        "\n"
        "hint: Which entry belongs to which unit?\n"
        "\n"
    )


def test_lint(files: Run) -> None:
    """One unit, and one step from a zero state: nearly nothing can be told apart."""
    text = "cell: rnn\nfind: [h]\ninputs: {x: [[1, 2]]}\nparameters: {U: [[1, -1]], W: [[2]], b_s: [0.5]}\n"
    Path("one.yaml").write_text(text)
    code, out, err = files("lint", "one.yaml")
    assert (code, err) == (1, "")
    assert "warning: h: a state with one unit;" in out
    assert " term with the earlier state forgotten │ h\n" in out
    found = json.loads(files("lint", "one.yaml", "--json").out)
    assert found["schema"] == "rnncalc/lint/1"
    assert found["findings"][0]["kind"] == "one unit"


def test_lint_tells_why(files: Run) -> None:
    """What another choice of numbers would show is a finding, with the reason; what none would is a note."""
    text = "cell: rnn\nfind: [h]\ninputs: {x: [[1.5], [0.5]]}\nparameters: {U: [[1], [-1]], b_s: [0.5, 0.2], W: %s}\n"
    Path("one.yaml").write_text(text % "[[2, 1], [1, 0.5]]")
    Path("other.yaml").write_text(text % "[[2, 1], [-1, 0.5]]")
    found = json.loads(files("lint", "one.yaml", "--json").out)
    assert found["findings"] == [
        {"kind": "symmetric", "because": None, "text": "W: symmetric; whoever transposes it gets the same numbers."},
        {"kind": "mistake unnoticed", "because": "symmetric", "text": "matrix transposed: in h"},
    ]
    code, out, _ = files("lint", "other.yaml")
    assert (code, out) == (
        0,
        "other                                                                no findings\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "Every mistake that numbers can show shows, and each in its own way.\n"
        "\n"
        "Notes: nothing to act on ───────────────────────────────────────────────────────\n"
        "\n"
        "The same where a sequence begins with zero\n"
        " look the same                                                        │ made in\n"
        "──────────────────────────────────────────────────────────────────────┼─────────\n"
        " term with the earlier state forgotten = the initial state used again │ h\n"
        " = the state of two steps before                                      │\n",
    )


def test_a_long_exercise_is_examined_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiding, "MOST_WORK", 80)
    marking = prepare(load("vietai/exercise3"))
    (found,) = (one for one in lint(marking) if isinstance(one, Unexamined))
    assert 0 < found.examined <= 80 // len(marking.steps) < found.mistakes


def test_lint_and_mistakes_in_vietnamese(files: Run) -> None:
    """Pages speak the language asked for, what programs read stays English."""
    text = "cell: rnn\nfind: [h]\ninputs: {x: [[1, 2]]}\nparameters: {U: [[1, -1]], W: [[2]], b_s: [0.5]}\n"
    Path("one.yaml").write_text(text)
    out = files("lint", "one.yaml", "--lang", "vi").out
    assert "cảnh báo: h: trạng thái chỉ có một đơn vị;" in out
    assert " quên số hạng chứa trạng thái trước" in out
    assert files("lint", "one.yaml", "--json", "--lang", "vi") == files("lint", "one.yaml", "--json")
    Path("sheet.yaml").write_text("y1: 2.80\nq: 1\n")
    check_in = ("check", "chain.yaml", "sheet.yaml", "--json")
    assert files(*check_in, "--lang", "vi") == files(*check_in)
    assert (
        "Quên hàm kích hoạt                   activation-forgotten\n" in files("mistakes", "lstm", "--lang", "vi").out
    )
    assert " bias-forgotten           │ quên bias\n" in files("mistakes", "--lang", "vi").out


def test_lint_of_a_good_exercise(files: Run) -> None:
    text = "equations: 'y = 2 * sigmoid(a * x + b)'\nparameters: {a: 0.7, x: -1.1, b: 0.3}\nfind: [y]\n"
    Path("good.yaml").write_text(text)
    assert files("lint", "good.yaml").code == 0


def test_the_mistakes_of_a_cell(files: Run) -> None:
    out = files("mistakes", "lstm").out
    assert "    hₜ = tanh(oₜ ⊙ cₜ)\n" in out
    assert files("mistakes", "lstn").err == "error: there is no cell `lstn`\n  help: did you mean `lstm`?\n"
    assert " bias-forgotten " in files("mistakes").out


def test_names_of_mistakes_fit_networks_without_gates_or_sigmoids(files: Run) -> None:
    page = files("mistakes", "rnn-bidirectional", "--color", "never").out
    headings = [line.rsplit(maxsplit=1) for line in page.splitlines() if re.search(r"\S  +[a-z]+(-[a-z0-9]+)+$", line)]
    titles = {slug: title.rstrip() for title, slug in headings}
    assert titles["sigmoid-and-tanh-exchanged"] == "σ and tanh exchanged"
    assert titles["gates-exchanged"] == "Two gates or states exchanged"
    assert titles["cell-and-state-exchanged"] == "Another state in its place"
    assert "Check the sign of what the activation is applied to, and of every exponent in its formula." in " ".join(
        page.split()
    )


def test_the_mistakes_of_an_exercise(files: Run) -> None:
    """What is looked for there, in which equations, and what its numbers hide."""
    code, out, err = files("mistakes", "chain.yaml")
    assert (code, err) == (0, "")
    assert out.startswith("A chain: mistakes that rnncalc check looks for")
    assert re.search(r"^ activation-forgotten +│ activation forgotten +│ h$", out, re.M)
    assert " decimal-point " in out
    assert "Hidden by these numbers\n" in out
    assert files("mistakes", "nowhere/to-be-found").err.startswith("error: there is no file and no exercise")


def assert_described(section: str, record: dict[str, object]) -> None:
    """The table of a section of docs/json-answers.md has the fields of the record, each once."""
    page = (ROOT / "docs" / "json-answers.md").read_text(encoding="utf-8")
    (part,) = (part for part in page.split("\n## ") if part.startswith(section))
    fields = re.findall(r"^\| `([^`]+)` \|", part, re.M)
    assert sorted(fields) == sorted(set(paths(record)))


def test_every_field_is_described() -> None:
    marking = prepare(load("vietai/exercise3"))
    report = check(marking, read(marking, "z_1: [0.7311, 0.8808]\nq: 3\n"))
    assert_described("Checked answers", check_record(report, marking, diagnose(marking, report), reveal=True))
    marking = prepare(load("vietai/exercise2"))
    assert_described("Findings of lint", lint_record(marking, lint(marking)))


def test_the_right_value_is_not_given_away(files: Run) -> None:
    Path("sheet.yaml").write_text("y1: 2.80\n")
    for options in ((), ("--json",)):
        assert "2.51" not in files("check", "chain.yaml", "sheet.yaml", *options).out


def test_json(files: Run) -> None:
    Path("sheet.csv").write_text("student,Lan\ny_1,2.80\n")
    found = json.loads(files("check", "chain.yaml", "sheet.csv", "--json").out)
    assert found["schema"] == "rnncalc/check/1"
    assert (found["student"], found["first_wrong"], found["passed"]) == ("Lan", "y_1", False)
    assert found["parts"][0]["entries"][0]["verdict"] == "wrong"


def test_a_blank_sheet_can_be_filled_in(files: Run) -> None:
    assert files("answers", "chain.yaml", "-o", "sheet.yaml") == (0, "", "")
    text = Path("sheet.yaml").read_text()
    assert "  y_1: _                        # asked for\n" in text
    Path("sheet.yaml").write_text(text.replace("y_1: _", "y_1: 2.513"))
    assert files("check", "chain.yaml", "sheet.yaml").code == 0
    assert files("answers", "chain.yaml", "-o", "sheet.yaml") == (
        2,
        "",
        "error: `sheet.yaml` exists already\n  help: choose another name, or remove the file\n",
    )


def test_a_blank_sheet_in_vietnamese(files: Run) -> None:
    assert files("answers", "chain.yaml", "--lang", "vi").out == (
        "# Bài làm: A chain\n"
        "# Điền một số vào chỗ mỗi dấu `_`; chỗ để trống không bị tính, trừ khi được hỏi.\n"
        "# Một số có thể viết 0.73, -.5, 2e-3, 1/3 hoặc σ(2); số chữ số được tính đúng như bạn viết.\n"
        'student: ""\n'
        "answers:\n"
        "  a_1: _\n"
        "  h_1: _\n"
        "  y_1: _                        # được hỏi\n"
    )


def test_standard_input(files: Run) -> None:
    assert files("check", "chain.yaml", "-", stdin="y1: 2.513\n").code == 0
    Path("sheet.yaml").write_text("y1: 2.513\n")
    assert files("check", "-", "sheet.yaml", stdin=CHAIN).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sheet.yaml"], "there is no file `sheet.yaml`"),
        (["a.txt"], "a.txt:1:1: error: a sheet of answers is made of `name: numbers` lines"),
        (
            ["-", "--credit", "folows=0"],
            "there is no verdict `folows` that can have credit\n  help: did you mean `foll",
        ),
        (["-", "--credit", "follows=2"], "`follows=2`: a credit is a number from 0 to 1"),
        (["-", "--tolerance", "x"], "`--tolerance`: a number was expected, not `x`"),
        (["-", "--rounding", "never"], "`--rounding` has no `never`\n  help: write `--rounding steps` or"),
    ],
)
def test_errors(files: Run, arguments: list[str], message: str) -> None:
    Path("a.txt").write_text("oops\n")
    result = files("check", "chain.yaml", *arguments, stdin="y1: 2.513\n")
    assert (result.code, result.out) == (2, "")
    assert message in result.err


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("policy: {digit: 4}", "`digit` is not a key of `policy:`"),
        ("policy: {rounding: never}", "there is no rounding `never`"),
        ("policy: {each: matrix}", "there is no way to count `matrix`"),
        ("policy: {credit: {wrong: 1}}", "there is no verdict `wrong`"),
        ("policy: {credit: {follows: 2}}", "a credit is a number from 0 to 1"),
        ("policy: {tolerance: -1}", "a number of 0 or more was expected"),
        ("marks: {q_1: 2}", "there is no quantity `q_1`"),
        ("marks: {y_1: 0}", "all marks are 0"),
    ],
)
def test_mistakes_in_the_exercise(files: Run, lines: str, message: str) -> None:
    Path("chain.yaml").write_text(f"{CHAIN}{lines}\n")
    result = files("check", "chain.yaml", "-", stdin="y1: 2.513\n")
    assert (result.code, result.out) == (2, "")
    assert message in result.err
