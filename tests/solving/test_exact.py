"""Exact and symbolic solutions: closed forms on the page and in JSON, equal to what other number domains find."""

import json
import random
from fractions import Fraction
from typing import Any

import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_cli import Run, run  # noqa: F401

from rnncalc import ExerciseError, Precision, UsageError, load, loads, solve
from rnncalc.api import Solution
from rnncalc.cell import cell_names, library_cell
from rnncalc.equations.closed import Name
from rnncalc.equations.closed.enclosure import enclosed
from rnncalc.equations.domains.closed import places
from rnncalc.errors import draw
from rnncalc.exercise import Exercise
from rnncalc.exercise.letters import entries, put_in
from rnncalc.formats.boxes.box import cell_width
from rnncalc.library import names
from rnncalc.solving import Stopped
from rnncalc.starter import starter

DIGITS = Precision(25, "significant")


def formula(expression: str, parameters: str = "") -> Exercise:
    return loads(f"equations: 'y = {expression}'\nfind: [y]\nparameters: {{{parameters}}}\n")


def forms(solution: Solution, quantity: str) -> list[list[str]]:
    found: list[list[str]] = solution.record()["answers"][quantity]["exact"]
    return found


def answers(solution: Solution) -> str:
    """What stands in the box of the page."""
    return "\n".join(line.strip("│ ") for line in solution.text("answers").splitlines() if line.startswith("│"))


# ---------------------------------------------------------------- exact


def test_published_exercises_in_closed_form() -> None:
    assert answers(solve(load("vietai/exercise2"), exact=True)) == (
        "Answer   h₁ = (0, σ(−4)·tanh(σ(−5)·tanh(7))) ≈ (0, 0.0001204)"
    )
    assert answers(solve(load("vietai/exercise4"), exact=True)) == "Answer   y₁ = 3\ny₂ = −2"


@pytest.mark.parametrize(
    ("expression", "parameters", "exact", "digits"),
    [
        ("sigmoid(-4)", "", "sigmoid(-4)", "0.01799"),
        ("exp(2)", "", "exp(2)", "7.3891"),
        ("x / 3", "x: 0.5", "1/6", "0.1667"),
        ("x", "x: sqrt(8)/3", "2 * sqrt(2) / 3", "0.9428"),
        ("x * x - 2", "x: sqrt(2)", "0", "0"),
        ("sigmoid(x) + sigmoid(-x)", "x: 3", "1", "1"),
        ("tanh(log(2))", "", "3/5", "0.6"),
        ("sqrt(3 + 2 * sqrt(2)) - sqrt(2)", "", "1", "1"),
        ("exp(log(7))", "", "7", "7"),
        ("tanh(100)", "", "tanh(100)", "1.0000"),
        ("relu(1 - sqrt(2))", "", "0", "0"),
        ("relu(sqrt(2) - 1)", "", "sqrt(2) - 1", "0.4142"),
        ("leaky_relu(-sqrt(2))", "", "-(sqrt(2) / 100)", "-0.01414"),
        ("hard_sigmoid(sqrt(2))", "", "sqrt(2) / 6 + 0.5", "0.7357"),
        ("softsign(-sqrt(2))", "", "-(sqrt(2) / (sqrt(2) + 1))", "-0.5858"),
        ("clip(exp(1), 2)", "", "2", "2"),
        ("step(exp(1) - 3)", "", "0", "0"),
        ("sum(softmax(x))", "x: [1, 1, 2]", "1", "1"),
    ],
)
def test_closed_form(expression: str, parameters: str, exact: str, digits: str) -> None:
    answer = solve(formula(expression, parameters), exact=True).record()["answers"]["y"]
    assert (answer["exact"], answer["value"]) == ([[exact]], [[digits]])


