"""A file of answers → names with their texts: YAML, JSON or CSV, `name: numbers`, nothing about their meaning."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator

from rnncalc.answers.line_by_line import MOST_ANSWERS, from_assignments, from_broken, from_csv
from rnncalc.answers.lines import KEYS, Line, Sheet, Texts
from rnncalc.answers.ordinary import read_ordinary
from rnncalc.answers.pasted import looks_pasted, read_pasted
from rnncalc.errors import AnswerError, ExerciseError, LimitError, Problem
from rnncalc.languages import Message
from rnncalc.numbers import NumberError
from rnncalc.source import Mapping, Node, Scalar, Sequence, read_text, touching

LARGEST_SHEET = 1_000_000
_NO_LINES = Message("a sheet of answers is made of `name: numbers` lines")
_WITH_SEMICOLON = re.compile(";")
_WITH_BLANKS = re.compile(r";|[0-9]\s+[-+−.0-9]")
_PLACE = re.compile(r"\s*\d{1,4}(?:\s*,\s*\d{1,4})?\s*")


def read_sheet(
    text: str | bytes, name: str, decimal_comma: bool = False, answers: Callable[[Line], bool] = lambda _: False
) -> Sheet:
    """The sheet in a text; a `name` that ends in `.csv` says that it is CSV. Where YAML or JSON is broken somewhere,
    what is left of it counts if any line `answers` something.

    Raises AnswerError where the file as a whole cannot be read: the single answers are left to be judged one by one.
    """
    if len(text) > LARGEST_SHEET:
        what = f"a sheet of answers may have {LARGEST_SHEET} bytes; this one has {len(text)}"
        raise AnswerError(Problem(what, None, "hand in the answers alone"))
    if name.lower().endswith(".csv"):
        return from_csv(_plain(text), decimal_comma)
    # Where the comma is in a decimal and between two, it depends on the blanks.
    if not decimal_comma and (found := _ordinary(text)):
        return found
    if found := from_assignments(_plain(text), decimal_comma):
        return found
    try:
        return _from_nodes(read_text(text, name), decimal_comma)
    except LimitError as error:
        raise AnswerError(*error.problems) from None
    except ExerciseError as error:
        found = from_broken(_plain(text), decimal_comma)
        if found and any(map(answers, found.lines)):
            return found
        raise AnswerError(*error.problems) from None


def _plain(text: str | bytes) -> str:
    """The text, also where some bytes of it are none."""
    if isinstance(text, str):
        return text
    is_wide = text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return text.decode("utf-16" if is_wide else "utf-8-sig", "replace")


def _ordinary(text: str | bytes) -> Sheet | None:
    try:
        found = read_ordinary(text.decode() if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        return None
    return found if found and len(found.lines) <= MOST_ANSWERS else None


# ---------------------------------------------------------------- YAML and JSON


def _from_nodes(root: Node, decimal_comma: bool) -> Sheet:
    if isinstance(root, Sequence) and root.items and all(isinstance(item, Mapping) for item in root.items):
        return Sheet("", tuple(_inner(root, decimal_comma)))
    if not isinstance(root, Mapping):
        raise _no_lines(root)
    known = {key.text.lower(): value for key, value in root.entries if key.text.lower() in KEYS}
    student = known.get("student", known.get("name"))
    lines = _inner(known["answers"], decimal_comma) if "answers" in known else []
    outer = [(key, value) for key, value in root.entries if key.text.lower() not in KEYS]
    lines += _lines(outer, decimal_comma)
    if len(lines) > MOST_ANSWERS:
        raise AnswerError(Problem(f"a sheet may answer {MOST_ANSWERS} quantities, not {len(lines)}", root.span))
    return Sheet(student.text.strip() if isinstance(student, Scalar) else "", tuple(lines))


def _inner(node: Node, decimal_comma: bool) -> list[Line]:
    """The lines below `answers:`, also where each of them is an item of a list."""
    if isinstance(node, Mapping):
        return list(_lines(node.entries, decimal_comma))
    if isinstance(node, Sequence) and node.items and all(isinstance(item, Mapping) for item in node.items):
        return [line for item in node.items for line in _inner(item, decimal_comma)]
    if isinstance(node, Scalar) and not node.text.strip():
        return []
    raise _no_lines(node)


def _no_lines(node: Node) -> AnswerError:
    hint = "write `h_1: [0.5, -0.2]`; `rnncalc answers EXERCISE` writes a sheet to fill in"
    return AnswerError(Problem(_NO_LINES.template, node.span, hint))


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
            if text := _as_written(items, decimal_comma):
                return read_pasted(text, decimal_comma)
            return tuple((text,) for text in _row(node, decimal_comma))
        case Sequence(items=items):
            return tuple(tuple(_row(item, decimal_comma)) for item in items)


def _as_written(items: Iterable[Node], decimal_comma: bool) -> str:
    """A list as it was before YAML cut it at its commas, if these were not all there was between its numbers:
    `[0,5; 1]`, `[1, 2; 3, 4]`, `[0,5 0,2]`."""
    scalars = [item for item in items if isinstance(item, Scalar)]
    other = _WITH_BLANKS if decimal_comma else _WITH_SEMICOLON
    if not any(other.search(item.text) for item in scalars):
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
