"""Truncated backpropagation through time: adjoints are handed back within windows of time steps, never across them.

    d_h[t] = V.T @ d_y[t] + keep[t] * d_h_next[t+1]        keep is 0 at the end of a window, else 1

States are carried forward through every window. (R. J. Williams and J. Peng, An efficient gradient-based algorithm for
on-line training of recurrent network trajectories, Neural Computation 2 (1990) 490–501, with windows side by side.)
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from rnncalc.equations import Binary, Equation, Expr, Index, Position, Ref, children, rebuild
from rnncalc.reader import Rows

TIME = "t"
"""The index whose positions make a window."""


def truncated(
    equations: Sequence[Equation], states: Mapping[str, Ref], window: int, steps: int, fresh: Callable[[str], str]
) -> tuple[tuple[Equation, ...], dict[str, dict[Position, Rows]]]:
    """A backward pass over so many time steps, with a factor before each adjoint that one of them hands to another,
    and the factors. `states` gives the quantity that an adjoint belongs to, `fresh` a name that is free."""
    cut = _Truncation({equation.name for equation in equations}, window, steps, fresh)
    made = []
    for equation in equations:
        indices = states[equation.name].indices if equation.name in states else ()
        slot = next((slot for slot, index in enumerate(indices) if index.base == TIME), None)
        expression = equation.expression
        if slot is not None:
            expression = cut.kept(expression, equation.target.indices[slot], slot)
        made.append(Equation(equation.target, expression, equation.span))
    return tuple(made), cut.factors


class _Truncation:
    def __init__(self, adjoints: set[str], window: int, steps: int, fresh: Callable[[str], str]) -> None:
        self.adjoints, self.window, self.steps, self.fresh = adjoints, window, steps, fresh
        self.names: dict[int, str] = {}
        self.factors: dict[str, dict[Position, Rows]] = {}

    def kept(self, expr: Expr, here: Index, slot: int) -> Expr:
        """The expression with its factors; `here` is the time at which it stands, and `slot` which index that is."""
        if not isinstance(expr, Ref):
            return rebuild(expr, tuple(self.kept(part, here, slot) for part in children(expr)))
        if expr.name not in self.adjoints or len(expr.indices) <= slot or expr.indices[slot].base != here.base:
            return expr
        ahead = expr.indices[slot].offset - here.offset
        # Nothing is cut at an initial state, before the first window.
        outside = not here.base and not 1 <= here.offset <= self.steps
        return expr if ahead == 0 or outside else Binary("*", Ref(self.factor(ahead), (here,)), expr)

    def factor(self, ahead: int) -> str:
        """The name of the factor for what comes from a time so far ahead."""
        if ahead not in self.names:
            far = "" if abs(ahead) == 1 else str(abs(ahead))
            name = self.names[ahead] = self.fresh(f"keep{'_before' if ahead < 0 else ''}{far}")
            self.factors[name] = {(t,): self.same_window(t, t + ahead) for t in range(1, self.steps + 1)}
        return self.names[ahead]

    def same_window(self, time: int, other: int) -> Rows:
        return ((Fraction((time - 1) // self.window == (other - 1) // self.window),),)
