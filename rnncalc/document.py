"""The neutral page: what a reader should see, in the order they should see it, without saying how it is drawn.

`explain` decides what stands here; each file in `formats` decides how a node looks. A document knows no gates and
no file formats. All text is plain text from anyone: a format escapes it.
"""

from typing import Literal

from msgspec import Struct

from rnncalc.formula import Atom, Row, unicode

Text = tuple[str | Atom, ...]
"""A run of words with formulas between them."""


class Heading(Struct, frozen=True):
    """A step or part title: `number` (`"1"`) may be empty, `aside` is a short remark set apart from the title."""

    level: Literal[1, 2, 3]
    title: str
    number: str = ""
    aside: str = ""


class Prose(Struct, frozen=True):
    text: Text


class Notice(Struct, frozen=True):
    """Something the reader must not miss. `label` is the word before it, the kind itself if there is none."""

    kind: Literal["warning", "note"]
    text: Text
    label: str = ""


class Line(Struct, frozen=True):
    """One line of a derivation: `left` (only on the first line, or where a new quantity begins), relation, right.

    `asides` are short workings for this line, each a formula: how one product or one activation came about.
    """

    relation: Literal["equals", "approx"]
    right: Row
    left: Row | None = None
    asides: tuple[Text, ...] = ()


class Derivation(Struct, frozen=True):
    """A chain of equal formulas, one under the other, aligned at their relation signs."""

    lines: tuple[Line, ...]


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


Block = Heading | Prose | Notice | Derivation | Given | Table | Bars | Answer | Listing


class Document(Struct, frozen=True):
    """A page: `source` says where the exercise comes from."""

    title: str
    blocks: tuple[Block, ...]
    source: str = ""


def plain(text: Text) -> str:
    """A run of words on one line, its formulas in Unicode."""
    return "".join(part if isinstance(part, str) else unicode(part) for part in text)
