"""Jacobians and their norms against PyTorch's, against complex steps in NumPy, and against the gradients of `solve`."""

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from places import ORACLE

from rnncalc import ExerciseError, load, loads, solve
from rnncalc.equations.domains.certified import Certified
from rnncalc.equations.domains.float64 import Float64
from rnncalc.exercise import Exercise
from rnncalc.jacobian import measure
from rnncalc.jacobian.norms import norms
from rnncalc.jacobian.study import Findings, Study

SHIPPED = [
    *(f"csc/vanishing-{cell}" for cell in ("tanh", "relu", "gru", "lstm")),
    *(f"dlbook/vanishing{kind}" for kind in ("", "-factors", "-lstm")),
]
Rng = np.random.Generator


@pytest.fixture(autouse=True)
def _enough_bits() -> Iterator[None]:
    with flint.ctx.workprec(200):
        yield


def array(value: Any) -> Any:
    """A value of either domain as a NumPy array."""
    if isinstance(value, np.ndarray):
        return value
    return np.array([float(flint.arb(entry)) for entry in value.entries]).reshape(value.rows, value.columns)


def find(exercise: Exercise, domain: Any) -> Findings:
    return Study(exercise).find(domain)


# ---------------------------------------------------------------- PyTorch


@pytest.mark.parametrize("domain", [Certified(), Float64()], ids=["certified", "float64"])
def test_jacobians_and_norms_of_torch(domain: Any) -> None:
    case = json.loads((ORACLE / "torch-jacobian-rnn-vanishing-T5.json").read_text(encoding="utf-8"))
    given = case["params"]
    exercise = loads(
        "equations: |\n  h[t] = tanh(W @ h[t-1] + U @ x[t] + b + c)\n"
        f"inputs: {{x: {case['inputs']['x']}}}\n"
        f"parameters: {{U: {given['weight_ih_l0']}, W: {given['weight_hh_l0']}, "
        f"b: {given['bias_ih_l0']}, c: {given['bias_hh_l0']}}}\n"
    )
    products = find(exercise, domain).jacobians[0].products
    size = norms(domain)
    assert sorted(products) == [0, 1, 2, 3, 4, 5]
    for t, matrix in products.items():
        name = f"dh5_dh{t}"
        assert array(matrix) == pytest.approx(np.array(case["jacobians"][name]), rel=1e-12, abs=1e-15)
        assert array(size.spectral(matrix)) == pytest.approx(case["spectral_norm"][name], rel=1e-12)
        assert array(size.frobenius(matrix)) == pytest.approx(case["frobenius_norm"][name], rel=1e-12)


# ---------------------------------------------------------------- complex steps

STEP = 1e-30
Parameters = dict[str, Any]
State = tuple[Any, ...]


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def lstm(p: Parameters, x: Any, state: State) -> State:
    c, h = state
    f, i, o = (sigmoid(p[f"W_{k}"] @ x + p[f"U_{k}"] @ h + p[f"b_{k}"]) for k in "fio")
    c = f * c + i * np.tanh(p["W_c"] @ x + p["U_c"] @ h + p["b_c"])
    return c, o * np.tanh(c)


def gru(p: Parameters, x: Any, state: State) -> State:
    (h,) = state
    z, r = (sigmoid(p[f"W_{k}"] @ x + p[f"U_{k}"] @ h + p[f"b_{k}"]) for k in "zr")
    return ((1 - z) * h + z * np.tanh(p["W_h"] @ x + p["U_h"] @ (r * h) + p["b_h"]),)


def complex_steps(function: Callable[[Any], Any], at: Any) -> Any:
    """The Jacobian of a function of a vector, to the last bit or two."""
    at = np.asarray(at, dtype=complex)
    columns = [function(at + 1j * STEP * unit).imag / STEP for unit in np.eye(len(at))]
    return np.array(columns).T


def states_of(cell: Callable[..., State], p: Parameters, xs: Any, start: State) -> list[State]:
    states = [start]
    for x in xs:
        states.append(cell(p, x, states[-1]))
    return states


CASES = {
    "lstm": (lstm, "fico", 2),
    "gru": (gru, "zrh", 1),
}


