"""What is wrong with the numbers of candidates: gates saturated, units dead, answers too small to see, a sequence that
ends elsewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
from msgspec import Struct

from rnncalc.checking.marking import is_choice
from rnncalc.equations import Call, Equation, Expr, Over, Shape, children
from rnncalc.exercise import Exercise
from rnncalc.exercise.generation import Stop
from rnncalc.exercise.randomize import Rules
from rnncalc.languages import Message
from rnncalc.variants.bench import NEAR, Batch, Bench, Key
from rnncalc.variants.blame import Culprits, along, nearest, uses

Answers = tuple[str, ...]
"""The answers of a candidate, as far as float64 is sure of them."""
Kind = Literal["saturated", "dead", "tiny", "undefined", "ended", "repeated", "hidden", "alike"]
KINDS: Mapping[Kind, Message] = {
    "saturated": Message("a gate is saturated"),
    "dead": Message("a unit is 0 at every step"),
    "tiny": Message("an answer is too close to 0"),
    "undefined": Message("a value does not exist"),
    "ended": Message("the sequence ends elsewhere"),
    "repeated": Message("the answers are those of another variant"),
    "hidden": Message("a digit cannot be decided"),
    "alike": Message("a mistake would not show"),
}
SQUASHING = {"sigmoid", "tanh", "hard_sigmoid", "softsign"}


class Fault(Struct, frozen=True):
    """`quantity` is where it shows; drawing the `culprits` anew may mend it, or anything if they are not known. `size`
    is how many entries are at fault, or how many mistakes do not show."""

    kind: Kind
    quantity: str = ""
    culprits: Culprits = {}
    size: int = 1


class Site(Struct, frozen=True):
    """An argument of a squashing function, or of a ReLU, in the equation of a quantity, at every position there is."""

    kind: Literal["saturated", "dead"]
    name: str
    argument: Expr
    letters: tuple[Mapping[str, int], ...]


def chosen_words(equations: Iterable[Equation]) -> frozenset[str]:
    """The words that a network chooses: one-hot columns, of which there are few, mostly 0."""
    return frozenset(one.name for one in equations if is_choice(one.expression))


class Judge:
    """Says what is wrong with the candidates of a batch. `drawn` has the shapes of what is drawn, None where there are
    several positions. Only entries of the answers
    that are small in the exercise may be small."""

    def __init__(self, exercise: Exercise, rules: Rules, bench: Bench, drawn: Mapping[str, Shape | None]) -> None:
        self.bench, self.drawn = bench, drawn
        self.limit, self.smallest = float(rules.limit) * (1 + NEAR), float(rules.smallest) * (1 - NEAR)
        plan = exercise.network.plan
        self.equations = {one.name: one.expression for one in plan.equations}
        words = chosen_words(plan.equations)
        self.answers = tuple(dict.fromkeys(
            (ref.name, at) for ref in exercise.find for at in plan.positions(ref) if ref.name not in words
        ))  # fmt: skip
        self.spelt = {key: exercise.quantities.key(*key) for key in self.answers}
        self.sites = tuple(_sites(exercise, bench))
        itself = bench.batch(1, {})
        self.may_be_small = {key: abs(itself.values[key]) < self.smallest for key in self.answers}
        self.end = _end(exercise.stop, itself)

    def judged(self, batch: Batch) -> tuple[list[list[Fault]], Any]:
        """What is wrong with each candidate, and its largest argument of a squashing function."""
        exists = np.ones(batch.count, dtype=bool)
        for value in batch.values.values():
            exists &= np.isfinite(value).all(axis=(1, 2))
        largest = np.zeros(batch.count)
        found: list[list[Fault]] = [[] for _ in range(batch.count)]
        for number in map(int, np.flatnonzero(~exists)):
            found[number].append(Fault("undefined"))
        for site in self.sites:
            values = self._values(site, batch)
            if site.kind == "saturated":
                largest = np.maximum(largest, abs(values).max(axis=(0, 2, 3)))
            wrong = self._too_large(values) if site.kind == "saturated" else ~(values > NEAR).any(axis=0)
            for number, places in _wrong_entries(wrong, exists):
                behind = [use for row, column in places for use in uses(site.argument, row, column)]
                found[number].append(
                    Fault(site.kind, site.name, nearest(behind, self.equations, self.drawn), len(places))
                )
        for number, fault in self._of_answers(batch, exists):
            found[number].append(fault)
        return found, largest

    def printed_alike(self, batch: Batch, number: int) -> Answers:
        """What candidates have in common whose answers are printed alike."""
        values = (batch.values[key][number].flat for key in self.answers)
        return tuple(f"{entry + 0.0:.11e}" for one in values for entry in one)

    def too_wide(self, batch: Batch, share: float) -> Iterator[Culprits]:
        """The numbers behind the squashing functions that have an entry beyond the limit in more than this share of the
        candidates."""
        for site in self.sites:
            if site.kind == "saturated" and self._too_large(self._values(site, batch)).mean(axis=0).max() > share:
                yield nearest(uses(site.argument, None, None), self.equations, self.drawn)

    def _values(self, site: Site, batch: Batch) -> Any:
        """The argument at every position, in every candidate."""
        return np.stack([self.bench.value(batch, site.argument, letters) for letters in site.letters])

    def _too_large(self, values: Any) -> Any:
        """The entries that are beyond the limit somewhere."""
        return (abs(values) > self.limit).any(axis=0)

    def _of_answers(self, batch: Batch, exists: Any) -> Iterator[tuple[int, Fault]]:
        for key in self.answers:
            small = (abs(batch.values[key]) < self.smallest) & ~self.may_be_small[key]
            for number, places in _wrong_entries(small, exists):
                behind = [use for place in places for use in uses(self.equations[key[0]], *place)]
                culprits = along(behind, self.equations, self.drawn)
                yield number, Fault("tiny", self.spelt[key], culprits, len(places))
        if self.end is not None:
            off = _off(self.end, batch)
            for number in map(int, np.flatnonzero((off > 0) & exists)):
                yield number, Fault("ended", self.end.name, size=int(off[number]))


def _wrong_entries(wrong: Any, exists: Any) -> Iterator[tuple[int, Sequence[tuple[int, int]]]]:
    """The candidates with a wrong entry, and which entries these are."""
    for number in np.flatnonzero(wrong.any(axis=(1, 2)) & exists):
        yield int(number), [(int(row), int(column)) for row, column in np.argwhere(wrong[number])]


def _sites(exercise: Exercise, bench: Bench) -> Iterator[Site]:
    lengths = exercise.network.plan.lengths
    at: dict[Equation, list[Mapping[str, int]]] = {}
    for equation, letters in bench.instances:
        at.setdefault(equation, []).append(letters)
    for equation, positions in at.items():
        if equation.name in exercise.adjoints:
            continue
        for call, bound in dict.fromkeys(_calls(equation.expression, ())):
            places = [
                dict(zip(bound, one, strict=True))
                for one in product(*(range(1, lengths[letter] + 1) for letter in bound))
            ]
            where = tuple({**one, **other} for one in positions for other in places)
            yield Site("dead" if call.function == "relu" else "saturated", equation.name, call.arguments[0], where)


def _calls(expr: Expr, bound: tuple[str, ...]) -> Iterator[tuple[Call, tuple[str, ...]]]:
    """The calls to be watched, with the letters of the sums round them."""
    if isinstance(expr, Call) and expr.function in {*SQUASHING, "relu"}:
        yield expr, bound
    inside = (*bound, expr.index) if isinstance(expr, Over) else bound
    for part in children(expr):
        yield from _calls(part, inside)


# ---------------------------------------------------------------- sequences that end by themselves


class End(Struct, frozen=True):
    """The sequence of `name` ends with entry `number`, chosen at the last of `positions` and nowhere before; nowhere at
    all if it does not end `by_itself`."""

    name: str
    number: int
    positions: tuple[Key, ...]
    by_itself: bool


def _end(stop: Stop | None, itself: Batch) -> End | None:
    """How the sequence of the exercise ends: that of each variant is to be as long."""
    if stop is None:
        return None
    keys = tuple(key for key in itself.values if key[0] == stop.name and key[1][0] > 0)
    return End(stop.name, stop.number, keys, bool(_is_chosen(itself, keys[-1], stop.number)[0]))


def _is_chosen(batch: Batch, key: Key, number: int) -> Any:
    value = batch.values[key]
    return value.reshape(batch.count, -1).argmax(axis=1) == number


def _off(end: End, batch: Batch) -> Any:
    """At how many positions the end is chosen where it should not be, or is not chosen where it should."""
    chosen = np.stack([_is_chosen(batch, key, end.number) for key in end.positions])
    wanted = np.array([False] * (len(end.positions) - 1) + [end.by_itself])
    return (chosen != wanted[:, None]).sum(axis=0)
