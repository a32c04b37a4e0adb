"""Products, sums and shapes of expressions, written as a textbook writes them: what `reverse` builds its formulas with.

Signs and numbers come to the front and cancel, a transposed number is the number, a factor 1 is not written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import assert_never

from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.equations.parse import parse_expression
from rnncalc.equations.tree import Binary, Call, Expr, Index, Negate, Number, Over, Power, Ref, Transpose
from rnncalc.equations.walks import children, constant, ratio, rebind, rebuild, walk, with_term

ONE, ZERO = Number(Fraction(1)), Number(Fraction(0))


def number(value: Fraction) -> Expr:
    """A number as an expression: `-(1 / 3)`."""
    if value < 0:
        return Negate(number(-value))
    if value.denominator == 1:
        return Number(value)
    return ratio(value)


def times(left: Expr, right: Expr) -> Expr:
    """The element-wise product."""
    return product([*factors(left), *factors(right)])


def product(factors: Iterable[Expr]) -> Expr:
    """The element-wise product of all factors: one number in front, then the others in order."""
    front, rest = split(factors)
    if front == 0 or not rest:
        return number(front)
    result = rest[0] if abs(front) == 1 else Binary("*", number(abs(front)), rest[0])
    for factor in rest[1:]:
        result = Binary("*", result, factor)
    return negated(result) if front < 0 else result


def split(factors: Iterable[Expr]) -> tuple[Fraction, list[Expr]]:
    """The product of all numbers among the factors, and the other factors."""
    front, rest = Fraction(1), []
    for factor in factors:
        value = constant(factor)
        if value is None:
            rest.append(factor)
        else:
            front *= value
    return front, rest


def factors(expr: Expr) -> Iterator[Expr]:
    """What an element-wise product is made of; a sign is the factor −1."""
    match expr:
        case Negate(operand):
            yield number(Fraction(-1))
            yield from factors(operand)
        case Binary("*", left, right):
            yield from factors(left)
            yield from factors(right)
        case _:
            yield expr


def negated(expr: Expr) -> Expr:
    """`-(a - b)` is `b - a`; other signs stand in front."""
    match expr:
        case Negate(operand):
            return operand
        case Binary("-", left, right):
            return Binary("-", right, left)
        case Binary("*", left, Binary("-", less, more)) if constant(left) is not None:
            return Binary("*", left, Binary("-", more, less))
        case _:
            return Negate(expr)


def over(above: Expr, below: Expr) -> Expr:
    if isinstance(above, Negate):
        return negated(over(above.operand, below))
    return above if below == ONE else Binary("/", above, below)


def added(terms: Sequence[Expr]) -> Expr:
    """The sum, what is subtracted last. A quantity by which every term is multiplied first stands before a bracket: the
    update gate of a GRU gets `d_h[t] * (n[t] - h[t-1])`."""
    first, *others = sorted(terms, key=lambda term: isinstance(term, Negate))
    parts = [list(factors(term.operand if isinstance(term, Negate) else term)) for term in (first, *others)]
    shared = parts[0][0]
    if others and isinstance(shared, Ref) and all(part[0] == shared and len(part) > 1 for part in parts):
        bare = (product(part[1:]) for part in parts)
        rest = [
            negated(one) if isinstance(term, Negate) else one for one, term in zip(bare, (first, *others), strict=True)
        ]
        return times(shared, added(rest))
    return reduce(with_term, others, first)


def entries_sum(expr: Expr) -> Expr:
    """The sum of all entries; a sign stays in front."""
    return negated(entries_sum(expr.operand)) if isinstance(expr, Negate) else Call("sum", (expr,))


def summed(expr: Expr, letters: Iterable[str]) -> Expr:
    """The sum over these letters, the first one outside; a sign stays in front."""
    letters = list(letters)
    if letters and isinstance(expr, Negate):
        return negated(summed(expr.operand, letters))
    for letter in reversed(letters):
        expr = Over("sum", expr, letter)
    return expr


def matrix_product(left: Expr, right: Expr) -> Expr:
    """The product `left @ right`; a sign of either stands in front."""
    if isinstance(left, Negate):
        return negated(matrix_product(left.operand, right))
    if isinstance(right, Negate):
        return negated(matrix_product(left, right.operand))
    return Binary("@", left, right)


def slope(row: Function, argument: Expr, value: Expr, constants: Sequence[Expr]) -> Expr:
    """The derivative of an element-wise function, written with its value: y(1 − y) for a sigmoid."""
    given = constants or [number(constant) for constant in row.constants]
    names: dict[Expr, Expr] = {Ref("x"): argument, Ref("y"): value, **{Ref("a"): constant for constant in given}}

    def put_in(expr: Expr) -> Expr:
        return names[expr] if expr in names else rebuild(expr, tuple(map(put_in, children(expr))))

    return put_in(parse_expression(row.derivative))


# ---------------------------------------------------------------- shapes


class Sizes:
    """The shape of an expression, from the shapes of its quantities. New quantities are entered in `names`."""

    def __init__(self, names: Mapping[str, tuple[int, int]]) -> None:
        self.names = dict(names)

    def of(self, expr: Expr) -> tuple[int, int]:
        match expr:
            case Number():
                return 1, 1
            case Ref(name):
                return self.names[name]
            case Negate(part) | Power(part, _) | Over(_, part, _, _):
                return self.of(part)
            case Transpose(part):
                rows, columns = self.of(part)
                return columns, rows
            case Binary("@", left, right):
                return self.of(left)[0], self.of(right)[1]
            case Binary(_, left, right):
                return self.of(right) if self.is_scalar(left) else self.of(left)
            case Call():
                return self.of_call(expr)
            case _:
                assert_never(expr)

    def of_call(self, expr: Call) -> tuple[int, int]:
        rows, columns = self.of(expr.arguments[0])
        axis = FUNCTIONS[expr.function].axis
        match FUNCTIONS[expr.function].kind:
            case "elementwise" | "softmax" | "choice":
                return rows, columns
            case "sum":
                return 1, 1
            case "concat":
                size = sum(self.of(argument)[axis] for argument in expr.arguments)
            case "rows" | "block":
                first, last = bounds(expr, (rows, columns)[axis])
                size = last - first + 1
            case kind:
                assert_never(kind)
        return (rows, size) if axis else (size, columns)

    def is_scalar(self, expr: Expr) -> bool:
        return self.of(expr) == (1, 1)

    def transposed(self, expr: Expr) -> Expr:
        if isinstance(expr, Negate):
            return negated(self.transposed(expr.operand))
        if self.is_scalar(expr):
            return expr
        if isinstance(expr, Binary) and expr.operator == "@":
            return matrix_product(self.transposed(expr.right), self.transposed(expr.left))
        return expr.operand if isinstance(expr, Transpose) else Transpose(expr)


def bounds(expr: Call, size: int) -> tuple[int, int]:
    """The first and the last row (or column) that a function such as `rows(x, first, last)` takes of so many."""
    row = FUNCTIONS[expr.function]
    given = [value for part in expr.arguments[1:] if (value := constant(part)) is not None]
    first, last = (int(value) for value in (*given, *row.constants[len(given) :]))
    return (first, last) if row.kind == "rows" else ((first - 1) * size // last + 1, first * size // last)


# ---------------------------------------------------------------- letters


def relettered(term: Expr, letters: Sequence[str], others: Sequence[str], taken: set[str]) -> Expr:
    """The term with its free letters called otherwise, without meeting a letter that a sum inside runs over."""
    if tuple(letters) == tuple(others):
        return term
    fresh = _apart(term, set(others), {*taken, *_letters(term), *letters, *others})
    return rebind(fresh, dict(zip(letters, map(Index, others), strict=True)))


def _apart(expr: Expr, letters: set[str], taken: set[str]) -> Expr:
    """The expression with sums over these letters running over others."""
    if isinstance(expr, Over) and expr.index in letters:
        other = unused_letter(taken)
        body = rebind(_apart(expr.body, letters, taken | {other}), {expr.index: Index(other)})
        return Over(expr.function, body, other, expr.at)
    return rebuild(expr, tuple(_apart(part, letters, taken) for part in children(expr)))


def _letters(expr: Expr) -> set[str]:
    found = {part.index for part in walk(expr) if isinstance(part, Over)}
    return found | {index.base for part in walk(expr) if isinstance(part, Ref) for index in part.indices}


def unused_letter(taken: set[str]) -> str:
    """A letter for an index that is not in use."""
    return next(letter for letter in "klmnpqrsuvwabcdefghijotxyz" if letter not in taken)