def made(name: str, rng: Rng, steps: int = 4, size: int = 3) -> tuple[str, Parameters, Any]:
    """A random exercise with every weight different, and its numbers."""
    _, gates, _ = CASES[name]
    p: Parameters = {}
    for gate in gates:
        p[f"W_{gate}"], p[f"U_{gate}"] = rng.normal(size=(size, 2)), rng.normal(size=(size, size))
        p[f"b_{gate}"] = rng.normal(size=size)
    xs = rng.normal(size=(steps, 2))
    v, d = rng.normal(size=(1, size)), rng.normal(size=(steps, 1))
    given = "".join(f"  {key}: {value.tolist()}\n" for key, value in {**p, "V": v}.items())
    text = (
        f"cell: {name}\nequations: |\n  y[t] = V @ h[t]\nloss: L = sum(sum((y[t] - d[t]) ** 2), t) / 2\nfind: [L]\n"
        f"inputs:\n  x: {xs.tolist()}\n  d: {d.tolist()}\nparameters:\n{given}"
    )
    return text, {**p, "V": v, "d": d}, xs


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("domain", [Certified(), Float64()], ids=["certified", "float64"])
def test_jacobians_of_gated_networks(name: str, domain: Any) -> None:
    cell, _, parts = CASES[name]
    text, p, xs = made(name, np.random.default_rng(7))
    found = find(loads(text), domain).jacobians[0]
    assert found.recurrence.states == (("c", "h") if parts == 2 else ("h",))
    size = 3
    states = states_of(cell, p, xs, tuple(np.zeros(size) for _ in range(parts)))
    product = np.eye(size * parts)
    for t in range(len(xs), 0, -1):

        def step(u: Any, t: int = t) -> Any:
            return np.concatenate(cell(p, xs[t - 1], tuple(np.split(u, parts))))

        factor = complex_steps(step, np.concatenate(states[t - 1]))
        assert array(found.products[t]) == pytest.approx(product, rel=1e-10, abs=1e-13)
        assert array(found.factors[t]) == pytest.approx(factor, rel=1e-11, abs=1e-13)
        product = product @ factor


def test_full_derivative_and_direct_path_of_the_cell() -> None:
    """∂c_T/∂c_t with h_t following c_t, beside Π f."""
    text, p, xs = made("lstm", np.random.default_rng(8))
    found = find(loads(text), Certified()).jacobians[0]
    states = states_of(lstm, p, xs, (np.zeros(3), np.zeros(3)))
    last = len(xs)
    direct = np.ones(3)
    for t in range(last, 0, -1):
        h_before = states[t - 1][1]
        o = sigmoid(p["W_o"] @ xs[t - 1] + p["U_o"] @ h_before + p["b_o"])
        f = sigmoid(p["W_f"] @ xs[t - 1] + p["U_f"] @ h_before + p["b_f"])

        def later(c: Any, t: int = t, o: Any = o) -> Any:
            return states_of(lstm, p, xs[t:], (c, o * np.tanh(c)))[-1][0]

        assert array(found.totals["c"][t]) == pytest.approx(complex_steps(later, states[t][0]), rel=1e-11, abs=1e-13)
        assert array(found.direct["c"].products[t]).ravel() == pytest.approx(direct, rel=1e-12)
        assert array(found.direct["c"].factors[t]).ravel() == pytest.approx(f, rel=1e-12)
        direct = direct * f
    assert list(found.direct) == ["c"]


def test_direct_path_of_a_gru_and_of_none() -> None:
    text, _, _ = made("gru", np.random.default_rng(9))
    assert list(find(loads(text), Float64()).jacobians[0].direct) == ["h"]
    assert find(load("csc/vanishing-tanh"), Float64()).jacobians[0].direct == {}


BIDIRECTIONAL = """\
equations: |
  a[t] = tanh(U @ x[t] + W @ a[t-1])
  b[t] = tanh(V @ x[t] + R @ b[t+1])
  y[t] = a[t] * b[t]
find: [y]
inputs: {x: [[1, -1], [1/2, 1/3], [2, 1]]}
parameters: {U: [[1/2, 1], [-1, 1/3]], W: [[1/4, -1/2], [1/3, 1/5]], V: [[1, 1/2], [0, -1]], R: [[1/2, 1/7], [-1, 1/3]]}
"""


