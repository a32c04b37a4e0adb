"""A class of 1 000 variants with keys in Markdown and a Moodle quiz, on one core; and PDFs beside typst's own time.

python benchmarks/keys.py             measure, print the table
python benchmarks/keys.py --write     and put it into docs/performance.md
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from startup import machine, report, versions

STUDENTS = 1_000
EXERCISE = "vietai/exercise3"
PAGES = ("vietai/exercise2", "networks/lstm-torch", "csc/vanishing-lstm")
ROUNDS = 5


def seconds(folder: Path, *arguments: str) -> float:
    """The processor's time: what runs beside it does not count."""
    began = spent()
    subprocess.run([sys.executable, "-m", "rnncalc", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return spent() - began


def spent() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def pdf(name: str) -> tuple[float, float]:
    """(our time for a PDF, typst's for the same text): a process for each, the best of so many rounds."""
    head = f"""
from time import perf_counter
from rnncalc import load, solve
from rnncalc.formats import pdf, typst
page = solve(load({name!r})).page()
"""
    ours = head + "began = perf_counter(); pdf.write(page); print(perf_counter() - began)"
    theirs = head + (
        "import typst as compiler\ntext = typst.write(page).encode()\n"
        "began = perf_counter()\n"
        "compiler.Compiler(root=pdf.Path(pdf.__file__).parent / 'page', ignore_system_fonts=True).compile(text)\n"
        "print(perf_counter() - began)"
    )
    return best(ours), best(theirs)


def best(code: str) -> float:
    line = [sys.executable, "-c", code]
    runs = (subprocess.run(line, capture_output=True, text=True, check=True) for _ in range(ROUNDS))
    return min(float(run.stdout) for run in runs)


def main() -> None:
    lines = ["| what | time |", "| --- | --- |"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "class.csv").write_text("".join(f"s{number:04}\n" for number in range(STUDENTS)))
        drawn = (EXERCISE, "--randomize", "--seed", "7")
        handed_out = ("variants", *drawn, "--students", "class.csv")
        both = seconds(folder, *handed_out, "--quiz", "moodle", "-o", "both")
        keys = seconds(folder, *handed_out, "-o", "keys")
        quiz = seconds(folder, "export", *drawn, "-n", str(STUDENTS), "--to", "moodle", "-o", "quiz.xml")
    lines.append(f"| {STUDENTS} variants of {EXERCISE} with keys in Markdown, and as a Moodle quiz | {both:.1f} s |")
    lines.append(f"| with keys alone | {keys:.1f} s |")
    lines.append(f"| as a quiz alone | {quiz:.1f} s |")
    for page in PAGES:
        ours, theirs = pdf(page)
        lines.append(f"| a PDF of {page} | {ours * 1e3:.0f} ms, {ours / theirs:.2f} × typst's own time |")
    notes = [f"one core, the processor's time of the whole command; PDFs the best of {ROUNDS} processes", machine()]
    notes.append(versions(Path(sys.executable), ("rnncalc", "python-flint", "typst")))
    report("keys", "\n".join([*lines, "", *(f"- {note}" for note in notes)]) + "\n", "--write" in sys.argv)


if __name__ == "__main__":
    main()
