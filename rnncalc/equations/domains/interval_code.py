"""Written operations of the interval domain as one Python function, for what is computed for thousands of sheets.

Each operation stands there in place, as the domain next door does it, so that calls, pairs and look-ups are spared: bit
for bit the same results, which a test compares on random numbers. Where the domain would have to look at a bound that
is infinite or not a number, the function gives up with an ArithmeticError and leaves the case to the domain.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import count
from math import exp, inf, nextafter, tanh
from typing import Any, NamedTuple

from msgspec import Struct

from rnncalc.equations.compiled.loading import loaded
from rnncalc.equations.domains.interval import ULP, Interval, Pair, loosened, product

Slot = int

Compiled = Callable[..., tuple[Pair, ...]]
"""(pairs prepared, pairs of each input, unit, bound, unit at a pair, units by which a hidden step is off): the first
unit is that of all numbers below the bound."""

_LARGEST = "1e100"
"""Products of larger numbers may be beyond floats."""

HIDDEN = "hidden"
"""The kind of an operation that makes of a hidden step what goes on to others: it is off by its rounding."""


class Operation(NamedTuple):
    """`slot` takes what `operate` makes of one slot, of two, or of two lists of slots (a dot product); `kind` tells
    operations apart. A person rounds the result, or if it is the last one, writes it down as it is."""

    slot: Slot
    operate: Callable[..., Pair]
    one: Any
    other: Any
    kind: Hashable
    is_rounded: bool


class Listing(Struct, frozen=True):
    """What is to be computed, everything in the order in which it is made. Intermediate results are rounded or not."""

    constants: Mapping[Slot, Pair]
    prepared: Sequence[Slot]
    inputs: Sequence[Sequence[Slot]]
    made: Sequence[Operation]
    results: Sequence[Slot]
    is_rounded: bool


def load(text: str, called: Mapping[str, Callable[..., Pair]], domain: Interval) -> Compiled:
    """The function of a text, with the operations it calls by their names there."""
    known = {"nextafter": nextafter, "exp": exp, "tanh": tanh, "inf": inf, "product": product, "loosened": loosened}
    return loaded(text, {**known, "domain": domain, **called}, {"ArithmeticError": ArithmeticError})


def written(listing: Listing) -> tuple[str, dict[str, Operation]]:
    """The text of the function `loop`, and the operations it calls by their names there."""
    writer = _Writer(listing)
    return writer.text(), writer.called


class _Writer:
    def __init__(self, listing: Listing) -> None:
        self.listing, self.lines = listing, list[str]()
        self.called: dict[str, Operation] = {}
        # Numbered in the order of the text, so that all time steps have the same.
        self.numbers = count()
        # How the bounds of a slot are spelt.
        self.bounds = {slot: (_spelt(low), _spelt(high)) for slot, (low, high) in listing.constants.items()}

    def text(self) -> str:
        arrays = [self.new(slots) for slots in self.listing.inputs]
        given = self.new(self.listing.prepared)
        for one in self.listing.made:
            self.operation(one)
        results = [self.bounds[slot] for slot in self.listing.results]
        self.check(*results)
        pairs = ", ".join(f"({low}, {high})" for low, high in results)
        parameters = ["given", *(f"a{number}" for number in range(len(arrays))), "unit", "plain", "at", "hidden"]
        taken = [f"{names} = a{number}" for number, names in enumerate(arrays)] + (
            [f"{given} = given"] if given else []
        )
        lines = [*taken, *self.guards(), *self.lines, f"return {pairs},"]
        return "\n ".join([f"def loop({', '.join(parameters)}):", *lines])

    def new(self, slots: Sequence[Slot]) -> str:
        """Names for the bounds of some slots, as they are taken out of a list of pairs."""
        return "".join(f"({low}, {high}), " for low, high in map(self.name, slots))

    def name(self, slot: Slot) -> tuple[str, str]:
        number = next(self.numbers)
        self.bounds[slot] = f"l{number}", f"h{number}"
        return self.bounds[slot]

    def guards(self) -> list[str]:
        bounds = [self.bounds[slot] for slots in self.listing.inputs for slot in slots]
        inside = " and ".join(f"-{_LARGEST} < {low} and {high} < {_LARGEST}" for low, high in bounds)
        return [f"if not ({inside}): raise ArithmeticError"] if inside else []

    def check(self, *pairs: tuple[str, str]) -> None:
        ordered = " and ".join(f"{low} <= {high}" for low, high in pairs)
        self.lines.append(f"if not ({ordered}): raise ArithmeticError")

    def operation(self, one: Operation) -> None:
        rounded = self.listing.is_rounded and one.is_rounded
        match one.kind:
            case "hidden":
                self.hidden(one)
            case "plus" | "minus":
                self.sum(one)
            case "times":
                self.times(one, rounded)
            case "dot":
                self.dot(one, rounded)
            case ("sigmoid" | "tanh" | "relu" | "identity" as function, ()):
                self.rising(one, function)
                if rounded:
                    self.loosen(*self.bounds[one.slot])
            case _:
                self.call(one)

    # -- one operation each, as `Interval` has it

    def sum(self, one: Operation) -> None:
        (a, b), (c, d) = self.bounds[one.one], self.bounds[one.other]
        low, high = self.name(one.slot)
        if one.kind == "minus":
            c, d = f"(-{d})", f"(-{c})"
        for name, left, right, outward in ((low, a, c, "-inf"), (high, b, d, "inf")):
            self.lines.append(f"t = {left} + {right}")
            self.lines.append(
                f"{name} = t if t - {left} == {right} and t - {right} == {left} else nextafter(t, {outward})"
            )

    def times(self, one: Operation, rounded: bool) -> None:
        left, right = self.bounds[one.one], self.bounds[one.other]
        low, high = self.name(one.slot)
        zero = " or ".join(f"{a} == 0.0 == {b}" for a, b in (left, right))
        self.lines.append(f"if {zero}: {low} = {high} = 0.0")
        self.lines.append("else:")
        self.product(low, high, one.one, one.other, " ")
        if rounded:
            self.loosen(low, high, " ")
        self.lines.append(f" {low} = nextafter({low}, -inf); {high} = nextafter({high}, inf)")

    def dot(self, one: Operation, rounded: bool) -> None:
        low, high = self.name(one.slot)
        terms = []
        for number, (left, right) in enumerate(zip(one.one, one.other, strict=True)):
            p, q = f"p{number}", f"q{number}"
            self.product(p, q, left, right)
            if rounded:
                self.loosen(p, q)
            terms.append((p, q))
        size = " + ".join(f"({q} if {q} > -{p} else -{p})" for p, q in terms)
        self.lines.append(f"s = {size}")
        self.lines.append(f"if s: m = s * {ULP!r} * {len(terms) + 2}")
        lows, highs = (" + ".join(term[side] for term in terms) for side in (0, 1))
        self.lines[-1] += f"; {low} = nextafter({lows} - m, -inf); {high} = nextafter({highs} + m, inf)"
        self.lines.append(f"else: {low} = {high} = 0.0")

    def product(self, low: str, high: str, left: Slot, right: Slot, indent: str = "") -> None:
        if left not in self.listing.constants:
            left, right = right, left
        (a, b), (c, d) = self.bounds[left], self.bounds[right]
        known = self.listing.constants.get(left)
        if known and known[0] == known[1]:
            c, d = (c, d) if known[0] >= 0 else (d, c)
            self.lines.append(f"{indent}{low} = {a} * {c}; {high} = {a} * {d}")
            return
        never_negative = f"{low} = ({a} if {c} >= 0 else {b}) * {c}; {high} = ({b} if {d} >= 0 else {a}) * {d}"
        never_positive = f"{low} = ({a} if {d} >= 0 else {b}) * {d}; {high} = ({b} if {c} >= 0 else {a}) * {c}"
        if known and known[0] >= 0:
            self.lines.append(indent + never_negative)
        elif known and known[1] <= 0:
            self.lines.append(indent + never_positive)
        else:
            self.lines.append(f"{indent}if {a} >= 0: {never_negative}")
            self.lines.append(f"{indent}else: {low}, {high} = product(({a}, {b}), ({c}, {d}))")

    def rising(self, one: Operation, function: str) -> None:
        low, high = self.name(one.slot)
        for name, x, sign in zip((low, high), self.bounds[one.one], "-+", strict=True):
            match function:
                case "sigmoid":
                    below = f"(e := exp({x} if {x} > -709.0 else -709.0)) / (1.0 + e)"
                    self.lines.append(f"t = {below} if {x} < 0 else 1.0 / (1.0 + exp(-{x}))")
                case "tanh":
                    self.lines.append(f"t = tanh({x})")
                case "relu":
                    self.lines.append(f"t = {x} if {x} > 0.0 else 0.0")
                case _:
                    self.lines.append(f"t = {x}")
            self.lines.append(f"{name} = t {sign} {2 * ULP!r} * (t if t > 0 else -t)")

    def call(self, one: Operation) -> None:
        """An operation that the domain itself does."""
        operands = [self.bounds[one.one]] + ([self.bounds[one.other]] if one.other is not None else [])
        low, high = self.name(one.slot)
        name = f"k{len(self.called)}"
        self.called[name] = one
        self.check(*operands)
        rounding = "at" if self.listing.is_rounded and one.is_rounded else None
        self.lines.append(f"domain.rounding = {rounding}")
        pairs = ", ".join(f"({a}, {b})" for a, b in operands)
        self.lines.append(f"{low}, {high} = {name}({pairs})")
        self.lines.append(f"if not (-{_LARGEST} < {low} and {high} < {_LARGEST}): raise ArithmeticError")

    # -- what people's rounding does

    def loosen(self, low: str, high: str, indent: str = "") -> None:
        self.unit(low, high, indent)
        self.lines.append(f"{indent}if {high} - {low} <= {8 * ULP!r} * w: {low}, {high} = loosened(({low}, {high}), u)")
        self.lines.append(f"{indent}else: {low} -= u; {high} += u")

    def unit(self, low: str, high: str, indent: str = "") -> None:
        self.lines.append(f"{indent}w = {high} if {high} > -{low} else -{low}")
        self.lines.append(f"{indent}u = unit if w < plain else at(({low}, {high}))")

    def hidden(self, one: Operation) -> None:
        a, b = self.bounds[one.one]
        low, high = self.name(one.slot)
        self.lines.append(f"{low} = {a}; {high} = {b}")
        self.unit(low, high)
        self.lines.append(f"u *= hidden; {low} -= u; {high} += u")


def _spelt(number: float) -> str:
    return f"({number!r})"
