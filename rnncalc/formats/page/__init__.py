"""What pages carry with them, so that one file is the whole page: style and font of a web page, preambles of others."""

from base64 import b64encode
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def style() -> str:
    """The style sheet, with the font inside. The font is a part of STIX Two Math (licence: OFL.txt)."""
    font = b64encode((_HERE / "math.woff2").read_bytes()).decode()
    sheet = (_HERE / "style.css").read_text(encoding="utf-8")
    return sheet.replace("math.woff2", f"data:font/woff2;base64,{font}")


@cache
def preamble(name: str) -> str:
    """What stands before a document: `preamble.tex`, or `pictures.tex` where it has some; `preamble.typ`."""
    return (_HERE / name).read_text(encoding="utf-8")
