"""What the author of an exercise should know before handing it out: the model answer must pass its own checker, answers
must not be too small for the tolerance, and the numbers should hide no mistake."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct

from rnncalc.answers import Answer, Key, Written
from rnncalc.checking.linting.hiding import SAME_ADVICE, ZERO_START, Alike, Unexamined, Unnoticed, hidden
from rnncalc.checking.linting.trials import NEVER, Trait
from rnncalc.checking.marking import Marking
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations import Call, Expr
from rnncalc.numbers import Precision

DIGITS = 4
"""Digits asked for where the exercise does not say."""


class ModelFails(Struct, frozen=True):
    """The right answer, rounded as asked, is not right in the checker."""

    key: Key


class TooSmall(Struct, frozen=True):
    """An answer with an entry that is not 0, for which 0 is accepted: it has no significant digit among the decimals
    asked for, or is smaller than the tolerance."""

    key: Key


Finding = ModelFails | TooSmall | Trait | Unnoticed | Alike | Unexamined
_NO_FINDINGS = (NEVER, ZERO_START, SAME_ADVICE)


def is_note(finding: Finding) -> bool:
    """Whether the author can do nothing about it with other numbers, or need not."""
    match finding:
        case Unexamined():
            return True
        case Unnoticed(because=because) | Alike(because=because):
            return because in _NO_FINDINGS
        case _:
            return False


def lint(marking: Marking) -> tuple[Finding, ...]:
    """Everything a teacher may want to know before handing the exercise out; some of it are notes."""
    traits = tuple(_traits(marking))
    found = tuple(hidden(marking, traits, 10.0 ** -_digits(marking)))
    hiding = {one.because for one in found if isinstance(one, Unnoticed | Alike)}
    # That sequences begin with zeros is usual: it matters only where it hides something.
    telling = (one for one in traits if one.kind != "zero state" or one.kind in hiding)
    return (*_model(marking), *_too_small(marking), *telling, *found)


def _digits(marking: Marking) -> int:
    return marking.exercise.policy.digits or DIGITS


# ---------------------------------------------------------------- the model answer


def model_entries(marking: Marking) -> dict[Key, tuple[Written, ...]]:
    """The right answer as a student would write it."""
    from rnncalc.answers import read_written

    precision = Precision(_digits(marking))
    return {key: tuple(read_written(one.text(precision)) for one in step.truth) for key, step in marking.steps.items()}


def _model(marking: Marking) -> Iterator[Finding]:
    policy = marking.exercise.policy
    judging = Judging(marking, [Answer(key, entries) for key, entries in model_entries(marking).items()], policy)
    judging.judge()
    for key, found in judging.verdicts.items():
        if any(policy.worth(verdict) != 1 for verdict in found):
            yield ModelFails(key)


def _too_small(marking: Marking) -> Iterator[Finding]:
    least = marking.exercise.policy.tolerance or Fraction(1, 2 * 10 ** _digits(marking))
    for key in marking.asked:
        if any(abs(one.number) <= least for one in marking.steps[key].truth if one.exact != 0):
            yield TooSmall(key)


# ---------------------------------------------------------------- traits of the data


def _traits(marking: Marking) -> Iterator[Trait]:
    network = marking.exercise.network
    states = dict.fromkeys(name for name, _ in network.plan.boundary if name not in marking.exercise.adjoints)
    yield from _trait("one unit", [name for name in states if network.shapes.sizes[name] == (1, 1)])
    yield from _trait("zero state", list(dict.fromkeys(name for name, _ in network.zero_states if name in states)))
    given = {name: rows for (name, position), rows in network.data.items() if not position}
    square = {name: rows for name, rows in given.items() if len(rows) == len(rows[0]) > 1}
    yield from _trait("symmetric", [name for name, rows in square.items() if tuple(zip(*rows, strict=True)) == rows])
    equal: dict[object, list[str]] = {}
    for name, rows in given.items():
        equal.setdefault(rows, []).append(name)
    for names in equal.values():
        yield from _trait("equal", names if len(names) > 1 else [])
    yield from _trait("saturated", list(dict.fromkeys(key[0] for key in marking.steps if _is_saturated(marking, key))))


def _trait(kind: str, names: Sequence[str]) -> Iterator[Trait]:
    if names:
        yield Trait(kind, tuple(names))


def _is_saturated(marking: Marking, key: Key) -> bool:
    """Whether an entry of a gate looks like an end of its range."""
    step = marking.steps[key]
    ends = {"sigmoid": (0, 1), "tanh": (-1, 1)}.get(_outermost(step.equation.expression), ())
    half = Fraction(1, 2 * 10 ** _digits(marking))
    return any(abs(one.number - end) < half for one in step.truth for end in ends)


def _outermost(expr: Expr) -> str:
    return expr.function if isinstance(expr, Call) else ""
