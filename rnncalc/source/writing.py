"""Nodes to YAML text that says the same: sections by lines, arrays in brackets, texts quoted where they must be."""

import json
import re
from typing import assert_never

from rnncalc.source.nodes import Mapping, Node, Scalar, Sequence

_PLAIN = re.compile(r"[\w.+/*√−()-]+|[-+.\d][\w.+-]*")
WIDTH = 100
"""A longer line is broken: a list into its items, a mapping into its entries."""


def yaml_text(node: Node, indent: int = 0) -> str:
    """The node as block text, each line so far from the left margin, with a line break at the end."""
    before = " " * indent
    match node:
        case Mapping(entries=entries) if entries:
            return "".join(f"{before}{_flow(key)}:{_value(value, indent)}" for key, value in entries)
        case Sequence(items=items) if items and len(before + _flow(node)) > WIDTH:
            return "".join(f"{before}- {_flow(item)}\n" for item in items)
        case _:
            return f"{before}{_flow(node)}\n"


def _value(node: Node, indent: int) -> str:
    """What stands behind a key: on its line, or on lines below."""
    if isinstance(node, Scalar) and "\n" in node.text:
        return _block(node.text, indent + 2)
    flow = _flow(node)
    is_section = isinstance(node, Mapping) and indent == 0 and node.entries
    if is_section or (len(flow) + indent > WIDTH and not isinstance(node, Scalar)):
        return "\n" + yaml_text(node, indent + 2)
    return f" {flow}\n" if flow else "\n"


def _block(text: str, indent: int) -> str:
    """A text of several lines, as it is. What stands behind the `|` says how far it is indented, in case it begins with
    a blank, and which of its last line breaks are its own."""
    ending = "" if text.endswith("\n") and not text.endswith("\n\n") else "+" if text.endswith("\n") else "-"
    lines = (f"{' ' * indent if line else ''}{line}\n" for line in text.removesuffix("\n").split("\n"))
    indented = "2" if text[0] in " \n" else ""
    return f" |{indented}{ending}\n" + "".join(lines)


def _flow(node: Node) -> str:
    """On one line."""
    match node:
        case Scalar(text=text, style=style):
            return text if not text.strip() and not style else _scalar(text, style)
        case Sequence(items=items):
            return f"[{', '.join(map(_flow, items))}]"
        case Mapping(entries=entries):
            return "{" + ", ".join(f"{_flow(key)}: {_flow(value)}" for key, value in entries) + "}"
        case _:
            assert_never(node)


def _scalar(text: str, style: str) -> str:
    return text if not style and _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
