"""Training against PyTorch, against NumPy written out by hand, and as a page."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from places import ORACLE

from rnncalc import ExerciseError, Precision, load, loads, solve

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]


def oracle(name: str) -> Any:
    return json.loads((ORACLE / f"{name}.json").read_text(encoding="utf-8"))


def exercise(equations: str, loss: str, train: str, inputs: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    lines = "".join(f"  {line.strip()}\n" for line in equations.strip().splitlines())
    data = "".join(
        f"{section}: {json.dumps({name: np.asarray(value).tolist() for name, value in of.items()})}\n"
        for section, of in (("inputs", inputs), ("parameters", parameters))
    )
    return loads(f"equations: |\n{lines}loss: '{loss}'\ntrain: {train}\n{data}")


def values(solution: Any, quantity: str) -> Array:
    return np.array([[float(entry) for entry in line] for line in solution[quantity]])


def agree(found: Array, expected: Any, tolerance: float = 1e-12) -> None:
    wanted = np.asarray(expected, dtype=float)
    assert found.reshape(wanted.shape) == pytest.approx(wanted, rel=tolerance, abs=tolerance)


# ---------------------------------------------------------------- PyTorch

TORCH = """
    h[t] = tanh(weight_ih_l0 @ x[t] + bias_ih_l0 + weight_hh_l0 @ h[t-1] + bias_hh_l0)
    p[t] = softmax(V @ h[t] + d)
"""


def of_torch(case: Any, loss: str, train: str) -> Any:
    classes = np.eye(3)[case["readout"]["targets"]]
    readout = {name: case["readout"][name] for name in ("V", "d") if name in case["readout"]}
    return exercise(TORCH, loss, train, {"x": case["inputs"]["x"], "q": classes}, {**case["params"], **readout})


@pytest.mark.parametrize("float64", [True, False])
def test_clipping_by_norm_is_that_of_torch(float64: bool) -> None:
    case = oracle("torch-train-step-clip-norm")
    rule = "{rate: 0.1, clip: {norm: 0.5}, epsilon: 1e-6}"
    loss = "L = -sum(sum(q[t] * log(p[t])), t) / 3"
    found = solve(of_torch(case, loss, rule), float64=float64, precision=Precision(16, "significant"))
    agree(values(found, "L"), case["loss"])
    agree(values(found, "norm"), case["total_norm"])
    for name in case["params"]:
        agree(values(found, f"dL/d{name}"), case["raw_grads"][name])
        agree(values(found, f"clipped_{name}"), case["clipped_grads"][name])
        agree(values(found, f"{name}_new"), case["params_after"][name])


@pytest.mark.parametrize("float64", [True, False])
def test_truncated_backpropagation_is_that_of_torch(float64: bool) -> None:
    case = oracle("torch-tbptt-rnn-T7-k3")
    known = case["losses"]["cross_entropy"]
    found = solve(of_torch(case, "L = -sum(sum(q[t] * log(p[t])), t)", "{rate: 0.1, window: 3}"), float64=float64)
    agree(values(found, "L"), known["value"])
    for name, gradient in known["grads"].items():
        agree(values(found, f"dL/d{name}"), gradient)


# ---------------------------------------------------------------- by hand

X, D = np.array([0.4, -0.7, 0.9, 0.2, -0.3]), np.array([0.1, 0.5, -0.2, 0.3, 0.6])
BOTH_WAYS = """
    f[t] = tanh(W @ f[t-1] + U * x[t] + b)
    g[t] = tanh(A @ g[t+1] + B * x[t])
    y[t] = V @ f[t] + C @ g[t] + c
