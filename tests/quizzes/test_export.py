"""`rnncalc export`: what may stand for an exercise, and what it says beside the file."""

import io
import sys
from pathlib import Path

import pytest

from rnncalc import library
from rnncalc.cli import main
from rnncalc.teaching import pitfalls

CELLS = """\
inputs: {x: [[1, 2]]}
find: [h_1]
parameters: {W: [[1]], U: [[2, 3]], b_s: [0.5]}
"""


def run(monkeypatch: pytest.MonkeyPatch, command: str, given: bytes = b"") -> int:
    monkeypatch.setattr(sys, "argv", ["rnncalc", *command.split()])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = library.path("vietai/exercise4")
    assert shipped
    assert run(monkeypatch, "export - --to gift --no-mistakes -o -", shipped.read_bytes()) == 0
    read = capsys.readouterr().out
    assert run(monkeypatch, "export vietai/exercise4 --to gift --no-mistakes -o -") == 0
    assert capsys.readouterr().out == read
    assert read.count("{#") == 2


def test_a_cell_before_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(CELLS, encoding="utf-8")
    assert run(monkeypatch, f"export rnn {file} --to gift --no-mistakes -o -") == 0
    assert capsys.readouterr().out.count("{#") == 1


def test_a_cell_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "export rnn --to moodle") == 2
    assert capsys.readouterr().err == (
        "error: `rnn` is a cell; an exercise file is missing\n"
        "  help: name a file behind it: `rnn FILE`; `rnncalc new rnn -o my.yaml` makes one to start from\n"
    )


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pitfalls, "MOST_WORK", 1000)
    assert run(monkeypatch, "export vietai/exercise4 --to gift -o -") == 0
    said = capsys.readouterr().err
    assert said.startswith("note: `exercise4`: of ")
    assert said.endswith(" are worked out for feedback; all would take too long.\n")
    monkeypatch.setattr(pitfalls, "MOST_WORK", 1)
    assert run(monkeypatch, "export vietai/exercise4 --to gift -o -") == 0
    assert capsys.readouterr().err == (
        "note: `exercise4`: no known mistakes are worked out for feedback: it takes too long, or ends by itself.\n"
    )
    assert run(monkeypatch, "export vietai/exercise4 --to gift --no-mistakes -o -") == 0
    assert capsys.readouterr().err == ""


def test_the_name_of_a_file_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, "export vietai/exercise3 --to qti --no-mistakes") == 0
    assert capsys.readouterr().err == "written: gru-find-y1.zip\n"
    assert (tmp_path / "gru-find-y1.zip").exists()
