"""Which given numbers stand behind an entry of a quantity: drawing them anew may mend it, and leaves the rest alone."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from msgspec import Struct

from rnncalc.equations import FUNCTIONS, Binary, Call, Expr, Negate, Power, Ref, Shape, Transpose, children, rebuild

Culprits = Mapping[str, frozenset[int] | None]
"""By quantity the entries to be drawn anew, counted row by row; None for all of them. Empty if nothing is known."""


class Use(Struct, frozen=True):
    """A quantity of which one row or column is used, or every one."""

    name: str
    row: int | None
    column: int | None


def uses(expr: Expr, row: int | None, column: int | None) -> Iterator[Use]:
    """What an entry of an expression is made of."""
    match expr:
        case Ref(name):
            yield Use(name, row, column)
        case Binary("@", left, right):
            yield from uses(left, row, None)
            yield from uses(right, None, column)
        case Transpose(operand):
            yield from uses(operand, column, row)
        case Binary() | Negate() | Power():
            for part in children(expr):
                yield from uses(part, row, column)
        case Call(function) if FUNCTIONS[function].kind == "elementwise":
            for part in children(expr):
                yield from uses(part, row, column)
        case _:
            for part in children(expr):
                yield from uses(part, None, None)


def changed(right: Expr, wrong: Expr) -> Iterator[Expr]:
    """The smallest parts in which two right-hand sides differ."""
    parts, others = children(right), children(wrong)
    if right == wrong:
        return
    if wrong in parts and len(parts) > 1:
        yield from (part for part in parts if part != wrong)
    elif type(right) is type(wrong) and len(parts) == len(others) and rebuild(right, others) == wrong:
        for part, other in zip(parts, others, strict=True):
            yield from changed(part, other)
    else:
        yield from (right, wrong)


def nearest(found: Iterable[Use], equations: Mapping[str, Expr], drawn: Mapping[str, Shape | None]) -> Culprits:
    """The drawn quantities used, or those behind the computed ones. `drawn` has the shape of each, None if it has
    several positions."""
    open_uses, seen = list(found), set[str]()
    while open_uses:
        if given := [use for use in open_uses if use.name in drawn]:
            return _entries(given, drawn)
        open_uses = [one for use in open_uses for one in _behind(use, equations, seen)]
    return {}


def along(found: Iterable[Use], equations: Mapping[str, Expr], drawn: Mapping[str, Shape | None]) -> Culprits:
    """The drawn quantities that an entry is made of, entry by entry: through gates and activations, not through other
    units."""
    open_uses, seen, given = list(found), set[str](), list[Use]()
    while open_uses:
        given += [use for use in open_uses if use.name in drawn]
        single = (use for use in open_uses if use.row is not None and use.column is not None)
        open_uses = [one for use in single for one in _behind(use, equations, seen)]
    return _entries(given, drawn)


def _behind(use: Use, equations: Mapping[str, Expr], seen: set[str]) -> Iterator[Use]:
    if use.name in equations and use.name not in seen:
        seen.add(use.name)
        yield from uses(equations[use.name], use.row, use.column)


def _entries(given: Iterable[Use], drawn: Mapping[str, Shape | None]) -> Culprits:
    """What belongs to single entries alone, if anything does: what all units share would change all of them."""
    found: dict[str, frozenset[int] | None] = {}
    for use in given:
        one = _numbers(use, drawn[use.name])
        before = found.get(use.name, frozenset())
        found[use.name] = None if one is None or before is None else before | one
    single = {name: entries for name, entries in found.items() if entries is not None}
    return single or found


def _numbers(use: Use, shape: Shape | None) -> frozenset[int] | None:
    """The numbers of the entries, None if it is all of them."""
    if shape is None:
        return None
    rows, columns = shape
    lines = range(rows) if use.row is None or use.row >= rows else [use.row]
    places = range(columns) if use.column is None or use.column >= columns else [use.column]
    found = frozenset(line * columns + place for line, place in product(lines, places))
    return None if len(found) == rows * columns else found