"""
SQUARES = "L = sum((y[t] - d[t]) ** 2, t)"
PARAMETERS: Arrays = {
    "W": np.array([[0.5, -0.4], [0.3, 0.2]]),
    "U": np.array([[0.7], [-0.6]]),
    "b": np.array([[0.1], [-0.2]]),
    "A": np.array([[-0.3]]),
    "B": np.array([[0.8]]),
    "V": np.array([[1.5, -0.9]]),
    "C": np.array([[0.6]]),
    "c": np.array([[0.05]]),
}


def states(start: Array, days: range, step: Callable[[Array, int], Array], known: dict[int, Array], k: int) -> Any:
    """The states of one direction; at the beginning of a window the one before is a constant that is known."""
    found, state, before = {}, start, None
    for t in days:
        if known and before is not None and before // k != t // k:
            state = known[before]
        state, before = step(state, t), t
        found[t] = state
    return found


def loss(p: Arrays, known: Any = None, k: int = 5) -> tuple[Any, Any]:
    ahead, back = known or ({}, {})
    f = states(np.zeros((2, 1)), range(5), lambda h, t: np.tanh(p["W"] @ h + p["U"] * X[t] + p["b"]), ahead, k)
    g = states(np.zeros((1, 1)), range(4, -1, -1), lambda h, t: np.tanh(p["A"] @ h + p["B"] * X[t]), back, k)
    y = [p["V"] @ f[t] + p["C"] @ g[t] + p["c"] for t in range(5)]
    return sum((one - d) ** 2 for one, d in zip(y, D, strict=True))[0, 0], (f, g)


def gradients(p: Arrays, k: int = 5) -> Arrays:
    """By complex steps: exact to the last digit, without backpropagation."""
    _, known = loss(p)
    found = {name: np.zeros(value.shape) for name, value in p.items()}
    for name, value in p.items():
        for at in np.ndindex(*value.shape):
            moved = value.astype(complex)
            moved[at] += 1e-30j
            found[name][at] = loss({**p, name: moved}, known if k < 5 else None, k)[0].imag / 1e-30
    return found


def by_value(g: Arrays) -> Arrays:
    return {name: np.clip(value, -0.5, 0.5) for name, value in g.items()}


def by_matrix(g: Arrays) -> Arrays:
    return {name: value * min(1, 0.5 / np.linalg.norm(value)) for name, value in g.items()}


def by_norm(g: Arrays) -> Arrays:
    norm = np.sqrt(sum((value**2).sum() for value in g.values()))
    return {name: value * min(1, 0.5 / norm) for name, value in g.items()}


RULES: list[tuple[str, Callable[[Arrays], Arrays], int]] = [
    ("", dict, 5),
    (", clip: {value: 0.5}", by_value, 5),
    (", clip: {norm: 0.5, each: matrix}", by_matrix, 5),
    (", clip: {norm: 0.5}", by_norm, 5),
    (", window: 2", dict, 2),
    (", window: 1, clip: {norm: 1/2}", by_norm, 1),
]


@pytest.mark.parametrize("momentum", [0, 0.9])
@pytest.mark.parametrize(("rule", "clipped", "window"), RULES)
def test_steps_are_those_of_numpy(rule: str, clipped: Callable[[Arrays], Arrays], window: int, momentum: float) -> None:
    """Three steps, with velocities as PyTorch's SGD has them: v ← μ v + g, W ← W − η v."""
    text = f"{{rate: 0.1, steps: 3{rule}{f', momentum: {momentum}' if momentum else ''}}}"
    solution = solve(exercise(BOTH_WAYS, SQUARES, text, {"x": X, "d": D}, PARAMETERS))
    p, velocity = PARAMETERS, {name: np.zeros(value.shape) for name, value in PARAMETERS.items()}
    for step in range(1, 4):
        way = clipped(gradients(p, window))
        velocity = {name: momentum * velocity[name] + way[name] for name in p}
        p = {name: value - 0.1 * velocity[name] for name, value in p.items()}
        for name, value in p.items():
            agree(values(solution, f"{name}^({step})"), value)
        agree(values(solution, f"L^({step})"), loss(p)[0])


def test_only_some_parameters() -> None:
    """The others stay, and what they alone decide is not computed again."""
    text = "{rate: 0.1, parameters: [A, c], clip: {norm: 0.1}}"
    found = exercise(BOTH_WAYS, SQUARES, text, {"x": X, "d": D}, PARAMETERS)
    g = gradients(PARAMETERS)
    norm = np.sqrt((g["A"] ** 2 + g["c"] ** 2).sum())
    new = {**PARAMETERS, **{name: PARAMETERS[name] - 0.1 * g[name] * 0.1 / norm for name in "Ac"}}
    solution = solve(found)
    agree(values(solution, "A^(1)"), new["A"])
    agree(values(solution, "L_new"), loss(new)[0])
    assert "f_step1" not in found.quantities.indices
    assert "g_step1" in found.quantities.indices


