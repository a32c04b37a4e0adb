"""Exercise → Solution: every step with its intermediate results, and every printed digit certain.

`attempts` has a `run` in balls, at rising precision, until each number that will be shown can be rounded. Beside them
stands what is made of a `solution` without words: differences that check a gradient, other forms of an answer, a
program. Nothing here knows a page.
"""

from rnncalc.solving.attempts import (
    FIRST_BITS,
    HIDDEN_DIGITS,
    MAX_BITS,
    MAX_SECONDS,
    MAX_WORK,
    MULTIPLICATIONS_EACH,
    solve,
)
from rnncalc.solving.solution import (
    Disagreement,
    Ended,
    Found,
    Hidden,
    Remark,
    Solution,
    Step,
    Stopped,
    Uncertified,
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
    "Remark",
    "Solution",
    "Step",
    "Stopped",
    "Uncertified",
    "solve",
]
