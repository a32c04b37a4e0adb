"""Compiled programs give what the plain walk gives; what is generated, refused and kept in memory is as promised."""

import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from compiling import (
    TOLERANCE,
    System,
    random_system,
    ready,
    slope_difference,
    with_gradient,
    worst_difference,
)
from msgspec.structs import replace

from rnncalc.equations import Datum, Ref, compile_float64, infer, parse_equations, plan
from rnncalc.equations.compiled import batch, running, scalars
from rnncalc.equations.compiled.program import Program, compiled
from rnncalc.errors import ExerciseError, LimitError, UsageError

LSTM = """f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
i[t] = sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
g[t] = tanh(W_c @ x[t] + U_c @ h[t-1] + b_c)
c[t] = f[t] * c[t-1] + i[t] * g[t]
o[t] = sigmoid(W_o @ x[t] + U_o @ h[t-1] + b_o)
h[t] = o[t] * tanh(c[t])"""
JOINED = "\n".join(
    f"{gate}[t] = {function}(W_{gate} @ concat(h[t-1], x[t]) + b_{gate})"
    for gate, function in (("f", "sigmoid"), ("i", "sigmoid"), ("g", "tanh"), ("o", "sigmoid"))
) + ("\nc[t] = f[t] * c[t-1] + i[t] * g[t]\nh[t] = o[t] * tanh(c[t])")
ATTENTION = """e[t,j] = v.T @ tanh(W @ s[t-1] + U @ k[j])
alpha[t,j] = softmax(e[t,j], j)
c[t] = sum(alpha[t,j] * k[j], j)
s[t] = tanh(V @ s[t-1] + C @ c[t] + x[t])"""
ENCODER = "h[t] = tanh(x[t] @ W + h[t-1] @ U)\ns[0] = h[T]\ns[u] = tanh(s[u-1] @ U + b)\ny[u] = softmax(s[u])"
BOTH_WAYS = "a[t] = tanh(W @ x[t] + U @ a[t-1])\nb[t] = tanh(W @ x[t] + V @ b[t+1])\ny[t] = a[t] * b[t]"


def lstm(units: int, inputs: int, steps: int, *last: int) -> dict[str, Any]:
    numbers = np.random.default_rng(3)
    data = {"x": numbers.normal(size=(steps, inputs, 1, *last))}
    for gate in "fico":
        for name, shape in ((f"W_{gate}", (units, inputs)), (f"U_{gate}", (units, units)), (f"b_{gate}", (units, 1))):
            data[name] = numbers.normal(size=(*shape, *last))
    return data


def some(**shapes: tuple[int, ...]) -> dict[str, Any]:
    numbers = np.random.default_rng(4)
    return {name: numbers.normal(size=shape) for name, shape in shapes.items()}


