"""What mistakes make of the steps of a sheet, found for many hypotheses at once, is what each of them gives alone."""

from random import Random

import pytest
from students import Habit, Student, random_exercise

from rnncalc.answers import Entry, Key, Unreadable
from rnncalc.checking import prepare
from rnncalc.checking.diagnosis import Diagnosis
from rnncalc.checking.judging import Judging
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputation import LOOSE, Recomputation
from rnncalc.equations import Expr
from rnncalc.exercise.policy import Policy
from rnncalc.mistakes import Hypothesis

NETWORKS = ("lstm", "gru", "rnn+loss", "attention-additive", "rnn-bidirectional")


def alone(marking: Marking, judging: Judging, hypothesis: Hypothesis, key: Key) -> object:
    """The shown step under one hypothesis, every hidden step worked out again; None if it changes nothing there."""

    def wrong(one: Key) -> Expr | None:
        step = marking.steps[one]
        found = hypothesis.expression(step.equation, one[1])
        return found if found is not None and marking.exists(found, step.letters) else None

    cone, pending = [key], [key]
    while pending:
        for need in marking.steps[pending.pop()].needs:
            if need not in judging.shown and need not in cone:
                cone.append(need)
                pending.append(need)
    changed = [one for one in cone if wrong(one) is not None]
    if not changed:
        return None
    view = Recomputation(
        marking, judging.shown, {}, LOOSE, judging.units,
        lambda one: (wrong(one) if changed != [key] or one == key else None) or marking.steps[one].equation.expression,
    )  # fmt: skip
    try:
        return view.step(key).entries
    except ArithmeticError:
        return None


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("shown", ["all", "states", "final"])
def test_many_hypotheses_at_once(name: str, shown: str) -> None:
    rng = Random(f"{name} {shown}")
    marking = prepare(random_exercise(name, rng, 2, 2))
    sheet = Student(marking, Habit("step", "rounded", 4, shown), rng).work().sheet()
    entries: dict[Key, tuple[Entry, ...]] = {answer.key: answer.entries for answer in sheet.answers}
    torn = rng.choice(list(entries))
    entries[torn] = (Unreadable("?", "not a number"), *entries[torn][1:])
    judging = Judging(marking, entries, Policy())
    judging.judge()
    diagnosis = Diagnosis(marking, judging)
    compared = 0
    for number in rng.sample(range(len(marking.hypotheses)), min(60, len(marking.hypotheses))):
        for key in entries:
            alternative = diagnosis.alternatives.at(number, key)
            found = None if alternative is None else diagnosis.predicted(alternative, key)
            assert found == alone(marking, judging, marking.hypotheses[number], key)
            compared += found is not None
    assert compared
