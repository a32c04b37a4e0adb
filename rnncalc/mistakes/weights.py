"""Matrices: transposed, exchanged, taken from another gate, or multiplied entry by entry."""

from collections.abc import Callable, Iterator

from rnncalc.equations import Binary, Call, Equation, Expr, Ref, Transpose, children, places, rebuild
from rnncalc.mistakes.catalogue import Mistake, Rewrite
from rnncalc.mistakes.system import DIAGONAL, System


def substituted(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """The expression with every part for which `change` gives another replaced by it."""
    other = change(expr)
    if other is not None:
        return other
    return rebuild(expr, tuple(substituted(part, change) for part in children(expr)))


def _products(equation: Equation, system: System) -> Iterator[tuple[str, Expr, Expr]]:
    """(role, weights, what they multiply) for each product of weights: of a matrix, or of a number or a vector that is
    multiplied entry by entry."""
    for part, _ in places(equation.expression):
        match part:
            case Binary("@" | "*", left, right) if system.is_matrix(_plain(left)):
                yield system.role(equation, right), left, right
            case Binary("@" | "*", left, right) if system.is_matrix(_plain(right)):
                yield system.role(equation, left), right, left


def _plain(expr: Expr) -> Expr:
    return expr.operand if isinstance(expr, Transpose) else expr


def _replacing(equation: Equation, system: System, role: str, changes: dict[Expr, Expr]) -> Iterator[Rewrite]:
    expression = substituted(equation.expression, changes.get)
    if expression != equation.expression and system.fits(equation, expression):
        yield Rewrite(expression, role)


def _turned(matrix: Expr) -> Expr:
    return matrix.operand if isinstance(matrix, Transpose) else Transpose(matrix)


def _transposed(equation: Equation, system: System) -> Iterator[Rewrite]:
    found = [(role, matrix) for role, matrix, _ in _products(equation, system) if _is_square(matrix, system)]
    for role, matrix in found:
        yield from _replacing(equation, system, role, _turning([matrix]))
    if len(found) > 1:
        yield from _replacing(equation, system, "all", _turning([matrix for _, matrix in found]))


def _turning(matrices: list[Expr]) -> dict[Expr, Expr]:
    return {matrix: _turned(matrix) for matrix in matrices}


def _is_square(matrix: Expr, system: System) -> bool:
    rows, columns = system.shape(matrix) or (0, 1)
    return rows == columns > 1


def _exchanged(equation: Equation, system: System) -> Iterator[Rewrite]:
    """Two matrices of the equation in each other's place."""
    matrices = list(dict.fromkeys(_plain(matrix) for _, matrix, _ in _products(equation, system)))
    for number, one in enumerate(matrices):
        for other in matrices[number + 1 :]:
            yield from _replacing(equation, system, "", {one: other, other: one})


def _one_for_both(equation: Equation, system: System) -> Iterator[Rewrite]:
    """One matrix in the place of another of the equation: W (x + h) instead of W x + U h."""
    matrices = list(dict.fromkeys(_plain(matrix) for _, matrix, _ in _products(equation, system)))
    for one in matrices:
        for other in matrices:
            if one != other:
                yield from _replacing(equation, system, f"{_role_of(one, equation, system)}", {other: one})


def _role_of(matrix: Expr, equation: Equation, system: System) -> str:
    return next(role for role, one, _ in _products(equation, system) if _plain(one) == matrix)


def _of_another(equation: Equation, system: System) -> Iterator[Rewrite]:
    """A matrix of another equation in the place of the one with the same part."""
    for other in system.equations:
        if other is equation or other.name in system.adjoints or equation.name in system.adjoints:
            continue
        both: dict[Expr, Expr] = {}
        for role, matrix, _ in _products(equation, system):
            for part, foreign, _ in _products(other, system):
                if part == role and _plain(foreign) != _plain(matrix):
                    both[_plain(matrix)] = _plain(foreign)
                    yield from _replacing(equation, system, other.name + role, {_plain(matrix): _plain(foreign)})
        if len(both) > 1:
            yield from _replacing(equation, system, other.name, both)


def _diagonal(equation: Equation, system: System) -> Iterator[Rewrite]:
    found: dict[Expr, Expr] = {}
    for role, matrix, _ in _products(equation, system):
        plain = _plain(matrix)
        if isinstance(plain, Ref) and _is_square(plain, system):
            found[plain] = Ref(DIAGONAL + plain.name)
            yield from _replacing(equation, system, role, {plain: found[plain]})
    if len(found) > 1:
        yield from _replacing(equation, system, "all", found)


def _stacked(equation: Equation, system: System) -> Iterator[Rewrite]:
    for part, put in places(equation.expression):
        if isinstance(part, Call) and part.function == "concat" and len(part.arguments) > 1:
            turned = put(Call("concat", part.arguments[::-1]))
            if turned != equation.expression and system.fits(equation, turned):
                yield Rewrite(turned)


MISTAKES = (
    Mistake(
        "weights-transposed", "matrix transposed", "A row of the matrix belongs to one entry of the result.",
        "matrix", _transposed,
    ),
    Mistake(
        "weights-exchanged", "two matrices exchanged", "Which matrix multiplies the input, which the state?",
        "matrix", _exchanged,
    ),
    Mistake(
        "one-matrix-for-both", "one matrix used for input and state",
        "Input and state have a matrix each: W x + U h is not W (x + h).", "matrix", _one_for_both,
    ),
    Mistake(
        "weights-of-another-gate", "matrix of another gate", "Which matrix belongs to this gate?",
        "other parameter", _of_another,
    ),
    Mistake(
        "only-the-diagonal", "product taken entry by entry",
        "Each entry of the result needs a whole row of the matrix, and all entries of the vector.", "matrix",
        _diagonal,
    ),
    Mistake(
        "stacked-in-the-other-order", "vectors stacked in the other order",
        "Which vector stands above in the stack?", "matrix", _stacked,
    ),
)  # fmt: skip