def test_a_state_that_runs_backward() -> None:
    forward, backward = find(loads(BIDIRECTIONAL), Certified()).jacobians
    assert (forward.recurrence.steps, backward.recurrence.steps) == ((1, 2, 3), (3, 2, 1))
    v, r = np.array([[1, 0.5], [0, -1]]), np.array([[0.5, 1 / 7], [-1, 1 / 3]])
    xs = np.array([[1, -1], [0.5, 1 / 3], [2, 1]])
    b3 = np.tanh(v @ xs[2])
    b2 = np.tanh(v @ xs[1] + r @ b3)
    b1 = np.tanh(v @ xs[0] + r @ b2)
    first, second = np.diag(1 - b1**2) @ r, np.diag(1 - b2**2) @ r
    assert array(backward.factors[1]) == pytest.approx(first, rel=1e-13)
    assert array(backward.products[3]) == pytest.approx(first @ second, rel=1e-13)
    assert array(backward.products[1]) == pytest.approx(np.eye(2))


# ---------------------------------------------------------------- the gradient by its factors


def everywhere() -> str:
    return made("lstm", np.random.default_rng(10))[0]


@pytest.mark.parametrize("name", [*SHIPPED, "a loss at every step"])
def test_the_terms_add_up_to_the_gradient_of_solve(name: str) -> None:
    """The sum over the steps is what backpropagation finds for every parameter on the way to the states."""
    exercise = loads(everywhere()) if name not in SHIPPED else load(name)
    (factored,) = find(exercise, Certified()).factored
    assert set(factored.terms) == set(exercise.network.given) - {"x", "d", "V"}
    for parameter, steps in factored.terms.items():
        total = sum(array(term) for term in steps.values())
        assert array(factored.sums[parameter]) == pytest.approx(total)
        whole = array(factored.whole[parameter])
        assert total == pytest.approx(whole, rel=1e-12, abs=1e-15)
        pairs = zip(balls(factored.sums[parameter]), balls(factored.whole[parameter]), strict=True)
        assert all(one.overlaps(other) for one, other in pairs)
    assert all(bound is None or bound < -30 for bound in measure(exercise).apart.values())


def balls(value: Any) -> list[Any]:
    return [flint.arb(entry) for entry in value.entries]


def test_the_terms_of_an_encoder_reach_the_loss_through_its_decoder() -> None:
    """The decoder begins with the encoder's last state: what the loss reads of that comes through the decoder."""
    encoder, decoder = find(load("dlbook/seq2seq"), Certified()).factored
    assert (set(encoder.terms), set(decoder.terms)) == ({"U_e", "W_e"}, {"U_d", "W_d"})
    for one in (encoder, decoder):
        assert one.output is None
        for parameter, whole in one.whole.items():
            assert array(whole).any()
            pairs = zip(balls(one.sums[parameter]), balls(whole), strict=True)
            assert all(a.overlaps(b) for a, b in pairs)


@pytest.mark.parametrize("name", ["dlbook/prices-rnn", "published/attention-scalar-backward"])
def test_the_network_of_an_exercise_that_trains(name: str) -> None:
    """Its Jacobians are those before the first step; the gradients of its scalars are scalars."""
    exercise = load(name)
    answers = solve(exercise)
    for factored in find(exercise, Certified()).factored:
        for parameter, whole in factored.whole.items():
            assert factored.sums[parameter].rows == whole.rows
            assert [float(entry) for entry in factored.sums[parameter].entries] == pytest.approx(
                [float(entry) for row in answers[f"dL/d{parameter}"] for entry in row], rel=1e-12
            )


def test_a_table_that_two_recurrences_read_is_no_sum_over_one() -> None:
    encoder, decoder = find(load("backpropagation/encoder-decoder"), Certified()).factored
    assert [list(encoder.terms), list(decoder.terms)] == [["W", "U", "b"], ["P", "Q", "c"]]


@pytest.mark.parametrize("name", SHIPPED)
def test_gradients_at_the_states_are_those_of_solve(name: str) -> None:
    exercise = load(name)
    found, answers = find(exercise, Certified()), solve(exercise)
    for state, steps in found.gradients.items():
        if f"dL/d{state}_1" in {exercise.quantities.key(one.name, one.position) for one in answers.answers}:
            expected = [float(entry) for (entry,) in answers[f"dL/d{state}_1"]]
            assert array(steps[1]).ravel() == pytest.approx(expected, rel=1e-13)
            row = array(found.factored[0].rows[1]).ravel()
            if len(found.gradients) == 1:
                assert row == pytest.approx(expected, rel=1e-13)


