"""Several unknowns → blocks of a page, and their record: how each came to stand alone, and every solution."""

from collections.abc import Iterator
from typing import Any

from rnncalc.document import Block, Derivation, Heading, Line, Prose, Text, plain
from rnncalc.formula import Operator, row, unicode
from rnncalc.languages import listed, say, sentence, sentences
from rnncalc.pages.explain import Detail
from rnncalc.pages.record import exercise_record
from rnncalc.pages.wanted.spelling import answer, bound, digits, printed, written
from rnncalc.solving import Solution
from rnncalc.unknown import Joint, Root, Solved

SCHEMA = "rnncalc/unknowns/1"
MOST_IN_HEADING = 2
"""More equations than these stand below the heading."""


def way(solution: Solution, joint: Joint, detail: Detail) -> Iterator[Block]:
    """The question, and how each unknown was found."""
    unknowns = plain(listed([printed(solution, name) for name in joint.unknowns]))
    equations = [
        row(printed(solution, left), Operator("equals"), printed(solution, right)) for left, right in joint.equations
    ]
    if len(equations) == 1:
        yield Heading(1, say("For which {unknown} is {equation}?", unknown=unknowns, equation=unicode(equations[0])))
    elif len(equations) <= MOST_IN_HEADING:
        told = plain(listed(equations))
        yield Heading(1, say("For which {unknowns} are {equations}?", unknowns=unknowns, equations=told))
    else:
        yield Heading(1, say("For which {unknowns} are these equations true?", unknowns=unknowns))
        yield _lines(solution, joint.equations)
    if detail == "answers":
        return
    for step in joint.ways:
        if len(step.trail) > 1 or step.trail[0] not in joint.equations:
            yield _lines(solution, step.trail)


def _lines(solution: Solution, equations: Any) -> Derivation:
    return Derivation(
        tuple(Line("equals", printed(solution, right), printed(solution, left)) for left, right in equations)
    )


def values(solution: Solution, joint: Joint) -> Iterator[Block]:
    several = len(joint.solutions) > 1
    for number, solved in enumerate(joint.solutions, 1):
        if several:
            yield Heading(2, say("Solution {number}", number=number))
        yield from (answer(solution, printed(solution, name), root) for name, root in solved.roots)
        if solved.free:
            names = listed([printed(solution, name) for name in solved.free])
            yield Prose(
                sentences("{names} may be any number.", "{names} may be any numbers.", len(solved.free), names=names)
            )
    yield Prose(_how_many(solution, joint))


def _how_many(solution: Solution, joint: Joint) -> Text:
    """What is known about solutions that are not among those found."""
    count = len(joint.solutions)
    if joint.searched:
        low, high = map(bound, joint.within)
        names = listed([printed(solution, name) for name in joint.searched])
        if count:
            return sentence(
                "A search with enclosures proves that there is no other with {names} from {low} to {high}.",
                names=names, low=low, high=high,
            )  # fmt: skip
        return sentence(
            "There is none with {names} from {low} to {high}; a search with enclosures proves it.",
            names=names, low=low, high=high,
        )  # fmt: skip
    if not count:
        return sentence("There is no real solution.")
    if count == 1 and not joint.solutions[0].free:
        return sentence("This is the only real solution.")
    return sentence("There is no other real solution.")


def record(solution: Solution, joint: Joint) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "exercise": exercise_record(solution.exercise),
        "unknowns": list(map(written, joint.unknowns)),
        "equations": [f"{written(left)} = {written(right)}" for left, right in joint.equations],
        "solutions": [solved_record(solution, solved) for solved in joint.solutions],
        "complete": not joint.searched,
        "searched": {written(name): list(map(str, joint.within)) for name in joint.searched},
    }


def solved_record(solution: Solution, solved: Solved) -> dict[str, Any]:
    """A value for each unknown; null for one that may be any number."""
    found: dict[str, Any] = {written(name): _value(solution, root) for name, root in solved.roots}
    return {**found, **{written(name): None for name in solved.free}}


def _value(solution: Solution, root: Root) -> dict[str, Any]:
    exact = None if root.form is None else written(root.form)
    return {"exact": exact, "value": None if root.ball is None else digits(solution, root)}
