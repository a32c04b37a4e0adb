"""The exercises that come with rnncalc, found by name from any folder."""

from pathlib import Path

import pytest

from rnncalc import UsageError, library
from rnncalc.errors import draw


def test_names_and_texts() -> None:
    assert {"vietai/exercise2", "vietai/exercise3", "vietai/exercise4"} <= set(library.names())
    assert library.names() == sorted(library.names())
    assert library.text("vietai/exercise2").startswith("# yaml-language-server: $schema=../exercise.schema.json\n")
    assert library.text("vietai/exercise2.yaml") == library.text("vietai/exercise2")


@pytest.mark.parametrize("text", ["vietai/exercise2", "vietai/exercise2.yaml", "exercises/vietai/exercise2.yaml"])
def test_found_from_any_folder(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert library.find(text) == library.folder() / "vietai" / "exercise2.yaml"


def test_a_file_of_ones_own_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("vietai").mkdir()
    Path("vietai/exercise2.yaml").write_text("")
    assert library.find("vietai/exercise2.yaml") == Path("vietai/exercise2.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "vietai/exercize2",
            "there is no file and no exercise `vietai/exercize2`\n  help: did you mean `vietai/exercise2`?",
        ),
        ("exercise2", "there is no file and no exercise `exercise2`\n  help: did you mean `vietai/exercise2`?"),
        ("mine.yml", "there is no file and no exercise `mine.yml`\n  help: did you mean `mine.yaml`?"),
        (
            "../../etc/passwd",
            "there is no file and no exercise `../../etc/passwd`\n"
            "  help: `rnncalc exercises` lists those that come with rnncalc",
        ),
        ("", "the name of an exercise file is empty\n  help: write `rnncalc solve FILE`"),
        (
            "a\0b",
            "there is no file and no exercise `a\\x00b`\n"
            "  help: `rnncalc exercises` lists those that come with rnncalc",
        ),
    ],
)  # fmt: skip
def test_not_found(text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("")
    with pytest.raises(UsageError) as caught:
        library.find(text)
    assert draw(caught.value.problems) == f"error: {message}"


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(UsageError):
        library.find("x" * 10_000)


def test_no_such_exercise_to_print() -> None:
    with pytest.raises(UsageError) as caught:
        library.text("vietai/exercise99")
    assert draw(caught.value.problems) == (
        "error: no exercise `vietai/exercise99` comes with rnncalc\n  help: did you mean `vietai/exercise4`?"
    )
