"""From YAML nodes to checked values. Problems are collected, so that one run reports every mistake of a file."""

from collections.abc import Callable, Container, Iterable
from fractions import Fraction
from typing import TypeVar

from msgspec.structs import replace

from rnncalc.commas import decimal_commas
from rnncalc.entries import UndeclaredError, read_formula
from rnncalc.equations import Equation, parse_equations
from rnncalc.errors import ExerciseError, Problem, RnncalcError, Span, did_you_mean, nearest, short
from rnncalc.languages import SOURCE, language, speaking, translated
from rnncalc.numbers import Exact, Formula, Letter, NumberError, Surd, read_number
from rnncalc.source import File, Node, Scalar, Sequence
from rnncalc.source import Mapping as MappingNode

Result = TypeVar("Result")

Rows = tuple[tuple[Exact, ...], ...]
"""A matrix exactly as written, row by row; a vector is a column."""

_MISSING = Fraction(0)
_NOTHING = Scalar(File("", ()), 1, 1, 1, "")
"""What stands behind a key without a value; nodes compare by what they say."""


class Reader:
    """Reads one file. Every method returns something usable, and notes what was wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.rows = False
        """Whether `[1, 2]` is a row, as in a source that multiplies x W."""
        self.letters: frozenset[str] = frozenset()
        self.undeclared: set[str] = set()
        """Letters that are not declared, and that this was said of."""

    def problem(self, what: str, node: Node | Span | None, hint: str | None = None) -> None:
        span = node if isinstance(node, Span) or node is None else node.span
        self.problems.append(Problem(what, span, hint))

    def attempt(self, action: Callable[[], Result], otherwise: Result, node: Node | None = None) -> Result:
        """The result of the action; its problems are noted, those without a place at the node."""
        try:
            return action()
        except RnncalcError as error:
            span = node.span if node else None
            self.problems.extend(replace(problem, span=problem.span or span) for problem in error.problems)
            return otherwise

    def finish(self) -> None:
        """Raise what has been collected."""
        if self.problems:
            raise ExerciseError(*self.problems)

    # -- structure

    def mapping(self, node: Node | None, keys: Iterable[str], what: str) -> dict[str, Node]:
        """The entries of a section whose keys are known. A key that is misspelt is read as the one it resembles, so
        that its absence is not reported too."""
        known, entries = list(keys), self.entries(node, what)
        found = {name.text: value for name, value in entries if name.text in known}
        for name, value in entries:
            if name.text not in known:
                near = nearest(name.text, [key for key in known if key not in found]) or nearest(name.text, known)
                hint = f"did you mean `{near}`?" if near else "known: " + ", ".join(known)
                self.problem(f"`{short(name.text)}` is not a key of {what}", name, hint)
                if near:
                    found.setdefault(near, value)
        return found

    def entries(self, node: Node | None, what: str) -> tuple[tuple[Scalar, Node], ...]:
        if node is None or node == _NOTHING:
            return ()
        if isinstance(node, MappingNode):
            return node.entries
        hint = "write each on a line of its own, with a blank behind the colon"
        self.problem(f"{what} is made of `name: value` lines", node, hint)
        return ()

    def items(self, node: Node | None, what: str) -> tuple[Node, ...]:
        """The items of a list; a single value stands for a list of one."""
        if node is None or node == _NOTHING:
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
        brackets = "[…]" if isinstance(node, Sequence) else "{…}"
        self.problem("a text was expected", node, f"write it without `{brackets}`, or put the whole in quotes")
        return ""

    def wording(self, node: Node | None, own: str) -> str:
        """A text, translated where it is known (that of a shipped exercise), or the one of several languages that is
        spoken: `{en: …, vi: …}`; `own` is that of the file."""
        if not isinstance(node, MappingNode):
            with speaking(language(own)):
                return translated(self.text(node))
        texts = {code.text: self.text(value) for code, value in self.entries(node, "a text in several languages")}
        return next(
            (texts[code] for code in (language(own), own, SOURCE) if code in texts), next(iter(texts.values()), "")
        )

    def choice(self, node: Node, known: Iterable[str], what: str) -> str:
        text = self.text(node)
        if text and text not in (names := list(known)):
            hint = did_you_mean(text, names, "known: " + ", ".join(names))
            self.problem(f"there is no {what} `{short(text)}`", node, hint)
        return text

    def names_to_text(self, node: Node | None, what: str) -> dict[str, str]:
        return {name.text: self.text(value) for name, value in self.entries(node, what)}

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

    def whole(self, node: Node, least: int, most: int) -> int | None:
        try:
            value = read_number(node.text) if isinstance(node, Scalar) else None
        except NumberError:
            value = None
        if isinstance(value, Fraction) and value.denominator == 1 and least <= value <= most:
            return int(value)
        self.problem(f"a whole number from {least} to {most} was expected", node)
        return None

    def number(self, node: Node) -> Fraction | Surd:
        value = self.entry(node, letters=())
        assert not isinstance(value, Letter | Formula)
        return value

    def entry(self, node: Node, letters: Container[str] | None = None) -> Exact:
        """A number, or one of the letters of the file."""
        if not isinstance(node, Scalar):
            self.problem("a number was expected, not a list", node, "are there more brackets here than needed?")
            return _MISSING
        if node.text.strip() in ("?", "_") and letters is None:
            return Letter("")
        try:
            return read_number(node.text, self.letters if letters is None else letters)
        except NumberError as error:
            return self.formula(node, error) if letters is None else self.no_number(node, error)

    def formula(self, node: Scalar, error: NumberError) -> Exact:
        """A formula in letters, where the text is one; else the mistake of the number."""
        try:
            formula = read_formula(node.text, self.letters)
        except UndeclaredError as other:
            new = [name for name in other.names if name not in self.undeclared]
            self.undeclared.update(new)
            return self.no_number(node, UndeclaredError(node.text, new)) if new else _MISSING
        except NumberError as other:
            return self.no_number(node, other)
        return self.no_number(node, error) if formula is None else formula

    def no_number(self, node: Scalar, error: NumberError) -> Fraction:
        self.problem(error.message, node.span.within(error.start, error.length), error.hint)
        return _MISSING

    def array(self, node: Node) -> Rows | None:
        """A matrix `[[1, 2], [3, 4]]`, a vector `[1, 2]` (column or row), or a number; None if its size is unclear."""
        if isinstance(node, MappingNode):
            self.problem("numbers were expected, not `name: value`", node, "write `[1, 2]` or `[[1, 2], [3, 4]]`")
            return None
        if not isinstance(node, Sequence):
            return ((self.entry(node),),)
        if not node.items:
            self.problem("an empty list has no size", node, "write the numbers, or leave the key out")
            return None
        if not any(isinstance(item, Sequence) for item in node.items):
            entries = tuple(self.entry(item) for item in node.items)
            return (entries,) if self.rows else tuple((entry,) for entry in entries)
        return self.matrix(node)

    def matrix(self, node: Sequence) -> Rows | None:
        rows: list[tuple[Exact, ...]] = []
        uneven = False
        for number, item in enumerate(node.items, 1):
            if not isinstance(item, Sequence):
                self.problem(f"row {number} is a single number, others are lists", item, "write `[[1, 2], [3, 4]]`")
                uneven = True
                continue
            rows.append(tuple(self.entry(entry) for entry in item.items))
            if not item.items:
                self.problem(f"row {number} has no entries", item, "write its numbers, or remove it")
                uneven = True
            elif rows[0] and len(rows[-1]) != len(rows[0]):
                self.ragged(node, item, number, len(rows[0]))
                uneven = True
        return None if uneven else tuple(rows)

    def ragged(self, node: Sequence, item: Sequence, number: int, expected: int) -> None:
        whole, row = decimal_commas(node), decimal_commas(item)
        commas = whole or (row if row and row.shape[0] == expected else None)
        what = f"row {number} has {_count(len(item.items))}, row 1 has {_count(expected)}"
        self.problem(what, item, commas.advice if commas else "the rows of a matrix are equally long")

    def numbers(self, node: Node | None) -> None:
        """Read all numbers of a section whose quantities are unknown, for the sake of their mistakes."""
        pending = [node]
        while pending:
            match pending.pop():
                case Scalar() as scalar if scalar != _NOTHING:
                    self.entry(scalar)
                case Sequence(items=items):
                    pending.extend(items)
                case MappingNode(entries=entries):
                    pending.extend(value for _, value in entries)


def _count(entries: int) -> str:
    return f"{entries} entr{'y' if entries == 1 else 'ies'}"
