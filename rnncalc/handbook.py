"""Cells as documents: what `rnncalc cells` prints."""

from collections.abc import Iterable, Mapping
from itertools import count

from rnncalc.cell import Cell
from rnncalc.document import Document, Heading, Listing, Prose, Table, Text
from rnncalc.equations import Equation, Ref, Style, formula, infer, refs, source, symbol
from rnncalc.formula import Operator, Symbol, row


def cell_list(cells: Iterable[Cell]) -> Document:
    """The library, a line each."""
    rows = tuple(((cell.name,), (cell.title,)) for cell in cells)
    return Document(
        "Cells", (Table((("name",), ("network",)), rows), Prose(("`rnncalc cells NAME` shows one of them.",)))
    )


def cell_page(cell: Cell) -> Document:
    """A cell: its equations in the order of the solution, the shapes of its quantities, its reference."""
    printed = tuple(_printed(equation, cell) for equation in cell.equations)
    written = tuple((source(equation),) for equation in cell.equations)
    rows, sizes = _shapes(cell)
    return Document(
        cell.title,
        (
            Heading(2, "Equations"),
            Listing(printed),
            Heading(2, "Quantities"),
            Table((("quantity",), ("is",), ("shape",)), rows),
            Prose((sizes,)),
            Heading(2, "In an exercise file"),
            Listing(written),
            Prose((cell.reference,)),
        ),
        cell.name,
    )


def _printed(equation: Equation, cell: Cell) -> Text:
    target, right = symbol(equation.target, cell.symbols), formula(equation.expression, Style(cell.symbols))
    return (row(target, Operator("equals"), right),)


def _shapes(cell: Cell) -> tuple[tuple[tuple[Text, ...], ...], str]:
    """Every quantity with its role and its shape in letters, and a sentence that says what the letters are."""
    inferred = infer(cell.equations, {})
    computed = {equation.name for equation in cell.equations}
    used = [equation.target for equation in cell.equations]
    used += [ref for equation in cell.equations for ref, _ in refs(equation.expression)]
    roles = {ref.name: _role(ref, ref.name in computed) for ref in used}
    letters = _letters(inferred.classes, inferred.sizes, roles)
    rows = []
    for name, role in roles.items():
        shape = "×".join(
            str(size) if size is not None else letters[group][0]
            for size, group in zip(inferred.sizes[name], inferred.classes[name], strict=True)
        )
        rows.append(((row(Symbol(cell.symbols.get(name, name))),), (role,), (shape,)))
    said = ", ".join(f"{letter} = entries of {name}" for letter, name in letters.values())
    return tuple(rows), f"Sizes: {said}."


def _role(ref: Ref, computed: bool) -> str:
    if computed:
        return "computed"
    return "input" if ref.indices else "parameter"


def _letters(
    classes: Mapping[str, tuple[int, int]],
    sizes: Mapping[str, tuple[int | None, int | None]],
    roles: Mapping[str, str],
) -> dict[int, tuple[str, str]]:
    """size class → (its letter, the quantity it counts): d for an input, h for what is computed, then m, n, p …"""
    letters: dict[int, tuple[str, str]] = {}
    spare = (f"n{number}" for number in count(1))
    free = {"input": ["d"], "computed": ["h", "k", "m"], "parameter": []}
    for role in ("input", "computed", "parameter"):
        for name, own in roles.items():
            for group, size in zip(classes[name], sizes[name], strict=True) if own == role else ():
                if size is None and group not in letters:
                    letters[group] = (free[role].pop(0) if free[role] else next(spare), name)
    return letters
