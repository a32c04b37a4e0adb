"""Mistakes that an exercise can show: worked out with the wrong equations, its answers are other numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct

from rnncalc.checking import Marking, prepare
from rnncalc.checking.recomputing.supposition import all_supposed, supposed
from rnncalc.equations import Expr
from rnncalc.exercise import Exercise
from rnncalc.mistakes import Hypothesis
from rnncalc.variants.bench import Batch, Bench, Key, Work
from rnncalc.variants.blame import changed, nearest, uses
from rnncalc.variants.faults import Fault, Judge

MOST_STEPS = 60_000
"""Steps under all mistakes together, about a second for many candidates, beyond which they are not looked for."""
DIGITS = 4
"""Decimals or significant digits of an answer, whichever shows more."""
APART = 1.51
"""Units of the last digit by which an answer must change: rounded, it then is another by more than one unit."""
TOGETHER = 0.125
"""So large a part of the trials shows all the mistakes that are asked for: numbers that show more are too rare."""


class Wrong(Struct, frozen=True):
    """A mistake at every step, and the steps that it changes, in the order in which they are worked out under it;
    `changes` are the right-hand sides with the wrong ones."""

    hypothesis: Hypothesis
    work: tuple[Work, ...]

    changes: tuple[tuple[Expr, Expr], ...]


Titles = Mapping[str, tuple[str, ...]]
"""Titles of mistakes, each with the quantities in whose equations it is made."""


class Examined(Struct, frozen=True):
    """How many mistakes every variant shows; those that no trial shows, and those that too few show together with the
    others. Nothing is examined where the exercise is too `long`, or all its answers are chosen `words`."""

    shown: int = 0
    unseen: Titles = {}
    rare: Titles = {}
    why_not: Literal["", "long", "words"] = ""


class Telling:
    """The mistakes that every variant must show: those that trials show."""

    def __init__(self, exercise: Exercise, bench: Bench, judge: Judge, trials: Batch) -> None:
        self.bench, self.judge = bench, judge
        self.mistakes: tuple[Wrong, ...] = ()
        found = _all_wrong(exercise, judge.answers) if judge.answers else []
        if not found:
            self.examined = Examined(why_not="words" if not judge.answers else "long" if found is None else "")
            return
        shows = sorted(((self.shows(trials, one), one) for one in found), key=lambda pair: -pair[0].sum())
        together = np.ones(trials.count, dtype=bool)
        asked: list[Wrong] = []
        unseen: list[Wrong] = []
        rare: list[Wrong] = []
        for seen, one in shows:
            if not seen.any():
                unseen.append(one)
            elif (together & seen).mean() < TOGETHER:
                rare.append(one)
            else:
                together &= seen
                asked.append(one)
        # What is hidden most often comes first: it is blamed first.
        self.mistakes = tuple(reversed(asked))
        self.examined = Examined(len(asked), _titles(unseen), _titles(rare))

    def faults(self, batch: Batch) -> list[list[Fault]]:
        """For each candidate a fault for the first mistake that would not show, as large as there are such mistakes."""
        hidden = np.zeros(batch.count, dtype=int)
        first: list[Wrong | None] = [None] * batch.count
        for one in self.mistakes:
            for number in np.flatnonzero(~self.shows(batch, one)):
                hidden[number] += 1
                first[number] = first[number] or one
        return [[self._fault(one, int(size))] if one else [] for one, size in zip(first, hidden, strict=True)]

    def shows(self, batch: Batch, one: Wrong) -> Any:
        """Whether an answer is another number under the mistake, or no number, in each candidate."""
        wrong = self.bench.instead(batch, one.work)
        other = np.zeros(batch.count, dtype=bool)
        for key in self.judge.answers:
            if key in wrong:
                right = batch.values[key]
                apart = abs(wrong[key] - right) > APART * _unit(right)
                other |= (apart | ~np.isfinite(wrong[key])).any(axis=(1, 2))
        return other

    def _fault(self, one: Wrong, size: int) -> Fault:
        """The fault of a mistake that does not show; what the mistake changes is to blame."""
        judge = self.judge
        parts = [part for right, wrong in one.changes for part in changed(right, wrong)]
        behind = [use for part in parts for use in uses(part, None, None)]
        names = ", ".join(one.hypothesis.names)
        return Fault("alike", names, nearest(behind, judge.equations, judge.drawn), size)


def _titles(mistakes: Sequence[Wrong]) -> Titles:
    found: dict[str, dict[str, None]] = {}
    for one in mistakes:
        found.setdefault(one.hypothesis.mistake.title, {}).update(dict.fromkeys(one.hypothesis.names))
    return {title: tuple(names) for title, names in found.items()}


def _unit(values: Any) -> Any:
    """One unit of the last digit that is shown of each number."""
    sizes = np.floor(np.log10(np.maximum(abs(values), 1e-300)) + 1e-9)
    return 10.0 ** np.minimum(sizes + 1 - DIGITS, -DIGITS)


def _all_wrong(exercise: Exercise, answers: Sequence[Key]) -> list[Wrong] | None:
    """Every mistake that can be made; None if there is too much to work out."""
    if exercise.network.plan.count > MOST_STEPS:
        return None
    marking, found, steps = prepare(exercise), [], 0
    for hypothesis in (one.hypothesis for one in all_supposed(marking)):
        work = wrong_work(marking, hypothesis, answers)
        if work is not None:
            found.append(Wrong(hypothesis, work, tuple(_changes(marking, hypothesis))))
            steps += len(work)
        if steps > MOST_STEPS:
            return None
    return found


def _changes(marking: Marking, hypothesis: Hypothesis) -> Iterator[tuple[Expr, Expr]]:
    """The right-hand sides that a mistake changes, with the wrong ones."""
    for equation in dict.fromkeys(step.equation for step in marking.steps.values()):
        for _, wrong in hypothesis.changes.get(equation.target, ()):
            yield equation.expression, wrong


def wrong_work(marking: Marking, hypothesis: Hypothesis, answers: Sequence[Key]) -> tuple[Work, ...] | None:
    """The steps towards the answers that a mistake changes, in order; None where wrong equations need their own result,
    which nobody gets."""
    view = supposed(marking, hypothesis)
    order: dict[Key, None] = {}
    entered: set[Key] = set()
    pending = [key for key in answers if key in marking.steps]
    while pending:
        key = pending[-1]
        missing = [need for need in view.needs(key) if need not in order]
        if key in order or not missing:
            order[pending.pop()] = None
        elif key in entered:
            return None
        else:
            entered.add(key)
            pending += missing
    changed: dict[Key, Work] = {}
    for key in order:
        step, expression = marking.steps[key], view.expression(key)
        if expression is not step.equation.expression or not changed.keys().isdisjoint(view.needs(key)):
            changed[key] = key, expression, step.letters
    return tuple(changed.values())
