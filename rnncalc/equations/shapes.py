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
from rnncalc.equations.notation import source
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


class _Sizes(Struct):
    """Union-find over sizes: each class may know its number and the datum it came from."""

    parent: list[int] = []
    number: list[int | None] = []
    origin: list[str | None] = []

    def new(self, number: int | None = None, origin: str | None = None) -> int:
        self.parent.append(len(self.parent))
        self.number.append(number)
        self.origin.append(origin)
        return len(self.parent) - 1

    def find(self, size: int) -> int:
        while self.parent[size] != size:
            self.parent[size] = self.parent[self.parent[size]]
            size = self.parent[size]
        return size

    def value(self, size: int) -> int | None:
        return self.number[self.find(size)]

    def unify(self, left: int, right: int) -> bool:
        """Make two sizes one; False if both are known and differ."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return True
        if self.number[left] is None:
            left, right = right, left
        if self.number[right] is not None and self.number[left] != self.number[right]:
            return False
        self.parent[right] = left
        return True


_Pair = tuple[int, int]
_Rule = Callable[[], bool]
"""A constraint: tries to apply itself and tells whether it is done with."""


class _Inference:
    def __init__(self, equations: Iterable[Equation], data: Mapping[str, Datum]) -> None:
        self.sizes = _Sizes()
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
    return "×".join("?" if size is None else str(size) for size in shape)


def describe(conflict: Conflict, data: Mapping[str, Datum]) -> str:
    """The conflict in one sentence: the equation, both operands with shapes, and where each size came from."""
    left, right = conflict.left, conflict.right
    verb = "multiplies" if conflict.product else "meets"
    return (
        f"in `{source(conflict.equation)}` the sizes do not fit: "
        f"`{source(left.expr)}` is {shape_text(left.shape)}{_from(left, data)} and {verb} "
        f"`{source(right.expr)}`, which is {shape_text(right.shape)}{_from(right, data)}"
    )


def _from(operand: Operand, data: Mapping[str, Datum]) -> str:
    """` (W_f is 2×3, line 9)`; nothing where the operand is itself the datum and has no place."""
    parts = []
    for name in operand.origins:
        datum = data[name]
        line = f"line {datum.span.line}" if datum.span else ""
        if operand.expr == Ref(name):
            parts.extend([line] if line else [])
        else:
            parts.append(f"{name} is {shape_text(datum.shape)}" + (f", {line}" if line else ""))
    return f" ({'; '.join(parts)})" if parts else ""


def likely_cause(conflict: Conflict, equations: tuple[Equation, ...], data: Mapping[str, Datum]) -> str | None:
    """What one change would make the equation fit: a transposed matrix, two exchanged ones, one entry too many."""
    names = [ref.name for ref, _ in refs(conflict.equation.expression) if ref.name in data]
    before = len(infer(equations, data).conflicts)

    def better(**changed: Shape) -> bool:
        trial = {**data, **{name: Datum(shape) for name, shape in changed.items()}}
        return len(infer(equations, trial).conflicts) < before

    for name in names:
        rows, columns = data[name].shape
        if rows != columns and better(**{name: (columns, rows)}):
            return f"is {name} transposed? {columns}×{rows} would fit"
    for one in names:
        for other in names:
            if one < other and better(**{one: data[other].shape, other: data[one].shape}):
                return f"are {one} and {other} exchanged?"
    return next((cause for name in names if (cause := _one_entry(name, data[name].shape, better))), None)


def _one_entry(name: str, shape: Shape, better: Callable[..., bool]) -> str | None:
    rows, columns = shape
    for change, words in ((-1, "too many"), (1, "too few")):
        if columns + change > 0 and columns > 1 and better(**{name: (rows, columns + change)}):
            return f"has {name} one column {words}? {rows}×{columns + change} would fit"
        if rows + change > 0 and better(**{name: (rows + change, columns)}):
            thing = "entry" if columns == 1 else "row"
            return f"has {name} one {thing} {words}? {rows + change}×{columns} would fit"
    return None
