"""Exercises, or variants of them, as one quiz: what `rnncalc export` writes for a course system."""

from collections.abc import Iterator, Sequence
from typing import Any

from rnncalc.exercise import Exercise, read_exercise
from rnncalc.library import find
from rnncalc.solving import solve
from rnncalc.source import Node, read_file
from rnncalc.teaching.quiz import Question, Quiz, question, quiz
from rnncalc.variants import generate, rules_for


def exam(
    files: Sequence[str],
    title: str | None = None,
    count: int | None = None,
    seed: int | None = None,
    all_numbers: bool = False,
) -> Quiz:
    """The exercises in the files, each as a question; with `count` so many variants of each instead, drawn from a seed,
    all numbers of them if nothing says which.

    Raises ExerciseError, UsageError as `load` and `rules_for` do.
    """
    questions: list[Question] = []
    exercises: list[Exercise] = []
    for file in files:
        path = find(file)
        node: Any = read_file(path)
        exercise = read_exercise(node, path.stem, path.parent)
        exercises.append(exercise)
        questions += _variants(exercise, node, count, seed, all_numbers) if count else [_question(exercise, node)]
    return quiz(title or exercises[0].title, tuple(questions), exercises[0].lang)


def _question(exercise: Exercise, node: Any) -> Question:
    return question(solve(exercise), _place(node))


def _variants(exercise: Exercise, node: Any, count: int, seed: int | None, all_numbers: bool) -> Iterator[Question]:
    rules = rules_for(exercise, all_numbers)
    for variant in generate(exercise, node, rules, rules.seed if seed is None else seed, count):
        yield question(variant.solution, _place(node))


def _place(node: Any) -> Any:
    """Where the file says what is asked for."""
    asked: Node = node.get("find") or node
    return asked.span
