"""How a file states its network: the whole system of equations that each notation stands for, and every message."""

from pathlib import Path

import pytest

from rnncalc.equations import source
from rnncalc.errors import draw
from rnncalc.keys import KEYS
from rnncalc.reader import Reader
from rnncalc.source import read_text
from rnncalc.statement import Statement, read_statement


def stated(text: str) -> tuple[Statement, str]:
    """The network of a file, and what is wrong with it."""
    node, reader = read_text(text, "f.yaml"), Reader()
    found = read_statement(reader, reader.mapping(node, KEYS, "an exercise"), node, Path())
    return found, draw(reader.problems)


def equations(text: str) -> str:
    found, problems = stated(text)
    assert problems == ""
    return "\n".join(map(source, found.equations))


LETTERS = {
    "D1.1: weights are written transposed, there are no biases, the output is linear": (
        """\
cell: rnn
rename: {W: W_hh.T, U: W_xh.T, V: W_hy.T, b_s: 0, b_y: 0}
activations: {y: identity}
""",
        """\
h[t] = tanh(W_hh.T @ h[t-1] + W_xh.T @ x[t])
y[t] = W_hy.T @ h[t]""",
    ),
    "D2.1: any activations": (
        """\
cell: rnn
rename: {h: a, W: W_aa, U: W_ax, V: W_ya, b_s: b_a}
activations: {a: relu, y: sigmoid}
""",
        """\
a[t] = relu(W_aa @ a[t-1] + W_ax @ x[t] + b_a)
y[t] = sigmoid(W_ya @ a[t] + b_y)""",
    ),
    "D2.7: gates are called Γ": (
        "cell: gru\nrename: {z: Γ_u, r: Γ_r, h: c, g: c̃, W_z: W_u, U_z: U_u, b_z: b_u}",
        """\
Γ_u[t] = sigmoid(W_u @ x[t] + U_u @ c[t-1] + b_u)
Γ_r[t] = sigmoid(W_r @ x[t] + U_r @ c[t-1] + b_r)
c̃[t] = tanh(W_h @ x[t] + U_h @ (Γ_r[t] * c[t-1]) + b_h)
c[t] = (1 - Γ_u[t]) * c[t-1] + Γ_u[t] * c̃[t]""",
    ),
    "D3.6: U and W change places": (
        "cell: lstm\nrename: {W_f: U_f, U_f: W_f, W_i: U_i, U_i: W_i, W_o: U_o, U_o: W_o, W_c: U_c, U_c: W_c}",
        """\
f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)
i[t] = sigmoid(U_i @ x[t] + W_i @ h[t-1] + b_i)
g[t] = tanh(U_c @ x[t] + W_c @ h[t-1] + b_c)
c[t] = f[t] * c[t-1] + i[t] * g[t]
o[t] = sigmoid(U_o @ x[t] + W_o @ h[t-1] + b_o)
h[t] = o[t] * tanh(c[t])""",
    ),
    "D5.1: the state is S, its weights are H; equations of the file use the new letters": (
        """\
cell: elman
rename: {x: X, h: S, W_h: W, U_h: H, b_h: b, y: p}
equations: |
  q[t] = softmax(V @ S[t])
""",
        """\
S[t] = sigmoid(W @ X[t] + H @ S[t-1] + b)
p[t] = sigmoid(W_y @ S[t] + b_y)
q[t] = softmax(V @ S[t])""",
    ),
    "two biases; a quantity may be named as it is printed": (
        "cell: mgu\nrename: {b_f: b_xf + b_hf, h̃: n}",
        """\
f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_xf + b_hf)
n[t] = tanh(W_h @ x[t] + U_h @ (f[t] * h[t-1]) + b_h)
h[t] = (1 - f[t]) * h[t-1] + f[t] * n[t]""",
    ),
    "what is 0 leaves no trace": (
        "cell: lstm-peephole\nrename: {p_f: 0, p_i: 0, p_o: 0, W_c: 0, U_c: 0, b_c: 0}",
        """\
f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
i[t] = sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
g[t] = tanh(0)
c[t] = f[t] * c[t-1] + i[t] * g[t]
o[t] = sigmoid(W_o @ x[t] + U_o @ h[t-1] + b_o)
h[t] = o[t] * tanh(c[t])""",
    ),
    "without a cell, the notation is that of the equations": (
        "equations: |\n  h[t] = tanh(a - b - W @ h[t-1])\nrename: {h: s, a: 0, b: 0}",
        "s[t] = tanh(-(W @ s[t-1]))",
    ),
    "functions everywhere, but for one quantity": (
        'cell: lstm\nactivations: {tanh: "leaky_relu(x, 0.1)", σ: hard_sigmoid, h: softsign, c: relu}',
        """\
f[t] = hard_sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
i[t] = hard_sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
g[t] = leaky_relu(W_c @ x[t] + U_c @ h[t-1] + b_c, 0.1)
c[t] = relu(f[t] * c[t-1] + i[t] * g[t])
o[t] = hard_sigmoid(W_o @ x[t] + U_o @ h[t-1] + b_o)
h[t] = o[t] * softsign(c[t])""",
    ),
}


