"""The gradient as equations, and its values against central differences computed in balls of 400 bits."""

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from systems import System

from rnncalc import loads
from rnncalc.cell import cell_names, find_cell
from rnncalc.equations import FUNCTIONS, Ref, parse_equations, refs, source
from rnncalc.equations.domains.certified import Certified
from rnncalc.starter import starter

BITS, STEP = 400, Fraction(1, 2**110)
DOMAIN = Certified()
Data = dict[tuple[str, tuple[int, ...]], Any]


def numbers(rng: random.Random, rows: int, columns: int) -> Any:
    """A matrix of fractions between −1 and 1 that are on no corner of a function."""
    return DOMAIN.array(
        [[Fraction(2 * rng.randrange(-4000, 4000) + 1, 8191) for _ in range(columns)] for _ in range(rows)]
    )


def check(text: str, data: Data, seed: int = 0, stated: Mapping[str, int] | None = None) -> None:
    """The gradient along a random direction is the difference quotient along it, to forty digits."""
    rng = random.Random(seed)
    with flint.ctx.workprec(BITS):
        system = System(text, data, DOMAIN, stated)
        found = system.gradient()
        values = system.values(found)
        direction = {key: numbers(rng, *DOMAIN.shape(value)) for key, value in data.items()}
        slope = DOMAIN.number(Fraction(0))
        for (name, position), along in direction.items():
            adjoint = values.get((found.adjoints.get(name, ""), position))
            if adjoint is not None:
                assert DOMAIN.shape(adjoint) == DOMAIN.shape(along), name
                slope = DOMAIN.add(slope, DOMAIN.total(DOMAIN.entries(DOMAIN.multiply(adjoint, along))))
        ends = [moved(system, direction, sign * STEP) for sign in (1, -1)]
        quotient = DOMAIN.divide(DOMAIN.subtract(*ends), DOMAIN.number(2 * STEP))
        difference = abs(flint.arb(DOMAIN.subtract(quotient, slope).entries[0]))
        scale = 1 + abs(flint.arb(slope.entries[0]))
        assert difference < scale * flint.arb(10) ** -40, (text, quotient, slope)


def moved(system: System, direction: Data, step: Fraction) -> Any:
    far = DOMAIN.number(step)
    data = {key: DOMAIN.add(value, DOMAIN.multiply(far, direction[key])) for key, value in system.data.items()}
    return system.values(data=data)["L", ()]


# ---------------------------------------------------------------- one construction at a time

ELEMENTWISE = [row.name for row in FUNCTIONS.values() if row.kind == "elementwise"]


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_every_function_of_the_table(function: str) -> None:
    """Named and unnamed, of a quantity and of a sum; logarithms of something positive."""
    inside = "exp(W @ x[t] + h[t-1])" if function in ("log", "sqrt") else "W @ x[t] + h[t-1]"
    rng = random.Random(1)
    data = {("W", ()): numbers(rng, 2, 3), ("h", (0,)): numbers(rng, 2, 1)}
    data |= {("x", (t,)): numbers(rng, 3, 1) for t in (1, 2)}
    check(f"h[t] = {function}({inside})\nL = sum(sum(h[t] ** 3 + 2 * {function}(1 + h[t] ** 2)), t)", data)


@pytest.mark.parametrize(
    ("function", "arguments"), [("leaky_relu", "0.3"), ("hard_sigmoid", "0.2"), ("max", "0.1"), ("max", "-1/10")]
)
def test_constants_of_functions(function: str, arguments: str) -> None:
    rng = random.Random(2)
    check(f"L = sum({function}(W, {arguments}) ** 2)", {("W", ()): numbers(rng, 4, 5)})


SHAPES = {"A": (2, 2), "B": (2, 3), "C": (3, 2), "b": (2, 1), "c": (3, 1), "s": (1, 1), "r": (1, 2), "D": (4, 2)}
INPUTS = {"x": (2, 1), "m": (1, 1), "k": (3, 1)}