JOINED_DATA = some(x=(90, 2, 1), **{f"W_{g}": (3, 5) for g in "figo"}, **{f"b_{g}": (3, 1) for g in "figo"})
SYSTEMS = {
    "lstm": System(LSTM, lstm(5, 3, 90), ("h",)),
    "lstm of two units": System(LSTM, lstm(2, 3, 90), ("h", "c")),
    "last state": System(LSTM, lstm(5, 3, 90), ("h[T]",)),
    "a gate and a cell": System(LSTM, lstm(5, 3, 90), ("f", "c[7]")),
    "joined inputs": System(JOINED, JOINED_DATA, ("h",)),
    "fused, in rows": System(
        "W_i = col_block(W, 1, 2)\nW_f = col_block(W, 2, 2)\nf[t] = sigmoid(beside(h[t-1], x[t]) @ W_f)\n"
        "h[t] = tanh(beside(x[t], cols(h[t-1], 1, 3)) @ W_i) * f[t] + beside(cols(x[t], 2, 2), cols(f[t], 1, 2))",
        some(x=(90, 1, 2), W=(5, 6)),
        ("h", "f"),
    ),
    "attention": System(
        ATTENTION,
        some(x=(80, 3, 1), k=(4, 2, 1), v=(5, 1), W=(5, 3), U=(5, 2), V=(3, 3), C=(3, 2)),
        ("s", "alpha"),
    ),
    "encoder and decoder": System(
        ENCODER, some(x=(70, 1, 3), W=(3, 4), U=(4, 4), b=(1, 4)), ("y", "s"), {"u": 80}, {"s": (1, 4)}
    ),
    "both ways": System(BOTH_WAYS, some(x=(70, 2, 1), W=(3, 2), U=(3, 3), V=(3, 3)), ("y",)),
    "the name of an input in the loop": System(
        "x[t] = V @ y[t-1]\ny[t] = tanh(W @ x[t] + u[t])", some(u=(70, 3, 1), V=(2, 3), W=(3, 2)), ("x", "y")
    ),
    "numbers beside arrays": System(
        "h[t] = tanh(a * h[t-1] + s[t-1] * x[t] - 1)\ns[t] = sum(h[t]) / (2 + s[t-1] ** 2)",
        some(x=(70, 3, 1), a=(1, 1)), ("h", "s"),
    ),
    "a matrix as state": System(
        "M[t] = tanh(M[t-1] @ A + x[t] @ x[t].T)\ny[t] = M[t] @ x[t]", some(x=(70, 3, 1), A=(3, 3)), ("y", "M")
    ),
    "a backward sum": System(
        "d[t] = U.T @ d[t+1] + x[t]\nG = sum(d[t] @ x[t].T, t)", some(x=(70, 3, 1), U=(3, 3)), ("G",)
    ),
    "generation": System(
        "h[t] = tanh(W @ h[t-1] + U @ w[t-1] + V @ s[t-1])\ny[t] = softmax(3 * (C @ h[t]))\n"
        "w[t] = onehot_argmax(y[t])\ns[t] = onehot_sample(y[t], 1 / (2 + u[t] ** 2))",
        some(u=(70, 1, 1), W=(3, 3), U=(3, 4), V=(3, 4), C=(4, 3)), ("y", "s"),
    ),
    "gates in blocks": System(
        """z[t] = beside(x[t].T, h[t-1].T) @ W + b
i[t] = sigmoid(col_block(z[t], 1, 4))
f[t] = sigmoid(col_block(z[t], 2, 4))
g[t] = tanh(col_block(z[t], 3, 4))
o[t] = sigmoid(cols(z[t], 10, 12))
c[t] = f[t].T * c[t-1] + i[t].T * g[t].T
h[t] = o[t].T * tanh(c[t])""",
        some(x=(70, 2, 1), W=(5, 12), b=(1, 12)), ("h",),
    ),
    "a choice fed back": System(
        "s[t] = tanh(U @ s[t-1] + E @ w[t-1])\nw[t] = onehot_argmax(V @ s[t])\np[t] = softmax(V @ s[t])",
        some(U=(3, 3), E=(3, 4), V=(4, 3)), ("w", "p"), {"t": 70},
    ),
    "logarithms": System("h[t] = sigmoid(h[t-1] * a - 60)\ny[t] = log(h[t])", some(a=(2, 1)), ("y",), {"t": 70}),
}  # fmt: skip


def ring(layers: int) -> System:
    """LSTM layers, the first of which reads the last of the step before: all are one recurrence."""
    data, lines = some(x=(70, 3, 1), R=(3, 4)), []
    for k in range(layers):
        below = f"h{k - 1}[t]" if k else f"(x[t] + R @ h{layers - 1}[t-1])"
        for gate in "figo":
            name, function = f"{gate}{k}", "tanh" if gate == "g" else "sigmoid"
            lines.append(f"{name}[t] = {function}(W_{name} @ {below} + U_{name} @ h{k}[t-1] + b_{name})")
            data |= some(**{f"W_{name}": (4, 4 if k else 3), f"U_{name}": (4, 4), f"b_{name}": (4, 1)})
        lines += [f"c{k}[t] = f{k}[t] * c{k}[t-1] + i{k}[t] * g{k}[t]", f"h{k}[t] = o{k}[t] * tanh(c{k}[t])"]
    return System("\n".join(lines), data, (f"h{layers - 1}",))


def test_layers_in_a_ring() -> None:
    """Forty slots: products of several states that do not all find their places beside one another."""
    assert worst_difference(ring(4)) < TOLERANCE
    assert worst_difference(with_gradient(ring(2), "h1")) < TOLERANCE


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("fewest_turns", [1, 64])
def test_networks_agree_with_the_plain_walk(name: str, fewest_turns: int) -> None:
    assert worst_difference(SYSTEMS[name], fewest_turns) < TOLERANCE


@pytest.mark.parametrize("seed", [457, 900, 13853])
def test_systems_that_were_once_wrong(seed: int) -> None:
    assert worst_difference(random_system(seed)) < TOLERANCE


def test_parts_in_common_have_the_axes_of_all() -> None:
    assert worst_difference(with_gradient(random_system(146))) < TOLERANCE


