"""How a file states its network: the whole system of equations that each notation stands for, and every message."""

from pathlib import Path

import pytest

from rnncalc.cell import cell_names, library_cell
from rnncalc.equations import source
from rnncalc.errors import draw
from rnncalc.exercise.keys import KEYS
from rnncalc.languages import said
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
    "arguments of activations with names of their own": (
        "cell: lstm\nrename: {W_c: 0}\nactivations: {o: identity}\npreactivations: {f: z_f, g: a}",
        """\
z_f[t] = W_f @ x[t] + U_f @ h[t-1] + b_f
f[t] = sigmoid(z_f[t])
i[t] = sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
a[t] = U_c @ h[t-1] + b_c
g[t] = tanh(a[t])
c[t] = f[t] * c[t-1] + i[t] * g[t]
o[t] = W_o @ x[t] + U_o @ h[t-1] + b_o
h[t] = o[t] * tanh(c[t])""",
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


LAYOUTS = {
    "one matrix for both; what stands first gives it its name": (
        "cell: gru\nconcat: [h, x]",
        """\
z[t] = sigmoid(W_z @ concat(h[t-1], x[t]) + b_z)
r[t] = sigmoid(W_r @ concat(h[t-1], x[t]) + b_r)
g[t] = tanh(W_h @ concat(r[t] * h[t-1], x[t]) + b_h)
h[t] = (1 - z[t]) * h[t-1] + z[t] * g[t]""",
    ),
    "in the other order, with the letters of the source": (
        "cell: rnn\nrename: {h: s, W: W_s}\nconcat: [x, s]",
        """\
s[t] = tanh(W_s @ concat(x[t], s[t-1]) + b_s)
y[t] = softmax(V @ s[t] + b_y)""",
    ),
    "three vectors, where the network has them": (
        "equations: |\n  h[t] = tanh(b + W @ x[t] + U @ h[t-1] + 2 * (V @ c[t] + a))\nconcat: [c, h, x]",
        "h[t] = tanh(W @ concat(h[t-1], x[t]) + b + 2 * (V @ c[t] + a))",
    ),
    "blocks of an array are named by their gates, or whole": (
        "cell: mgu\nfused: {W: [h, f], V: [U_f, U_h]}",
        """\
W_h = row_block(W, 1, 2)
W_f = row_block(W, 2, 2)
U_f = row_block(V, 1, 2)
U_h = row_block(V, 2, 2)
f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
g[t] = tanh(W_h @ x[t] + U_h @ (f[t] * h[t-1]) + b_h)
h[t] = (1 - f[t]) * h[t-1] + f[t] * g[t]""",
    ),
    "rows, with equations of the file as they stand": (
        "cell: gru\nvectors: rows\nequations: |\n  y[t] = softmax(h[t] @ V + b_y)",
        """\
z[t] = sigmoid(x[t] @ W_z + h[t-1] @ U_z + b_z)
r[t] = sigmoid(x[t] @ W_r + h[t-1] @ U_r + b_r)
g[t] = tanh(x[t] @ W_h + (r[t] * h[t-1]) @ U_h + b_h)
h[t] = (1 - z[t]) * h[t-1] + z[t] * g[t]
y[t] = softmax(h[t] @ V + b_y)""",
    ),
    "rows, where the cell has its weights transposed": (
        "cell: rnn\nrename: {W: W_hh.T, U: W_xh.T, V: W_hy.T, b_s: 0, b_y: 0}\nvectors: rows",
        """\
h[t] = tanh(h[t-1] @ W_hh + x[t] @ W_xh)
y[t] = softmax(h[t] @ W_hy)""",
    ),
    "a vector that stands transposed": (
        "cell: attention-additive\nvectors: rows",
        """\
e[t,j] = tanh(s[t-1] @ W_a + h[j] @ U_a) @ v_a.T
alpha[t,j] = softmax(e[t,j], j)
c[t] = sum(alpha[t,j] * h[j], j)
s[t] = tanh(s[t-1] @ W + x[t] @ U + c[t] @ C)""",
    ),
    "products of three factors keep no brackets": (
        "cell: lstm\nrename: {W_f: P @ Q.T}\nvectors: rows\nconcat: [h, x]\nfused: {b: [i, f]}",
        """\
b_i = col_block(b, 1, 2)
b_f = col_block(b, 2, 2)
f[t] = sigmoid(x[t] @ Q @ P + h[t-1] @ U_f + b_f)
i[t] = sigmoid(beside(h[t-1], x[t]) @ W_i + b_i)
g[t] = tanh(beside(h[t-1], x[t]) @ W_c + b_c)
c[t] = f[t] * c[t-1] + i[t] * g[t]
o[t] = sigmoid(beside(h[t-1], x[t]) @ W_o + b_o)
h[t] = o[t] * tanh(c[t])""",
    ),
}


LAYERS = {
    "one layer in one direction is the cell": (
        "cell: mgu\nlayers: 1\nbidirectional: false",
        """\
f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
g[t] = tanh(W_h @ x[t] + U_h @ (f[t] * h[t-1]) + b_h)
h[t] = (1 - f[t]) * h[t-1] + f[t] * g[t]""",
    ),
    "what reads the state reads the highest layer; equations of the file too": (
        "cell: rnn\nlayers: 3\nequations: |\n  z[t] = V_2 @ h_l2[t]",
        """\
h_l1[t] = tanh(W_l1 @ h_l1[t-1] + U_l1 @ x[t] + b_s_l1)
h_l2[t] = tanh(W_l2 @ h_l2[t-1] + U_l2 @ h_l1[t] + b_s_l2)
h_l3[t] = tanh(W_l3 @ h_l3[t-1] + U_l3 @ h_l2[t] + b_s_l3)
y[t] = softmax(V @ h_l3[t] + b_y)
z[t] = V_2 @ h_l2[t]""",
    ),
    "D2.9: bidirectional": (
        "cell: elman\nbidirectional: true",
        """\
h_fw[t] = sigmoid(W_h_fw @ x[t] + U_h_fw @ h_fw[t-1] + b_h_fw)
h_bw[t] = sigmoid(W_h_bw @ x[t] + U_h_bw @ h_bw[t+1] + b_h_bw)
h[t] = concat(h_fw[t], h_bw[t])
y[t] = sigmoid(W_y @ h[t] + b_y)""",
    ),
    "D4.7: deep and bidirectional, U on the state, the backward direction above, a softmax of both": (
        """\
cell: rnn
rename: {W: U, U: W, b_s: 0}
layers: 2
bidirectional: true
merge: [backward, forward]
output: {activation: softmax, weights: 0, bias: 0}
""",
        """\
h_l1_fw[t] = tanh(U_l1_fw @ h_l1_fw[t-1] + W_l1_fw @ x[t])
h_l1_bw[t] = tanh(U_l1_bw @ h_l1_bw[t+1] + W_l1_bw @ x[t])
h_l1[t] = concat(h_l1_bw[t], h_l1_fw[t])
h_l2_fw[t] = tanh(U_l2_fw @ h_l2_fw[t-1] + W_l2_fw @ h_l1[t])
h_l2_bw[t] = tanh(U_l2_bw @ h_l2_bw[t+1] + W_l2_bw @ h_l1[t])
h_l2[t] = concat(h_l2_bw[t], h_l2_fw[t])
y[t] = softmax(h_l2[t])""",
    ),
    "the weights are shared, blocks are cut once; the last states of both directions are averaged and read": (
        """\
cell: mgu
fused: {W: [f, h]}
bidirectional: shared
merge: mean
output: {activation: linear, at: last, name: z}
""",
        """\
W_f = row_block(W, 1, 2)
W_h = row_block(W, 2, 2)
f_fw[t] = sigmoid(W_f @ x[t] + U_f @ h_fw[t-1] + b_f)
g_fw[t] = tanh(W_h @ x[t] + U_h @ (f_fw[t] * h_fw[t-1]) + b_h)
h_fw[t] = (1 - f_fw[t]) * h_fw[t-1] + f_fw[t] * g_fw[t]
f_bw[t] = sigmoid(W_f @ x[t] + U_f @ h_bw[t+1] + b_f)
g_bw[t] = tanh(W_h @ x[t] + U_h @ (f_bw[t] * h_bw[t+1]) + b_h)
h_bw[t] = (1 - f_bw[t]) * h_bw[t+1] + f_bw[t] * g_bw[t]
h[t] = (h_fw[t] + h_bw[t]) / 2
z = V @ ((h_fw[T] + h_bw[1]) / 2) + b_y""",
    ),
    "a sum, in rows": (
        """\
cell: rnn-torch
bidirectional: true
merge: sum
output: {activation: sigmoid, weights: W_y, bias: 0}
vectors: rows
""",
        """\
h_fw[t] = tanh(x[t] @ W_ih_fw + b_ih_fw + h_fw[t-1] @ W_hh_fw + b_hh_fw)
h_bw[t] = tanh(x[t] @ W_ih_bw + b_ih_bw + h_bw[t+1] @ W_hh_bw + b_hh_bw)
h[t] = h_fw[t] + h_bw[t]
y[t] = sigmoid(h[t] @ W_y)""",
    ),
    "layers of different cells, in letters of their own": (
        """\
layers:
  - {cell: rnn, activations: {tanh: relu}}
  - {cell: mgu, rename: {h: s}, concat: [s, x]}
output: {activation: softmax, at: last}
""",
        """\
h_l1[t] = relu(W_l1 @ h_l1[t-1] + U_l1 @ x[t] + b_s_l1)
f_l2[t] = sigmoid(W_f_l2 @ concat(s_l2[t-1], h_l1[t]) + b_f_l2)
g_l2[t] = tanh(W_h_l2 @ concat(f_l2[t] * s_l2[t-1], h_l1[t]) + b_h_l2)
s_l2[t] = (1 - f_l2[t]) * s_l2[t-1] + f_l2[t] * g_l2[t]
y = softmax(V @ s_l2[T] + b_y)""",
    ),
    "equations of the file are repeated where it has no cell": (
        "equations: |\n  s[n] = s[n-1] + w * x[n-1]\n  y[n] = v * s[n-2] + w\nlayers: 2",
        """\
s_l1[n] = s_l1[n-1] + w_l1 * x[n-1]
s_l2[n] = s_l2[n-1] + w_l2 * s_l1[n-1]
y[n] = v * s_l2[n-2] + w_l2""",
    ),
    "a mask keeps the states, and makes the output zero": (
        "cell: rnn\nbidirectional: true\nmask: {input: m, outputs: zero}",
        """\
h_fw[t] = m[t] * tanh(W_fw @ h_fw[t-1] + U_fw @ x[t] + b_s_fw) + (1 - m[t]) * h_fw[t-1]
h_bw[t] = m[t] * tanh(W_bw @ h_bw[t+1] + U_bw @ x[t] + b_s_bw) + (1 - m[t]) * h_bw[t+1]
h[t] = concat(h_fw[t], h_bw[t])
y[t] = m[t] * softmax(V @ h[t] + b_y)""",
    ),
    "several sequences": (
        "cell: rnn\nlayers: 2\nmask: m\noutput: {activation: linear, at: last}\nbatch: n",
        """\
h_l1[n,t] = m[n,t] * tanh(W_l1 @ h_l1[n,t-1] + U_l1 @ x[n,t] + b_s_l1) + (1 - m[n,t]) * h_l1[n,t-1]
h_l2[n,t] = m[n,t] * tanh(W_l2 @ h_l2[n,t-1] + U_l2 @ h_l1[n,t] + b_s_l2) + (1 - m[n,t]) * h_l2[n,t-1]
y[n] = V @ h_l2[n,T] + b_y""",
    ),
    "several sequences, with blocks of weights and a beginning": (
        "equations: |\n  h[0] = a\n  a = A @ p\n  W = row_block(B, 1, 2)\n  h[k] = W @ h[k-1] + x[k]\nbatch: s",
        """\
h[s,0] = a
a = A @ p
W = row_block(B, 1, 2)
h[s,k] = W @ h[s,k-1] + x[s,k]""",
    ),
    "an output of a network without layers": (
        "cell: rnn\noutput: linear",
        """\
h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)
y[t] = V @ h[t] + b_y""",
    ),
}


@pytest.mark.parametrize(("text", "expected"), LAYERS.values(), ids=LAYERS)
def test_layers_and_directions(text: str, expected: str) -> None:
    assert equations(text) == expected


def test_copies_are_printed_with_arrows_and_numbers() -> None:
    found, _ = stated("cell: lstm\nfused: {b: [f, i]}\nlayers: 2\nbidirectional: true\noutput: softmax")
    names = ("g_l1_fw", "h_l1", "W_f_l2_bw", "b_l2_fw", "c_l2_bw")
    assert [found.symbols[name] for name in names] == ["c̃⃗⁽¹⁾", "h⁽¹⁾", "W⃖⁽²⁾_f", "b⃗⁽²⁾", "c⃖⁽²⁾"]
    parts = [(said(stage.part), said(stage.title), stage.of) for stage in found.stages]
    assert parts[:3] + parts[-3:] == [
        ("Layer 1, forward", "Blocks of b", ("b_f_l1_fw", "b_i_l1_fw")),
        ("Layer 1, forward", "Forget gate", ("f_l1_fw",)),
        ("Layer 1, forward", "Input gate", ("i_l1_fw",)),
        ("Layer 2, backward", "Output gate and hidden state", ("o_l2_bw", "h_l2_bw")),
        ("Layer 2", "Both directions", ("h_l2",)),
        ("", "Output", ("y",)),
    ]


@pytest.mark.parametrize(("text", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_layout_of_weights(text: str, expected: str) -> None:
    assert equations(text) == expected


@pytest.mark.parametrize(("text", "expected"), LETTERS.values(), ids=LETTERS)
def test_letters(text: str, expected: str) -> None:
    assert equations(text) == expected


def test_titles_and_printed_letters_follow() -> None:
    found, _ = stated("cell: gru\nrename: {h: s, z: u, g: n}")
    assert found.symbols == {}
    assert [stage.of for stage in found.stages] == [("u",), ("r",), ("n",), ("s",)]
    assert stated("cell: gru\npreactivations: [z, g]")[0].stages[2].of == ("z_g", "g")
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
    (
        "cell: lstm\nconcat: [h]",
        """\
f.yaml:2:9: error: two different quantities were expected
    2 │ concat: [h]
      │         ^^^
  help: write `concat: [h, x]`""",
    ),
    (
        "cell: lstm\nconcat: [s, x]",
        """\
f.yaml:2:10: error: there is no state or input `s`
    2 │ concat: [s, x]
      │          ^
  help: known: f, x, h, i, g, c, o""",
    ),
    (
        "cell: gru-torch\nconcat: [h, x]",
        """\
f.yaml:2:9: error: in the equation of `n`, the products with `h` and `x` do not stand in one sum
    2 │ concat: [h, x]
      │         ^^^^^^
  help: this network cannot be written with one matrix for both""",
    ),
    (
        "cell: lstm\nconcat: [h, c]",
        """\
f.yaml:2:9: error: no equation adds products of `h` and `c` with matrices
    2 │ concat: [h, c]
      │         ^^^^^^
  help: name the state and the input of the network: `concat: [h, x]`""",
    ),
    (
        "cell: rnn\nfused: {W: [a, b]}",
        """\
f.yaml:2:9: error: `W` is a quantity of the network already
    2 │ fused: {W: [a, b]}
      │         ^
  help: give the whole array another name

f.yaml:2:13: error: the network has no parameter `a` or `W_a`
    2 │ fused: {W: [a, b]}
      │             ^
  help: parameters are W, U, b_s, V, b_y

f.yaml:2:16: error: the network has no parameter `b` or `W_b`
    2 │ fused: {W: [a, b]}
      │                ^
  help: parameters are W, U, b_s, V, b_y""",
    ),
    (
        "cell: lstm\nfused: {W: [i, i], b: f}",
        """\
f.yaml:2:16: error: `W_i` is a block already
    2 │ fused: {W: [i, i], b: f}
      │                ^
  help: name each parameter once

f.yaml:2:23: error: two blocks or more were expected
    2 │ fused: {W: [i, i], b: f}
      │                       ^
  help: write `W: [f, i, c, o]`""",
    ),
    (
        "cell: lstm\nvectors: row",
        """\
f.yaml:2:10: error: there is no kind of vectors `row`
    2 │ vectors: row
      │          ^^^
  help: did you mean `rows`?""",
    ),
    (
        "cell: lstm\nlayers: 0",
        """\
f.yaml:2:9: error: a whole number from 1 to 100 was expected
    2 │ layers: 0
      │         ^""",
    ),
    (
        "cell: attention-dot\nlayers: 2",
        """\
f.yaml:2:9: error: a network can be repeated in layers or directions if its equations run along one index, at every position of it
    2 │ layers: 2
      │         ^
  help: write the equations of all layers and directions under `equations:`""",  # noqa: E501
    ),
    (
        "cell: rnn-bidirectional\noutput: linear",
        """\
f.yaml:2:9: error: a network can be repeated in layers or directions if it runs forward, from the first position to the last
    2 │ output: linear
      │         ^^^^^^
  help: write the equations of all layers and directions under `equations:`""",  # noqa: E501
    ),
    (
        "equations: |\n  h[t] = h[t-1] + x[t] + z[t]\nbidirectional: shared",
        """\
f.yaml:3:16: error: a network can be repeated in layers or directions if it has one input; this one has `x` and `z`
    3 │ bidirectional: shared
      │                ^^^^^^
  help: write the equations of all layers and directions under `equations:`""",
    ),
    (
        "equations: |\n  h[t] = h[t-1] + w * x[t]\n  y[t] = w * h[t]\nbidirectional: true",
        """\
f.yaml:4:16: error: an equation reads `w`, which both directions have
    4 │ bidirectional: true
      │                ^^^^
  help: write this equation anew under `equations:`, with the names of one direction""",
    ),
    (
        "cell: lstm\nmerge: sum",
        """\
f.yaml:2:8: error: there is one direction only: nothing is merged
    2 │ merge: sum
      │        ^^^
  help: write `bidirectional: true` too""",
    ),
    (
        "cell: lstm\nbidirectional: yes\nmerge: [forward]",
        """\
f.yaml:2:16: error: there is no way `yes`
    2 │ bidirectional: yes
      │                ^^^
  help: known: true, false, shared

f.yaml:3:8: error: this is no way to put two directions together
    3 │ merge: [forward]
      │        ^^^^^^^^^
  help: write `[forward, backward]`, `[backward, forward]`, `sum`, `mean` or `product`""",
    ),
    (
        "cell: lstm\noutput: {at: last}",
        """\
f.yaml:2:9: error: `activation:` is missing
    2 │ output: {at: last}
      │         ^^^^^^^^^^
  help: write `softmax`, `sigmoid` or `linear`""",
    ),
    (
        "cell: lstm\nrename: {h: s}\nlayers: [lstm, {cell: gruu}, {cel: gru}]",
        """\
f.yaml:1:7: error: `cell:` stands beside layers that have cells of their own
    1 │ cell: lstm
      │       ^^^^
  help: write it inside the layers: `- {cell: lstm, …}`

f.yaml:2:9: error: `rename:` stands beside layers that have cells of their own
    2 │ rename: {h: s}
      │         ^^^^^^
  help: write it inside the layers: `- {cell: lstm, rename: …}`

f.yaml:3:23: error: there is no cell `gruu`
    3 │ layers: [lstm, {cell: gruu}, {cel: gru}]
      │                       ^^^^
  help: did you mean `gru`?

f.yaml:3:31: error: `cel` is not a key of a layer
    3 │ layers: [lstm, {cell: gruu}, {cel: gru}]
      │                               ^^^
  help: did you mean `cell`?""",
    ),
    (
        "layers: [lstm, {}]",
        """\
f.yaml:1:16: error: this layer has no cell
    1 │ layers: [lstm, {}]
      │                ^^
  help: write `{cell: lstm}`""",
    ),
    (
        "cell: lstm\npreactivations: [c, q]",
        """\
f.yaml:2:21: error: there is no quantity `q`
    2 │ preactivations: [c, q]
      │                     ^
  help: known: f, i, g, c, o, h""",
    ),
    (
        "cell: lstm\npreactivations: [f, c]",
        """\
f.yaml:2:17: error: the equation of `c` has no activation
    2 │ preactivations: [f, c]
      │                 ^^^^^^
  help: name quantities with one activation: `preactivations: [f, i, o]`""",
    ),
    (
        "cell: lstm\npreactivations: {f: W_f}",
        """\
f.yaml:2:17: error: `W_f` cannot be the name of an argument
    2 │ preactivations: {f: W_f}
      │                 ^^^^^^^^
  help: write a new name, such as `z_f`""",
    ),
    (
        "cell: lstm\nmask: c",
        """\
f.yaml:2:7: error: `c` is a quantity of the network already
    2 │ mask: c
      │       ^
  help: give the mask another name""",
    ),
    (
        "cell: grid-lstm\nmask: mask",
        """\
f.yaml:2:7: error: the states of this network have 2 indices
    2 │ mask: mask
      │       ^^^^
  help: write the mask into the equations: `m[t] * …`""",
    ),
    (
        "cell: lstm\nbatch: t",
        """\
f.yaml:2:8: error: `t` is an index of the network already
    2 │ batch: t
      │        ^
  help: take another letter""",
    ),
    (
        "cell: lstm\nbatch: 2",
        """\
f.yaml:2:8: error: sequences are numbered by an index letter
    2 │ batch: 2
      │        ^
  help: write `batch: n`""",
    ),
    (
        "cell: lstm\nmask: [1, 0]",
        """\
f.yaml:2:7: error: a text was expected
    2 │ mask: [1, 0]
      │       ^^^^^^
  help: write it without `[…]`, or put the whole in quotes

f.yaml:2:7: error: a mask is the name of an input
    2 │ mask: [1, 0]
      │       ^^^^^^
  help: write `mask: m`, and `m: [1, 1, 0]` under `inputs:`""",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_refused(text: str, message: str) -> None:
    assert stated(text)[1] == message


@pytest.mark.parametrize("name", cell_names())
def test_every_cell_is_repeated_or_refused(name: str) -> None:
    """A cell of the library runs in layers, both ways and with a mask, in rows; or the key that asks for it is told why
    not."""
    text = f"cell: {name}\nlayers: 2\nbidirectional: true\nvectors: rows\nmask: mask_"
    found, problems = stated(text)
    whole = {equation.name for equation in found.equations}
    repeated = {f"{one.name}_l2_bw" for one in library_cell(name).equations} & whole
    assert repeated if not problems else "a network can be repeated in layers or directions if" in problems