@pytest.mark.parametrize(
    "text",
    [
        "L = sum(A * A * s - b @ r) / sum(B ** 2)",
        "L = s / (s + 3) - s ** 3 + 2 * s / 7",
        "L = sum(A / (2 + s)) + sum(s / (2 + A ** 2)) + sum(A / (2 + A))",
        "L = sum(A.T @ (B @ c) - (c.T @ C).T)",
        "L = sum((A @ A.T).T * A)",
        "L = r @ A @ b - b.T @ A.T @ r.T",
        "L = sum(transpose(A @ B) * C)",
        "L = sum(concat(A, C) * concat(A, r, r, r)) + sum(concat(b, s))",
        "L = sum(rows(C, 2, 3) * A) + sum(rows(C, 1)) + sum(rows(c * c, 3, 3)) + sum(rows(tanh(b), 1, 2))",
        "L = sum(rows(concat(b, c), 2, 4) ** 2)",
        "L = sum(beside(A, b, B) * beside(b, B, A)) + sum(beside(r, s) ** 2)",
        "L = sum(cols(B, 2, 3) * A) + sum(cols(C, 2, 2) ** 2) + sum(tanh(cols(D * D, 1)))",
        "L = sum(row_block(D, 1, 2) * A) + sum(row_block(D, 2, 2) ** 3) + sum(row_block(c, 3, 3))",
        "L = sum(tanh(row_block(D, 4, 4)) - row_block(D, 2, 4)) * sum(col_block(A * A, 2, 2) * b)",
        "L = sum(col_block(r, 1, 2) * A) + sum(col_block(r, 2, 2) * b)",
        "y = softmax(A @ b)\nL = sum(y * b) + y.T @ y",
        "y = softmax(B)\nL = sum(y * B) - sum(log(softmax(A)))",
        "L = sum(softmax(A @ b) * softmax(b))",
        "L = sum(m[t] * h[t], t) * sum(s * m[t], t)\nh[t] = tanh(s * m[t] + h[t-1])",
        "L = sum(h[t], t)\nh[t] = tanh(s * m[t] + 2 * h[t-1] * h[t-2])",
        "L = sum(h[t] * m[t], t) + h[T] ** 2 + h[1] * h[2] - h[T-1]\nh[t] = tanh(s * m[t] + h[t-1])",
        "L = sum(sum(f[t] + g[t]), t)\nf[t] = tanh(A @ x[t] + f[t-1])\ng[t] = sigmoid(A @ f[t] + b * g[t+1])",
        "L = h[T]\nh[1] = s * m[1]\nh[t] = tanh(s * h[t-1] + m[t])",
        "L = f[1] ** 2 + f[2] ** 3\nf[1] = tanh(s)\nf[t] = tanh(s * m[t])",
        "L = sum(h[t] ** 2, t)\nh[1] = tanh(s * m[1])\nh[2] = q * h[1]\nh[t] = tanh(s * h[t-1] + m[t])\nq = s ** 2",
        "L = s[T]\ns[0] = h[T] * (r @ b)\ns[t] = tanh(s[t-1] * m[t])\nh[t] = tanh(h[t-1] * m[t] + r @ b)",
        "a[t,j] = softmax(x[t].T @ A @ x[j], j)\nL = sum(sum(a[t,j] * m[t] * m[j], j), t)",
        "a[t,j] = softmax(x[t].T @ A @ x[j], j)\nL = -sum(sum(m[t] * log(a[t,j]), j), t)",
        "L = -sum(sum(m[t] * log(softmax(x[t].T @ A @ x[j] + m[j], j)), j), t)",
        "a[j] = 2 * softmax(m[j] * s, j) + softmax(m[j], j)\nL = sum(m[j] * a[j] ** 2, j) + a[2]",
        "a[j] = softmax(m[j] * s, j)\nL = -log(a[2])",
        "a[j] = softmax(m[j] * s, j)\nL = -log(a[2]) - m[3] * log(a[J])",
        "L = sum(sum(exp(x[t].T @ x[j]) * m[t], j), t)",
        "g[i,j] = tanh(A @ g[i-1,j] + x[j] + m[i] * g[i,j-1])\nL = sum(g[3,j].T @ g[2,j], j) + sum(sum(g[i,3]), i)",
        "e[t,j] = m[t] * m[j] + s\nL = sum(e[t,1] * e[2,t], t) + e[3,3]",
        "L = sum(p[T] ** 2)\np[t] = concat(x[t], h[t-1])\nh[t] = tanh(B @ rows(D @ x[t], 1, 3) + A @ rows(p[t], 3, 4))",
        "l[t] = (m[t] - s) ** 2\nL = sum(l[t], t) / 3",
        "y[t] = softmax(C @ x[t])\nL = -sum(sum(k[t] * log(y[t])), t) / 3",
        "y[t] = softmax(C @ x[t])\nl[t] = -sum(k[t] * log(y[t]))\nL = sum(m[t] * l[t], t)",
        "y[t] = softmax(C @ x[t])\nL = -sum(k[T] * log(y[T])) - 2 * sum(c * log(y[1]))",
        "z[t] = C @ x[t]\ny[t] = softmax(z[t])\nL = -sum(sum(k[t] * log(y[t])), t) + sum(sum(z[t]), t)",
        "y[t] = softmax(C @ x[t] + y[t-1])\nL = -sum(sum(k[t] * log(y[t])), t)",
        "y[t] = softmax(C @ x[t])\nL = sum(sum(log(y[t])), t)",
        "y[t] = sigmoid(r @ x[t])\nL = -sum(m[t] * log(y[t]) + (1 - m[t]) * log(1 - y[t]), t)",
        "y[t] = sigmoid(C @ x[t])\nL = -sum(sum(k[t] * log(y[t]) + (1 - k[t]) * log(1 - y[t])), t) / 6",
        "y[t] = sigmoid(C @ x[t])\nL = -sum(sum(log(y[t])), t)",
        "y[t] = sigmoid(C @ x[t])\nL = -sum(sum(2 * log(1 - y[t]) - c * log(y[t])), t)",
    ],
)  # fmt: skip
def test_constructions(text: str) -> None:
    rng = random.Random(3)
    data: Data = {(name, ()): numbers(rng, *shape) for name, shape in SHAPES.items() if _uses(text, name, "")}
    for name, shape in INPUTS.items():
        if _uses(text, name, "["):
            data |= {(name, (t,)): numbers(rng, *shape) for t in (1, 2, 3)}
    for state in "hs":
        if f"{state}[t-1]" in text and ("b" if "tanh(A" in text else "m[t]") in text and f"{state}[0] =" not in text:
            data[state, (0,)] = numbers(rng, 1, 1)
            data[state, (-1,)] = numbers(rng, 1, 1)
    check(text, data)


