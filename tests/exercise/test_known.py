"""What is known from before takes the place of an equation: values, and the whole message for each mistake."""

import pytest
from test_exercise import refused

from rnncalc import loads, solve

WEIGHTS = (
    "parameters: {W_f: 1, U_f: 1, b_f: 0, W_i: 1, U_i: 1, b_i: 0, W_o: 1, U_o: 1, b_o: 0, W_c: 1, U_c: 1, b_c: 0}\n"
)
SECOND = "cell: lstm\nfind: [h_2]\n" + WEIGHTS


def answer(text: str) -> list[list[str]]:
    return next(iter(solve(loads(text)).record()["answers"]))["value"]


def test_nothing_before_it_is_needed() -> None:
    """The second step alone, from the states of the first, is the second step of both."""
    whole = solve(loads("cell: lstm\ninputs: {x: [1, -1]}\nfind: [h_1, c_1, h_2]\n" + WEIGHTS))
    h, c = whole["h_1"][0][0], whole["c_1"][0][0]
    part = solve(loads(SECOND + f"inputs: {{x_2: -1}}\nknown: {{h_1: {h}, c_1: {c}}}"), float64=True)
    assert abs(float(part["h_2"][0][0]) - float(whole["h_2"][0][0])) < 1e-14


def test_preactivations_instead_of_weights() -> None:
    """Exercise 2 of VietAI from the arguments of its gates: there is neither an input nor a weight."""
    text = """\
cell: lstm
preactivations: {f: z_f, i: z_i, g: z_c, o: z_o}
known: {z_f_1: [-4, 27], z_i_1: [6, -5], z_o_1: [12, -4], z_c_1: [0, 7]}
"""
    solution = solve(loads(text + "find: [h_1]"))
    assert solution["h_1"] == [["0"], ["0.000120377024383802"]]
    page = solution.text().splitlines()
    assert [line[:36].rstrip() for line in page if "·" in line and line[0].isdigit()] == [
        "1 · Forget gate",
        "2 · Input gate",
        "3 · Cell state",
        "4 · Output gate and hidden state",
    ]
    assert page[2] == "Given   z_f,1 = (−4, 27)    z_i,1 = (6, −5)    z_o,1 = (12, −4)"


def test_a_known_value_hands_nothing_back() -> None:
    """The gradient of a weight has no term of the step whose state is known."""
    rnn = "equations: |\n  h[t] = w * h[t-1] + x[t]\nloss: L = h[2] ** 2\nparameters: {w: 3}\nfind: [dL/dw]\n"
    assert solve(loads(rnn + "inputs: {x: [1, 1]}\nknown: {h_1: 5}"))["dL/dw"] == [["160"]]


REFUSED = [
    (
        SECOND + "inputs: {x_2: 1}\nknown: {h_1: 1}",
        """\
f.yaml:4:15: error: `x_1` is missing
    4 │ inputs: {x_2: 1}
      │               ^
  help: add it under `inputs:`
""",
    ),
    (
        SECOND + "inputs: {x: [1, 2]}\nknown: {h: 1, x_1: 1, hh_1: 2, W_f: 2}",
        """\
f.yaml:5:9: error: `h` needs a position
    5 │ known: {h: 1, x_1: 1, hh_1: 2, W_f: 2}
      │         ^
  help: write `h_1`

f.yaml:5:15: error: `x` is given anyway, not computed
    5 │ known: {h: 1, x_1: 1, hh_1: 2, W_f: 2}
      │               ^^^
  help: move it to `inputs:` or `parameters:`

f.yaml:5:23: error: there is no quantity `hh_1`
    5 │ known: {h: 1, x_1: 1, hh_1: 2, W_f: 2}
      │                       ^^^^
  help: did you mean `h_1`?

f.yaml:5:32: error: `W_f` is given anyway, not computed
    5 │ known: {h: 1, x_1: 1, hh_1: 2, W_f: 2}
      │                                ^^^
  help: move it to `inputs:` or `parameters:`
""",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    assert refused(text) == message
