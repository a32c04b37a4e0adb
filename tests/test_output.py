"""Bytes go where text goes: whole or not at all, and never to a terminal."""

import csv
import io
import sys
from pathlib import Path

import pytest

from rnncalc import output
from rnncalc.errors import UsageError

DATA = b"%PDF\xff\r\n\n"


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    output.write(DATA, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == DATA


def test_bytes_are_piped_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe))
    output.write(DATA, None)
    assert pipe.getvalue() == DATA


def test_bytes_are_not_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(UsageError) as caught:
        output.write(DATA, None)
    (problem,) = caught.value.problems
    assert problem.what == "this format is not for reading in a terminal"
    assert problem.hint == "`-o FILE` writes it to a file"


def test_cells_that_spreadsheets_take_for_formulas() -> None:
    """Also where the spreadsheet cuts at semicolons, as it does where commas are decimal."""
    cells = ["=1+1", "+1", "-1", "@x", "\t=x", "a;=x", "a; +x", "a\n=x", "b-c; d=e", "0.5"]
    found = next(csv.reader(io.StringIO(output.csv_text([cells]), newline="")))
    assert found == ["'=1+1", "'+1", "'-1", "'@x", "'\t'=x", "a;'=x", "a;' +x", "a\n'=x", "b-c; d=e", "0.5"]
