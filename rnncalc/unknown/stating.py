"""Conditions → equations between closed forms, entry by entry, once the exercise has been computed in letters."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from rnncalc.equations import compile_walk
from rnncalc.equations.closed import Form, Name
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise.letters import Place
from rnncalc.exercise.network import Network
from rnncalc.numbers import Letter
from rnncalc.unknown.asking import Question, Side

Equation = tuple[Form, Form]
"""(left side, right side)"""


def stated(domain: Any, network: Network, question: Question) -> tuple[Equation, ...]:
    """The equations of a question. Raises UsageError where a side has no value, as 1/0."""
    return tuple(
        pair
        for condition in question.conditions
        for pair in zip(_side(domain, network, condition.left), _side(domain, network, condition.right), strict=True)
    )


def _side(domain: Any, network: Network, side: Side) -> Iterator[Form]:
    def lookup(key: str, position: Any) -> Any:
        return _value(domain, network, side.places[key])

    for expr in (one for row in side.rows for one in row):
        try:
            yield from compile_walk(expr, domain, lookup, {})({}).entries
        except ArithmeticError as error:
            raise UsageError(Problem(f"a side of the equation has no value: {error}", None, None)) from None


def _value(domain: Any, network: Network, place: Place) -> Any:
    """The data as they are given, and names for what is computed."""
    from rnncalc.equations.domains.closed import places
    from rnncalc.equations.domains.scalars import Array

    name, position, entry = place
    if name not in network.shapes.sizes:
        return domain.array(((Letter(name),),))
    if (name, position) in network.data:
        value = domain.array(network.data[name, position])
    else:
        rows, columns = network.shapes.known(name)
        value = Array(rows, columns, (None,) * (rows * columns))
        value = replace(value, entries=tuple(Name(name, position, one) for one in places(value)))
    if not entry:
        return value
    return Array(1, 1, (value.entries[places(value).index(entry)],))
