"""Mistakes that the numbers of an exercise hide, and why: which change of the numbers would show them.

Every mistake is worked out at all time steps. What is hidden is worked out again with other numbers: with initial
states that are not zero, with different weights in the place of equal ones, with any numbers at all. What is hidden
even then is a trait of the network with so many units and steps, and no other choice of numbers could mend it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import isfinite
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking
from rnncalc.checking.supposition import can_be_made, supposed, untouched
from rnncalc.equations import Expr, compile_walk
from rnncalc.equations.domains.scalars import Array
from rnncalc.exercise.network import Network
from rnncalc.mistakes import Hypothesis
from rnncalc.reader import Rows

NUMBERS, NEVER, ZERO_START, SAME_ADVICE = "numbers", "never", "zero start", "same advice"
"""Reasons besides the traits of the data: other numbers would show it; none would; zeros before the first step make two
mistakes one; or a student is told the same about both."""
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


class Trait(Struct, frozen=True):
    """A trait of the data that may hide mistakes, `one unit`, `zero state`, `symmetric`, `equal`, `saturated`, with the
    quantities that have it."""

    kind: str
    names: tuple[str, ...]


Outcome = dict[Key, tuple[float, ...]]
"""What is different under a mistake: the steps with their entries."""


def hidden(marking: Marking, traits: Sequence[Trait], unit: float) -> Iterator[Unnoticed | Alike | Unexamined]:
    """Every mistake that changes no number by half a unit, and those that change them alike, with the reason."""
    single = [one for one in marking.hypotheses if one.only is None and len(one.changes) == 1]
    most = max(1, MOST_WORK // len(marking.steps))
    examined = single[:: -(-len(single) // most)] if len(single) > most else single
    if len(examined) < len(single):
        yield Unexamined(len(examined), len(single))
    trial = _Trial(marking, [one for one in examined if can_be_made(marking, one)])
    unnoticed, alike = trial.sorted_out(unit)
    trials = _trials(marking, traits)
    yield from _by_reason(marking, unnoticed, trials)
    yield from _pairs(marking, alike, trials)


DRAWS = 3
"""Numbers are drawn so often: a ReLU is nothing where all happen to be positive."""


class _Trial:
    """The mistakes worked out with one choice of numbers. Outcomes are kept: many questions are asked of them."""

    def __init__(self, marking: Marking, hypotheses: Sequence[Hypothesis] = (), network: Network | None = None) -> None:
        self.marking, self.hypotheses, self.network = marking, hypotheses, network
        self.outcomes: dict[int, Outcome | None] = {}
        self.right: Mapping[Key, Array] = {}
        self.numbers: tuple[dict[Key, Array], dict[str, Array]] | None = None

    def outcome(self, hypothesis: Hypothesis) -> Outcome | None:
        """None where it ends in no number."""
        if id(hypothesis) not in self.outcomes:
            self.outcomes[id(hypothesis)] = self.with_numbers(lambda: self.worked_out(hypothesis))
        return self.outcomes[id(hypothesis)]

    def with_numbers(self, run: Callable[[], Outcome | None]) -> Outcome | None:
        """Run with the numbers of this trial in the place of the exercise's own."""
        marking = self.marking
        own = marking.data, marking.begins
        if self.numbers is None:
            if self.network is not None:
                marking.put(self.network)
            self.numbers = marking.data, marking.begins
        marking.data, marking.begins = self.numbers
        try:
            if not self.right:
                view = supposed(marking, None)
                self.right = {key: view.worked(key) for key in marking.steps}
            return run()
        finally:
            marking.data, marking.begins = own

    def worked_out(self, hypothesis: Hypothesis) -> Outcome | None:
        same = frozenset(untouched(self.marking, hypothesis))
        view = supposed(self.marking, hypothesis)
        view.passed = {key: self.right[key] for key in same}
        try:
            found = {key: _middles(view.worked(key)) for key in self.marking.steps if key not in same}
        except ArithmeticError:
            return None
        return found if all(isfinite(one) for entries in found.values() for one in entries) else None

    def shows(self, hypothesis: Hypothesis, unit: float) -> bool:
        found = self.outcome(hypothesis)
        return found is None or any(
            abs(one - other) > unit / 2
            for key, entries in found.items()
            for one, other in zip(entries, _middles(self.right[key]), strict=True)
        )

    def tells(self, one: Hypothesis, other: Hypothesis) -> bool:
        """Whether they give different numbers."""
        first, second = self.outcome(one), self.outcome(other)
        if first is None or second is None:
            return True
        return any(
            abs(a - b) > 1e-9
            for key in first.keys() | second.keys()
            for a, b in zip(self.entries(first, key), self.entries(second, key), strict=True)
        )

    def entries(self, outcome: Outcome, key: Key) -> tuple[float, ...]:
        return outcome[key] if key in outcome else _middles(self.right[key])

    def sorted_out(self, unit: float) -> tuple[list[Hypothesis], list[list[Hypothesis]]]:
        """Those that change no digit, and groups of others that have the same digits everywhere."""
        unnoticed: list[Hypothesis] = []
        groups: dict[object, list[Hypothesis]] = {}
        for one in self.hypotheses:
            found = self.outcome(one)
            if found is None:
                continue
            if not self.shows(one, unit):
                unnoticed.append(one)
                continue
            digits = tuple((key, *(round(2 * entry / unit) for entry in found[key])) for key in sorted(found))
            groups.setdefault((*one.changes, digits), []).append(one)
        return unnoticed, [group for group in groups.values() if len(group) > 1]


