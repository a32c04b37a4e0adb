"""Closed forms as numbers: rationals stay rational, σ(−4) and √2 stay what they are, and letters are numbers too.

A value that takes more than a few signs to write goes by its name from then on, so that h₃ is written in o₃ and c₃ and
no form grows with the number of steps. A form without letters is enclosed by balls where its digits or its sign are
asked for; that it is exactly zero or rational is claimed only where it is proved.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, fmpq

from rnncalc.equations.boxes import Position
from rnncalc.equations.choices import leaders
from rnncalc.equations.closed import arithmetic
from rnncalc.equations.closed.enclosure import Enclosures
from rnncalc.equations.closed.forms import Apply, Form, Name, names_in, replaced, size
from rnncalc.equations.closed.proof import same_at_some_points, simplified
from rnncalc.equations.closed.signs import Signs
from rnncalc.equations.closed.spelling import expression, spelt
from rnncalc.equations.closed.values import BITS, Values, rational
from rnncalc.equations.domains import StoppedError
from rnncalc.equations.domains.certified import round_arb
from rnncalc.equations.domains.scalars import Array, ScalarDomain, one_hot
from rnncalc.equations.evaluate import compiled
from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.equations.parse import parse_expression
from rnncalc.equations.tree import Expr
from rnncalc.numbers import Exact, Formula, Letter, Precision, Rounded, Surd, round_exact

LONGEST_INLINE = 5
"""A closed number of more nodes goes by its name."""
MAX_SIZE = 20_000
"""The nodes of one form, beyond which nobody would read it."""
MAX_RATIONAL_BITS = 4_000
"""A rational number with more bits goes by its name."""
MOST_COMPARED = 100
"""Entries of a value that are compared with each other."""

_ZERO, _ONE = Fraction(0), Fraction(1)


class Closed(ScalarDomain):
    """Arithmetic on closed forms. `assumptions` are the possible signs of letters by name: `{"w": "+"}`; `watch` is
    called now and then and may stop the work; quantities `written_out` never go by their names; `found` are letters
    that are known by now, as forms or as balls."""

    def __init__(
        self,
        assumptions: Mapping[str, str] | None = None,
        watch: Callable[[], None] | None = None,
        written_out: Container[str] = (),
        found: Mapping[Name, Any] | None = None,
    ) -> None:
        self.written_out = written_out
        self.known = Enclosures()
        self.values = Values(self.known, self.unfolded)
        self.signs = Signs(self.known, assumptions or {}, self.values.vanishes)
        self.watch = watch
        for name, value in (found or {}).items():
            if isinstance(value, arb):
                self.known.given[name] = value
            else:
                self.known.define(name, value)

    # -- arithmetic

    def scalar(self, value: Exact) -> Form:
        if isinstance(value, Surd):
            return arithmetic.scaled(arithmetic.power(Fraction(value.radicand), arithmetic.HALF), value.coefficient)
        if isinstance(value, Letter):
            return arithmetic.lettered(value)
        if isinstance(value, Formula):
            names = compiled(value.expression, self, lambda name, position: Array(1, 1, (Name(name),)), {})
            form: Form = names({}).entries[0]
            return form
        return value

    def plus(self, left: Form, right: Form) -> Form:
        return _bounded(arithmetic.total((left, right)))

    def minus(self, left: Form, right: Form) -> Form:
        return _bounded(arithmetic.minus(left, right))

    def times(self, left: Form, right: Form) -> Form:
        return _bounded(arithmetic.product((left, right)))

    def over(self, left: Form, right: Form) -> Form:
        if right == _ZERO or (not isinstance(right, Fraction) and self.values.vanishes(right)):
            raise ZeroDivisionError("a division by zero")
        return _bounded(arithmetic.quotient(left, right))

    def dot(self, row: Sequence[Form], column: Sequence[Form]) -> Form:
        return _bounded(arithmetic.total(arithmetic.product(pair) for pair in zip(row, column, strict=True)))

    def total(self, operands: Sequence[Array]) -> Array:
        first = max(operands, key=lambda operand: len(operand.entries))
        wide = [one.entries * (len(first.entries) // len(one.entries)) for one in operands]
        return Array(
            first.rows, first.columns, tuple(_bounded(arithmetic.total(same)) for same in zip(*wide, strict=True))
        )

    def power(self, base: Array, exponent: int) -> Array:
        return Array(base.rows, base.columns, tuple(arithmetic.power(entry, exponent) for entry in base.entries))

    def negate(self, operand: Array) -> Array:
        entries = tuple(arithmetic.scaled(entry, -_ONE) for entry in operand.entries)
        return Array(operand.rows, operand.columns, entries)

    def exponential(self, operand: Form) -> Form:
        return self.apply(FUNCTIONS["exp"], operand, ())

    def softmax(self, operands: Sequence[Array]) -> list[Array]:
        """e^a / (e^a + e^b + …) entry by entry, as a book writes it."""
        powers = [Array(one.rows, one.columns, tuple(map(self.exponential, one.entries))) for one in operands]
        whole = self.total(powers)
        return [self.divide(power, whole) for power in powers]

    def apply(self, row: Function, operand: Form, constants: Sequence[Fraction]) -> Form:
        if isinstance(operand, Fraction):
            value = row.rational(rational(operand), *map(rational, constants))
            if value is not None:
                return Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else Fraction(value)
        if row.name == "sqrt":
            return self.root(operand)
        if isinstance(operand, Apply) and {row.name, operand.function} == {"exp", "log"}:
            return operand.argument
        if row.name == "log" and isinstance(operand, Fraction) and 0 < operand < 1:
            return arithmetic.scaled(Apply("log", 1 / operand), -_ONE)
        for case in row.cases:
            here = {text: self.at(text, operand, constants) for text in case.where}
            if all(self.signs.of(here[text]) <= set(signs) for text, signs in case.where.items()):
                return self.at(case.value, operand, constants)
        if row.name == "log" and self.signs.of(operand) <= {"-", "0"}:
            raise ArithmeticError("`log` has no real value here")
        return Apply(row.name, operand, () if tuple(constants) == row.constants else tuple(constants))

    def root(self, operand: Form) -> Form:
        if not isinstance(operand, Fraction) and self.signs.of(operand) == {"-"}:
            raise ArithmeticError("`sqrt` has no real value here")
        return arithmetic.power(operand, arithmetic.HALF)

    def at(self, text: str, operand: Form, constants: Sequence[Fraction]) -> Form:
        """An expression of the table at x = operand and a = the constant."""
        values = {"x": operand, **dict(zip("a", constants, strict=False))}
        found = compiled(_parsed(text), self, lambda name, position: Array(1, 1, (values[name],)), {})({})
        return found.entries[0]  # type: ignore[no-any-return]

    def check_time(self) -> None:
        """Raises StoppedError once the time allowed is over."""
        if self.watch:
            self.watch()

    def replaced(self, form: Form, known: Callable[[Name], Form | None], settle: bool = False) -> Form:
        """The form with names put in; with `settle`, functions proved to be rational then are these numbers."""

        def rebuild(old: Form, parts: tuple[Form, ...]) -> Form:
            if isinstance(old, Apply):
                row = FUNCTIONS[old.function]
                new = self.apply(row, parts[0], old.constants or row.constants)
                return self.values.settled(new) if settle else new
            return _bounded(arithmetic.rebuilt(old, parts))

        return replaced(form, known, rebuild)

    def unfolded(self, form: Form, only: Callable[[Name], bool] = lambda name: True) -> Form:
        """The form without the names of what has been computed, or without `only` those. Raises StoppedError where that
        cannot be written."""
        done: dict[Name, Form] = {}
        needed, waiting = set[Name](), list(names_in(form))
        while waiting:
            name = waiting.pop()
            if name in self.known.definitions and name not in needed and only(name):
                needed.add(name)
                waiting.extend(names_in(self.known.definitions[name]))
        for name in [name for name in self.known.definitions if name in needed]:
            self.check_time()
            done[name] = _bounded(self.replaced(self.known.definitions[name], done.get))
        return _bounded(self.replaced(form, done.get))

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        assert row.ball is not None, f"{row.name} chooses"
        forms = [*operand.entries, *(level.entries[0] for level in levels)]
        for bits in BITS:
            balls = self.values.numbers(forms, bits)
            chosen = row.ball(balls[: len(operand.entries)], *balls[len(operand.entries) :])
            if chosen is not None:
                return one_hot(operand, chosen, _ZERO, _ONE)
        raise ArithmeticError("two entries are too close to tell which one is chosen")

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        if any(self.lettered(operand)):
            return tuple(range(len(operand.entries))), False
        for bits in BITS:
            found, settled = leaders(self.values.numbers(operand.entries, bits))
            if settled:
                break
        return found, settled

    def simplified(self, form: Form) -> Form:
        """A shorter form with the same value, where SymPy finds one; it is compared at some values of the names."""
        self.check_time()
        shorter = simplified(form)
        return shorter if same_at_some_points(form, shorter, self.signs.of) else form

    # -- what is known of a form

    def remembered(self, name: str, position: Position, value: Array) -> Array:
        self.check_time()
        entries = []
        for place, form in zip(places(value), value.entries, strict=True):
            one = Name(name, position, place)
            settled = self.values.settled(form)
            self.known.define(one, settled)
            entries.append(settled if name in self.written_out or self.is_short(settled) else one)
        return Array(value.rows, value.columns, tuple(entries))

    def is_short(self, form: Form) -> bool:
        """Whether a form is written out wherever its value is used."""
        if isinstance(form, Fraction):
            return size(form) * 12 * 4 <= MAX_RATIONAL_BITS
        return isinstance(form, Name) or (size(form) <= LONGEST_INLINE and not names_in(form))

    def repeats(self, operand: Array) -> list[int | None]:
        forms = operand.entries
        if not 1 < len(forms) <= MOST_COMPARED or any(self.lettered(operand)):
            return [None] * len(forms)
        balls = [self.known.ball(form, BITS[0]) for form in forms]

        def first(number: int) -> int | None:
            near = (other for other in range(number) if balls[other].overlaps(balls[number]))
            return next((other for other in near if self.values.equal(forms[other], forms[number])), None)

        found = map(first, range(len(forms)))
        return [None if one is None or forms[one] == form else one for one, form in zip(found, forms, strict=True)]

    def round(self, value: Form, precision: Precision) -> Rounded | None:
        number = self.values.of(value)
        if number is not None:
            return round_exact(number, precision)
        if not self.known.is_number(value):
            return Rounded(spelt(value), exact=True, tie=False)
        for bits in (*BITS, 4 * BITS[-1]):
            rounded = round_arb(self.known.ball(value, bits), precision)
            if rounded is not None:
                return rounded
        return None

    def width(self, value: Form) -> int:
        """The exponent of ten that bounds what is not known of a number."""
        digits, _, exponent = self.known.ball(value, 4 * BITS[-1]).rad().mid_rad_10exp(1)
        return len(str(digits)) + int(exponent)

    def exact(self, operand: Array) -> list[Fraction | None]:
        return [self.values.of(entry) for entry in operand.entries]

    def forms(self, operand: Array) -> list[Expr] | None:
        return [expression(entry) for entry in operand.entries]

    def lettered(self, operand: Array) -> list[bool]:
        return [not self.known.is_number(entry) for entry in operand.entries]

    def agrees(self, operand: Array, entries: Sequence[Exact], units: Sequence[Fraction]) -> bool:
        """What has letters agrees with every number."""
        pairs = zip(operand.entries, map(self.scalar, entries), units, strict=True)
        return all(self.values.is_near(one, other, unit) for one, other, unit in pairs)


def places(value: Array) -> list[tuple[int, ...]]:
    """How the entries are called, row by row: (row, column), (row,) in a column, () for a number."""
    if value.rows == value.columns == 1:
        return [()]
    if value.columns == 1:
        return [(row,) for row in range(1, value.rows + 1)]
    return [(row, column) for row in range(1, value.rows + 1) for column in range(1, value.columns + 1)]


def _bounded(form: Form) -> Form:
    if size(form) > MAX_SIZE:
        raise StoppedError("size", MAX_SIZE)
    return form


@lru_cache
def _parsed(text: str) -> Expr:
    return parse_expression(text)
