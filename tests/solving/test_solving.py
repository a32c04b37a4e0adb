"""Solving: digits that are certain, values that hide, work that is too much, long runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from patience import WAIT, soon

from rnncalc import Precision, RnncalcError, load, loads, solve
from rnncalc.errors import LimitError, draw
from rnncalc.solving import Hidden, Uncertified


def with_input(equation: str, *more: str) -> str:
    return "\n".join((f"equations: {equation}", "inputs: {x: [1, 2]}", "find: [y_1]", *more, ""))


# ---------------------------------------------------------------- hidden values


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        ("y[t] = 0.5 * (sigmoid(x[t]) + sigmoid(-x[t])) - 0.5", "0.0000"),
        ("y[t] = sigmoid(x[t]) + sigmoid(-x[t]) + 0.23445", "1.23445"),
        ("y[t] = sigmoid(x[t]) + sigmoid(-x[t])", "1.0000"),
        ("y[t] = exp(log(x[t] + 1)) - 2", "0.0000"),
        ("y[t] = 1000 * (tanh(x[t]) + tanh(-x[t]))", "0.0000"),
    ],
)
def test_a_value_that_may_be_exactly_on_an_edge(equation: str, text: str) -> None:
    """It ends with a remark, and with the digits that are certain if the value is where it seems to be."""
    with soon():
        solution = solve(loads(with_input(equation)))
    assert solution.record()["answers"]["y_1"]["value"] == [[text]]
    for remark in solution.remarks:
        assert isinstance(remark, Hidden)
        assert remark.width < -300
    assert bool(solution.remarks) == (text != "1.0000")


def test_a_value_that_only_seems_to_be_zero() -> None:
    """(1 + e^-700) - 1 needs more than the first precision."""
    solution = solve(loads(with_input("y[t] = (1 + exp(-700 * x[t])) - 1")), precision=Precision(4, "significant"))
    assert solution.remarks == ()
    assert solution.record()["answers"]["y_1"]["value"] == [["9.860e-305"]]


def test_many_digits() -> None:
    answer = solve(load("vietai/exercise2"), precision=Precision(900, "significant"))
    assert not any(isinstance(remark, Hidden) for remark in answer.remarks)
    assert len(answer.record()["answers"]["h_1"]["value"][1][0]) == 905


UNDEFINED = [
    (
        "y[t] = 1 / (sigmoid(x[t]) + sigmoid(-x[t]) - 1)",
        """\
f.yaml:1:12: error: `y_1`: a division by something that may be zero, even with 9830 digits
    1 │ equations: y[t] = 1 / (sigmoid(x[t]) + sigmoid(-x[t]) - 1)
      │            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  help: it may be exactly zero there, and then the value does not exist: put the equation in another form""",
    ),
    (
        "y[t] = 1 / (x[t] - 1)",
        """\
