"""Formulas in languages of marks: one walk over the atoms, and for each language a file that says how each is spelt.

It knows how formulas are written down, and nothing of the pages they stand on.
"""

from rnncalc.formats.spelling.latex import Latex, latex, latex_character, latex_letter
from rnncalc.formats.spelling.mathml import mathml
from rnncalc.formats.spelling.spoken import spoken
from rnncalc.formats.spelling.typst import quoted, typst

__all__ = ["Latex", "latex", "latex_character", "latex_letter", "mathml", "quoted", "spoken", "typst"]
