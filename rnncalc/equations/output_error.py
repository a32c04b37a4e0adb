"""Softmax followed by cross-entropy, and sigmoid followed by binary cross-entropy: ŷ − d instead of long factors.

An output that enters the loss only through its logarithm needs no division by ŷ. With g the adjoint of log ŷ, that of
the argument of softmax is g − ŷ·sum(g); for the usual loss, g = −d, this is ŷ·sum(d) − d.
"""

from collections.abc import Container, Iterator, Sequence

from msgspec import Struct

from rnncalc.equations.algebra import (
    ONE,
    Sizes,
    factors,
    negated,
    number,
    product,
    relettered,
    split,
    times,
    unused_letter,
)
from rnncalc.equations.functions import FUNCTIONS
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Index, Over, Ref
from rnncalc.equations.walks import children, refs, with_term


class Log(Struct, frozen=True):
    """`log(y[t])`, or `log(1 - y[t])` of the complement. It collects an adjoint of its own under a name that no
    quantity can have."""

    output: Ref
    complement: bool = False

    @property
    def name(self) -> str:
        return f"log(1 - {self.output.name})" if self.complement else f"log({self.output.name})"


def log_of(expr: Expr, outputs: Container[str]) -> Log | None:
    """The logarithm of an output that the expression is."""
    match expr:
        case Call("log", (Ref(name) as ref,)) if name in outputs:
            return Log(ref)
        case Call("log", (Binary("-", left, Ref(name) as ref),)) if left == ONE and name in outputs:
            return Log(ref, complement=True)
        case _:
            return None


def softmax_in(expr: Expr) -> Call | Over | None:
    """The softmax whose logarithm the expression is."""
    match expr:
        case Call("log", (Call("softmax", _) as softmax,)):
            return softmax
        case Call("log", (Over("softmax", _, index, at) as softmax,)) if at == Index(index):
            return softmax
        case _:
            return None


def logged_outputs(equations: Sequence[Equation]) -> frozenset[str]:
    """The quantities that are the softmax or sigmoid of something and are used in logarithms only."""
    names = [equation.name for equation in equations]
    found = {e.name for e in equations if _is_output(e) and names.count(e.name) == 1}
    logs: set[str] = set()
    for equation in equations:
        for name, is_log in _uses(equation.expression, found):
            if is_log:
                logs.add(name)
            else:
                found.discard(name)
    softmaxes = {e.name for e in equations if not _is_sigmoid(e)}
    complements = {name for name in softmaxes & found if any(_has_complement(e.expression, name) for e in equations)}
    return frozenset((found & logs) - complements)


def _is_output(equation: Equation) -> bool:
    match equation.expression:
        case Call(function, _):
            return function == "sigmoid" or FUNCTIONS[function].kind == "softmax"
        case Over("softmax", _, index, at):
            return at == Index(index)
        case _:
            return False


def _is_sigmoid(equation: Equation) -> bool:
    return isinstance(equation.expression, Call) and equation.expression.function == "sigmoid"


def _uses(expr: Expr, outputs: Container[str]) -> Iterator[tuple[str, bool]]:
    """Each use of an output, and whether it is in a logarithm."""
    log = log_of(expr, outputs)
    if log:
        yield log.output.name, True
    elif isinstance(expr, Ref):
        yield expr.name, False
    else:
        for part in children(expr):
            yield from _uses(part, outputs)


def _has_complement(expr: Expr, name: str) -> bool:
    log = log_of(expr, {name})
    if log:
        return log.complement
    return any(_has_complement(part, name) for part in children(expr))


def softmax_error(
    softmax: Call | Over, value: Expr, adjoint: Expr, sizes: Sizes, distributions: Container[str], taken: set[str]
) -> Expr:
    """The adjoint of the argument of a softmax, from that of log ŷ. Targets in `distributions` sum to 1."""

    def inside(factor: Expr) -> bool:
        """Whether a factor differs from entry to entry of what is normalised."""
        if isinstance(softmax, Call):
            return not sizes.is_scalar(factor)
        return any(index.base == softmax.index for ref, _ in refs(factor) for index in ref.indices)

    def total(part: Expr) -> Expr:
        if isinstance(softmax, Call):
            return Call("sum", (part,))
        other = unused_letter(taken)
        return Over("sum", relettered(part, [softmax.index], [other], taken), other)

    front, rest = split(factors(adjoint))
    targets = product(factor for factor in rest if inside(factor))
    if front > 0 or not any(map(inside, rest)):
        return Binary("-", adjoint, times(value, total(adjoint)))
    weight = product([number(-front), *(factor for factor in rest if not inside(factor))])
    known = isinstance(targets, Ref) and targets.name in distributions
    return times(weight, Binary("-", value if known else times(value, total(targets)), targets))


def sigmoid_error(value: Expr, of_log: Expr, of_complement: Expr) -> Expr:
    """The adjoint of the argument of sigmoid, from those of log ŷ and log(1 − ŷ)."""
    front, rest = split(factors(of_log))
    other_front, other_rest = split(factors(of_complement))
    for target in rest:
        left = [factor for factor in rest if factor != target]
        if front == other_front and Binary("-", ONE, target) in other_rest:
            other_left = [factor for factor in other_rest if factor != Binary("-", ONE, target)]
            if left == other_left:
                return times(product([number(-front), *left]), Binary("-", value, target))
    return with_term(times(of_log, Binary("-", ONE, value)), negated(times(of_complement, value)))
