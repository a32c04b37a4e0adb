r"""The text of a question as a fragment of HTML, with formulas in LaTeX between `\(` and `\)` or in MathML."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

from msgspec import Struct

from rnncalc.document import Answer, Block, Derivation, Given, Heading, Line, Listing, Notice, Prose, Text
from rnncalc.errors import printable
from rnncalc.formats.spelling import latex, mathml
from rnncalc.formula import Atom, Operator, Row, joined, row
from rnncalc.languages import Code
from rnncalc.teaching.quiz import Asked


class Notation(Struct, frozen=True):
    """How formulas are written: one in a line, and the lines of a derivation; `wide` are the attributes of what may be
    wider than a telephone, `item` those of a line of a list."""

    formula: Callable[[Row], str]
    derivation: Callable[[Sequence[Line]], str]
    wide: str = ""
    item: str = ""


def words(text: str) -> str:
    """Text from anyone; a brace in it must not begin a field of Moodle's."""
    return escape(printable(text)).replace("{", "&#123;")


def run(text: Text, notation: Notation) -> str:
    return "".join(_piece(piece, notation) for piece in text)


def _piece(piece: str | Code | Atom, notation: Notation) -> str:
    match piece:
        case str():
            return words(piece)
        case Code(code):
            return f"<code>{words(code)}</code>"
        case _:
            return notation.formula(row(piece))


def fragment(blocks: Sequence[Block], notation: Notation) -> str:
    """The blocks of a question's text, or of a solution."""
    return "\n".join(line for block in blocks for line in _lines(block, notation))


def _lines(block: Block, notation: Notation) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<p><strong>{words(_title(block))}</strong></p>"
        case Prose(text) | Notice(text=text):
            yield f"<p>{run(text, notation)}</p>"
        case Listing(lines):
            yield _bullets((run(line, notation) for line in lines), notation)
        case Given(entries, label):
            items = (notation.formula(joined("equals", (*names, value))) for names, value in entries)
            yield f"<p><strong>{words(label)}</strong></p>{_bullets(items, notation)}"
        case Derivation(lines):
            yield notation.derivation(lines)
            if asides := [run(aside, notation) for line in lines for aside in line.asides]:
                yield _bullets(asides, notation)
        case Answer(name, relation, value):
            yield f"<p><strong>{notation.formula(row(name, Operator(relation), value))}</strong></p>"
        case _:
            raise AssertionError(f"{type(block).__name__} does not stand in a question")


def _title(heading: Heading) -> str:
    return " · ".join(filter(None, (heading.number, heading.title)))


def _bullets(lines: Iterable[str], notation: Notation) -> str:
    return f"<ul{notation.wide}>" + "".join(f"<li{notation.item}>{line}</li>" for line in lines) + "</ul>"


def fields(asked: Asked, notation: Notation, drawn: Sequence[Sequence[str]]) -> str:
    """`h₁ =` and its fields, laid out as the answer is: `drawn` are they as the system has them."""
    left = notation.formula(row(asked.name, Operator("equals")))
    if len(drawn) == len(drawn[0]) == 1:
        return f"<p>{left} {drawn[0][0]}</p>"
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in drawn)
    return f"<p>{left}</p><table><tbody>{lines}</tbody></table>"


# ---------------------------------------------------------------- formulas


_SCROLLS = ' style="overflow-x:auto;overflow-y:hidden;padding-top:0.2em;padding-bottom:0.2em"'

_APART = ' style="padding:0.15em 0"'


def _tex(formula: Row) -> str:
    """LaTeX that can stand in HTML and XML, whatever names a file gives to its quantities."""
    shown = "".join(c if printable(c) == c else "\N{REPLACEMENT CHARACTER}" for c in latex(formula))
    return escape(shown, quote=False)


def _inline_tex(formula: Row) -> str:
    """For systems whose filters set LaTeX: not every one knows `$`."""
    return rf"\({_tex(formula)}\)"


def _aligned(lines: Sequence[Line]) -> str:
    rows = (f"{_tex(line.left) if line.left else ''} &amp;{_tex(row(Operator(line.relation)))} {_tex(line.right)}"
            for line in lines)  # fmt: skip
    return rf"<p{_SCROLLS}>\[\begin{{aligned}}" + r" \\ ".join(rows) + r"\end{aligned}\]</p>"


def _math(formula: Row) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{mathml(formula)}</math>'


def _one_below_the_other(lines: Sequence[Line]) -> str:
    formulas = (row(*(line.left.atoms if line.left else ()), Operator(line.relation), line.right) for line in lines)
    return "".join(f"<p>{_math(formula)}</p>" for formula in formulas)


LATEX = Notation(_inline_tex, _aligned, _SCROLLS, _APART)
MATHML = Notation(_math, _one_below_the_other)
