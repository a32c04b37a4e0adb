r"""GIFT, the text format of Moodle and others: a question for each number, with its tolerance and feedback.

A field that stands inside a text cannot be written in GIFT, so that each entry of an answer is a question of its own.
"""

from collections.abc import Iterator

from rnncalc.document import plain
from rnncalc.errors import Problem, printable
from rnncalc.formula import row
from rnncalc.quizzes._text import fragment, in_latex, words
from rnncalc.teaching.quiz import Asked, Field, Question, Quiz, Words

ENDING = ".gift"
_MEANINGFUL = "\\~=#{}:"


def problems(quiz: Quiz) -> Iterator[Problem]:
    """Every character that GIFT would obey is escaped: nothing is left to refuse."""
    return iter(())


def write(quiz: Quiz) -> bytes:
    parts = [f"$CATEGORY: $course$/top/{printable(quiz.title).replace('/', '//')}\n"]
    for question in quiz.questions:
        parts += [_question(question, asked, field, quiz.words) for asked, field in question.fields]
    return "\n".join(parts).encode()


def _question(question: Question, asked: Asked, field: Field, said: Words) -> str:
    wanted = entry(asked, field)
    body = fragment(question.blocks, in_latex) + f"<p>{in_latex(row(asked.name))}{words(wanted)}</p>"
    name = f"{question.name}: {plain((asked.name,))}{wanted}"
    lines = [f"=%100%{field.value}:{field.tolerance}#{_escaped(said.right)}"]
    lines += [f"=%0%{one.value}:{field.tolerance}#{_escaped(one.feedback)}" for one in field.wrong]
    if field.tolerance != "0":
        lines.append(f"=%50%{field.value}:{field.lenient}#{_escaped(said.imprecise)}")
    alternatives = "\n  ".join(lines)
    return f"::{_escaped(printable(name))}::[html]{_escaped(body)} {{#\n  {alternatives}\n}}\n"


def entry(asked: Asked, field: Field) -> str:
    """Which entry of the answer: ` [2]`, ` [1, 2]`."""
    return f" [{', '.join(map(str, field.place))}]" if field.place else ""


def _escaped(text: str) -> str:
    """One line, with a backslash before every character that GIFT would obey."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in _MEANINGFUL else character for character in flat)
