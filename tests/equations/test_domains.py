"""Numbers: float64 and balls against mpmath at 50 digits; what is exact stays exact, what has no value says so."""

import warnings
from fractions import Fraction

import flint
import mpmath
import numpy as np
import pytest
from computing import computed, exact, series, started
from flint import arb, fmpq
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnncalc.cell import library_cell
from rnncalc.equations import FUNCTIONS, ImpreciseError, source
from rnncalc.equations.domains.certified import Certified
from rnncalc.equations.domains.float64 import Float64
from rnncalc.errors import ExerciseError, draw
from rnncalc.numbers import read_number

mp = mpmath.mp.clone()
mp.dps = 60
BITS = 128


def number(value):
    return mp.mpf(value.numerator) / value.denominator


def ball(value):
    """An mpmath number as a ball that is wider than its error."""
    return arb(mp.nstr(value, 55)) * arb(1, mp.nstr(mp.mpf(10) ** -50, 5))


def decimals(largest, places):
    return st.builds(lambda whole, k: Fraction(whole, 10**k), st.integers(-largest, largest), st.integers(0, places))


# ---------------------------------------------------------------- every function

REFERENCE = {
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "tanh": mp.tanh,
    "relu": lambda x: x if x > 0 else mp.mpf(0),
    "leaky_relu": lambda x, slope=Fraction(1, 100): x if x > 0 else number(slope) * x,
    "hard_sigmoid": lambda x, slope=Fraction(1, 6): min(max(number(slope) * x + mp.mpf(1) / 2, mp.mpf(0)), mp.mpf(1)),
    "softsign": lambda x: x / (1 + abs(x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)) if x < 100 else x + mp.exp(-x),
    "identity": lambda x: x,
    "exp": mp.exp,
    "log": mp.log,
    "max": lambda x, floor=Fraction(0): max(x, number(floor)),
    "clip": lambda x, most=Fraction(1): min(max(x, -number(most)), number(most)),
    "sqrt": mp.sqrt,
    "step": lambda x: mp.mpf(x > 0),
    "ones": lambda x: mp.mpf(1),
}
CONSTANTS = {
    "leaky_relu": Fraction(1, 5),
    "hard_sigmoid": Fraction(1, 5),
    "max": Fraction(1, 3),
    "clip": Fraction(2, 3),
}
# Near a corner or a zero that is not at 0, float64 has the digits of its argument only.
ABSOLUTE = {"hard_sigmoid", "log"}
LARGE = st.builds(lambda sign, power: Fraction(sign * 10**power), st.sampled_from([-1, 1]), st.integers(3, 28))


def test_every_function_has_a_reference():
    assert set(REFERENCE) == {row.name for row in FUNCTIONS.values() if row.kind == "elementwise"}


@pytest.mark.parametrize("with_constant", [False, True])
@pytest.mark.parametrize("name", REFERENCE)
@given(x=st.one_of(decimals(10**4, 6), decimals(10**9, 6), LARGE))
@example(x=Fraction(0))
@example(x=Fraction(1))
@example(x=Fraction(-3))
@example(x=Fraction(5, 2))
@settings(max_examples=40)
def test_function(name, with_constant, x):
    if name in ("log", "sqrt"):
        x = abs(x) or Fraction(1)
    row, constants = FUNCTIONS[name], (CONSTANTS[name],) if with_constant and name in CONSTANTS else ()
    wanted = REFERENCE[name](number(x), *constants)
    with flint.ctx.workprec(BITS):
        found = Certified().apply(row, fmpq(x.numerator, x.denominator), constants or row.constants)
        assert arb(found).overlaps(ball(wanted))
        if abs(x) < 10**6:
            assert isinstance(found, fmpq) or found.rel_accuracy_bits() > BITS - 40
    if abs(x) < 500:
        near = Float64().function(row, np.array([[float(x)]]), constants or row.constants)
        assert abs(near.item() - wanted) <= 1e-12 * abs(wanted) + (1e-15 if name in ABSOLUTE else 0)


@pytest.mark.parametrize("name", REFERENCE)
@given(x=decimals(300, 2), width=st.integers(1, 60))
@settings(max_examples=40)
def test_function_of_a_ball(name, x, width):
    """The value at any point of a ball lies in the ball of the values."""
    row = FUNCTIONS[name]
    with flint.ctx.workprec(BITS):
        around = arb(fmpq(x.numerator, x.denominator), arb(2) ** -width)
        try:
            found = Certified().apply(row, around, row.constants)
        except (ImpreciseError, ArithmeticError):
            assert name in ("log", "sqrt")
            return
        for part in (-1, 0, 1):
            point = x + Fraction(part, 2 ** (width + 1))
            assert arb(found).overlaps(ball(REFERENCE[name](number(point))))


