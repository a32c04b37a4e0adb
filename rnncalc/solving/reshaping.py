"""Answers in another form: without the names of what was computed on the way, or simplified."""

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from rnncalc.equations import StoppedError
from rnncalc.solving.solution import Found, Solution, Stopped

MOST_WRITTEN = 2_000
"""Signs of an answer that is written out: more would fill hundreds of lines."""

Some = TypeVar("Some", bound=Solution)


def unfolded(solution: Some) -> Some:
    """The solution with answers in terms of the data alone; one that becomes too large or takes too long stays, with a
    remark."""
    from rnncalc.equations.closed import size

    domain: Any = solution.domain

    def written_out(form: Any) -> Any:
        form = domain.values.settled(domain.unfolded(form))
        if size(form) > MOST_WRITTEN:
            raise StoppedError("size", MOST_WRITTEN)
        return form

    return _changed(solution, written_out)


def simplified(solution: Some) -> Some:
    """The solution with answers as short as SymPy makes them in the time allowed, each compared with what it was; where
    the time is over, they stay, with a remark."""
    domain: Any = solution.domain
    return _changed(solution, domain.simplified)


def _changed(solution: Some, change: Callable[[Any], Any]) -> Some:
    answers, remarks = [], list(solution.remarks)
    for found in solution.answers:
        try:
            value = replace(found.value, entries=tuple(change(entry) for entry in found.value.entries))
            answers.append(Found(found.name, found.position, value))
        except StoppedError as error:
            answers.append(found)
            one = Stopped(error.passed, error.limit, found.name, found.position)
            # Once the time is over it is over for all that follow.
            late = error.passed == "seconds" and any(
                isinstance(other, Stopped) and other.passed == "seconds" for other in remarks
            )
            remarks += [] if late else [one]
    return replace(solution, answers=tuple(answers), remarks=tuple(remarks))
