"""The commands import and verify, from a file of weights to the exit code."""

import json
import sys
from pathlib import Path

import pytest
from weights.writers import write_npz

from rnncalc import cli

WEIGHTS = {
    "rnn.weight_ih_l0": [[0.5, -1.0]],
    "rnn.weight_hh_l0": [[0.25]],
    "rnn.bias_ih_l0": [0.1],
    "rnn.bias_hh_l0": [-0.2],
}


@pytest.fixture(autouse=True)
def _a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_npz(Path("model.npz"), WEIGHTS)
    Path("x.csv").write_text("1,2\n0.5,-1\n", encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["rnncalc", *line.split()])
    with pytest.raises(SystemExit) as exit:
        cli.main()
    assert isinstance(exit.value.code, int)
    return int(exit.value.code), *capsys.readouterr()


def test_from_weights_to_a_verdict(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    # tanh(0.5 · 1 − 2 + 0.1 − 0.2) = −0.92167, tanh(0.5 · 0.5 + 1 + 0.1 − 0.2 − 0.25 · 0.92167) = 0.72568
    assert run(capsys, monkeypatch, "import model.npz --input x.csv -o a.yaml") == (0, "", "")
    code, page, _ = run(capsys, monkeypatch, "solve a.yaml --detail answers")
    assert code == 0
    assert "h₂ ≈ 0.7257" in page
    code, text, _ = run(capsys, monkeypatch, "verify a.yaml --against onnx --json")
    assert code == 0
    assert json.loads(text)["quantities"]["h"]["compared"] == 2
    code, page, err = run(capsys, monkeypatch, "verify a.yaml --against onnx --tolerance 1e-30")
    assert (code, err) == (1, "")
    assert "warning: beyond 1·10⁻³⁰: h" in page


def test_an_exercise_is_not_written_over(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    message = "error: `x.csv` exists already\n  help: choose another name, or remove the file\n"
    assert run(capsys, monkeypatch, "import model.npz -o x.csv") == (2, "", message)


def test_a_cell_of_ones_own(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its equations are written into the exercise, which needs no other file."""
    Path("own.yaml").write_text("equations: |\n  s[t] = tanh(W @ x[t] + s[t-1])\n", encoding="utf-8")
    write_npz(Path("own.npz"), {"W": [[1.0, 2.0]], "s_0": [0.5]})
    assert run(capsys, monkeypatch, "import own.npz --cell own.yaml --input x.csv") == (
        0,
        """\
# Read by `rnncalc import --cell` from own.npz.
# Each number is the shortest decimal that float64 reads back as the number of the file.
title: "own: find s"
source: "own.npz"
equations: |
  s[t] = tanh(W @ x[t] + s[t-1])
find: [s]
inputs:                         # one row per time step
  x: [[1, 2], [0.5, -1]]
parameters:                     # exactly as the file has them
  W: [[1, 2]]
initial:                        # the states before the first step
  s: [0.5]
""",
        "",
    )
