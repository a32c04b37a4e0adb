"""Question → the values of its unknowns, once the exercise has been computed with letters for them."""

from typing import Any

from rnncalc.counting import counting
from rnncalc.equations import StoppedError
from rnncalc.equations.closed import Name
from rnncalc.errors import LimitError, Problem
from rnncalc.solving import Solution, Stopped
from rnncalc.unknown.asking import Question
from rnncalc.unknown.finding import find
from rnncalc.unknown.found import Findings, Joint, Range
from rnncalc.unknown.stating import stated
from rnncalc.unknown.together import find_together

_LESS = "allow more time with `--max-seconds`, ask for fewer unknowns, or put in numbers for letters, `--set w=1/2`"


def answer(solution: Solution, question: Question, within: Range, seconds: float) -> Findings | Joint:
    """All values. Raises UsageError where no way leads to them, LimitError where that takes too long."""
    if any(isinstance(remark, Stopped) for remark in solution.remarks):
        raise LimitError(Problem("the exercise could not be worked out in closed forms to its end", None, _LESS))
    domain: Any = solution.domain
    names = [Name(*place) for place in question.unknowns]
    with counting(solution.exercise.first):
        equations = stated(domain, solution.exercise.network, question)
        try:
            if len(names) == len(equations) == 1:
                return find(domain, names[0], *equations[0], within, seconds)
            return find_together(domain, names, equations, within, seconds)
        except StoppedError:
            raise LimitError(Problem(f"the values were not found in {seconds:g} seconds", None, _LESS)) from None
