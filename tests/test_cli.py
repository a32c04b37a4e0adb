"""The command line: what stands on which stream, exit codes, files; in this process where nothing else is needed."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from patience import WAIT

from rnncalc import cli, library
from rnncalc.cell import cell_names
from rnncalc.cli import COMMANDS

EXERCISE = """\
equations: y[t] = sigmoid(w * x[t])
inputs: {x: [1]}
parameters: {w: 2}
"""
PROGRAM = [sys.executable, "-m", "rnncalc"]


class Result(NamedTuple):
    code: int
    out: str
    err: str


class Run:
    """`run("solve", "a.yaml")` in this process, in an empty folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: str, stdin: str = "") -> Result:
        self.monkeypatch.setattr(sys, "argv", ["rnncalc", *arguments])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as exit:
            cli.main()
        assert isinstance(exit.value.code, int)
        return Result(int(exit.value.code), *self.capsys.readouterr())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    Path("a.yaml").write_text(EXERCISE)
    return Run(capsys, monkeypatch)


# ---------------------------------------------------------------- solve


def test_the_solution_is_on_standard_output_alone(run: Run) -> None:
    code, out, err = run("solve", "a.yaml")
    assert (code, err) == (0, "")
    assert "y₁ ≈ 0.8808" in out
    assert out.endswith("\n")
    assert not out.endswith("\n\n")


def test_a_file_that_expects_another_value(run: Run) -> None:
    Path("a.yaml").write_text(EXERCISE + "expect: {y_1: 0.9}\n")
    assert run("solve", "a.yaml").code == 0
    Path("a.yaml").write_text(EXERCISE + "expect: {y_1: 0.90}\n")
    code, out, err = run("solve", "a.yaml")
    assert (code, err) == (1, "")
    assert "line 4 of the file expects another value of y₁ than the one found here" in " ".join(out.split())


def test_standard_input(run: Run) -> None:
    assert run("solve", "-", stdin=EXERCISE).out.replace("<stdin>", "a") == run("solve", "a.yaml").out
    code, out, err = run("solve", "-", stdin="equations: y = = 1")
    assert (code, out) == (2, "")
    assert err.startswith("<stdin>:1:")


@pytest.mark.parametrize("where", ["vietai/exercise2", "exercises/vietai/exercise2.yaml"])
def test_a_shipped_exercise_from_any_folder(run: Run, where: str) -> None:
    code, out, err = run("solve", where, "--detail", "answers")
    assert (code, err) == (0, "")
    assert "h₁ ≈ (0, 0.0001204)" in out


def test_several_files_of_which_one_is_wrong(run: Run) -> None:
    """The others are solved; the exit code is that of the worst."""
    Path("b.yaml").write_text(EXERCISE.replace("2", "two"))
    code, out, err = run("solve", "a.yaml", "b.yaml", "c.yaml", "a.yaml", "--detail", "answers")
    assert (code, out.count("y₁ ≈ 0.8808")) == (2, 2)
    assert [line for line in err.splitlines() if "error:" in line] == [
        "error: there is no file and no exercise `c.yaml`",
        "b.yaml:3:17: error: a number was expected, not `two`",
    ]


CELL = [
    (["lstm"], "error: `lstm` is a cell; an exercise file is missing\n"
     "  help: name a file behind it: `lstm FILE`; `rnncalc new lstm -o my.yaml` makes one to start from\n"),
    (["lsmt", "a.yaml"], "error: there is no cell `lsmt`\n  help: did you mean `lstm`?\n"),
    (["lstm", "a.yaml"], """\
a.yaml:1:12: error: this exercise states a network of its own, but the cell `lstm` was asked for
    1 │ equations: y[t] = sigmoid(w * x[t])
      │            ^^^^^^^^^^^^^^^^^^^^^^^^
  help: leave `lstm` out of the command
"""),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), CELL)
def test_a_cell_that_cannot_be_meant(run: Run, arguments: list[str], message: str) -> None:
    assert run("solve", *arguments) == (2, "", message)


