"""What mistakes make of the steps of a sheet, found for many hypotheses at once, is what each of them gives alone."""

from random import Random

import pytest
from students import Habit, Student, random_exercise

from rnncalc.answers import Answer, Entry, Key, Unreadable
from rnncalc.checking import check, diagnose, prepare
from rnncalc.checking.causes import enclosures
from rnncalc.checking.causes.case import Case
from rnncalc.checking.causes.rivals import Rivals
from rnncalc.checking.causes.windows import accepted
from rnncalc.checking.marking import Marking
from rnncalc.checking.recomputing.recomputation import LOOSE, Recomputation
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations import Equation, Expr
from rnncalc.exercise.policy import Policy
from rnncalc.mistakes import Hypothesis

NETWORKS = ("lstm", "gru", "rnn+loss", "attention-additive", "rnn-bidirectional", "grid-lstm")


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
        marking, judging.sheet, LOOSE, None,
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
    if len(entries) > 2:
        del entries[rng.choice([key for key in entries if key != torn])]
    judging = Judging(marking, [Answer(key, found) for key, found in entries.items()], Policy())
    judging.judge()
    there = Case(judging)
    compared = 0
    for number in rng.sample(range(len(marking.hypotheses)), min(60, len(marking.hypotheses))):
        for key in entries:
            alternative = there.alternatives.at(number, key)
            found = None if alternative is None else there.predictions.of(alternative)
            assert (found if found is None else tuple(found)) == alone(
                marking, judging, marking.hypotheses[number], key
            )
            compared += found is not None
    assert compared


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn+loss", "rnn-deep"])
@pytest.mark.parametrize("shown", ["all", "gates", "states"])
def test_what_is_beyond_does_not_fit(name: str, shown: str) -> None:
    """What alternatives can lead to for the whole class encloses what they predict for a sheet, and causes are found as
    if nothing were known of it."""
    rng = Random(f"{name} {shown}")
    marking = prepare(random_exercise(name, rng, 2, 2))
    enclosed = bounded = 0
    for _ in range(6):
        student = Student(marking, Habit("step", "rounded", rng.randint(3, 5), shown), rng).work()
        key = rng.choice([answer.key for answer in student.sheet().answers])
        student.texts[key] = tuple(f"{rng.uniform(-1, 1):.4f}" for _ in student.texts[key])
        judging = Judging(marking, student.sheet().answers, Policy())
        judging.judge()
        there = Case(judging)
        for one, found in judging.verdicts.items():
            if "wrong" in found:
                rivals = Rivals(there, one)
                for place, enclosure in rivals.known.of(rivals.known.all & ~rivals.near):
                    predicted = there.predictions.of(rivals.ways[place][0])
                    if predicted is not None:
                        enclosed += 1
                        pairs = zip(predicted, enclosure, strict=True)
                        assert all(outer[0] <= inner[0] and inner[1] <= outer[1] for inner, outer in pairs)
                        assert not accepted(there.windows(one), predicted)
                bounds = list(rivals.chance())
                bounded += len(bounds)
                exact = bounds[-1][0]
                assert all(least <= exact * (1 + 1e-12) and exact <= most * (1 + 1e-12) for least, most in bounds)
    assert bounded
    assert enclosed


def test_causes_do_not_depend_on_what_is_known_of_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(5)
    marking = prepare(random_exercise("lstm", rng, 2, 3))
    sheets = []
    for number in range(20):
        mistake = rng.choice(marking.hypotheses)

        def wrong(key: Key, equation: Equation, mistake: Hypothesis = mistake) -> Expr:
            found = mistake.expression(equation, key[1])
            there = found is not None and marking.exists(found, marking.steps[key].letters)
            return found if there and found is not None else equation.expression

        habit = Habit("step", "rounded", rng.randint(2, 5), "all" if number % 2 else "states")
        sheets.append(Student(marking, habit, rng, wrong).work().sheet())

    def causes(of_each: bool = False) -> list[object]:
        found: list[object] = []
        for sheet in sheets:
            if of_each:
                marking.forget()
            for cause in diagnose(marking, check(marking, sheet)):
                slugs = [[one.mistake.slug for one in group] for group in cause.groups]
                found.append((cause.steps, slugs, cause.named))
        return found

    known = causes()
    assert causes(of_each=True) == known
    # Finer sheets are taken together with coarser ones at once.
    marking.forget()
    monkeypatch.setattr(enclosures, "FEW", 1)
    assert causes() == known
    marking.forget()
    monkeypatch.setattr(enclosures, "COARSEST", 0)
    assert causes() == known
