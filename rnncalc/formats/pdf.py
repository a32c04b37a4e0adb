"""A document as a PDF file, set by typst: fonts inside, no TeX and no network needed, the same bytes every time."""

from functools import cache
from pathlib import Path
from typing import Any

from rnncalc.document import Document
from rnncalc.errors import Problem, UsageError
from rnncalc.formats.typst import write as write_typst

ENDING = ".pdf"


def write(document: Document) -> bytes:
    """The document as a PDF file. Raises UsageError where typst is not installed."""
    made: bytes = _compiler().compile(write_typst(document).encode(), format="pdf", timestamp=0)
    return made


@cache
def _compiler() -> Any:
    """A compiler with no fonts but its own, and with no files: this folder is all that it could see."""
    try:
        import typst
    except ImportError:
        what = "PDF files are made by typst, which is not installed"
        raise UsageError(Problem(what, None, "pip install 'rnncalc[pdf]'")) from None
    return typst.Compiler(root=Path(__file__).parent / "page", ignore_system_fonts=True)
