"""Whole pages about networks: the library, one cell, its parameters, several side by side, and what commands print."""

from pathlib import Path

import pytest
from places import EXERCISES
from typer.testing import CliRunner

from rnncalc import ExerciseError, UsageError, formats, library, load, loads
from rnncalc.cell import Cell, cell_names, library_cell
from rnncalc.cli import application
from rnncalc.document import Document
from rnncalc.exercise import Exercise
from rnncalc.formula import unicode
from rnncalc.pages.comparison import comparison
from rnncalc.pages.described import described, printed_equations
from rnncalc.pages.handbook import OTHERS, cell_list, family, network_page, parameter_page


def page(document: Document, width: int = 80) -> str:
    return str(formats.writer("terminal")(document, width=width))


def parameters(subject: Cell | Exercise, **sizes: int) -> str:
    return page(parameter_page(described(subject, sizes)))


# ---------------------------------------------------------------- the library


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("rnn", "Simple recurrent networks"),
        ("jordan", "Simple recurrent networks"),
        ("gru-torch", "Gated recurrent units"),
        ("mgu", "Gated recurrent units"),
        ("grid-lstm", "Long short-term memory"),
        ("show-attend-tell", "Attention"),
        ("attention-lstm", "Attention"),
        ("reservoir", OTHERS),
        ("mylstm", OTHERS),
    ],
)
def test_family(name: str, title: str) -> None:
    assert family(name) == title


def test_list_of_cells() -> None:
    own = Cell("reservoir", "Echo state network", "", ())
    expected = """\
Cells
────────────────────────────────────────────────────────────────────────────────
Simple recurrent networks
 name │ network
──────┼────────────────────────────────
 rnn  │ Simple recurrent network (RNN)

Gated recurrent units
 name │ network
──────┼──────────────────────────
 mgu  │ Minimal gated unit (MGU)

Long short-term memory
 name │ network
──────┼───────────────────────────────
 lstm │ Long short-term memory (LSTM)

Other networks
 name      │ network
───────────┼────────────────────
 reservoir │ Echo state network

`rnncalc cells NAME` shows one of them.
"""
    assert page(cell_list([library_cell("lstm"), library_cell("rnn"), own, library_cell("mgu")])) == expected


def test_every_cell_is_listed_once() -> None:
    shown = page(cell_list(map(library_cell, cell_names())), width=120)
    assert [shown.count(f" {name} ") for name in cell_names()] == [1] * len(cell_names())


def test_page_of_a_cell() -> None:
    expected = """\
General attention (Luong)                                      attention-general
────────────────────────────────────────────────────────────────────────────────
Equations
    eₜ,ⱼ = sₜᵀ W_a hⱼ
    αₜ,ⱼ = softmaxⱼ (eₜ,ⱼ)
    cₜ = Σⱼ αₜ,ⱼ hⱼ
    s̃ₜ = tanh(W_c concat(cₜ, sₜ))
    yₜ = softmax(W_s s̃ₜ)

Quantities
 quantity │ is        │ shape
──────────┼───────────┼───────────
 e        │ computed  │ 1×1
 α        │ computed  │ 1×1
 c        │ computed  │ e×1
 s̃        │ computed  │ m×1
 y        │ computed  │ k×1
 s        │ input     │ d×1
 W_a      │ parameter │ d×e
 h        │ input     │ e×1
 W_c      │ parameter │ m×(d + e)
 W_s      │ parameter │ k×m

s has d entries, h has e entries, s̃ has m entries, y has k entries.

In an exercise file
    e[t,j] = s[t].T @ W_a @ h[j]
    alpha[t,j] = softmax(e[t,j], j)
    c[t] = sum(alpha[t,j] * h[j], j)
    a[t] = tanh(W_c @ concat(c[t], s[t]))
    y[t] = softmax(W_s @ a[t])

M.-T. Luong, H. Pham and C. D. Manning, Effective approaches to attention-based
neural machine translation, EMNLP 2015, equations 5–7 and the score “general”
"""
    assert page(network_page(described(library_cell("attention-general"), {}))) == expected


# ---------------------------------------------------------------- parameters


