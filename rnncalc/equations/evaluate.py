"""Values: one walk over the equations in any number domain."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, assert_never

from msgspec import Struct

from rnncalc.equations.algebra import bounds
from rnncalc.equations.boxes import Position
from rnncalc.equations.domains import Domain, ImpreciseError
from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.equations.schedule import Plan
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Index, Negate, Number, Over, Power, Ref, Transpose
from rnncalc.equations.walks import bind, children, constant, place_of, refs
from rnncalc.equations.writing import source
from rnncalc.errors import ExerciseError, Problem

Positions = Mapping[str, int]
Lookup = Callable[[str, Position], Any]
"""(name, position) → value."""


class Instance(Struct, frozen=True):
    """An equation at a position, with its value."""

    equation: Equation
    position: Position
    letters: Mapping[str, int]
    value: Any


def operation(expr: Expr, domain: Domain) -> Callable[..., Any]:
    """What a node does with the values of its parts."""
    match expr:
        case Negate():
            return domain.negate
        case Transpose():
            return domain.transpose
        case Power(_, exponent):
            return lambda base: domain.power(base, exponent)
        case Binary("+"):
            return domain.add
        case Binary("-"):
            return domain.subtract
        case Binary("*"):
            return domain.multiply
        case Binary("/"):
            return domain.divide
        case Binary("@"):
            return _product(domain)
        case Call(function, arguments):
            return _call(FUNCTIONS[function], arguments, domain)
        case _:
            raise AssertionError(f"{type(expr).__name__} is not an operation on the values of its parts")


def _product(domain: Domain) -> Callable[[Any, Any], Any]:
    def product(left: Any, right: Any) -> Any:
        (rows, inner), (height, columns) = domain.shape(left), domain.shape(right)
        # A zero state makes the product vanish whatever the matrix holds; `solve` has seen to it that only such a
        # product may have sizes that do not fit, and warns.
        return domain.product(left, right) if inner == height else domain.zeros(rows, columns)

    return product


def _call(row: Function, arguments: tuple[Expr, ...], domain: Domain) -> Callable[..., Any]:
    match row.kind:
        case "elementwise":
            given = tuple(value for part in arguments[1:] if (value := constant(part)) is not None)
            constants = given or row.constants
            return lambda operand, *_: domain.function(row, operand, constants)
        case "softmax":
            return lambda operand: domain.stack(domain.softmax(domain.entries(operand)), domain.shape(operand)[1])
        case "sum":
            return lambda operand: domain.total(domain.entries(operand))
        case "concat":
            return _turned(lambda *operands: domain.stack(operands), row, domain)
        case "rows" | "block":
            return _turned(_rows(Call(row.name, arguments), domain), row, domain)
        case "choice":
            return lambda *operands: domain.choose(row, *operands)
        case _:
            assert_never(row.kind)


def _rows(expr: Call, domain: Domain) -> Callable[..., Any]:
    def rows(operand: Any, *_: Any) -> Any:
        height, columns = domain.shape(operand)
        first, last = bounds(expr, height)
        return domain.stack(domain.entries(operand)[(first - 1) * columns : last * columns], columns)

    return rows


def _turned(operate: Callable[..., Any], row: Function, domain: Domain) -> Callable[..., Any]:
    """What is done to columns is done to the rows of the transposes."""
    if row.axis == 0:
        return operate
    return lambda *operands: domain.transpose(operate(*map(domain.transpose, operands)))


def compiled(
    expr: Expr, domain: Domain, lookup: Lookup, lengths: Positions, steady: bool = True
) -> Callable[[Positions], Any]:
    """The expression as a function of the positions of its letters. Where what `lookup` gives is not `steady` from call
    to call, nothing is kept of a sum over an index."""
    match expr:
        case Number(value):
            number = domain.number(value)
            return lambda at: number
        case Ref(name, indices):
            return _reference(name, indices, lookup, lengths)
        case Over():
            return _over(
                expr, compiled(expr.body, domain, lookup, lengths, steady), domain, lengths[expr.index], steady
            )
    parts = [compiled(part, domain, lookup, lengths, steady) for part in children(expr)]
    return composed(operation(expr, domain), parts)


def composed(operate: Callable[..., Any], parts: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """The operation on the values that its parts have somewhere. Nearly all have one part or two; these are quickest
    without a list."""
    match parts:
        case [only]:
            return lambda at: operate(only(at))
        case [left, right]:
            return lambda at: operate(left(at), right(at))
        case _:
            return lambda at: operate(*[part(at) for part in parts])


def _reference(name: str, indices: tuple[Index, ...], lookup: Lookup, lengths: Positions) -> Callable[[Positions], Any]:
    fixed = tuple(place_of(index, lengths) for index in indices)
    match fixed:
        case ():
            return lambda at: lookup(name, ())
        case (("", position),):
            return lambda at: lookup(name, (position,))
        case ((letter, offset),):
            return lambda at: lookup(name, (at[letter] + offset,))
        case _:
            return lambda at: lookup(name, tuple(at[letter] + k if letter else k for letter, k in fixed))


def _over(
    expr: Over, body: Callable[[Positions], Any], domain: Domain, last: int, steady: bool
) -> Callable[[Positions], Any]:
    """All positions are worked out at once, and kept while the letters outside stay: `softmax(e[t,j], j)` at each j."""
    letter, at = expr.index, expr.at
    outside = sorted(
        {i.base for ref, bound in refs(expr) for i in ref.indices if i.base.islower() and i.base not in bound}
    )
    kept: dict[Position, Any] = {}

    def whole(positions: Positions) -> Any:
        key = tuple(positions[one] for one in outside)
        if not steady or key not in kept:
            values = [body({**positions, letter: position}) for position in range(1, last + 1)]
            kept.clear()
            kept[key] = domain.total(values) if at is None else domain.softmax(values)
        return kept[key]

    if at is None:
        return whole
    return lambda positions: whole(positions)[(positions[at.base] if at.base else at.offset) - 1]


class Evaluation(Struct):
    """The run of a plan in a domain. Iterate it: instances come in order, and values that are not used again are
    forgotten: take what is needed of an instance when it comes.

    The value of an instance is in full; what later instances see of it is what the domain has `remembered`.
    `data` holds parameters, inputs and initial values, already in the domain; `zero(name)` is the value of a state
    outside its range that is not given.
    """

    plan: Plan
    domain: Domain
    data: Mapping[tuple[str, Position], Any]
    zero: Callable[[str], Any]
    values: dict[tuple[str, Position], Any] = {}

    def lookup(self, name: str, position: Position) -> Any:
        key = name, position
        if key in self.values:
            return self.values[key]
        return self.data[key] if key in self.data else self.zero(name)

    def __iter__(self) -> Iterator[Instance]:
        plan = self.plan
        functions = [
            compiled(equation.expression, self.domain, self.lookup, plan.lengths) if number in plan.wanted else None
            for number, equation in enumerate(plan.equations)
        ]
        for number, letters in plan.instances():
            equation, function = plan.equations[number], functions[number]
            assert function is not None, "only equations that are wanted have instances"
            position = equation.position(letters)
            try:
                value = function(letters)
                self.values[equation.name, position] = self.domain.remembered(equation.name, position, value)
            except ImpreciseError:
                raise
            except ArithmeticError as error:
                raise ExerciseError(_undefined(equation, position, error)) from None
            yield Instance(equation, position, letters, value)
            self.forget(number, position)

    def forget(self, number: int, position: Position) -> None:
        old = self.plan.expired(number, position)
        if old is not None:
            self.values.pop((self.plan.equations[number].name, old), None)


def _undefined(equation: Equation, position: Position, error: ArithmeticError) -> Problem:
    places = zip(equation.target.indices, position, strict=True)
    where = ", ".join(f"{index.base} = {place}" for index, place in places if index.base)
    return Problem(f"{error} in `{source(equation)}`" + (f" at {where}" if where else ""), equation.span)


def trace(
    expr: Expr, domain: Domain, lookup: Lookup, lengths: Positions, values: dict[Expr, Any] | None = None
) -> dict[Expr, Any]:
    """The value of an expression without free letters, and of each of its parts."""
    values = {} if values is None else values
    if expr in values:
        return values
    if isinstance(expr, Over):
        for position in range(1, lengths[expr.index] + 1):
            trace(bind(expr.body, {expr.index: position}), domain, lookup, lengths, values)
    if isinstance(expr, Number | Ref | Over):
        values[expr] = compiled(expr, domain, lookup, lengths)({})
        return values
    parts = children(expr)
    for part in parts:
        trace(part, domain, lookup, lengths, values)
    values[expr] = operation(expr, domain)(*[values[part] for part in parts])
    return values
