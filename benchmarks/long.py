"""Time and memory of an LSTM of two units over 100 000 steps, its last three shown.

    python benchmarks/long.py             measure, print the table
    python benchmarks/long.py --write     and put it into docs/performance.md

Measured is `rnncalc solve long.yaml --last 3` as a whole: reading the file, computing, printing.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from startup import installed, machine, report, versions

STEPS = 100_000


def text(steps: int) -> str:
    """The exercise: inputs of two entries, parameters that all differ."""
    numbers = random.Random(1)

    def vector() -> str:
        return f"[{numbers.randint(-99, 99) / 100}, {numbers.randint(-99, 99) / 100}]"

    parameters = [f"  {name}_{gate}: [{vector()}, {vector()}]" for name in "WU" for gate in "fico"]
    parameters += [f"  b_{gate}: {vector()}" for gate in "fico"]
    rows = ", ".join(vector() for _ in range(steps))
    head = f"cell: lstm\nfind: [h_{steps}]\ninitial: {{h: [0.1, -0.2], c: [0.3, 0.4]}}\nparameters:\n"
    return head + "\n".join(parameters) + f"\ninputs:\n  x: [{rows}]\n"


def measured(command: list[str | Path]) -> tuple[float, float]:
    """(seconds, peak memory in MB) of one run."""
    began = perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"exit code {process.returncode}"
    return took, usage.ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        binary = installed(folder / "venv")
        file = folder / "long.yaml"
        file.write_text(text(STEPS), encoding="utf-8")
        lines = ["| command | time | peak memory |", "| --- | --- | --- |"]
        for options in ("", " --float64"):
            command = [binary / "rnncalc", "solve", file, "--last", "3", *options.split()]
            took, memory = measured(command)
            lines.append(f"| `rnncalc solve long.yaml --last 3{options}` | {took:.1f} s | {memory:.0f} MB |")
        size = file.stat().st_size / 1e6
        notes = [f"T = {STEPS:,}".replace(",", " ") + f", 2 units, 2 entries an input; the file has {size:.1f} MB"]
        notes += [machine(), versions(binary / "python", ("rnncalc", "pyyaml", "python-flint", "numpy"))]
    report("long", "\n".join([*lines, "", *(f"- {note}" for note in notes)]) + "\n", "--write" in sys.argv)


if __name__ == "__main__":
    main()
