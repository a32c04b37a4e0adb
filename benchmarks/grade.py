"""Grading beside merely reading: sheets of 30 numbers, four in five all right, on one core.

    python benchmarks/grade.py             measure, print the table
    python benchmarks/grade.py --write     and put it into docs/performance.md

Reading is what `yaml.load` with libyaml does with the same files, and what our own reader does, which keeps the places
of all values and refuses bombs. Grading is the whole of it: file, answers, verdicts, causes, the line in the journal.
The memory is that of a process that has graded so many files.
"""

import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import yaml
from startup import machine, report, versions

FILES = 1_000
MANY = (2_000, 20_000)
EXERCISE = """\
cell: lstm
find: [h_3]
inputs: {x: [[0.5, -0.25], [1, 0.5], [-0.75, 0.25]]}
initial: {h: [0.1, -0.2], c: [0.3, 0.4]}
parameters:
"""
SHOWN = ("f", "i", "g", "c", "h")


def exercise() -> str:
    numbers = random.Random(1)

    def row() -> str:
        return f"[{numbers.randint(-99, 99) / 100}, {numbers.randint(-99, 99) / 100}]"

    matrices = [f"  {name}_{gate}: [{row()}, {row()}]\n" for name in "WU" for gate in "fico"]
    return EXERCISE + "".join([*matrices, *(f"  b_{gate}: {row()}\n" for gate in "fico")])


def sheets(count: int, ending: str) -> Iterator[tuple[str, str]]:
    """(name, text) of so many sheets: 30 numbers of four digits, in every fifth sheet one gate's entries exchanged."""
    from rnncalc import loads, solve

    right = {
        f"{step.equation.name}_{step.position[0]}": [
            cell.text for line in solution.rounded(step.value) for cell in line
        ]
        for solution in [solve(loads(exercise()))]
        for step in solution.steps
        if step.equation.name in SHOWN
    }
    for number in range(count):
        answers = dict(right)
        if number % 5 == 0:
            wrong = random.Random(number).choice(list(answers))
            answers[wrong] = answers[wrong][::-1]
        if ending == "json":
            lines = ", ".join(f'"{name}": [{", ".join(values)}]' for name, values in answers.items())
            yield f"s{number:06}.json", "{" + lines + "}\n"
        else:
            yield f"s{number:06}.yaml", "".join(f"{name}: [{', '.join(v)}]\n" for name, v in answers.items())


def written(folder: Path, ending: str) -> Path:
    made = folder / ending
    made.mkdir()
    for name, text in sheets(FILES, ending):
        (made / name).write_text(text, encoding="utf-8")
    return made


def by_libyaml(folder: Path) -> None:
    for file in sorted(folder.iterdir()):
        yaml.load(file.read_bytes(), yaml.CSafeLoader)


def by_our_reader(folder: Path) -> None:
    from rnncalc.source import read_file

    for file in sorted(folder.iterdir()):
        read_file(file)


def graded(folder: Path) -> None:
    from rnncalc.grading import Job, collect, grade_all
    from rnncalc.grading.journal import Journal

    file = folder.parent / "exercise.yaml"
    file.write_text(exercise(), encoding="utf-8")
    journal = Journal(folder.parent / f"{folder.name}.journal")
    grade_all(Job(str(file)), collect(folder), journal)
    assert len(journal.known) == FILES
    journal.remove()


def rate(run: Callable[[Path], None], folder: Path, rounds: int = 3) -> float:
    """Files a second, the best of so many rounds."""
    times = []
    for _ in range(rounds):
        began = perf_counter()
        run(folder)
        times.append(perf_counter() - began)
    return FILES / min(times)


def peak(count: int) -> float:
    """The memory in MB of a process that has graded so many sheets."""
    code = f"import grade; grade.many({count})"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def many(count: int) -> None:
    """Grade so many sheets, which are made as they are graded, and print the memory used at most."""
    from rnncalc.grading import Job, Submission, grade_all
    from rnncalc.grading.journal import Journal

    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "exercise.yaml")
        file.write_text(exercise(), encoding="utf-8")
        submissions = (Submission(file[:7], "", file, text.encode()) for file, text in sheets(count, "yaml"))
        grade_all(Job(str(file)), submissions, Journal(Path(name, "journal")))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        yaml_files, json_files = written(Path(name), "yaml"), written(Path(name), "json")
        rates = {
            "read by `yaml.load` with libyaml": rate(by_libyaml, yaml_files),
            "read by rnncalc": rate(by_our_reader, yaml_files),
            "graded": rate(graded, yaml_files),
            "graded, the sheets being JSON": rate(graded, json_files),
        }
    base = rates["read by `yaml.load` with libyaml"]
    lines = ["| what | files a second | beside reading |", "| --- | --- | --- |"]
    lines += [f"| {what} | {found:.0f} | {found / base:.2f} × |" for what, found in rates.items()]
    memory = ", ".join(f"{peak(count):.0f} MB after {count:,}".replace(",", " ") for count in MANY)
    notes = [f"{FILES} files of 30 numbers, the best of 3 rounds, one core", f"memory: {memory} files", machine()]
    notes.append(versions(Path(sys.executable), ("rnncalc", "pyyaml", "python-flint")))
    report("grade", "\n".join([*lines, "", *(f"- {note}" for note in notes)]) + "\n", "--write" in sys.argv)


if __name__ == "__main__":
    main()
