"""QTI 2.1: a zip with an item for each exercise, a text entry for each number, formulas in MathML.

(IMS Question & Test Interoperability 2.1: Assessment Test, Section and Item Information Model.)
"""

from collections.abc import Iterator
from html import escape

from rnncalc.errors import Problem, printable
from rnncalc.quizzes._text import fields, fragment, in_mathml
from rnncalc.quizzes._zip import DECLARATION, identifier, manifest, zipped
from rnncalc.teaching.quiz import Field, Question, Quiz

ENDING = ".zip"
_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_LIST = "http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0"
MOST_LETTERS = 20


def problems(quiz: Quiz) -> Iterator[Problem]:
    """Numbers, tolerances and identifiers are written in the forms of the standard: nothing is left to refuse."""
    return iter(())


def write(quiz: Quiz) -> bytes:
    items = {identifier("item", number, one.name): one for number, one in enumerate(quiz.questions, 1)}
    listed = manifest(quiz.title, _LIST, {ident: ("imsqti_item_xmlv2p1", f"{ident}.xml") for ident in items})
    written = {f"{ident}.xml": _item(ident, one, quiz.language) for ident, one in items.items()}
    return zipped({"imsmanifest.xml": listed, **written})


def _item(ident: str, question: Question, language: str) -> str:
    numbers = {(asked.key, field.place): number for number, (asked, field) in enumerate(question.fields, 1)}
    declared = "".join(_declaration(number, field) for number, (_, field) in enumerate(question.fields, 1))
    body = fragment(question.blocks, in_mathml)
    for asked in question.asked:
        boxes = [[_box(numbers[asked.key, field.place]) for field in line] for line in asked.fields]
        body += "\n" + fields(asked, in_mathml, boxes)
    scored = "".join(_scored(number, field) for number, (_, field) in enumerate(question.fields, 1))
    return (
        f'{DECLARATION}<assessmentItem xmlns="{_QTI}" identifier="{ident}" '
        f'title="{escape(printable(question.name))}" adaptive="false" timeDependent="false" xml:lang="{language}">\n'
        f"{declared}"
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>\n"
        f"<itemBody>\n{body}\n</itemBody>\n<responseProcessing>\n{scored}</responseProcessing>\n</assessmentItem>\n"
    )


def _declaration(number: int, field: Field) -> str:
    return (
        f'<responseDeclaration identifier="R{number}" cardinality="single" baseType="float">'
        f"<correctResponse><value>{field.value}</value></correctResponse></responseDeclaration>\n"
    )


def _box(number: int) -> str:
    return f'<textEntryInteraction responseIdentifier="R{number}" expectedLength="{MOST_LETTERS}"/>'


def _scored(number: int, field: Field) -> str:
    """A point if the number is right to within the tolerance, which QTI calls absolute."""
    both = f"{field.tolerance} {field.tolerance}"
    return (
        f'<responseCondition><responseIf><equal toleranceMode="absolute" tolerance="{both}">'
        f'<variable identifier="R{number}"/><correct identifier="R{number}"/></equal>'
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
        '<baseValue baseType="float">1</baseValue></sum></setOutcomeValue></responseIf></responseCondition>\n'
    )
