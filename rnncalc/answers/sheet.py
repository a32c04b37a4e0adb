"""A file of answers → names with their texts: YAML, JSON or CSV, `name: numbers`, nothing about their meaning."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from rnncalc.answers.lines import KEYS, Line, Sheet, Texts
from rnncalc.answers.ordinary import read_ordinary
from rnncalc.answers.pasted import looks_pasted, read_pasted
from rnncalc.errors import AnswerError, ExerciseError, LimitError, Problem
from rnncalc.languages import Message
from rnncalc.numbers import NumberError
from rnncalc.source import Mapping, Node, Scalar, Sequence, read_text, touching

LARGEST_SHEET = 1_000_000
_NO_LINES = Message("a sheet of answers is made of `name: numbers` lines")
MOST_ANSWERS = 20_000
"""Names in one sheet."""
_PLACE = re.compile(r"\s*\d{1,4}(?:\s*,\s*\d{1,4})?\s*")


def read_sheet(text: str | bytes, name: str, decimal_comma: bool = False) -> Sheet:
    """The sheet in a text; a `name` that ends in `.csv` says that it is CSV.

    Raises AnswerError where the file as a whole cannot be read: the single answers are left to be judged one by one.
    """
    if len(text) > LARGEST_SHEET:
        what = f"a sheet of answers may have {LARGEST_SHEET} bytes; this one has {len(text)}"
        raise AnswerError(Problem(what, None, "hand in the answers alone"))
    try:
        if name.lower().endswith(".csv"):
            return _from_csv(text, decimal_comma)
        # Where the comma is in a decimal and between two, it depends on the blanks.
        if not decimal_comma and (found := _ordinary(text)):
            return found
        if found := _from_assignments(text, decimal_comma):
            return found
        return _from_nodes(read_text(text, name), decimal_comma)
    except (ExerciseError, LimitError) as error:
        raise AnswerError(*error.problems) from None


def _ordinary(text: str | bytes) -> Sheet | None:
    try:
        found = read_ordinary(text.decode() if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        return None
    return found if found and len(found.lines) <= MOST_ANSWERS else None


# ---------------------------------------------------------------- YAML and JSON


def _from_nodes(root: Node, decimal_comma: bool) -> Sheet:
    if not isinstance(root, Mapping):
        hint = "write `h_1: [0.5, -0.2]`; `rnncalc answers EXERCISE` writes a sheet to fill in"
        raise AnswerError(Problem(_NO_LINES.template, root.span, hint))
    known = {key.text.lower(): value for key, value in root.entries if key.text.lower() in KEYS}
    student = known.get("student", known.get("name"))
    inner = known.get("answers")
    lines = list(_lines(inner.entries, decimal_comma)) if isinstance(inner, Mapping) else []
    outer = [(key, value) for key, value in root.entries if key.text.lower() not in KEYS]
    lines += _lines(outer, decimal_comma)
    if len(lines) > MOST_ANSWERS:
        raise AnswerError(Problem(f"a sheet may answer {MOST_ANSWERS} quantities, not {len(lines)}", root.span))
    return Sheet(student.text.strip() if isinstance(student, Scalar) else "", tuple(lines))


def _lines(entries: Iterable[tuple[Scalar, Node]], decimal_comma: bool) -> Iterator[Line]:
    """A line for each name, or for each of the places written below it: `r_1: {1: 0.5, 2: 0.3}`."""
    for key, value in entries:
        places = value.entries if isinstance(value, Mapping) else ()
        if places and all(_PLACE.fullmatch(place.text) for place, _ in places):
            yield from (_line(f"{key.text}[{place.text}]", one, decimal_comma) for place, one in places)
        else:
            yield _line(key.text, value, decimal_comma)


def _line(name: str, value: Node, decimal_comma: bool) -> Line:
    try:
        return Line(name, _texts(value, decimal_comma))
    except NumberError as error:
        return Line(name, (), error.message)


def _texts(node: Node, decimal_comma: bool) -> Texts:
    """Rows of texts; a list of numbers is one number a row, as a column."""
    match node:
        case Scalar(text=text):
            return read_pasted(text, decimal_comma) if looks_pasted(text, decimal_comma) else ((text,),)
        case Mapping():
            raise NumberError("numbers were expected, not `name: value`", 0, 1)
        case Sequence(items=items) if not any(isinstance(item, Sequence) for item in items):
            if len(items) == 1 and isinstance(items[0], Scalar) and looks_pasted(items[0].text, decimal_comma):
                return read_pasted(items[0].text, decimal_comma)
            if text := _with_semicolons(items, decimal_comma):
                return read_pasted(text, decimal_comma)
            return tuple((text,) for text in _row(node, decimal_comma))
        case Sequence(items=items):
            return tuple(tuple(_row(item, decimal_comma)) for item in items)


def _with_semicolons(items: Iterable[Node], decimal_comma: bool) -> str:
    """A list as it was written before YAML cut it at its commas, if it has semicolons: `[0,5; 1]`, `[1, 2; 3, 4]`."""
    scalars = [item for item in items if isinstance(item, Scalar)]
    if not any(";" in item.text for item in scalars):
        return ""
    text = ""
    for before, item in zip([None, *scalars], scalars, strict=False):
        tight = before is not None and touching(before, item)
        text += ("" if before is None else "," if tight or not decimal_comma else " ") + item.text
    return text


def _row(node: Node, decimal_comma: bool) -> list[str]:
    """The texts of one row; with decimal commas, neighbours without a blank between them are one number."""
    if not isinstance(node, Sequence):
        return [_scalar(node)]
    if len(node.items) == 1 and isinstance(node.items[0], Scalar) and looks_pasted(node.items[0].text, decimal_comma):
        return [entry for line in read_pasted(node.items[0].text, decimal_comma) for entry in line]
    found: list[str] = []
    before: Scalar | None = None
    for item in node.items:
        text = _scalar(item)
        if decimal_comma and before is not None and isinstance(item, Scalar) and touching(before, item):
            found[-1] += "," + text
            before = None
        else:
            found.append(text)
            before = item if isinstance(item, Scalar) else None
    return found


def _scalar(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text
    raise NumberError("a number was expected, not a list", 0, 1)


# ---------------------------------------------------------------- assignments

_ASSIGNED = re.compile(r"^[ \t]*([^\W\d][^=:\n#]{0,60}?)[ \t]*=(?!=)", re.MULTILINE)


def _from_assignments(text: str | bytes, decimal_comma: bool) -> Sheet | None:
    """`z_1 = [0.88; 0.95];`, as Python and MATLAB have it; None where the text does not begin with such a line."""
    plain = text.decode("utf-8-sig", "replace") if isinstance(text, bytes) else text
    starts = [*_ASSIGNED.finditer(plain)]
    if not starts or plain[: starts[0].start()].strip() or len(starts) > MOST_ANSWERS:
        return None
    ends = [one.start() for one in starts[1:]] + [len(plain)]
    values = {one[1]: plain[one.end() : end].strip().rstrip(";") for one, end in zip(starts, ends, strict=True)}
    student = next((values.pop(name) for name in ("student", "name") if name in values), "").strip("'\"")
    lines = [Line(name, *_pasted(value, decimal_comma)) for name, value in values.items()]
    return Sheet(student, tuple(lines))


def _pasted(value: str, decimal_comma: bool) -> tuple[Texts, str]:
    """The texts of one value, or why it cannot be read."""
    try:
        return (read_pasted(value, decimal_comma) if looks_pasted(value, decimal_comma) else ((value,),)), ""
    except NumberError as error:
        return (), error.message


# ---------------------------------------------------------------- CSV


def _from_csv(text: str | bytes, decimal_comma: bool) -> Sheet:
    """`h_1, 0.5, -0.2`: a name and its numbers; lines with the same name are the rows of a matrix."""
    plain = text.decode("utf-8-sig", "replace") if isinstance(text, bytes) else text
    first = plain.split("\n", 1)[0]
    between = ";" if decimal_comma or ";" in first else "\t" if "\t" in first else ","
    student = ""
    found: dict[str, list[tuple[str, ...]]] = {}
    try:
        records = list(csv.reader(io.StringIO(plain), delimiter=between))
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
        return Line(name, *_pasted(rows[0][0], decimal_comma))
    return Line(name, tuple((entry,) for entry in rows[0]))
