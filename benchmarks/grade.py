"""Grading beside merely reading: sheets of 30 numbers on one core.

    python benchmarks/grade.py             measure, print the table
    python benchmarks/grade.py --write     measure the memory of 100 000 files too, fill in docs/performance.md

Every sheet is drawn for itself. Right ones are rounded in their own way: each step, each product or only what is shown;
rounded, cut, to significant digits, or sometimes so and sometimes so; to 2 to 6 digits. A wrong one is rounded in such
a way too, and has a mistake of the catalogue at a place of its own, or a number slipped, or entries exchanged.

Reading is what `yaml.load` with libyaml does with the same files, and what our own reader does, which keeps the places
of all values and refuses bombs. Grading is the whole of it: the exercise, files, answers, verdicts, causes, the lines
in the journal. Time is that of the processor, since others use the machine too. The memory is that of a process that
has graded so many files.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

import yaml
from startup import machine, report, versions
from students import KINDS, LEVELS, Habit, Student

from rnncalc.answers import Answer, Answers, Key, read_written
from rnncalc.checking import Marking, check, prepare
from rnncalc.equations import Equation, Expr
from rnncalc.exercise import loads
from rnncalc.grading import Job, Submission, collect, grade_all
from rnncalc.grading.journal import Journal
from rnncalc.source import read_file

FILES = 10_000
MANY = (2_000, 20_000)
MOST = 100_000
EXERCISE = """\
cell: lstm
find: [h_3]
inputs: {x: [[0.5, -0.25], [1, 0.5], [-0.75, 0.25]]}
initial: {h: [0.1, -0.2], c: [0.3, 0.4]}
parameters:
"""
SHOWN = ("f", "i", "g", "c", "h")

Texts = dict[Key, list[str]]


def exercise() -> str:
    numbers = random.Random(1)

    def row() -> str:
        return f"[{numbers.randint(-99, 99) / 100}, {numbers.randint(-99, 99) / 100}]"

    matrices = [f"  {name}_{gate}: [{row()}, {row()}]\n" for name in "WU" for gate in "fico"]
    return EXERCISE + "".join([*matrices, *(f"  b_{gate}: {row()}\n" for gate in "fico")])


# ---------------------------------------------------------------- the students


class Class:
    """Students of one exercise, drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.marking: Marking = prepare(loads(exercise()))

    def right(self) -> Texts:
        return self.worked(lambda key, equation: equation.expression)

    def worked(self, equation: Callable[[Key, Equation], Expr]) -> Texts:
        habit = Habit(self.rng.choice(LEVELS), self.rng.choice(KINDS), self.rng.randint(2, 6), "all")
        texts = Student(self.marking, habit, random.Random(self.rng.random()), equation).work().texts
        return {key: list(texts[key]) for key in self.marking.steps if key[0] in SHOWN}

    def wrong(self) -> Texts:
        """A sheet with a number that is wrong where it stands."""
        while True:
            texts = self.rng.choice((self.misconceived, self.misconceived, self.slipped, self.exchanged))()
            if self.has_mistake(texts):
                return texts

    def has_mistake(self, texts: Texts) -> bool:
        answers = Answers("", tuple(Answer(key, tuple(map(read_written, entries))) for key, entries in texts.items()))
        return check(self.marking, answers).first_wrong is not None

    def misconceived(self) -> Texts:
        """A mistake of the catalogue in one equation or in all, at one time step or at every one."""
        mistake = self.rng.choice(self.marking.hypotheses)

        def equation(key: Key, right: Equation) -> Expr:
            found = mistake.expression(right, key[1])
            there = found is not None and self.marking.exists(found, self.marking.steps[key].letters)
            return found if there and found is not None else right.expression

        return self.worked(equation)

    def slipped(self, numbers: int = 1) -> Texts:
        """So many numbers of a right sheet changed."""
        texts = self.right()
        for key, place in self.rng.sample([(key, place) for key in texts for place in (0, 1)], numbers):
            digits = len(texts[key][place].partition(".")[2])
            texts[key][place] = f"{self.rng.uniform(-1, 1):.{digits}f}"
        return texts

    def exchanged(self) -> Texts:
        texts = self.right()
        texts[self.rng.choice(list(texts))].reverse()
        return texts


def mixed(students: Class, count: int) -> Iterator[Texts]:
    """Four sheets in five entirely right."""
    for number in range(count):
        yield students.wrong() if number % 5 == 0 else students.right()


def right(students: Class, count: int) -> Iterator[Texts]:
    for _ in range(count):
        yield students.right()


def wrong(students: Class, count: int) -> Iterator[Texts]:
    for _ in range(count):
        yield students.wrong()


def a_fifth(students: Class, count: int) -> Iterator[Texts]:
    """A fifth of the numbers of every sheet wrong, six at random places."""
    for _ in range(count):
        yield students.slipped(6)


def yaml_sheet(texts: Texts) -> str:
    return "".join(f"{name}_{step}: [{', '.join(entries)}]\n" for (name, (step,)), entries in texts.items())


def json_sheet(texts: Texts) -> str:
    lines = (f'"{name}_{step}": [{", ".join(entries)}]' for (name, (step,)), entries in texts.items())
    return "{" + ", ".join(lines) + "}\n"


def written(folder: Path, name: str, sheets: list[str], ending: str) -> Path:
    made = folder / name
    made.mkdir()
    for number, text in enumerate(sheets):
        (made / f"s{number:06}.{ending}").write_text(text, encoding="utf-8")
    return made


