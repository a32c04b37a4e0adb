r"""The text of a question as a fragment of HTML, with formulas in LaTeX between `\(` and `\)` or in MathML."""

from collections.abc import Callable, Iterator, Sequence
from html import escape

from rnncalc.document import Block, Given, Heading, Listing, Notice, Prose, Text
from rnncalc.errors import printable
from rnncalc.formats.spelling import latex, mathml
from rnncalc.formula import Operator, Row, equated, row
from rnncalc.teaching.quiz import Asked

Formula = Callable[[Row], str]


def in_latex(formula: Row) -> str:
    """For systems whose filters set LaTeX: not every one knows `$`."""
    return rf"\({escape(latex(formula), quote=False)}\)"


def in_mathml(formula: Row) -> str:
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{mathml(formula)}</math>'


def words(text: str) -> str:
    """Text from anyone; a brace in it must not begin a field of Moodle's."""
    return escape(printable(text)).replace("{", "&#123;")


def run(text: Text, formula: Formula) -> str:
    return "".join(words(piece) if isinstance(piece, str) else formula(row(piece)) for piece in text)


def fragment(blocks: Sequence[Block], formula: Formula) -> str:
    """The blocks of a question's text."""
    return "\n".join(line for block in blocks for line in _lines(block, formula))


def _lines(block: Block, formula: Formula) -> Iterator[str]:
    match block:
        case Heading(title=title):
            yield f"<p><strong>{words(title)}</strong></p>"
        case Prose(text) | Notice(text=text):
            yield f"<p>{run(text, formula)}</p>"
        case Listing(lines):
            yield "<ul>" + "".join(f"<li>{run(line, formula)}</li>" for line in lines) + "</ul>"
        case Given(entries, label):
            items = "".join(f"<li>{formula(equated(*names, value))}</li>" for names, value in entries)
            yield f"<p><strong>{words(label)}</strong></p><ul>{items}</ul>"
        case _:
            raise AssertionError(f"{type(block).__name__} does not stand in a question")


def fields(asked: Asked, formula: Formula, drawn: Sequence[Sequence[str]]) -> str:
    """`h₁ =` and its fields, laid out as the answer is: `drawn` are they as the system has them."""
    left = formula(row(asked.name, Operator("equals")))
    if len(drawn) == len(drawn[0]) == 1:
        return f"<p>{left} {drawn[0][0]}</p>"
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in drawn)
    return f"<p>{left}</p><table><tbody>{lines}</tbody></table>"
