"""How long a short run takes, beside the least a program with its imports can take.

    python benchmarks/startup.py              measure, print the table
    python benchmarks/startup.py --write      and put it into docs/performance.md
    python benchmarks/startup.py --torch PY   time `torch_lstm.py` with this Python as well

The package is installed anew, not editable and byte-compiled, in a virtual environment of its own. The commands take
turns, so that a busy moment of the machine falls on all of them; each is timed from start to exit of its process.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
EXERCISE = "exercises/vietai/exercise2.yaml"
IMPORTS = "import typer, rich.console, rich.table, yaml, pydantic, flint"
ALLOWED = 1.25
"""A solved exercise may take so many times as long as the imports alone."""

SOLVE, BASE, TORCH = f"rnncalc solve lstm {EXERCISE}", f'python -c "{IMPORTS}"', "python benchmarks/torch_lstm.py"
_PACKAGES = ("rnncalc", "typer", "rich", "pyyaml", "pydantic", "python-flint", "msgspec", "numpy")


def installed(folder: Path) -> Path:
    """The `bin` of a fresh environment with the package installed and compiled to byte code."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    binary = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [binary / "python", "-m", "pip", "install", "--quiet", str(ROOT)], check=True, stdin=subprocess.DEVNULL
    )
    subprocess.run([binary / "python", "-m", "compileall", "-q", folder], check=False, stdout=subprocess.DEVNULL)
    return binary


def seconds(command: Sequence[str | Path]) -> float:
    """One run, from the start of the process to its end."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def interleaved(commands: Mapping[str, Sequence[str | Path]], runs: int) -> dict[str, list[float]]:
    """The times of each command: in every round each runs once, every other round in the opposite order."""
    for command in commands.values():
        seconds(command)
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs):
        for name in list(commands)[:: 1 if number % 2 else -1]:
            times[name].append(seconds(commands[name]))
    return times


def versions(python: Path | str, packages: Sequence[str]) -> str:
    """The versions of Python and of packages, as that Python finds them."""
    code = (
        "import sys, platform; from importlib.metadata import version as v;"
        "print('Python', platform.python_version(), *(f'· {p} {v(p)}' for p in sys.argv[1:]))"
    )
    run = subprocess.run([python, "-c", code, *packages], check=True, capture_output=True, text=True)
    return run.stdout.strip()


def table(times: Mapping[str, Sequence[float]], notes: Sequence[str]) -> str:
    """The medians as a Markdown table, with each median beside that of the bare imports."""
    base = median(times[BASE])
    lines = ["| command | median | fastest | slowest | beside the imports |", "| --- | --- | --- | --- | --- |"]
    for name, measured in times.items():
        cells = [f"{1000 * value:.0f} ms" for value in (median(measured), min(measured), max(measured))]
        lines.append(f"| `{name}` | {' | '.join(cells)} | {median(measured) / base:.2f} × |")
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)]) + "\n"


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {date.today().isoformat()}"


def written(text: str, name: str, block: str) -> str:
    """The text of a page with the block between `<!-- measured: name -->` and `<!-- end -->` replaced."""
    head, mark, rest = text.partition(f"<!-- measured: {name} -->\n")
    assert mark, f"docs/performance.md has no part for {name}"
    return head + mark + block + "<!-- end -->" + rest.partition("<!-- end -->")[2]


def report(name: str, block: str, write: bool) -> None:
    """Print the block, and put it into docs/performance.md if asked."""
    print(block)
    if write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), name, block), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=25, help="rounds; at least 15")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--torch", metavar="PYTHON", help="a Python that has PyTorch")
    options = parser.parse_args()
    runs = max(15, options.runs)
    with tempfile.TemporaryDirectory() as name:
        binary = installed(Path(name) / "venv")
        commands: dict[str, Sequence[str | Path]] = {
            SOLVE: [binary / "rnncalc", "solve", "lstm", EXERCISE],
            BASE: [binary / "python", "-c", IMPORTS],
        }
        if options.torch:
            commands[TORCH] = [options.torch, "benchmarks/torch_lstm.py"]
        times = interleaved(commands, runs)
        notes = [
            f"{runs} rounds, the commands taking turns; installed by `pip install .` and byte-compiled",
            machine(),
            versions(binary / "python", _PACKAGES),
            f"PyTorch: {versions(options.torch, ['torch', 'numpy'])}" if options.torch else "PyTorch: skipped",
        ]
    report("startup", table(times, notes), options.write)
    ratio = median(times[SOLVE]) / median(times[BASE])
    print(f"ratio {ratio:.2f}, allowed {ALLOWED}: {'kept' if ratio <= ALLOWED else 'BROKEN'}")
    return 0 if ratio <= ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