def test_a_cell_that_agrees_or_is_supplied(run: Run) -> None:
    text = library.text("vietai/exercise2")
    Path("with.yaml").write_text(text)
    Path("without.yaml").write_text(text.replace("cell: lstm\n", ""))
    assert run("solve", "lstm", "with.yaml").out == run("solve", "with.yaml").out
    assert run("solve", "lstm", "without.yaml").out == run("solve", "with.yaml").out
    assert run("solve", "gru", "with.yaml").err.startswith("with.yaml:")
    assert run("solve", "without.yaml").code == 2


@pytest.mark.parametrize(
    ("options", "digits"),
    [([], "0.8808"), (["--digits", "7"], "0.8807971"), (["--significant", "2"], "0.88"), (["--float64"], "0.8808")],
)
def test_digits(run: Run, options: list[str], digits: str) -> None:
    assert f"y₁ ≈ {digits} " in run("solve", "a.yaml", "--detail", "answers", *options).out


def test_json(run: Run) -> None:
    code, out, err = run("solve", "a.yaml", "--json")
    record = json.loads(out)
    assert (code, err, record["schema"]) == (0, "", "rnncalc/solution/1")
    assert record["answers"] == {"y_1": {"shape": [1, 1], "value": [["0.880797077977882"]], "exact": None}}
    assert json.loads(run("solve", "a.yaml", "--json", "--digits", "5").out)["answers"]["y_1"]["value"] == [["0.88080"]]
    assert json.loads(run("solve", "a.yaml", "a.yaml", "--json").out) == [record, record]


# ---------------------------------------------------------------- wrong usage


SOLVE_HELP = "`rnncalc solve --help` shows how it is used"
USAGE = [
    ("sovle a.yaml", "no such command 'sovle'. Did you mean 'solve'?", "`rnncalc --help` shows how it is used"),
    ("solve", "missing argument '[CELL] FILE...'", SOLVE_HELP),
    ("solve a.yaml --zzz", "no such option: --zzz", SOLVE_HELP),
    (
        "solve a.yaml --detail all",
        "invalid value for '--detail': 'all' is not one of 'answers', 'steps', 'full'",
        SOLVE_HELP,
    ),
    (
        "solve a.yaml --digits 3 --significant 3",
        "`--digits` and `--significant` exclude each other",
        "leave one of them out",
    ),
    (
        "solve a.yaml --json --format markdown",
        "`--json` and `--format markdown` exclude each other",
        "leave one of them out",
    ),
    ("solve a.yaml --last 0", "invalid value for '--last': it should be greater than or equal to 1", SOLVE_HELP),
    ("solve a.yaml --range 1,2", "`--range` is where `--for` searches", "add `--for` and `--when`"),
    ("solve a.yaml --code c --json", "`--code` prints a program, not a page", "leave `--json` and `--format` out"),
    ("solve b.yaml", "there is no file and no exercise `b.yaml`", "did you mean `a.yaml`?"),
    (
        "exercises vietai/exercize2",
        "no exercise `vietai/exercize2` comes with rnncalc",
        "did you mean `vietai/exercise2`?",
    ),
    ("cells LSMT", "there is no cell `LSMT`", "`rnncalc cells` lists them"),
    ("new lsmt", "there is no cell `lsmt`", "did you mean `lstm`?"),
]


@pytest.mark.parametrize(("arguments", "what", "hint"), USAGE)
def test_usage(run: Run, arguments: str, what: str, hint: str) -> None:
    assert run(*arguments.split()) == (2, "", f"error: {what}\n  help: {hint}\n")


def test_a_folder(run: Run) -> None:
    assert run("solve", ".") == (2, "", "error: `.` is a folder, not a file\n")


@pytest.mark.parametrize("value", ["0", "-1", "1001", "x"])
def test_digits_out_of_range(run: Run, value: str) -> None:
    code, out, err = run("solve", "a.yaml", "--digits", value)
    assert (code, out) == (2, "")
    assert err.startswith("error: invalid value for '--digits'")


def test_no_arguments_and_help(run: Run) -> None:
    assert run().code == 2
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert all(command in out for command in ("solve", "exercises", "cells", "new", "schema"))
    assert run("--version").out.startswith("rnncalc ")


