"""The numbers that known mistakes lead to, entry by entry of the answers, and what is said to who hands them in.

A number is listed only where nobody can take it for the right one, not even for a right one rounded carelessly;
mistakes that lead to one number are said together. The right number is never said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, zip_longest
from math import isfinite

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking import Marking, prepare
from rnncalc.checking.marking import is_choice
from rnncalc.checking.recomputing.supposition import (
    Supposed,
    all_supposed,
    has_comparable_numbers,
    work,
)
from rnncalc.exercise import Exercise
from rnncalc.exercise.expected import unit
from rnncalc.exercise.network import Network
from rnncalc.languages import say, translated
from rnncalc.mistakes import Hypothesis, catalogue
from rnncalc.numbers import Precision, plain_decimal, round_exact
from rnncalc.pages.causes import mistake_text
from rnncalc.variants import Bench, Work, wrong_work

MOST_WORK = 200_000
"""Multiplications for all mistakes of an exercise together, a fifth of a second; what is beyond is not tried."""
MOST_NUMBERS = 10
"""So many wrong numbers of one entry are known to a quiz."""
MOST_CAUSES = 3
"""So many mistakes that lead to one number are said."""
KEPT, MORE, MOST_KEPT = 8, 3, 15
"""A wrong number has so many significant digits as a machine compares it, or so many more than a student gives; more
than the last are not known."""
SMALLEST = 1e-8
"""Nobody writes a smaller number in full, unless the right one is as small."""
FIRST = (
    "update-gate-turned-round", "bias-forgotten", "recurrent-term-forgotten", "sigmoid-and-tanh-exchanged",
    "activation-forgotten", "zero-state", "weights-transposed", "derivative-forgotten", "path-forgotten",
    "truncated-to-one-step", "one-step-only", "softmax-not-normalised", "gates-exchanged", "reset-after-the-product",
    "old-state-forgotten", "cell-and-state-exchanged", "outer-product-transposed", "backward-states-not-realigned",
    "backward-run-forwards", "only-the-diagonal", "one-matrix-for-both", "logarithm-to-base-2", "sign-of-a-term",
)  # fmt: skip
"""The mistakes that teach most, behind those that the file of a cell lists; all others follow."""

Numbers = Sequence[tuple[Hypothesis, tuple[float, ...]]]
"""What each mistake makes of an answer: its entries row by row."""


class Wrong(Struct, frozen=True):
    """A number that mistakes lead to, `value` to within `tolerance`, both as plain decimals, and what to say to it."""

    value: str
    tolerance: str
    feedback: str


class Pitfalls:
    """The mistakes that can be made in an exercise; found once, they serve all its variants. `tried` of `known`
    mistakes are worked out: the others would take too long."""

    def __init__(self, exercise: Exercise) -> None:
        self.marking: Marking | None = None
        self.mistakes: list[tuple[Hypothesis, tuple[Work, ...]]] = []
        self.known, self.tried = 0, 0
        each = work(exercise)
        if not has_comparable_numbers(exercise) or each > MOST_WORK:
            return
        self.marking = prepare(exercise)
        telling = [one for one in all_supposed(self.marking) if not set(self.marking.asked) <= {*one.untouched}]
        self.known = len(telling)
        tried = _most_instructive_first(telling)[: MOST_WORK // max(1, each)]
        self.tried = len(tried)
        self.bench = Bench(exercise.network)
        steps = self.marking.steps
        self.asked = [key for key in self.marking.asked if not is_choice(steps[key].equation.expression)]
        for one in tried:
            changed = wrong_work(self.marking, one.hypothesis, self.asked)
            if changed is not None:
                self.mistakes.append((one.hypothesis, changed))

    def numbers(self, networks: Sequence[Network]) -> list[Mapping[Key, Numbers]]:
        """What the mistakes make of each answer, in networks with these equations; all of them at once."""
        found: list[dict[Key, list[tuple[Hypothesis, tuple[float, ...]]]]] = [{} for _ in networks]
        if self.marking is not None:
            batch = self.bench.batch_of(networks)
            for hypothesis, changed in self.mistakes:
                values = self.bench.instead(batch, changed)
                for key in (key for key in self.asked if key in values):
                    for one, entries in zip(found, values[key].reshape(len(networks), -1).tolist(), strict=True):
                        one.setdefault(key, []).append((hypothesis, tuple(entries)))
        return list(found)


def _most_instructive_first(mistakes: Iterable[Supposed]) -> list[Supposed]:
    """Each mistake once, made in all equations that allow it; then each in fewer."""
    known = {mistake.slug for mistake in catalogue()}
    ranks = {slug: rank for rank, slug in enumerate(FIRST)}
    by_slug: dict[str, list[Supposed]] = {}
    for one in mistakes:
        by_slug.setdefault(one.hypothesis.mistake.slug, []).append(one)
    slugs = sorted(by_slug, key=lambda slug: ranks.get(slug, len(FIRST)) if slug in known else -1)
    groups = [sorted(by_slug[slug], key=lambda one: -len(one.hypothesis.names)) for slug in slugs]
    return [one for one in chain.from_iterable(zip_longest(*groups)) if one is not None]


class _Number(Struct):
    """A wrong number while mistakes that lead to it are collected, one of each sort."""

    value: Fraction
    tolerance: Fraction
    near: tuple[float, float]
    """What is taken for it."""
    causes: dict[str, Hypothesis]


def wrong_numbers(
    right: Fraction,
    tolerance: Fraction,
    careless: Fraction,
    found: Iterable[tuple[Hypothesis, float]],
    precision: Precision,
    symbols: Mapping[str, str],
) -> tuple[Wrong, ...]:
    """The wrong numbers of an entry that is `right` to within its tolerance. Those within `careless` of it may be right
    ones with too few digits, and are left out."""
    numbers: list[_Number] = []
    for hypothesis, number in found:
        if not isfinite(number) or 0 < abs(number) < SMALLEST <= (abs(float(right)) or 1):
            continue
        known = next((one for one in numbers if one.near[0] <= number <= one.near[1]), None)
        if known is None and len(numbers) < MOST_NUMBERS:
            value, width = _as_written(number, precision, tolerance)
            if abs(value - right) > careless + width:
                margin = float(width) + 1e-12 * abs(number)
                numbers.append(known := _Number(value, width, (number - margin, number + margin), {}))
        if known is not None:
            _add(known.causes, hypothesis)
    return tuple(
        Wrong(plain_decimal(one.value), plain_decimal(one.tolerance), _feedback([*one.causes.values()], symbols))
        for one in numbers
    )


def _as_written(number: float, precision: Precision, tolerance: Fraction) -> tuple[Fraction, Fraction]:
    """The number to a few digits more than a student writes, and by how much theirs may differ. Whole and short numbers
    must be met exactly where the right one must."""
    given = sum(map(str.isdigit, round_exact(Fraction(number), precision).text))
    kept = min(max(KEPT, given + MORE), MOST_KEPT)
    value = Fraction(round_exact(Fraction(number), Precision(kept, "significant")).text)
    shown = round_exact(value, precision)
    if not shown.exact:
        return value, unit(shown.text)
    return value, Fraction(1, 10**precision.digits) if tolerance else Fraction(0)


def _add(causes: dict[str, Hypothesis], hypothesis: Hypothesis) -> None:
    """A mistake that leads to the same number in fewer equations says better where it was made."""
    slug = hypothesis.mistake.slug
    if slug not in causes or len(hypothesis.names) < len(causes[slug].names):
        causes[slug] = hypothesis


def _feedback(causes: Sequence[Hypothesis], symbols: Mapping[str, str]) -> str:
    told = [mistake_text(one, symbols) for one in causes[:MOST_CAUSES]]
    if len(told) == 1:
        return " ".join(_sentences(causes[0], told[0]))
    return say("Mistakes that lead to this number: {mistakes}.", mistakes="; ".join(told))


def _sentences(cause: Hypothesis, told: str) -> Iterator[str]:
    yield say("A mistake that leads to this number: {mistake}.", mistake=told)
    yield translated(cause.mistake.hint)