@pytest.mark.parametrize("code", ["arrays", "scalars", "either"])
@pytest.mark.parametrize("hundred", range(3))
def test_random_systems_agree_with_the_plain_walk(hundred: int, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BLOCK_ENTRIES", 1)
    monkeypatch.setattr(running, "SMALLEST_BLOCK", 3)
    monkeypatch.setattr(scalars, "CALL", {"arrays": 0, "scalars": 10**9, "either": scalars.CALL}[code])
    agreed = 0
    for seed in range(100 * hundred, 100 * hundred + 100):
        system = random_system(seed)
        try:
            ready(system)
        except ExerciseError:
            continue
        assert worst_difference(system) < TOLERANCE, f"seed {seed}:\n{system.text}\n{system.targets}"
        agreed += 1
    assert agreed > 50


@pytest.mark.parametrize("code", ["arrays", "either"])
def test_random_gradients_agree_with_the_plain_walk_and_with_differences(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BLOCK_ENTRIES", 1)
    monkeypatch.setattr(running, "SMALLEST_BLOCK", 3)
    monkeypatch.setattr(scalars, "CALL", {"arrays": 0, "either": scalars.CALL}[code])
    agreed, first = 0, {"arrays": 0, "either": 1000}[code]
    for seed in range(first, first + 70):
        try:
            system = with_gradient(random_system(seed))
        except ExerciseError:
            continue
        assert worst_difference(system) < 1e-11, f"seed {seed}:\n{system.text}"
        assert slope_difference(system) < 1e-6, f"seed {seed}:\n{system.text}"
        agreed += 1
    assert agreed > 30


@pytest.mark.parametrize("name", ["lstm", "lstm of two units", "joined inputs", "both ways", "a matrix as state"])
def test_gradients_of_networks_agree_with_the_plain_walk_and_with_differences(name: str) -> None:
    system = with_gradient(SYSTEMS[name])
    assert worst_difference(system) < 1e-11
    assert slope_difference(system) < 1e-6


def made(name: str, fewest_turns: int = 1) -> Program:
    prepared = ready(SYSTEMS[name])
    return compiled(prepared.plan, prepared.known, prepared.targets, fewest_turns)


def test_an_lstm_is_nine_calls_a_turn() -> None:
    for name in ("lstm", "joined inputs"):
        (source,) = made(name).sources
        assert calls(source) == ["c0", "add", "exp", "tanh", "add", "divide", "add", "tanh", "divide"]


def calls(source: str) -> list[str]:
    """The functions called in a turn."""
    body = source.partition("strict=True):\n")[2].split()
    return [call.partition("(")[0] for call in body if "(" in call and ".reshape(" not in call]


def test_the_reverse_loop_of_an_lstm_is_five_calls_and_a_copy_a_turn() -> None:
    prepared = ready(replace(with_gradient(SYSTEMS["lstm"], "h"), targets=("d_U_f",)))
    sources = compiled(prepared.plan, prepared.known, prepared.targets).sources
    assert calls(sources[-1]) == ["add", "multiply", "add", "multiply", "c0", "copyto"]


def test_few_units_are_straight_line_code() -> None:
    assert "slab" not in made("lstm of two units").sources[0]


def test_out_of_range_numbers_go_on_as_in_numpy() -> None:
    system = System("h[t] = x[t] / h[t-1] + exp(h[t-1])", some(x=(70, 1, 1)) | {"a": np.ones((1, 1))}, ("h",))
    prepared = ready(system)
    program = compiled(prepared.plan, prepared.known, prepared.targets, 1)
    assert "slab" not in program.sources[0]
    assert worst_difference(system) < TOLERANCE
    found = program.run(system.data, {("h", (0,)): np.zeros((1, 1))})[Ref("h")]
    assert np.isinf(found[0])


def test_a_missing_first_state_is_not_zero() -> None:
    data = dict(SYSTEMS["lstm"].data)
    with pytest.raises(UsageError, match=r"`h\[0\]` is missing"):
        made("lstm").run(data, {("c", (0,)): np.zeros((5, 1))})
    zeros = made("lstm").zeros()
    assert set(zeros) == {("h", (0,)), ("c", (0,))}
    made("lstm").run(data, zeros)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"W_f": np.zeros((5, 4))}, r"`W_f` has shape \(5, 4\); \(5, 3\) was expected"),
        ({"x": np.zeros((90, 3))}, r"`x` has shape \(90, 3\); \(…, 3, 1\) was expected"),
        ({"b_f": None}, "`b_f` is missing"),
    ],
)
def test_other_data_than_compiled_for_is_refused(changed: dict[str, Any], message: str) -> None:
    program = made("lstm")
    with pytest.raises(UsageError, match=message):
        program.run({**SYSTEMS["lstm"].data, **changed}, program.zeros())