def test_parameters_in_letters() -> None:
    expected = """\
Parameters: Minimal gated unit (MGU)                                         mgu
────────────────────────────────────────────────────────────────────────────────
x has d entries, h has h entries.

 parameter │ shape │ entries
───────────┼───────┼─────────
 W_f       │ h×d   │ h·d
 U_f       │ h×h   │ h·h
 b_f       │ h×1   │ h
 W_h       │ h×d   │ h·d
 U_h       │ h×h   │ h·h
 b_h       │ h×1   │ h

    total = 2·(h·d + h² + h)
"""
    assert parameters(library_cell("mgu")) == expected


def test_parameters_in_numbers() -> None:
    expected = """\
Parameters: Concat attention (Luong)                            attention-concat
────────────────────────────────────────────────────────────────────────────────
s has d = 2 entries, h has e = 3 entries, v_a has n = 4 entries, s̃ has m = 2
entries, y has k = 5 entries.

 parameter │ shape     │ entries
───────────┼───────────┼──────────
 v_a       │ n×1       │ 4
 W_a       │ n×(d + e) │ 4·5 = 20
 W_c       │ m×(d + e) │ 2·5 = 10
 W_s       │ k×m       │ 5·2 = 10

    total = n + n·d + n·e + m·d + m·e + m·k
          = 4 + 4·2 + 4·3 + 2·2 + 2·3 + 2·5
          = 44
"""
    assert parameters(library_cell("attention-concat"), d=2, e=3, m=2, n=4, k=5) == expected


def test_parameters_with_a_size_left_open() -> None:
    expected = """\
 = 4·(h·d + h) + 5·p·h
          = 4·(4·3 + 4) + 5·p·4
          = 64 + 20·p
"""
    assert parameters(library_cell("lstm-projection"), d=3, h=4).partition("\n\n    total")[2] == expected


def test_parameters_of_an_exercise() -> None:
    """Matrices given in a shape that does not fit are counted as they should be, and named."""
    expected = """\
Parameters: LSTM: find h₁                    VietAI, Variants of RNN, exercise 2
────────────────────────────────────────────────────────────────────────────────
x has d = 3 entries, h has h = 2 entries.

 parameter │ shape │ entries
───────────┼───────┼─────────
 W_f       │ h×d   │ 2·3 = 6
 U_f       │ h×h   │ 2·2 = 4
 b_f       │ h×1   │ 2
 W_i       │ h×d   │ 2·3 = 6
 U_i       │ h×h   │ 2·2 = 4
 b_i       │ h×1   │ 2
 W_c       │ h×d   │ 2·3 = 6
 U_c       │ h×h   │ 2·2 = 4
 b_c       │ h×1   │ 2
 W_o       │ h×d   │ 2·3 = 6
 U_o       │ h×h   │ 2·2 = 4
 b_o       │ h×1   │ 2

    total = 4·(h·d + h² + h)
          = 4·(2·3 + 2² + 2)
          = 48

warning: U_f, U_i, U_c and U_o are given in shapes that the equations do not
         have; counted is what fits.
"""
    assert parameters(load("vietai/exercise2")) == expected


def test_parameters_of_an_exercise_with_a_loss() -> None:
    """The quantities of the backward pass are no parameters, and neither is the target."""
    text = """
equations: |
  h[t] = tanh(w * x[t] + u * h[t-1])
loss: L = sum((h[t] - d[t]) ** 2, t)
find: [L]
inputs: {x: [1, 2], d: [0, 1]}
parameters: {w: 1, u: 2}
"""
    expected = """\
Parameters: loss
────────────────────────────────────────────────────────────────────────────────
x has d = 1 entry.

 parameter │ shape │ entries
───────────┼───────┼─────────
 w         │ d×1   │ 1
 u         │ d×1   │ 1

    total = 2·d
          = 2·1
          = 2
"""
    assert parameters(loads(text, "loss")) == expected


def test_parameters_of_an_exercise_that_trains() -> None:
    """What training computes is no parameter, and its later runs are no other network."""
    text = """
title: A step of training
equations: |
  h[t] = w * h[t-1] + x[t]
  L = sum((h[t] - d[t]) ** 2, t)
inputs: {x: [1, 2], d: [1, 1]}
parameters: {w: 0.5}
loss: L
train: {rate: 0.1, steps: 2}
"""
    expected = """\
Parameters: A step of training
────────────────────────────────────────────────────────────────────────────────
x has d = 1 entry.

 parameter │ shape │ entries
───────────┼───────┼─────────
 w         │ d×1   │ 1

    total = d
          = 1
"""
    assert parameters(loads(text)) == expected