def test_help_tells_of_each_command_in_one_line(run: Run) -> None:
    out = run("--help").out
    assert run("--help", "solve").out == out
    told = re.findall(r"^  (\w+) +(\S.*)$", out[out.index("\nSolve:") : out.index("\nOptions:")], re.M)
    assert [name for name, _ in told] == list(COMMANDS)
    assert [line for _, line in told if line.endswith("...") or not line.endswith(".")] == []


def test_help_of_many_options_is_in_groups(run: Run) -> None:
    headings = re.findall(r"^(\S.*):$", run("solve", "--help").out, re.M)
    assert headings == ["Arguments", "Options", "Closed forms and letters", "For which numbers", "Gradients", "Output"]
    assert run("verify", "--help").out == (
        "Usage: rnncalc verify [OPTIONS] FILE\n\n"
        "  Compare a solution with PyTorch, Keras or ONNX Runtime.\n\n"
        "  The framework runs the same exercise; the largest difference of each\n  quantity is told.\n\n"
        "Arguments:\n  FILE  An exercise file, a shipped exercise by name, or `-`.\n\n"
        "Options:\n"
        "  --against PROGRAM          torch, onnx or keras. [required]\n"
        "  --tolerance X              The largest difference allowed [default: 1e-12 in\n"
        "                             float64, else 1e-5].\n"
        "  --json                     Print one JSON object.\n"
        "  --format FORMAT            html, latex, markdown, pdf, terminal, typst or\n"
        "                             json; without it, as the ending of FILE says.\n"
        "  --color auto|always|never  When to use colour. [default:\N{NO-BREAK SPACE}auto]\n"
        "  -o, --output FILE          Write to FILE, whole or not at all.\n"
        "  --help                     Show this message and exit.\n"
    )


def test_our_bug_is_called_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr("rnncalc.library.find", fail)
    monkeypatch.setattr("rnncalc.api.find", fail)
    assert run("solve", "a.yaml") == (
        70,
        "",
        "error: this is a mistake in rnncalc, not in your file: RuntimeError: oops\n"
        "  help: run it again as `rnncalc --debug …` and report what it prints, with the exercise\n",
    )
    for arguments in (["--debug", "solve", "a.yaml"], ["solve", "a.yaml", "--debug"]):
        monkeypatch.setattr(sys, "argv", ["rnncalc", *arguments])
        with pytest.raises(RuntimeError, match="oops"):
            cli.main()


# ---------------------------------------------------------------- output files


def test_output_is_what_the_screen_would_show(run: Run) -> None:
    assert run("solve", "a.yaml", "-o", "a.txt") == (0, "", "")
    assert Path("a.txt").read_text() == run("solve", "a.yaml").out
    assert run("solve", "a.yaml", "-o", "-").out == run("solve", "a.yaml").out


def test_the_ending_chooses_the_format(run: Run) -> None:
    run("solve", "a.yaml", "-o", "a.md")
    assert Path("a.md").read_text() == run("solve", "a.yaml", "--format", "markdown").out
    run("solve", "a.yaml", "-o", "a.html")
    assert Path("a.html").read_text() == run("solve", "a.yaml", "--format", "html").out
    run("solve", "a.yaml", "-o", "a.json")
    assert Path("a.json").read_text() == run("solve", "a.yaml", "--json").out
    run("solve", "a.yaml", "-o", "a.md", "--json")
    assert Path("a.md").read_text() == run("solve", "a.yaml", "--json").out


def test_several_exercises_are_one_sheet(run: Run) -> None:
    for file in ("a.html", "a.tex"):
        assert run("solve", "a.yaml", "a.yaml", "-o", file) == (0, "", "")
        assert run("key", "a.yaml", "a.yaml", "-o", f"key-{file}") == (0, "", "")
        assert Path(file).read_text() == Path(f"key-{file}").read_text()


# ---------------------------------------------------------------- answer keys and worksheets


