"""Exercises, or variants of them, as one quiz: what `rnncalc export` writes for a course system."""

import gc
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from rnncalc.document import Document
from rnncalc.errors import Span
from rnncalc.exercise import Exercise
from rnncalc.languages import say
from rnncalc.solving import Solution, solve
from rnncalc.source import Node
from rnncalc.teaching.pitfalls import Pitfalls
from rnncalc.teaching.question import question
from rnncalc.teaching.quiz import Places, Question, Quiz, quiz
from rnncalc.variants import Series, rules_for

Written = tuple[Any, Exercise]
"""An exercise with the nodes of its file: variants are this file with other numbers."""
Solved = tuple[Solution, Document | None]
"""A solution with its page, if that is there already."""
TOGETHER = 64
"""The mistakes of so many variants are worked out at once."""


def exam(
    written: Sequence[Written],
    title: str | None = None,
    count: int | None = None,
    seed: int | None = None,
    all_numbers: bool = False,
    mistakes: bool = True,
    kind: str = "",
) -> Quiz:
    """The exercises, each as a question; with `count` so many variants of each instead, drawn from a seed, all numbers
    of them if nothing says which. With `mistakes`, numbers to which known mistakes lead are told so.

    Raises ExerciseError, UsageError as `solve` and `rules_for` do.
    """
    parts = []
    for node, exercise in written:
        drawn = _variants(exercise, node, count, seed, all_numbers) if count else iter([solve(exercise)])
        parts.append(((node, exercise), [(solution, None) for solution in drawn]))
    return assembled(parts, title, mistakes, kind)


def assembled(
    parts: Sequence[tuple[Written, Sequence[Solved]]], title: str | None = None, mistakes: bool = True, kind: str = ""
) -> Quiz:
    """The solutions of each exercise, or of its variants, as one quiz."""
    questions: list[Question] = []
    notes: list[str] = []
    for (node, exercise), solved in parts:
        pitfalls = Pitfalls(exercise) if mistakes else None
        notes += _cut(exercise, pitfalls)
        for start in range(0, len(solved), TOGETHER):
            keep()
            some = solved[start : start + TOGETHER]
            networks = [solution.exercise.network for solution, _ in some]
            wrong = pitfalls.numbers(networks) if pitfalls else [{}] * len(some)
            questions += [
                question(one, _places(node), told, page) for (one, page), told in zip(some, wrong, strict=True)
            ]
    first = parts[0][0][1]
    made = quiz(title or first.title, tuple(questions), first.lang)
    return replace(made, kind=kind, notes=tuple(notes))


def keep() -> None:
    """Leave all that is there alone when garbage is looked for: the pages of a thousand variants are none, and looking
    through them again and again takes a fifth of the time."""
    gc.freeze()


def _cut(exercise: Exercise, pitfalls: Pitfalls | None) -> Iterator[str]:
    """That not all mistakes were worked out, where that is so."""
    if pitfalls and pitfalls.marking is None:
        yield say("`{name}`: no known mistakes are worked out for feedback: it takes too long, or ends by itself.",
                  name=exercise.name)  # fmt: skip
    elif pitfalls and pitfalls.tried < pitfalls.known:
        yield say(
            "`{name}`: of {known} known mistakes {tried} are worked out for feedback; all would take too long.",
            name=exercise.name,
            known=pitfalls.known,
            tried=pitfalls.tried,
        )


def _variants(exercise: Exercise, node: Any, count: int, seed: int | None, all_numbers: bool) -> Iterator[Solution]:
    rules = rules_for(exercise, all_numbers)
    for variant in Series(exercise, node, rules, rules.seed if seed is None else seed).variants(count):
        yield variant.solution


def _places(node: Any) -> Places:
    """What the file says of what is asked for, of the title and of the policy; the file where it says nothing."""

    def place(key: str) -> Span:
        found: Node = node.get(key) or node
        return found.span

    return Places(place("find"), place("title"), place("policy"), place("marks"))
