"""An exercise file as text: arrays, sections and quoted texts, laid out as people write them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rnncalc.errors import printable

WIDTH = 100
"""A longer list is written one row a line."""

Array = str | list[Any]
"""A number as it is written, or a list of such arrays."""


def flow(array: Array) -> str:
    """On one line: `[[1, 2], [3, 4]]`."""
    return array if isinstance(array, str) else f"[{', '.join(map(flow, array))}]"


def entry(name: str, array: Array) -> str:
    """A line of a section; a matrix too wide for it has a line for each row."""
    line = f"  {name}: {flow(array)}\n"
    if len(line) <= WIDTH or not isinstance(array, list) or isinstance(array[0], str):
        return line
    return f"  {name}:\n" + "".join(f"    - {flow(row)}\n" for row in array)


def section(key: str, remark: str, arrays: Iterable[tuple[str, Array]]) -> str:
    """A key with its arrays below it, and what they are beside it; nothing if there are none."""
    lines = "".join(entry(name, array) for name, array in arrays)
    return f"{key + ':':<32}# {remark}\n{lines}" if lines else ""


def quoted(text: str) -> str:
    """A text in quotes, whatever it holds."""
    return json.dumps(printable(text), ensure_ascii=False)


def mapping(key: str, entries: Mapping[str, str]) -> str:
    """`symbols: {g: "c̃"}`, wrapped."""
    lines, line = list[str](), f"{key}: {{"
    for number, (name, text) in enumerate(entries.items(), 1):
        part = f"{name}: {quoted(text)}" + ("}" if number == len(entries) else ", ")
        if len(line) + len(part) > WIDTH:
            lines, line = [*lines, line.rstrip()], "  "
        line += part
    return "\n".join([*lines, line]) + "\n"
