"""Mutated exercise files: whatever a file holds, it is solved, or refused with problems that can be drawn, and soon."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import soon

from rnncalc import library, loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.errors import RnncalcError, draw
from rnncalc.starter import starter

"""The longest that a refusal, or the solution of a classroom-size file, may take."""

ATTENTION = """\
equations: |
  s[0] = h[T]
  h[t] = tanh(U @ h[t-1] + W @ x[t])
  e[t,j] = v.T @ tanh(A @ s[t-1] + B @ h[j])
  alpha[t,j] = softmax(e[t,j], j)
  c[t] = sum(alpha[t,j] * h[j], j)
  s[t] = tanh(C @ s[t-1] + D @ c[t])
find: [s_2]
inputs: {x: [[1, 0], [0, 1]]}
parameters:
  {U: [[1, 0], [0, 1]], W: [[1, 2], [3, 4]], v: [1, -1], A: [[1, 2], [0, 1]], B: [[1, 1], [1, 0]], C: [[1, 0], [2, 1]],
   D: [[0, 1], [1, 1]]}
"""
GRADIENT = """\
cell: rnn
equations: "d[t] = y[t] - g[t]"
loss: L = sum(d[t].T @ d[t], t)
find: [dL/dW, dL/dU]
inputs: {x: [[1, 0], [0, 1]], g: [[1, 0], [0, 1]]}
parameters: {W: [[1, 2], [3, 4]], U: [[1, 0], [2, 1]], b_s: [1, 1/3], V: [[0.5, 1], [1, 0]], b_y: [0, 1]}
initial: {h_0: [sqrt(2), 0]}
expect: {h_1: [1, 1]}
"""
FILES = [
    *(library.text(name) for name in library.names() if name.startswith("vietai/")),
    *(starter(library_cell(name), "my.yaml") for name in cell_names()),
    ATTENTION,
    GRADIENT,
]
NASTY = [
    "", "~", "[]", "{}", "[[]]", "[[], []]", "{a: 1}", "[1, [2]]", "[[1, 2], 3]", "[0,731]", "NaN", ".inf", "-inf",
    "1e999999999", "9**9**9", "7" * 5000, "[" * 3000, "{" * 3000, "__import__('os')", "x.__class__", "0", "-1",
    "1e-1000", "12345", "0x10", "010", "1:30", "no", "1/0", "sqrt(-1)", "sqrt(2)", "½", "٣", "−1", "h_1", "h_0",
    "h_-1", "h_2", "h_999999999", "h_T", "h[t]", "W_f", "x", "t", "T", "lstm", "../x.yaml", "/dev/null.yaml", "*a",
    "&a [1]", "<<: *a", "!!python/object:os.system ls", "|", ">", "# no", "---", "...", "\u0000", "\u001b[31m",
    "\ufeff", "\u202e", "\ud800", "é", "\r", "\t", ":", "- 1", "'", '"', "softmax(x[t], t)", "h[t] = h[t]",
    "h[t] = h[t+1]", "y[t] = 1 / (sigmoid(h[t]) + sigmoid(-h[t]) - 1)", "y[t] = log(h[t])", "y = h[t]",
    "lengths: {t: 1000000000}", "lengths: {t: 3}", "find: []", "find: [h]", "loss: L = sum(h[T])",
    "initial: {h: [1, 0, 0]}",
]  # fmt: skip


@st.composite
def mutants(draw_from: st.DrawFn) -> bytes:
    """A file with one to four changes: bytes flipped, lines deleted, doubled, swapped or replaced, values replaced."""
    text = draw_from(st.sampled_from(FILES))
    for _ in range(draw_from(st.integers(1, 4))):
        lines = text.split("\n")
        at = draw_from(st.integers(0, len(lines) - 1))
        nasty = draw_from(st.sampled_from(NASTY))
        match draw_from(st.sampled_from(["delete", "double", "swap", "line", "value", "entry", "cut", "insert"])):
            case "delete":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = draw_from(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "line":
                lines[at] = nasty
            case "value":
                lines[at] = lines[at].partition(":")[0] + ": " + nasty
            case "entry":
                parts = lines[at].split(",")
                parts[draw_from(st.integers(0, len(parts) - 1))] = nasty
                lines[at] = ",".join(parts)
            case "cut":
                lines[at] = lines[at][: draw_from(st.integers(0, len(lines[at])))]
            case "insert":
                column = draw_from(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:column] + nasty + lines[at][column:]
        text = "\n".join(lines)
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(draw_from(st.integers(0, 2))):
        if data:
            data[draw_from(st.integers(0, len(data) - 1))] = draw_from(st.integers(0, 255))
    return bytes(data)


@soon()
def survives(text: str | bytes) -> None:
    """Solved and printed, or refused with drawn problems; in time."""
    try:
        solution = solve(loads(text, "f.yaml"))
        str(solution)
        solution.record()
    except RnncalcError as error:
        drawn = draw(error.problems)
    else:
        drawn = "solved"
    assert drawn
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in drawn.replace("\n", ""))


@settings(max_examples=400, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutants())
def test_mutants_are_solved_or_refused(text: bytes) -> None:
    survives(text)


@pytest.mark.parametrize("name", ["find", "inputs", "parameters", "initial", "expect", "lengths", "symbols", "steps"])
@pytest.mark.parametrize("value", NASTY)
def test_any_value_of_any_key(name: str, value: str) -> None:
    survives(f"cell: rnn\nparameters: {{W: 1}}\ninputs: {{x: [1]}}\n{name}: {value}\n")
    survives(f"{name}: {value}\nequations: 'y[t] = tanh(w * y[t-1] + x[t])'\ninputs: {{x: [1, 2]}}\n")


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes(text: bytes | str) -> None:
    survives(text)
