"""The size of every quantity, by unification over all equations and all data; and what does not fit.

Vectors are n×1 columns. Nothing is broadcast except a plain number (1×1) with an array. Constraints that are certain
come first (data, sums, activations), then the two conventions (a state is a column; operands of an element-wise
operation have one shape), and the inner sizes of matrix products last, so that a misfit is found where a reader would
look for it: at the product.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import assert_never

from msgspec import Struct

from rnncalc.equations.algebra import bounds
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
    constant,
    refs,
    walk,
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
    def __init__(self, equations: Iterable[Equation], data: Mapping[str, Datum], flat: Iterable[str]) -> None:
        self.sizes, self.data = Sizes(), data
        self.equations, self.rows = tuple(equations), tuple(flat)
        self.names: dict[str, _Pair] = {}
        self.nodes: dict[Expr, _Pair] = {}
        self.indexed: dict[str, None] = {}
        self.outer: dict[str, None] = {}
        self.flipped: dict[str, None] = {}
        """Small letters that are used transposed, as `v` in `v.T @ tanh(…)`: vectors, as a book would write them."""
        self.waiting: list[_Rule] = []
        self.elementwise: list[tuple[Equation, Binary]] = []
        self.products: list[tuple[Equation, Binary]] = []
        self.conflicts: list[Conflict] = []
        for name, datum in data.items():
            rows, columns = datum.shape
            self.names[name] = self.sizes.new(rows, name), self.sizes.new(columns, name)
        for equation in self.equations:
            self.equation(equation)
        for name in self.rows:
            self.sizes.unify(self.name(name)[0], self.sizes.new(1))

    # -- collecting constraints

    def equation(self, equation: Equation) -> None:
        for ref in (equation.target, *(ref for ref, _ in refs(equation.expression))):
            if ref.indices:
                self.indexed[ref.name] = None
        if any(isinstance(part, Binary) and isinstance(part.right, Transpose) for part in walk(equation.expression)):
            self.outer[equation.name] = None
        self.visit(equation, equation.expression)
        self.nodes[equation.target] = self.name(equation.name)
        self.same(equation, equation.expression, equation.target, equation.expression)

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
                if isinstance(part, Ref) and part.name.islower():
                    self.flipped[part.name] = None
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
        result = self.nodes[expr] = self.sizes.new(), self.sizes.new()
        self.elementwise.append((equation, expr))

        def rule() -> bool:
            if self.is_scalar(left) or self.is_scalar(right):
                self.same(equation, expr, expr, expr.right if self.is_scalar(left) else expr.left)
                return True
            if self.is_array(left) and self.is_array(right):
                self.same(equation, expr, expr.left, expr.right)
                self.same(equation, expr, expr, expr.left)
                return True
            return False

        self.waiting.append(rule)
        return result

    def call(self, equation: Equation, expr: Call) -> _Pair:
        parts = [self.visit(equation, argument) for argument in expr.arguments]
        match FUNCTIONS[expr.function].kind:
            case "elementwise" | "softmax":
                return parts[0]
            case "choice":
                return self.choice(equation, expr, parts)
            case "sum":
                return self.scalar()
            case "concat":
                return self.concat(equation, expr, parts)
            case "rows":
                return self.cut(expr, parts[0])
            case "block":
                return self.block(equation, expr, parts[0])
            case kind:
                assert_never(kind)

    def choice(self, equation: Equation, expr: Call, parts: list[_Pair]) -> _Pair:
        """An entry of a column is chosen; what stands beside the column is a plain number."""
        for number, (argument, (rows, columns)) in enumerate(zip(expr.arguments, parts, strict=True)):
            wanted = self.sizes.new(1 if number else None), self.sizes.new(1)
            if not (self.sizes.unify(rows, wanted[0]) and self.sizes.unify(columns, wanted[1])):
                should_be, found = self.operand(argument, wanted), self.operand(argument)
                self.conflicts.append(Conflict(equation, expr, should_be, found))
        return parts[0]

    def concat(self, equation: Equation, expr: Call, parts: list[_Pair]) -> _Pair:
        axis = FUNCTIONS[expr.function].axis
        along, across = [pair[axis] for pair in parts], [pair[1 - axis] for pair in parts]
        for argument, size in zip(expr.arguments[1:], across[1:], strict=True):
            if not self.sizes.unify(across[0], size):
                self.conflict(equation, expr, expr.arguments[0], argument)
        whole = self.sizes.new()

        def rule() -> bool:
            known = [self.sizes.value(size) for size in along]
            total, unknown = self.sizes.value(whole), known.count(None)
            rest = sum(size for size in known if size is not None)
            if unknown == 0 and not self.sizes.unify(whole, found := self.sizes.new(rest)):
                right = self.operand(expr, _pair(axis, found, across[0]))
                self.conflicts.append(Conflict(equation, expr, self.operand(expr), right, None))
            if unknown == 1 and total is not None and rest < total:
                self.sizes.unify(along[known.index(None)], self.sizes.new(total - rest))
                return True
            return unknown == 0

        self.waiting.append(rule)
        return _pair(axis, whole, across[0])

    def cut(self, expr: Call, part: _Pair) -> _Pair:
        axis = FUNCTIONS[expr.function].axis
        first, last = bounds(expr, 0)
        return _pair(axis, self.sizes.new(max(1, last - first + 1)), part[1 - axis])

    def block(self, equation: Equation, expr: Call, part: _Pair) -> _Pair:
        """A part of the rows, or columns: all parts are equally large."""
        axis = FUNCTIONS[expr.function].axis
        count = int(constant(expr.arguments[2]) or 1)
        whole, one = part[axis], self.sizes.new()

        def rule() -> bool:
            size, own = self.sizes.value(whole), self.sizes.value(one)
            if size is not None:
                fits = size % count == 0 and self.sizes.unify(one, self.sizes.new(size // count))
            elif own is not None:
                fits = self.sizes.unify(whole, self.sizes.new(own * count))
            else:
                return False
            if not fits:
                nearest = self.sizes.new(count * (own or -(-(size or 1) // count)))
                wanted = self.operand(expr.arguments[0], _pair(axis, nearest, part[1 - axis]))
                self.conflicts.append(Conflict(equation, expr, wanted, self.operand(expr.arguments[0]), None))
            return True

        self.waiting.append(rule)
        return _pair(axis, one, part[1 - axis])

    # -- applying them

    def is_scalar(self, pair: _Pair) -> bool:
        return self.sizes.value(pair[0]) == 1 == self.sizes.value(pair[1])

    def is_array(self, pair: _Pair) -> bool:
        """Known not to be a plain number."""
        return any(self.sizes.value(size) not in (None, 1) for size in pair)

    def same(self, equation: Equation, part: Expr, left: Expr, right: Expr) -> None:
        """Two expressions have one shape; `part` is where it shows that they do not."""
        for one, other in zip(self.nodes[left], self.nodes[right], strict=True):
            if not self.sizes.unify(one, other):
                self.conflict(equation, part, left, right)
                break

    def conflict(self, equation: Equation, part: Expr, left: Expr, right: Expr, product: Binary | None = None) -> None:
        self.conflicts.append(Conflict(equation, part, self.operand(left), self.operand(right), product))

    def operand(self, expr: Expr, pair: _Pair | None = None) -> Operand:
        roots = [self.sizes.find(size) for size in pair or self.nodes[expr]]
        rows, columns = (self.sizes.number[root] for root in roots)
        if isinstance(expr, Ref) and expr.name in self.data:
            return Operand(expr, (rows, columns), (expr.name,))
        origins = dict.fromkeys(origin for root in roots if (origin := self.sizes.origin[root]))
        return Operand(expr, (rows, columns), tuple(origins))

    def propagate(self) -> None:
        progress = True
        while progress:
            left = [rule for rule in self.waiting if not rule()]
            progress = len(left) < len(self.waiting)
            self.waiting = left

    def settle_numbers(self) -> None:
        """What is made of plain numbers alone is one, also where an array meets it later."""
        numbers = {equation.name for equation in self.equations} - set(self.data)
        pending = list(self.equations)
        while pending:
            arrays = {one.name for one in pending if not self.is_made_of(one.expression, numbers)}
            pending = [one for one in pending if one.name not in arrays] if arrays else []
            numbers -= arrays
        for name in numbers:
            for size in self.names[name]:
                self.sizes.unify(size, self.sizes.new(1))
        self.propagate()

    def is_made_of(self, expr: Expr, numbers: Container[str]) -> bool:
        """Whether it uses nothing but numbers."""
        given = self.data
        names = {ref.name for ref, _ in refs(expr)}
        stacked = any(isinstance(part, Call) and FUNCTIONS[part.function].kind == "concat" for part in walk(expr))
        return not stacked and all(
            name in numbers or (name in given and self.is_scalar(self.names[name])) for name in names
        )

    def assume_columns(self, names: Iterable[str]) -> None:
        """A quantity whose width nothing fixes is a column."""
        for name in names:
            columns = self.names[name][1]
            if self.sizes.value(columns) is None:
                self.sizes.unify(columns, self.sizes.new(1))
                self.propagate()

    def assume_equal(self) -> None:
        """Operands of an element-wise operation have one shape where nothing says that one is a plain number."""
        for equation, expr in self.elementwise:
            if not self.is_scalar(self.nodes[expr.left]) and not self.is_scalar(self.nodes[expr.right]):
                self.same(equation, expr, expr.left, expr.right)
                self.same(equation, expr, expr, expr.left)
                self.propagate()

    def fit_products(self) -> None:
        for equation, expr in self.products:
            if not self.sizes.unify(self.nodes[expr.left][1], self.nodes[expr.right][0]):
                self.conflict(equation, expr, expr.left, expr.right, product=expr)
            self.propagate()

    def assume_numbers(self) -> None:
        """What meets a plain number that is no literal is one too, where nothing says otherwise: in a network of
        numbers, `h[t] = tanh(w * x[t] + u * h[t-1])`."""
        for _, expr in self.elementwise:
            for one, other in ((expr.left, expr.right), (expr.right, expr.left)):
                if self.is_scalar(self.nodes[one]) and constant(one) is None:
                    for size in self.nodes[other]:
                        if self.sizes.value(size) is None:
                            self.sizes.unify(size, self.sizes.new(1))
                            self.propagate()

    def result(self) -> Shapes:
        self.propagate()
        self.settle_numbers()
        in_front = {expr.left.name for _, expr in self.products if isinstance(expr.left, Ref)}
        # A state in front of a matrix, as `x[t] @ W`, is a row; what a row stands behind, `d[t] @ x[t].T`, is a matrix.
        in_front |= set(self.outer)
        in_front |= set(self.rows)
        self.assume_columns([name for name in (*self.indexed, *self.flipped) if name not in in_front])
        self.assume_equal()
        self.fit_products()
        self.assume_columns(self.indexed)
        self.assume_numbers()
        value, find = self.sizes.value, self.sizes.find
        sizes = {name: (value(rows), value(columns)) for name, (rows, columns) in self.names.items()}
        classes = {name: (find(rows), find(columns)) for name, (rows, columns) in self.names.items()}
        parts = {expr: (value(rows), value(columns)) for expr, (rows, columns) in self.nodes.items()}
        return Shapes(sizes, classes, _first_of_each_part(self.conflicts), parts)


def _pair(axis: int, along: int, across: int) -> _Pair:
    return (across, along) if axis else (along, across)


def _first_of_each_part(conflicts: list[Conflict]) -> tuple[Conflict, ...]:
    """The same two operands may be compared more than once; one report of a part is enough."""
    return tuple({(conflict.equation, conflict.part): conflict for conflict in reversed(conflicts)}.values())[::-1]


def infer(equations: Iterable[Equation], data: Mapping[str, Datum], rows: Iterable[str] = ()) -> Shapes:
    """The shapes that the equations and the data allow; `rows` are vectors known to be rows. Never raises: misfits are
    returned as conflicts."""
    return _Inference(equations, data, rows).result()


def shape_text(shape: tuple[int | None, int | None]) -> str:
    """`2×3`; `?` for a size that is not known."""
    return "×".join("?" if size is None else str(size) for size in shape)
