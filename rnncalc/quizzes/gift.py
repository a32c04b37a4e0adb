r"""GIFT, the text format of Moodle and others: a question for each number, with its tolerance and feedback.

A field that stands inside a text cannot be written in GIFT, so that each entry of an answer is a question of its own.
Moodle takes a number that it cannot read for `*`, so that every answer is right (`readquestion` of
question/format/gift/format.php); a blank line ends a question, `//` begins a comment, and marks cannot be said.
"""

from collections.abc import Iterator
from html import escape

from rnncalc.errors import Problem, printable
from rnncalc.formula import row
from rnncalc.quizzes import _moodle
from rnncalc.quizzes._alternatives import Alternative, alternatives, entry, name_of
from rnncalc.quizzes._text import LATEX, fragment, words
from rnncalc.teaching.quiz import Asked, Field, Question, Quiz, Words

ENDING = ".gift"
_MEANINGFUL = "\\~=#{}:"


def problems(quiz: Quiz) -> Iterator[Problem]:
    """What Moodle would drop or cut without a word, whatever is escaped."""
    names = [(one, name_of(one, *field)) for one in quiz.questions for field in one.fields]
    yield from _moodle.problems(quiz, names)
    for question in quiz.questions:
        if len({field.marks for _, field in question.fields}) > 1:
            what = f"`{question.name}`: every number counts the same in GIFT, whatever `marks:` says"
            yield Problem(what, question.places.marks, "leave `marks:` out, or export `--to moodle`")


def write(quiz: Quiz) -> bytes:
    # Of escapes, only a backslash is read back in the path of a category.
    category = _moodle.category(quiz.title).replace("\\", "\\\\")
    parts = [f"$CATEGORY: {category}\n"]
    for question in quiz.questions:
        parts += [_question(question, asked, field, quiz.words) for asked, field in question.fields]
    return "\n".join(parts).encode()


def _question(question: Question, asked: Asked, field: Field, said: Words) -> str:
    wanted = f"<p>{LATEX.formula(row(asked.name))}{words(entry(asked, field))}</p>"
    body = fragment((*question.blocks, *asked.task), LATEX) + wanted
    lines = [_alternative(one) for one in alternatives(question, field, said)]
    if asked.worked:
        lines.append(f"####{_escaped(fragment(asked.worked, LATEX))}")
    name = _moodle.name(name_of(question, asked, field))
    inside = "\n  ".join(lines)
    return f"::{_escaped(name)}::[html]{_escaped(body)} {{#\n  {inside}\n}}\n"


def _alternative(one: Alternative) -> str:
    """The feedback is HTML, as the question is. What is said to any other number stands behind `~`, at the end."""
    feedback = _escaped(escape(printable(one.feedback), quote=False))
    if not one.value:
        return f"~#{feedback}"
    return f"=%{_moodle.percent(one.share)}%{one.value}:{one.tolerance}#{feedback}"


def _escaped(text: str) -> str:
    """One line, with a backslash before every character that GIFT would obey."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in _MEANINGFUL else character for character in flat)