def _uses(text: str, name: str, behind: str) -> bool:
    found = {ref.name for e in parse_equations(text) for ref in _refs(e) if bool(ref.indices) == bool(behind)}
    return name in found - {e.name for e in parse_equations(text)}


def _refs(equation: Any) -> list[Any]:
    return [ref for ref, _ in refs(equation.expression)]


# ---------------------------------------------------------------- every network of the library


@pytest.mark.parametrize("name", cell_names())
def test_every_cell(name: str) -> None:
    """A loss of all that the cell computes last, at every position, and of its first quantity at the last one."""
    exercise = loads(starter(find_cell(name), "x.yaml"))
    equations = find_cell(name).equations
    last, first = equations[-1], equations[0]
    loss = f"sum({source(last.target)} ** 2)"
    for letter in last.indices:
        loss = f"sum({loss}, {letter})"
    end = Ref(first.name, tuple(type(i)(i.base.upper(), i.offset) for i in first.target.indices))
    text = "\n".join(map(source, equations)) + f"\nL = {loss} + sum({source(end)})"
    rng = random.Random(name)
    data = {
        key: numbers(rng, len(rows), len(rows[0]))
        for key, rows in exercise.network.data.items()
        if key[1] or key[0] not in {e.name for e in equations}
    }
    check(text, data, stated=exercise.network.plan.lengths)


# ---------------------------------------------------------------- random systems


