"""Answers in another form: without the names of what was computed on the way, or simplified."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from rnncalc.equations import StoppedError
from rnncalc.solving.solution import Found, Solution, Stopped

if TYPE_CHECKING:
    pass

Some = TypeVar("Some", bound=Solution)


def unfolded(solution: Some) -> Some:
    """The solution with answers in terms of the data alone; one that becomes too large stays, with a remark."""
    domain: Any = solution.domain
    return _changed(solution, lambda form: domain.settled(domain.unfolded(form)))


def simplified(solution: Some) -> Some:
    """The solution with answers as short as SymPy makes them in the time allowed, each compared with what it was."""
    domain: Any = solution.domain
    return _changed(solution, domain.simplified)


def _changed(solution: Some, change: Callable[[Any], Any]) -> Some:
    answers, remarks = [], list(solution.remarks)
    for found in solution.answers:
        try:
            value = found.value._replace(entries=tuple(change(entry) for entry in found.value.entries))
            answers.append(Found(found.name, found.position, value))
        except StoppedError as error:
            answers.append(found)
            remarks.append(Stopped(error.passed, error.limit, found.name, found.position))
    return replace(solution, answers=tuple(answers), remarks=tuple(remarks))
