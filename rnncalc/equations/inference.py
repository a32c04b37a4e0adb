"""The size of every quantity, by unification over all equations and all data; and what does not fit.

Constraints that are certain come first (data, sums, activations), then the two conventions (a state is a column;
operands of an element-wise operation have one shape), and the inner sizes of matrix products last, so that a misfit is
found where a reader would look for it: at the product.
"""

from collections.abc import Container, Iterable, Mapping

from rnncalc.equations.constraints import Constraints
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.shapes import Conflict, Datum, Shapes
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Negate, Ref, Transpose
from rnncalc.equations.walks import constant, refs, walk


def infer(
    equations: Iterable[Equation], data: Mapping[str, Datum], rows: Iterable[str] = (), strict: bool = False
) -> Shapes:
    """The shapes that the equations and the data allow; `rows` are vectors known to be rows. Never raises: misfits are
    returned as conflicts, with `strict` also where `W @ x[t]` comes out as a number and is added to a vector."""
    found = _Inference(equations, data, rows)
    found.settle()
    if strict:
        found.fit_sums()
    return found.shapes()


class _Inference(Constraints):
    """The assumptions that are made where the constraints leave sizes open, one after the other."""

    def settle(self) -> None:
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

    def shapes(self) -> Shapes:
        value, find = self.sizes.value, self.sizes.find
        sizes = {name: (value(rows), value(columns)) for name, (rows, columns) in self.names.items()}
        classes = {name: (find(rows), find(columns)) for name, (rows, columns) in self.names.items()}
        parts = {expr: (value(rows), value(columns)) for expr, (rows, columns) in self.nodes.items()}
        return Shapes(sizes, classes, _first_of_each_part(self.conflicts), parts)

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
            self.assume_one(self.names[name][1])

    def assume_one(self, size: int) -> None:
        """A size that nothing fixes is 1."""
        if self.sizes.value(size) is None:
            self.sizes.unify(size, self.sizes.new(1))
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
                        self.assume_one(size)

    def fit_sums(self) -> None:
        """A plain number may be added to any array, but what a matrix makes of a vector is no plain number."""
        for equation, expr in self.elementwise:
            sides = [(self.is_scalar(self.nodes[part]), part) for part in (expr.left, expr.right)]
            for (scalar, one), (other_is_scalar, _) in (sides, sides[::-1]):
                if expr.operator in ("+", "-") and scalar and not other_is_scalar and _is_mapped(one):
                    self.conflict(equation, expr, expr.left, expr.right)


def _is_mapped(expr: Expr) -> bool:
    """Whether it is a matrix times a vector, a row times a matrix, or a sum with such. `v.T @ h[t]` is a number."""
    match expr:
        case Binary("@", Ref(_, ()), _):
            return True
        case Binary("@", left, Ref(_, ())):
            return not isinstance(left, Transpose)
        case Binary("+" | "-", left, right):
            return _is_mapped(left) or _is_mapped(right)
        case Negate(operand):
            return _is_mapped(operand)
        case _:
            return False


def _first_of_each_part(conflicts: list[Conflict]) -> tuple[Conflict, ...]:
    """The same two operands may be compared more than once; one report of a part is enough."""
    return tuple({(conflict.equation, conflict.part): conflict for conflict in reversed(conflicts)}.values())[::-1]
