"""From YAML nodes to checked values. Problems are collected, so that one run reports every mistake of a file."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from fractions import Fraction
from typing import TypeVar

from rnncalc.equations import Equation, parse_equations
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.numbers import Exact, NumberError, read_number
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Scalar, Sequence

Result = TypeVar("Result")

Rows = tuple[tuple[Exact, ...], ...]
"""A matrix exactly as written, row by row; a vector is a column."""

_MISSING: Exact = Fraction(0)
_WRITE_A_POINT = "in YAML `0,731` is two numbers: write a decimal point, `0.731`"


class Reader:
    """Reads one file. Every method returns something usable, and notes what was wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, what: str, node: Node | Span | None, hint: str | None = None) -> None:
        span = node if isinstance(node, Span) or node is None else node.span
        self.problems.append(Problem(what, span, hint))

    def attempt(self, action: Callable[[], Result], otherwise: Result) -> Result:
        """The result of the action; its problems are noted."""
        try:
            return action()
        except ExerciseError as error:
            self.problems.extend(error.problems)
            return otherwise

    def finish(self) -> None:
        """Raise what has been collected."""
        if self.problems:
            raise ExerciseError(*self.problems)

    # -- structure

    def mapping(self, node: Node | None, keys: Iterable[str], what: str) -> dict[str, Node]:
        """The entries of a section whose keys are known."""
        known, found = list(keys), {}
        for name, value in self.entries(node, what):
            if name.text in known:
                found[name.text] = value
            else:
                near = get_close_matches(name.text, known, 1, 0.5)
                hint = f"did you mean `{near[0]}`?" if near else "known keys: " + ", ".join(known)
                self.problem(f"`{_short(name.text)}` is not a key of {what}", name, hint)
        return found

    def entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        if node is None:
            return ()
        if isinstance(node, MappingNode):
            return node.entries
        self.problem(f"{what} was expected here, as `key: value` lines", node)
        return ()

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The items of a list; a single value stands for a list of one."""
        if node is None:
            return ()
        if isinstance(node, MappingNode):
            self.problem(f"{what} was expected", node, "write `[a, b]`")
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if isinstance(node, Scalar):
            return node.text.strip()
        self.problem("a text was expected", node, "put it in quotes if it holds `:`, `[` or `{`")
        return ""

    def choice(self, node: Node, known: Iterable[str], what: str) -> str:
        text = self.text(node)
        if text and text not in (names := list(known)):
            near = get_close_matches(text, names, 1, 0.5)
            hint = f"did you mean `{near[0]}`?" if near else "known: " + ", ".join(names)
            self.problem(f"there is no {what} `{_short(text)}`", node, hint)
        return text

    def names_to_text(self, node: Node | None) -> dict[str, str]:
        return {name.text: self.text(value) for name, value in self.entries(node, "a section of names")}

    def equations(self, node: Node | None, owner: Node, required: bool = False) -> tuple[Equation, ...]:
        if node is None:
            if required:
                self.problem("`equations:` is missing", owner, "write `equations: |` and one equation a line below")
            return ()
        if not isinstance(node, Scalar):
            self.problem("equations are a text", node, "write `equations: |` and one equation a line below")
            return ()
        return self.attempt(lambda: parse_equations(node.text, node.span_at), ())

    # -- numbers

    def whole(self, node: Node, least: int, most: int) -> int:
        """A whole number; `least` if it is not one."""
        value = self.number(node)
        if isinstance(value, Fraction) and value.denominator == 1 and least <= value <= most:
            return int(value)
        self.problem(f"a whole number from {least} to {most} was expected", node)
        return least

    def number(self, node: Node) -> Exact:
        if not isinstance(node, Scalar):
            self.problem("a number was expected", node)
            return _MISSING
        try:
            return read_number(node.text)
        except NumberError as error:
            self.problem(error.message, node.span.within(error.start, error.length), error.hint)
            return _MISSING

    def array(self, node: Node) -> Rows:
        """A matrix `[[1, 2], [3, 4]]`, a vector `[1, 2]` (a column), or a number."""
        if not isinstance(node, Sequence):
            return ((self.number(node),),)
        if not node.items:
            self.problem("an empty list has no size", node, "write the numbers, or leave the key out")
            return ((_MISSING,),)
        if not any(isinstance(item, Sequence) for item in node.items):
            return tuple((self.number(item),) for item in node.items)
        return self.matrix(node)

    def matrix(self, node: Sequence) -> Rows:
        rows = []
        for number, item in enumerate(node.items, 1):
            if not isinstance(item, Sequence):
                self.problem(f"row {number} is a single number, the others are lists", item, "write `[[1, 2], [3, 4]]`")
                continue
            rows.append(tuple(self.number(entry) for entry in item.items))
            if len(rows[-1]) != len(rows[0]):
                self.ragged(item, number, len(rows[0]), len(rows[-1]))
        width = max((len(row) for row in rows), default=0) or 1
        return tuple(row + (_MISSING,) * (width - len(row)) for row in rows)

    def ragged(self, item: Sequence, number: int, expected: int, found: int) -> None:
        what = f"row {number} has {_count(found)}, row 1 has {_count(expected)}"
        self.problem(what, item, comma_hint(item) or "the rows of a matrix are equally long")


def comma_hint(node: Node) -> str | None:
    """The advice for a decimal comma, if the list holds one: two whole numbers with no blank behind the comma."""
    if not isinstance(node, Sequence):
        return None
    for one, other in zip(node.items, node.items[1:], strict=False):
        if isinstance(one, Sequence) and (hint := comma_hint(one)):
            return hint
        if isinstance(one, Scalar) and isinstance(other, Scalar) and one.text.lstrip("-+").isdecimal():
            close = other.span.line == one.span.line and other.span.column == one.span.column + len(one.text) + 1
            if close and other.text.isdecimal():
                return _WRITE_A_POINT
    return comma_hint(node.items[-1]) if node.items else None


def _count(entries: int) -> str:
    return f"{entries} entr{'y' if entries == 1 else 'ies'}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
