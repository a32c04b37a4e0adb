"""The benchmarks measure what they say. Nothing is timed here."""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import backward
import diagnosis
import forward
import long
import numpy as np
import pytest
import startup
import stress
import symbolic
from rounds import EXACT, FOLDER, Measure, Size, Variant, lines

from rnncalc import loads, solve
from rnncalc.checking import Cause, NumberSlip
from rnncalc.checking.causes.numbers import SlipKind

TIMES = {startup.SOLVE: [0.2, 0.1, 0.3], startup.BASE: [0.1, 0.16, 0.2]}


def test_a_row_of_the_stress_table() -> None:
    cell, shown, mean, most, *_, failures = stress.stressed("rnn", 3)
    assert (cell, failures) == ("`rnn`", "none")
    assert int(shown) > 20
    assert 1 <= float(mean) <= int(most)


def test_table() -> None:
    assert startup.table(TIMES, ["a note"]) == (
        "| command | median | fastest | slowest | beside the imports |\n"
        "| --- | --- | --- | --- | --- |\n"
        f"| `{startup.SOLVE}` | 200 ms | 100 ms | 300 ms | 1.25 × |\n"
        f"| `{startup.BASE}` | 160 ms | 100 ms | 200 ms | 1.00 × |\n"
        "\n"
        "- a note\n"
    )


SIGN, TERM, LOST, ZERO = (
    NumberSlip(SlipKind(slug, slug, "?", kind), ("h", (1,)), ())
    for slug, kind in (
        ("sign", "number"),
        ("sign-of-a-term", "sign"),
        ("term-lost", "missing"),
        ("bias-lost", "missing"),
    )
)


@pytest.mark.parametrize(
    ("groups", "later", "outcome"),
    [
        ([[LOST]], [], "unique"),
        ([[SIGN, LOST]], [], "unique"),
        ([[LOST], [ZERO]], [], "same kind"),
        ([[LOST], [SIGN, ZERO]], [], "same kind"),
        ([[LOST], [SIGN]], [], "listed"),
        ([[ZERO]], [], "of its kind"),
        ([[ZERO], [SIGN]], [], "wrong"),
        ([[SIGN], [TERM]], [], "wrong"),
        ([], [], "unnamed"),
        ([], [LOST], "unnamed"),
        ([[LOST]], [LOST], "unique"),
        ([[LOST]], [SIGN], "wrong"),
    ],
)
def test_how_a_diagnosis_is_counted(groups: list[list[NumberSlip]], later: list[NumberSlip], outcome: str) -> None:
    """Of what is told for a sheet on which a term was lost."""
    first = Cause((("h", (1,)),), tuple(map(tuple, groups)), len(groups) == 1)
    others = (Cause((("h", (2,)),), ((one,),), True) for one in later)
    assert diagnosis.outcome((first, *others), LOST.mistake) == outcome


def test_the_rates_of_what_is_shown() -> None:
    """What is only of its kind counts as such, and not as listed."""
    one = Counter(planted=12, detected=10, unique=4, listed=2, unnamed=1)
    other = Counter(planted=11, detected=10, unique=7) | Counter({"same kind": 1, "of its kind": 2})
    others = {
        "exercises": Counter({"of each network": 3}),
        "random slips": Counter(detected=8, named=1, possible=2),
        "two mistakes": Counter(),
    }
    assert diagnosis.summary({"all": {"mistakes": {"a": one, "b": other}, "others": others}}).splitlines()[2:] == [
        "| all | 3 | 23 | 20 | 70.00 % | 70.00 % | 8 | 12.50 % | 25.00 % | 0 | – |"
    ]


def test_a_table_goes_to_its_place() -> None:
    page = "a\n<!-- measured: x -->\nold\n<!-- end -->\nb\n"
    assert startup.written(page, "x", "new\n") == "a\n<!-- measured: x -->\nnew\n<!-- end -->\nb\n"


@pytest.mark.parametrize("name", ["startup", "long"])
def test_the_page_has_a_table(name: str) -> None:
    _, _, after = startup.PAGE.read_text(encoding="utf-8").partition(f"<!-- measured: {name} -->\n")
    assert after.startswith("| command |")


@pytest.mark.parametrize("name", ["forward", "backward"])
def test_a_page_has_the_table_of_its_script(name: str) -> None:
    _, _, after = (FOLDER / f"{name}.md").read_text(encoding="utf-8").partition(f"<!-- measured: {name} -->\n")
    assert after.startswith("| size |")


def test_the_symbolic_page_has_the_table_of_its_script() -> None:
    _, _, after = symbolic.PAGE.read_text(encoding="utf-8").partition("<!-- measured: symbolic -->\n")
    assert after.startswith("| task |")
    found = {"steps": [0.01, 0.03, 0.02], "matrices": [1.0, 2.0, 3.0]}
    assert symbolic.lines("forward", found) == [
        "| h₂ built | named steps | 10.0 ms | 20.0 ms |  |",
        "|  | SymPy matrices, `diff` | 1000.0 ms | 2000.0 ms | 1 / 100 |",
    ]


def test_named_steps_have_the_digits_of_matrices() -> None:
    with_numbers = symbolic.Steps(with_gradient=True).evaluated()
    assert len(with_numbers) == 44
    loss = [float(entry) for entry in symbolic.Steps(with_gradient=False).evaluated()]
    assert loss == pytest.approx([0.585839354047906, -0.0606214076299546], rel=1e-14)


def test_lines_compare_with_the_first_variant() -> None:
    variants = {name: Variant(name.upper(), lambda size: lambda: size) for name in ("a", "b")}
    found = {"a": [Measure(0.2, 3.0), Measure(0.1, 3.4)], "b": [Measure(0.4, 5.0), Measure(0.6, 5.0)]}
    assert lines("S", variants, found) == [
        "| S | A | 100.0 ms | 150.0 ms |  | 3 MB |",
        "|  | B | 400.0 ms | 500.0 ms | 0.25 × | 5 MB |",
    ]
    assert lines("S", variants, found, as_speed=True)[1] == "|  | B | 400.0 ms | 500.0 ms | 1 / 4 | 5 MB |"


@pytest.mark.parametrize(
    ("variants", "names"),
    [
        (forward.VARIANTS, ["compiled", "fused", "torch"]),
        (forward.VARIANTS, ["batch", "one_by_one"]),
        (backward.VARIANTS, ["compiled", "plain", "tuned", "torch"]),
    ],
)
def test_variants_agree(variants: dict[str, Variant], names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "EXERCISES", 3)
    if "torch" in names:
        pytest.importorskip("torch")
    ours, *others = (variants[name].make(Size(70, 3, 2))() for name in names)
    for other in others:
        np.testing.assert_allclose(other, ours, rtol=EXACT, atol=EXACT)


def test_the_long_exercise_is_one() -> None:
    assert solve(loads(long.text(5)))["h_5"] != [["0"], ["0"]]


def test_pytorch_agrees() -> None:
    """Where PyTorch is installed, its script prints the h₁ that rnncalc prints."""
    pytest.importorskip("torch")
    run = subprocess.run([sys.executable, "benchmarks/torch_lstm.py"], cwd=startup.ROOT, capture_output=True, text=True)
    zero, other = map(float, run.stdout.strip(" []\n").split(","))
    assert (zero, other) == (0, pytest.approx(0.00012037702438380196, rel=1e-12))


def test_rounds_take_turns(tmp_path: Path) -> None:
    true = shutil.which("true") or sys.executable
    times = startup.interleaved({"a": [true], "b": [true]}, 3)
    assert {name: len(measured) for name, measured in times.items()} == {"a": 3, "b": 3}
