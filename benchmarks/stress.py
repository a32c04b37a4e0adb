"""A thousand variants of the starter of every cell: how often their numbers were drawn, and what was wrong with them.

python benchmarks/stress.py             draw, print the table; exit code 1 if a variant was not found
python benchmarks/stress.py --write     and put it into docs/performance.md
"""

import sys
from collections import Counter
from collections.abc import Sequence
from time import process_time

from startup import machine, report

from rnncalc.cell import cell_names
from rnncalc.errors import RnncalcError
from rnncalc.variants import Series, rules_for, sample

COUNT, SEED = 1_000, 7
KINDS = ("alike", "saturated", "dead", "tiny", "repeated", "hidden")


def stressed(name: str, count: int = COUNT) -> list[str]:
    """A row of the table: attempts, the mistakes shown, the numbers drawn again by cause, failures."""
    began = process_time()
    node, exercise = sample(name)
    series = Series(exercise, node, rules_for(exercise, randomize=True), SEED)
    attempts: list[int] = []
    faults: Counter[str] = Counter()
    failure = "none"
    try:
        for variant in series.variants(count):
            attempts.append(variant.attempts)
            faults.update(fault.kind for fault in variant.faults)
    except RnncalcError as error:
        failure = error.problems[0].message
    mean, most = sum(attempts) / len(attempts) if attempts else 0, max(attempts, default=0)
    each = (process_time() - began) / max(1, len(attempts)) * 1e3
    known = [str(series.examined.shown), f"{mean:.1f}", str(most), *(str(faults[kind]) for kind in KINDS)]
    return [f"`{name}`", *known, f"{each:.0f} ms", failure]


def table(rows: Sequence[Sequence[str]]) -> str:
    header = ["cell", "mistakes shown", "attempts: mean", "most", *(f"drawn again: {kind}" for kind in KINDS)]
    header += ["each", "failures"]
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> int:
    rows = [stressed(name) for name in cell_names()]
    notes = [f"{COUNT} variants each, seed {SEED}; one core, its own time", machine()]
    report("stress", table(rows) + "\n" + "".join(f"- {note}\n" for note in notes), "--write" in sys.argv)
    return int(any(row[-1] != "none" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
