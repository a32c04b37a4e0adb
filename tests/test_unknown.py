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

from rnncalc import UsageError, load, loads, solve, solve_for
from rnncalc.equations import FUNCTIONS
from rnncalc.equations.closed import Apply, Name
from rnncalc.equations.domains.closed import Closed
from rnncalc.errors import LimitError
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
        ("V[2]", "y_2[2] = 1", [("1 / h[2]", "1.0173")], True),
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
        ("V[3]", "h_1 = 1", "`V` has no entry `V[3]`"),
        ("w", "h_1", "`h_1` is no equation"),
        ("w", "g_1 = 1", "there is no quantity `g_1`"),
        ("w", "h_9 = 1", "`h_9` is not computed here"),
        ("w", "y_2 = 1", "the two sides of `y_2 = 1` differ in size: 2×1 and 1×1"),
        ("w", "y_2 = [1, 2, 3]", "the two sides of `y_2 = [1, 2, 3]` differ in size: 2×1 and 3×1"),
        ("w", "y_2[3] = 1", "`y_2[3]` is no entry of y, which has 2×1"),
        ("w", "h_1 = V @ V", "sizes do not fit in `V @ V`: 2×1 and 2×1"),
        ("w", "y_2 = [h_1, V]", "`[h_1, V]` is no list of numbers"),
        ("w", "h_1 = 1/0", "a side of the equation has no value: a division by zero"),
        ("w", "h_1 = one", "there is no quantity `one`"),
        ("w", "h_1 = foo(w)", "`foo(w)`: there is no function `foo`"),
    ],
)
def test_questions_that_make_no_sense_are_told(unknown: str, when: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        solve_for(loads(TEXT), unknown, when)
    assert [problem.what for problem in caught.value.problems] == [message]


# ---------------------------------------------------------------- several unknowns


def solutions(unknowns: list[str], when: list[str], **how: Any) -> list[dict[str, str | None]]:
    """Each solution: the closed form of every unknown, or its digits where there is none."""
    found = solve_for(loads(TEXT), unknowns, when, **how).record()["solutions"]
    return [{name: one and (one["exact"] or one["value"]) for name, one in each.items()} for each in found]


@pytest.mark.parametrize(
    ("unknowns", "when", "found"),
    [
        # whole vectors, and expressions on both sides
        (["V"], ["y_2 = [1, 2]"], [{"V[1]": "1 / h[2]", "V[2]": "2 / h[2]"}]),
        (["V"], ["y_2 = 2 * h_2 * [1, 3]"], None),
        (["V"], ["y_2 = h_2 * V", "V = [1, 2]"], [{"V[1]": "1", "V[2]": "2"}]),
        (["w", "b"], ["k_3 = b", "k_2 = 0"], [{"w": "-2", "b": "3"}]),
        (["w", "b"], ["h_1 = h_2", "h_1 = 1/2"], [{"w": "-0.25", "b": "0.5 * log(3) + 0.25"}]),
        # one after the other
        (["w", "u"], ["h_1 = 1/2", "h_2 = 1/2"], [{"w": "0.5 * log(3)", "u": "-log(3)"}]),
        (["u", "w"], ["k_2 = 3", "h_2 = 0"], [{"u": "-(2 / tanh(1))", "w": "1"}]),
        # an unknown that is enclosed, and one that it gives
        (["w", "b"], ["s_1 = 1/4", "b = 2 * w"], [{"w": "0.4373", "b": "0.8747"}]),
        # polynomials
        (["w", "b"], ["k_3 = 3", "b = w ** 2"], [{"w": "-2", "b": "4"}, {"w": "0", "b": "0"}]),
        (["x_1", "b"], ["x_1 ** 2 + b ** 2 = 5", "x_1 * b = 2"],
         [{"x[1]": one, "b": other} for one, other in (("-1", "-2"), ("-2", "-1"), ("2", "1"), ("1", "2"))]),
        # an equation that has no value there
        (["w", "b"], ["w / b = 2", "w + b = 0"], []),
        (["w", "b"], ["w / b = 2", "w + b = 3"], [{"w": "2", "b": "1"}]),
        # none, and families
        (["w", "b"], ["h_1 = 1/2", "h_1 = 1/3"], []),
        (["w"], ["h_1 = 1/2", "k_1 = 2"], []),
        (["w", "b"], ["h_1 = 1/2"], [{"w": "0.5 * log(3) - b", "b": None}]),
        (["w", "b", "u"], ["k_2 = 3"], [{"w": "1", "b": None, "u": None}]),
    ],
)  # fmt: skip
def test_several_unknowns(unknowns: list[str], when: list[str], found: list[dict[str, str]] | None) -> None:
    if found is None:
        with pytest.raises(UsageError):
            solutions(unknowns, when)
    else:
        assert sorted(map(str, solutions(unknowns, when))) == sorted(map(str, found))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.fractions(-3, 3, max_denominator=4), min_size=6, max_size=6), st.integers(0, 1))
def test_unknowns_of_a_linear_system_are_found_again(numbers: list[Fraction], kind: int) -> None:
    """The values of random weights give these weights back, through σ, exactly."""
    a, b, *x = numbers
    function = ("sigmoid", "tanh")[kind]
    text = f"equations: 'f[t] = {function}(W @ x[t])'\nfind: [f_1, f_2]\nparameters: {{W: [[1, 1]]}}\n"
    exercise = loads(text + f"inputs: {{x: [[{x[0]}, {x[1]}], [{x[2]}, {x[3]}]]}}\n")
    sums = [x[0] * a + x[1] * b, x[2] * a + x[3] * b]
    when = [f"f_{n} = {function}({total})" for n, total in enumerate(sums, 1)]
    (found,) = solve_for(exercise, "W", when).findings.solutions
    if x[0] * x[3] != x[1] * x[2]:
        assert [root.form for _, root in found.roots] == [a, b]
    else:
        assert found.free


