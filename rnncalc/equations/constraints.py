"""What equations say of sizes: every node gets a pair of sizes, and what is certain of them is unified or waits.

Vectors are n×1 columns. Nothing is broadcast except a plain number (1×1) with an array.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import assert_never

from rnncalc.equations.algebra import bounds
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.shapes import Conflict, Datum, Operand
from rnncalc.equations.sizes import Sizes
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Negate, Number, Over, Power, Ref, Transpose
from rnncalc.equations.walks import constant, refs, walk

Pair = tuple[int, int]
"""The rows and columns of a part, as numbers of `Sizes`."""
_Rule = Callable[[], bool]
"""A constraint: tries to apply itself and tells whether it is done with."""


class Constraints:
    """The sizes in some equations. `nodes` has those of every part, `names` those of every quantity; `elementwise` and
    `products` are the operations of which nothing is certain from themselves."""

    def __init__(self, equations: Iterable[Equation], data: Mapping[str, Datum], flat: Iterable[str]) -> None:
        self.sizes, self.data = Sizes(), data
        self.equations, self.rows = tuple(equations), tuple(flat)
        self.names: dict[str, Pair] = {}
        self.nodes: dict[Expr, Pair] = {}
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

    def name(self, name: str) -> Pair:
        if name not in self.names:
            self.names[name] = self.sizes.new(), self.sizes.new()
        return self.names[name]

    def visit(self, equation: Equation, expr: Expr) -> Pair:
        if expr not in self.nodes:
            self.nodes[expr] = self.build(equation, expr)
        return self.nodes[expr]

    def build(self, equation: Equation, expr: Expr) -> Pair:
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

    def scalar(self) -> Pair:
        return self.sizes.new(1), self.sizes.new(1)

    def pointwise(self, equation: Equation, expr: Binary) -> Pair:
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

    def call(self, equation: Equation, expr: Call) -> Pair:
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

    def choice(self, equation: Equation, expr: Call, parts: list[Pair]) -> Pair:
        """An entry of a column is chosen; what stands beside the column is a plain number."""
        for number, (argument, (rows, columns)) in enumerate(zip(expr.arguments, parts, strict=True)):
            wanted = self.sizes.new(1 if number else None), self.sizes.new(1)
            if not (self.sizes.unify(rows, wanted[0]) and self.sizes.unify(columns, wanted[1])):
                should_be, found = self.operand(argument, wanted), self.operand(argument)
                self.conflicts.append(Conflict(equation, expr, should_be, found))
        return parts[0]

    def concat(self, equation: Equation, expr: Call, parts: list[Pair]) -> Pair:
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

    def cut(self, expr: Call, part: Pair) -> Pair:
        axis = FUNCTIONS[expr.function].axis
        first, last = bounds(expr, 0)
        return _pair(axis, self.sizes.new(max(1, last - first + 1)), part[1 - axis])

    def block(self, equation: Equation, expr: Call, part: Pair) -> Pair:
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

    def is_scalar(self, pair: Pair) -> bool:
        return self.sizes.value(pair[0]) == 1 == self.sizes.value(pair[1])

    def is_array(self, pair: Pair) -> bool:
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

    def operand(self, expr: Expr, pair: Pair | None = None) -> Operand:
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


def _pair(axis: int, along: int, across: int) -> Pair:
    return (across, along) if axis else (along, across)
