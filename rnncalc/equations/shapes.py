"""Shapes as data: what is given, what is known of every quantity, and which sizes do not agree."""

from collections.abc import Mapping

from msgspec import Struct

from rnncalc.equations.tree import Binary, Equation, Expr
from rnncalc.errors import Span

Shape = tuple[int, int]
OpenShape = tuple[int | None, int | None]
"""A shape as far as it is known."""


class Datum(Struct, frozen=True):
    """The shape of something given, and where it was given."""

    shape: Shape
    span: Span | None = None


class Operand(Struct, frozen=True):
    """One side of a conflict: the text of the part, its shape as far as known, and the data each size came from."""

    expr: Expr
    shape: OpenShape
    origins: tuple[str, ...]


class Conflict(Struct, frozen=True):
    """Two sizes in an equation that do not agree. `product` is the matrix product whose inner sizes differ, if one is
    the cause."""

    equation: Equation
    part: Expr
    left: Operand
    right: Operand
    product: Binary | None = None


class Shapes(Struct, frozen=True):
    """What is known: `sizes[name]` has None where nothing fixes a size; `classes[name]` numbers the sizes that must be
    equal, for naming them; `parts` has the size of every part of the equations."""

    sizes: Mapping[str, OpenShape]
    classes: Mapping[str, tuple[int, int]]
    conflicts: tuple[Conflict, ...]
    parts: Mapping[Expr, OpenShape] = {}

    def known(self, name: str) -> Shape:
        rows, columns = self.sizes[name]
        assert rows is not None, f"the height of {name} is not determined"
        assert columns is not None, f"the width of {name} is not determined"
        return rows, columns


def shape_text(shape: OpenShape) -> str:
    """`2×3`; `?` for a size that is not known."""
    return "×".join("?" if size is None else str(size) for size in shape)
