"""The YAML parser's events to nodes; it knows nothing of bytes, and leaves syntax errors to `syntax`.

Events are walked one by one with a stack of our own, since PyYAML's composer crashes on deep nesting, lets a few
aliases grow to billions of nodes, and keeps the last of two equal keys without a word. All mistakes found in a file
are reported together, as far as reading can go on after them.
"""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import yaml
from msgspec import Struct

from rnncalc.errors import ExerciseError, LimitError, Problem, Span, grouped, short
from rnncalc.source.nodes import File, Mapping, Node, Scalar, Sequence
from rnncalc.source.places import place
from rnncalc.source.syntax import DEEPEST_NESTING, too_deep

MOST_ALIASES = 100
MOST_NODES = 1_500_000
"""A node is counted again at every alias that stands for it."""
MOST_PROBLEMS = 20
"""Reading ends with this many mistakes."""

_TAG = re.compile(r"!\S*")
_NO_BLANK = re.compile(r"([^:]+):\S")


class _Open(Struct):
    """A collection whose end has not been reached; `height` counts the levels from here down."""

    event: Any
    nodes_before: int
    children: list[Node] = []
    height: int = 1


class _Anchored(Struct, frozen=True):
    node: Node
    nodes: int
    height: int


class Builder:
    """Builds one document; `problems` are the mistakes met so far."""

    def __init__(self, file: File) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._root: Node | None = None
        self._open: list[_Open] = []
        # None stands for an anchor whose collection is still open.
        self._anchors: dict[str, _Anchored | None] = {}
        self._nodes = self._aliases = self._documents = 0

    def build(self, loader: Any) -> Node:
        """The root node, once the loader's events are used up."""
        handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: self._begin,
            yaml.MappingStartEvent: self._begin,
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while (event := loader.get_event()) is not None:
            if handler := handlers.get(type(event)):
                handler(event)
        if self._root is None or self._root == Scalar(self._file, 1, 1, 1, ""):
            start = self._file.span(1, 1, 1)
            self._give_up("there is nothing here to read", start, "write lines such as `name: value`")
        if self.problems:
            raise ExerciseError(*self.problems)
        return self._root

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            what = "a second document begins here, and a file may hold only one"
            self._give_up(what, self._mark(event, 3), "put it into a file of its own, or remove the line `---`")

    def _scalar(self, event: Any) -> None:
        start, end, style = event.start_mark, event.end_mark, event.style or ""
        if start.line != end.line or event.anchor:
            line, column, length = place(self._file, event, end)
        else:
            line, column, length = start.line + 1, start.column + 1, (end.column - start.column) or 1
        node = Scalar(self._file, line, column, length, event.value, style)
        self._add(node, event, 1, 0)

    def _begin(self, event: Any) -> None:
        if len(self._open) == DEEPEST_NESTING:
            self._too_deep(event)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(event, self._nodes))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        at = place(self._file, done.event, event.end_mark)
        node: Node
        if isinstance(done.event, yaml.SequenceStartEvent):
            node = Sequence(self._file, *at, tuple(done.children))
        else:
            node = Mapping(self._file, *at, tuple(self._entries(done.children)))
        self._add(node, done.event, self._nodes - done.nodes_before + 1, done.height)

    def _add(self, node: Node, event: Any, nodes: int, height: int) -> None:
        """Give a complete node to the collection it stands in."""
        if event.tag is not None:
            self._refuse_tag(event)
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(node, nodes, height)
        self._count(1, event)
        self._hand_over(node, height)

    def _hand_over(self, node: Node, height: int) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        parent.children.append(node)
        if height >= parent.height:
            parent.height = height + 1

    def _alias(self, event: Any) -> None:
        span = self._mark(event, len(event.anchor) + 1)
        self._aliases += 1
        if self._aliases > MOST_ALIASES:
            what = f"at most {MOST_ALIASES} aliases such as `*{short(event.anchor)}` are read"
            self._give_up(what, span, "write the values out")
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            self._complain(*self._why_no_alias(event.anchor, span))
            anchored = _Anchored(Scalar(self._file, span.line, span.column, span.length, ""), 1, 0)
        if len(self._open) + anchored.height > DEEPEST_NESTING:
            self._too_deep(event)
        self._count(anchored.nodes, event)
        self._hand_over(anchored.node, anchored.height)

    def _why_no_alias(self, anchor: str, span: Span) -> tuple[str, Span, str]:
        name = short(anchor)
        if anchor in self._anchors:
            return f"`*{name}` stands inside `&{name}` itself", span, "write the value out"
        what = f"`*{name}` repeats the value marked `&{name}`, and no value above is marked so"
        return what, span, "put the value in quotes if it is a text that begins with `*`"

    def _entries(self, children: list[Node]) -> Iterator[tuple[Scalar, Node]]:
        """Keys with their values, without the keys that are wrong."""
        lines: dict[str, int] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self._complain("a key must be a text, not a list or a mapping", key.span, "write `name: value`")
            elif key.text in lines:
                what = f"the key `{short(key.text)}` is used a second time, first on line {lines[key.text]}"
                self._complain(what, key.span, "remove or rename one of the two")
            else:
                lines[key.text] = key.line
                self._check_blank(key, value)
                yield key, value

    def _check_blank(self, key: Scalar, value: Node) -> None:
        """Refuse `{a:1}`, which YAML takes for the key `a:1` without a value."""
        if (
            not key.style
            and isinstance(value, Scalar)
            and not (value.text or value.style)
            and _NO_BLANK.match(key.text)
        ):
            what = f"a blank was expected after the colon of `{short(key.text)}`"
            self._complain(what, key.span, "write `name: value`")

    def _refuse_tag(self, event: Any) -> None:
        mark = event.start_mark
        found = _TAG.search(self._file.text(mark.line + 1), mark.column)
        tag = found[0] if found else event.tag
        span = self._file.span(mark.line + 1, (found.start() if found else mark.column) + 1, len(tag))
        self._complain(f"the tag `{short(tag)}` cannot be used", span, "remove it, or put the value in quotes")

    def _count(self, nodes: int, event: Any) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            what = f"there are more than {grouped(MOST_NODES)} values here, the most that are read"
            raise LimitError(Problem(what, self._mark(event, 1), "split the data into several files"))

    def _mark(self, event: Any, length: int) -> Span:
        return self._file.span(event.start_mark.line + 1, event.start_mark.column + 1, length)

    def _too_deep(self, event: Any) -> NoReturn:
        raise ExerciseError(*self.problems, too_deep(self._mark(event, 1)))

    def _complain(self, what: str, span: Span, hint: str | None = None) -> None:
        self.problems.append(Problem(what, span, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise ExerciseError(*self.problems)

    def _give_up(self, what: str, span: Span, hint: str | None = None) -> NoReturn:
        raise ExerciseError(*self.problems, Problem(what, span, hint))
