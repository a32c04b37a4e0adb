"""Stage 4, lower: one turn of a loop as a list of operations on named values, each at most one NumPy call.

A sum of matrix products is one product, then one hoisted row, then the rest. A sigmoid is 1 / (1 + exp(−z)), whose
minus goes into the weights, and a product with it is a division by 1 + exp(−z): no more calls than with
½ + ½ tanh(z/2), which has no relative digits below z = −40.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from rnncalc.equations.compiled.arithmetic import UnsupportedError
from rnncalc.equations.compiled.group import Repeat
from rnncalc.equations.compiled.hoist import terms
from rnncalc.equations.compiled.series import Scope
from rnncalc.equations.compiled.turn import Constant, Literal, Op, Operand, Past, Row, Temp, Turn, pruned
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.shapes import Shape
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Negate, Number, Over, Power, Ref, Transpose
from rnncalc.equations.walks import children, constant

_UNARY = ("tanh", "exp", "log")
"""Functions that NumPy has under the same name, and Python for floats."""


def lower(
    repeat: Repeat,
    order: Sequence[int],
    equations: Mapping[int, Equation],
    scope: Scope,
    kept: Collection[str],
) -> Turn:
    """The members in `order` as operations, as far as they are `kept` or used later.

    Raises UnsupportedError for what needs more than a loop over rows: sums over an index, fixed positions.
    """
    lowering = _Lowering(repeat, scope)
    for member in order:
        lowering.current = member
        lowering.sums += lowering.sums_in(equations[member].expression)
    for member in order:
        lowering.member(member, equations[member])
    carried = {operand.name for operand in lowering.shapes if isinstance(operand, Past)}
    results = {name: temp for name, temp in lowering.results.items() if name in carried or name in kept}
    return pruned(lowering.ops, results, lowering.shapes)


class _Lowering:
    def __init__(self, repeat: Repeat, scope: Scope) -> None:
        self.scope, self.shifts = scope, repeat.loop.shifts
        self.sums: list[frozenset[Expr]] = []
        self.lags = {(use.consumer, use.ref): repeat.lag(use) for use in repeat.uses}
        self.ops: list[Op] = []
        self.numbers: dict[Op, Temp] = {}
        self.results: dict[str, Temp] = {}
        self.shapes: dict[Operand, Shape] = {}

    def member(self, number: int, equation: Equation) -> None:
        self.current = number
        result = self.value(equation.expression)
        if not isinstance(result, Temp) or result in self.results.values():
            self.ops.append(Op("positive", (result,), self.scope.shape(equation.target)))
            result = Temp(len(self.ops) - 1)
            self.known_as(result, self.scope.shape(equation.target))
        self.results[equation.name] = result

    def known_as(self, operand: Operand, shape: Shape) -> Operand:
        self.shapes[operand] = shape
        return operand

    def op(self, kind: str, *operands: Operand, node: Expr | None = None, shape: Shape | None = None) -> Operand:
        """The result of an operation; the same operation twice is done once."""
        if shape is None:
            shape = next((s for o in operands if (s := self.shapes[o]) != (1, 1)), (1, 1))
        op = Op(kind, operands, shape, node)
        if op not in self.numbers:
            self.ops.append(op)
            self.numbers[op] = Temp(len(self.ops) - 1)
            self.shapes[self.numbers[op]] = shape
        return self.numbers[op]

    def literal(self, value: float) -> Operand:
        return self.known_as(Literal(value), (1, 1))

    # -- expressions

    def value(self, expr: Expr, factor: float = 1.0) -> Operand:
        """The operand that holds factor × the expression."""
        match expr:
            case _ if (number := constant(expr)) is not None:
                return self.literal(factor * number.numerator / number.denominator)
            case Binary("+" | "-"):
                return self.chain(expr, factor)
            case Binary("@") if (found := self.product(expr)) is not None:
                matrix, vector = found
                return self.op("dot", self.matrix(matrix, factor), self.value(vector), shape=self.scope.shape(expr))
            case Ref() if self.lag(expr) is None:
                return self.outside(expr, factor)
            case Negate(part):
                return self.value(part, -factor)
            case _:
                return self.times(self.plain(expr), factor)

    def times(self, value: Operand, factor: float) -> Operand:
        if abs(factor) == 1.0:
            return value if factor == 1.0 else self.op("negative", value)
        return self.op("multiply", value, self.literal(factor))

    def plain(self, expr: Expr) -> Operand:
        match expr:
            case Ref(name):
                lag = self.lag(expr)
                assert lag is not None, "a value from outside is a row or a constant"
                return self.known_as(Past(name, lag), self.scope.shape(expr)) if lag else self.results[name]
            case Binary("*", left, right):
                return self.times_or_over(self.value(left), self.value(right))
            case Binary("/", left, right):
                return self.op("divide", self.value(left), self.value(right))
            case Power(base, 2):
                return self.op("square", self.value(base))
            case Power():
                return self.apply(expr)
            case Transpose(Ref(name, ()) as ref) if self.lag(ref) is None:
                return self.matrix(expr, 1.0)
            case Call(function) if FUNCTIONS[function].kind == "elementwise":
                return self.call(expr)
            case Over():
                raise UnsupportedError("a sum over an index")
            case _:
                return self.apply(expr)

    def times_or_over(self, left: Operand, right: Operand) -> Operand:
        """A product; with a reciprocal, the quotient."""
        for one, other in ((left, right), (right, left)):
            if isinstance(other, Temp) and self.ops[other.number].kind == "reciprocal":
                return self.op("divide", one, self.ops[other.number].operands[0])
        return self.op("multiply", left, right)

    def apply(self, expr: Expr) -> Operand:
        return self.op("apply", *map(self.value, children(expr)), node=expr, shape=self.scope.shape(expr))

    def lag(self, ref: Ref) -> int | None:
        """How many turns ago the value was computed; None for one from outside the loop."""
        return self.lags.get((self.current, ref))

    def outside(self, ref: Ref, factor: float) -> Operand:
        if not ref.indices:
            return self.known_as(Constant(ref.name, factor), self.scope.shape(ref))
        return self.known_as(Row(ref.name, factor, self.shifts[self.current]), self.scope.shape(ref))

    def call(self, expr: Call) -> Operand:
        argument = expr.arguments[0]
        if expr.function == "sigmoid":
            power = self.op("exp", self.value(argument, -1.0))
            return self.op("reciprocal", self.op("add", power, self.literal(1.0)))
        if expr.function in _UNARY:
            return self.op(expr.function, self.value(argument))
        if expr.function in ("relu", "max"):
            floor = constant(expr.arguments[1]) if len(expr.arguments) > 1 else None
            return self.op("maximum", self.value(argument), self.literal(float(floor or 0)))
        return self.op("function", self.value(argument), node=expr)

    # -- sums of products

    def chain(self, expr: Expr, factor: float) -> Operand:
        """A sum, its products first, so that products of the same state can be one."""
        signed = [(-factor if minus else factor, term) for minus, term in terms(expr)]
        foldable = [one for one in signed if self.is_foldable(one[1])]
        others = [one for one in signed if not self.is_foldable(one[1])]
        if others and abs(factor) != 1.0:
            return self.times(self.chain(expr, 1.0), factor)
        foldable.sort(key=lambda one: isinstance(one[1], Ref | Number))
        result, foldable = self.joined(foldable)
        for sign, term in foldable:
            value = self.value(term, sign)
            result = value if result is None else self.op("add", result, value)
        for sign, term in sorted(others, key=lambda one: one[0] < 0):
            value = self.value(term)
            if result is None:
                result = value if sign > 0 else self.op("negative", value)
            else:
                result = self.op("add" if sign > 0 else "subtract", result, value)
        assert result is not None, "a sum has terms"
        return result

    def joined(self, signed: list[tuple[float, Expr]]) -> tuple[Operand | None, list[tuple[float, Expr]]]:
        """Products with several vectors as one product with all of them, where no other sum uses only some of these;
        and the other terms."""
        products = [(sign, found) for sign, term in signed if (found := self.product(term)) is not None]
        vectors = frozenset(vector for _, (_, vector) in products)
        divided = any(vectors & others and vectors != others for others in self.sums)
        if len(vectors) < 2 or len(vectors) < len(products) or divided:
            return None, signed
        matrices = [self.matrix(matrix, sign) for sign, (matrix, _) in products]
        operands = (*matrices, *(self.value(vector) for _, (_, vector) in products))
        shape = next(self.scope.shape(term) for _, term in signed if self.product(term) is not None)
        return self.op("dot", *operands, shape=shape), [one for one in signed if self.product(one[1]) is None]

    def is_foldable(self, term: Expr) -> bool:
        """Whether a factor can go into a constant or a hoisted row."""
        match term:
            case Number():
                return True
            case Ref():
                return self.lag(term) is None
            case _:
                return self.product(term) is not None

    def product(self, expr: Expr) -> tuple[Expr, Expr] | None:
        """A constant matrix times a column, or a row times one, as (matrix, vector): the matrix is the one that
        multiplies a column."""
        match expr:
            case Binary("@", left, right) if self.is_constant(left) and self.scope.shape(right)[1] == 1:
                return left, right
            case Binary("@", left, right) if self.is_constant(right) and self.scope.shape(left)[0] == 1:
                return (right.operand if isinstance(right, Transpose) else Transpose(right)), left
            case _:
                return None

    def is_constant(self, expr: Expr) -> bool:
        """Whether it does not change from turn to turn (computed parameters have a name by now)."""
        match expr:
            case Transpose(Ref(_, ()) as ref) | (Ref(_, ()) as ref):
                return self.lag(ref) is None
            case _:
                return False

    def matrix(self, expr: Expr, factor: float) -> Operand:
        ref = expr.operand if isinstance(expr, Transpose) else expr
        assert isinstance(ref, Ref), "a constant has a name"
        return self.known_as(Constant(ref.name, factor, isinstance(expr, Transpose)), self.scope.shape(expr))

    def sums_in(self, expr: Expr) -> Iterator[frozenset[Expr]]:
        """The vectors of the products of each sum."""
        summed = [term for _, term in terms(expr)]
        yield frozenset(found[1] for term in summed if (found := self.product(term)) is not None)
        for term in summed:
            for part in children(term):
                yield from self.sums_in(part)
