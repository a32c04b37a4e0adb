"""Programs made of solutions compute what the solutions say, in Python and, where there is a compiler, in C."""

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from test_cli import Run, run  # noqa: F401

from rnncalc import Precision, UsageError, load, loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.exercise.letters import entries
from rnncalc.starter import starter

EVERY_FUNCTION = """
equations: |
  y = leaky_relu(w) + hard_sigmoid(v) * max(w, 1/2) + softsign(w) / 3 - clip(w * v, 2) + step(w) + softplus(v)
  z = sqrt(w ** 2) * exp(v) + log(w ** 2 + 1/4) - tanh(v) * relu(w)
find: [y, z]
symbolic: [w, v]
parameters: {w: w, v: v}
"""
POINTS = [(w, v) for w in (-3.5, -0.25, 0.5, 4.0) for v in (-4.5, -0.75, 0.125, 3.5)]


def in_python(text: str) -> Any:
    """The function `solution` of a program of ours."""
    names: dict[str, Any] = {}
    exec(compile(text, "<program>", "exec"), names)
    return names["solution"]


def in_c(text: str, count: int, folder: Path) -> Any:
    """The same of a C program: numbers → the answers one after the other."""
    source, library = folder / "program.c", folder / "program.so"
    source.write_text(text, encoding="utf-8")
    compiler = shutil.which("cc")
    assert compiler is not None, "only asked for where there is one"
    command = [compiler, "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-lm"]
    subprocess.run(command, check=True, capture_output=True)
    function = ctypes.CDLL(str(library)).solution

    def call(*numbers: float) -> list[float]:
        answers = (ctypes.c_double * count)()
        function(*map(ctypes.c_double, numbers), answers)
        return list(answers)

    return call


def test_program_in_python() -> None:
    text = "equations: |\n  h[t] = tanh(u * h[t-1] + w * x[t])\nfind: [h_2]\nsymbolic: [w]\n"
    text += "title: 'Two \"steps\"'\ninputs: {x: [1, 2]}\nparameters: {u: 1/2, w: w}\n"
    assert solve(loads(text)).code() == (
        "import math\n\n\n"
        "def solution(w):\n"
        '    """Two \'steps\'"""\n'
        "    h_1 = math.tanh(w)\n"
        "    return {\n"
        "        'h_2': [[math.tanh(0.5 * h_1 + 2 * w)]],\n"
        "    }\n"
    )


def test_every_function_of_the_table(tmp_path: Path) -> None:
    solution = solve(loads(EVERY_FUNCTION))
    python = in_python(solution.code("python"))
    c = in_c(solution.code("c"), 2, tmp_path) if shutil.which("cc") else None
    for w, v in POINTS:
        true = solve(loads(EVERY_FUNCTION), put_in={"w": str(w), "v": str(v)})
        wanted = [float(true[name][0][0]) for name in ("y", "z")]
        found = python(v=v, w=w)
        assert [found["y"][0][0], found["z"][0][0]] == pytest.approx(wanted, rel=1e-12)
        assert c is None or c(v, w) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("name", cell_names())
def test_every_cell(name: str) -> None:
    exercise = loads(starter(library_cell(name), "my.yaml"))
    program = in_python(solve(exercise, symbolic=True).code())
    numbers = {}
    for (quantity, position, entry), value in entries(exercise.network):
        numbers["_".join([quantity, *map(str, (*position, *entry))])] = float(expressed(value))
    wanted = solve(exercise)
    found = program(**{key: numbers[key] for key in program.__code__.co_varnames[: program.__code__.co_argcount]})
    for answer in wanted.answers:
        key = exercise.quantities.key(answer.name, answer.position)
        true = [[float(cell.text) for cell in line] for line in wanted.rounded(answer.value, None)]
        flat = [entry for line in found[key] for entry in line]
        assert flat == pytest.approx([entry for line in true for entry in line], abs=1e-3)


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.parametrize(
    "name", ["backpropagation/gru", "networks/attention-additive", "vietai/music", "csc/vanishing-relu"]
)
def test_exact_programs_of_exercises_in_both_languages(name: str, tmp_path: Path) -> None:
    solution = solve(load(name), exact=True)
    digits = Precision(15, "significant")
    true = [float(cell.text) for one in solution.answers for row in solution.rounded(one.value, digits) for cell in row]
    found = in_python(solution.code("python"))()
    assert [entry for rows in found.values() for row in rows for entry in row] == pytest.approx(true, abs=1e-13)
    assert in_c(solution.code("c"), len(true), tmp_path)() == pytest.approx(true, abs=1e-13)


def expressed(value: Any) -> float:
    from rnncalc.numbers import Surd

    return float(value.coefficient) * value.radicand**0.5 if isinstance(value, Surd) else float(value)


def test_numbers_need_closed_forms() -> None:
    with pytest.raises(UsageError) as caught:
        solve(load("vietai/exercise2")).code()
    assert [problem.what for problem in caught.value.problems] == ["only closed forms can become a program"]


def test_command_line(run: Run) -> None:  # noqa: F811
    assert run("solve", "vietai/exercise2", "--code", "c").out == (
        "#include <math.h>\n\n"
        "static double sigmoid(double x)\n{\n    return 1.0 / (1.0 + exp(-x));\n}\n\n"
        "/* LSTM: find h₁\n   answers, row by row: h_1 (2x1) */\n"
        "void solution(double *answers)\n{\n"
        "    answers[0] = 0.0;\n"
        "    answers[1] = sigmoid(-4.0) * tanh(sigmoid(-5.0) * tanh(7.0));\n}\n"
    )
