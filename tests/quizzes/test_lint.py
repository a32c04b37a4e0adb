"""What no escaping helps against is an error that points at the exercise: whole messages."""

from pathlib import Path

import pytest

from rnncalc import RnncalcError, quizzes
from rnncalc.cli.asked import written
from rnncalc.errors import draw
from rnncalc.teaching.exam import exam

PLAIN = "equations: |\n  y = sigmoid(a)\n  z = exp(a)\nfind: [y, z]\nparameters: {a: 2}\n"


def refusal(folder: Path, text: str, system: str, **how: str) -> str:
    """What is said of a file that a system cannot be given."""
    file = folder / "f.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RnncalcError) as caught:
        quizzes.write(system, exam(written([str(file)]), mistakes=False, **how))  # type: ignore[arg-type]
    return draw(caught.value.problems).replace(str(file), "f.yaml")


@pytest.mark.parametrize("system", ["moodle", "gift"])
def test_parts_of_the_marks(tmp_path: Path, system: str) -> None:
    text = PLAIN + "policy:\n  mistake: 0.24\n  credit: {too few digits: 1/7}\n"
    assert refusal(tmp_path, text, system) == (
        "f.yaml:7:3: error: `mistake` is worth 0.24, a part of the marks that Moodle does not know\n"
        "    7 │   mistake: 0.24\n      │   ^^^^^^^^^^^^^\n  help: the nearest that it knows is 0.25"
    )


@pytest.mark.parametrize("system", ["moodle", "gift"])
def test_names_that_are_too_long(tmp_path: Path, system: str) -> None:
    text = f'title: "{"long " * 60}"\n' + PLAIN
    found = refusal(tmp_path, text, system, title="short")
    length = {"moodle": 299, "gift": 302}[system]
    assert (
        f"f.yaml:1:8: error: the name `{('long ' * 8)}…` has {length} characters, and Moodle cuts it off at 255\n"
        in found
    )
    assert found.endswith("  help: shorten `title:`")


def test_a_category_that_is_too_long(tmp_path: Path) -> None:
    assert refusal(tmp_path, PLAIN, "moodle", title="x" * 256) == (
        f"error: the name `{'x' * 40}…` has 256 characters, and Moodle cuts it off at 255\n"
        "  help: give a shorter `--title`"
    )


@pytest.mark.parametrize("system", quizzes.names())
def test_no_marks_at_all(tmp_path: Path, system: str) -> None:
    assert refusal(tmp_path, PLAIN.replace("[y, z]", "[z]") + "marks: {y: 3}\n", system) == (
        "f.yaml:6:8: error: `f`: `marks:` gives no answer that is asked for any marks\n"
        "    6 │ marks: {y: 3}\n      │        ^^^^^^\n"
        "  help: give one of `find:` some, or leave `marks:` out"
    )


def test_marks_in_gift(tmp_path: Path) -> None:
    assert refusal(tmp_path, PLAIN + "marks: {y: 3, z: 1}\n", "gift") == (
        "f.yaml:6:8: error: `f`: every number counts the same in GIFT, whatever `marks:` says\n"
        "    6 │ marks: {y: 3, z: 1}\n      │        ^^^^^^^^^^^^\n"
        "  help: leave `marks:` out, or export `--to moodle`"
    )


def test_kinds_of_questions(tmp_path: Path) -> None:
    assert refusal(tmp_path, PLAIN, "moodle", kind="numericl") == (
        "error: `moodle` has no questions of the kind `numericl`\n  help: did you mean `numerical`?"
    )
    assert refusal(tmp_path, PLAIN, "qti", kind="numerical") == (
        "error: `qti` has no questions of the kind `numerical`\n  help: leave `--kind` out"
    )


def test_a_formula_that_looks_like_a_field(tmp_path: Path) -> None:
    text = PLAIN + 'symbols: {y: "h_1:NUMERICAL:=5"}\n'
    assert refusal(tmp_path, text, "moodle") == (
        "f.yaml:4:7: error: `f`: Moodle takes `{1:NUMERICAL:` in a formula for a field\n"
        "    4 │ find: [y, z]\n      │       ^^^^^^\n"
        "  help: give the quantity another name in `symbols:`"
    )


def test_letters_are_no_numbers(tmp_path: Path) -> None:
    text = "equations: y = sigmoid(w * a)\nfind: [y]\nparameters: {a: 2, w: w}\nsymbolic: [w]\n"
    assert refusal(tmp_path, text, "moodle") == (
        "f.yaml:2:7: error: `f` has letters among its numbers: a quiz asks for numbers\n"
        "    2 │ find: [y]\n      │       ^^^\n  help: put numbers in for the letters"
    )