@given(st.lists(decimals(10**4, 3), min_size=1, max_size=5))
@example([Fraction(0), Fraction(700), Fraction(-700)])
def test_softmax(scores):
    powers = [mp.exp(number(score)) for score in scores]
    data = {("e", ()): [[score] for score in scores]}
    with flint.ctx.workprec(BITS):
        certified = computed("y = softmax(e)", data, "y", domain=Certified())["y", ()].entries
        for one, power in zip(certified, powers, strict=True):
            assert arb(one).overlaps(ball(power / mp.fsum(powers)))
    near = computed("y = softmax(e)", data, "y", domain=Float64())["y", ()].ravel()
    for one, power in zip(near, powers, strict=True):
        assert abs(one - power / mp.fsum(powers)) <= 1e-11 * power / mp.fsum(powers) + mp.mpf(10) ** -300


# ---------------------------------------------------------------- what is exact stays exact

EXACT = [
    ("1/3 + 1/6", "1/2"),
    ("0.1 * 3", "0.3"),
    ("1 - 0.9 - 0.1", "0"),
    ("(1/3) ** 5", "1/243"),
    ("-(-1/7)", "1/7"),
    ("2 / 3 / 4", "1/6"),
    ("0 * exp(1)", "0"),
    ("tanh(1) * 0", "0"),
    ("0 / exp(1)", "0"),
    ("exp(1) * (1/2 - 0.5)", "0"),
    ("tanh(0)", "0"),
    ("sigmoid(0)", "1/2"),
    ("exp(0)", "1"),
    ("log(1)", "0"),
    ("relu(-3/2)", "0"),
    ("relu(3/2)", "3/2"),
    ("relu(-exp(1))", "0"),
    ("leaky_relu(-2)", "-1/50"),
    ("leaky_relu(-2, 0.1)", "-1/5"),
    ("leaky_relu(-2, 0)", "0"),
    ("leaky_relu(-2, -1/3)", "2/3"),
    ("leaky_relu(2, 0.1)", "2"),
    ("hard_sigmoid(1)", "2/3"),
    ("hard_sigmoid(1, 0.2)", "7/10"),
    ("hard_sigmoid(3)", "1"),
    ("hard_sigmoid(-3)", "0"),
    ("hard_sigmoid(2.4, 0.2)", "0.98"),
    ("hard_sigmoid(2.5, 0.2)", "1"),
    ("hard_sigmoid(-7, 0.2)", "0"),
    ("hard_sigmoid(exp(3))", "1"),
    ("softsign(-3)", "-3/4"),
    ("softsign(1/2)", "1/3"),
    ("max(1/3, 1/2)", "1/2"),
    ("max(-1)", "0"),
    ("clip(-3) + clip(1/2) + clip(5, 3/2)", "1"),
    ("sqrt(4/9)", "2/3"),
    ("max(tanh(1), 1)", "1"),
    ("step(2) - step(0) - step(-2)", "1"),
    ("ones(exp(1)) / 3", "1/3"),
    ("identity(2/3)", "2/3"),
    ("softmax(exp(1) * 0)", "1"),
    ("sum(concat(1/3, 1/2, 1/6))", "1"),
    ("beside(1/3, 1/2) @ concat(3, 4)", "3"),
    ("cols(beside(1/3, 1/2, 1/6), 2, 2) * cols(beside(1, 7), 2, 2)", "7/2"),
    ("row_block(concat(1, 2, 3, 4), 2, 2).T @ col_block(beside(1, 2, 3, 4), 1, 2).T", "11"),
]


@pytest.mark.parametrize(("text", "value"), EXACT)
def test_exact(text, value):
    found = computed(f"y = {text}", {}, "y", domain=Certified())["y", ()]
    assert Certified().exact(found) == [read_number(value)]


@pytest.mark.parametrize("text", ["tanh(1)", "sigmoid(-1/3)", "exp(2) - exp(2)", "softplus(0)", "log(2)", "sqrt(2)"])
def test_not_exact(text):
    assert Certified().exact(computed(f"y = {text}", {}, "y", domain=Certified())["y", ()]) == [None]


