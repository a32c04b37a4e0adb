"""The number that makes something true: for which w is h₁ = ½? Every real solution, exactly where possible.

An equation is undone from the outside inwards where the unknown stands at one place only (`undoing`), solved as a
polynomial where it is one (`polynomial`), and else searched on a range with balls, which prove that nothing is left out
(`searching`).
"""

from rnncalc.unknown.asking import Condition, Question, ask
from rnncalc.unknown.finding import Findings, Found, Range, find
from rnncalc.unknown.missing import Filled, complete
from rnncalc.unknown.searching import Root
from rnncalc.unknown.undoing import Where

__all__ = [
    "Condition",
    "Filled",
    "Findings",
    "Found",
    "Question",
    "Range",
    "Root",
    "Where",
    "ask",
    "complete",
    "find",
]