def test_softmax_of_equal_scores() -> None:
    assert forms(solve(formula("softmax(x)", "x: [1, 1, 1]"), exact=True), "y") == [["1/3"]] * 3
    one, other = "exp(1) / (exp(1) + exp(2))", "exp(2) / (exp(1) + exp(2))"
    assert forms(solve(formula("softmax(x)", "x: [1, 2]"), exact=True), "y") == [[one], [other]]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("1 / (sigmoid(3) + sigmoid(-3) - 1)", "a division by zero in `y = 1 / (sigmoid(3) + sigmoid(-3) - 1)`"),
        ("log(1 - sqrt(2))", "`log` has no real value here in `y = log(1 - sqrt(2))`"),
        ("sqrt(1 - exp(1))", "`sqrt` has no real value here in `y = sqrt(1 - exp(1))`"),
    ],
)
def test_what_does_not_exist_is_told(expression: str, message: str) -> None:
    with pytest.raises(ExerciseError) as caught:
        solve(formula(expression), exact=True)
    assert [problem.what for problem in caught.value.problems] == [message]


def test_a_value_that_is_proved_to_be_rational_is_shown_as_one() -> None:
    page = solve(formula("tanh(log(4))"), exact=True).text()
    assert "y = tanh(ln(4))\n      = 15/17" in page
    assert "Answer   y = tanh(ln(4)) = 15/17" in page


MIRRORED = """
equations: |
  g[t] = a * sigmoid(W * x[t]) + b
  p[t] = onehot_argmax(g[t])
find: [g_1, p_1]
inputs: {x: [3]}
parameters: {W: [1, -1, 1], a: [1, -1, 1], b: [0, 1, 0]}
"""


def test_entries_are_proved_to_be_equal_although_they_are_written_in_two_ways() -> None:
    solution = solve(loads(MIRRORED), exact=True)
    assert forms(solution, "g_1") == [["sigmoid(3)"], ["1 - sigmoid(-3)"], ["sigmoid(3)"]]
    assert "       = ⎢1 − σ(−3)⎥               g₁,₁ = g₁,₂, exactly\n" in solution.text()
    assert "(0.9526, 0.9526, 0.9526) │  g₁,₁ = g₁,₂, exactly\n" in solution.text("answers", width=100)
    assert solution["p_1"] == [["1"], ["0"], ["0"]], "the first of equal entries is chosen"


def test_equality_is_not_claimed_from_digits() -> None:
    nearly = MIRRORED.replace("b: [0, 1, 0]", "b: [0, 1.0000000000000000000000000000000000000000001, 0]")
    assert "exactly" not in solve(loads(nearly), exact=True).text()
    assert solve(loads(nearly), exact=True)["p_1"] == [["0"], ["1"], ["0"]]


LSTM = """
cell: lstm
find: [h_{last}]
inputs: {{x: [{inputs}]}}
parameters: {{W_f: [[1/2]], U_f: [[-1/3]], b_f: [1], W_i: [[-1]], U_i: [[1/4]], b_i: [0], W_c: [[2]], U_c: [[1]],
  b_c: [-1/5], W_o: [[1]], U_o: [[1/7]], b_o: [1/3]}}
"""


