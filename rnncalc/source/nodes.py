"""What a YAML text says, as nodes that know their place in it; every scalar is text."""

from msgspec import Struct

from rnncalc.errors import Span


class File(Struct, frozen=True):
    """The text that nodes stand in: its name as the user knows it, and its lines without their breaks."""

    name: str
    lines: tuple[str, ...]

    def __repr__(self) -> str:
        return f"File({self.name!r})"

    def text(self, line: int) -> str:
        """The line, counted from 1; empty beyond the end, where the parser's last marks are."""
        return self.lines[line - 1] if line <= len(self.lines) else ""

    def span(self, line: int, column: int, length: int) -> Span:
        """The place `length` characters long at this line and column, both counted from 1."""
        return Span(self.name, line, column, max(1, length), self.text(line))


class _Placed(Struct, frozen=True, eq=False):
    """Where a node begins; spans are made when asked for, since nearly all of a million nodes are never pointed at."""

    file: File
    line: int
    column: int
    length: int

    @property
    def said(self) -> tuple[object, ...]:
        """The fields that are the node's own; the first four say where it stands, and take no part in comparison."""
        return tuple(getattr(self, name) for name in self.__struct_fields__[4:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Placed) and type(self) is type(other) and self.said == other.said

    def __hash__(self) -> int:
        return hash(self.said)

    @property
    def span(self) -> Span:
        """The part of the node that stands on its first line."""
        return self.file.span(self.line, self.column, self.length)


class Scalar(_Placed, frozen=True, eq=False):
    """A text, empty where the file has no value; `style` says how it was written: `'`, `"`, `|`, `>` or empty."""

    text: str
    style: str = ""

    @property
    def quoted(self) -> bool:
        """Whether the text stood in single or double quotes."""
        return self.style in ("'", '"')

    def span_at(self, line: int, column: int, length: int) -> Span:
        """The place in the file of a part of the text, whose lines and columns count from 1.

        It is exact for `|` blocks and for texts written on one line without escapes; else it is the whole scalar.
        """
        lines = self.text.splitlines()
        if self.style == "|" and 1 <= line <= len(lines):
            number = self.line - first_filled(self.text) + line - 1
            indentation = len(self.file.text(number)) - len(lines[line - 1])
            return self.file.span(number, max(0, indentation) + column, length)
        start = self.file.text(self.line).find(self.text.rstrip("\n"), self.column - 1)
        if line == 1 and self.column - 1 <= start <= self.column:
            return self.file.span(self.line, start + column, length)
        return self.span


class Sequence(_Placed, frozen=True, eq=False):
    """A list of nodes."""

    items: "tuple[Node, ...]"


class Mapping(_Placed, frozen=True, eq=False):
    """Keys and values in the order of the file, no two keys having the same text."""

    entries: "tuple[tuple[Scalar, Node], ...]"

    def get(self, key: str) -> "Node | None":
        """The value of the key, None if there is none."""
        return next((value for name, value in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


def first_filled(text: str) -> int:
    """How many blank lines stand before the first other line; 0 if all are blank."""
    return next((number for number, line in enumerate(text.splitlines()) if line.strip()), 0)


def touching(one: Node, other: Node) -> bool:
    """Whether two items of a list have nothing but a comma between them, and no quotes."""
    if any(isinstance(node, Scalar) and node.quoted for node in (one, other)):
        return False
    return one.line == other.line and other.column == one.column + one.length + 1
