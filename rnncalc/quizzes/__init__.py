"""Writers of quizzes: each module of this folder is one course system, found by its name and loaded on demand.

A module has `write(quiz)`, the file as bytes, `ENDING`, the ending of its name, and `problems(quiz)`, everything in the
quiz that the system would take without a word for something else; where there are several kinds of questions, `KINDS`,
and `FEEDBACK = False` where nothing is said to answers.
"""

import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from rnncalc.errors import ExerciseError, Problem, UsageError, did_you_mean
from rnncalc.teaching.quiz import Quiz

__all__ = ["file_name", "has_feedback", "names", "write"]


def names() -> tuple[str, ...]:
    """The systems there are, in alphabetical order; none is loaded."""
    return tuple(sorted(one.name for one in pkgutil.iter_modules(__path__) if not one.name.startswith("_")))


def has_feedback(name: str, kind: str = "") -> bool:
    """Whether a system says something to answers. Raises UsageError for a system or a kind of question there is not."""
    system = _system(name)
    kinds = getattr(system, "KINDS", ())
    if kind and kind not in kinds:
        hint = did_you_mean(kind, kinds, "known: " + ", ".join(kinds)) if kinds else "leave `--kind` out"
        raise UsageError(Problem(f"`{name}` has no questions of the kind `{kind}`", None, hint))
    return bool(getattr(system, "FEEDBACK", True))


def file_name(name: str, quiz: Quiz) -> str:
    """What the file of a quiz is called if nobody says: `lstm-find-h1.xml`."""
    letters = unicodedata.normalize("NFKD", quiz.title).encode("ascii", "ignore").decode().lower()
    return (re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "quiz") + str(_system(name).ENDING)


def write(name: str, quiz: Quiz) -> bytes:
    """The quiz as a file for a system.

    Raises UsageError for a system or a kind of question there is not, ExerciseError with everything that the system
    would not take as it is.
    """
    has_feedback(name, quiz.kind)
    system = _system(name)
    problems = [*_worthless(quiz), *system.problems(quiz)]
    if problems:
        raise ExerciseError(*problems)
    data: bytes = system.write(quiz)
    return data


def _worthless(quiz: Quiz) -> Iterator[Problem]:
    """No system can divide what is reached by nothing."""
    for question in quiz.questions:
        if not any(field.marks for _, field in question.fields):
            what = f"`{question.name}`: `marks:` gives no answer that is asked for any marks"
            yield Problem(what, question.places.marks, "give one of `find:` some, or leave `marks:` out")


def _system(name: str) -> Any:
    if name not in names():
        hint = did_you_mean(name, names(), "known: " + ", ".join(names()))
        raise UsageError(Problem(f"there is no course system `{name}`", None, hint))
    return import_module(f"{__name__}.{name}")