def lstm(last: int) -> Exercise:
    return loads(LSTM.format(last=last, inputs=", ".join(["[1]", "[-1/2]", "[2/3]", "[1/9]"] * (last // 4 + 1))))


def test_a_state_is_written_in_the_names_of_the_step_until_unfolded() -> None:
    assert forms(solve(lstm(3), exact=True), "h_3") == [["o[3] * tanh(c[3])"]]
    (((unfolded,),),) = [forms(solve(lstm(2), unfold=True), "h_2")]
    assert "[" not in unfolded
    assert unfolded.startswith("sigmoid(sigmoid(4 / 3) * tanh(sigmoid(-1) * tanh(1.8)) / 7 - 1 / 6) * tanh(")


def test_long_recurrences_grow_with_their_length_only() -> None:
    sizes = [len(solve(lstm(last), exact=True).text()) for last in (10, 20)]
    assert sizes[1] < 2.2 * sizes[0]


def test_a_solution_that_takes_too_long_ends_with_what_it_has() -> None:
    solution = solve(lstm(20), exact=True, max_seconds=1e-9)
    assert solution.remarks == (Stopped("seconds", 1e-9, "f", (1,)),)
    assert (solution.steps, solution.answers, solution.total) == ((), (), 0)
    assert (
        "warning: the 1e-09 seconds allowed are over before f₁; what stands here is\n"
        "         complete up to there." in solution.text(width=80)
    )


def test_time_is_allowed_for_all_answers_together(monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = load("backpropagation/relu")
    seconds = iter([0.0] * 40 + [1e9] * 10_000)
    with monkeypatch.context() as patched:
        patched.setattr("rnncalc.equations.domains.monotonic", lambda: next(seconds))
        solution = solve(exercise, symbolic=True, unfold=True, simplify=True)
    assert [type(remark) for remark in solution.remarks] == [Stopped]


def test_an_answer_that_becomes_too_large_stays_folded() -> None:
    solution = solve(lstm(30), unfold=True)
    assert solution.remarks == (Stopped("size", 20_000, "h", (30,)),)
    assert "warning: h₃₀ would be a formula of more than 20000 signs, and is not written" in solution.text(width=80)
    assert forms(solution, "h_30") == [["o[30] * tanh(c[30])"]]


# ---------------------------------------------------------------- against other domains


def randomly(exercise: Exercise, seed: int) -> Exercise:
    """The exercise with other numbers of the same size."""
    numbers = random.Random(seed)

    def number() -> Fraction:
        return Fraction(numbers.choice([-1, 1]) * numbers.randint(1, 20), numbers.choice([3, 7, 8, 10]))

    places = {place: number() for place, _ in entries(exercise.network)}
    network = exercise.network
    zero = tuple(key for key in network.zero_states if key not in network.data)
    return replace(exercise, network=replace(put_in(network, places), zero_states=zero))


@pytest.mark.parametrize("name", cell_names())
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_exact_certified_and_float64_agree(name: str, seed: int) -> None:
    exercise = randomly(loads(starter(library_cell(name), "my.yaml")), seed)
    exact, certified, quick = solve(exercise, exact=True), solve(exercise), solve(exercise, float64=True)
    assert exact.remarks == certified.remarks
    for one, other, float64 in zip(exact.answers, certified.answers, quick.answers, strict=True):
        ours, theirs = exact.rounded(one.value, DIGITS), certified.rounded(other.value, DIGITS)
        assert [cell.text for line in ours for cell in line] == [cell.text for line in theirs for cell in line]
        near = [float(cell.text) for line in quick.rounded(float64.value, DIGITS) for cell in line]
        assert near == pytest.approx([float(cell.text) for line in ours for cell in line], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", cell_names())
def test_numbers_put_into_a_symbolic_answer_give_the_numeric_one(name: str) -> None:
    exercise = randomly(loads(starter(library_cell(name), "my.yaml")), 7)
    symbolic, exact = solve(exercise, symbolic=True), solve(exercise, exact=True)
    domain: Any = exact.domain
    with flint.ctx.workprec(200):
        names = {
            Name(*place): domain.known.ball(domain.scalar(value), 200) for place, value in entries(exercise.network)
        }
        for step in symbolic.steps:
            for place, form in zip(places(step.value), step.value.entries, strict=True):
                names[Name(step.equation.name, step.position, place)] = enclosed(form, names)
        for one, other in zip(symbolic.answers, exact.answers, strict=True):
            for form, wanted in zip(one.value.entries, other.value.entries, strict=True):
                found = enclosed(form, names)
                assert found.overlaps(domain.known.ball(wanted, 200))
                assert found.rel_accuracy_bits() > 100


# ---------------------------------------------------------------- what is wide


MOST_INSTANCES = 20
"""Longer exercises repeat the formulas of shorter ones, and would take as long as all others together."""


@pytest.mark.parametrize("mode", ["exact", "symbolic"])
def test_no_line_of_a_shipped_exercise_is_too_wide(mode: str) -> None:
    how: dict[str, Any] = {mode: True}
    exercises = [exercise for exercise in map(load, names()) if exercise.network.plan.count <= MOST_INSTANCES]
    wide = [
        (exercise.name, line)
        for exercise in exercises
        for line in solve(exercise, **how).text(width=80).splitlines()
        if cell_width(line) > 80
    ]
    assert len(exercises) > 60
    assert wide == []


SCORES = """
equations: |
  h[t] = tanh(w * x[t])
  y[t] = softmax(V @ h[t] + b)
find: [y_1]
inputs: {x: [[1, 2, 3]]}
parameters: {w: 1/3, V: [[1, 2, 3], [1/7, -1, 1], [2, 1, 2]], b: [1, 2, 1/7]}
"""


def test_repeated_exponents_are_named() -> None:
    assert (
        solve(loads(SCORES), exact=True)
        .text("answers", width=80)
        .endswith("""\
┌──────────────────────────────────────────────────────────┐
│                            e^(u₁,₁)                      │
│ Answer   y₁,₁ = ────────────────────────────── ≈ 0.8124  │
│                 e^(u₁,₁) + e^(u₁,₂) + e^(u₁,₃)           │
│                                                          │
│                            e^(u₁,₂)                      │
│          y₁,₂ = ────────────────────────────── ≈ 0.06362 │
│                 e^(u₁,₁) + e^(u₁,₂) + e^(u₁,₃)           │
│                                                          │
│                            e^(u₁,₃)                      │
│          y₁,₃ = ────────────────────────────── ≈ 0.1240  │
│                 e^(u₁,₁) + e^(u₁,₂) + e^(u₁,₃)           │
└──────────────────────────────────────────────────────────┘
  with u₁,₁ = tanh(1/3) + 2·tanh(2/3) + 3·tanh(1) + 1, u₁,₂ = tanh(1/3)/7 −
  tanh(2/3) + tanh(1) + 2 and u₁,₃ = 2·tanh(1/3) + tanh(2/3) + 2·tanh(1) + 1/7
  the closed form is exact, its digits are correctly rounded
""")
    )


def test_long_fractions_stand_on_two_lines_and_are_cut() -> None:
    solution = solve(formula("x ** 9", "x: 12345678901/98765432103"), exact=True)
    above, below = 12345678901**9, 98765432103**9
    assert answers(solution).splitlines() == [
        f"{str(above)[:23]}…{str(above)[-23:]}",
        f"Answer   y = {'─' * 47} ≈ 7.451·10⁻⁹",
        f"{str(below)[:23]}…{str(below)[-23:]}",
    ]
    assert forms(solution, "y") == [[f"{above}/{below}"]]


def test_a_choice_that_depends_on_letters_ends_the_solution() -> None:
    solution = solve(load("csc/music"), symbolic=True)
    assert [type(remark) for remark in solution.remarks] == [Stopped]
    assert solution.steps
    page = " ".join(solution.text(width=80).split())
    assert "warning: which entry is chosen in n₁ depends on letters; what stands here is complete up to there." in page


# ---------------------------------------------------------------- symbolic

UNIT = """
equations: |
  h[t] = tanh(u * h[t-1] + w * x[t])
  L = (h[2] - d) ** 2
symbolic: [w]
find: [h_2]
inputs: {x: [1, 2]}
parameters: {u: 1/2, w: w, d: 0}
"""


def test_letters_of_the_file() -> None:
    exercise = loads(UNIT)
    assert forms(solve(exercise), "h_2") == [["tanh(0.5 * h[1] + 2 * w)"]]
    assert forms(solve(exercise, unfold=True), "h_2") == [["tanh(0.5 * tanh(w) + 2 * w)"]]
    assert solve(exercise, put_in={"w": "1/2"})["h_2"] == [["0.842886103320231"]]
    assert forms(solve(exercise, put_in={"w": "1/2"}, exact=True), "h_2") == [["tanh(0.5 * tanh(0.5) + 1)"]]


def test_gradients_in_letters() -> None:
    exercise = loads(UNIT.replace("find: [h_2]", "find: [dL/dw]\nloss: L"))
    solution = solve(exercise, symbolic=True)
    assert forms(solution, "dL/dw") == [["d_z_h[1] + 2 * d_z_h[2]"]]
    assert forms(solve(exercise, unfold=True, put_in={"w": "0"}), "dL/dw") == [["0"]]


@pytest.mark.parametrize(("initial", "first"), [("0", "tanh(w * x[1])"), ("1/2", "tanh(u * h[0] + w * x[1])")])
def test_all_data_become_letters_but_zero_states(initial: str, first: str) -> None:
    exercise = loads(UNIT.replace("symbolic: [w]", f"initial: {{h: {initial}}}").replace("w: w", "w: 1"))
    solution = solve(exercise, symbolic=True)
    assert forms(solution, "h_2") == [["tanh(u * h[1] + w * x[2])"]]
    assert solution.record()["steps"][0]["exact"] == [[first]]


def test_letters_for_plain_numbers_are_told_in_a_sentence() -> None:
    page = solve(loads(UNIT), symbolic=["u", "d"]).text(width=80)
    assert page.splitlines()[2:5] == [
        "Given   x₁ = 1    x₂ = 2    h₀ = 0",
        "",
        "u and w stand for any numbers.",
    ]


def test_named_data_become_letters() -> None:
    exercise = load("vietai/exercise4")
    assert forms(solve(exercise, symbolic=["W_A[1,2]"]), "y_2") == [["-A[2,1]"]]
    assert forms(solve(exercise, symbolic=["W_A[1,2]"], unfold=True), "y_2") == [["-W_A[1,2] - 4"]]
    assert forms(solve(exercise, symbolic=["x_2"], unfold=True), "y_1") == [["x[2,2] + 6 * x[2,1] + 2"]]


def test_assumptions_decide_cases() -> None:
    text = "equations: 'y = relu(w) + sqrt(w ** 2)'\nfind: [y]\nsymbolic: [w]\n{}parameters: {{w: w}}\n"
    assert forms(solve(loads(text.format(""))), "y") == [["relu(w) + sqrt(w ** 2)"]]
    assert forms(solve(loads(text.format("assume: {w: negative}\n"))), "y") == [["sqrt(w ** 2)"]]


@pytest.mark.parametrize(
    ("assumption", "told"),
    [
        ("real", "w stands for any number."),
        ("positive", "w stands for any positive number."),
        ("negative", "w stands for any negative number."),
        ("nonnegative", "w stands for 0 or any positive number."),
        ("nonzero", "w stands for any number but 0."),
    ],
)
def test_what_is_assumed_of_a_letter_is_told(assumption: str, told: str) -> None:
    exercise = loads(UNIT.replace("symbolic: [w]", f"symbolic: [w]\nassume: {{w: {assumption}}}"))
    assert [line for line in solve(exercise).text(width=80).splitlines() if "stands for" in line] == [told]
    assert "stands for" not in solve(exercise, put_in={"w": "1/2"}).text()


def test_multiples_of_letters_stand_in_matrices() -> None:
    text = "equations: 'y = R @ x'\nfind: [y]\nsymbolic: [a]\nparameters: {R: [[0, -a], [2a/3, 1]], x: [3, 1]}\n"
    assert forms(solve(loads(text)), "y") == [["-a"], ["2 * a + 1"]]
    assert solve(loads(text), put_in={"a": "1/2"}).record()["answers"]["y"]["exact"] == [["-1/2"], ["2"]]


def test_simplified() -> None:
    exercise = formula("sigmoid(x) + sigmoid(-x) + x", "x: 3")
    assert forms(solve(exercise, symbolic=True, simplify=True), "y") == [["x + 1"]]


def test_what_is_symbolic_has_its_formula_for_a_value() -> None:
    answer = solve(loads(UNIT)).record()["answers"]["h_2"]
    assert answer == {"shape": [1, 1], "value": [["tanh(0.5 * h[1] + 2 * w)"]], "exact": [["tanh(0.5 * h[1] + 2 * w)"]]}


@pytest.mark.parametrize(
    ("symbolic", "messages"),
    [
        ("", ["`w` is no declared letter"]),
        ("symbolic: [w, v]\n", ["the letter `v` stands nowhere"]),
        ("symbolic: [w, h_1]\n", ["`h_1` is not among the data of the exercise"]),
        ("symbolic: [w]\nassume: {w: small}\n", ["there is no assumption `small`"]),
    ],
)
def test_mistakes_with_letters_are_told(symbolic: str, messages: list[str]) -> None:
    with pytest.raises(ExerciseError) as caught:
        loads(UNIT.replace("symbolic: [w]\n", symbolic))
    assert [problem.what for problem in caught.value.problems] == messages


@pytest.mark.parametrize(
    ("letter", "value"), [("w", "(w + 1)*w"), ("w", "2w"), ("w", "-w"), ("d", "d"), ("h", "h + 1"), ("x_1", "x_1")]
)
def test_a_letter_is_no_quantity_of_another_value(letter: str, value: str) -> None:
    """`w = (w + 1)·w` would be on the page."""
    with pytest.raises(ExerciseError) as caught:
        loads(UNIT.replace("symbolic: [w]", f"symbolic: [{letter}]").replace("w: w", f"w: {value}"))
    assert draw(caught.value.problems) == (
        f"<stdin>:5:12: error: the letter `{letter}` has the name of a quantity with another value\n"
        f"    5 │ symbolic: [{letter}]\n"
        f"      │            {'^' * len(letter)}\n"
        "  help: give the letter a name of its own, here and among the numbers"
    )


def test_a_letter_may_be_the_value_of_the_quantity_it_is_named_after() -> None:
    text = UNIT.replace("symbolic: [w]", "symbolic: [w, x_2, h_0, a]\ninitial: {h: h_0}")
    exercise = loads(text.replace("[1, 2]", "[a, x_2]"))
    assert forms(solve(exercise, unfold=True), "h_2") == [["tanh(0.5 * tanh(0.5 * h_0 + w * a) + w * x_2)"]]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"v": "1"}, "`v` is not among the data of the exercise"),
        ({"w": "one"}, "`w`: a number was expected, not `one`"),
        ({"x": "1"}, "`x` is not one number"),
    ],
)
def test_numbers_that_cannot_be_put_in_are_told(numbers: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        solve(loads(UNIT), put_in=numbers)
    assert [problem.what for problem in caught.value.problems] == [message]


def test_letters_where_numbers_are_needed(run: Run, tmp_path: Any) -> None:  # noqa: F811
    file = tmp_path / "letters.yaml"
    file.write_text(UNIT.replace("find: [h_2]", "find: [h_2]\nloss: L"), encoding="utf-8")
    result = run("gradients", str(file))
    assert (result.code, result.err) == (
        2,
        "error: `w` is a letter, and a number is needed here\n"
        "  help: put numbers in for the letters, `rnncalc solve FILE --set w=1/2`, "
        "or name fewer, `--symbols W_f,x_1`\n",
    )


def test_options_on_the_command_line(run: Run) -> None:  # noqa: F811
    result = run("solve", "vietai/exercise4", "--symbols", "W_A[1,2], x_2", "--set", "x_2[1]=0", "--json")
    assert json.loads(result.out)["answers"]["y_2"]["exact"] == [["B[2,1] - A[2,1] + x[2,2]"]]
    assert run("solve", "vietai/exercise2", "--exact", "--max-seconds", "0.001", "--detail", "answers").code in (0, 1)


def test_a_file_does_not_know_the_values_for_other_numbers(run: Run) -> None:  # noqa: F811
    result = run("solve", "vietai/exercise2", "--set", "W_f[1,1]=3", "--json")
    assert (result.code, result.err, json.loads(result.out)["warnings"][1:]) == (0, "", [])


def test_commas_between_letters_may_be_doubled(run: Run) -> None:  # noqa: F811
    twice, once = (run("solve", "vietai/exercise4", "--symbols", names) for names in ("x_2,,x_1,", "x_2,x_1"))
    assert twice == once


def test_a_sign_in_front_needs_no_brackets() -> None:
    solution = solve(formula("sigmoid(-a * tanh(b) - c * tanh(a))", "a: 0.1, b: 1, c: 2"), exact=True)
    assert answers(solution) == "Answer   y = σ(−0.1·tanh(1) − 2·tanh(0.1)) ≈ 0.4316"


def test_roots_are_written_without_brackets_in_every_format() -> None:
    solution = solve(formula("x * 3", "x: sqrt(2)"), exact=True)
    assert answers(solution) == "Answer   y = 3·√2 ≈ 4.2426"
    assert r"y = 3 \cdot \sqrt{2} \approx 4.2426" in solution.text("answers", "markdown")
    assert "<msqrt><mn>2</mn></msqrt>" in solution.text("answers", "html")


@pytest.mark.parametrize(
    "name", ["published/rnn-2x2-bptt", "published/attention-scalar-backward", "csc/vanishing-relu"]
)
def test_gradients_and_training_are_exact_too(name: str) -> None:
    exact, certified = solve(load(name), exact=True), solve(load(name))
    assert len(exact.answers) == len(certified.answers) > 0
    for one, other in zip(exact.answers, certified.answers, strict=True):
        ours, theirs = exact.rounded(one.value, DIGITS), certified.rounded(other.value, DIGITS)
        assert [cell.text for line in ours for cell in line] == [cell.text for line in theirs for cell in line]
