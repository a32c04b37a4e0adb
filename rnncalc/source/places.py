"""Where the node of a parser's event begins in the file; it knows how YAML is written, and not what it means."""

import re
from typing import Any

import yaml

from rnncalc.source.nodes import File, first_filled

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+\s*")


def place(file: File, event: Any, end: Any) -> tuple[int, int, int]:
    """Line, column and length, counted from 1, of what a node has on its first line; `end` is its end mark."""
    style, text = (event.style, event.value) if isinstance(event, yaml.ScalarEvent) else ("", "…")
    line, column = event.start_mark.line, event.start_mark.column
    if event.anchor and (style or text):
        line, column = _after_anchor(file, line, column)
    if style in ("|", ">") and text.strip():
        line += 1 + first_filled(text)
        written = file.text(line + 1)
        column = len(written) - len(written.lstrip())
    stop = len(file.text(line + 1).rstrip())
    if end.line == line:
        stop = min(stop, end.column)
    return line + 1, column + 1, max(1, stop - column)


def _after_anchor(file: File, line: int, column: int) -> tuple[int, int]:
    """Where the value after `&name` begins, which may be some lines down."""
    text = file.text(line + 1)
    if anchor := _ANCHOR.match(text, column):
        column = anchor.end()
    while line < len(file.lines) and text[column : column + 1] in ("", "#"):
        line, text = line + 1, file.text(line + 2)
        column = len(text) - len(text.lstrip())
    return line, column