@pytest.mark.parametrize("command", ["key", "worksheet"])
@pytest.mark.parametrize("ending", [".html", ".md", ".pdf", ".tex", ".txt", ".json"])
def test_a_sheet_in_every_format(run: Run, command: str, ending: str) -> None:
    file = Path(f"sheet{ending}")
    assert run(command, "a.yaml", "a.yaml", "--title", "Set 1", "-o", str(file)) == (0, "", "")
    assert file.read_bytes()[:4] == b"%PDF" if ending == ".pdf" else "Set 1" in file.read_text()


def test_sheets_as_json(run: Run) -> None:
    Path("a.yaml").write_text(EXERCISE + "points: 2.5\n")
    key = json.loads(run("key", "a.yaml", "--json").out)
    solution = json.loads(run("solve", "a.yaml", "--json").out)
    assert key == {"schema": "rnncalc/key/1", "title": "", "exercises": [{"number": 1, "points": "2.5", **solution}]}
    sheet = json.loads(run("worksheet", "a.yaml", "--json", "--title", "Set 1").out)
    steps = [{name: step[name] for name in ("quantity", "title", "formula", "shape")} for step in solution["steps"]]
    asked = {name: {"shape": answer["shape"]} for name, answer in solution["answers"].items()}
    one = {"number": 1, "points": "2.5", "exercise": solution["exercise"], "asked": asked, "steps": steps}
    assert sheet == {"schema": "rnncalc/worksheet/1", "title": "Set 1", "exercises": [one]}


def test_a_sheet_is_whole_or_not_made(run: Run) -> None:
    code, out, err = run("key", "a.yaml", "none.yaml", "-o", "key.txt")
    assert (code, out) == (2, "")
    assert "none.yaml" in err
    assert not Path("key.txt").exists()


def test_output_is_whole_or_not_at_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    Path("out.txt").write_text("old")
    monkeypatch.setattr(os, "replace", fail)
    assert run("solve", "a.yaml", "-o", "out.txt") == (
        2, "", "error: cannot write `out.txt`: No space left on device\n  help: choose another file or folder\n",
    )  # fmt: skip
    assert Path("out.txt").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["a.yaml", "out.txt"]


def test_output_follows_links_and_keeps_the_rights(run: Run) -> None:
    Path("real.txt").write_text("old")
    Path("real.txt").chmod(0o640)
    Path("link.txt").symlink_to("real.txt")
    run("solve", "a.yaml", "-o", "link.txt")
    assert Path("link.txt").is_symlink()
    assert "0.8808" in Path("real.txt").read_text()
    assert Path("real.txt").stat().st_mode & 0o777 == 0o640


def test_output_into_a_device_leaves_it_one(run: Run) -> None:
    """A pipe stands for /dev/null, which this test must not be able to spoil."""
    os.mkfifo("pipe")
    reader = subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, text=True)
    assert run("solve", "a.yaml", "-o", "pipe") == (0, "", "")
    assert "0.8808" in reader.communicate(timeout=WAIT)[0]
    assert Path("pipe").is_fifo()


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "nowhere/out.txt",
            "error: cannot write `nowhere/out.txt`: there is no folder `nowhere`\n"
            "  help: make the folder first, or choose another\n",
        ),
        (".", "error: cannot write `.`: it is a folder\n  help: name a file in it: `NAME`\n"),
        (
            "a.yaml",
            "error: `-o a.yaml` would overwrite what it is made from\n"
            "  help: give the result another name, such as `-o solution.md`\n",
        ),
    ],
)
def test_output_that_cannot_be_written(run: Run, output: str, message: str) -> None:
    assert run("solve", "a.yaml", "-o", output) == (2, "", message)
    assert Path("a.yaml").read_text() == EXERCISE


# ---------------------------------------------------------------- the other commands


def test_exercises(run: Run) -> None:
    assert run("exercises") == (0, "\n".join(library.names()) + "\n", "")
    assert run("exercises", "vietai/exercise2").out == library.text("vietai/exercise2")


def test_cells(run: Run) -> None:
    code, out, err = run("cells")
    assert (code, err) == (0, "")
    assert all(name in out for name in cell_names())
    assert "hₜ = oₜ ⊙ tanh(cₜ)" in run("cells", "lstm").out


