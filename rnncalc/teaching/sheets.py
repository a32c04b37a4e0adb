"""A blank sheet of answers for an exercise: every quantity that can be answered, with a place for each number."""

import json
import re
from collections.abc import Iterator

from rnncalc.answers import Key
from rnncalc.checking import Marking
from rnncalc.equations import Shape, ref_at, shape_text
from rnncalc.exercise import Exercise
from rnncalc.languages import language, say, speaking
from rnncalc.numbers import exact_text
from rnncalc.pages.verdicts import marks_text

BLANK = "_"
_PLAIN = re.compile(r"[^\W_](?:\w|[\u0300-\u036f/′])*")
"""Names that YAML takes as they are."""


def blank_sheet(marking: Marking) -> str:
    """The text of the sheet, in YAML. Helpers of the backward pass are left out, but understood."""
    with speaking(language(marking.exercise.lang)):
        head = "".join(f"# {remark}\n" for remark in _head(marking.exercise))
        return f'{head}student: ""\nanswers:\n' + "".join(_lines(marking))


def _head(exercise: Exercise) -> Iterator[str]:
    policy = exercise.policy
    yield say("Answers to: {title}", title=" ".join(exercise.title.split()))
    yield say("Put a number in the place of each `_`; what you leave open is not counted unless it is asked for.")
    yield say("A number may be 0.73, -.5, 2e-3, 1/3 or σ(2); digits are counted as you write them.")
    if policy.digits is not None:
        yield say("Write at least {digits} decimals, or {digits} significant digits.", digits=policy.digits)
    if policy.tolerance is not None:
        yield say("A number may be off by {tolerance} at most.", tolerance=exact_text(policy.tolerance))
    if policy.rounding == "end":
        yield say("Do not round on the way.")


def _lines(marking: Marking) -> Iterator[str]:
    exercise = marking.exercise
    said = exercise.said_marks() if exercise.marks else None
    for key, step in marking.steps.items():
        worth = say("asked for") if key in marking.asked else ""
        if said is not None:
            worth = say("marks: {marks}", marks=marks_text(said[key])) if said.get(key) else ""
        if key[0] in exercise.shares and not worth:
            continue
        name = _spelling(marking, key)
        spelt = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
        remark = ", ".join(filter(None, (_size(step.shape), worth)))
        line = f"  {spelt}: {_places(step.shape)}"
        yield f"{line:<32}# {remark}\n" if remark else f"{line}\n"


def _size(shape: Shape) -> str:
    return say("{shape}, row by row", shape=shape_text(shape)) if min(shape) > 1 else ""


def _spelling(marking: Marking, key: Key) -> str:
    """The letters that the exercise prints, `A′_1`, where they can be read back."""
    exercise = marking.exercise
    name, position = key
    places = ",".join(map(str, position))
    printed = exercise.symbols.get(name, name) + (f"_{places}" if places else "")
    wanted = ref_at(name, position)
    readable = "∂" not in printed and exercise.quantities.find(printed) == wanted
    return printed if readable else exercise.quantities.key(name, position)


def _places(shape: Shape) -> str:
    rows, columns = shape
    if rows == columns == 1:
        return BLANK
    if rows == 1 or columns == 1:
        return "[" + ", ".join([BLANK] * (rows * columns)) + "]"
    return "[" + ", ".join(["[" + ", ".join([BLANK] * columns) + "]"] * rows) + "]"
