"""Which slips with single numbers could be behind the wrong entries of a step, and how likely one fits by chance."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import chain, islice, permutations

from rnncalc.answers import Entry, Key, Written
from rnncalc.checking.causes.case import Case
from rnncalc.checking.causes.coincidence import Coincidence
from rnncalc.checking.causes.numbers import COMPLEMENT, COPIED, DIGITS, PERMUTED, POINT, SIGN, NumberSlip, SlipKind
from rnncalc.checking.causes.predictions import Pairs
from rnncalc.checking.recomputing.recomputation import ROUNDED
from rnncalc.checking.verdicts.edges import meets
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations import Call, Over
from rnncalc.equations.domains.interval import LINE, Pair

MOST_PERMUTED = 4
FACTORS = tuple(10.0**power for power in (-3, -2, -1, 1, 2, 3))
LEAST_FOR_COMPLEMENT = 3
"""Entries of a softmax: two always look as if the second were the complement of the first."""

Change = tuple[SlipKind, Callable[[int], Pair], Key | None, bool]
"""A slip at any step, what it makes of an entry by its number, and where a copied number stands. It changes the wrong
entries, or all."""


class Slips:
    """Every slip that could be behind the wrong entries of a step. It leaves the others what they are: right."""

    def __init__(self, case: Case, key: Key) -> None:
        self.case, self.judging, self.key = case, case.judging, key
        self.size = len(self.judging.shown[key])
        windows = case.windows(key)
        self.wrong = [(one.number, one.tight) for one in windows if one.is_wrong]
        self.rest = [(one.number, one.tight) for one in windows if not one.is_wrong]

    @cached_property
    def right(self) -> Pairs:
        return self._recomputed(self.key)

    def fitting(self) -> Iterator[NumberSlip]:
        """Those that lead to what is written."""

        def fit(pairs: Pairs) -> bool:
            return _meets(pairs.__getitem__, self.wrong)

        may_fit = any(_meets(at, self.wrong) for _, at, _, _ in self._roughly)
        changes = self._changes(self.right) if may_fit else ()
        for change in chain(changes, self._copied(fit), self._complements):
            mistake, at, source, _ = change
            if _meets(at, self.wrong) and self._keeps(change):
                yield NumberSlip(mistake, self.key, self._predicted(change), source)

    def count(self, coincidence: Coincidence) -> None:
        """Count those that leave right entries right."""

        def count(pairs: Pairs) -> bool:
            return coincidence.chance(pairs.__getitem__, enclosed=True) > 0

        for change in chain(self._changes(self.right), self._copied(count), self._complements):
            if (chance := coincidence.chance(change[1])) and self._keeps(change):
                coincidence.add(chance, self._predicted(change))

    def at_most(self, coincidence: Coincidence) -> float:
        """No less than the chance of all of them."""
        found = sum([coincidence.chance(at, enclosed=True) for _, at, _, _ in (*self._roughly, *self._complements)])
        shown = self.judging.shown
        for other in self.case.alternatives.sources(self.key):
            if other not in shown:
                found += coincidence.chance(self._around(other).__getitem__, enclosed=True)
        return found + len(shown) * coincidence.greatest([0.0] * self.size)

    @cached_property
    def _roughly(self) -> tuple[Change, ...]:
        return tuple(self._changes(self._around(self.key)))

    def _around(self, key: Key) -> Pairs:
        """Where the right numbers of a step are, for all sheets as coarse as this one; or for this one."""
        found = self.judging.reach.get(key)
        return found.entries if found else self._recomputed(key)

    def _recomputed(self, key: Key) -> Pairs:
        return tuple([self.judging.pair(ROUNDED, True, key, number) for number in range(self.size)])

    def _keeps(self, change: Change) -> bool:
        _, at, _, changes_all = change
        return _meets(at, self.rest) if changes_all else _meets(self.right.__getitem__, self.rest)

    def _predicted(self, change: Change) -> Pairs:
        _, at, _, changes_all = change
        if changes_all:
            return tuple(map(at, range(self.size)))
        found = list(self.right)
        for number, _ in self.wrong:
            found[number] = at(number)
        return tuple(found)

    # -- the kinds of slips

    def _changes(self, right: Pairs) -> Iterator[Change]:
        """What can have happened to the right numbers themselves."""
        yield SIGN, partial(_turned, right), None, False
        for factor in FACTORS:
            yield POINT, partial(_scaled, right, factor), None, False
        if 1 < self.size <= MOST_PERMUTED:
            for order in islice(permutations(right), 1, None):
                yield PERMUTED, order.__getitem__, None, True
        if len(self.wrong) == 1:
            ((number, _),) = self.wrong
            entry = self.judging.shown[self.key][number]
            assert isinstance(entry, Written)
            half = entry.step / 2
            for meant in _exchanged_digits(entry.text):
                if meets(right[number], meant, half, half):
                    yield DIGITS, partial(_point, self.judging.shown[self.key]), None, False

    def _copied(self, may: Callable[[Pairs], bool]) -> Iterator[Change]:
        """The numbers of another quantity of this shape, as they are written there, or as they are where it is hidden:
        if it may be where these numbers lie."""
        shown = self.judging.shown
        for other in self.case.alternatives.sources(self.key):
            entries = shown.get(other)
            if entries is None:
                if may(self._around(other)):
                    yield COPIED, self._recomputed(other).__getitem__, other, False
            elif other in self.judging.layout.whole or self._has_all(entries):
                yield COPIED, partial(_point, entries), other, False

    def _has_all(self, entries: Sequence[Entry]) -> bool:
        return all(isinstance(entries[number], Written) for number, _ in self.wrong)

    @cached_property
    def _complements(self) -> tuple[Change, ...]:
        return tuple(self._complement())

    def _complement(self) -> Iterator[Change]:
        """The last entry of a softmax as what the others leave of 1, of which some are right and some are wrong: had
        all been divided by one wrong sum, none would be right."""
        judging, key, verdicts = self.judging, self.key, self.case.verdicts
        places = list(_softmax(judging, key))
        if len(places) < LEAST_FOR_COMPLEMENT or places[-1][0] != key:
            return
        (_, last), others = places[-1], places[:-1]
        written = [_entry(judging, place) for place in others]
        wrong = [verdicts[step][number] == "wrong" for step, number in others if step in verdicts]
        if not all(isinstance(one, Written) for one in written) or all(wrong) or not any(wrong):
            return
        rest = 1 - sum(one.number for one in written if isinstance(one, Written))
        own = dict(enumerate(self.right)) | {number: LINE for number, _ in self.wrong} | {last: (rest, rest)}
        yield COMPLEMENT, own.__getitem__, None, True


def _exchanged_digits(text: str) -> Iterator[float]:
    """What is written with two neighbouring digits exchanged; a comma in it is a decimal comma."""
    for place in range(len(text) - 1):
        one, other = text[place], text[place + 1]
        if one.isdigit() and other.isdigit() and one != other:
            swapped = text[:place] + other + one + text[place + 2 :]
            try:
                yield float(swapped.replace("−", "-").replace(",", "."))
            except ValueError:
                return


def _turned(pairs: Pairs, number: int) -> Pair:
    low, high = pairs[number]
    return -high, -low


def _scaled(pairs: Pairs, factor: float, number: int) -> Pair:
    low, high = pairs[number]
    return low * factor, high * factor


def _point(entries: Sequence[Entry], number: int) -> Pair:
    entry = entries[number]
    assert isinstance(entry, Written)
    return entry.number, entry.number


def _meets(at: Callable[[int], Pair], windows: Sequence[tuple[int, Pair]]) -> bool:
    for number, (low, high) in windows:
        pair = at(number)
        if not (pair[0] <= high and pair[1] >= low):
            return False
    return True


def _softmax(judging: Judging, key: Key) -> Iterator[tuple[Key, int]]:
    """Where the entries of the softmax stand of which a step is one, or which it is."""
    step = judging.marking.steps[key]
    match step.equation.expression:
        case Call("softmax", _):
            yield from ((key, number) for number in range(len(step.truth)))
        case Over("softmax", _, letter) if letter in step.equation.indices:
            name, position = key
            place = step.equation.indices.index(letter)
            for at in range(1, judging.marking.exercise.network.plan.lengths[letter] + 1):
                yield (name, (*position[:place], at, *position[place + 1 :])), 0


def _entry(judging: Judging, place: tuple[Key, int]) -> Entry:
    entries = judging.shown.get(place[0])
    return entries[place[1]] if entries else None
