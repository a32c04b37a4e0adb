"""Pieces of text with a style, and how a terminal is told of it.

Colours are the sixteen of the terminal itself and no background is set, for light themes and dark ones.
"""

from typing import Literal

Style = Literal["plain", "strong", "faint", "part", "label", "warning", "answer"]
Strip = tuple[tuple[str, Style], ...]
"""One line of a page as pieces of text, each with its style."""

# The parameters of ECMA-48 `Select Graphic Rendition`.
_CODES: dict[Style, str] = {
    "strong": "1",
    "faint": "2",
    "part": "1;36",
    "label": "1;36",
    "warning": "1;35",
    "answer": "1;32",
}


def painted(strip: Strip, colour: bool) -> str:
    """The line without trailing blanks; with colour, the same characters between escape sequences."""
    room = len("".join(text for text, _ in strip).rstrip(" "))
    line = ""
    for text, style in strip:
        kept = text[:room]
        room -= len(kept)
        line += _coloured(kept, style) if colour else kept
    return line


def _coloured(text: str, style: Style) -> str:
    inside = text.strip(" ")
    if style == "plain" or not inside:
        return text
    before, after = text.split(inside, 1)
    return f"{before}\x1b[{_CODES[style]}m{inside}\x1b[0m{after}"
