"""The numbers that make something true: for which w is h₁ = ½? Every real solution, exactly where possible.

An equation is undone from the outside inwards where the unknown stands at one place only (`undoing`), solved as a
polynomial where it is one (`polynomial`), and else searched on a range with balls, which prove that nothing is left out
(`searching`). Several equations in several unknowns are taken one after the other (`together`).
"""

from rnncalc.unknown.answering import answer
from rnncalc.unknown.asking import ask
from rnncalc.unknown.found import Findings, Joint, Solved
from rnncalc.unknown.missing import Filled, complete
from rnncalc.unknown.reshaping import reshaped
from rnncalc.unknown.searching import Root
from rnncalc.unknown.undoing import Where

__all__ = [
    "Filled",
    "Findings",
    "Joint",
    "Root",
    "Solved",
    "Where",
    "answer",
    "ask",
    "complete",
    "reshaped",
]
