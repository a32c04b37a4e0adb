"""Formulas and tables laid out in character cells, for every format that is read in a fixed-width font.

It knows how things are set, and nothing of colours, terminals or what a page is for.
"""

from rnncalc.formats.boxes.bars import bar, lay_out_bars
from rnncalc.formats.boxes.box import Box, cell_width, padded
from rnncalc.formats.boxes.breaking import LEVELS, fit
from rnncalc.formats.boxes.drawing import draw
from rnncalc.formats.boxes.elision import ANSWER_LIMITS, PAGE_LIMITS, Limits, elided, elided_row
from rnncalc.formats.boxes.equation import NOTHING, SIGN_WIDTH, columns, equation
from rnncalc.formats.boxes.graph import lay_out_graph
from rnncalc.formats.boxes.paragraph import inline, plain, untied, wrap
from rnncalc.formats.boxes.table import Sheet, lay_out

__all__ = [
    "ANSWER_LIMITS",
    "LEVELS",
    "NOTHING",
    "PAGE_LIMITS",
    "SIGN_WIDTH",
    "Box",
    "Limits",
    "Sheet",
    "bar",
    "cell_width",
    "columns",
    "draw",
    "elided",
    "elided_row",
    "equation",
    "fit",
    "inline",
    "lay_out",
    "lay_out_bars",
    "lay_out_graph",
    "padded",
    "plain",
    "untied",
    "wrap",
]
