"""A terminal page in colour → SVG, for light pages and dark ones. It knows the escape sequences and no page."""

import re
from collections.abc import Iterator
from html import escape

from rnncalc.formats.boxes import cell_width

CELL, LINE, MARGIN, COLUMNS = 8.43, 16.4, 14, 80
"""Pixels of a character cell of DejaVu Sans Mono at 14 px: brackets of several lines close up."""

_STYLE = """\
  <style>
    text { font: 14px "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; fill: #1f2328 }
    .page { fill: #ffffff; stroke: #d1d9e0 }
    .s1 { font-weight: bold } .s2 { fill: #59636e }
    .s1-36 { font-weight: bold; fill: #0a6b75 } .s1-35 { font-weight: bold; fill: #8250df }
    .s1-32 { font-weight: bold; fill: #116329 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .page { fill: #0d1117; stroke: #30363d } .s2 { fill: #9198a1 }
      .s1-36 { fill: #56d4dd } .s1-35 { fill: #d2a8ff } .s1-32 { fill: #7ee787 }
    }
  </style>
"""


def picture(command: str, lines: list[str]) -> str:
    """The page under the command that prints it: from its beginning to the end of the first step, and its end."""
    second = next(number for number, line in enumerate(lines) if "2 · " in line)
    table = next(number for number, line in enumerate(lines) if "───┼" in line) - 1
    shown = [f"$ {command}", *lines[:second], "\x1b[2m    ⋮ steps 2 to 4\x1b[0m", "", *lines[table:]]
    width, height = 2 * MARGIN + COLUMNS * CELL, 2 * MARGIN + len(shown) * LINE
    texts = "".join(text for number, line in enumerate(shown) for text in _line(line, number))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">\n'
        f"  <title>{escape(command)}</title>\n{_STYLE}"
        f'  <rect class="page" x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="8"/>\n'
        f"{texts}</svg>\n"
    )


def _line(line: str, number: int) -> Iterator[str]:
    """The runs of a line. A gap of two blanks ends a run, so that every column begins where it should."""
    column, style = 0, ""
    for code, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b]+)", line):
        if not text:
            style = "" if code in ("", "0") else f' class="s{code.replace(";", "-")}"'
            continue
        for blanks, words in re.findall(r"( *)((?:[^ ]| (?! ))*)", text):
            column += len(blanks)
            if words:
                x, y = MARGIN + column * CELL, MARGIN + (number + 0.8) * LINE
                yield f'  <text x="{x:.1f}" y="{y:.1f}" textLength="{cell_width(words) * CELL:.1f}"{style}>'
                yield f"{escape(words)}</text>\n"
                column += cell_width(words)
