"""Published worked examples as a student's answers: our verdict on each number beside that of an independent judge.

Numbers that are parts of a step of ours, such as r ⊙ h, become steps of their own first: their author rounded them.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from test_corpus import CORPUS, SOURCES, entries

from rnncalc import Exercise, load
from rnncalc.answers import Answer, Answers, Entry, Key, read_written
from rnncalc.checking import Report, check, prepare
from rnncalc.equations import (
    Call,
    Equation,
    Expr,
    Index,
    Number,
    Ref,
    Shape,
    children,
    fitted_shape,
    parse_expression,
    plan,
    rebuild,
    refs,
)

JUDGED = {"CARRY": "carried", "ULP": "last digit", "TRUNC": "truncated", "KNOCKON": "follows", "WRONG": "wrong"}


class Case:
    """A published example on one of our exercises: its numbers as answers, with the judge's verdict on each."""

    def __init__(self, case: str, name: str) -> None:
        self.record = json.loads((CORPUS / f"{case}.json").read_text())
        self.exercise: Exercise = load(f"published/{name}")
        self.names = SOURCES[case][name]
        self.sizes = {n: s for n, s in self.exercise.network.shapes.sizes.items() if None not in s}
        self.parts: dict[Expr, Ref] = {}
        self.steps: list[Equation] = []
        self.expected: dict[tuple[Key, int], str] = {}
        self.given: dict[Key, list[Entry]] = {}
        for key, value in self.record["published"].items():
            self.answer(key, value)

    def answer(self, key: str, value: Any) -> None:
        """Put the numbers of a published name where our exercise has them."""
        name, _, step = key.partition("@")
        text = self.names.get(f"{name}@", self.names.get(name)) if step else self.names.get(name)
        if not text:
            return
        expr, first = parse_expression(text), 0
        if isinstance(expr, Call) and expr.function == "rows" and isinstance(expr.arguments[0], Ref):
            # One entry of a vector was printed.
            bounds = [part for part in expr.arguments[1:] if isinstance(part, Number)]
            expr, first = expr.arguments[0], int(bounds[0].value) - 1
        ref = self.quantity(expr)
        if ref is None:
            return
        not_exact = {
            (one["key"], tuple(one["index"])): JUDGED[one["status"]] for one in self.record["verdicts"]["not_exact"]
        }
        numbers = list(entries(value))
        rows, columns = self.sizes[ref.name]
        places = list(self.places(ref, int(step) if step else None, max(1, len(numbers) // (rows * columns))))
        slots = [(where, number) for where in places for number in range(rows * columns)]
        for (position, number), (at, printed) in zip(slots[first:], numbers, strict=False):
            slot = self.given.setdefault((ref.name, position), [None] * (rows * columns))
            if printed is not None and slot[number] is None:
                slot[number] = read_written(printed)
                self.expected[(ref.name, position), number] = not_exact.get((key, at), "exact")

    def quantity(self, expr: Expr) -> Ref | None:
        """The quantity that an expression is; one that is part of a step becomes a step."""
        if isinstance(expr, Ref):
            return expr
        if expr in self.parts:
            return self.parts[expr]
        letters = list(dict.fromkeys(
            index.base for ref, bound in refs(expr) for index in ref.indices
            if index.base.islower() and index.base not in bound
        ))  # fmt: skip
        shape: Shape | None = fitted_shape(expr, self.sizes)
        if shape is None:
            return None
        ref = Ref(f"part{len(self.parts)}", tuple(Index(letter) for letter in letters))
        self.parts[expr], self.sizes[ref.name] = ref, shape
        self.steps.append(Equation(ref, expr))
        return ref

    def places(self, ref: Ref, step: int | None, count: int) -> Iterator[tuple[int, ...]]:
        lengths = self.exercise.network.plan.lengths
        if not ref.indices:
            yield ()
            return
        for place in (step,) if step is not None else range(1, count + 1):
            yield tuple(
                place + index.offset if index.base.islower()
                else lengths[index.base.lower()] + index.offset if index.base else index.offset
                for index in ref.indices
            )  # fmt: skip

    def report(self) -> Report:
        network = self.exercise.network
        equations = [self.divided(one) for one in (*self.steps, *network.plan.equations)]
        targets = [Ref(name) for name in dict.fromkeys(one.name for one in equations)]
        order = plan(equations, targets, extents={}, stated=network.plan.lengths, backward_pass=self.exercise.adjoints)
        shapes = replace(network.shapes, sizes={**network.shapes.sizes, **self.sizes})
        zero = tuple(key for key in order.boundary if key not in network.data)
        whole = replace(self.exercise, network=replace(network, plan=order, shapes=shapes, zero_states=zero))
        self.marking = prepare(whole, ())
        for key, slot in self.given.items():
            if key in self.marking.steps and None in slot and slot[0] is not None:
                # One number was printed for all units where they are equal.
                numbers = [round(one.number, 12) for one in self.marking.steps[key].truth]
                slot[:] = [
                    own or (slot[0] if one == numbers[0] else None) for own, one in zip(slot, numbers, strict=True)
                ]
        answers = [Answer(key, tuple(slot)) for key, slot in self.given.items() if key in self.marking.steps]
        return check(self.marking, Answers("", tuple(answers)))

    def divided(self, equation: Equation) -> Equation:
        """The equation with the parts that are steps now written as such."""

        def put(expr: Expr) -> Expr:
            part = self.parts.get(expr)
            if part is not None and part.name != equation.name:
                return part
            return rebuild(expr, tuple(put(part) for part in children(expr)))

        return Equation(equation.target, put(equation.expression), equation.span)


def compared(case: str) -> Iterator[tuple[str, str, Key, int, str]]:
    """(expected, found, quantity, entry, text) for every printed number."""
    for name in SOURCES[case]:
        example = Case(case, name)
        report = example.report()
        for part in report.parts:
            for number, one in enumerate(part.judged):
                expected = example.expected.get((part.key, number))
                if expected is not None:
                    yield expected, one.verdict, part.key, number, getattr(one.entry, "text", "")


def kind(verdict: str) -> str:
    return verdict if verdict in ("wrong", "follows") else "credit"


@pytest.mark.parametrize("case", SOURCES)
def test_the_judges_agree(case: str) -> None:
    """Which numbers are wrong where they stand, and that the first of them is named."""
    found = list(compared(case))
    assert found
    assert [one for one in found if (one[0] == "wrong") != (one[1] == "wrong")] == []


def test_credit_and_follows_agree() -> None:
    """A judge that takes printed numbers as points may see a carried number where we see that it follows."""
    found = [one for case in SOURCES for one in compared(case)]
    same = sum(kind(expected) == kind(verdict) for expected, verdict, *_ in found)
    assert same >= 0.985 * len(found)
    assert not [one for one in found if one[0] == "exact" and kind(one[1]) != "credit"]


def test_the_first_wrong_step_is_named() -> None:
    for case in SOURCES:
        for name in SOURCES[case]:
            example = Case(case, name)
            wrong = [key for (key, _), verdict in example.expected.items() if verdict == "wrong"]
            first = example.report().first_wrong
            assert first == next((key for key in example.marking.steps if key in wrong), None), case