def test_new_writes_a_file_that_is_solved_and_never_overwritten(run: Run) -> None:
    assert run("new", "lstm", "-o", "my.yaml") == (0, "", "")
    text = Path("my.yaml").read_text()
    assert text == run("new", "lstm").out
    assert "\n# Solve it with:  rnncalc solve my.yaml\n" in text
    assert run("solve", "my.yaml").code == 0
    assert run("new", "gru", "-o", "my.yaml") == (
        2, "", "error: `my.yaml` exists already\n  help: choose another name, or remove the file\n",
    )  # fmt: skip
    assert Path("my.yaml").read_text() == text


def test_schema(run: Run) -> None:
    assert json.loads(run("schema").out)["title"] == "rnncalc exercise"
    assert run("schema").out == (library.folder() / "exercise.schema.json").read_text(encoding="utf-8")


# ---------------------------------------------------------------- what a terminal would obey

HOSTILE = r"""
title: "[red]hi[/red] [/nope] \e[31mboo\e[0m \a \u202e [link=http://x]y[/link] `code` $x$"
source: "\e]0;pwned\a"
note: "\e[2J"
symbols: {y: "\e[5m"}
steps: [{title: "\e[1m", remark: "\b\b", of: y}]
"""


@pytest.mark.parametrize("options", [[], ["--format", "markdown"], ["--json"], ["--color", "always"]])
def test_titles_are_printed_inert(run: Run, options: list[str]) -> None:
    Path("a.yaml").write_text(EXERCISE + HOSTILE)
    code, out, err = run("solve", "a.yaml", "--detail", "steps", *options)
    assert (code, err) == (0, "")
    assert "[red]hi[/red] [/nope]" in out.replace("\\[", "[").replace("\\]", "]")
    ours = {"\x1b"} if "always" in options else set()
    assert {character for character in out if character < " " or character in "\x7f\u202e"} - ours <= {"\n"}
    for escape in ("\x1b[31m", "\x1b]0;", "\x1b[2J", "\x1b[5m"):
        assert escape not in out or ours


def test_the_name_of_a_file_is_printed_inert(run: Run) -> None:
    Path("\x1b[31m.yaml").write_text("- 1")
    assert run("solve", "\x1b[31m.yaml").err.startswith("\\x1b[31m.yaml:1:1: error:")


# ---------------------------------------------------------------- streams, width, colour


def test_width_and_colour(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("solve", "a.yaml").out
    assert max(map(len, plain.splitlines())) == 80
    assert "\x1b" not in plain
    assert "\x1b" in run("solve", "a.yaml", "--color", "always").out
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, run("solve", "a.yaml").out.splitlines())) == 50


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What the program writes to a terminal of its own."""
    master, slave = pty.openpty()
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        stdout=slave,
        env={**inherited, "TERM": "xterm", **environment},
        stdin=subprocess.DEVNULL,
    ) as process:
        os.close(slave)
        parts = []
        try:
            while part := os.read(master, 65536):
                parts.append(part)
        # Linux says so when the other end has closed.
        except OSError:
            pass
        process.wait(timeout=WAIT)
    os.close(master)
    return b"".join(parts).decode()


def test_colour_only_where_it_is_wanted() -> None:
    arguments = "solve", "vietai/exercise2", "--detail", "answers"
    assert "\x1b[" in on_a_terminal(*arguments)
    assert "\x1b[" not in on_a_terminal(*arguments, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(*arguments, TERM="dumb")
    assert "\x1b[" not in on_a_terminal(*arguments, "--color", "never")


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("solve vietai/exercise2 | head -1", "0 0"),
        ("solve {long} --last 600 | head -1", "0 0"),
        ("solve {long} --last 600 --json | true", "0 0"),
        ("solve nothing.yaml 2>&1 | true", "2 0"),
        ("solve vietai/exercise2 >&-", "0"),
        ("solve nothing.yaml 2>&-", "2"),
        ("solve vietai/exercise2 > /dev/full", "2"),
        ("--help > /dev/full", "2"),
        ("solve - <&-", "2"),
        ("solve vietai/exercise2 < /dev/null", "0"),
    ],
)
def test_streams_that_end_early(command: str, codes: str, tmp_path: Path) -> None:
    long = tmp_path / "long.yaml"
    long.write_text("equations: y[t] = y[t-1] / 2 + x[t]\nfind: [y]\ninputs: {x: [" + "1, 2, 3, " * 200 + "4]}\n")
    script = f"{sys.executable} -m rnncalc {command.format(long=long)}; echo ${{PIPESTATUS[@]}} >&7"
    with open(tmp_path / "codes", "w") as file:
        run = subprocess.run(
            ["bash", "-c", f"exec 7>&{file.fileno()}; {script}"],
            pass_fds=[file.fileno()],
            capture_output=True,
            text=True,
            check=True,
        )
    assert (tmp_path / "codes").read_text().strip() == codes
    assert "Traceback" not in run.stderr
    assert "mistake in rnncalc" not in run.stderr


def seconds_used(process: subprocess.Popen[str]) -> float:
    """The processor time that a process has had: when it has had some, it is past its imports."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(sys.platform != "linux", reason="processor time is read from /proc")
