"""Gradescope: the outline of an assignment, a question for each exercise and a part of it for each answer, as JSON."""

import json
from collections.abc import Iterator
from fractions import Fraction

from rnncalc.document import plain
from rnncalc.errors import Problem, printable
from rnncalc.teaching.quiz import Question, Quiz

ENDING = ".json"
FEEDBACK = False


def problems(quiz: Quiz) -> Iterator[Problem]:
    """An outline holds titles and weights alone: nothing in it can be misread."""
    return iter(())


def write(quiz: Quiz) -> bytes:
    outline = {"title": printable(quiz.title), "outline": [_question(one) for one in quiz.questions]}
    return (json.dumps(outline, indent=2, ensure_ascii=False) + "\n").encode()


def _question(question: Question) -> dict[str, object]:
    parts = [
        {
            "title": printable(plain((asked.name,))),
            "weight": _number(sum((field.marks for line in asked.fields for field in line), Fraction(0))),
        }
        for asked in question.asked
    ]
    return {"title": printable(question.name), "weight": _number(question.marks), "children": parts}


def _number(marks: Fraction) -> int | float:
    return int(marks) if marks.denominator == 1 else round(float(marks), 4)
