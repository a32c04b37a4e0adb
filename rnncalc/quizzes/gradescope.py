"""Gradescope: the outline of an assignment, a question for each exercise and a part of it for each answer, as JSON."""

import json
from collections.abc import Iterator

from rnncalc.document import plain
from rnncalc.errors import Problem, printable
from rnncalc.teaching.quiz import Question, Quiz

ENDING = ".json"


def problems(quiz: Quiz) -> Iterator[Problem]:
    """An outline holds titles and weights alone: nothing in it can be misread."""
    return iter(())


def write(quiz: Quiz) -> bytes:
    outline = {"title": printable(quiz.title), "outline": [_question(one) for one in quiz.questions]}
    return (json.dumps(outline, indent=2, ensure_ascii=False) + "\n").encode()


def _question(question: Question) -> dict[str, object]:
    parts = [
        {"title": printable(plain((asked.name,))), "weight": sum(map(len, asked.fields))} for asked in question.asked
    ]
    return {"title": printable(question.name), "weight": len(question.fields), "children": parts}
