"""Solution → plain dicts: the `--json` promise, described in docs/json.md. Additions are allowed, changes are not."""

from collections.abc import Sequence
from typing import Any

from rnncalc.counting import counting
from rnncalc.document import plain
from rnncalc.equations import source
from rnncalc.exercise import Exercise
from rnncalc.formula import unicode
from rnncalc.languages import said
from rnncalc.numbers import Precision, exact_text
from rnncalc.pages.derivation import printed_formula
from rnncalc.pages.remarks import remark_text
from rnncalc.pages.spoken import leading
from rnncalc.solving import Found, Solution, Step

SCHEMA = "rnncalc/solution/1"
DIGITS = Precision(15, "significant")
"""Entries have 15 significant digits unless the reader asks otherwise."""


def record(solution: Solution) -> dict[str, Any]:
    """The solution as a dict of strings, lists and dicts."""
    with counting(solution.exercise.first):
        return _record(solution)


def _record(solution: Solution) -> dict[str, Any]:
    exercise = solution.exercise
    return {
        "schema": SCHEMA,
        "exercise": exercise_record(exercise),
        "answers": {
            exercise.quantities.key(found.name, found.position): _answer(solution, found) for found in solution.answers
        },
        "steps": [_step(solution, step) for step in solution.steps],
        "steps_computed": solution.total,
        "warnings": [plain(remark_text(solution, remark)) for remark in solution.remarks],
    }


def key_record(solutions: Sequence[Solution], title: str) -> dict[str, Any]:
    """An answer key: the records of its exercises, numbered, with their points."""
    return _sheet("rnncalc/key/1", title, [(solution, record(solution)) for solution in solutions])


def worksheet_record(solutions: Sequence[Solution], title: str) -> dict[str, Any]:
    """A worksheet: what is asked and the steps to it, with shapes and without values."""
    asked = []
    for solution in solutions:
        whole = record(solution)
        told = {key: {"shape": one["shape"]} for key, one in whole["answers"].items()}
        steps = [{name: step[name] for name in ("quantity", "title", "formula", "shape")} for step in whole["steps"]]
        asked.append((solution, {"exercise": whole["exercise"], "asked": told, "steps": steps}))
    return _sheet("rnncalc/worksheet/1", title, asked)


def _sheet(schema: str, title: str, parts: Sequence[tuple[Solution, dict[str, Any]]]) -> dict[str, Any]:
    exercises = []
    for number, (solution, part) in enumerate(parts, 1):
        points = solution.exercise.worth
        exercises.append({"number": number, "points": None if points is None else exact_text(points), **part})
    return {"schema": schema, "title": title, "exercises": exercises}


def exercise_record(exercise: Exercise) -> dict[str, Any]:
    """Which exercise it was."""
    return {
        "name": exercise.name,
        "title": exercise.title,
        "source": exercise.source,
        "cell": exercise.cell.name if exercise.cell else None,
    }


def _answer(solution: Solution, found: Found) -> dict[str, Any]:
    return {
        "shape": list(solution.shape(found.value)),
        "value": solution.printed(found.value),
        "exact": _exact(solution, found.value),
        **_words(solution, found.name, found.value),
    }


def _step(solution: Solution, step: Step) -> dict[str, Any]:
    return {
        "quantity": solution.exercise.quantities.key(step.equation.name, step.position),
        "title": said(step.stage.title) if step.stage else None,
        "rule": source(step.equation),
        "formula": unicode(printed_formula(solution, step)),
        "shape": list(solution.shape(step.value)),
        "value": solution.printed(step.value),
        "exact": _exact(solution, step.value),
        **_words(solution, step.equation.name, step.value),
    }


def _exact(solution: Solution, value: Any) -> list[list[str | None]] | None:
    """Each entry as a fraction or a closed form where it is known exactly; None where no entry is."""
    rows, columns = solution.shape(value)
    known, forms = solution.domain.exact(value), solution.domain.forms(value)
    texts = [None if entry is None else str(entry) for entry in known]
    if forms is not None:
        texts = [text or source(form) for text, form in zip(texts, forms, strict=True)]
    if all(text is None for text in texts):
        return None
    return [texts[row * columns : (row + 1) * columns] for row in range(rows)]


def _words(solution: Solution, name: str, value: Any) -> dict[str, list[str]]:
    """Where entries stand for words, that of the greatest, or several if they are, or may be, equally likely."""
    words, _ = leading(solution, name, value)
    return {"words": list(words)} if words else {}
