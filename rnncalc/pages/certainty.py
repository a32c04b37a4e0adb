"""What can be said of the digits of a value: whether they are exact, or rounded from a tie, or equal in two forms."""

from collections.abc import Iterator
from typing import Any

from rnncalc.document import Text
from rnncalc.equations import Ref
from rnncalc.formula import Digits, row
from rnncalc.languages import sentence
from rnncalc.pages.entrywise import equal_entries
from rnncalc.solving import Found, Hidden, Solution, Uncertified


def how_certain(solution: Solution, found: Found) -> Iterator[Text]:
    """What can be said about the digits of an answer."""
    if any(solution.domain.lettered(found.value)):
        return
    doubts = (remark for remark in solution.remarks if isinstance(remark, Uncertified | Hidden))
    if any(isinstance(one, Uncertified) or (one.name, one.position) == (found.name, found.position) for one in doubts):
        return
    exact = all(entry.exact for entry in solution.entries(found.value))
    if exact or solution.domain.forms(found.value) is None:
        yield sentence("exact") if exact else sentence("every digit shown is correctly rounded")
    else:
        yield sentence("the closed form is exact, its digits are correctly rounded")
    yield from ties(solution, found.value)


def ties(solution: Solution, value: Any) -> Iterator[Text]:
    """The entries that lie halfway between two roundings."""
    if any(solution.domain.lettered(value)):
        return
    for entry in solution.entries(value):
        if entry.tie:
            yield sentence("{number} is rounded from an exact tie, away from zero", number=row(Digits(entry.text)))


def equal(solution: Solution, target: Ref, value: Any) -> Iterator[Text]:
    """The entries that are the same number, which their forms do not show."""
    for equality in equal_entries(solution, target, value, solution.exercise.symbols):
        yield sentence("{equality}, exactly", equality=equality)
