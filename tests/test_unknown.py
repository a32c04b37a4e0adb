"""For which number is an equation true: all solutions, how they are found, and what is said when there is none."""

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import Run, run  # noqa: F401

from rnncalc import UsageError, load, loads, solve_for
from rnncalc.equations import FUNCTIONS
from rnncalc.equations.closed import Apply, Name
from rnncalc.equations.domains.closed import Closed
from rnncalc.unknown.searching import Slope, search

TEXT = """
title: "Find the number"
equations: |
  h[t] = tanh(u * h[t-1] + w * x[t] + b)
  k[t] = w * k[t-1] + x[t]
  r[t] = relu(w * x[t] - 1)
  q[t] = relu(w * k[t] - 1)
  s[t] = sigmoid(w * x[t]) * tanh(w)
  y[t] = V @ h[t]
find: [h_2, k_3, r_1, q_2, s_1, y_2]
inputs: {x: [1, 2, 3]}
parameters: {u: 1/2, w: 1, b: 0, V: [[1], [2]]}
"""


def values(unknown: str, when: str, **how: Any) -> tuple[list[tuple[str | None, str]], bool]:
    """Each value as (closed form, digits), and whether these are all real ones."""
    record = solve_for(loads(TEXT), unknown, when, **how).record()
    return [(one["exact"], one["value"]) for one in record["values"]], record["complete"]


@pytest.mark.parametrize(
    ("unknown", "when", "found", "complete"),
    [
        # undone
        ("w", "h_1 = 1/2", [("0.5 * log(3)", "0.5493")], True),
        ("w", "h_1 = 2", [], True),
        ("u", "h_2 = 0", [("-(2 / tanh(1))", "-2.6261")], True),
        ("x_2", "h_2 = 1/3", [("0.5 * log(2) - 0.5 * tanh(1)", "-0.03422")], True),
        ("w", "r_1 = 2", [("3", "3")], True),
        ("w", "r_1 = -1", [], True),
        ("V[2]", "y_2[2] = 1", [("1 / tanh(0.5 * tanh(1) + 2)", "1.0173")], True),
        # polynomials
        ("w", "k_3 = 4", [("-sqrt(2) - 1", "-2.4142"), ("sqrt(2) - 1", "0.4142")], True),
        ("w", "k_3 = 3", [("-2", "-2"), ("0", "0")], True),
        ("w", "k_3 = 1", [], True),
        # searched
        ("w", "h_2 = 1/2", [(None, "0.2204")], False),
        ("w", "h_2 = 0", [("0", "0")], False),
        ("w", "s_1 = 1/4", [(None, "0.4373")], False),
        ("w", "q_2 = 2", [("-3", "-3"), ("1", "1")], False),
    ],
)
def test_all_values_are_found(unknown: str, when: str, found: list[tuple[str | None, str]], complete: bool) -> None:
    assert values(unknown, when) == (found, complete)


def test_only_the_range_asked_for_is_searched() -> None:
    assert values("w", "q_2 = 2", within=("0", "10")) == ([("1", "1")], False)
    record = solve_for(loads(TEXT), "w", "q_2 = 2", within=("0", "10")).record()
    assert record["searched"] == ["0", "10"]


def test_whole_ranges_of_values() -> None:
    def last(when: str) -> list[str]:
        return solve_for(loads(TEXT), "w", when).text("answers").splitlines()[-3:]

    assert last("r_1 = 0") == ["Every w will do for which w − 1 ≤ 0.", "", "There is no other real solution."]
    assert last("q_2 = 0") == [
        "Every w from about −2.41421 to about 0.414214 will do.",
        "",
        "A search with enclosures proves that there is no other from −100 to 100.",
    ]
    assert last("k_1 = 1")[-1] == "Every w will do: both sides are equal whatever it is."
    assert last("k_1 = 2")[-1] == "No w will do: it makes no difference here."


def test_assumptions_leave_values_out() -> None:
    exercise = loads(TEXT + "symbolic: [w]\nassume: {w: positive}\n")
    record = solve_for(exercise, "w", "k_3 = 4").record()
    assert [one["exact"] for one in record["values"]] == ["sqrt(2) - 1"]


def test_page() -> None:
    page = solve_for(load("vietai/exercise2"), "b_f[1]", "f_1[1] = 0.9").text(width=80)
    assert page.endswith("""\
For which b_f,1 is f₁,₁ = 0.9? ─────────────────────────────────────────────────

            f₁,₁ = 0.9
    σ(b_f,1 − 9) = 0.9
       b_f,1 − 9 = ln(9)
           b_f,1 = ln(9) + 9

┌──────────────────────────────────────┐
│ Answer   b_f,1 = ln(9) + 9 ≈ 11.1972 │
└──────────────────────────────────────┘

This is the only real solution.
""")


