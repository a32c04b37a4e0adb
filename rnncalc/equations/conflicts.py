"""Sizes that do not fit, in words: what is wrong, and which one change would put it right."""

from collections.abc import Callable, Mapping

from rnncalc.equations.shapes import Conflict, Datum, Operand, Shape, infer
from rnncalc.equations.tree import Equation, Ref, refs
from rnncalc.equations.writing import source


def shape_text(shape: tuple[int | None, int | None]) -> str:
    return "×".join("?" if size is None else str(size) for size in shape)


def describe(conflict: Conflict, data: Mapping[str, Datum]) -> str:
    """The conflict in one sentence: the equation, both operands with shapes, and where each size came from."""
    left, right = conflict.left, conflict.right
    verb = "multiplies" if conflict.product else "meets"
    return (
        f"in `{source(conflict.equation)}` the sizes do not fit: "
        f"`{source(left.expr)}` is {shape_text(left.shape)}{_from(left, data)} and {verb} "
        f"`{source(right.expr)}`, which is {shape_text(right.shape)}{_from(right, data)}"
    )


def _from(operand: Operand, data: Mapping[str, Datum]) -> str:
    """` (W_f is 2×3, line 9)`; nothing where the operand is itself the datum and has no place."""
    parts = []
    for name in operand.origins:
        datum = data[name]
        line = f"line {datum.span.line}" if datum.span else ""
        if operand.expr == Ref(name):
            parts.extend([line] if line else [])
        else:
            parts.append(f"{name} is {shape_text(datum.shape)}" + (f", {line}" if line else ""))
    return f" ({'; '.join(parts)})" if parts else ""


def likely_cause(conflict: Conflict, equations: tuple[Equation, ...], data: Mapping[str, Datum]) -> str | None:
    """What one change would make the equation fit: a transposed matrix, two exchanged ones, one entry too many."""
    names = [ref.name for ref, _ in refs(conflict.equation.expression) if ref.name in data]
    before = len(infer(equations, data).conflicts)

    def better(**changed: Shape) -> bool:
        trial = {**data, **{name: Datum(shape) for name, shape in changed.items()}}
        return len(infer(equations, trial).conflicts) < before

    for name in names:
        rows, columns = data[name].shape
        if rows != columns and better(**{name: (columns, rows)}):
            return f"is {name} transposed? {columns}×{rows} would fit"
    for one in names:
        for other in names:
            if one < other and better(**{one: data[other].shape, other: data[one].shape}):
                return f"are {one} and {other} exchanged?"
    return next((cause for name in names if (cause := _one_entry(name, data[name].shape, better))), None)


def _one_entry(name: str, shape: Shape, better: Callable[..., bool]) -> str | None:
    rows, columns = shape
    for change, words in ((-1, "too many"), (1, "too few")):
        if columns + change > 0 and columns > 1 and better(**{name: (rows, columns + change)}):
            return f"has {name} one column {words}? {rows}×{columns + change} would fit"
        if rows + change > 0 and better(**{name: (rows + change, columns)}):
            thing = "entry" if columns == 1 else "row"
            return f"has {name} one {thing} {words}? {rows + change}×{columns} would fit"
    return None
