"""A row of a formula set into lines of a given width.

A row that is too wide is broken before a sign: first before `=`, then before `+` and `−`, then before `⊙` and
`·` or after a comma, and only then inside its parentheses, in the same order. What is too wide even so is cut
down (`elision`) and broken anew; a matrix is never broken. A fraction too wide to stand is laid down, `(a + b)/c`,
and so is a power, `exp(a + b)`.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.formats.boxes.box import Box, beside, fence, line
from rnncalc.formats.boxes.drawing import draw, over_sign, tuple_pieces
from rnncalc.formats.boxes.elision import Limits, elided_row
from rnncalc.formula import (
    SIGNS,
    Atom,
    Blank,
    Digits,
    Fenced,
    Fraction,
    Grid,
    Name,
    Operator,
    Over,
    Row,
    Script,
    Symbol,
    Tuple,
    Words,
    linear,
    unicode,
    unicode_raised,
)

LEVELS = (Limits(), Limits(columns=5), Limits(columns=4), Limits(columns=3))
_HANG = 2
_RANKS = {"equals": 0, "approx": 0, "plus": 1, "minus": 1, "hadamard": 2, "times": 2, "divide": 2}
_AFTER_COMMA = 2
_RANKS_PER_DEPTH = 3
# The silent product of a matrix and a vector is broken when nothing else helps, and is silent no longer.
_LAST, _PRODUCT, _NO_BREAK = 97, 98, 99


class Part(Struct, frozen=True):
    """One line of a broken row, meant to stand `hang` cells further to the right than the first.

    A line that began with a relation sign gives the sign apart from its box.
    """

    box: Box
    relation: Literal["equals", "approx"] | None = None
    hang: int = 0


class _Token(Struct, frozen=True):
    """A piece that is not broken, or a parenthesis. The lower its `rank`, the better a break before it."""

    kind: Literal["box", "open", "close"]
    box: Box
    rank: int = _NO_BREAK
    operator: str = ""


def fit(row: Row, width: int, levels: Sequence[Limits] = LEVELS) -> list[Part]:
    """The row in lines of at most `width` cells (with what they hang), if that can be done."""
    parts = _broken(row, width, levels)
    if all(part.hang + part.box.width <= width for part in parts):
        return parts
    return _broken(_laid_down(row, width - _HANG), width, levels)


def _laid_down(row: Row, width: int) -> Row:
    """The row with its fractions that are wider on one line, where they can be broken."""
    atoms: list[Atom] = []
    for atom in row.atoms:
        match atom:
            case Fraction(above, below) if draw(atom).width > width:
                top, bottom = (linear(_laid_down(part, width), part is below) for part in (above, below))
                atoms += [*top.atoms, Operator("divide"), *bottom.atoms]
            case Script(base, upper) if draw(atom).width > width // 2:
                atoms += _power_laid_down(base, upper, width)
            case Fenced(body):
                atoms.append(Fenced(_laid_down(body, width)))
            case Row():
                atoms.append(_laid_down(atom, width))
            case Tuple(cells):
                laid = (_laid_down(cell, width) if isinstance(cell, Row) else cell for cell in cells)
                atoms.append(replace(atom, cells=tuple(laid)))
            case Over(_, _, body):
                atoms.append(replace(atom, body=_laid_down(body, width)))
            case _:
                atoms.append(atom)
    return Row(tuple(atoms))


def _power_laid_down(base: Row, upper: Row, width: int) -> tuple[Atom, ...]:
    """`exp(a + b)` for a long power of e; of another long base, the exponent stands behind its last sign."""
    if base == Row((Symbol("e"),)):
        return Name("exp", r"\exp"), Fenced(_laid_down(upper, width))
    return *_laid_down(base, width).atoms, Words(unicode_raised(unicode(upper)))


def _broken(row: Row, width: int, levels: Sequence[Limits]) -> list[Part]:
    parts: list[Part] = []
    for last, limits in product((_LAST, _PRODUCT), levels):
        tokens = list(_tokens(elided_row(row, limits), 0))
        whole = _assembled(tokens)
        if whole.width <= width:
            return [Part(whole)]
        lines = _filled(tokens, width - _HANG, 0, last)
        parts = [_part(tokens, index) for index, tokens in enumerate(lines)]
        if all(part.hang + part.box.width <= width for part in parts):
            break
    return parts


def _part(tokens: list[_Token], index: int) -> Part:
    """A line without the blank before its first sign; what follows a comma stands inside its parenthesis."""
    match tokens[0].operator:
        case "equals" | "approx" as relation if index:
            return Part(_assembled(tokens[1:]), relation)
        case operator:
            return Part(_assembled(tokens), None, (_HANG if operator else 1) if index else 0)


def _tokens(atom: Atom, depth: int) -> Iterator[_Token]:
    """The atom with its rows, parentheses and flat vectors taken apart."""
    match atom:
        case Row(atoms):
            for inner in atoms:
                yield from _tokens(inner, depth)
        case Fenced(body):
            yield _Token("open", line("("))
            yield from _tokens(body, depth + 1)
            yield _Token("close", line(")"))
        case Script(Row((Fenced() as fenced,)), upper) if draw(fenced).height == draw(upper).height == 1:
            yield from _tokens(fenced, depth)
            yield _Token("box", draw(Script(Row(()), upper)))
        case Tuple():
            yield from _tuple_tokens(atom, depth + 1)
        case Over(_, _, body):
            yield _Token("box", over_sign(atom))
            yield from _tokens(body, depth)
        case Operator(name):
            yield _Token("box", draw(atom), _rank(name, depth), name)
        case Symbol() | Digits() | Name() | Words() | Blank() | Grid() | Fraction() | Script():
            yield _Token("box", draw(atom))
        case _:
            assert_never(atom)


def _rank(name: str, depth: int) -> int:
    if name == "apply":
        return _PRODUCT
    return min(_LAST, _RANKS[name] + depth * _RANKS_PER_DEPTH) if name in _RANKS else _NO_BREAK


def _tuple_tokens(flat: Tuple, depth: int) -> Iterator[_Token]:
    yield _Token("open", line("("))
    rank = _NO_BREAK
    for piece in tuple_pieces(flat):
        yield _Token("box", draw(piece), rank)
        rank = depth * _RANKS_PER_DEPTH + _AFTER_COMMA if piece == Operator(flat.between) else _NO_BREAK
    yield _Token("close", line(")"))


def _filled(tokens: list[_Token], width: int, rank: int, last: int) -> list[list[_Token]]:
    """The tokens in lines: chunks side by side while they fit, a chunk too wide broken at the next rank."""
    if rank > last or _assembled(tokens).width <= width:
        return [tokens]
    lines: list[list[_Token]] = []
    whole = True
    for chunk in _chunks(tokens, rank):
        if lines and (whole or rank) and _assembled(lines[-1] + chunk).width <= width:
            lines[-1] = lines[-1] + chunk
        else:
            added = _filled(chunk, width, _next_rank(chunk, rank), last)
            whole = len(added) == 1
            lines.extend(added)
    return lines


def _next_rank(tokens: list[_Token], rank: int) -> int:
    return min((token.rank for token in tokens[1:] if token.rank > rank), default=_NO_BREAK)


def _chunks(tokens: list[_Token], rank: int) -> list[list[_Token]]:
    """The tokens cut before each one that allows a break at this rank."""
    chunks: list[list[_Token]] = [[]]
    for token in tokens:
        if token.rank == rank and chunks[-1]:
            chunks.append([])
        chunks[-1].append(token)
    return chunks


def _assembled(tokens: Sequence[_Token]) -> Box:
    """The tokens side by side; a parenthesis without its partner is as tall as what stands on its side."""
    open_rows: list[list[Box]] = [[]]
    for index, token in enumerate(tokens):
        if token.kind == "open":
            open_rows.append([])
        elif token.kind == "close":
            body = beside(*open_rows.pop())
            closed = [body, fence(")", body)]
            if open_rows:
                open_rows[-1] += [fence("(", body), *closed]
            else:
                open_rows.append(closed)
        else:
            open_rows[-1].append(token.box if index else _without_blank(token))
    while len(open_rows) > 1:
        body = beside(*open_rows.pop())
        open_rows[-1] += [fence("(", body), body]
    return beside(*open_rows[0])


def _without_blank(token: _Token) -> Box:
    sign = "times" if token.operator == "apply" else token.operator
    return line(SIGNS[sign].lstrip()) if sign else token.box
