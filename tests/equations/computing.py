"""A system of equations computed from its text, for tests: no exercise, no file."""

from fractions import Fraction
from typing import Any

from rnncalc.equations import Datum, Domain, Evaluation, Plan, infer, parse_equations, parse_expression, plan


def exact(rows):
    """A matrix of the numbers that its texts or integers spell; a flat list is a column."""
    return [[Fraction(entry) for entry in (row if isinstance(row, list) else [row])] for row in rows]


def series(name, arrays):
    """An input with one array for each position, from 1."""
    return {(name, (place,)): array for place, array in enumerate(arrays, 1)}


def planned(text: str, *targets: str, lengths=None, extents=None) -> Plan:
    """The plan for targets such as `h[T]`."""
    found = tuple(map(parse_expression, targets))
    return plan(parse_equations(text), found, extents=extents or {}, stated=lengths or {})


def order(made: Plan) -> str:
    """Its instances in order: `a1 b1 a2`; positions of several indices are separated by a dot."""
    return " ".join(
        made.equations[number].name + ".".join(map(str, made.equations[number].position(letters)))
        for number, letters in made.instances()
    )


def started(text: str, data, *targets: str, domain: Domain, lengths=None) -> Evaluation:
    """The evaluation of the targets: `data` has rows of exact numbers by (name, position); other states are zero."""
    equations = parse_equations(text)
    computed = {equation.name for equation in equations}
    extents: dict[tuple[str, int], int] = {}
    for name, position in data:
        for slot, place in enumerate(position if name not in computed else ()):
            extents[name, slot] = max(place, extents.get((name, slot), 0))
    shapes = infer(equations, {name: Datum((len(rows), len(rows[0]))) for (name, _), rows in data.items()})
    assert shapes.conflicts == ()
    values = {key: domain.array(rows) for key, rows in data.items()}
    made = plan(equations, [parse_expression(target) for target in targets], extents=extents, stated=lengths or {})
    return Evaluation(made, domain, values, lambda name: domain.zeros(*(size or 1 for size in shapes.sizes[name])))


def computed(text: str, data, *targets: str, domain: Domain, lengths=None) -> dict[tuple[str, Any], Any]:
    """The value of every instance by (name, position)."""
    evaluation = started(text, data, *targets, domain=domain, lengths=lengths)
    return {(one.equation.name, one.position): one.value for one in evaluation}
