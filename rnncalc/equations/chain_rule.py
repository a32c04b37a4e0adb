"""The chain rule node by node: what arrives at an expression is handed on to its parts, down to the quantities."""

from abc import ABC, abstractmethod
from collections.abc import Container
from fractions import Fraction
from typing import assert_never

from msgspec import Struct

from rnncalc.equations.algebra import (
    Sizes,
    bounds,
    entries_sum,
    matrix_product,
    negated,
    number,
    over,
    relettered,
    slope,
    times,
    unused_letter,
)
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.output_error import log_of, softmax_error, softmax_in
from rnncalc.equations.pieces import cut, within
from rnncalc.equations.tree import Binary, Call, Expr, Index, Negate, Number, Over, Power, Ref, Transpose
from rnncalc.equations.walks import bind, constant, walk


class Arriving(Struct, frozen=True):
    """The adjoint of a node, with the letters that have a position where it stands. `flat`: the value is one number
    that stands for every entry of the node, as below a sum."""

    value: Expr
    letters: tuple[str, ...] = ()
    flat: bool = False

    def with_value(self, value: Expr) -> "Arriving":
        return Arriving(value, self.letters, self.flat)


class ChainRule(ABC):
    """Hands adjoints on. `sizes` are the shapes of all quantities, `taken` the letters in use, `outputs` the quantities
    that are used in logarithms only, `distributions` those whose entries sum to 1."""

    sizes: Sizes
    taken: set[str]
    outputs: frozenset[str]
    distributions: Container[str]

    @abstractmethod
    def use(self, name: str, ref: Ref, adjoint: Arriving) -> None:
        """A quantity, or the logarithm `name` of one, takes what arrives."""

    @abstractmethod
    def named(self, argument: Expr, adjoint: Arriving, target: Ref | None) -> Arriving:
        """A name for what arrives at the argument of an activation, since each term of the argument uses it."""

    def push(self, expr: Expr, whole: Arriving, target: Ref | None = None) -> None:
        """Hand the adjoint of a node on to its parts. `target` names the value of the node, if it has a name."""
        if constant(whole.value) == 0:
            return
        match expr:
            case Number():
                return
            case Ref(name):
                self.use(name, expr, self.spread(whole, expr))
            case Negate(part):
                self.push(part, whole.with_value(negated(whole.value)))
            case Transpose(part):
                self.push(part, Arriving(self.sizes.transposed(self.spread(whole, expr).value), whole.letters))
            case Power(base, exponent):
                lower = base if exponent == 2 else Power(base, exponent - 1)
                self.push(base, self.multiplied(whole, times(number(Fraction(exponent)), lower)))
            case Binary():
                self.through_binary(expr, whole)
            case Call():
                self.through_call(expr, whole, target)
            case Over():
                self.through_over(expr, whole, target)
            case _:
                assert_never(expr)

    def through_binary(self, expr: Binary, whole: Arriving) -> None:
        if expr.operator in "+-" and self.sizes.is_scalar(expr.left) != self.sizes.is_scalar(expr.right):
            whole = self.spread(whole, expr)
        for part, adjoint in zip((expr.left, expr.right), self.both(expr, whole), strict=True):
            if any(isinstance(leaf, Ref) for leaf in walk(part)):
                self.push(part, self.gathered(adjoint, part, expr))

    def both(self, expr: Binary, whole: Arriving) -> tuple[Arriving, Arriving]:
        """The adjoints of both operands, before a plain number gathers its own."""
        left, right = expr.left, expr.right
        match expr.operator:
            case "+":
                return whole, whole
            case "-":
                return whole, whole.with_value(negated(whole.value))
            case "*":
                return self.multiplied(whole, right), self.multiplied(whole, left)
            case "/":
                flat = whole.flat and self.sizes.is_scalar(right)
                slope_below = negated(Binary("/", left, Power(right, 2)))
                return (
                    Arriving(over(whole.value, right), whole.letters, flat),
                    self.multiplied(whole, slope_below),
                )
            case "@":
                value, transposed = self.spread(whole, expr).value, self.sizes.transposed
                return (
                    Arriving(matrix_product(value, transposed(right)), whole.letters),
                    Arriving(matrix_product(transposed(left), value), whole.letters),
                )
            case _:
                assert_never(expr.operator)

    def multiplied(self, whole: Arriving, factor: Expr) -> Arriving:
        """The adjoint times a factor: an array there makes it one adjoint for each entry."""
        return Arriving(times(whole.value, factor), whole.letters, whole.flat and self.sizes.is_scalar(factor))

    def gathered(self, adjoint: Arriving, part: Expr, whole: Binary) -> Arriving:
        """A plain number that was combined with every entry of an array gathers the adjoints of all of them."""
        if whole.operator != "@" and self.sizes.is_scalar(part) and not self.sizes.is_scalar(whole):
            return Arriving(entries_sum(self.spread(adjoint, whole).value), adjoint.letters)
        return adjoint

    def spread(self, whole: Arriving, expr: Expr) -> Arriving:
        """One adjoint for each entry of the node, where a sum left one number for all of them."""
        if not whole.flat or self.sizes.is_scalar(expr):
            return Arriving(whole.value, whole.letters)
        return Arriving(times(whole.value, Call("ones", (expr,))), whole.letters)

    def through_call(self, expr: Call, whole: Arriving, target: Ref | None) -> None:
        row, argument = FUNCTIONS[expr.function], expr.arguments[0]
        log = log_of(expr, self.outputs)
        match row.kind:
            case "elementwise" if log:
                self.use(log.name, log.output, self.spread(whole, argument))
            case "elementwise" if (inside := softmax_in(expr)) is not None:
                self.through_log_softmax(inside, self.spread(whole, argument))
            case "elementwise":
                factor = slope(row, argument, target or expr, expr.arguments[1:])
                self.push_argument(argument, self.multiplied(whole, factor), target)
            case "softmax":
                value, whole = target or expr, self.spread(whole, expr)
                mixed = Binary("-", whole.value, Call("sum", (times(value, whole.value),)))
                self.push_argument(argument, whole.with_value(times(value, mixed)), target)
            case "sum":
                flat = not self.sizes.is_scalar(argument)
                self.push(argument, Arriving(whole.value, whole.letters, flat))
            case "concat":
                self.through_concat(expr, whole)
            case "rows" | "block":
                self.through_cut(expr, whole)
            case "choice":
                pass  # a small change of the argument changes nothing: no gradient comes through
            case _:
                assert_never(row.kind)

    def through_log_softmax(self, softmax: Call | Over, whole: Arriving) -> None:
        """log(softmax(z)) in one step."""
        inside = softmax.arguments[0] if isinstance(softmax, Call) else softmax.body
        taken = {*self.taken, *whole.letters}
        error = softmax_error(softmax, softmax, whole.value, self.sizes, self.distributions, taken)
        self.push_argument(inside, Arriving(error, whole.letters), None)

    def push_argument(self, argument: Expr, adjoint: Arriving, target: Ref | None) -> None:
        if constant(adjoint.value) != 0 and any(isinstance(leaf, Ref) for leaf in walk(argument)):
            simple = isinstance(argument, Ref)
            self.push(argument, adjoint if simple else self.named(argument, adjoint, target))

    def through_concat(self, expr: Call, whole: Arriving) -> None:
        last, axis = 0, FUNCTIONS[expr.function].axis
        for argument in expr.arguments:
            first, last = last + 1, last + self.sizes.of(argument)[axis]
            self.push(argument, whole if whole.flat else whole.with_value(cut(whole.value, first, last, axis)))

    def through_cut(self, expr: Call, whole: Arriving) -> None:
        """Zeros stand where the rows or columns that are left out were."""
        argument, axis = expr.arguments[0], FUNCTIONS[expr.function].axis
        size = self.sizes.of(argument)[axis]
        first, last = bounds(expr, size)
        value = within(self.spread(whole, expr).value, argument, first, last, size, axis)
        self.push(argument, Arriving(value, whole.letters))

    def through_over(self, expr: Over, whole: Arriving, target: Ref | None) -> None:
        letter, at = expr.index, expr.at
        inside = (*whole.letters, *([letter] if letter not in whole.letters else []))
        if at is None:
            self.push(expr.body, Arriving(whole.value, inside, whole.flat))
            return
        whole, value = self.spread(whole, expr.body), target or expr
        if at == Index(letter):
            other = unused_letter({*self.taken, *inside})
            elsewhere = relettered(times(value, whole.value), [letter], [other], {*self.taken, *inside, other})
            mixed = Binary("-", whole.value, Over("sum", elsewhere, other))
            self.push_argument(expr.body, Arriving(times(value, mixed), inside), target)
            return
        # At one fixed position: its own score raises it, every score (also its own) takes its share.
        here = times(whole.value, value)
        own = Over(expr.function, expr.body, letter, Index(letter))
        self.push(bind(expr.body, {letter: at.offset}), Arriving(here, whole.letters))
        self.push_argument(expr.body, Arriving(negated(times(here, own)), inside), None)