def test_equal_scores_share_exactly():
    data = {("e", ()): exact(["7/3", "7/3", "7/3"])}
    assert Certified().exact(computed("y = softmax(e)", data, "y", domain=Certified())["y", ()]) == [Fraction(1, 3)] * 3
    text = "a[j] = softmax(x[j] - x[j] + e, j)"
    found = computed(text, {("e", ()): exact([2])}, "a", domain=Certified(), lengths={"j": 4})
    assert [Certified().exact(found["a", (j,)]) for j in (1, 2, 3, 4)] == [[Fraction(1, 4)]] * 4


def test_a_large_rational_becomes_a_ball():
    data = {("x", (t,)): exact(["1/3"]) for t in range(1, 31)}
    found = computed("h[t] = h[t-1] * h[t-1] + x[t]", data, "h[T]", domain=Certified())
    assert Certified().exact(found["h", (5,)]) != [None]
    assert Certified().exact(found["h", (30,)]) == [None]


# ---------------------------------------------------------------- what has no value

NO_VALUE = [
    ("x[t] / 0", "a division by zero in `y[t] = x[t] / 0` at t = 1"),
    ("sqrt(1 - x[t])", "`sqrt` has no real value here in `y[t] = sqrt(1 - x[t])` at t = 2"),
    ("x[t] / (x[t] - 2)", "a division by zero in `y[t] = x[t] / (x[t] - 2)` at t = 2"),
    ("log(x[t] - 1)", "`log` has no real value here in `y[t] = log(x[t] - 1)` at t = 1"),
    ("log(-x[t])", "`log` has no real value here in `y[t] = log(-x[t])` at t = 1"),
    ("log(-exp(x[t]))", "`log` has no real value here in `y[t] = log(-exp(x[t]))` at t = 1"),
    ("1 / relu(-exp(x[t]))", "a division by zero in `y[t] = 1 / relu(-exp(x[t]))` at t = 1"),
    ("exp(1e1000 * x[t])", "`exp` is too large here in `y[t] = exp(1e1000 * x[t])` at t = 1"),
]


@pytest.mark.parametrize(("text", "message"), NO_VALUE)
def test_no_value(text, message):
    data = series("x", [exact([1]), exact([2])])
    with pytest.raises(ExerciseError) as caught:
        computed(f"y[t] = {text}", data, "y", domain=Certified())
    line = f"y[t] = {text}"
    assert draw(caught.value.problems) == (f"equation:1:1: error: {message}\n    1 │ {line}\n      │ {'^' * len(line)}")


def test_no_value_at_a_fixed_position():
    with pytest.raises(ExerciseError) as caught:
        computed("y[0] = 1 / 0", {}, "y", domain=Certified())
    assert caught.value.problems[0].what == "a division by zero in `y[0] = 1 / 0`"


@pytest.mark.parametrize("text", ["1 / (exp(1) - exp(1))", "log(exp(1) - exp(1))"])
def test_what_may_be_zero_asks_for_more_digits(text):
    with pytest.raises(ImpreciseError):
        computed(f"y = {text}", {}, "y", domain=Certified())


FLOATS = [
    ("1 / 0", np.inf),
    ("0 / 0", np.nan),
    ("log(0)", -np.inf),
    ("log(-1)", np.nan),
    ("exp(1000)", np.inf),
    ("exp(1000) - exp(1000)", np.nan),
    ("1e300 * 1e300", np.inf),
    ("-1e1000 * 2", -np.inf),
    ("sigmoid(-1000)", 0.0),
    ("sigmoid(1000)", 1.0),
    ("tanh(-1e300)", -1.0),
    ("softplus(1e300)", 1e300),
]


