"""The neutral page: what a reader should see, in the order they should see it, without saying how it is drawn.

`explain` decides what stands here; each file in `formats` decides how a node looks. A document knows no gates and
no file formats. All text is plain text from anyone: a format escapes it.
"""

from dataclasses import dataclass
from typing import Literal

from rnncalc.formula import Atom, Row

Text = tuple[str | Atom, ...]
"""A run of words with formulas between them."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A step or part title: `number` (`"1"`) may be empty, `aside` is a short remark set apart from the title."""

    level: Literal[1, 2, 3]
    title: str
    number: str = ""
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    text: Text


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader must not miss. `label` is the word before it, the kind itself if there is none."""

    kind: Literal["warning", "note"]
    text: Text
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: `left` (only on the first line, or where a new quantity begins), relation, right.

    `asides` are short workings for this line, each a formula: how one product or one activation came about.
    """

    relation: Literal["equals", "approx"]
    right: Row
    left: Row | None = None
    asides: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """A chain of equal formulas, one under the other, aligned at their relation signs."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The data as `name = value` pairs; several names may share a value (`b_f = b_i = (5, 2)`)."""

    entries: tuple[tuple[tuple[Row, ...], Row], ...]
    label: str = "Given"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header; `alternative` is the same table turned, for a page on which this one is too wide."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    alternative: "Table | None" = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer asked for. `remarks` are sentences about its digits (an exact tie, a value that is exact)."""

    name: Row
    relation: Literal["equals", "approx"]
    value: Row
    remarks: tuple[Text, ...] = ()
    label: str = "Answer"


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines that are kept as they are: the equations of a cell."""

    lines: tuple[Text, ...]


Block = Heading | Prose | Notice | Derivation | Given | Table | Answer | Listing


@dataclass(frozen=True, slots=True)
class Document:
    """A page: `source` says where the exercise comes from."""

    title: str
    blocks: tuple[Block, ...]
    source: str = ""
