"""The domain whose scalars are slots: what is done with them is written down, one operation after the other.

Equal operations stand there once. They are those of the interval domain: whoever runs them gets, bit for bit, what the
walk over an expression gives in that domain.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, count
from typing import Any

from rnncalc.equations import (
    FUNCTIONS,
    Binary,
    Call,
    Expr,
    Function,
    Number,
    Over,
    Ref,
    Shape,
    bind,
    children,
    operation,
)
from rnncalc.equations.domains.interval import Interval, Pair
from rnncalc.equations.domains.interval_code import Operation, Slot
from rnncalc.equations.domains.scalars import Array
from rnncalc.numbers import Exact

LARGEST = 2_000
"""Arrays with more entries, and sums over more positions, are left to the walk."""


class UntraceableError(Exception):
    """An expression that is left to the walk: which parts it uses hangs on positions, or on the numbers."""


class Writing(Interval):
    """`sheet` are the slots whose values differ from sheet to sheet: those of the `computed` quantities and all that
    uses them."""

    def __init__(
        self, domain: Interval, shape: Callable[[str], Shape], lengths: Mapping[str, int], computed: set[str]
    ) -> None:
        super().__init__()
        self.real, self.of_name, self.lengths, self.computed = domain, shape, lengths, computed
        self.constants: dict[Slot, Pair] = {}
        self.operations: dict[Slot, Operation] = {}
        self.quantities: dict[Ref, tuple[Slot, ...]] = {}
        self.owners: dict[Slot, Ref] = {}
        self.sheet: set[Slot] = set()
        self._known: dict[Hashable, Slot] = {}
        self._numbers = count()
        self._is_last = False

    # -- expressions

    def worked(self, expr: Expr) -> Array:
        """An expression as a person works it out: what is done last is rounded when it is written down, not before."""
        if not is_one_operation(expr):
            return self.traced(expr)
        parts = [self.traced(part) for part in children(expr)]
        self._is_last = True
        try:
            return operation(expr, self)(*parts)  # type: ignore[no-any-return]
        finally:
            self._is_last = False

    def traced(self, expr: Expr) -> Array:
        match expr:
            case Number(value):
                return self.number(value)
            case Ref():
                return self.quantity(expr)
            case Over(_, body, letter, at):
                last = self.lengths[letter]
                if last > LARGEST or (at is not None and at.base):
                    raise UntraceableError
                found = [self.traced(bind(body, {letter: position})) for position in range(1, last + 1)]
                return self.total(found) if at is None else self.softmax(found)[at.offset - 1]
            case _:
                return operation(expr, self)(*map(self.traced, children(expr)))  # type: ignore[no-any-return]

    def quantity(self, ref: Ref) -> Array:
        rows, columns = self.of_name(ref.name)
        if rows * columns > LARGEST:
            raise UntraceableError
        if ref not in self.quantities:
            self.quantities[ref] = slots = self.new(rows * columns, ref.name in self.computed)
            self.owners.update(dict.fromkeys(slots, ref))
        return Array(rows, columns, self.quantities[ref])

    def new(self, count: int, is_sheet: bool) -> tuple[Slot, ...]:
        slots = tuple(next(self._numbers) for _ in range(count))
        if is_sheet:
            self.sheet.update(slots)
        return slots

    def needed(self, slots: Iterable[Slot]) -> list[Slot]:
        """These slots and all that they are made of, in the order of making."""
        found, pending = set(slots), list(slots)
        while pending:
            one = self.operations.get(pending.pop())
            more = [slot for slot in slots_of(one) if slot not in found] if one else []
            found.update(more)
            pending += more
        return sorted(found)

    # -- operations

    def put(self, kind: Hashable, operate: Callable[..., Pair], one: Any, other: Any = None) -> Slot:
        place = kind, one, other, self._is_last
        if place not in self._known:
            slot = self._known[place] = next(self._numbers)
            self.operations[slot] = written = Operation(slot, operate, one, other, kind, not self._is_last)
            # Rounding the last result or not is a matter of the sheet.
            if self._is_last or not self.sheet.isdisjoint(slots_of(written)):
                self.sheet.add(slot)
        return self._known[place]

    def constant(self, pair: Pair) -> Slot:
        place = "constant", pair
        if place not in self._known:
            self._known[place] = next(self._numbers)
            self.constants[self._known[place]] = pair
        return self._known[place]

    def _slot(self, scalar: Any) -> Slot:
        return self.constant(scalar) if isinstance(scalar, tuple) else scalar

    def scalar(self, value: Exact) -> Any:
        return self.constant(super().scalar(value))

    def plus(self, left: Any, right: Any) -> Any:
        return self.put("plus", self.real.plus, self._slot(left), self._slot(right))

    def minus(self, left: Any, right: Any) -> Any:
        return self.put("minus", self.real.minus, self._slot(left), self._slot(right))

    def times(self, left: Any, right: Any) -> Any:
        return self.put("times", self.real.times, self._slot(left), self._slot(right))

    def over(self, left: Any, right: Any) -> Any:
        return self.put("over", self.real.over, self._slot(left), self._slot(right))

    def dot(self, row: Sequence[Any], column: Sequence[Any]) -> Any:
        return self.put("dot", self.real.dot, tuple(map(self._slot, row)), tuple(map(self._slot, column)))

    def exponential(self, operand: Any) -> Any:
        return self.put("exponential", self.real.exponential, self._slot(operand))

    def apply(self, row: Function, operand: Any, constants: Sequence[Fraction]) -> Any:
        fixed = tuple(constants)
        return self.put((row.name, fixed), self.real.applying(row, fixed), self._slot(operand))

    def choose(self, row: Function, operand: Array, *levels: Array) -> Array:
        raise UntraceableError

    def leaders(self, operand: Array) -> tuple[tuple[int, ...], bool]:
        raise UntraceableError


def slots_of(one: Operation) -> tuple[Slot, ...]:
    if isinstance(one.one, int):
        return (one.one,) if one.other is None else (one.one, one.other)
    return tuple(chain(one.one, one.other))


def is_one_operation(expr: Expr) -> bool:
    """Whether the last thing done is one product, quotient or activation of each entry."""
    match expr:
        case Binary("*" | "/"):
            return True
        case Call(function):
            return FUNCTIONS[function].kind == "elementwise"
        case _:
            return False
