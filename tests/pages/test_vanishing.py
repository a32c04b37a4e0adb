"""The pages of `rnncalc gradients`, whole; `pytest --update-golden` rewrites the files in data/vanishing."""

from collections.abc import Callable

import pytest

from rnncalc import load, loads
from rnncalc.document import Bars, Document
from rnncalc.formats import writer
from rnncalc.formats.boxes import bar, cell_width
from rnncalc.formula import Digits, row
from rnncalc.jacobian import measure
from rnncalc.pages.vanishing import explain_gradients

Golden = Callable[[str, str], None]
FOUR = tuple(f"csc/vanishing-{cell}" for cell in ("tanh", "relu", "gru", "lstm"))


def page(*names: str, factored: bool | None = None, format: str = "terminal", width: int = 80) -> str:
    document = explain_gradients([measure(load(name)) for name in names], factored)
    options = {"width": width} if format == "terminal" else {}
    return str(writer(format)(document, **options))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("side-by-side", FOUR),
        ("lstm", ("csc/vanishing-lstm",)),
        ("thirty-frames", ("dlbook/vanishing",)),
        ("factors", ("dlbook/vanishing-factors",)),
    ],
)
def test_page(golden: Golden, file: str, names: tuple[str, ...], width: int) -> None:
    text = page(*names, width=width)
    golden(f"../data/vanishing/{file}-{width}.txt", text)
    assert max(map(cell_width, text.splitlines())) <= width


def test_factors_of_an_lstm(golden: Golden) -> None:
    golden("../data/vanishing/lstm-factored-80.txt", page("dlbook/vanishing-lstm", factored=True))


def test_markdown(golden: Golden) -> None:
    golden("../data/vanishing/factors.md", page("dlbook/vanishing-factors", format="markdown"))


def small(weight: str, function: str = "relu", given: str = "[[1], [1], [1]]") -> str:
    """A network of one unit, three steps long: h_t = w h_{t−1} + x_t."""
    return (
        f"title: One unit\nequations: |\n  h[t] = {function}(W @ h[t-1] + x[t])\n"
        f"inputs: {{x: {given}}}\nparameters: {{W: [[{weight}]]}}\n"
    )


ONE_UNIT = """\
One unit
────────────────────────────────────────────────────────────────────────────────
Of a small change of h₁ at most 100 times as much arrives at h₃ (‖∂h₃/∂h₁‖₂), 10
a step on average: the gradient explodes.

What is left of a change   made at step t, seen at the last step ───────────────

 t │ ‖∂h₃/∂hₜ‖₂
───┼──────────────────────────────────────
 1 │ 100 ████████████████████████████████
 2 │  10 ████████████████················
 3 │   1 ································

Bars are logarithmic, from 1 (empty) to 10² (full).

The Jacobian of each step, and their product ───────────────────────────────────

J = ∂hₜ/∂hₜ₋₁ is one step, P = ∂h₃/∂hₜ the product of all steps behind; ‖·‖₂ is
the 2-norm, ‖·‖_F the Frobenius norm, ρ the spectral radius.

 t │ ‖J‖₂ │ ‖J‖_F │ ρ(J) │ ‖P‖₂ │ ‖P‖_F │ ρ(P)
───┼──────┼───────┼──────┼──────┼───────┼──────
 1 │ 10   │ 10    │ 10   │ 100  │ 100   │ 100
 2 │ 10   │ 10    │ 10   │  10  │  10   │  10
 3 │ 10   │ 10    │ 10   │   1  │   1   │   1
"""


def test_without_a_loss_only_the_jacobians_are_shown() -> None:
    document = explain_gradients([measure(loads(small("10")))])
    assert writer("terminal")(document, width=80) == ONE_UNIT


@pytest.mark.parametrize(
    ("weight", "given", "verdict"),
    [
        ("4", "[[1], [1], [1]]", "explodes"),
        ("2", "[[1], [1], [1]]", "grows"),
        ("1", "[[1], [1], [1]]", "is kept"),
        ("1/2", "[[1], [1], [1]]", "shrinks"),
        ("1/4", "[[1], [1], [1]]", "vanishes"),
        ("-1/2", "[[1], [-1], [1]]", "is cut off: exactly 0"),
    ],
)
def test_verdict(weight: str, given: str, verdict: str) -> None:
    text = str(writer("terminal")(explain_gradients([measure(loads(small(weight, given=given)))])))
    assert f"the gradient {verdict}." in " ".join(text.split())


def test_float64_says_so() -> None:
    document = explain_gradients([measure(loads(small("1/3", "tanh")), float64=True)])
    text = str(writer("terminal")(document))
    assert "warning: the numbers are computed in float64: their last digits may be wrong." in text


def test_exercises_of_one_name_are_numbered() -> None:
    text = page("csc/vanishing-tanh", "csc/vanishing-tanh")
    assert "1:tanh" in text
    assert "2:tanh" in text


def test_two_states_that_run_both_ways_have_a_part_each() -> None:
    exercise = loads(
        "equations: |\n  a[t] = tanh(x[t] + W * a[t-1])\n  b[t] = tanh(x[t] + V * b[t+1])\n  y[t] = a[t] + b[t]\n"
        "find: [y]\ninputs: {x: [[1], [2], [3]]}\nparameters: {W: 0.5, V: 0.25}\n"
    )
    text = str(writer("terminal")(explain_gradients([measure(exercise)])))
    assert "‖∂a₃/∂aₜ‖₂" in text
    assert "‖∂b₁/∂bₜ‖₂" in text


# ---------------------------------------------------------------- bars


@pytest.mark.parametrize(
    ("length", "drawn"),
    [
        (0, "········"),
        (1e-9, "▏·······"),
        (0.5, "████····"),
        (0.703125, "█████▋··"),
        (1, "████████"),
        (1.2, "████████"),
    ],
)
def test_bar(length: float, drawn: str) -> None:
    assert bar(length, 8) == drawn


BARS = Document(
    "Bars",
    (
        Bars(
            (("t",), ("first",), ("second one",)),
            (
                (("1",), (row(Digits("0.5")),), (row(Digits("12.25")),)),
                (("12",), (row(Digits("0.125")),), ()),
            ),
            ((1.0, 0.75), (0.25, 0.0)),
        ),
    ),
)


def test_bars_in_the_terminal() -> None:
    assert writer("terminal")(BARS, width=50) == (
        "Bars\n"
        "──────────────────────────────────────────────────\n"
        " t  │ first                │ second one\n"
        "────┼──────────────────────┼──────────────────────\n"
        "  1 │ 0.5   ██████████████ │ 12.25 ██████████▌···\n"
        " 12 │ 0.125 ███▌·········· │\n"
    )


def test_bars_in_markdown() -> None:
    assert writer("markdown")(BARS) == (
        "# Bars\n\n"
        "| t | first | second one |\n"
        "| --- | --- | --- |\n"
        "| 1 | $0.5$ ████████████ | $12.25$ █████████··· |\n"
        "| 12 | $0.125$ ███········· |  |\n"
    )