def test_plain_numbers_in_an_exercise() -> None:
    """A number that multiplies a vector is one parameter; without the data it might be a vector of many."""
    text = """
equations: h[t] = tanh(w * x[t] + u * h[t-1])
inputs: {x: [[1, 2, 3]]}
parameters: {w: 1, u: [1, 0, 2]}
"""
    expected = """\
Parameters: gain
────────────────────────────────────────────────────────────────────────────────
x has d = 3 entries.

 parameter │ shape │ entries
───────────┼───────┼─────────
 w         │ 1×1   │ 1
 u         │ d×1   │ 3

    total = 1 + d
          = 1 + 3
          = 4
"""
    assert parameters(loads(text, "gain")) == expected


@pytest.mark.parametrize("name", library.names())
def test_shapes_are_those_of_the_data(name: str) -> None:
    """In every exercise that comes with rnncalc, but for the matrices that do not fit."""
    exercise = load(name)
    network = described(exercise, {})
    parameters = [one for one, role in network.sizes.roles.items() if role == "parameter"]
    told = {one: tuple(side.at(network.numbers).number for side in network.sizes.shapes[one]) for one in parameters}
    given = {one: exercise.network.given[one].datum.shape for one in parameters if one in exercise.network.given}
    assert given.items() - told.items() == {(one, given[one]) for one in network.misfits}


def test_a_network_without_parameters() -> None:
    text = "equations: 'h[t] = h[t-1] + x[t]'\ninputs: {x: [[1, 2]]}\n"
    expected = """\
Parameters: sum
────────────────────────────────────────────────────────────────────────────────
This network has no parameters.
"""
    assert parameters(loads(text, "sum")) == expected


# ---------------------------------------------------------------- side by side


def test_comparison_on_a_narrow_page() -> None:
    networks = [library_cell(name) for name in ("lstm", "gru", "rnn")]
    expected = """\
Comparison                                                        lstm, gru, rnn
────────────────────────────────────────────────────────────────────────────────
Equations
 network │         │ equation
─────────┼─────────┼───────────────────────────────────────────
 lstm    │ gates   │ fₜ = σ(W_f xₜ + U_f hₜ₋₁ + b_f)
         │         │ iₜ = σ(W_i xₜ + U_i hₜ₋₁ + b_i)
         │         │ oₜ = σ(W_o xₜ + U_o hₜ₋₁ + b_o)
         │ other   │ c̃ₜ = tanh(W_c xₜ + U_c hₜ₋₁ + b_c)
         │ states  │ cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ c̃ₜ
         │         │ hₜ = oₜ ⊙ tanh(cₜ)
 gru     │ gates   │ zₜ = σ(W_z xₜ + U_z hₜ₋₁ + b_z)
         │         │ rₜ = σ(W_r xₜ + U_r hₜ₋₁ + b_r)
         │ other   │ h̃ₜ = tanh(W_h xₜ + U_h (rₜ ⊙ hₜ₋₁) + b_h)
         │ states  │ hₜ = (1 − zₜ) ⊙ hₜ₋₁ + zₜ ⊙ h̃ₜ
 rnn     │ states  │ hₜ = tanh(W hₜ₋₁ + U xₜ + b_s)
         │ outputs │ yₜ = softmax(V hₜ + b_y)

Gates, states and parameters
 network    │ lstm             │ gru              │ rnn
────────────┼──────────────────┼──────────────────┼────────────────────────
 gates      │ f, i, o          │ z, r             │ none
 states     │ c, h             │ h                │ h
 parameters │ 4·(h·d + h² + h) │ 3·(h·d + h² + h) │ h² + h·d + h + k·h + k
 number     │ 128              │ 96               │ 32 + 5·k

lstm, gru: x has d = 3 entries, h has h = 4 entries.

rnn: x has d = 3 entries, h has h = 4 entries, y has k entries.
"""
    assert page(comparison(networks, {"d": 3, "h": 4})) == expected


