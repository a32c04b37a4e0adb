"""What `from rnncalc import …` gives."""

import subprocess
import sys
from pathlib import Path

import pytest

import rnncalc
from rnncalc import Exercise, Precision, Solution, UsageError, load, loads, solve
from rnncalc.errors import draw


def test_public_names() -> None:
    assert all(getattr(rnncalc, name) is not None for name in rnncalc.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = rnncalc.nothing


def test_load_and_solve() -> None:
    exercise = load("vietai/exercise2")
    assert isinstance(exercise, Exercise)
    solution = solve(exercise)
    assert isinstance(solution, Solution)
    assert solution["h_1"] == [["0"], ["0.000120377024383802"]]
    assert solution["c̃₁"] == [["0"], ["0.999998336943945"]]
    assert str(solution) == solution.text() == solution.text("steps", "terminal")
    assert "h₁ ≈ (0, 0.0001204)" in str(solution)


def test_it_shows_itself_in_jupyter() -> None:
    markdown = solve(load("vietai/exercise2"))._repr_markdown_()
    assert markdown == solve(load("vietai/exercise2")).text(format="markdown")
    assert markdown.startswith("# ")
    assert "$$" in markdown


@pytest.mark.parametrize("quantity", ["h_2", "nothing", "W_f"])
def test_a_quantity_that_was_not_computed(quantity: str) -> None:
    with pytest.raises(UsageError) as caught:
        solve(load("vietai/exercise2"))[quantity]
    assert draw(caught.value.problems) == (
        f"error: `{quantity}` is not among the quantities computed\n  help: ask for it under `find:`"
    )


def test_digits() -> None:
    exercise = load("vietai/exercise2")
    found = solve(exercise, precision=Precision(3, "significant"))
    assert found.record()["answers"]["h_1"]["value"] == [["0"], ["0.000120"]]
    with pytest.raises(ValueError, match="digits must be 1 to 1000, not 0"):
        Precision(0)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    solve(load("vietai/exercise2"), progress=lambda done, total: told.append((done, total)))
    assert told[:6] == [(number, 6) for number in range(1, 7)]


def test_a_text_has_the_name_it_is_given() -> None:
    assert loads("equations: y = a\nparameters: {a: 1}\n", "mine").name == "mine"


def test_a_path_object(tmp_path: Path) -> None:
    file = tmp_path / "task.yaml"
    file.write_text("equations: y = a\nparameters: {a: 1}\n")
    assert load(file).name == load(str(file)).name == "task"


def test_importing_costs_nothing() -> None:
    code = "import sys, rnncalc; print('flint' in sys.modules or 'yaml' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_a_numeric_solution_imports_no_heavy_package() -> None:
    code = (
        "import sys; from rnncalc import load, solve; str(solve(load('vietai/exercise2')));"
        "print([name for name in ('numpy', 'sympy', 'pydantic', 'rich', 'typer') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
