"""What Moodle does to names, categories and parts of marks, whichever file they come in, and how they are written so
that it does nothing to them.

(Moodle 4: `clean_question_name` and `split_category_path` of question/format.php, `fraction_options` of
question/engine/bank.php.)
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from rnncalc.errors import Problem, Span, printable
from rnncalc.numbers import exact_text
from rnncalc.teaching.quiz import Question, Quiz

LONGEST_NAME = 255
_PERCENT = {
    Fraction(0): "0", Fraction(1): "100", Fraction(9, 10): "90", Fraction(5, 6): "83.33333", Fraction(4, 5): "80",
    Fraction(3, 4): "75", Fraction(7, 10): "70", Fraction(2, 3): "66.66667", Fraction(3, 5): "60",
    Fraction(1, 2): "50", Fraction(2, 5): "40", Fraction(1, 3): "33.33333", Fraction(3, 10): "30",
    Fraction(1, 4): "25", Fraction(1, 5): "20", Fraction(1, 6): "16.66667", Fraction(1, 7): "14.28571",
    Fraction(1, 8): "12.5", Fraction(1, 9): "11.11111", Fraction(1, 10): "10", Fraction(1, 20): "5",
}  # fmt: skip
"""The parts of the marks that Moodle knows, in per cent; a question with another is not taken."""


PERCENTS = frozenset(_PERCENT.values())


def percent(share: Fraction) -> str:
    return _PERCENT[share]


def name(text: str) -> str:
    """A name on one line. Moodle takes what follows `<` for a tag and cuts it out, unless that is a blank."""
    return re.sub(r"<(?=\S)", "< ", " ".join(printable(text).split()))


def category(title: str) -> str:
    """The path of a category. A single slash would begin a category inside this one, and three are none."""
    path = name(title).replace("/", "//")
    return f"$course$/top/{' ' if path.startswith('/') else ''}{path}"


def problems(quiz: Quiz, names: Sequence[tuple[Question, str]]) -> Iterator[Problem]:
    """What Moodle would change or drop without a word: names that are too long, parts of the marks it does not know."""
    if len(name(quiz.title)) > LONGEST_NAME:
        yield _too_long(quiz.title, None, "give a shorter `--title`")
    for question, text in names:
        if len(name(text)) > LONGEST_NAME:
            yield _too_long(text, question.places.title, "shorten `title:`")
    said = {
        (question.places.policy, key, share)
        for question in quiz.questions
        for key, share in (("too few digits", question.nearly), ("mistake", question.mistake))
    }
    for place, key, share in sorted(said, key=str):
        if share not in _PERCENT:
            nearest = min(_PERCENT, key=lambda one: abs(one - share))
            what = f"`{key}` is worth {exact_text(share)}, a part of the marks that Moodle does not know"
            yield Problem(what, place, f"the nearest that it knows is {exact_text(nearest)}")


def _too_long(text: str, place: Span | None, hint: str) -> Problem:
    what = f"the name `{name(text)[:40]}…` has {len(name(text))} characters, and Moodle cuts it off at {LONGEST_NAME}"
    return Problem(what, place, hint)
