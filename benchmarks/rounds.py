"""What the benchmarks of float64 programs share: variants measured in rounds, each in a process of its own with one
thread, so that a busy moment of the machine falls on all of them. A process computes its data, runs once without a
clock, and then takes the fastest of some runs. Compared are the fastest times of all rounds; results are compared too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import startup

FOLDER = startup.ROOT / "docs" / "performance"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NOT_SET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Choices of another kernel than OpenBLAS's own for this processor: no variant is to be slowed by them."""
EXACT = 1e-10
WITH_TORCH = find_spec("torch") is not None

Run = Callable[[], Any]
"""One run of a variant: all results in one array."""


class Size(NamedTuple):
    steps: int
    units: int
    inputs: int

    @property
    def title(self) -> str:
        return f"T = {self.steps:,}, H = {self.units}, D = {self.inputs}".replace(",000", " 000")


class Variant(NamedTuple):
    """`make` prepares a run for a size: what is done once for many runs stands outside of the clock."""

    title: str
    make: Callable[[Size], Run]


class Measure(NamedTuple):
    """Seconds of the fastest run, MB that the first run added to the process."""

    seconds: float
    memory: float


Variants = Mapping[str, Variant]


def arrays(size: Size, *last: int) -> dict[str, Any]:
    """Inputs and parameters of an LSTM that all differ, of a size that keeps the gates open; `last` is an axis of
    exercises."""
    import numpy as np

    numbers = np.random.default_rng(1)
    result = {"x": numbers.normal(size=(size.steps, size.inputs, 1, *last))}
    for gate in "fioc":
        result[f"W_{gate}"] = numbers.normal(size=(size.units, size.inputs, *last)) / size.inputs**0.5
        result[f"U_{gate}"] = numbers.normal(size=(size.units, size.units, *last)) / size.units**0.5
        result[f"b_{gate}"] = numbers.normal(size=(size.units, 1, *last))
    return result


def measured(run: Run, result: Path) -> Measure:
    """Measure in this process, and leave the result in a file."""
    import numpy as np

    before = memory("VmRSS")
    found = run()
    added = memory("VmHWM") - before
    np.save(result, np.asarray(found))
    del found
    times: list[float] = []
    while len(times) < 3 or (sum(times) < 1 and len(times) < 50):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    return Measure(min(times), added)


def memory(kind: str) -> float:
    """MB of this process in memory, now (VmRSS) or at its peak (VmHWM). `getrusage` would begin with the peak of the
    process that started this one."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024


def elsewhere(script: str, variant: str, size: Size, result: Path) -> Measure:
    """Measure in a process of its own."""
    command = [sys.executable, script, "--one", variant, *map(str, size), str(result)]
    environment = {key: value for key, value in os.environ.items() if key not in NOT_SET} | ONE_THREAD
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return Measure(*json.loads(run.stdout))


def rounds(script: str, names: Sequence[str], size: Size, count: int) -> dict[str, list[Measure]]:
    """The measures of each variant, whose results agree."""
    import numpy as np

    found: dict[str, list[Measure]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        results = {name: Path(folder) / f"{name}.npy" for name in names}
        for number in range(count):
            for name in names[:: 1 if number % 2 == 0 else -1]:
                found[name].append(elsewhere(script, name, size, results[name]))
        first, *others = (np.load(result) for result in results.values())
    for other in others:
        assert np.max(abs(first - other)) <= EXACT * max(1, np.max(abs(first))), "results differ"
    return found


def lines(title: str, variants: Variants, found: Mapping[str, list[Measure]], as_speed: bool = False) -> list[str]:
    """One line of the table for each variant; the first is compared with the others, as a part of their time or, with
    `as_speed`, as so many times their speed."""
    fastest = {name: min(measure.seconds for measure in measures) for name, measures in found.items()}
    ours, *others = fastest
    ratios = {
        name: f"1 / {fastest[name] / fastest[ours]:.0f}" if as_speed else f"{fastest[ours] / fastest[name]:.2f} ×"
        for name in others
    }
    result = []
    for name, measures in found.items():
        middle = median(measure.seconds for measure in measures)
        memory = median(measure.memory for measure in measures)
        times = f"{1000 * fastest[name]:.1f} ms | {1000 * middle:.1f} ms"
        result.append(f"| {title} | {variants[name].title} | {times} | {ratios.get(name, '')} | {memory:.0f} MB |")
        title = ""
    return result


def kernel() -> str:
    """What OpenBLAS computes with, where threadpoolctl is there to tell."""
    if find_spec("threadpoolctl") is None:
        return ""
    code = (
        "import numpy, threadpoolctl as t; print(*(f\"{i['internal_api']} {i['version']}, kernel {i['architecture']}\""
        " for i in t.threadpool_info() if i['user_api'] == 'blas'))"
    )
    environment = {key: value for key, value in os.environ.items() if key not in NOT_SET}
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    return f"NumPy's {run.stdout.strip()}; {' and '.join(NOT_SET)} not set"


def main(script: str, variants: Variants, table: Callable[[int], list[str]]) -> int:
    """The command line of a benchmark: its docstring is the help, `table(rounds)` measures. The page and the part of it
    that `--write` replaces have the name of the script."""
    name = Path(script).stem
    parser = argparse.ArgumentParser(
        description=sys.modules["__main__"].__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help=f"put the table into docs/performance/{name}.md")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        variant, *numbers, result = options.one
        print(json.dumps(measured(variants[variant].make(Size(*map(int, numbers))), Path(result))))
        return 0
    head = ["| size | variant | fastest | median | compiled takes | memory |", "| --- | --- | --- | --- | --- | --- |"]
    measures = table(options.rounds)
    packages = ("rnncalc", "numpy", *(["torch"] if WITH_TORCH else []))
    notes = [f"{options.rounds} rounds, one thread", startup.machine(), startup.versions(sys.executable, packages)]
    notes += filter(None, [kernel()])
    block = "\n".join([*head, *measures, "", *(f"- {note}" for note in notes)]) + "\n"
    print(block)
    if options.write:
        page = FOLDER / f"{name}.md"
        page.write_text(startup.written(page.read_text(encoding="utf-8"), name, block), encoding="utf-8")
    return 0
