"""Honest students are never accused: simulated sheets without a mistake, and how many numbers are called wrong.

python benchmarks/honest.py            100 000 sheets over all networks
python benchmarks/honest.py 2000 7     so many, from this seed on
"""

import sys
from collections import Counter
from random import Random
from time import perf_counter

from students import Student, random_exercise, random_habit

from rnncalc.cell import cell_names
from rnncalc.checking import check, prepare

SHEETS_EACH = 40
"""Students of one exercise."""


def run(sheets: int, seed: int, say: bool = True) -> Counter[str]:
    """Verdicts counted over so many sheets; `accused` are the sheets with a number called wrong or following."""
    rng, found = Random(seed), Counter[str]()
    names = [*cell_names(), "rnn+loss", "lstm+loss", "gru+loss"]
    while found["sheets"] < sheets:
        name = names[found["exercises"] % len(names)]
        text_seed = rng.random()
        marking = prepare(random_exercise(name, Random(text_seed), rng.randint(1, 3), rng.randint(1, 4)))
        found["exercises"] += 1
        for _ in range(min(SHEETS_EACH, sheets - found["sheets"])):
            habit, student_seed = random_habit(rng), rng.random()
            sheet = Student(marking, habit, Random(student_seed)).work().sheet()
            start = perf_counter()
            report = check(marking, sheet)
            found["microseconds"] += int(1e6 * (perf_counter() - start))
            found["sheets"] += 1
            verdicts = [one.verdict for part in report.parts for one in part.judged]
            found.update(verdicts)
            if "wrong" in verdicts or "follows" in verdicts:
                found["accused"] += 1
                if say:
                    print("accused:", name, text_seed, student_seed, habit, report.first_wrong)
    return found


if __name__ == "__main__":
    asked = list(map(int, sys.argv[1:])) + [100_000, 1][len(sys.argv) - 1 :]
    for name, count in sorted(run(*asked).items()):
        print(f"{name:>16} {count}")