f.yaml:1:12: error: a division by zero in `y[t] = 1 / (x[t] - 1)` at t = 1
    1 │ equations: y[t] = 1 / (x[t] - 1)
      │            ^^^^^^^^^^^^^^^^^^^^^""",
    ),
]


@pytest.mark.parametrize(("equation", "message"), UNDEFINED)
def test_a_value_that_does_not_exist(equation: str, message: str) -> None:
    with pytest.raises(RnncalcError) as caught:
        solve(loads(with_input(equation), "f.yaml"))
    assert draw(caught.value.problems) == message


@pytest.mark.parametrize("size", ["1e7", "1e1000"])
def test_a_gate_that_is_wide_open(size: str) -> None:
    """1 − e^−10000000 is 1 to more digits than there is memory for."""
    code = "import sys; from rnncalc import loads, solve; print(solve(loads(sys.argv[1]))['y_1'])"
    arguments = [sys.executable, "-c", code, with_input(f"y[t] = sigmoid({size} * x[t])")]
    run = subprocess.run(arguments, capture_output=True, text=True, timeout=WAIT, check=False)
    assert (run.returncode, run.stdout) == (0, "[['1.00000000000000']]\n")


# ---------------------------------------------------------------- float64


def test_float64_says_that_it_is() -> None:
    solution = solve(load("vietai/exercise3"), float64=True)
    assert solution.remarks == (Uncertified(asked=True),)


@pytest.mark.parametrize(
    "text",
    [
        with_input("y[t] = exp(1000 * x[t])"),
        with_input("y[t] = 1e400 * x[t]"),
        with_input("y[t] = 0 * x[t] / (x[t] - 1)"),
        with_input("y[t] = w * x[t]", "parameters: {w: 1e400}"),
    ],
)
def test_float64_never_shows_infinity(text: str, recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(RnncalcError) as caught:
        solve(loads(text), float64=True)
    assert draw(caught.value.problems) == (
        "error: `y_1` leaves the range of float64\n  help: leave out `--float64`: certified numbers have no such limit"
    )
    assert not recwarn.list


# ---------------------------------------------------------------- too much work


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("equations: y[t] = y[t-1] + 1\nlengths: {t: 10000000}\nfind: [y_T]\n", "10 000 000"),
        (
            "equations: |\n  a[t,j] = x[t] * x[j]\n  y = sum(sum(a[t,j], j), t)\n" + f"inputs: {{x: {[1] * 3000}}}\n",
            "10 125 000",
        ),
    ],
    ids=["steps", "pairs"],
)
def test_too_much_work_is_refused_at_once(text: str, count: str) -> None:
    with pytest.raises(LimitError) as caught, soon():
        solve(loads(text, "f"))
    assert draw(caught.value.problems) == (
        f"error: `f`: the equations would be worked out {count} times, and at most 3 000 000 times are allowed\n"
        "  help: ask for an earlier position, or give fewer steps"
    )


def test_only_what_is_asked_for_counts() -> None:
    text = "equations: y[t] = y[t-1] + 1\nlengths: {t: 10000000}\nfind: [y_3]\n"
    assert solve(loads(text))["y_3"] == [["3"]]


# ---------------------------------------------------------------- long runs

LONG = """\
import re, sys
from pathlib import Path
from rnncalc import load, solve

def most():
    # Not getrusage: it counts the memory of the process that forked as the child's own.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

solve(load("vietai/exercise2"))
exercise = load(sys.argv[1])
before = most()
solution = solve(exercise)
answers = list(solution.record()["answers"])
print(answers, len(solution.steps), len(solution.remarks), len(str(solution)) < 10_000)
print(most() - before, file=sys.stderr)
"""


def lstm(steps: int) -> str:
    """Inputs that never repeat, and a gate for each sign."""
    rows = "\n".join(
        f"    - [{(step * 37) % 101 / 100 - 0.5:.2f}, {(step * 53) % 97 / 96 - 0.5:.4f}]" for step in range(steps)
    )
    matrices = {"W_f": 1, "U_f": -2, "W_i": 3, "U_i": 1, "W_c": -1, "U_c": 2, "W_o": 2, "U_o": -1}
    data = "\n".join(f"  {name}: [[0.{abs(k)}, {k / 5}], [{-k / 10}, 0.7]]" for name, k in matrices.items())
    return (
        f"cell: lstm\nfind: [h_T]\ninputs:\n  x:\n{rows}\nparameters:\n{data}\n"
        "  b_f: [1, 0.5]\n  b_i: [0.1, 0.2]\n  b_c: [0, -0.3]\n  b_o: [0.4, 0]\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_thousands_of_steps(tmp_path: Path) -> None:
    """Certified, with the last three steps shown. All values of the 6 000 steps would take 11 MB."""
    file = tmp_path / "long.yaml"
    file.write_text(lstm(6_000))
    run = subprocess.run([sys.executable, "-c", LONG, str(file)], capture_output=True, text=True, check=True)
    assert run.stdout == "['h_6000'] 18 0 True\n"
    assert int(run.stderr) < 5_000, "kilobytes"


def test_last_steps() -> None:
    exercise = loads(lstm(20))
    assert {step.position for step in solve(exercise, last=2).steps} == {(19,), (20,)}
    assert len(solve(exercise).steps) == 120
    assert solve(exercise, last=2)["h_20"] == solve(exercise)["h_20"]
