"""Sheets that are read line by line: CSV, assignments, and what is left of YAML or JSON that is broken somewhere."""

import csv
import io
import re
from collections.abc import Iterator

from rnncalc.answers.lines import KEYS, Line, Sheet
from rnncalc.answers.pasted import looks_pasted, read_pasted
from rnncalc.errors import AnswerError, Problem
from rnncalc.numbers import NumberError

MOST_ANSWERS = 20_000
"""Names in one sheet."""


def written_line(name: str, value: str, decimal_comma: bool) -> Line:
    """The numbers of one text."""
    if not looks_pasted(value, decimal_comma):
        return Line(name, ((value,),))
    try:
        return Line(name, read_pasted(value, decimal_comma))
    except NumberError as error:
        return Line(name, (), error.message)


# ---------------------------------------------------------------- assignments

_ASSIGNED = re.compile(r"^[ \t]*([^\W\d][^=:\n#]{0,60}?)[ \t]*=(?!=)", re.MULTILINE)


def from_assignments(text: str, decimal_comma: bool) -> Sheet | None:
    """`z_1 = [0.88; 0.95];`, as Python and MATLAB have it; None where the text does not begin with such a line."""
    starts = [*_ASSIGNED.finditer(text)]
    if not starts or text[: starts[0].start()].strip() or len(starts) > MOST_ANSWERS:
        return None
    ends = [one.start() for one in starts[1:]] + [len(text)]
    named = [(one[1], text[one.end() : end].strip().rstrip(";")) for one, end in zip(starts, ends, strict=True)]
    return _sheet(named, decimal_comma)


def _sheet(named: list[tuple[str, str]], decimal_comma: bool) -> Sheet:
    about = {name.lower(): value.strip("'\"") for name, value in reversed(named) if name.lower() in KEYS}
    lines = [written_line(name, value, decimal_comma) for name, value in named if name.lower() not in KEYS]
    return Sheet(about.get("student", about.get("name", "")).strip(), tuple(lines))


# ---------------------------------------------------------------- broken YAML and JSON

_NAMED = re.compile(
    r"""[ \t]*(?:-[ \t]+)?(?!(?:dtype|device|grad_fn|requires_grad)=)"""
    r"""(["']?)([^\W\d][^:=#"'\n]{0,60}?)\1[ \t]*(?:(?::[ \t]+|=(?!=))(.*)|:)"""
)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ITEM = re.compile(r"\s*-\s+")
_BLOCK = re.compile(r"[|>][+-]?\s*\n")


def from_broken(text: str, decimal_comma: bool) -> Sheet | None:
    """What follows each `name:` at the beginning of a line, up to the next; None where there is no such line."""
    named = [(name, _value(value)) for name, value in _named(text)]
    return _sheet(named, decimal_comma) if 0 < len(named) <= MOST_ANSWERS else None


def _named(text: str) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for line in text.strip().removeprefix("{").splitlines():
        plain = _COMMENT.sub("", line)
        if match := _NAMED.fullmatch(plain):
            if name:
                yield name, value
            name, value = match[2], match[3] or ""
        elif plain.strip("-. \t"):
            value += "\n" + _ITEM.sub("", plain, count=1)
    if name:
        yield name, value


def _value(text: str) -> str:
    """A value without what belongs to the file: the bar of a block, the comma before the next name, quotes."""
    plain = _BLOCK.sub("", text.strip(), count=1).strip().rstrip(",")
    if plain.count("}") > plain.count("{"):
        plain = plain.rstrip("} \t\n")
    plain = plain.replace('"', "")
    return plain[1:-1] if len(plain) > 1 and plain[0] == plain[-1] == "'" else plain


# ---------------------------------------------------------------- CSV


def from_csv(text: str, decimal_comma: bool) -> Sheet:
    """`h_1, 0.5, -0.2`: a name and its numbers; lines with the same name are the rows of a matrix."""
    first = text.split("\n", 1)[0]
    between = ";" if decimal_comma or ";" in first else "\t" if "\t" in first else ","
    student = ""
    found: dict[str, list[tuple[str, ...]]] = {}
    try:
        records = list(csv.reader(io.StringIO(text), delimiter=between))
    except csv.Error as error:
        raise AnswerError(Problem(f"this is not CSV: {error}", None, "write `h_1,0.5,-0.2`")) from None
    for number, record in enumerate(records, 1):
        cells = [cell.strip() for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        if not cells or (number == 1 and cells[0].lower() in ("quantity", "name", "answer")):
            continue
        if cells[0].lower() == "student":
            student = cells[1] if len(cells) > 1 else ""
            continue
        found.setdefault(cells[0], []).append(tuple(cells[1:]) or ("",))
    return Sheet(student, tuple(_record(key, rows, decimal_comma) for key, rows in found.items()))


def _record(name: str, rows: list[tuple[str, ...]], decimal_comma: bool) -> Line:
    """A row is a column of numbers, or one cell with several; more rows are those of a matrix."""
    if len(rows) > 1:
        return Line(name, tuple(rows))
    if len(rows[0]) == 1:
        return written_line(name, rows[0][0], decimal_comma)
    return Line(name, tuple((entry,) for entry in rows[0]))
