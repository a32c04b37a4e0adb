"""Mistakes that the numbers of an exercise hide, as its author is told."""

from random import Random

import diagnosis
from students import random_exercise

from rnncalc.checking import prepare
from rnncalc.checking.linting.hiding import Unnoticed
from rnncalc.checking.linting.lint import lint
from rnncalc.checking.linting.trials import NEVER


def test_one_hidden_unit_cannot_tell_the_reset_before_from_after() -> None:
    """It is no mistake there, and the author of the exercise is told."""
    marking = prepare(random_exercise("gru", Random(2), 1, 2))
    (after,) = (one for one in marking.hypotheses if one.mistake.slug == "reset-after-the-product" and one.only is None)
    judging = diagnosis.planted(after, marking, Random(3), "all")
    assert {verdict for found in judging.verdicts.values() for verdict in found} == {"exact"}
    assert Unnoticed("reset gate applied after the matrix product", ("g",), NEVER) in lint(marking)
