"""QTI 2.1: a zip with an item for each exercise, a text entry for each number, formulas in MathML.

(IMS Question & Test Interoperability 2.1: Assessment Test, Section and Item Information Model.)
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape

from rnncalc.errors import Problem, printable
from rnncalc.formula import row
from rnncalc.numbers import plain_decimal
from rnncalc.quizzes._alternatives import Alternative, alternatives, entry
from rnncalc.quizzes._text import MATHML, fields, fragment, words
from rnncalc.quizzes._zip import DECLARATION, identifier, manifest, zipped
from rnncalc.teaching.quiz import Asked, Field, Question, Quiz, Words

ENDING = ".zip"
_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_LIST = "http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0"
MOST_LETTERS = 20
_SCORE_DIGITS = 7


def problems(quiz: Quiz) -> Iterator[Problem]:
    """Numbers, tolerances and identifiers are written in the forms of the standard: nothing is left to refuse."""
    return iter(())


def write(quiz: Quiz) -> bytes:
    items = {identifier("item", number, one.name): one for number, one in enumerate(quiz.questions, 1)}
    listed = manifest(quiz.title, _LIST, {ident: ("imsqti_item_xmlv2p1", f"{ident}.xml") for ident in items})
    written = {f"{ident}.xml": _item(ident, one, quiz) for ident, one in items.items()}
    return zipped({"imsmanifest.xml": listed, **written})


class _Numbered:
    """The fields of a question by number, each with the names of what is said to it."""

    def __init__(self, question: Question, said: Words) -> None:
        self.fields: dict[int, tuple[Asked, Field]] = dict(enumerate(question.fields, 1))
        self.alternatives: dict[int, Sequence[Alternative]] = {
            number: tuple(alternatives(question, field, said)) for number, (_, field) in self.fields.items()
        }


def _item(ident: str, question: Question, quiz: Quiz) -> str:
    numbered = _Numbered(question, quiz.words)
    declared = "".join(_declaration(number, field) for number, (_, field) in numbered.fields.items())
    return (
        f'{DECLARATION}<assessmentItem xmlns="{_QTI}" identifier="{ident}" '
        f'title="{escape(printable(question.name))}" adaptive="false" timeDependent="false" '
        f'xml:lang="{quiz.language}">\n{declared}{_outcome("SCORE", Fraction(0))}{_outcome("MAXSCORE", question.marks)}'
        '<outcomeDeclaration identifier="FEEDBACK" cardinality="multiple" baseType="identifier"/>\n'
        f"<itemBody>\n{_body(question)}\n</itemBody>\n"
        f"<responseProcessing>\n{''.join(_processed(numbered))}</responseProcessing>\n"
        f"{''.join(_said(numbered))}</assessmentItem>\n"
    )


def _declaration(number: int, field: Field) -> str:
    return (
        f'<responseDeclaration identifier="R{number}" cardinality="single" baseType="float">'
        f"<correctResponse><value>{field.value}</value></correctResponse></responseDeclaration>\n"
    )


def _outcome(name: str, value: Fraction) -> str:
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="single" baseType="float">'
        f"<defaultValue><value>{_float(value)}</value></defaultValue></outcomeDeclaration>\n"
    )


def _body(question: Question) -> str:
    parts = [fragment((*question.blocks, *question.task), MATHML)]
    number = 0
    for asked in question.asked:
        boxes = []
        for line in asked.fields:
            boxes.append([_box(number + place) for place in range(1, len(line) + 1)])
            number += len(line)
        parts.append(fields(asked, MATHML, boxes))
    return "\n".join(parts)


def _box(number: int) -> str:
    return f'<textEntryInteraction responseIdentifier="R{number}" expectedLength="{MOST_LETTERS}"/>'


# ---------------------------------------------------------------- responses


def _processed(numbered: _Numbered) -> Iterator[str]:
    """For each field the first alternative that fits; an answer that is not given fits none."""
    for number, known in numbered.alternatives.items():
        _, field = numbered.fields[number]
        *told, other = (_earned(number, place, field.marks * one.share) for place, one in enumerate(known, 1))
        tests = [_equal(number, one) for one in known[:-1]]
        yield f'<responseCondition><responseIf><isNull><variable identifier="R{number}"/></isNull></responseIf>\n'
        for test, done in zip(tests, told, strict=True):
            yield f"<responseElseIf>{test}{done}</responseElseIf>\n"
        yield f"<responseElse>{other}</responseElse></responseCondition>\n"


def _equal(number: int, one: Alternative) -> str:
    """To within the tolerance, which QTI calls absolute, and gives for both sides."""
    return (
        f'<equal toleranceMode="absolute" tolerance="{one.tolerance} {one.tolerance}">'
        f'<variable identifier="R{number}"/><baseValue baseType="float">{one.value}</baseValue></equal>'
    )


def _earned(number: int, place: int, marks: Fraction) -> str:
    feedback = (
        '<setOutcomeValue identifier="FEEDBACK"><multiple><variable identifier="FEEDBACK"/>'
        f'<baseValue baseType="identifier">{_name(number, place)}</baseValue></multiple></setOutcomeValue>'
    )
    if not marks:
        return feedback
    return (
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
        f'<baseValue baseType="float">{_float(marks)}</baseValue></sum></setOutcomeValue>{feedback}'
    )


def _said(numbered: _Numbered) -> Iterator[str]:
    for number, known in numbered.alternatives.items():
        asked, field = numbered.fields[number]
        wanted = f"{MATHML.formula(row(asked.name))}{words(entry(asked, field))}"
        for place, one in enumerate(known, 1):
            yield (
                f'<modalFeedback outcomeIdentifier="FEEDBACK" showHide="show" identifier="{_name(number, place)}">'
                f"<p>{wanted}: {words(one.feedback)}</p></modalFeedback>\n"
            )


def _name(number: int, place: int) -> str:
    return f"F{number}_{place}"


def _float(value: Fraction) -> str:
    return plain_decimal(round(value, _SCORE_DIGITS))
