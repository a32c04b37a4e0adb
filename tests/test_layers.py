"""Imports run one way, and a short run imports little."""

import subprocess
import sys

import pytest
from places import ROOT


def test_contracts_are_kept() -> None:
    """The contracts of import-linter, in pyproject.toml."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def loaded(arguments: str) -> set[str]:
    """The packages that a run of the program loads."""
    code = (
        "import sys\nfrom rnncalc.cli import main\nsys.argv[1:] = sys.argv[1].split()\n"
        "try: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code, arguments], capture_output=True, text=True, check=True)
    return {module.partition(".")[0] for module in run.stderr.split()}


@pytest.mark.parametrize(
    ("arguments", "not_loaded"),
    [
        ("--help", {"sympy", "numpy", "flint", "yaml"}),
        ("solve vietai/exercise2", {"sympy", "numpy", "hypothesis"}),
        ("solve vietai/exercise2 --float64", {"sympy", "flint"}),
    ],
)
def test_a_run_loads_only_what_it_needs(arguments: str, not_loaded: set[str]) -> None:
    assert loaded(arguments) & not_loaded == set()