@pytest.mark.parametrize("name", ["rnn", "lstm", "bidirectional"])
def test_the_loss_of_the_price_series_falls(name: str) -> None:
    record = solve(load(f"dlbook/prices-{name}")).record()
    (step,) = record["training"]
    assert float(step["loss_after"]) < float(step["loss_before"])
    assert record["warnings"] == []


# ---------------------------------------------------------------- exactness and names

SMALL = """\
title: One step
equations: |
  h[t] = relu(w * h[t-1] + x[t])
loss: L = (h[T] - d) ** 2
train: {rate: 0.1, clip: {norm: 2}}
inputs: {x: [1, 0.5], d: 1}
parameters: {w: 0.75}
"""


def test_rational_training_is_exact() -> None:
    """h = 1, 1.25; ∂L/∂w = 2·0.25·1 = 0.5, which is shorter than 2; w = 0.75 − 0.05 = 0.7; L = 0.2² = 0.04."""
    answers = solve(loads(SMALL)).record()["answers"]
    exact = {name: answer["exact"] for name, answer in answers.items()}
    assert exact == {"L": [["1/16"]], "w^(1)": [["7/10"]], "L^(1)": [["1/25"]]}


@pytest.mark.parametrize(
    ("rule", "b"),
    [
        ("{norm: 0.1}", "-0.100000000000000"),
        ("{norm: 0.1, each: matrix}", "-0.100000000000000"),
        ("{value: 0.1}", "-0.1"),
    ],
)
def test_a_gradient_of_zero_is_never_clipped(rule: str, b: str) -> None:
    """The gradient of w is 0, that of b is cut to 0.1; by value that is known to be exact."""
    text = f"equations: |\n  h[t] = tanh(w * h[t-1] + x[t] + b)\nloss: L = h[T]\ntrain: {{rate: 1, clip: {rule}}}\n"
    solution = solve(loads(text + "inputs: {x: [0.5]}\nparameters: {w: 0.5, b: 0}\n"))
    assert solution["w_new"] == [["0.5"]]
    assert solution["b_new"] == [[b]]


def test_spellings() -> None:
    solution = solve(loads(SMALL))
    for name in ("w_new", "w^(1)", "w⁽¹⁾", "w_step1"):
        assert solution[name] == [["0.7"]]
    for name in ("h_new_2", "h^(1)_2", "h⁽¹⁾[2]"):
        assert solution[name] == [["1.2"]]
    assert solution["clipped_w"] == solution["dL/dw"] == [["0.5"]]


def test_primes_where_layers_are_numbered() -> None:
    assert "w′ = w − η·g_w" in solve(loads(SMALL + "symbols: {h: h⁽¹⁾}\n")).text()


def test_names_of_the_network_are_kept() -> None:
    """A network may have a rate, a norm and a scale of its own."""
    renamed = SMALL.replace("h[", "norm[").replace("w", "rate").replace("x", "scale")
    assert solve(loads(renamed))["rate_new"] == [["0.7"]]


def test_initial_states_begin_every_run() -> None:
    start = SMALL.replace("x: [1, 0.5]", "x: [0.25, 0.5]") + "initial: {h: 1}\n"
    solution = solve(loads(start))
    w = float(solution["w_new"][0][0])
    agree(values(solution, "h_new_1"), w + 0.25)


# ---------------------------------------------------------------- the page


def test_page(golden: Callable[[str, str], None]) -> None:
    golden("../data/training.txt", solve(loads(SMALL)).text(width=80))


def test_a_series_that_is_too_long_to_be_written_out() -> None:
    long = SMALL.replace("[1, 0.5]", "[1, 0.5, 0, 0, 0, 0, 0, 0, 0, 0]").replace("(h[T] - d)", "sum((h[t] - d)")
    page = solve(loads(long.replace("** 2", "** 2, t)"))).text()
    assert "∂L/∂w = Σₜ ∂L/∂z_h,t·hₜ₋₁" in page


def test_record() -> None:
    assert solve(loads(SMALL)).record()["training"] == [
        {
            "step": 1,
            "loss_before": "0.0625",
            "gradients": {"w": [["0.5"]]},
            "norms": {"norm": "0.5"},
            "scales": {"scale": "1"},
            "clipped": {"w": [["0.5"]]},
            "velocities": {},
            "parameters": {"w": [["0.7"]]},
            "loss_after": "0.04",
        }
    ]