class Writer:
    """Writes random expressions of a given shape over the quantities at hand."""

    def __init__(self, rng: random.Random, at_hand: dict[str, tuple[int, int]]) -> None:
        self.rng, self.at_hand = rng, at_hand

    def expression(self, shape: tuple[int, int], depth: int) -> str:
        rows, columns = shape
        fitting = [name for name, size in self.at_hand.items() if size == shape]
        if depth == 0:
            return self.rng.choice(fitting)
        part = lambda size: self.expression(size, max(0, depth - 1))  # noqa: E731
        inner = self.rng.choice((1, 2, 3))
        forms = [
            lambda: f"({part(shape)} {self.rng.choice('+-')} {part(shape)})",
            lambda: f"({part(shape)} * {part(shape)})",
            lambda: f"({part(shape)} * {part((1, 1))})",
            lambda: f"({part((1, 1))} - {part(shape)})",
            lambda: f"({part(shape)} / (2 + {part(self.rng.choice((shape, (1, 1))))} ** 2))",
            lambda: f"({part((rows, inner))} @ {part((inner, columns))})",
            lambda: f"{part((columns, rows))}.T",
            lambda: f"((-{part(shape)}) ** {self.rng.choice((2, 3))})",
            lambda: f"{self.rng.choice(SMOOTH)}({part(shape)})",
            lambda: f"softmax({part(shape)})",
            lambda: f"log(1 + {part(shape)} ** 2)",
        ]
        if rows > 1:
            forms.append(lambda: f"concat({part((1, columns))}, {part((rows - 1, columns))})")
        forms.append(lambda: f"rows(concat({part((2, columns))}, {part((rows, columns))}), 2, {rows + 1})")
        if shape == (1, 1):
            forms.append(lambda: f"sum({part((2, self.rng.choice((1, 2))))})")
        return self.rng.choice(forms)()


SMOOTH = ("tanh", "sigmoid", "relu", "softplus", "identity", "leaky_relu", "hard_sigmoid")
GIVEN = {"A": (2, 2), "b": (2, 1), "s": (1, 1)} | {f"P{r}{c}": (r, c) for r in (1, 2, 3) for c in (1, 2, 3)}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_random_systems(seed: int) -> None:
    """Two states that run forward, one that runs backward, attention between them, uses at fixed positions."""
    rng = random.Random(seed)
    inputs = {"x[t]": (2, 1), "m[t]": (1, 1)}
    forward = Writer(rng, {**GIVEN, **inputs, "h[t-1]": (2, 1), "g[t-1]": (2, 1)})
    later = Writer(rng, {**GIVEN, **inputs, "h[t]": (2, 1), "h[t-1]": (2, 1), "g[t-1]": (2, 1)})
    back = Writer(rng, {**GIVEN, **inputs, "h[t]": (2, 1), "g[t]": (2, 1), "k[t+1]": (2, 1)})
    score = Writer(rng, {**GIVEN, "h[t]": (2, 1), "g[j]": (2, 1), "k[j]": (2, 1), "x[j]": (2, 1)})
    text = "\n".join(
        (
            f"h[t] = tanh({forward.expression((2, 1), 3)} + A @ h[t-1])",
            f"g[t] = sigmoid({later.expression((2, 1), 3)} + b * g[t-1])",
            f"k[t] = tanh({back.expression((2, 1), 3)} + A @ k[t+1])",
            f"e[t,j] = {score.expression((1, 1), 3)} + m[t] * m[j]",
            "a[t,j] = softmax(e[t,j], j)",
            "v[t] = sum(a[t,j] * k[j], j)",
            f"L = sum({Writer(rng, {**GIVEN, 'v[t]': (2, 1), 'k[t]': (2, 1)}).expression((1, 1), 2)}, t)"
            f" + {Writer(rng, {**GIVEN, 'h[T]': (2, 1), 'g[1]': (2, 1), 'k[2]': (2, 1)}).expression((1, 1), 2)}"
            " + sum(sum(h[t] * k[t]), t)",
        )
    )
    data: Data = {(name, ()): numbers(rng, *shape) for name, shape in GIVEN.items()}
    data |= {("x", (t,)): numbers(rng, 2, 1) for t in (1, 2, 3)} | {("m", (t,)): numbers(rng, 1, 1) for t in (1, 2, 3)}
    data |= {(name, (0,)): numbers(rng, 2, 1) for name in "hg"} | {("k", (4,)): numbers(rng, 2, 1)}
    check(text, data, seed)
