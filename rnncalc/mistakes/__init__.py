"""Misconceptions, each as wrong equations: what a student does who has it, solved exactly as the right equations are.

A mistake is a row of `MISTAKES` in one of the files of this folder, or an equation under `mistakes:` in the file of a
cell. Its `rewrites` turn an equation into wrong ones; where, when and how often it is made is the business of
`hypotheses`.
"""

from rnncalc.mistakes.catalogue import Mistake, Rewrite
from rnncalc.mistakes.hypotheses import Hypothesis, catalogue, hypotheses, of_cell
from rnncalc.mistakes.system import DIAGONAL, EARLIER, System

__all__ = ["DIAGONAL", "EARLIER", "Hypothesis", "Mistake", "Rewrite", "System", "catalogue", "hypotheses", "of_cell"]
