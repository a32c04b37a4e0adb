"""Exercise → Solution: every step with its intermediate results, and every printed digit certain.

`attempts` computes the network in balls, at rising precision, until each number that will be shown can be rounded.
Beside it stands what is made of a solution without words: differences that check a gradient, other forms of an answer,
a program. Nothing here knows a page.
"""

from rnncalc.solving.attempts import (
    FIRST_BITS,
    HIDDEN_DIGITS,
    MAX_BITS,
    MAX_SECONDS,
    MAX_WORK,
    MULTIPLICATIONS_EACH,
    Disagreement,
    Ended,
    Found,
    Hidden,
    Progress,
    Remark,
    Solution,
    Step,
    Stopped,
    Uncertified,
    solve,
)

__all__ = [
    "FIRST_BITS",
    "HIDDEN_DIGITS",
    "MAX_BITS",
    "MAX_SECONDS",
    "MAX_WORK",
    "MULTIPLICATIONS_EACH",
    "Disagreement",
    "Ended",
    "Found",
    "Hidden",
    "Progress",
    "Remark",
    "Solution",
    "Step",
    "Stopped",
    "Uncertified",
    "solve",
]
