"""One matrix for the state and the input together: `W_f @ x[t] + U_f @ h[t-1]` becomes `W_f @ concat(h[t-1], x[t])`."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import Binary, Call, Equation, Expr, Ref, addends, children, plus, rebuild, refs
from rnncalc.errors import ExerciseError, Problem, in_backticks

_Products = dict[str, tuple[str, Expr]]
"""The quantity of a product `W @ …` with what stands for W and for `…`."""


def joined(cell: Cell, order: Sequence[str]) -> Cell:
    """The cell with one matrix where a sum has one for each of these quantities, stacked in this order. The matrix has
    the name of the first of those that it replaces.

    Raises ExerciseError where the products do not stand in one sum, so that no matrix can replace theirs.
    """
    equations = tuple(Equation(one.target, _joined(one.expression, order), one.span) for one in cell.equations)
    names = in_backticks(order, " and ")
    for old, new in zip(cell.equations, equations, strict=True):
        if len(set(_apart(new.expression, order))) > 1:
            what = f"in the equation of `{old.name}`, the products with {names} do not stand in one sum"
            raise ExerciseError(Problem(what, None, "this network cannot be written with one matrix for both"))
    if equations == cell.equations:
        what = f"no equation adds products of {names} with matrices"
        raise ExerciseError(Problem(what, None, "name the state and the input of the network: `concat: [h, x]`"))
    return replace(cell, equations=equations)


def _joined(expr: Expr, order: Sequence[str]) -> Expr:
    terms = list(addends(expr))
    products: _Products = {}
    for term in terms:
        if found := _product(term, order):
            products.setdefault(*found)
    if len(terms) == 1:
        return rebuild(expr, tuple(_joined(part, order) for part in children(expr)))
    kept = [_joined(term, order) for term in terms if len(products) < 2 or not _product(term, order)]
    if len(products) < 2:
        return plus(kept)
    weight = next(iter(products.values()))[0]
    stacked = tuple(products[name][1] for name in order if name in products)
    return plus([Binary("@", Ref(weight), Call("concat", stacked)), *kept])


def _product(term: Expr, order: Sequence[str]) -> tuple[str, tuple[str, Expr]] | None:
    """A parameter times one of the quantities, or times something made with one, as `r[t] * h[t-1]`."""
    match term:
        case Binary("@", Ref(weight, ()), factor):
            names = {ref.name for ref, _ in refs(factor)} & set(order)
            return (names.pop(), (weight, factor)) if len(names) == 1 else None
        case _:
            return None


def _apart(expr: Expr, order: Sequence[str]) -> Iterator[str]:
    """The quantities that still have a matrix of their own."""
    if found := _product(expr, order):
        yield found[0]
    for part in children(expr):
        yield from _apart(part, order)
