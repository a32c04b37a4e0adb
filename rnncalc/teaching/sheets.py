"""A blank sheet of answers for an exercise: every quantity that can be answered, with a place for each number."""

import json
import re
from collections.abc import Iterator

from rnncalc.answers import Key
from rnncalc.checking import Marking
from rnncalc.equations import Shape, ref_at, shape_text
from rnncalc.languages import language, say, speaking

BLANK = "_"
_PLAIN = re.compile(r"[^\W_](?:\w|[\u0300-\u036f/′])*")
"""Names that YAML takes as they are."""


def blank_sheet(marking: Marking) -> str:
    """The text of the sheet, in YAML. Helpers of the backward pass are left out, but understood."""
    with speaking(language(marking.exercise.lang)):
        head = "".join(f"# {remark}\n" for remark in _head(marking.exercise.title))
        return f'{head}student: ""\nanswers:\n' + "".join(_lines(marking))


def _head(title: str) -> Iterator[str]:
    yield say("Answers to: {title}", title=" ".join(title.split()))
    yield say("Put a number in the place of each `_`; what you leave open is not counted unless it is asked for.")
    yield say("A number may be 0.73, -.5, 2e-3, 1/3 or σ(2); digits are counted as you write them.")


def _lines(marking: Marking) -> Iterator[str]:
    exercise = marking.exercise
    for key, step in marking.steps.items():
        if key[0] in exercise.shares and key not in marking.asked:
            continue
        name = _spelling(marking, key)
        spelt = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
        remark = _remark(step.shape, key in marking.asked)
        line = f"  {spelt}: {_places(step.shape)}"
        yield f"{line:<32}# {remark}\n" if remark else f"{line}\n"


def _remark(shape: Shape, asked: bool) -> str:
    if min(shape) == 1:
        return say("asked for") if asked else ""
    if asked:
        return say("{shape}, row by row, asked for", shape=shape_text(shape))
    return say("{shape}, row by row", shape=shape_text(shape))


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
