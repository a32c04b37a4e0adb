"""Sheets with a mistake: a student who uses a wrong equation, or who spoils a number while writing it down."""

from decimal import Decimal
from random import Random
from typing import Any

from students import Habit, Student

from rnncalc.checking import Marking
from rnncalc.checking.causes.numbers import SlipKind
from rnncalc.checking.verdicts.judging import Judging
from rnncalc.equations import Equation, Expr
from rnncalc.exercise.policy import Policy
from rnncalc.mistakes import Hypothesis


def planted(hypothesis: Hypothesis, marking: Marking, rng: Random, shown: str) -> Judging:
    """The sheet of a student with this mistake, judged."""

    def wrong(key: Any, equation: Equation) -> Expr:
        found = hypothesis.expression(equation, key[1])
        letters = marking.steps[key].letters
        return found if found is not None and marking.exists(found, letters) else equation.expression

    habit = Habit("step", "rounded", 4, shown)
    return judged(Student(marking, habit, rng, wrong), marking)


def judged(student: Student, marking: Marking) -> Judging:
    """What the student hands in, judged."""
    sheet = student.work().sheet()
    judging = Judging(marking, sheet.answers, Policy())
    judging.judge()
    return judging


def slipped(slip: SlipKind, student: Student, rng: Random) -> bool:
    """Spoil a number, or the numbers of a quantity, that the student wrote; whether that changed anything."""
    key = rng.choice([key for key, texts in student.texts.items() if any(float(text) for text in texts)])
    texts = list(student.texts[key])
    place = rng.choice([place for place, text in enumerate(texts) if float(text)])
    match slip.slug:
        case "sign-of-a-number":
            texts[place] = texts[place].removeprefix("-") if texts[place][0] == "-" else "-" + texts[place]
        case "decimal-point":
            texts[place] = f"{Decimal(texts[place]).scaleb(rng.choice((-1, 1, 2))):f}"
        case "digits-exchanged":
            at = len(texts[place]) - rng.randint(2, 4)
            before, two, behind = texts[place][:at], texts[place][at : at + 2], texts[place][at + 2 :]
            texts[place] = before + two[::-1] + behind
        case "copied-number":
            alike = [other for other, found in student.texts.items() if len(found) == len(texts)]
            texts[place] = student.texts[rng.choice(alike)][place]
        case "entries-permuted":
            rng.shuffle(texts)
        case _:
            return False
    changed = tuple(texts) != student.texts[key]
    student.texts[key] = tuple(texts)
    return changed
