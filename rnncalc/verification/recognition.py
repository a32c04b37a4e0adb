"""Which layers of a framework a network consists of: every recurrence in it, by what its equations say."""

from collections.abc import Iterable, Mapping

from rnncalc.equations import Equation, refs
from rnncalc.errors import Problem, UsageError, in_backticks
from rnncalc.verification.roles import Layer, Recurrence
from rnncalc.verification.values import Values


def recurrences(equations: Iterable[Equation]) -> list[frozenset[str]]:
    """The quantities that need each other at other positions: a set for each recurrence, after those that it needs."""
    reads: dict[str, set[str]] = {}
    for one in equations:
        reads.setdefault(one.name, set()).update(ref.name for ref, _ in refs(one.expression))
    behind = {name: _reached(name, reads) for name in reads}
    found = {frozenset(other for other in behind[name] if name in behind.get(other, ())) for name in reads}
    # Who needs a recurrence needs all that it needs, and more.
    order = {name: (len(behind[name]), number) for number, name in enumerate(reads)}
    return sorted((one for one in found if one), key=lambda one: min(order[name] for name in one))


def _reached(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in reads.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found


def recognised(group: frozenset[str], equations: Iterable[Equation], values: Values) -> Layer:
    """The layer that a recurrence is. Raises UsageError where no framework has it."""
    own = {one.name: one for one in equations if one.name in group and one.indices}
    found = Recurrence(group, own, values).found() if len(own) == len(group) else None
    if found is None:
        names = in_backticks(own)
        what = f"no framework has a layer with the recurrence of {names}"
        hint = "a layer is a simple recurrence of one function, an LSTM or a GRU"
        raise UsageError(Problem(what, next(iter(own.values())).span if own else None, hint))
    return found