def test_memory_is_what_is_asked() -> None:
    """h[T] of 20 000 steps needs a block, not a sequence: all h would be 10 MB, the products of the inputs 40 MB."""
    system = System(LSTM, lstm(64, 8, 20_000), ("h[T]",))
    prepared = ready(system)
    program = compiled(prepared.plan, prepared.known, prepared.targets)
    tracemalloc.start()
    program.run(system.data, program.zeros())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("most_entries", [64, 0])
def test_a_batch_is_its_exercises(most_entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_ENTRIES", most_entries)
    monkeypatch.setattr(batch, "LANES", 4)
    data = lstm(2, 3, 5, 11)
    data["b_o"] = data["b_o"][..., 0]
    single = [{name: array[..., n] if name != "b_o" else array for name, array in data.items()} for n in range(11)]
    prepared = ready(System(LSTM, single[0], ("h", "c[T]")))
    program = compiled(prepared.plan, prepared.known, prepared.targets)
    together = program.run_batch(data, prepared.initial)
    for n, one in enumerate(single):
        for target, value in program.run(one, prepared.initial).items():
            np.testing.assert_allclose(together[target][..., n], value, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["attention", "generation"])
def test_a_batch(name: str) -> None:
    data = {key: np.stack([array, -array], axis=-1) for key, array in SYSTEMS[name].data.items()}
    program, prepared = made(name), ready(SYSTEMS[name])
    together = program.run_batch(data, prepared.initial)
    for n, sign in enumerate((1, -1)):
        one = {key: sign * array for key, array in SYSTEMS[name].data.items()}
        for target, value in program.run(one, prepared.initial).items():
            np.testing.assert_allclose(together[target][..., n], value, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("most_entries", [64, 0])
def test_random_batches_are_their_exercises(most_entries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST_ENTRIES", most_entries)
    scales, agreed = (1.0, -1.0, 0.5), 0
    for seed in range(150):
        system = random_system(seed, 4)
        try:
            prepared = ready(system)
        except ExerciseError:
            continue
        program = compiled(prepared.plan, prepared.known, prepared.targets)
        if not program.inputs:
            continue
        data = {name: np.stack([scale * array for scale in scales], -1) for name, array in system.data.items()}
        initial = {key: np.stack([scale * value for scale in scales], -1) for key, value in prepared.initial.items()}
        together = program.run_batch(data, initial)
        for n, scale in enumerate(scales):
            alone = program.run(
                {name: scale * array for name, array in system.data.items()},
                {key: scale * value for key, value in prepared.initial.items()},
            )
            for target, value in alone.items():
                np.testing.assert_allclose(together[target][..., n], value, rtol=1e-10, atol=1e-12, err_msg=system.text)
        agreed += 1
    assert agreed > 80


def test_batches_of_different_sizes_are_refused() -> None:
    data = lstm(2, 3, 5, 4) | {"b_f": np.zeros((2, 1, 3))}
    prepared = ready(System(LSTM, lstm(2, 3, 5), ("h",)))
    program = compiled(prepared.plan, prepared.known, prepared.targets)
    with pytest.raises(UsageError, match="its sizes do not agree"):
        program.run_batch(data, program.zeros())


def test_sizes_that_only_a_zero_state_allows_are_walked() -> None:
    equations = parse_equations("h[t] = tanh(W @ x[t] + U @ h[t-1])")
    data = {"x": np.ones((1, 3, 1)), "W": np.full((2, 3), 0.1), "U": np.ones((2, 3))}
    order = plan(equations, [Ref("h")], extents={("x", 0): 1})
    shapes = infer(equations, {name: Datum(array.shape[-2:]) for name, array in data.items()})
    program = compile_float64(order, shapes, [Ref("h")])
    np.testing.assert_allclose(program.run(data, program.zeros())[Ref("h")], np.full((1, 2, 1), np.tanh(0.3)))


def test_positions_far_apart_are_refused() -> None:
    system = System("h[t] = tanh(h[t-1] + h[90000000])", {}, ("h",), {"t": 3}, {"h": (1, 1)})
    prepared = ready(system)
    with pytest.raises(LimitError, match="positions too far apart"):
        compiled(prepared.plan, prepared.known, prepared.targets)


def test_numpy_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, rnncalc.equations; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "False\n"
