"""Which number a closed form is: the rational number that it is proved to be, or a ball at any precision.

That a form is zero or rational is claimed only where it is proved. Balls rule out nearly all that is not.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from rnncalc.equations.closed import arithmetic
from rnncalc.equations.closed.enclosure import Enclosures
from rnncalc.equations.closed.forms import Form
from rnncalc.equations.closed.proof import is_zero
from rnncalc.equations.closed.signs import guess
from rnncalc.equations.closed.spelling import spelt
from rnncalc.equations.domains import StoppedError

BITS = (128, 512, 2048, 8192)
"""The precisions that are tried one after the other."""


class Values:
    """`known` encloses forms; `unfolded` writes a form without the names of what has been computed, or raises
    StoppedError."""

    def __init__(self, known: Enclosures, unfolded: Callable[[Form], Form]) -> None:
        self.known, self.unfolded = known, unfolded
        self.proved: dict[Form, Fraction | None] = {}

    def of(self, form: Form) -> Fraction | None:
        """The rational number that a form is, where that is known."""
        if isinstance(form, Fraction):
            return form
        if form not in self.proved:
            self.proved[form] = self.prove(form) if self.known.is_number(form) else None
        return self.proved[form]

    def prove(self, form: Form) -> Fraction | None:
        for bits in BITS:
            ball = self.known.ball(form, bits)
            if ball.is_finite() and (value := guess(ball)) is None:
                return None
        if not ball.is_finite():
            raise ArithmeticError(f"`{spelt(form)}` has no real value that could be found")
        assert value is not None
        try:
            return value if is_zero(self.unfolded(arithmetic.minus(form, value))) else None
        except StoppedError:
            return None

    def settled(self, form: Form) -> Form:
        """The form, or the rational number it is proved to be."""
        value = self.of(form)
        return form if value is None else value

    def vanishes(self, form: Form) -> bool:
        return self.of(form) == 0

    def equal(self, one: Form, other: Form) -> bool:
        """Whether two forms are proved to be the same number."""
        return one == other or self.vanishes(arithmetic.minus(one, other))

    def is_near(self, one: Form, other: Form, unit: Fraction) -> bool:
        far = self.settled(arithmetic.minus(one, other))
        if isinstance(far, Fraction):
            return abs(far) <= unit / 2
        return not self.known.is_number(far) or bool(abs(self.known.ball(far, BITS[1])) <= rational(unit) / 2)

    def numbers(self, forms: Sequence[Form], bits: int) -> list[Any]:
        """Rationals and balls; equal forms are one object. Raises StoppedError where it depends on a letter."""
        if not all(map(self.known.is_number, forms)):
            raise StoppedError("letters", 0)
        found: dict[Form, Any] = {}
        for form in forms:
            ball = self.known.ball(form, bits)
            same = (found[other] for other in found if ball.overlaps(arb(found[other])) and self.equal(form, other))
            found[form] = next(same, rational(form) if isinstance(form, Fraction) else ball)
        return [found[form] for form in forms]


def rational(value: Fraction) -> Any:
    """The fraction as python-flint has it."""
    return fmpq(value.numerator, value.denominator)