def test_comparison_on_a_wide_page() -> None:
    networks = [library_cell(name) for name in ("lstm-coupled", "jordan")]
    expected = """\
Comparison                                                                      lstm-coupled, jordan
────────────────────────────────────────────────────────────────────────────────────────────────────
Equations
        │ lstm-coupled                       │ jordan
────────┼────────────────────────────────────┼─────────────────────────────────
 gates  │ iₜ = σ(W_i xₜ + U_i hₜ₋₁ + b_i)    │
        │ fₜ = 1 − iₜ                        │
        │ oₜ = σ(W_o xₜ + U_o hₜ₋₁ + b_o)    │
 other  │ c̃ₜ = tanh(W_c xₜ + U_c hₜ₋₁ + b_c) │ hₜ = σ(W_h xₜ + U_h yₜ₋₁ + b_h)
 states │ cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ c̃ₜ           │ yₜ = σ(W_y hₜ + b_y)
        │ hₜ = oₜ ⊙ tanh(cₜ)                 │

Gates, states and parameters
 network       │ lstm-coupled       │ jordan
───────────────┼────────────────────┼───────────────────────
 gates         │ i, f, o            │ none
 states        │ c, h               │ y
 with 2 biases │ 3·(h·d + h² + 2·h) │ h·d + k + 2·(k·h + h)
 number        │ 108                │ 65

lstm-coupled: x has d = 3 entries, h has h = 4 entries.

jordan: x has d = 3 entries, y has k = 5 entries, h has h = 4 entries.
"""
    assert page(comparison(networks, {"d": 3, "h": 4, "k": 5}, 2), width=100) == expected


ONE_UNIT = {
    "rnn": "{cell: rnn, find: [h], inputs: {x: [1, X]}, parameters: {U: 1, W: -1, b_s: 0}}",
    "lstm-coupled": "{cell: lstm-coupled, find: [h], inputs: {x: [1, -2]}, parameters: "
    "{W_i: 1, W_c: 2, W_o: 3, U_i: 1, U_c: 1, U_o: 1, b_i: 0, b_c: 0, b_o: 0}}",
}


def states_of(second: str) -> str:
    exercises = [loads(text.replace("X", second), name) for name, text in ONE_UNIT.items()]
    return page(comparison(exercises, {})).partition("States\n")[2]


def test_comparison_of_exercises() -> None:
    expected = """\
 t               │ 1      │ 2
─────────────────┼────────┼───────────
 rnn  h          │ 0.7616 │ −0.9920
 lstm-coupled  c │ 0.7048 │  0.3737
 lstm-coupled  h │ 0.5786 │  0.001572
"""
    assert states_of("-2") == expected


def test_comparison_of_exercises_with_different_inputs() -> None:
    assert states_of("2").startswith("note: the exercises do not have the same input.\n\n t   ")


def test_comparison_of_a_cell_with_an_exercise() -> None:
    """Sizes that are asked for are those of the cell; the exercise has its own."""
    exercise = loads(ONE_UNIT["rnn"].replace("X", "0"), "mine")
    shown = page(comparison([library_cell("rnn-torch"), exercise], {"k": 2}))
    expected = """\
 network    │ rnn-torch      │ mine
────────────┼────────────────┼────────────────────────
 gates      │ none           │ none
 states     │ h              │ h
 parameters │ h·d + h² + 2·h │ h² + h·d + h + k·h + k
 number     │ h·d + h² + 2·h │ 7

rnn-torch: x has d entries, h has h entries.

mine: x has d = 1 entry, h has h = 1 entry, y has k = 2 entries.

States
 t       │ 1      │ 2
─────────┼────────┼─────────
 mine  h │ 0.7616 │ −0.6420
"""
    assert shown.partition("Gates, states and parameters\n")[2] == expected


K_IN_LSTM = "lstm: x has d entries, h has h entries. Give one of these: `--size d=5`"


