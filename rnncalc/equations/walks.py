"""What all that reads equations does with their nodes: goes through the parts, puts others in their place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce
from typing import assert_never

from rnncalc.equations.tree import Binary, Call, Expr, Index, Negate, Number, Over, Power, Ref, Transpose


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression."""
    match expr:
        case Number() | Ref():
            return ()
        case Negate(operand) | Transpose(operand):
            return (operand,)
        case Power(base, _):
            return (base,)
        case Binary(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case Over(_, body, _):
            return (body,)
        case _:
            assert_never(expr)


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """The same node with other direct parts."""
    match expr:
        case Number() | Ref():
            return expr
        case Negate():
            return Negate(*parts)
        case Transpose():
            return Transpose(*parts)
        case Power(_, exponent):
            return Power(parts[0], exponent)
        case Binary(operator, _, _):
            return Binary(operator, *parts)
        case Call(function, _):
            return Call(function, parts)
        case Over(function, _, index, at):
            return Over(function, parts[0], index, at)
        case _:
            assert_never(expr)


def places(expr: Expr) -> Iterator[tuple[Expr, Callable[[Expr], Expr]]]:
    """The expression and each of its parts, with the function that puts another in its place."""
    yield expr, lambda other: other
    parts = children(expr)
    for number, part in enumerate(parts):
        for inner, put in places(part):
            yield inner, _putting(expr, parts, number, put)


def _putting(expr: Expr, parts: tuple[Expr, ...], number: int, put: Callable[[Expr], Expr]) -> Callable[[Expr], Expr]:
    return lambda other: rebuild(expr, (*parts[:number], put(other), *parts[number + 1 :]))


def constant(expr: Expr) -> Fraction | None:
    """The value of a plain number such as `-1/10`; None for any other expression."""
    match expr:
        case Number(value):
            return value
        case Negate(operand) if (positive := constant(operand)) is not None:
            return -positive
        case Binary("/", left, right) if (above := constant(left)) is not None and (below := constant(right)):
            return above / below
        case _:
            return None


def ratio(value: Fraction) -> Expr:
    """A quotient of whole numbers, which is not negative."""
    return Binary("/", Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def addends(expr: Expr) -> Iterator[Expr]:
    """The terms of a sum, in any brackets."""
    if isinstance(expr, Binary) and expr.operator == "+":
        yield from addends(expr.left)
        yield from addends(expr.right)
    else:
        yield expr


def with_part(expr: Expr, old: Expr, new: Expr) -> Expr:
    """The expression with a part replaced, wherever it stands."""
    return new if expr == old else rebuild(expr, tuple(with_part(part, old, new) for part in children(expr)))


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all its parts, each before its own parts."""
    yield expr
    for part in children(expr):
        yield from walk(part)


def refs(expr: Expr, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Ref, frozenset[str]]]:
    """Every quantity used, with the index letters that run over all positions where it stands."""
    match expr:
        case Ref():
            yield expr, bound
        case Over(_, body, index, _):
            yield from refs(body, bound | {index})
        case _:
            for part in children(expr):
                yield from refs(part, bound)


def bind(expr: Expr, positions: Mapping[str, int]) -> Expr:
    """The expression with index letters replaced by fixed positions; letters not named stay."""
    match expr:
        case Ref(name, indices):
            return Ref(name, tuple(bind_index(index, positions) for index in indices))
        case Over(function, body, index, at):
            free = {letter: position for letter, position in positions.items() if letter != index}
            return Over(function, bind(body, free), index, at and bind_index(at, positions))
        case _:
            return rebuild(expr, tuple(bind(part, positions) for part in children(expr)))


def rebind(expr: Expr, indices: Mapping[str, Index]) -> Expr:
    """The expression with index letters replaced by other positions: t by u, by t−1, or by 3."""
    match expr:
        case Ref(name, own):
            return Ref(name, tuple(_shifted(index, indices) for index in own))
        case Over(function, body, letter, at):
            free = {name: index for name, index in indices.items() if name != letter}
            return Over(function, rebind(body, free), letter, at and _shifted(at, indices))
        case _:
            return rebuild(expr, tuple(rebind(part, indices) for part in children(expr)))


def _shifted(index: Index, indices: Mapping[str, Index]) -> Index:
    other = indices.get(index.base)
    return Index(other.base, other.offset + index.offset) if other else index


def place_of(index: Index, lengths: Mapping[str, int]) -> tuple[str, int]:
    """The index as (letter, offset), with the last position put in: `T-1` is a fixed position, without a letter."""
    if index.base.isupper():
        return "", lengths[index.base.lower()] + index.offset
    return index.base, index.offset


def bind_index(index: Index, positions: Mapping[str, int]) -> Index:
    return Index("", positions[index.base] + index.offset) if index.base in positions else index


def unfold(expr: Expr, lengths: Mapping[str, int], most: int) -> Expr:
    """The expression with each function over an index written out, where the index has at most so many positions:
    a sum as its terms, a softmax as its quotient of exponentials."""
    if not isinstance(expr, Over):
        return rebuild(expr, tuple(unfold(part, lengths, most) for part in children(expr)))
    if lengths[expr.index] > most or (expr.at and expr.at.base):
        return expr
    terms = [unfold(bind(expr.body, {expr.index: n}), lengths, most) for n in range(1, lengths[expr.index] + 1)]
    if expr.at is None:
        return plus(terms)
    powers: list[Expr] = [Call("exp", (term,)) for term in terms]
    return Binary("/", powers[expr.at.offset - 1], plus(powers))


def with_term(total: Expr, term: Expr) -> Expr:
    """A sum with a term more: what is negated is taken away."""
    return Binary("-", total, term.operand) if isinstance(term, Negate) else Binary("+", total, term)


def plus(terms: Sequence[Expr]) -> Expr:
    """The sum of some terms, added in their order."""
    return reduce(partial(Binary, "+"), terms)
