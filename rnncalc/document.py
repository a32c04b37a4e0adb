"""The neutral page: what a reader should see, in the order they should see it, without saying how it is drawn.

`explain` decides what stands here; each file in `formats` decides how a node looks. A document knows no gates and
no file formats. All text is plain text from anyone: a format escapes it. No character in it means more than itself;
what is code is a `Code`.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from rnncalc.formula import Atom, Row, unicode
from rnncalc.languages import Code

Text = tuple[str | Code | Atom, ...]
"""A run of words with code and formulas between them."""


class Heading(Struct, frozen=True):
    """A step or part title: `number` (`"1"`) may be empty, `aside` is a short remark set apart from the title."""

    level: Literal[1, 2, 3]
    title: str
    number: str = ""
    aside: str = ""


class Prose(Struct, frozen=True):
    """A paragraph. One that is said `of_all` does not belong to the step before it."""

    text: Text
    of_all: bool = False


class Notice(Struct, frozen=True):
    """Something the reader must not miss. `label` is the word before it, the kind itself if there is none; one that is
    said `of_all` does not belong to the step before it."""

    kind: Literal["warning", "note"]
    text: Text
    label: str = ""
    of_all: bool = False


class Line(Struct, frozen=True):
    """One line of a derivation: `left` (only on the first line, or where a new quantity begins), relation, right.

    `asides` are short workings for this line, each a formula: how one product or one activation came about.
    """

    relation: Literal["equals", "approx"]
    right: Row
    left: Row | None = None
    asides: tuple[Text, ...] = ()


class Derivation(Struct, frozen=True):
    """A chain of equal formulas, one under the other, aligned at their relation signs.

    `hints` are lines that may stand before the value is known, each telling more than the one before.
    """

    lines: tuple[Line, ...]
    hints: tuple[Line, ...] = ()


class Hints(Struct, frozen=True):
    """Lines that help, each telling more than the one before. A page that can fold hides them under their `labels`."""

    lines: tuple[Line, ...]
    labels: tuple[str, ...]


class Given(Struct, frozen=True):
    """The data as `name = value` pairs; several names may share a value (`b_f = b_i = (5, 2)`)."""

    entries: tuple[tuple[tuple[Row, ...], Row], ...]
    label: str = "Given"


class Table(Struct, frozen=True):
    """A table with a header; `alternative` is the same table turned, for a page on which this one is too wide."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    alternative: "Table | None" = None


class Bars(Struct, frozen=True):
    """Numbers that are compared at one glance: `header` and `rows` as those of a table, whose first column says where.

    `lengths` has for every number behind the first column the part of the longest bar that it gets, 0 to 1; where a
    series has no number its text is empty.
    """

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    lengths: tuple[tuple[float, ...], ...]


class Answer(Struct, frozen=True):
    """An answer asked for. `remarks` are sentences about its digits (an exact tie, a value that is exact)."""

    name: Row
    relation: Literal["equals", "approx"]
    value: Row
    remarks: tuple[Text, ...] = ()
    label: str = "Answer"


class Listing(Struct, frozen=True):
    """Lines that are kept as they are: the equations of a cell."""

    lines: tuple[Text, ...]


class Part(Struct, frozen=True):
    """An exercise among several, on a new page: `number` is `"1"`, `aside` a short remark such as its points."""

    title: str
    number: str
    aside: str = ""
    source: str = ""


class Fields(Struct, frozen=True):
    """Lines that the reader fills in by hand, one for each label: a name, a date."""

    labels: tuple[str, ...]


class Space(Struct, frozen=True):
    """Room to work, as tall as so many lines of writing."""

    lines: int


class Heat(Struct, frozen=True):
    """Numbers whose size is seen by their shade: `header` and `rows` as those of a table, whose first column says what.

    `shades` has for every number behind the first column its size, 0 (lightest) to 1.
    """

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    shades: tuple[tuple[float, ...], ...]


Kind = Literal["input", "inner", "output", "gap"]
"""A gap stands for boxes left out, and has no frame."""


class Node(Struct, frozen=True):
    """A box of a graph in the given column and row; both count from 0, rows downwards."""

    label: Row
    kind: Kind
    column: int
    row: int


class Graph(Struct, frozen=True):
    """Boxes and arrows between them: `edges` are pairs of places in `nodes`. `label` says what the picture shows."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]
    label: str = ""


Block = (
    Heading
    | Prose
    | Notice
    | Derivation
    | Hints
    | Given
    | Table
    | Bars
    | Answer
    | Listing
    | Part
    | Fields
    | Space
    | Heat
    | Graph
)  # fmt: skip


class Document(Struct, frozen=True):
    """A page: `source` says where the exercise comes from, `language` which language it speaks, if it knows."""

    title: str
    blocks: tuple[Block, ...]
    source: str = ""
    language: str = ""


def answers_together(blocks: Iterable[Block]) -> Iterator[Block | tuple[Answer, ...]]:
    """The blocks one by one; answers that follow each other are drawn as one."""
    waiting: list[Answer] = []
    for block in blocks:
        if isinstance(block, Answer):
            waiting.append(block)
            continue
        if waiting:
            yield tuple(waiting)
            waiting = []
        yield block
    if waiting:
        yield tuple(waiting)


def separated(runs: Iterable[Text], sign: str = ", ") -> Text:
    """Runs one behind the other with a sign between them: `f, i, o`."""
    text: list[str | Code | Atom] = []
    for run in runs:
        text += [sign, *run] if text else run
    return tuple(text)


def plain(text: Text) -> str:
    """A run of words on one line, its formulas in Unicode, code between backticks."""
    return "".join(map(_plain, text))


def _plain(piece: str | Code | Atom) -> str:
    match piece:
        case str():
            return piece
        case Code(code):
            return f"`{code}`"
        case _:
            return unicode(piece)


def labels(answers: Sequence[Answer]) -> list[str]:
    """The labels of answers that stand together: each is said once."""
    said = [answer.label for answer in answers]
    return [label if not place or label != said[place - 1] else "" for place, label in enumerate(said)]
