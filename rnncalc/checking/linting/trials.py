"""An exercise worked out under mistakes, with its own numbers or with others: what each mistake makes of every step.

Other numbers mend a trait of the data that may hide mistakes, or they are drawn anew.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.answers import Key
from rnncalc.checking.marking import Marking, Numbers
from rnncalc.checking.recomputing.supposition import supposed, untouched
from rnncalc.equations.domains.scalars import Array
from rnncalc.exercise.network import Network
from rnncalc.mistakes import Hypothesis
from rnncalc.reader import Rows

NUMBERS, NEVER = "numbers", "never"
"""All numbers drawn anew; and initial states too: what they do not show never shows."""


class Trait(Struct, frozen=True):
    """A trait of the data that may hide mistakes, `one unit`, `zero state`, `symmetric`, `equal`, `saturated`, with the
    quantities that have it."""

    kind: str
    names: tuple[str, ...]


Outcome = dict[Key, tuple[float, ...]]
"""What is different under a mistake: the steps with their entries."""


DRAWS = 3
"""Numbers are drawn so often: a ReLU is nothing where all happen to be positive."""


class Trial:
    """The mistakes worked out with one choice of numbers. Outcomes are kept: many questions are asked of them."""

    def __init__(self, marking: Marking, hypotheses: Sequence[Hypothesis] = (), network: Network | None = None) -> None:
        self.marking, self.hypotheses, self.network = marking, hypotheses, network
        self.outcomes: dict[int, Outcome | None] = {}
        self.right: Mapping[Key, Array] = {}
        self.numbers: Numbers | None = None

    def outcome(self, hypothesis: Hypothesis) -> Outcome | None:
        """None where it ends in no number."""
        if id(hypothesis) not in self.outcomes:
            self.outcomes[id(hypothesis)] = self.with_numbers(lambda: self.worked_out(hypothesis))
        return self.outcomes[id(hypothesis)]

    def with_numbers(self, run: Callable[[], Outcome | None]) -> Outcome | None:
        """Run with the numbers of this trial in the place of the exercise's own."""
        marking = self.marking
        own = marking.numbers
        try:
            if self.numbers is None:
                self.begin()
            else:
                marking.numbers = self.numbers
            return run()
        finally:
            marking.numbers = own

    def begin(self) -> None:
        """Put the numbers in and work the exercise out as it is; what it ends with is what an earlier run left."""
        marking = self.marking
        marking.put(self.network or marking.exercise.network)
        view = supposed(marking, None)
        self.right = {key: view.worked(key) for key in marking.steps}
        marking.leave(self.right)
        self.numbers = marking.numbers

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


Trials = Mapping[str, Sequence[Trial]]
"""By what is changed, the cheapest change first."""


def _middles(value: Array) -> tuple[float, ...]:
    return tuple((low + high) / 2 for low, high in value.entries)


def trials(marking: Marking, traits: Sequence[Trait]) -> Trials:
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
            Trial(marking, (), replace(network, data={**network.data, **_drawn(shapes, f"{kind} {number}")}))
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