@pytest.mark.parametrize(("text", "value"), FLOATS)
def test_float64_goes_on_in_silence(text, value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = computed(f"y = {text}", {}, "y", domain=Float64())["y", ()].item()
    assert found == value or (np.isnan(found) and np.isnan(value))


# ---------------------------------------------------------------- the cells, by hand at 50 digits


def dot(matrix, vector):
    return [mp.fsum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def added(*vectors):
    return [mp.fsum(entries) for entries in zip(*vectors, strict=True)]


def times(one, other):
    return [a * b for a, b in zip(one, other, strict=True)]


def each(function, vector):
    return [function(entry) for entry in vector]


def sigma(vector):
    return each(REFERENCE["sigmoid"], vector)


def rnn(p, xs, h):
    for x in xs:
        h = each(mp.tanh, added(dot(p["W"], h), dot(p["U"], x), p["b_s"]))
        powers = each(mp.exp, added(dot(p["V"], h), p["b_y"]))
        yield {"h": h, "y": [power / mp.fsum(powers) for power in powers]}


def lstm(p, xs, h):
    c = [mp.mpf(0)] * len(h)
    for x in xs:
        f, i, o, g = (added(dot(p[f"W_{k}"], x), dot(p[f"U_{k}"], h), p[f"b_{k}"]) for k in "fioc")
        c = added(times(sigma(f), c), times(sigma(i), each(mp.tanh, g)))
        h = times(sigma(o), each(mp.tanh, c))
        yield {"c": c, "h": h}


def gru(p, xs, h):
    for x in xs:
        z, r = (sigma(added(dot(p[f"W_{k}"], x), dot(p[f"U_{k}"], h), p[f"b_{k}"])) for k in "zr")
        g = each(mp.tanh, added(dot(p["W_h"], x), dot(p["U_h"], times(r, h)), p["b_h"]))
        h = added(times([1 - entry for entry in z], h), times(z, g))
        yield {"h": h}


# Each parameter with its rows and columns: n states, d inputs, m outputs.
PARAMETERS = {
    rnn: {"W": "nn", "U": "nd", "b_s": "n1", "V": "mn", "b_y": "m1"},
    lstm: {f"{name}_{k}": size for k in "fioc" for name, size in (("W", "nd"), ("U", "nn"), ("b", "n1"))},
    gru: {f"{name}_{k}": size for k in "zrh" for name, size in (("W", "nd"), ("U", "nn"), ("b", "n1"))},
}
ENTRIES = st.integers(-30, 30).filter(bool).map(lambda tenths: Fraction(tenths, 10))


@pytest.mark.parametrize("cell", PARAMETERS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_cell(cell, data):
    size = {letter: data.draw(st.integers(1, 3)) for letter in "ndm"} | {"1": 1}

    def matrix(rows, columns):
        row = st.lists(ENTRIES, min_size=size[columns], max_size=size[columns])
        return data.draw(st.lists(row, min_size=size[rows], max_size=size[rows]))

    given_data = {(name, ()): matrix(*form) for name, form in PARAMETERS[cell].items()}
    inputs = [matrix("d", "1") for _ in range(data.draw(st.integers(1, 4)))]
    given_data |= {**series("x", inputs), ("h", (0,)): matrix("n", "1")}

    def by_hand(rows):
        return [[number(entry) for entry in row] for row in rows]

    p = {name: by_hand(rows) for (name, at), rows in given_data.items() if not at}
    p |= {name: [entry for (entry,) in rows] for name, rows in p.items() if name[0] == "b"}
    columns = [[entry for (entry,) in by_hand(rows)] for rows in (given_data["h", (0,)], *inputs)]
    wanted = {
        (name, (t,)): vector
        for t, state in enumerate(cell(p, columns[1:], columns[0]), 1)
        for name, vector in state.items()
    }
    text = "\n".join(map(source, library_cell(cell.__name__).equations))
    names = {name for name, _ in wanted}
    near = computed(text, given_data, *names, domain=Float64())
    with flint.ctx.workprec(BITS):
        certified = computed(text, given_data, *names, domain=Certified())
        for key, vector in wanted.items():
            for entry, one, other in zip(vector, certified[key].entries, near[key].ravel(), strict=True):
                assert arb(one).overlaps(ball(entry))
                assert arb(one).rel_accuracy_bits() > BITS - 50
                assert abs(other - entry) < 1e-12


def test_a_batch_is_computed_at_once():
    text = "\n".join(map(source, library_cell("gru").equations))
    random = np.random.default_rng(7)
    sizes = {name: tuple({"n": 3, "d": 2, "1": 1}[letter] for letter in form) for name, form in PARAMETERS[gru].items()}
    parameters = {name: random.normal(size=size) for name, size in sizes.items()}
    inputs = random.normal(size=(4, 5, 2, 1))

    def run(xs):
        rows = {("x", (t,)): exact([0, 0]) for t in range(1, 5)} | {
            (name, ()): [[Fraction(0)] * columns] * height for name, (height, columns) in sizes.items()
        }
        evaluation = started(text, rows, "h", domain=Float64())
        evaluation.data.update({(name, ()): value for name, value in parameters.items()})
        evaluation.data.update({("x", (t,)): x for t, x in enumerate(xs, 1)})
        return [one.value for one in evaluation if one.equation.name == "h"]

    together = run(inputs)
    for number_, alone in enumerate(zip(*[run(inputs[:, member]) for member in range(5)], strict=True)):
        np.testing.assert_allclose(together[number_], np.stack(alone), rtol=1e-14)
