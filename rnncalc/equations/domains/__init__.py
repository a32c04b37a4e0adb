"""Number domains: what the values of an equation are made of. A domain is one file beside this one.

`evaluate` knows only this protocol. A value is whatever the domain says; its shape is (rows, columns).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from time import monotonic
from typing import Any, Literal, Protocol

from rnncalc.equations.boxes import Position
from rnncalc.equations.functions import Function
from rnncalc.equations.tree import Expr
from rnncalc.equations.writing import source
from rnncalc.errors import ExerciseError, Problem
from rnncalc.numbers import Exact, Formula, Letter, Precision, Rounded, Surd, exact_text

Rows = Sequence[Sequence[Exact]]
"""Data exactly as written, row by row."""


_ZERO = "it may be exactly zero there, and then the value does not exist: put the equation in another form"


class StoppedError(Exception):
    """The computation is given up, the seconds or the size allowed being passed, or a choice depending on letters; what
    was found before is true."""

    def __init__(self, passed: Literal["seconds", "size", "letters"], limit: float) -> None:
        super().__init__(f"more than {limit:g} {passed}")
        self.passed, self.limit = passed, limit


def deadline(seconds: float) -> Callable[[], None]:
    """What long work asks now and then: it raises StoppedError once so many seconds are over."""
    end = monotonic() + seconds

    def watch() -> None:
        if monotonic() > end:
            raise StoppedError("seconds", seconds)

    return watch


class LetterError(ExerciseError):
    """A letter stands where this domain needs a number."""

    def __init__(self, what: str) -> None:
        hint = "put numbers in for the letters, `rnncalc solve FILE --set w=1/2`, or name fewer, `--symbols W_f,x_1`"
        super().__init__(Problem(what, None, hint))


def known_number(value: Exact) -> Fraction | Surd:
    """The number as it is. Raises LetterError for a letter or a formula."""
    if isinstance(value, Letter):
        raise LetterError(f"`{exact_text(value)}` is a letter, and a number is needed here")
    if isinstance(value, Formula):
        raise LetterError(f"`{source(value.expression)}` is a formula, and a number is needed here")
    return value


class ImpreciseError(ArithmeticError):
    """Balls have become too wide to go on: the same at a higher precision may succeed. `hint` is what to do if not."""

    def __init__(self, what: str, hint: str = _ZERO) -> None:
        super().__init__(what)
        self.hint = hint


class Domain(Protocol):
    """Arithmetic on matrices. Shapes have been checked: operands have one shape, or one of them is 1×1.

    Operations raise ArithmeticError where a result is not a real number (a division by zero, the logarithm of 0).
    """

    def array(self, rows: Rows) -> Any: ...
    def number(self, value: Fraction) -> Any: ...
    def zeros(self, rows: int, columns: int) -> Any: ...
    def shape(self, value: Any) -> tuple[int, int]: ...
    def add(self, left: Any, right: Any) -> Any: ...
    def subtract(self, left: Any, right: Any) -> Any: ...
    def multiply(self, left: Any, right: Any) -> Any: ...
    def divide(self, left: Any, right: Any) -> Any: ...
    def product(self, left: Any, right: Any) -> Any: ...
    def negate(self, operand: Any) -> Any: ...
    def power(self, base: Any, exponent: int) -> Any: ...
    def transpose(self, operand: Any) -> Any: ...
    def function(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any: ...
    def softmax(self, operands: Sequence[Any]) -> list[Any]:
        """Normalised exponentials along a list of values, entry by entry."""
        ...

    def choose(self, row: Function, operand: Any, *levels: Any) -> Any:
        """The operand with 1 at the entry that the function chooses, and 0 elsewhere."""
        ...

    def leaders(self, operand: Any) -> tuple[tuple[int, ...], bool]:
        """The numbers of the entries that may be the greatest, and whether that is settled (one, or equal ones)."""
        ...

    def total(self, operands: Sequence[Any]) -> Any:
        """The sum of a list of values of one shape."""
        ...

    def entries(self, operand: Any) -> list[Any]:
        """The entries as 1×1 values, row by row."""
        ...

    def stack(self, operands: Sequence[Any], columns: int | None = None) -> Any:
        """Values one below the other; with `columns`, 1×1 values laid out in rows of that many."""
        ...

    def rounded(self, operand: Any, precision: Precision) -> list[Rounded | None]:
        """The entries as they are printed, row by row; None where the digits are not certain."""
        ...

    def exact(self, operand: Any) -> list[Fraction | None]:
        """The entries that are known to be rational, row by row; None for the others."""
        ...

    def forms(self, operand: Any) -> list[Expr] | None:
        """The entries as expressions, row by row, if that is how they are printed; None for plain numbers."""
        ...

    def repeats(self, operand: Any) -> list[int | None]:
        """For each entry the first one, counted from 0, that is proved to be the same number though it is written in
        another way; None where there is none."""
        ...

    def lettered(self, operand: Any) -> list[bool]:
        """Whether each entry, row by row, has letters in it and so no digits."""
        ...

    def remembered(self, name: str, position: Position, value: Any) -> Any:
        """What later equations use for the value of this quantity: the value, or something that stands for it."""
        ...

    def agrees(self, operand: Any, entries: Sequence[Exact], units: Sequence[Fraction]) -> bool:
        """Whether each entry is the one given, to half a unit of its last written digit."""
        ...
