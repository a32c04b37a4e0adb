"""What is not shown of a long float64 run comes from a compiled program; the page is the one of the plain walk."""

from typing import Any

import pytest

from rnncalc import load, loads, solve
from rnncalc.equations import Evaluation
from rnncalc.library import names
from rnncalc.solving import abridged

STATES = """
equations: |
  h[1] = x[1] / 2
  h[t] = tanh(0.5 * h[t-1] + x[t])
  k[j] = x[j] * h[j]
  s[t] = h[T] + sum(k[j], j)
inputs: {x: [1, 2, 3, 4, 5, 6]}
find: [h_2, s_5]
lengths: {j: 6}
"""
NO_LOOP = """
equations: |
  h[t] = tanh(g[t,J])
  g[t,j] = 0.5 * g[t,j-1] + h[t-1] + x[j]
inputs: {x: [1, -2, 0.5]}
lengths: {t: 4}
find: [h_4, h_1]
"""
DISAGREEING = """
equations: "h[t] = tanh(0.5 * h[t-1] + x[t])"
inputs: {x: [1, 2, 3, 4, 5, 6, 7]}
find: [h_7, h_3]
expect: {h_7: 5, h_2: 7, h_3: 0.5}
initial: {h: 0.25}
"""


def pages(text: Any, monkeypatch: pytest.MonkeyPatch, last: int = 2) -> tuple[Any, Any]:
    """The page and the record of a float64 run, walked through and abridged."""
    found = []
    for fewest in (10**9, 1):
        monkeypatch.setattr(abridged, "FEWEST", fewest)
        solution = solve(text, float64=True, last=last)
        found.append((str(solution), solution.record()))
    return found[0], found[1]


@pytest.mark.parametrize("name", names())
def test_every_exercise_of_the_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walked, short = pages(load(name), monkeypatch, last=1)
    assert short == walked


@pytest.mark.parametrize("text", [STATES, NO_LOOP, DISAGREEING])
def test_values_asked_for_before_what_is_shown(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walked, short = pages(loads(text), monkeypatch)
    assert short == walked


def test_a_long_run_walks_through_its_last_steps_only(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"cell: lstm\ninputs: {{x: [{', '.join(['[0.5, -1]'] * 500)}]}}\nfind: [h_500]\nparameters:\n"
    text += "".join(f"  {n}_{g}: [[0.1, -0.2], [0.3, 0.4]]\n" for n in "WU" for g in "fico")
    text += "".join(f"  b_{g}: [0.1, 0.2]\n" for g in "fico")
    plain = str(solve(loads(text), float64=True, last=3))
    count = 0
    walk = Evaluation.__iter__

    def counted(self: Any) -> Any:
        nonlocal count
        for instance in walk(self):
            count += 1
            yield instance

    monkeypatch.setattr(Evaluation, "__iter__", counted)
    assert str(solve(loads(text), float64=True, last=3)) == plain
    assert count == 18
