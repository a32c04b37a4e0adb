"""Moodle XML: a cloze question for each exercise, a numerical field for each number, all in one category.

Moodle drops a whole question, or shows its code to students, for details that look harmless; what is written here is
read again by `cloze.py`, which is as strict as Moodle and says so where Moodle is silent.
"""

from collections.abc import Iterator
from html import escape

from rnncalc.errors import Problem, printable
from rnncalc.quizzes import _cloze
from rnncalc.quizzes._text import fields, fragment, in_latex
from rnncalc.teaching.quiz import Field, Question, Quiz, Words

ENDING = ".xml"
HALF = "%50%"


def problems(quiz: Quiz) -> Iterator[Problem]:
    """All fields are plain decimals with plain tolerances, and texts are escaped: nothing is left to refuse."""
    return iter(())


def write(quiz: Quiz) -> bytes:
    parts = [_category(quiz.title), *(_question(one, quiz.words) for one in quiz.questions)]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{"".join(parts)}</quiz>\n'.encode()


def _category(title: str) -> str:
    # A slash would begin a category inside this one.
    name = escape(printable(title).replace("/", "//"))
    return f'<question type="category"><category><text>$course$/top/{name}</text></category></question>\n'


def _question(question: Question, words: Words) -> str:
    body = fragment(question.blocks, in_latex)
    for asked in question.asked:
        drawn = [[_field(field, words) for field in line] for line in asked.fields]
        body += "\n" + fields(asked, in_latex, drawn)
    _cloze.check(body, [field for _, field in question.fields])
    return (
        f'<question type="cloze">\n<name><text>{escape(printable(question.name))}</text></name>\n'
        f'<questiontext format="html"><text>{_cdata(body)}</text></questiontext>\n'
        "<penalty>0.3333333</penalty>\n</question>\n"
    )


def _field(field: Field, words: Words) -> str:
    """`{1:NUMERICAL:=0.7311:0.0001#Right.~%50%0.7311:0.001#…}`: the first alternative that fits counts."""
    alternatives = [f"={field.value}:{field.tolerance}#{_cloze.escaped(words.right)}"]
    alternatives += [f"%0%{one.value}:{field.tolerance}#{_cloze.escaped(one.feedback)}" for one in field.wrong]
    if field.tolerance != "0":
        alternatives.append(f"{HALF}{field.value}:{field.lenient}#{_cloze.escaped(words.imprecise)}")
    alternatives.append(f"%0%*#{_cloze.escaped(words.wrong)}")
    return "{1:NUMERICAL:" + "~".join(alternatives) + "}"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
