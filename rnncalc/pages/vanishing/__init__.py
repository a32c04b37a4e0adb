"""Vanishing → document: the pages of `rnncalc gradients`. Others see this file only."""

from collections.abc import Sequence

from rnncalc.counting import counting
from rnncalc.document import Document
from rnncalc.jacobian import Vanishing
from rnncalc.languages import language, speaking
from rnncalc.pages.vanishing.page import single
from rnncalc.pages.vanishing.sidebyside import side_by_side

__all__ = ["explain_gradients"]


def explain_gradients(found: Sequence[Vanishing], factored: bool | None = None) -> Document:
    """The page of one exercise, or of several side by side. `factored` writes the factors of each weight's gradient
    out; by default that is done for one small exercise."""
    with speaking(language(found[0].exercise.lang)), counting(found[0].exercise.first):
        if len(found) == 1:
            return single(found[0], factored)
        return side_by_side(found, bool(factored))
