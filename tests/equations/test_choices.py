"""Which entry is chosen: in every domain the same, a tie only where it is known to be one, no slope."""

from fractions import Fraction

import numpy as np
import pytest
from computing import computed, exact

from rnncalc import loads, solve
from rnncalc.equations import ImpreciseError
from rnncalc.equations.domains.certified import Certified
from rnncalc.equations.domains.float64 import Float64
from rnncalc.errors import ExerciseError, draw

# expression of v and u, their entries, the entry chosen (counted from 1)
CHOICES = [
    ("onehot_argmax(v)", [1, 3, 2], 0, 2),
    ("hardmax(v)", [-1, -3, "-1/2"], 0, 3),
    ("onehot_argmax(v)", [2, 2, 1], 0, 1),
    ("onehot_argmax(softmax(v))", [1, 5, 5], 0, 2),
    ("onehot_argmax(tanh(v))", [7, 8, 0], 0, 2),
    ("onehot_sample(v, u)", ["1/5", "1/2", "3/10"], 0, 1),
    ("onehot_sample(v, u)", ["1/5", "1/2", "3/10"], "0.19", 1),
    ("onehot_sample(v, u)", ["1/4", "1/2", "1/4"], "1/4", 2),
    ("onehot_sample(v, u)", ["1/4", "1/2", "1/4"], "3/4", 3),
    ("onehot_sample(v, u)", ["1/5", "1/2", "3/10"], "0.99", 3),
    ("onehot_sample(v, u)", [0, 1, 0], 0, 2),
    ("onehot_sample(softmax(v), u)", [0, 0, 1], "0.42", 2),  # shares 0.212, 0.212, 0.576
    ("onehot_sample(softmax(v), u)", [0, 0, 1], "0.43", 3),
]


@pytest.mark.parametrize("domain", [Certified(), Float64()], ids=["certified", "float64"])
@pytest.mark.parametrize(("text", "entries", "level", "chosen"), CHOICES)
def test_chosen(text, entries, level, chosen, domain):
    data = {("v", ()): exact(entries), ("u", ()): exact([level])}
    found = computed(f"y = {text}", data, "y", domain=domain)["y", ()]
    assert domain.shape(found) == (3, 1)
    wanted = [Fraction(int(number == chosen)) for number in (1, 2, 3)]
    assert domain.agrees(found, wanted, [Fraction(0)] * 3)


def test_equal_numbers_that_are_not_known_to_be_equal():
    text = "y = onehot_argmax(concat(exp(2), exp(1) * exp(1)))"
    with pytest.raises(ImpreciseError, match=r"^two entries are too close to tell which one is chosen$"):
        computed(text, {}, "y", domain=Certified())
    with pytest.raises(ExerciseError) as caught:
        solve(loads(f"equations: '{text}'\n", "e.yaml"))
    assert (
        draw(caught.value.problems)
        == f"""\
e.yaml:1:13: error: `y`: two entries are too close to tell which one is chosen, even with 9830 digits
    1 │ equations: '{text}'
      │             {"^" * len(text)}
  help: they may be exactly equal: `--exact` may prove it; else give numbers that differ"""
    )


NO_CHOICE = [
    ("onehot_sample(v, 1)", "a number u with 0 ≤ u < 1"),
    ("onehot_sample(v, -0.5)", "a number u with 0 ≤ u < 1"),
    ("onehot_sample(2 * v, 0.5)", "probabilities, which add up to 1"),
    ("onehot_sample(concat(3 * rows(v, 1), -rows(v, 1)), 0.5)", "probabilities, which add up to 1"),
]


@pytest.mark.parametrize(("text", "message"), NO_CHOICE)
def test_nothing_to_choose_from(text, message):
    data = {("v", ()): exact(["1/2", "1/2"])}
    with pytest.raises(ExerciseError) as caught:
        computed(f"y = {text}", data, "y", domain=Certified())
    assert caught.value.problems[0].what == f"`onehot_sample` needs {message} in `y = {text}`"
    assert np.isnan(computed(f"y = {text}", data, "y", domain=Float64())["y", ()]).all()


def test_float64_that_is_not_a_number_is_not_chosen():
    found = computed("y = onehot_argmax(concat(log(-1), 1))", {}, "y", domain=Float64())["y", ()]
    assert np.isnan(found).all()


LEADERS = [
    ([1, 3, 2], ((1,), True)),
    ([3, 3, 2], ((0, 1), True)),
    (["1/3", "1/3", "1/3"], ((0, 1, 2), True)),
]


@pytest.mark.parametrize(("entries", "leaders"), LEADERS)
def test_leaders(entries, leaders):
    assert Certified().leaders(Certified().array(exact(entries))) == leaders
    near = Float64().leaders(Float64().array(exact(entries)))
    assert near == (leaders[0], len(leaders[0]) == 1)  # equal doubles are no proof


def test_leaders_that_are_not_settled():
    found = computed("y = concat(exp(2), 1, exp(1) * exp(1))", {}, "y", domain=Certified())["y", ()]
    assert Certified().leaders(found) == ((0, 2), False)


def test_no_gradient_comes_through_a_choice():
    """L = w · a depends on V by the choice alone; on a by the entry that was chosen."""
    solution = solve(loads(
        "equations: |\n  w = onehot_argmax(V @ a)\n  L = sum(w * a)\n"
        "loss: L\nfind: [dL/dV, dL/da]\nparameters: {V: [[1, 2], [3, 4]], a: [5, 6]}\n"
    ))  # fmt: skip
    assert solution["dL/dV"] == [["0", "0"], ["0", "0"]]
    assert solution["dL/da"] == [["0"], ["1"]]