def test_command_line(run: Run) -> None:  # noqa: F811
    result = run("solve", "vietai/exercise2", "--for", "b_f[1]", "--when", "f_1[1] = 0.9", "--json")
    assert json.loads(result.out) == {
        "schema": "rnncalc/unknown/1",
        "exercise": {
            "name": "exercise2",
            "title": "LSTM: find h₁",
            "source": "VietAI, Variants of RNN, exercise 2",
            "cell": "lstm",
        },
        "unknown": "b_f[1]",
        "equation": "f[1,1] = 0.9",
        "values": [{"exact": "log(9) + 9", "value": "11.1972245773362"}],
        "conditions": [],
        "every_value": False,
        "stretches": [],
        "undecided": [],
        "complete": True,
        "searched": None,
    }
    question = ("solve", "vietai/exercise2", "--for", "b_f[1]", "--when", "f_1[1] = 0.9")
    assert run(*question, "--range", "5").err == ("error: `--range 5` is no range\n  help: write `--range -10,10`\n")
    assert run(*question, "--code", "c").err == (
        "error: `--code` and `--for` exclude each other\n  help: leave one of them out\n"
    )
    assert run("solve", "vietai/exercise2", "--exact", "--float64").err == (
        "error: `--float64` and closed forms exclude each other\n  help: leave `--float64` out\n"
    )
    alone = run("solve", "vietai/exercise2", "--for", "b_f[1]")
    assert (alone.code, alone.err) == (
        2, "error: `--for` and `--when` belong together\n  help: write `--for w --when \"h_1 = 1/2\"`\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unknown", "when", "message"),
    [
        ("v", "h_1 = 1", "`v` is not among the data of the exercise"),
        ("V", "h_1 = 1", "`V` is not one number"),
        ("w", "h_1", "`h_1` is no equation"),
        ("w", "g_1 = 1", "there is no quantity `g_1`"),
        ("w", "h_9 = 1", "`h_9` is not computed here"),
        ("w", "y_2 = 1", "`y_2` is not one number: y has 2×1 entries"),
        ("w", "h_1 = one", "`one`: a number was expected, not `one`"),
    ],
)
def test_questions_that_make_no_sense_are_told(unknown: str, when: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        solve_for(loads(TEXT), unknown, when)
    assert [problem.what for problem in caught.value.problems] == [message]


# ---------------------------------------------------------------- the search


def slope_of(change: Callable[[Closed, Name], Any]) -> Slope:
    domain, x = Closed(), Name("x")
    return Slope(change(domain, x), x, {}, domain.known.names)


def exactly(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.fractions(-5, 5, max_denominator=50), min_size=1, max_size=4, unique=True))
def test_every_root_of_a_product_is_found(wanted: list[Fraction]) -> None:
    def product(domain: Closed, x: Name) -> Any:
        result: Any = domain.apply(FUNCTIONS["exp"], x, ())
        for root in wanted:
            factor = domain.apply(FUNCTIONS["tanh"], domain.minus(x, root), ())
            result = domain.times(result, factor)
        return result

    found = search(slope_of(product), Fraction(-7), Fraction(7), lambda: None)
    assert found.undecided == found.zeros == ()
    assert len(found.roots) == len(wanted)
    for root, true in zip(found.roots, sorted(wanted), strict=True):
        assert root.ball.overlaps(exactly(true))


def test_a_double_root_is_told_to_be_undecided() -> None:
    def square(domain: Closed, x: Name) -> Any:
        return domain.times(Apply("tanh", x), Apply("tanh", x))

    found = search(slope_of(square), Fraction(-7), Fraction(7), lambda: None)
    assert found.roots == ()
    ((low, high),) = found.undecided
    assert low < 0 < high
    assert high - low < Fraction(1, 10**9)


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.inverse])
@pytest.mark.parametrize("point", [Fraction(n, 4) for n in (-11, -4, -1, 0, 1, 4, 11)])
def test_inverses_of_the_table(name: str, point: Fraction) -> None:
    """f⁻¹(f(x)) is x, through the case that applies."""
    row, domain = FUNCTIONS[name], Closed()
    if name == "log" and point <= 0:
        return
    value = domain.known.ball(domain.apply(row, point, row.constants), 200)
    cases = [
        case
        for case in row.inverse
        if all(
            domain.signs.of(domain.at(text, domain.apply(row, point, row.constants), row.constants)) <= set(signs)
            for text, signs in case.where.items()
        )
    ]
    assert len(cases) == 1
    back = domain.at(cases[0].value, domain.apply(row, point, row.constants), row.constants)
    assert domain.known.ball(back, 200).overlaps(exactly(point))
    assert value.is_finite()


@pytest.mark.parametrize(
    "name", [name for name, row in FUNCTIONS.items() if row.kind == "elementwise" and row.increasing]
)
def test_increasing_functions_of_the_table(name: str) -> None:
    row = FUNCTIONS[name]
    assert row.ball is not None
    numbers = [flint.fmpq(c.numerator, c.denominator) for c in row.constants]
    points = [flint.arb(flint.fmpq(n, 4)) for n in range(1 if name in ("log", "sqrt") else -40, 41)]
    found = [flint.arb(row.ball(point, *numbers)) for point in points]
    assert all(not one > other for one, other in pairwise(found))
