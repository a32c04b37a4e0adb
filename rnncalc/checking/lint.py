"""What an exercise cannot tell: mistakes that its numbers do not show, or show in the same way; answers too small for
their digits. The model answer must pass its own checker."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isfinite
from random import Random

from msgspec import Struct

from rnncalc.answers import Key, Written
from rnncalc.checking.judging import Judging
from rnncalc.checking.marking import Marking
from rnncalc.checking.supposition import can_be_made, supposed
from rnncalc.equations import Call, Expr, compile_walk
from rnncalc.equations.domains.scalars import Array
from rnncalc.exercise.policy import Policy
from rnncalc.mistakes import Hypothesis
from rnncalc.numbers import Precision

DIGITS = 4
"""Digits asked for where the exercise does not say."""
SATURATED = 1e-4
"""A gate so near to an end of its range looks like it."""


class ModelFails(Struct, frozen=True):
    """The right answer, rounded as asked, is not right in the checker."""

    key: Key


class Unnoticed(Struct, frozen=True):
    """Mistakes that change no digit of any answer, by title, with the equations where they could be made."""

    title: str
    names: tuple[str, ...]


class Alike(Struct, frozen=True):
    """Different mistakes, by title, that give the same numbers everywhere if they are made in one of the equations."""

    titles: tuple[str, ...]
    names: tuple[str, ...]


class TooSmall(Struct, frozen=True):
    """An answer that has no significant digit among the decimals asked for."""

    key: Key
    digits: int


class Reason(Struct, frozen=True):
    """A trait of the data that hides mistakes: `one unit`, `zero state`, `symmetric`, `equal`, `saturated`."""

    kind: str
    names: tuple[str, ...]


Finding = ModelFails | Unnoticed | Alike | TooSmall | Reason


def lint(marking: Marking) -> tuple[Finding, ...]:
    """Everything a teacher may want to know before handing the exercise out."""
    return (*_model(marking), *_too_small(marking), *_reasons(marking), *_mistakes(marking))


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
    verdicts = Judging(marking, dict(model_entries(marking)), policy).judge()
    for key, found in verdicts.items():
        if any(policy.worth(verdict) != 1 for verdict in found):
            yield ModelFails(key)


def _too_small(marking: Marking) -> Iterator[Finding]:
    """Only where decimals are counted: a tolerance that is larger than the answer accepts zero."""
    policy: Policy = marking.exercise.policy
    least = policy.tolerance
    for key in marking.asked:
        numbers = [one.number for one in marking.steps[key].truth if one.exact is None or one.exact]
        if least is not None and any(abs(number) <= least for number in numbers):
            yield TooSmall(key, _digits(marking))


# ---------------------------------------------------------------- traits of the data


def _reasons(marking: Marking) -> Iterator[Finding]:
    network = marking.exercise.network
    states = dict.fromkeys(name for name, _ in network.plan.boundary if name not in marking.exercise.adjoints)
    yield from _reason("one unit", [name for name in states if network.shapes.sizes[name] == (1, 1)])
    lengths = network.plan.lengths.values()
    if all(length == 1 for length in lengths):
        yield from _reason("zero state", [name for name, _ in network.zero_states if name in states])
    given = {name: rows for (name, position), rows in network.data.items() if not position}
    square = {name: rows for name, rows in given.items() if len(rows) == len(rows[0]) > 1}
    yield from _reason("symmetric", [name for name, rows in square.items() if tuple(zip(*rows, strict=True)) == rows])
    equal: dict[object, list[str]] = {}
    for name, rows in given.items():
        equal.setdefault(rows, []).append(name)
    for names in equal.values():
        yield from _reason("equal", names if len(names) > 1 else [])
    yield from _reason("saturated", list(dict.fromkeys(key[0] for key in marking.steps if _is_saturated(marking, key))))


def _reason(kind: str, names: Sequence[str]) -> Iterator[Reason]:
    if names:
        yield Reason(kind, tuple(names))


def _is_saturated(marking: Marking, key: Key) -> bool:
    """Whether an entry of a gate looks like an end of its range."""
    step = marking.steps[key]
    ends = {"sigmoid": (0, 1), "tanh": (-1, 1)}.get(_outermost(step.equation.expression), ())
    half = Fraction(1, 2 * 10 ** _digits(marking))
    return any(abs(one.number - end) < half for one in step.truth for end in ends)


def _outermost(expr: Expr) -> str:
    return expr.function if isinstance(expr, Call) else ""


# ---------------------------------------------------------------- mistakes


def _mistakes(marking: Marking) -> Iterator[Finding]:
    """Mistakes made at every step: what they change, compared with the right answer and with each other."""
    unnoticed: dict[str, dict[str, None]] = {}
    alike: dict[object, list[Hypothesis]] = {}
    half = 0.5 * 10.0 ** -_digits(marking)
    for hypothesis in marking.hypotheses:
        if hypothesis.only is not None or len(hypothesis.changes) > 1:
            continue
        numbers = _numbers(marking, hypothesis) if can_be_made(marking, hypothesis) else None
        if numbers is None:
            continue
        if all(abs(one - other) <= half for one, other in numbers):
            unnoticed.setdefault(hypothesis.mistake.title, {}).update(dict.fromkeys(hypothesis.names))
        else:
            changed = (*hypothesis.changes, *(round(one / half) for one, _ in numbers))
            alike.setdefault(changed, []).append(hypothesis)
    for title, names in unnoticed.items():
        yield Unnoticed(title, tuple(names))
    pairs: dict[tuple[str, ...], dict[str, None]] = {}
    for group in alike.values():
        titles = tuple(dict.fromkeys(one.mistake.title for one in _not_always_alike(marking, group)))
        if len(titles) > 1:
            pairs.setdefault(titles, {}).update(dict.fromkeys(group[0].names))
    for titles, names in pairs.items():
        yield Alike(titles, tuple(names))


def _not_always_alike(marking: Marking, group: Sequence[Hypothesis]) -> list[Hypothesis]:
    """One of those that are the same formula in another spelling: they agree on other numbers too."""
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


def _numbers(marking: Marking, hypothesis: Hypothesis) -> list[tuple[float, float]] | None:
    """(wrong, right) for every entry of every step; None where the mistake cannot be made."""
    view = supposed(marking, hypothesis)
    try:
        found = [
            ((low + high) / 2, one.number)
            for key, step in marking.steps.items()
            for (low, high), one in zip(view.step(key).entries, step.truth, strict=True)
        ]
        return found if all(isfinite(one) for one, _ in found) else None
    except ArithmeticError:
        return None
