"""What is true of a system of equations before any number is known."""

from collections.abc import Iterable
from typing import Any

from rnncalc.counting import counted_from, meant
from rnncalc.equations import Equation, Index, Ref, children, rebuild, refs, source
from rnncalc.errors import ExerciseError, Problem


def checked(equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """The equations, if together they are a system: each quantity defined once, always with as many indices.

    Raises ExerciseError with every problem found.
    """
    problems, indices = [], dict[str, int]()
    seen: dict[Ref, Equation] = {}
    for equation in equations:
        form = Ref(
            equation.name, tuple(index if not index.base else type(index)("*") for index in equation.target.indices)
        )
        if form in seen:
            hint = "each quantity has one equation; give this one another name"
            problems.append(Problem(f"`{source(equation.target)}` is defined a second time", equation.span, hint))
        seen[form] = equation
        for ref in all_refs(equation):
            if indices.setdefault(ref.name, len(ref.indices)) != len(ref.indices):
                what = f"`{ref.name}` stands here with {len(ref.indices)} indices, elsewhere with {indices[ref.name]}"
                problems.append(Problem(what, equation.place(ref), "write the same number of indices everywhere"))
    if problems:
        raise ExerciseError(*problems)
    return equations


def all_refs(equation: Equation) -> list[Ref]:
    """Every quantity of the equation, the one on the left first."""
    return [equation.target, *(ref for ref, _ in refs(equation.expression))]


def arities(equations: Iterable[Equation]) -> dict[str, int]:
    """Every quantity of the equations, with the number of its indices."""
    return {ref.name: len(ref.indices) for equation in equations for ref in all_refs(equation)}


def counted_inside(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """Equations of a file that counts positions from another number than 1, in the positions that are used inside."""
    if counted_from() == 1:
        return tuple(equations)
    return tuple(Equation(_moved(one.target), _moved(one.expression), one.span) for one in equations)


def _moved(expr: Any) -> Any:
    if isinstance(expr, Ref):
        return Ref(expr.name, tuple(i if i.base else Index("", meant(i.offset)) for i in expr.indices))
    return rebuild(expr, tuple(map(_moved, children(expr))))


def uses(equations: Iterable[Equation]) -> list[Ref]:
    """Every use of a quantity on a right-hand side."""
    return [ref for equation in equations for ref, _ in refs(equation.expression)]


def needed(equations: tuple[Equation, ...], wanted: Iterable[str]) -> list[Ref]:
    """Every use of a quantity that no equation computes, on the way to what is wanted."""
    found, before = set(wanted), 0
    while len(found) > before:
        before = len(found)
        found |= {ref.name for ref in uses(one for one in equations if one.name in found)}
    computed = {equation.name for equation in equations}
    return [ref for ref in uses(one for one in equations if one.name in found) if ref.name not in computed]