@pytest.mark.parametrize(("text", "expected"), LETTERS.values(), ids=LETTERS)
def test_letters(text: str, expected: str) -> None:
    assert equations(text) == expected


def test_titles_and_printed_letters_follow() -> None:
    found, _ = stated("cell: gru\nrename: {h: s, z: u, g: n}")
    assert found.symbols == {}
    assert [stage.of for stage in found.stages] == [("u",), ("r",), ("n",), ("s",)]
    assert stated("cell: gru\nrename: {h: s}\nsymbols: {s: S}")[0].symbols == {"g": "h̃", "s": "S"}


REFUSED = [
    (
        "cell: rnn\nrename: {W: U}",
        """\
f.yaml:2:9: error: `W` and `U` would both be called `U`
    2 │ rename: {W: U}
      │         ^^^^^^
  help: give `U` another name too: `rename: {W: U, U: …}`""",
    ),
    (
        "cell: rnn\nrename: {Z: U}",
        """\
f.yaml:2:10: error: the network has no quantity `Z`
    2 │ rename: {Z: U}
      │          ^
  help: it has h, W, U, x, b_s, y, V, b_y""",
    ),
    (
        "cell: rnn\nrename: {x: x.T}",
        """\
f.yaml:2:13: error: `x` has an index: it needs a name
    2 │ rename: {x: x.T}
      │             ^^^
  help: write one letter: `h: s`""",
    ),
    (
        "cell: rnn\nrename: {h: 0}",
        """\
f.yaml:2:13: error: `h` has an equation: it needs a name
    2 │ rename: {h: 0}
      │             ^
  help: write one letter: `h: s`""",
    ),
    (
        'cell: rnn\nrename: {h: "s[t]"}',
        """\
f.yaml:2:13: error: a name stands without its position here
    2 │ rename: {h: "s[t]"}
      │             ^^^^^^
  help: write `h: s`, not `h: s[t]`""",
    ),
    (
        "cell: rnn\nrename: {b_s: b c}",
        """\
f.yaml:2:15: error: an operator is missing before `c`
    2 │ rename: {b_s: b c}
      │               ^^^
  help: products are written with `*` (element by element) or `@` (matrices), functions as `tanh(x)`""",
    ),
    (
        "cell: rnn\nactivations: {tanh: relo}",
        """\
f.yaml:2:21: error: there is no activation `relo`
    2 │ activations: {tanh: relo}
      │                     ^^^^
  help: did you mean `relu`?""",
    ),
    (
        "cell: rnn\nactivations: {sigmoid: relu}",
        """\
f.yaml:2:15: error: the network neither uses a function nor computes a quantity `sigmoid`
    2 │ activations: {sigmoid: relu}
      │               ^^^^^^^
  help: it uses tanh, softmax and computes h, y""",
    ),
    (
        "equations: |\n  h[t] = sigmoid(x[t]) * tanh(x[t])\nactivations: {h: relu}",
        """\
f.yaml:3:14: error: the equation of `h` has several activations, `sigmoid` and `tanh`
    3 │ activations: {h: relu}
      │              ^^^^^^^^^
  help: name the functions instead: `activations: {tanh: relu}`""",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    assert stated(text)[1] == message
