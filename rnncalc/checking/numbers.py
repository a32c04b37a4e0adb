"""Slips with single numbers: a sign, the decimal point, digits or entries exchanged, a number copied from elsewhere."""

from collections.abc import Iterator
from itertools import permutations
from math import inf

from msgspec import Struct

from rnncalc.answers import Entry, Key, Written
from rnncalc.checking.judging import Judging, meets
from rnncalc.checking.recomputation import ROUNDED
from rnncalc.equations import FUNCTIONS, Call, Over, Ref
from rnncalc.equations.domains.interval import Pair

MOST_PERMUTED = 4
ANYTHING: Pair = (-inf, inf)


class SlipKind(Struct, frozen=True):
    """What happened to the right number."""

    slug: str
    title: str
    hint: str
    kind: str = "number"


SIGN = SlipKind("sign-of-a-number", "sign of the number", "Check the sign.")
POINT = SlipKind("decimal-point", "decimal point in the wrong place", "Check where the decimal point stands.")
DIGITS = SlipKind("digits-exchanged", "two digits exchanged", "Compare the digits with those of your calculation.")
COPIED = SlipKind("copied-number", "number copied from another place", "Does the number belong to this quantity?")
PERMUTED = SlipKind("entries-permuted", "entries in another order", "Which entry belongs to which unit?")
MISREAD = SlipKind(
    "activation-misread", "activation read off wrongly",
    "What goes into the activation is right: compute the activation of that number again.", "activation",
)  # fmt: skip
SLIPS = (SIGN, POINT, DIGITS, COPIED, PERMUTED, MISREAD)
COMPLEMENT = SlipKind(
    "softmax-last-by-complement", "last entry of the softmax by complement",
    "Compute the last entry of a softmax too: that all of them sum to 1 is the check.", "softmax",
)  # fmt: skip
"""The mistake of this name, where the other entries are not wrong by a formula."""
LEAST_FOR_COMPLEMENT = 3
"""Entries of a softmax: two always look as if the second were the complement of the first."""


class NumberSlip(Struct, frozen=True):
    """A slip at one step, with what it predicts there; `source` is where a copied number stands."""

    mistake: SlipKind
    key: Key
    predicted: tuple[Pair, ...]
    source: Key | None = None


def slips(judging: Judging, key: Key) -> Iterator[NumberSlip]:
    """Every slip that could be behind the wrong entries of a step."""
    step = judging.marking.steps[key]
    right = tuple(judging.pair(ROUNDED, True, key, number) for number in range(len(step.truth)))
    wrong = [number for number, verdict in enumerate(judging.verdicts[key]) if verdict == "wrong"]

    def at_wrong(change: "dict[int, Pair]") -> tuple[Pair, ...]:
        return tuple(change.get(number, pair) for number, pair in enumerate(right))

    yield NumberSlip(SIGN, key, at_wrong({number: (-right[number][1], -right[number][0]) for number in wrong}))
    for power in (-3, -2, -1, 1, 2, 3):
        factor = 10.0**power
        yield NumberSlip(POINT, key, at_wrong({n: (right[n][0] * factor, right[n][1] * factor) for n in wrong}))
    if 1 < len(right) <= MOST_PERMUTED:
        for order in permutations(range(len(right))):
            if list(order) != sorted(order):
                yield NumberSlip(PERMUTED, key, tuple(right[number] for number in order))
    yield from _exchanged_digits(judging, key, right, wrong)
    yield from _copied(judging, key, right, wrong)
    yield from _complement(judging, key, right)


def _exchanged_digits(judging: Judging, key: Key, right: tuple[Pair, ...], wrong: list[int]) -> Iterator[NumberSlip]:
    if len(wrong) != 1:
        return
    entry = judging.shown[key][wrong[0]]
    assert isinstance(entry, Written)
    text, half = entry.text, entry.step / 2
    for place in range(len(text) - 1):
        one, other = text[place], text[place + 1]
        if one.isdigit() and other.isdigit() and one != other:
            swapped = text[:place] + other + one + text[place + 2 :]
            try:
                number = float(swapped.replace("−", "-"))
            except ValueError:
                return
            if meets(right[wrong[0]], number, half, half):
                own = (entry.number, entry.number)
                found = tuple(own if place == wrong[0] else pair for place, pair in enumerate(right))
                yield NumberSlip(DIGITS, key, found)


def _copied(judging: Judging, key: Key, right: tuple[Pair, ...], wrong: list[int]) -> Iterator[NumberSlip]:
    """The numbers of another quantity of this shape, as they are written there, or as they are where it is hidden."""
    for other, step in judging.marking.steps.items():
        if other == key or len(step.truth) != len(right):
            continue
        entries = judging.shown.get(other)
        if entries is None:
            pairs = {number: judging.pair(ROUNDED, True, other, number) for number in wrong}
        else:
            pairs = {number: (one.number, one.number) for number, one in enumerate(entries) if isinstance(one, Written)}
        if all(number in pairs for number in wrong):
            found = tuple(pairs[number] if number in wrong else pair for number, pair in enumerate(right))
            yield NumberSlip(COPIED, key, found, other)


def _complement(judging: Judging, key: Key, right: tuple[Pair, ...]) -> Iterator[NumberSlip]:
    """The last entry of a softmax as what the others leave of 1, of which some are right and some are wrong: had all
    been divided by one wrong sum, none would be right."""
    places = list(_softmax(judging, key))
    if len(places) < LEAST_FOR_COMPLEMENT or places[-1][0] != key:
        return
    (_, last), others = places[-1], places[:-1]
    written = [_entry(judging, place) for place in others]
    wrong = [judging.verdicts[step][number] == "wrong" for step, number in others if step in judging.verdicts]
    if not all(isinstance(one, Written) for one in written) or all(wrong) or not any(wrong):
        return
    rest = 1 - sum(one.number for one in written if isinstance(one, Written))
    own = {number: ANYTHING for number, found in enumerate(judging.verdicts[key]) if found == "wrong"} | {
        last: (rest, rest)
    }
    yield NumberSlip(COMPLEMENT, key, tuple(own.get(number, pair) for number, pair in enumerate(right)))


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


def misread(judging: Judging, key: Key) -> NumberSlip | None:
    """An activation whose argument is shown and right: only reading it off can have gone wrong. What was read instead
    is not known."""
    step = judging.marking.steps[key]
    match step.equation.expression:
        case Call(function, (Ref(),)) if FUNCTIONS[function].kind == "elementwise":
            if not step.needs or any(need in judging.faulty or need not in judging.shown for need in step.needs):
                return None
            return NumberSlip(MISREAD, key, (ANYTHING,) * len(step.truth))
        case _:
            return None
