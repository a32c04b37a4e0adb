"""Other letters: every quantity gets the name that the source gives it, all at once, so that two can change places.

A parameter may become an expression of parameters: `W.T` for weights written transposed, `b + d` for two biases, `0`
for one that the source leaves out.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec.structs import replace

from rnncalc.cell import Cell
from rnncalc.equations import Binary, Call, Equation, Expr, Negate, Number, Over, Ref, Transpose, children, rebuild
from rnncalc.equations import refs as uses
from rnncalc.errors import ExerciseError, Problem
from rnncalc.system import arities


def renamed(cell: Cell, names: Mapping[str, Expr]) -> Cell:
    """The cell with other letters. Raises ExerciseError where two quantities would have one name."""
    problems = list(_collisions(cell, names))
    if problems:
        raise ExerciseError(*problems)
    letters = {name: expr.name for name, expr in names.items() if isinstance(expr, Ref)}
    return replace(
        cell,
        equations=tuple(_equation(equation, names) for equation in cell.equations),
        symbols={name: printed for name, printed in cell.symbols.items() if name not in names},
        stages=tuple(replace(stage, of=tuple(letters.get(name, name) for name in stage.of)) for stage in cell.stages),
    )


def _collisions(cell: Cell, names: Mapping[str, Expr]) -> Iterator[Problem]:
    owners = {name: name for name in arities(cell.equations) if name not in names}
    for old, expr in names.items():
        for new in dict.fromkeys(ref.name for ref, _ in uses(expr)):
            other = owners.setdefault(new, old)
            if other != old:
                hint = f"give `{other}` another name too: `rename: {{{old}: {new}, {other}: …}}`"
                yield Problem(f"`{old}` and `{other}` would both be called `{new}`", None, hint)


def _equation(equation: Equation, names: Mapping[str, Expr]) -> Equation:
    target = _put_in(equation.target, names)
    assert isinstance(target, Ref), "what has an equation gets a name, not an expression"
    return Equation(target, _without_zeros(_put_in(equation.expression, names)) or _ZERO, equation.span)


def _put_in(expr: Expr, names: Mapping[str, Expr]) -> Expr:
    if isinstance(expr, Ref):
        found = names.get(expr.name, expr)
        return Ref(found.name, expr.indices) if isinstance(found, Ref) else found
    parts = tuple(_put_in(part, names) for part in children(expr))
    return _plus(*parts) if isinstance(expr, Binary) and expr.operator == "+" else rebuild(expr, parts)


def _plus(left: Expr, right: Expr) -> Expr:
    """The sum without brackets round the terms that stand for one."""
    match right:
        case Binary("+", first, second):
            return Binary("+", _plus(left, first), second)
        case _:
            return Binary("+", left, right)


_ZERO = Number(Fraction(0))


def _without_zeros(expr: Expr) -> Expr | None:
    """The expression without the terms that are 0; None if nothing is left of it."""
    parts = [_without_zeros(part) for part in children(expr)]
    match expr:
        case Number(value):
            return expr if value else None
        case Binary("+" | "-" as operator) if None in parts:
            left, right = parts
            return left or (right and Negate(right) if operator == "-" else right)
        case Binary("*" | "@") | Negate() | Transpose() | Over("sum") | Call("sum") if None in parts:
            return None
        case Binary("/") if parts[0] is None:
            return None
        case _:
            return rebuild(expr, tuple(part or _ZERO for part in parts))