def test_page_of_several_unknowns() -> None:
    page = solve_for(loads(TEXT), ["w", "b"], ["h_1 = 1/2", "k_2 = b"]).text(width=80)
    assert page.endswith("""\
For which w and b are h₁ = 0.5 and k₂ = b? ─────────────────────────────────────

       k₂ = b
    w + 2 = b
        w = b − 2

    tanh(2·b − 2) = 0.5
          2·b − 2 = 0.5·ln(3)
                b = 0.25·ln(3) + 1

┌───────────────────────────────────────┐
│ Answer   w = 0.25·ln(3) − 1 ≈ −0.7253 │
│          b = 0.25·ln(3) + 1 ≈ 1.2747  │
└───────────────────────────────────────┘

This is the only real solution.
""")


def test_long_left_sides_keep_their_signs_in_one_column() -> None:
    page = solve_for(load("vietai/exercise2"), "W_f", "f_1 = [0.9, 0.5]").text(width=80)
    assert (
        """
                                   f₁,₁ = 0.9
    σ(2·W_f,11 + 3·W_f,12 − W_f,13 + 5) = 0.9
       2·W_f,11 + 3·W_f,12 − W_f,13 + 5 = ln(9)
                                 W_f,13 = 5 − ln(9) + 2·W_f,11 + 3·W_f,12
"""
        in page
    )
    assert "\nW_f,11, W_f,12, W_f,22 and W_f,23 may be any numbers.\n" in page


def test_a_search_ends_in_time() -> None:
    with pytest.raises(LimitError) as caught:
        solve_for(loads(TEXT), "w", "s_1 = 1/4", max_seconds=1e-9)
    assert [problem.what for problem in caught.value.problems] == [
        "the exercise could not be worked out in closed forms to its end"
    ]


def test_what_cannot_be_solved_together_is_told() -> None:
    with pytest.raises(UsageError) as caught:
        solve_for(loads(TEXT), ["w", "b"], ["s_1 = b * tanh(b)"])
    assert [problem.what for problem in caught.value.problems] == [
        "these equations could not be solved together: none of the equations lets one of the unknowns stand alone"
    ]
    with pytest.raises(UsageError) as caught:
        solve_for(loads(TEXT), "w", "s_1 = u / 4", symbolic=["u"])
    assert [problem.what for problem in caught.value.problems] == [
        "the equation cannot be solved in general, with `u` in it"
    ]


def test_options_of_solve_go_with_the_question(run: Run) -> None:  # noqa: F811
    question = ("solve", "vietai/exercise2", "--for", "b_f[1]", "--when", "f_1[1] = 0.9")
    plain = run(*question)
    assert run(*question, "--exact") == plain
    assert len(run(*question, "--last", "1").out) <= len(plain.out)
    assert "    f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)\n" in run(*question, "--show-equations").out
    general = run(*question, "--symbols", "W_f,x", "--json")
    assert [one["exact"] for one in json.loads(general.out)["values"]] == [
        "log(9) - W_f[1,1] * x[1,1] - W_f[1,2] * x[1,2] - W_f[1,3] * x[1,3]"
    ]
    question = ("solve", "published/lstm-gomez", "--for", "b_f", "--when", "state_2 = 3/2", "--json")
    named, unfolded, short = (run(*question, *more).out for more in ((), ("--unfold",), ("--simplify",)))
    assert [json.loads(out)["values"][0]["value"] for out in (named, unfolded, short)] == ["-0.0357155321971537"] * 3
    assert "[" in json.loads(named)["values"][0]["exact"]
    assert "[" not in json.loads(unfolded)["values"][0]["exact"]
    question = ("solve", "vietai/exercise2", "--for", "b_f[1]", "--when", "f_1[1] = 0.9")
    for option in ("--float64", "--check-gradients"):
        assert run(*question, option).err == (
            f"error: `{option}` and `--for` exclude each other\n  help: leave one of them out\n"
        )


FROM_0 = """
cell: rnn
time: 0
activations: {y: identity}
equations: |
  z = h[0] + h[T]
find: [z, h_0]
inputs: {x: [1, 2, 3]}
initial: {h_-1: 1}
parameters: {W: 1/2, U: 1, b_s: 0, V: 2, b_y: 1}
"""


def test_closed_forms_and_questions_are_counted_as_the_file_does() -> None:
    exercise = loads(FROM_0)
    record = solve(exercise, exact=True).record()
    assert record["answers"]["z"]["exact"] == [["tanh(1.5) + h[2]"]]
    assert {step["rule"]: step["formula"] for step in record["steps"]} == {
        "h[t] = tanh(W @ h[t-1] + U @ x[t] + b_s)": "h₂ = tanh(W h₁ + U x₂ + b_s)",
        "z = h[0] + h[T]": "z = h₀ + h₂",
    }
    answered = solve_for(exercise, "W", "h[1] = h_0 / 2")
    assert answered.record()["equation"] == "h[1] = 0.5 * h[0]"
    assert "For which W is h₁ = 0.5·h₀? ──" in answered.text()
    assert "    h_1 = math.tanh(0.5 * math.tanh(1.5) + 2)\n" in solve(exercise, exact=True).code()


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