def test_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text("equations: y[t] = sigmoid(y[t-1]) + 1\nlengths: {t: 1000000}\nfind: [y_T]\n")
    process = subprocess.Popen(
        [*PROGRAM, "solve", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell lets its background jobs ignore the signal, and these tests may be one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    while seconds_used(process) < 1:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT)
    assert (process.returncode, out, err) == (130, "", "")


@pytest.mark.parametrize(
    "arguments",
    [("--lang", "vi", "solve", "vietai/exercise3"), ("solve", "vietai/exercise3", "--lang=vi"),
     ("solve", "--lang", "en", "vietai/exercise3", "--lang", "vi")],
)  # fmt: skip
def test_the_language_may_stand_anywhere(run: Run, arguments: tuple[str, ...]) -> None:
    assert "Bước thời gian 1" in run(*arguments).out


def test_decimal_commas_are_written_and_read(run: Run) -> None:
    Path("sheet.yaml").write_text("answers: {y_1: '0,88'}\n")
    answer = "0,8808"
    assert answer in run("--decimal-comma", "solve", "a.yaml").out
    assert answer in run("check", "a.yaml", "sheet.yaml", "--reveal", "--digits", "4", "--decimal-comma").out
    assert run("check", "a.yaml", "sheet.yaml", "--decimal-comma").code == 0
    assert run("check", "a.yaml", "sheet.yaml").code == 1
    assert answer not in run("solve", "a.yaml", "--json", "--decimal-comma").out
    Path("class").mkdir()
    Path("class/lan.yaml").write_bytes(Path("sheet.yaml").read_bytes())
    run("grade", "a.yaml", "class", "-o", "grades.csv", "--feedback", "pages", "--reveal", "--decimal-comma")
    assert "| 0,88 | right |" in Path("pages/lan.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "wrong", "hint"),
    [
        (("--lang", "vn", "solve", "vietai/exercise3"), "there is no language `vn`", "known: en, vi"),
        (("solve", "vietai/exercise3", "--lang=Klingon"), "there is no language `Klingon`", "known: en, vi"),
        (("solve", "vietai/exercise3", "--lang"), "`--lang` names no language", "known: en, vi"),
    ],
)
def test_a_language_that_is_not_spoken(run: Run, arguments: tuple[str, ...], wrong: str, hint: str) -> None:
    assert run(*arguments) == (2, "", f"error: {wrong}\n  help: {hint}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("solve", "vietai/exercise3", "-o", "a.docx"),
            "error: no format has files that end in `.docx`\n"
            "  help: the endings are .html, .json, .md, .pdf, .tex, .txt, .typ; "
            "`--format` chooses whatever the file is called\n",
        ),
        (
            ("params", "lstm", "--input", "3", "--size", "d=4"),
            "error: `--input` and `--size d=…` exclude each other\n  help: leave one of them out\n",
        ),
    ],
)
def test_options_that_say_two_things(run: Run, arguments: tuple[str, ...], message: str) -> None:
    assert run(*arguments) == (2, "", message)
    assert not Path("a.docx").exists()
