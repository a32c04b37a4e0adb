"""Which parts of an expression are numbers on which line of a blackboard: every line works out what is ready.

A product with a zero state is written as 0 on the line that puts the numbers in, and left out below it.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from rnncalc.equations import FUNCTIONS, Binary, Call, Expr, Number, Over, Ref, Transpose, children, rebuild, walk


class Rounds:
    """The lines of an expression, in which some states are zero; `lean` is what is left of it below the first line."""

    def __init__(self, expression: Expr, zeros: AbstractSet[Ref]) -> None:
        self.expression, self.zeros = expression, zeros
        self.lean = self.without_vanishing(expression) or expression

    def leaves(self) -> set[Expr]:
        """What is a number on the first line: quantities, literals and what is made of literals only; what runs over
        an index and is not written out; and products with a zero state."""
        parts = [*walk(self.expression), *walk(self.lean)]
        numbers = {part for part in parts if is_literal(part)}
        transposed = {p for p in parts if isinstance(p, Transpose) and isinstance(p.operand, Ref)}
        return numbers | transposed | {p for p in parts if isinstance(p, Ref | Over) or self.vanishes(p)}

    def each(self) -> Iterator[set[Expr]]:
        """The parts known as numbers on each line, up to the whole expression."""
        yield (done := self.leaves())
        while self.lean not in done:
            done = done | set(self.ready(self.lean, done))
            yield done

    def ready(self, expr: Expr, done: set[Expr]) -> Iterator[Expr]:
        """The parts that can be worked out on the next line."""
        if expr in done:
            return
        operands = list(terms(expr)) if is_sum(expr) else children(expr)
        if all(operand in done for operand in operands):
            yield expr
        else:
            for operand in operands:
                yield from self.ready(operand, done)

    def only_adds(self, new: set[Expr]) -> bool:
        """Whether a line only adds up what the line above shows, inside something else: both fit on one line."""
        return self.lean not in new and all(map(is_sum, new))

    def vanishes(self, part: Expr) -> bool:
        """A matrix times a zero state, or times something multiplied by one."""
        if not isinstance(part, Binary) or part.operator != "@":
            return False
        return self.is_zero(part.left) or self.is_zero(part.right)

    def is_zero(self, part: Expr) -> bool:
        if isinstance(part, Binary) and part.operator == "*":
            return self.is_zero(part.left) or self.is_zero(part.right)
        if isinstance(part, Transpose):
            return self.is_zero(part.operand)
        return part in self.zeros

    def without_vanishing(self, expr: Expr) -> Expr | None:
        """The expression without the terms that vanish; None if nothing is left of it."""
        if self.vanishes(expr):
            return None
        if isinstance(expr, Binary) and expr.operator == "+":
            left, right = self.without_vanishing(expr.left), self.without_vanishing(expr.right)
            return Binary("+", left, right) if left and right else left or right
        parts = [self.without_vanishing(part) or part for part in children(expr)]
        return rebuild(expr, tuple(parts))


def is_literal(part: Expr) -> bool:
    """Whether a part is made of the numbers of the equation only."""
    return all(isinstance(inner, Number) for inner in walk(part) if not children(inner))


def is_cut(expr: Expr) -> bool:
    """Some rows of a quantity: they are shown at once, without the whole beside them."""
    return (
        isinstance(expr, Call)
        and FUNCTIONS[expr.function].kind in ("rows", "block")
        and isinstance(expr.arguments[0], Ref)
    )


def is_sum(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.operator in "+-"


def terms(expr: Expr) -> Iterator[Expr]:
    """The terms of a sum, without the brackets that only say in which order to add."""
    if isinstance(expr, Binary) and is_sum(expr):
        yield from terms(expr.left)
        yield expr.right
    else:
        yield expr
