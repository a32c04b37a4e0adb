"""How a step of the backward pass is written: what other steps hand to it put in, what cannot contribute left out.

The equations know `d_h[t] = V.T @ d_y[t] + d_h_next[t+1]`; a textbook writes ∂L/∂h₁ = Vᵀ ∂L/∂y₁ + Uᵀ ∂L/∂z₂, and at the
last step the first term alone.
"""

from collections.abc import Container, Mapping
from typing import Any

from rnncalc.equations import Binary, Call, Expr, Negate, Over, Position, Ref, Transpose, children, rebuild


class Chain:
    """The adjoints of one run, as far as they have been computed. `ends` are those beyond the ends of the sequence,
    `zeros` those found to be zero whatever the numbers are."""

    def __init__(self, ends: Container[tuple[str, Position]]) -> None:
        self.ends = ends
        self.zeros: set[Ref] = set()
        self.formulas: dict[Ref, Expr] = {}
        self.values: dict[Ref, Mapping[Expr, Any]] = {}

    def keep(self, target: Ref, formula: Expr, values: Mapping[Expr, Any]) -> None:
        """Remember a share until it is received."""
        self.formulas[target], self.values[target] = formula, values

    def known(self, formula: Expr) -> dict[Expr, Any]:
        """The values of the shares that a formula uses, and of their parts."""
        found: dict[Expr, Any] = {}
        self.collect(formula, found)
        return found

    def collect(self, expr: Expr, found: dict[Expr, Any]) -> None:
        if isinstance(expr, Ref):
            found.update(self.values.get(expr, {}))
        for part in children(expr):
            self.collect(part, found)

    def is_zero(self, ref: Ref) -> bool:
        return ref in self.zeros or (not ref.letters and (ref.name, ref.position) in self.ends)

    def lean(self, expr: Expr) -> Expr | None:
        """The formula as a textbook has it; None if it is zero whatever the numbers are."""
        match expr:
            case Ref():
                return None if self.is_zero(expr) else self.formulas.get(expr, expr)
            case Binary("+" | "-" as operator, left, right):
                return _joined(operator, self.lean(left), self.lean(right))
            case Negate() | Transpose() | Binary("*" | "@") | Call("sum" | "rows") | Over("sum"):
                parts = [self.lean(part) for part in children(expr)]
                return None if None in parts else rebuild(expr, tuple(part for part in parts if part is not None))
            case Binary("/", left, right):
                above = self.lean(left)
                return Binary("/", above, right) if above is not None else None
            case _:
                return expr


def _joined(operator: str, left: Expr | None, right: Expr | None) -> Expr | None:
    """The sum or difference of what is left, without brackets inside a sum."""
    if left is None or right is None:
        return left if right is None else right if operator == "+" else Negate(right)
    if operator == "+" and isinstance(right, Binary) and right.operator in "+-":
        return Binary(right.operator, _joined("+", left, right.left) or left, right.right)
    return Binary("+" if operator == "+" else "-", left, right)