# ---------------------------------------------------------------- what is measured


def by_libyaml(folder: Path) -> None:
    for file in sorted(folder.iterdir()):
        yaml.load(file.read_bytes(), yaml.CSafeLoader)


def by_our_reader(folder: Path) -> None:
    for file in sorted(folder.iterdir()):
        read_file(file)


def graded(folder: Path) -> None:
    file = folder.parent / "exercise.yaml"
    file.write_text(exercise(), encoding="utf-8")
    journal = Journal(folder.parent / f"{folder.name}.journal")
    grade_all(Job(str(file)), collect(folder), journal)
    assert sum(not grade.problem for grade in journal.grades()) == len(list(folder.iterdir()))
    journal.remove()


def fresh(run: Callable[[Path], None], folder: Path) -> float:
    """Seconds for a file, in a process in which nothing was graded before."""
    code = f"import grade, pathlib; grade.timed(grade.{run.__name__}, pathlib.Path({str(folder)!r}))"
    return float(_python(code)) / len(list(folder.iterdir()))


def timed(run: Callable[[Path], None], folder: Path) -> None:
    began = process_time()
    run(folder)
    print(process_time() - began)


def _python(code: str) -> str:
    here = Path(__file__).parent
    return subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True).stdout


def fresh_setup() -> float:
    """Seconds to prepare the exercise, with everything that a student may have done instead."""
    return min(float(_python("import grade; grade.prepared()")) for _ in range(ROUNDS))


def prepared() -> None:
    began = process_time()
    prepare(loads(exercise())).hypotheses  # noqa: B018
    print(process_time() - began)


def peak(count: int) -> float:
    """The memory in MB of a process that has graded so many sheets."""
    return float(_python(f"import grade; grade.many({count})"))


def many(count: int) -> None:
    """Grade so many sheets, which are made as they are graded, and print the memory used at most."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "exercise.yaml")
        file.write_text(exercise(), encoding="utf-8")
        submissions = (
            Submission(f"s{n:06}", "", f"s{n:06}.yaml", text.encode()) for n, text in enumerate(crowd(count))
        )
        grade_all(Job(str(file)), submissions, Journal(Path(name, "journal")))
    # What `getrusage` tells has the memory of the process that started this one in it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def crowd(count: int) -> Iterator[str]:
    """Sheets made quickly: some students' numbers, a digit of one number changed in every fifth sheet."""
    rng, pool = random.Random(1), list(mixed(Class(1), 500))
    for number in range(count):
        texts = rng.choice(pool)
        if number % 5 == 0:
            key = rng.choice(list(texts))
            texts = {**texts, key: [f"{rng.uniform(-1, 1):.4f}", texts[key][1]]}
        yield yaml_sheet(texts)


ROUNDS = 3


def rates(folder: Path) -> dict[str, float]:
    """Seconds a file, the best of some rounds that take turns."""
    sheets = {
        "mixed": list(mixed(Class(1), FILES)),
        "fifth": list(a_fifth(Class(2), FILES // 20)),
        "right": list(right(Class(3), FILES // 5)),
        "wrong": list(wrong(Class(4), FILES // 10)),
    }
    folders = {name: written(folder, name, list(map(yaml_sheet, texts)), "yaml") for name, texts in sheets.items()}
    json_files = written(folder, "json", list(map(json_sheet, sheets["mixed"])), "json")
    measures: dict[str, tuple[Callable[[Path], None], Path]] = {
        "read by `yaml.load` with libyaml": (by_libyaml, folders["mixed"]),
        "read by rnncalc": (by_our_reader, folders["mixed"]),
        "graded, four sheets in five right": (graded, folders["mixed"]),
        "the same sheets as JSON": (graded, json_files),
        "graded, a fifth of the numbers of every sheet wrong": (graded, folders["fifth"]),
        "graded, right sheets only": (graded, folders["right"]),
        "graded, wrong sheets only": (graded, folders["wrong"]),
    }
    found = {what: float("inf") for what in measures}
    for _ in range(ROUNDS):
        for what, (run, files) in measures.items():
            found[what] = min(found[what], fresh(run, files))
    return found


def main() -> None:
    write = "--write" in sys.argv
    with tempfile.TemporaryDirectory() as name:
        times = rates(Path(name))
    base = times["read by `yaml.load` with libyaml"]
    lines = ["| what | files a second | ms a file | beside reading |", "| --- | --- | --- | --- |"]
    lines += [f"| {what} | {1 / t:.0f} | {1000 * t:.2f} | {base / t:.2f} × |" for what, t in times.items()]
    counts = (*MANY, MOST) if write else MANY
    memory = ", ".join(f"{peak(count):.0f} MB after {count:,}".replace(",", " ") for count in counts)
    notes = [f"{FILES} files of 30 numbers (500 to 2000 of one sort), the best of {ROUNDS} processes, one core"]
    notes.append(f"before the first file: {1000 * fresh_setup():.0f} ms for the exercise and its mistakes")
    notes += [f"memory: {memory} files", machine()]
    notes.append(versions(Path(sys.executable), ("rnncalc", "pyyaml", "python-flint")))
    report("grade", "\n".join([*lines, "", *(f"- {note}" for note in notes)]) + "\n", write)


if __name__ == "__main__":
    main()
