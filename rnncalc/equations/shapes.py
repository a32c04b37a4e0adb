"""The size of every quantity, by unification over all equations and all data; and what does not fit.

Vectors are n×1 columns. Nothing is broadcast except a plain number (1×1) with an array. Constraints that are certain
come first (data, sums, activations), then the two conventions (a state is a column; operands of an element-wise
operation have one shape), and the inner sizes of matrix products last, so that a misfit is found where a reader would
look for it: at the product.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

from msgspec import Struct

from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.sizes import Sizes
from rnncalc.equations.tree import (
    Binary,
    Call,
    Equation,
    Expr,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
    refs,
)
from rnncalc.errors import Span

Shape = tuple[int, int]


class Datum(Struct, frozen=True):
    """The shape of something given, and where it was given."""

    shape: Shape
    span: Span | None = None


class Operand(Struct, frozen=True):
    """One side of a conflict: the text of the part, its shape as far as known, and the data each size came from."""

    expr: Expr
    shape: tuple[int | None, int | None]
    origins: tuple[str, ...]


class Conflict(Struct, frozen=True):
    """Two sizes in an equation that do not agree. `product` is the matrix product whose inner sizes differ, if one is
    the cause."""

    equation: Equation
    part: Expr
    left: Operand
    right: Operand
    product: Binary | None = None


class Shapes(Struct, frozen=True):
    """What is known: `sizes[name]` has None where nothing fixes a size; `classes[name]` numbers the sizes that must be
    equal, for naming them; `parts` has the size of every part of the equations."""

    sizes: Mapping[str, tuple[int | None, int | None]]
    classes: Mapping[str, tuple[int, int]]
    conflicts: tuple[Conflict, ...]
    parts: Mapping[Expr, tuple[int | None, int | None]] = {}

    def known(self, name: str) -> Shape:
        rows, columns = self.sizes[name]
        assert rows is not None, f"the height of {name} is not determined"
        assert columns is not None, f"the width of {name} is not determined"
        return rows, columns


_Pair = tuple[int, int]
_Rule = Callable[[], bool]
"""A constraint: tries to apply itself and tells whether it is done with."""


class _Inference:
    def __init__(self, equations: Iterable[Equation], data: Mapping[str, Datum]) -> None:
        self.sizes = Sizes()
        self.names: dict[str, _Pair] = {}
        self.nodes: dict[Expr, _Pair] = {}
        self.indexed: dict[str, None] = {}
        self.waiting: list[_Rule] = []
        self.elementwise: list[tuple[Equation, Binary]] = []
        self.products: list[tuple[Equation, Binary]] = []
        self.conflicts: list[Conflict] = []
        for name, datum in data.items():
            rows, columns = datum.shape
            self.names[name] = self.sizes.new(rows, name), self.sizes.new(columns, name)
        for equation in equations:
            self.equation(equation)

    # -- collecting constraints

    def equation(self, equation: Equation) -> None:
        for ref in (equation.target, *(ref for ref, _ in refs(equation.expression))):
            if ref.indices:
                self.indexed[ref.name] = None
        value = self.visit(equation, equation.expression)
        self.same(
            equation,
            equation.expression,
            self.name(equation.name),
            value,
            equation.target,
            equation.expression,
        )

    def name(self, name: str) -> _Pair:
        if name not in self.names:
            self.names[name] = self.sizes.new(), self.sizes.new()
        return self.names[name]

    def visit(self, equation: Equation, expr: Expr) -> _Pair:
        if expr not in self.nodes:
            self.nodes[expr] = self.build(equation, expr)
        return self.nodes[expr]

    def build(self, equation: Equation, expr: Expr) -> _Pair:
        match expr:
            case Number():
                return self.scalar()
            case Ref(name):
                return self.name(name)
            case Negate(part) | Power(part, _) | Over(_, part, _, _):
                return self.visit(equation, part)
            case Transpose(part):
                rows, columns = self.visit(equation, part)
                return columns, rows
            case Binary("@", left, right):
                self.products.append((equation, expr))
                return self.visit(equation, left)[0], self.visit(equation, right)[1]
            case Binary():
                return self.pointwise(equation, expr)
            case Call():
                return self.call(equation, expr)
            case _:
                assert_never(expr)

    def scalar(self) -> _Pair:
        return self.sizes.new(1), self.sizes.new(1)

    def pointwise(self, equation: Equation, expr: Binary) -> _Pair:
        left, right = self.visit(equation, expr.left), self.visit(equation, expr.right)
        result = self.sizes.new(), self.sizes.new()
        self.elementwise.append((equation, expr))

        def rule() -> bool:
            if self.is_scalar(left) or self.is_scalar(right):
                return self.same(equation, expr, result, right if self.is_scalar(left) else left)
            if self.is_array(left) and self.is_array(right):
                self.same(equation, expr, left, right, expr.left, expr.right)
                return self.same(equation, expr, result, left)
            return False

        self.waiting.append(rule)
        return result

    def call(self, equation: Equation, expr: Call) -> _Pair:
        parts = [self.visit(equation, argument) for argument in expr.arguments]
        match FUNCTIONS[expr.function].kind:
            case "elementwise" | "softmax":
                return parts[0]
            case "sum":
                return self.scalar()
            case "concat":
                return self.concat(equation, expr, parts)
            case kind:
                assert_never(kind)

    def concat(self, equation: Equation, expr: Call, parts: list[_Pair]) -> _Pair:
        result = self.sizes.new(), self.sizes.new()
        for argument, part in zip(expr.arguments, parts, strict=True):
            self.one(equation, expr, result[1], part[1], expr.arguments[0], argument)

        def rule() -> bool:
            known = [self.sizes.value(part[0]) for part in parts]
            if None in known:
                return False
            total = self.sizes.new(sum(size for size in known if size is not None))
            return self.one(equation, expr, result[0], total)

        self.waiting.append(rule)
        return result

    # -- applying them

    def is_scalar(self, pair: _Pair) -> bool:
        return self.sizes.value(pair[0]) == 1 == self.sizes.value(pair[1])

    def is_array(self, pair: _Pair) -> bool:
        """Known not to be a plain number."""
        return any(self.sizes.value(size) not in (None, 1) for size in pair)

    def same(
        self, equation: Equation, part: Expr, left: _Pair, right: _Pair,
        left_expr: Expr | None = None, right_expr: Expr | None = None,
    ) -> bool:  # fmt: skip
        for one, other in zip(left, right, strict=True):
            if not self.sizes.unify(one, other):
                self.conflict(equation, part, left, right, left_expr or part, right_expr or part)
                break
        return True

    def one(
        self, equation: Equation, part: Expr, left: int, right: int,
        left_expr: Expr | None = None, right_expr: Expr | None = None,
    ) -> bool:  # fmt: skip
        return self.same(equation, part, (left, left), (right, right), left_expr, right_expr)

    def conflict(
        self, equation: Equation, part: Expr, left: _Pair, right: _Pair, left_expr: Expr, right_expr: Expr,
        product: Binary | None = None,
    ) -> None:  # fmt: skip
        left, right = self.nodes.get(left_expr, left), self.nodes.get(right_expr, right)
        conflict = Conflict(equation, part, self.operand(left_expr, left), self.operand(right_expr, right), product)
        self.conflicts.append(conflict)

    def operand(self, expr: Expr, pair: _Pair) -> Operand:
        roots = [self.sizes.find(size) for size in pair]
        origins = dict.fromkeys(origin for root in roots if (origin := self.sizes.origin[root]))
        rows, columns = (self.sizes.number[root] for root in roots)
        return Operand(expr, (rows, columns), tuple(origins))

    def propagate(self) -> None:
        progress = True
        while progress:
            left = [rule for rule in self.waiting if not rule()]
            progress = len(left) < len(self.waiting)
            self.waiting = left

    def assume_columns(self) -> None:
        """A state or input whose width nothing fixes is a column."""
        for name in self.indexed:
            columns = self.names[name][1]
            if self.sizes.value(columns) is None:
                self.sizes.unify(columns, self.sizes.new(1))
                self.propagate()

    def assume_equal(self) -> None:
        """Operands of an element-wise operation have one shape where nothing says that one is a plain number."""
        for equation, expr in self.elementwise:
            left, right = self.nodes[expr.left], self.nodes[expr.right]
            if not self.is_scalar(left) and not self.is_scalar(right):
                self.same(equation, expr, left, right, expr.left, expr.right)
                self.same(equation, expr, self.nodes[expr], left)
                self.propagate()

    def fit_products(self) -> None:
        for equation, expr in self.products:
            left, right = self.nodes[expr.left], self.nodes[expr.right]
            if not self.sizes.unify(left[1], right[0]):
                self.conflict(equation, expr, left, right, expr.left, expr.right, product=expr)
            self.propagate()

    def result(self) -> Shapes:
        self.propagate()
        self.assume_columns()
        self.assume_equal()
        self.fit_products()
        self.propagate()
        value, find = self.sizes.value, self.sizes.find
        sizes = {name: (value(rows), value(columns)) for name, (rows, columns) in self.names.items()}
        classes = {name: (find(rows), find(columns)) for name, (rows, columns) in self.names.items()}
        parts = {expr: (value(rows), value(columns)) for expr, (rows, columns) in self.nodes.items()}
        return Shapes(sizes, classes, _first_of_each_part(self.conflicts), parts)


def _first_of_each_part(conflicts: list[Conflict]) -> tuple[Conflict, ...]:
    """The same two operands may be compared more than once; one report of a part is enough."""
    return tuple({(conflict.equation, conflict.part): conflict for conflict in reversed(conflicts)}.values())[::-1]


def infer(equations: Iterable[Equation], data: Mapping[str, Datum]) -> Shapes:
    """The shapes that the equations and the data allow. Never raises: misfits are returned as conflicts."""
    return _Inference(equations, data).result()


def shape_text(shape: tuple[int | None, int | None]) -> str:
    """`2×3`; `?` for a size that is not known."""
    return "×".join("?" if size is None else str(size) for size in shape)
