"""Moodle XML: for each exercise a cloze question with a field for each number, or a numerical question for each number,
all in one category.

Moodle drops a whole question, or shows its code to students, for details that look harmless; what is written here is
read again by `_cloze.py`, which is as strict as Moodle and says so where Moodle is silent.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from math import lcm

from rnncalc.document import Block
from rnncalc.errors import Problem
from rnncalc.formula import Operator, row
from rnncalc.numbers import plain_decimal
from rnncalc.quizzes import _cloze, _moodle
from rnncalc.quizzes._alternatives import Alternative, alternatives, entry, name_of
from rnncalc.quizzes._text import LATEX, fields, fragment, words
from rnncalc.teaching.quiz import Asked, Field, Question, Quiz, Words

ENDING = ".xml"
KINDS = ("cloze", "numerical")
MARKS_DIGITS = 7
"""The decimals of marks that Moodle keeps."""


def problems(quiz: Quiz) -> Iterator[Problem]:
    """What Moodle would drop, cut or show as code without a word, whatever is escaped."""
    cloze = quiz.kind != "numerical"
    names = [(one, one.name if cloze else name) for one in quiz.questions for name in _names(one)]
    yield from _moodle.problems(quiz, list(dict.fromkeys(names)))
    for question in quiz.questions if cloze else ():
        if found := _cloze.ANY_FIELD.search(_text(question, ())):
            what = f"`{question.name}`: Moodle takes `{found[0]}` in a formula for a field"
            yield Problem(what, question.places.asked, "give the quantity another name in `symbols:`")


def _names(question: Question) -> Iterator[str]:
    return (name_of(question, asked, field) for asked, field in question.fields)


def write(quiz: Quiz) -> bytes:
    if quiz.kind == "numerical":
        written = [_numerical(one, *field, quiz.words) for one in quiz.questions for field in one.fields]
    else:
        written = [_cloze_question(one, quiz.words) for one in quiz.questions]
    category = escape(_moodle.category(quiz.title))
    head = f'<question type="category"><category><text>{category}</text></category></question>\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{head}{"".join(written)}</quiz>\n'.encode()


def _question(kind: str, name: str, text: str, worked: Sequence[Block], rest: str) -> str:
    """The parts that questions of all kinds have."""
    feedback = f"{_cdata(fragment(worked, LATEX))}" if worked else ""
    return (
        f'<question type="{kind}">\n<name><text>{escape(_moodle.name(name))}</text></name>\n'
        f'<questiontext format="html"><text>{_cdata(text)}</text></questiontext>\n'
        f'<generalfeedback format="html"><text>{feedback}</text></generalfeedback>\n'
        f"<penalty>0.3333333</penalty>\n{rest}</question>\n"
    )


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


# ---------------------------------------------------------------- all fields in one text


def _cloze_question(question: Question, said: Words) -> str:
    weights = _weights(question)
    drawn = [f"{{{weight}:NUMERICAL:{_field(question, field, said)}}}" for weight, (_, field) in weights]
    body = _text(question, drawn)
    _cloze.check(body, [field for _, field in question.fields])
    return _question("cloze", question.name, body, question.worked, "")


def _weights(question: Question) -> list[tuple[int, tuple[Asked, Field]]]:
    """The marks in whole numbers, as cloze has them, each as small as can be."""
    all_fields = question.fields
    scale = lcm(*(field.marks.denominator for _, field in all_fields))
    return [(int(field.marks * scale), (asked, field)) for asked, field in all_fields]


def _text(question: Question, drawn: Sequence[str]) -> str:
    """The text with its fields, in the order of `Question.fields`; without them if there are none."""
    pending = iter(drawn)
    lines = [fragment((*question.blocks, *question.task), LATEX)]
    for asked in question.asked:
        cells = [[next(pending, "") for _ in line] for line in asked.fields]
        lines.append(fields(asked, LATEX, cells))
    return "\n".join(lines)


def _field(question: Question, field: Field, said: Words) -> str:
    """`=0.7311:0.0001#Right.~%0%0.25:0.0001#…~%50%0.7311:0.001#…~%0%*#…`: the first alternative that fits counts."""
    return "~".join(_alternative(one) for one in alternatives(question, field, said))


def _alternative(one: Alternative) -> str:
    share = "=" if one.share == 1 else f"%{_moodle.percent(one.share)}%"
    number = f"{one.value}:{one.tolerance}" if one.value else "*"
    return f"{share}{number}#{_cloze.escaped(one.feedback)}"


# ---------------------------------------------------------------- a question for each number


def _numerical(question: Question, asked: Asked, field: Field, said: Words) -> str:
    answers = "".join(map(_answer, alternatives(question, field, said)))
    wanted = f"{LATEX.formula(row(asked.name))}{words(entry(asked, field))} {LATEX.formula(row(Operator('equals')))}"
    text = f"{fragment((*question.blocks, *asked.task), LATEX)}\n<p>{wanted}</p>"
    # Without units, and without a place to give one.
    rest = f"<defaultgrade>{_marks(field.marks)}</defaultgrade>\n{answers}<showunits>3</showunits>\n"
    return _question("numerical", name_of(question, asked, field), text, asked.worked, rest)


def _answer(one: Alternative) -> str:
    tolerance = f"<tolerance>{one.tolerance}</tolerance>" if one.value else "<tolerance>0</tolerance>"
    return (
        f'<answer fraction="{_moodle.percent(one.share)}" format="plain_text"><text>{one.value or "*"}</text>'
        f'<feedback format="html"><text>{_cdata(words(one.feedback))}</text></feedback>{tolerance}</answer>\n'
    )


def _marks(marks: Fraction) -> str:
    return plain_decimal(round(marks, MARKS_DIGITS))
