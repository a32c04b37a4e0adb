"""Mistakes that the numbers of an exercise hide, and why: which change of the numbers would show them.

Every mistake is worked out at all time steps. What is hidden is worked out again with other numbers: with initial
states that are not zero, with different weights in the place of equal ones, with any numbers at all. What is hidden
even then is a trait of the network with so many units and steps, and no other choice of numbers could mend it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from random import Random

from msgspec import Struct

from rnncalc.answers import Key
from rnncalc.checking.linting.trials import NEVER, NUMBERS, Trait, Trial, Trials, trials
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputing.supposition import can_be_made
from rnncalc.equations import Expr, compile_walk
from rnncalc.equations.domains.scalars import Array
from rnncalc.mistakes import Hypothesis

ZERO_START, SAME_ADVICE = "zero start", "same advice"
"""Reasons besides the traits of the data and NUMBERS and NEVER: zeros before the first step make two mistakes one; or a
student is told the same about both."""
MOST_WORK = 200_000
"""Steps worked out for all mistakes together, some seconds: beyond that only some of the mistakes are examined."""


class Unnoticed(Struct, frozen=True):
    """Mistakes that change no digit of any answer, by title, with the equations where they could be made; `because` is
    the kind of a trait of the data, or one of the reasons above."""

    title: str
    names: tuple[str, ...]
    because: str = NUMBERS


class Alike(Struct, frozen=True):
    """Different mistakes, by title, that give the same numbers everywhere if they are made in one of the equations."""

    titles: tuple[str, ...]
    names: tuple[str, ...]
    because: str = NUMBERS


class Unexamined(Struct, frozen=True):
    """The exercise is too long: so many of its mistakes were examined."""

    examined: int
    mistakes: int


def hidden(marking: Marking, traits: Sequence[Trait], unit: float) -> Iterator[Unnoticed | Alike | Unexamined]:
    """Every mistake that changes no number by half a unit, and those that change them alike, with the reason."""
    single = [one for one in marking.hypotheses if one.only is None and len(one.changes) == 1]
    most = max(1, MOST_WORK // len(marking.steps))
    examined = single[:: -(-len(single) // most)] if len(single) > most else single
    if len(examined) < len(single):
        yield Unexamined(len(examined), len(single))
    trial = Trial(marking, [one for one in examined if can_be_made(marking, one)])
    unnoticed, alike = trial.sorted_out(unit)
    found = trials(marking, traits)
    yield from _by_reason(marking, unnoticed, found)
    yield from _pairs(marking, alike, found)


def _reason(trials: Trials, is_told: Callable[[Sequence[Trial]], bool]) -> str:
    """The first change of the numbers that tells."""
    found = next((kind for kind, drawn in trials.items() if is_told(drawn)), None)
    if found == NEVER:
        # Neither the numbers nor the initial states alone, but both.
        return "zero state" if "zero state" in trials else NUMBERS
    return found or NEVER


def _by_reason(marking: Marking, unnoticed: Sequence[Hypothesis], trials: Trials) -> Iterator[Unnoticed]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in unnoticed:

        def is_shown(drawn: Sequence[Trial], one: Hypothesis = one) -> bool:
            return any(trial.shows(one, 1e-9) for trial in drawn)

        because = _reason(trials, is_shown)
        found.setdefault((one.mistake.title, because), {}).update(dict.fromkeys(one.names))
    for (title, because), names in found.items():
        yield Unnoticed(title, tuple(names), because)


def _pairs(marking: Marking, groups: Sequence[Sequence[Hypothesis]], trials: Trials) -> Iterator[Alike]:
    found: dict[tuple[tuple[str, ...], str], dict[str, None]] = {}
    for group in groups:
        different = _different(marking, group)
        titles = tuple(dict.fromkeys(one.mistake.title for one in different))
        if len(titles) == 1:
            continue
        if len({one.mistake.hint for one in different}) == 1:
            because = SAME_ADVICE
        else:
            because = _reason_of_pairs(marking, different, trials)
        found.setdefault((titles, because), {}).update(dict.fromkeys(group[0].names))
    for (titles, because), names in found.items():
        yield Alike(titles, tuple(names), because)


def _reason_of_pairs(marking: Marking, different: Sequence[Hypothesis], trials: Trials) -> str:
    """The first change of the numbers that tells all apart that any numbers tell apart."""

    def are_told(drawn: Sequence[Trial], those: Sequence[Hypothesis]) -> bool:
        return all(any(trial.tells(one, other) for trial in drawn) for one, other in combinations(those, 2))

    told: list[Hypothesis] = []
    for one in different:
        if all(are_told(trials[NEVER], (one, other)) for other in told):
            told.append(one)
    if len(told) == 1:
        return NEVER
    because = _reason(trials, lambda drawn: are_told(drawn, told))
    return ZERO_START if because == "zero state" and not has_one_step(marking) else because


def has_one_step(marking: Marking) -> bool:
    """Whether nothing comes after the first step of any sequence."""
    return all(length == 1 for length in marking.exercise.network.plan.lengths.values())


def _different(marking: Marking, group: Sequence[Hypothesis]) -> list[Hypothesis]:
    """One of those that are the same formula in another spelling: they agree on all numbers."""
    found: dict[object, Hypothesis] = {}
    for one in group:
        (target,) = one.changes
        key = next(key for key, step in marking.steps.items() if step.equation.target == target)
        expression = one.expression(marking.steps[key].equation, key[1])
        if expression is not None:
            found.setdefault(_elsewhere(marking, expression, key), one)
    return list(found.values())


def _elsewhere(marking: Marking, expression: Expr, key: Key) -> tuple[int, ...]:
    """What the formula gives for arbitrary numbers, to nine digits."""
    values: dict[tuple[str, object], Array] = {}

    def lookup(name: str, position: object) -> Array:
        if (name, position) not in values:
            rows, columns = marking.shape(name)
            numbers = [(n, n) for n in (Random(f"{name}{position}{k}").uniform(-1, 1) for k in range(rows * columns))]
            values[name, position] = Array(rows, columns, tuple(numbers))
        return values[name, position]

    lengths = marking.exercise.network.plan.lengths
    try:
        found = compile_walk(expression, marking.domain, lookup, lengths)(marking.steps[key].letters)
    except ArithmeticError:
        return (hash(expression),)
    return tuple(round(1e9 * (low + high)) if abs(low + high) < 1e9 else 0 for low, high in found.entries)