@pytest.mark.parametrize(
    ("subject", "sizes", "what", "hint"),
    [
        (library_cell("lstm"), {"k": 5}, "no size is called `k` here", K_IN_LSTM),
        (
            load("vietai/exercise4"),
            {"d": 3},
            "`d` is 2 in the exercise `exercise4`, not 3",
            "leave the size out of the command",
        ),
    ],
)
def test_sizes_that_cannot_be(subject: Cell | Exercise, sizes: dict[str, int], what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        comparison([subject], sizes)
    assert [(problem.what, problem.hint) for problem in caught.value.problems] == [(what, hint)]


# ---------------------------------------------------------------- the commands


@pytest.mark.parametrize(
    ("command", "document"),
    [
        ("params lstm", parameter_page(described(library_cell("lstm"), {}))),
        ("params lstm --input 3 --hidden 4", parameter_page(described(library_cell("lstm"), {"d": 3, "h": 4}))),
        ("params rnn --size k=5 --size h=2", parameter_page(described(library_cell("rnn"), {"k": 5, "h": 2}))),
        ("params vietai/exercise3", parameter_page(described(load("vietai/exercise3"), {}))),
        ("compare gru mgu --biases 1", comparison([library_cell("gru"), library_cell("mgu")], {}, 1)),
        ("compare networks/rnn-torch gru", comparison([load("networks/rnn-torch"), library_cell("gru")], {})),
        ("cells", cell_list(map(library_cell, cell_names()))),
        ("cells elman", network_page(described(library_cell("elman"), {}))),
    ],
)
def test_command(command: str, document: Document) -> None:
    result = CliRunner().invoke(application(), command.split(), env={"COLUMNS": "80"})
    assert (result.exit_code, result.stdout) == (0, page(document))


def test_a_file_without_numbers_is_a_network(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text("title: Two layers\nsource: ours\ncell: rnn-torch\nlayers: 2\n")
    shown = (
        CliRunner()
        .invoke(application(), ["params", str(file), "--input", "3", "--hidden", "2"], env={"COLUMNS": "80"})
        .stdout
    )
    assert (
        shown
        == """\
Parameters: Two layers                                                       two
────────────────────────────────────────────────────────────────────────────────
x has d = 3 entries, h⁽¹⁾ has h = 2 entries, h⁽²⁾ has p entries.

 parameter │ shape │ entries
───────────┼───────┼─────────
 W⁽¹⁾_ih   │ h×d   │ 2·3 = 6
 b⁽¹⁾_ih   │ h×1   │ 2
 W⁽¹⁾_hh   │ h×h   │ 2·2 = 4
 b⁽¹⁾_hh   │ h×1   │ 2
 W⁽²⁾_ih   │ p×h   │ p·2
 b⁽²⁾_ih   │ p×1   │ p
 W⁽²⁾_hh   │ p×p   │ p·p
 b⁽²⁾_hh   │ p×1   │ p

    total = h·d + h² + p·h + p² + 2·(h + p)
          = 2·3 + 2² + p·2 + p² + 2·(2 + p)
          = 14 + p² + 4·p
"""
    )
    shown = CliRunner().invoke(application(), ["cells", str(file)]).stdout.splitlines()
    assert shown[0].split() == ["Two", "layers", "two"]


def test_rows_without_numbers_have_no_sizes(tmp_path: Path) -> None:
    file = tmp_path / "rows.yaml"
    file.write_text("cell: mgu\nvectors: rows\n")
    error = CliRunner().invoke(application(), ["cells", str(file)]).exception
    assert isinstance(error, ExerciseError)
    assert [problem.what for problem in error.problems] == [
        "`x` is missing",
        "6 quantities are missing: `W_f`, `U_f`, `b_f`, `W_h`, `U_h`, `b_h`",
    ]


def test_command_in_another_format() -> None:
    result = CliRunner().invoke(application(), ["params", "rnn", "--format", "markdown"])
    document = parameter_page(described(library_cell("rnn"), {}))
    assert result.stdout == formats.writer("markdown")(document)


@pytest.mark.parametrize(
    ("command", "what", "hint"),
    [
        ("params lsmt", "there is no cell `lsmt`", "did you mean `lstm`?"),
        ("params lstm --size 5", "`5` is not a size", "write a letter and a whole number: `k=5`"),
        ("params lstm --size k=5", "no size is called `k` here", K_IN_LSTM),
    ],
)
def test_command_that_cannot_be_done(command: str, what: str, hint: str) -> None:
    error = CliRunner().invoke(application(), command.split()).exception
    assert isinstance(error, UsageError)
    assert [(problem.what, problem.hint) for problem in error.problems] == [(what, hint)]


def test_a_number_times_a_number_has_no_sign() -> None:
    """Half a sum of squares of numbers; where the sum is over the products of vectors, these have theirs."""
    exercise = load(EXERCISES / "backpropagation" / "relu.yaml")
    network = described(exercise, {})
    printed = printed_equations(network.equations, network.symbols, network.sizes)
    assert unicode(printed[-1]) == "L = 1/2 Σₜ (yₜ − dₜ)²"
