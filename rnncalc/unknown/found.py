"""What was found, as data: the values of one unknown, or the solutions of several equations together."""

from fractions import Fraction

from msgspec import Struct

from rnncalc.equations.closed import Form, Name, spelt
from rnncalc.unknown.searching import Root
from rnncalc.unknown.stating import Equation
from rnncalc.unknown.undoing import Where

Range = tuple[Fraction, Fraction]
RANGE: Range = (Fraction(-100), Fraction(100))


class Found(Struct, frozen=True):
    """A value of the unknown with the equations that lead to it, if there are such."""

    root: Root
    trail: tuple[tuple[Form, Form], ...] = ()


class Findings(Struct, frozen=True):
    """`found` are the values in order, `wheres` conditions that allow a whole range, `zeros` stretches on which every
    value will do; `trail` leads to where there is none. `always` tells that every value will do, `never` that the
    unknown makes no difference. `within` is the range that was searched, None if the values are all there are."""

    unknown: Name
    found: tuple[Found, ...] = ()
    wheres: tuple[Where, ...] = ()
    trail: tuple[tuple[Form, Form], ...] = ()
    always: bool = False
    never: bool = False
    within: Range | None = None
    zeros: tuple[Range, ...] = ()
    undecided: tuple[Range, ...] = ()


class Way(Struct, frozen=True):
    """How an unknown came to stand alone: the equations undone, one below the other. Only one if it was searched."""

    unknown: Name
    trail: tuple[Equation, ...]


class Solved(Struct, frozen=True):
    """One solution: the unknowns that are fixed, in order, as numbers or as formulas in those that are `free`."""

    roots: tuple[tuple[Name, Root], ...]
    free: tuple[Name, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What two ways to the same solution have in common."""
        return tuple(_key(root) for _, root in self.roots)


class Joint(Struct, frozen=True):
    """All solutions, and how they were found. `searched` are the unknowns that were looked for in the range `within`
    only; all other values are all there are."""

    unknowns: tuple[Name, ...]
    equations: tuple[Equation, ...]
    solutions: tuple[Solved, ...]
    ways: tuple[Way, ...]
    searched: tuple[Name, ...]
    within: Range


def _key(root: Root) -> str:
    if root.ball is not None:
        return str(root.ball.mid().str(40))
    assert root.form is not None, "what has no digits is a formula"
    return spelt(root.form)
