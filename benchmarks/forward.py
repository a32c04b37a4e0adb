"""The forward pass of an LSTM in float64, compiled from the equations that print the exercise, beside code by hand.

    python benchmarks/forward.py             measure, print the table (PyTorch too, if this Python has it)
    python benchmarks/forward.py --write     and put it into docs/performance/forward.md

Each variant runs in a process of its own with one thread; variants take turns, so that a busy moment of the machine
falls on all of them. A process computes its data, runs once without a clock, and then takes the fastest of some runs.
Compared are the fastest times of all rounds. All results are compared with each other.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import startup

PAGE = startup.ROOT / "docs" / "performance" / "forward.md"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
EXERCISES = 10_000


class Size(NamedTuple):
    steps: int
    units: int
    inputs: int

    @property
    def title(self) -> str:
        return f"T = {self.steps:,}, H = {self.units}, D = {self.inputs}".replace(",000", " 000")


SIZES = (Size(10_000, 256, 128), Size(1_000, 64, 32), Size(10_000, 2, 3))
SMALL = Size(2, 2, 3)
"""One of the 10 000 small exercises."""


def arrays(size: Size, *last: int) -> dict[str, Any]:
    """Inputs and parameters that all differ, of a size that keeps the gates open; `last` is an axis of exercises."""
    import numpy as np

    numbers = np.random.default_rng(1)
    result = {"x": numbers.normal(size=(size.steps, size.inputs, 1, *last))}
    for gate in "fioc":
        result[f"W_{gate}"] = numbers.normal(size=(size.units, size.inputs, *last)) / size.inputs**0.5
        result[f"U_{gate}"] = numbers.normal(size=(size.units, size.units, *last)) / size.units**0.5
        result[f"b_{gate}"] = numbers.normal(size=(size.units, 1, *last))
    return result


def program(data: Mapping[str, Any], axes: int = 0) -> Any:
    """The LSTM of the library, compiled for arrays of these shapes (without their last `axes`)."""
    from rnncalc.cell import library_cell
    from rnncalc.equations import Datum, Ref, compile_float64, infer, plan

    equations = library_cell("lstm").equations
    shapes = {name: array.shape[: array.ndim - axes] for name, array in data.items()}
    order = plan(equations, [Ref("h")], extents={("x", 0): shapes["x"][0]})
    known = infer(equations, {name: Datum((shape[-2], shape[-1])) for name, shape in shapes.items()})
    return compile_float64(order, known, [Ref("h")])


def compiled(size: Size) -> Callable[[], Any]:
    from rnncalc.equations import Ref

    data = arrays(size)
    made = program(data)
    zeros = made.zeros()
    return lambda: made.run(data, zeros)[Ref("h")][:, :, 0]


def fused(size: Size) -> Callable[[], Any]:
    import lstm_by_hand

    data = arrays(size)
    return lambda: lstm_by_hand.fused(data["x"], data)


def torch(size: Size) -> Callable[[], Any]:
    import lstm_by_hand

    data = arrays(size)
    run = lstm_by_hand.torch_lstm(data)
    return lambda: run(data["x"])


def batch(size: Size) -> Callable[[], Any]:
    """All small exercises at once: h as (exercise, step, unit)."""
    from rnncalc.equations import Ref

    data = arrays(size, EXERCISES)
    made = program(data, axes=1)
    zeros = made.zeros()
    return lambda: made.run_batch(data, zeros)[Ref("h")][:, :, 0].transpose(2, 0, 1)


def one_by_one(size: Size) -> Callable[[], Any]:
    import lstm_by_hand
    import numpy as np

    data = arrays(size, EXERCISES)
    each = [{name: np.ascontiguousarray(array[..., n]) for name, array in data.items()} for n in range(EXERCISES)]
    return lambda: np.array([lstm_by_hand.one_by_one(one["x"], one) for one in each])


VARIANTS: dict[str, Callable[[Size], Callable[[], Any]]] = {
    "compiled": compiled, "fused": fused, "torch": torch, "batch": batch, "one_by_one": one_by_one,
}  # fmt: skip


class Measure(NamedTuple):
    """Seconds of the fastest run, MB that the first run added to the process, numbers that depend on all results."""

    seconds: float
    memory: float
    prints: tuple[float, float]


def measured(variant: str, size: Size) -> Measure:
    """Measure in this process."""
    run = VARIANTS[variant](size)
    before = resident()
    result = run()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    prints = (float(result.sum()), float((result**2).sum()))
    del result
    times = []
    while len(times) < 3 or (sum(times) < 1 and len(times) < 50):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    return Measure(min(times), memory, prints)


def resident() -> float:
    """MB of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def elsewhere(variant: str, size: Size) -> Measure:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--one", variant, *map(str, size)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | ONE_THREAD)
    seconds, memory, prints = json.loads(run.stdout)
    return Measure(seconds, memory, tuple(prints))


def rounds(variants: list[str], size: Size, count: int) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = {variant: [] for variant in variants}
    for _ in range(count):
        for variant in variants:
            found[variant].append(elsewhere(variant, size))
    first, *others = (measures[0].prints for measures in found.values())
    for other in others:
        assert all(abs(a - b) <= 1e-9 * (1 + abs(a)) for a, b in zip(first, other, strict=True)), "results differ"
    return found


NAMES = {
    "compiled": "compiled",
    "fused": "NumPy by hand, gates fused, inputs hoisted",
    "torch": "`torch.nn.LSTM`",
    "batch": "compiled, as one batch",
    "one_by_one": "NumPy by hand, one by one",
}


def lines(title: str, found: Mapping[str, list[Measure]]) -> list[str]:
    """One line of the table for each variant; the first is compared with the others."""
    fastest = {variant: min(measure.seconds for measure in measures) for variant, measures in found.items()}
    ours = fastest[next(iter(found))]
    result = []
    for variant, measures in found.items():
        middle = median(measure.seconds for measure in measures)
        ratio = "" if fastest[variant] == ours else f"{ours / fastest[variant]:.2f} ×"
        if variant == "one_by_one":
            ratio = f"1 / {fastest[variant] / ours:.0f}"
        memory = median(measure.memory for measure in measures)
        times = f"{1000 * fastest[variant]:.1f} ms | {1000 * middle:.1f} ms"
        result.append(f"| {title} | {NAMES[variant]} | {times} | {ratio} | {memory:.0f} MB |")
        title = ""
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance/forward.md")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        variant, *numbers = options.one
        print(json.dumps(measured(variant, Size(*map(int, numbers)))))
        return 0
    with_torch = find_spec("torch") is not None
    table = ["| size | variant | fastest | median | compiled takes | memory |", "| --- | --- | --- | --- | --- | --- |"]
    for size in SIZES:
        variants = ["compiled", "fused", *(["torch"] if with_torch else [])]
        table += lines(size.title, rounds(variants, size, options.rounds))
    title = f"{EXERCISES:,} exercises of {SMALL.title}".replace(",000", " 000")
    table += lines(title, rounds(["batch", "one_by_one"], SMALL, options.rounds))
    packages = ("rnncalc", "numpy", *(["torch"] if with_torch else []))
    notes = [f"{options.rounds} rounds, one thread", startup.machine(), startup.versions(sys.executable, packages)]
    block = "\n".join([*table, "", *(f"- {note}" for note in notes)]) + "\n"
    print(block)
    if options.write:
        PAGE.write_text(startup.written(PAGE.read_text(encoding="utf-8"), "forward", block), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