@pytest.mark.parametrize("detail", ["answers", "steps", "full"])
@pytest.mark.parametrize("format", ["terminal", "markdown"])
def test_every_detail_has_its_page(detail: Any, format: str) -> None:
    page = solve(loads(SMALL.replace("rate: 0.1", "rate: 0.1, steps: 3, momentum: 0.5"))).text(detail, format)
    assert ("Training step 3: new weights" in page) == (detail != "answers")
    assert page.count("after step 3") == 1


def test_what_is_asked_for_can_be_chosen() -> None:
    found = solve(loads(SMALL + "find: [w_new, dL/dw]\nexpect: {w_new: 0.7, L_new: 0.04}\n"))
    assert list(found.record()["answers"]) == ["w^(1)", "dL/dw"]
    assert found.remarks == ()


# ---------------------------------------------------------------- mistakes

WRONG = [
    ("{steps: 2}", "the learning rate is missing", "write `train: {rate: 0.1}`"),
    ("", "the learning rate is missing", "write `train: {rate: 0.1}`"),
    ("3", "`train:` is made of `name: value` lines", "write each on a line of its own, with a blank behind the colon"),
    ("{rate: 0}", "a number above 0 was expected", None),
    ("{rate: x}", "a number was expected, not `x`", ""),
    ("{rate: 1, steps: 0}", "a whole number from 1 to 100 was expected", None),
    ("{rate: 1, window: 1.5}", "a whole number from 1 to 1000000 was expected", None),
    ("{rate: 1, momentum: 1}", "a number from 0 to below 1 was expected", None),
    ("{rate: 1, clip: {norm: -1}}", "a number above 0 was expected", None),
    ("{rate: 1, clip: {norm: sqrt(2)}}", "a number without a root was expected", None),
    (
        "{rate: 1, clip: {norm: 1, value: 1}}",
        "a gradient is clipped either by norm or by value",
        "write `{norm: 1}`, `{norm: 1, each: matrix}` or `{value: 0.5}`",
    ),
    (
        "{rate: 1, clip: {value: 1, each: matrix}}",
        "this belongs to clipping by norm",
        "write `clip: {norm: 1}`, or remove it",
    ),
    ("{rate: 1, epsilon: 1e-6}", "this belongs to clipping by norm", "write `clip: {norm: 1}`, or remove it"),
    ("{rate: 1, parameters: [W]}", "there is no parameter to train: `W`", "did you mean `w`?"),
    ("{rate: 1, parameters: [x]}", "there is no parameter to train: `x`", "known: w"),
    ("{rate: 1, parameters: []}", "there is nothing to train", "the loss must depend on some of the `parameters:`"),
]


@pytest.mark.parametrize(("rule", "what", "hint"), WRONG)
def test_wrong_rule(rule: str, what: str, hint: str | None) -> None:
    with pytest.raises(ExerciseError) as raised:
        loads(SMALL.replace("train: {rate: 0.1, clip: {norm: 2}}", f"train: {rule}"))
    (problem,) = raised.value.problems
    assert problem.what == what
    assert hint == "" or problem.hint == hint
    assert problem.span is not None
    assert problem.span.line == 5


def test_training_needs_a_loss() -> None:
    with pytest.raises(ExerciseError, match="training needs a loss"):
        loads("equations: 'y = w'\ntrain: {rate: 1}\nparameters: {w: 1}\n")


def run(*arguments: str, text: str = "") -> Any:
    command = [sys.executable, "-m", "rnncalc", *arguments]
    return subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)


def test_command() -> None:
    assert run("train", "-", text=SMALL).stdout == solve(loads(SMALL)).text()
    assert json.loads(run("train", "-", "--json", text=SMALL).stdout)["training"][0]["loss_after"] == "0.04"
    assert run("train", "-", text=SMALL + "expect: {w_new: 0.8}\n").returncode == 1


def test_command_for_a_file_that_does_not_train() -> None:
    found = run("train", "vietai/exercise2")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == (
        "error: `vietai/exercise2` does not say how to train\n"
        "  help: add `train: {rate: 0.1}` to it; `rnncalc solve` works out a network that is not trained\n"
    )
