"""What every web page carries with it: its style and the font of its formulas, so that one file is the whole page."""

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
