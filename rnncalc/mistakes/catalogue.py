"""What a mistake is: its name, how it is told to a student, and how it changes an equation."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from rnncalc.equations import Equation, Expr
from rnncalc.mistakes.system import System


class Rewrite(Struct, frozen=True):
    """One wrong right-hand side of an equation. Rewrites of one `role` (`input`, `recurrent`) in several equations
    belong together: who forgets the bias of one gate may forget it at every gate. Where a position is given, it is
    wrong in this way at that position alone."""

    expression: Expr
    role: str = ""
    position: tuple[int, ...] | None = None


Rewrites = Callable[[Equation, System], Iterator[Rewrite]]
"""The wrong forms of an equation of a system."""


class Mistake(Struct, frozen=True):
    """`title` names it (`bias forgotten`), `hint` tells what to look at, `kind` groups mistakes of one sort. `rewrites`
    is given an equation and the system it belongs to; `alone` mistakes are made in one equation only."""

    slug: str
    title: str
    hint: str
    kind: str
    rewrites: Rewrites
    alone: bool = False
