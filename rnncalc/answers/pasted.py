"""Matrices as they are pasted: from NumPy, PyTorch, MATLAB or LaTeX, as text → rows of texts, one for each number."""

import re

from rnncalc.answers.lines import Texts
from rnncalc.numbers import NumberError

MOST_NUMBERS = 10_000
LONGEST = 200_000

_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[a-z]*matrix\*?\}|\\(?:begin|end)\s*\{array\}(?:\s*\{[lcr| ]*\})?")
_WRAPPER = re.compile(r"\b(?:(?:np|numpy|torch|nn)\.)?(?:array|tensor|matrix|Parameter|Tensor)\(")
_OPTION = re.compile(r"(?:dtype|device|grad_fn|requires_grad|size)=(?:<[^<>]*>|'[^']*'|\"[^\"]*\"|[\w.]+)")
# A comment has words; `95 %` is a number.
_COMMENT = re.compile(r"%[^\n]*[^\W\d_]{2}[^\n]*")
# `z_1 =`, `ans =`, `≈` before a bracket or on a line of its own.
_NAME = re.compile(r"\s*[^=≈\[\](){}\n]{0,40}[=≈]\s*(?=[\[({⎡\\]|\n)")
_TRANSPOSED = re.compile(r"[])}]\s*(?:\^\{?\s*(?:T|⊤|\\top|\\intercal)\s*\}?|\.T|\.?'|⊤|ᵀ)[\s;$]*$")
# Above the numbers MATLAB shows, and PyTorch showed, the power of ten that they have in common.
_SCALE = re.compile(r"(?:[^=≈\n]{0,40}=)?\s*(?:tensor)?[\s(\[]*1\.0*e([+-]?\d{1,3})\s*\*(?=[\s(\[])")
_PLAIN = re.compile(r"[-+−]?[0-9]+(?:\.[0-9]*)?")
_ROW_END = re.compile(r"\]\s*+[,;]?\s*+\[|\)\s*+,\s*+\(|\}\s*+,\s*+\{|[;\n]|\\\\")
_AROUND = "[]<>⎡⎤⎢⎥⎣⎦|, \t\r\n"


def looks_pasted(text: str, decimal_comma: bool = False) -> bool:
    """Whether the text is more than one number."""
    several = r"[\[\]⎡⎣;&\n]|\\\\|matrix|array|tensor|[0-9.]\s+[-+−.0-9]" + ("" if decimal_comma else "|,")
    return bool(re.search(several, text.strip()))


def read_pasted(text: str, decimal_comma: bool = False) -> Texts:
    """The rows of a matrix, each entry as its text. Raises NumberError where the text is out of bounds."""
    if len(text) > LONGEST:
        raise NumberError(f"at most {LONGEST} characters are read as one matrix", 0, len(text), "write fewer numbers")
    scale = _SCALE.match(text)
    text = text[scale.end() :] if scale else text
    turned = _TRANSPOSED.search(text)
    text = _NAME.sub("", text[: turned.start() + 1] if turned else text, count=1)
    plain = _OPTION.sub("", _COMMENT.sub("", _WRAPPER.sub("", _ENVIRONMENT.sub("", text))))
    plain = plain.replace("\\left", "").replace("\\right", "").replace("$", " ")
    lines = [_inside(line) for line in _ROW_END.split(plain)]
    rows = tuple(tuple(_entries(line, decimal_comma)) for line in lines if line)
    if scale:
        rows = tuple(tuple(_scaled(entry, scale[1]) for entry in row) for row in rows)
    if sum(map(len, rows)) > MOST_NUMBERS:
        raise NumberError(f"at most {MOST_NUMBERS} numbers are read as one matrix", 0, len(text), "write fewer numbers")
    if turned and len({len(row) for row in rows}) == 1:
        return tuple(zip(*rows, strict=True))
    return rows


def _scaled(entry: str, exponent: str) -> str:
    """A number times a power of ten, with as many digits."""
    if entry == "0":
        return entry
    return f"{entry}e{exponent}" if _PLAIN.fullmatch(entry) else f"({entry})*10^({exponent})"


def _inside(line: str) -> str:
    """The line without the brackets round it; a bracket that belongs to a number, as in `σ(2)` or `\\frac{1}{2}`,
    stays."""
    line = line.strip(_AROUND)
    for opening, closing in ("()", "{}"):
        open_ones = line.count(opening) - line.count(closing)
        while open_ones > 0 and line.startswith(opening):
            line, open_ones = line[1:].lstrip(_AROUND), open_ones - 1
        while open_ones < 0 and line.endswith(closing):
            line, open_ones = line[:-1].rstrip(_AROUND), open_ones + 1
        if line.startswith(opening) and line.endswith(closing) and "," in line:
            line = line[1:-1].strip(_AROUND)
    return line


def _entries(line: str, decimal_comma: bool) -> list[str]:
    if decimal_comma:
        return line.split()
    if "," in line or "&" in line:
        return [part.strip() for part in re.split(r"[,&]", line)]
    return line.split()