_Trials = Mapping[str, Sequence[_Trial]]
"""By what is changed, the cheapest change first."""


def _middles(value: Array) -> tuple[float, ...]:
    return tuple((low + high) / 2 for low, high in value.entries)


# ---------------------------------------------------------------- other numbers


def _trials(marking: Marking, traits: Sequence[Trait]) -> _Trials:
    """Each trait mended by itself, then all numbers drawn anew, then the initial states too."""
    network = marking.exercise.network
    states = [key for key in network.plan.boundary if key in network.zero_states]
    trials: dict[str, dict[Key, tuple[int, int]]] = {}
    for trait in traits:
        if trait.kind == "zero state":
            trials[trait.kind] = {key: network.shapes.known(key[0]) for key in states}
        elif trait.kind in ("equal", "symmetric"):
            kept = trait.names[:1] if trait.kind == "equal" else ()
            mended: dict[Key, tuple[int, int]] = {
                (name, ()): network.shapes.known(name) for name in trait.names if name not in kept
            }
            trials[trait.kind] = {**trials.get(trait.kind, {}), **mended}
    given = {key: (len(rows), len(rows[0])) for key, rows in network.data.items() if key not in states}
    trials[NUMBERS] = given
    trials[NEVER] = {**given, **{key: network.shapes.known(key[0]) for key in states}}
    return {
        kind: tuple(
            _Trial(marking, (), replace(network, data={**network.data, **_drawn(shapes, f"{kind} {number}")}))
            for number in range(DRAWS)
        )
        for kind, shapes in trials.items()
    }


def _drawn(shapes: Mapping[Key, tuple[int, int]], seed: str) -> dict[Key, Rows]:
    """Numbers that no two entries share, all between −1 and 1."""
    rng = Random(seed)
    return {
        key: tuple(
            tuple(Fraction(rng.choice((-1, 1)) * rng.randint(50, 9999), 10_007) for _ in range(columns))
            for _ in range(rows)
        )
        for key, (rows, columns) in shapes.items()
    }


def _reason(trials: _Trials, is_told: Callable[[Sequence[_Trial]], bool]) -> str:
    """The first change of the numbers that tells."""
    found = next((kind for kind, drawn in trials.items() if is_told(drawn)), None)
    if found == NEVER:
        # Neither the numbers nor the initial states alone, but both.
        return "zero state" if "zero state" in trials else NUMBERS
    return found or NEVER


def _by_reason(marking: Marking, unnoticed: Sequence[Hypothesis], trials: _Trials) -> Iterator[Unnoticed]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in unnoticed:

        def is_shown(drawn: Sequence[_Trial], one: Hypothesis = one) -> bool:
            return any(trial.shows(one, 1e-9) for trial in drawn)

        because = _reason(trials, is_shown)
        found.setdefault((one.mistake.title, because), {}).update(dict.fromkeys(one.names))
    for (title, because), names in found.items():
        yield Unnoticed(title, tuple(names), because)


def _pairs(marking: Marking, groups: Sequence[Sequence[Hypothesis]], trials: _Trials) -> Iterator[Alike]:
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


def _reason_of_pairs(marking: Marking, different: Sequence[Hypothesis], trials: _Trials) -> str:
    """The first change of the numbers that tells all apart that any numbers tell apart."""

    def are_told(drawn: Sequence[_Trial], those: Sequence[Hypothesis]) -> bool:
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