def test_output_factors() -> None:
    """∂L/∂y = −d/y and ∂y/∂s = (diag(y) − y yᵀ) V for a softmax with cross-entropy."""
    exercise = load("dlbook/vanishing-factors")
    (factored,) = find(exercise, Certified()).factored
    values = {key: array(value).ravel() for key, value in factored.values.items()}
    y, d, v = values["y", ()], values["d", ()], array(factored.values["V", ()])
    assert factored.output is not None
    assert array(factored.output.gradient).ravel() == pytest.approx(-d / y, rel=1e-14)
    assert array(factored.output.jacobian) == pytest.approx((np.diag(y) - np.outer(y, y)) @ v, rel=1e-13)
    expected = array(factored.output.gradient) @ array(factored.output.jacobian)
    assert array(factored.rows[3]) == pytest.approx(expected, rel=1e-13)


# ---------------------------------------------------------------- norms


def exact(rows: list[list[int | str]]) -> Any:
    return Certified().array([[Fraction(entry) for entry in row] for row in rows])


@pytest.mark.parametrize(
    ("rows", "frobenius", "spectral", "radius"),
    [
        ([[-3]], "3", "3", "3"),
        ([[0, 0], [0, 0]], "0", "0", "0"),
        ([[3, 0], [0, -4]], "5", "4", "4"),
        ([[1, -1], [1, -1]], "2", "2.0000000000", "0"),
        ([[1, 1], [0, 1]], "1.7320508076", "1.6180339887", "1"),
        ([[0, -1], [1, 0]], "1.4142135624", "1.0000000000", "1.0000000000"),
        ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], "1.7320508076", "1.0000000000", "1.0000000000"),
        ([[0, 1, 0], [0, 0, 1], [0, 0, 0]], "1.4142135624", "1.0000000000", "0"),
        ([["1/2", 0], ["1/3", "1/4"]], "0.6508541397", "0.6187024084", "0.5"),
    ],
)
def test_norms(rows: list[list[int | str]], frobenius: str, spectral: str, radius: str) -> None:
    """Exact where a rule gives the value, else certain to ten decimals; the values are NumPy's or well known."""
    from rnncalc.numbers import Precision

    size = norms(Certified())
    matrix = exact(rows)
    shown = [
        Certified().rounded(value, Precision(10))[0]
        for value in (size.frobenius(matrix), size.spectral(matrix), size.radius(matrix))
    ]
    assert [one and one.text for one in shown] == [frobenius, spectral, radius]


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_norms_of_random_matrices(size: int, scale: float) -> None:
    rng = np.random.default_rng(size)
    for _ in range(5):
        numbers = scale * rng.normal(size=(size, size))
        matrix = exact(numbers.tolist())
        found = norms(Certified())
        assert array(found.frobenius(matrix)) == pytest.approx(np.linalg.norm(numbers), rel=1e-13)
        assert array(found.spectral(matrix)) == pytest.approx(np.linalg.norm(numbers, 2), rel=1e-12)
        assert array(found.radius(matrix)) == pytest.approx(abs(np.linalg.eigvals(numbers)).max(), rel=1e-10)


# ---------------------------------------------------------------- what has no Jacobians


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "equations: 'y[t] = W @ x[t]'\ninputs: {x: [[1], [2]]}\nparameters: {W: [[3]]}\n",
            "no step of this network depends on the step before: gradients are handed on nowhere",
        ),
        (
            "equations: 's[t] = tanh(s[t-2] + x[t])'\ninputs: {x: [[1], [2], [3]]}\n",
            "`s` is handed on over more than one step, or along two indices",
        ),
    ],
)
def test_networks_without_jacobians(text: str, what: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        measure(loads(text))
    assert [problem.what for problem in caught.value.problems] == [what]


def test_sizes_that_do_not_fit() -> None:
    """Exercise 2 of VietAI can be solved, because h₀ = 0; its Jacobians do not exist."""
    with pytest.raises(ExerciseError) as caught:
        measure(load("vietai/exercise2"))
    (problem,) = caught.value.problems
    assert problem.what == "the sizes of `U_f`, `U_i`, `U_c`, `U_o` do not fit, and a Jacobian needs them"


def test_a_long_sequence_falls_back_to_float64_and_says_so() -> None:
    assert not measure(load("dlbook/vanishing"), float64=True).certain
    assert measure(load("dlbook/vanishing")).certain
