"""Canvas, classic quizzes: a zip with QTI 1.2, the text of each exercise and a numerical question for each number.

(IMS Question & Test Interoperability 1.2; Canvas takes a number that equals the answer or lies within the bounds.)
"""

from collections.abc import Iterator
from fractions import Fraction
from html import escape

from rnncalc.document import plain
from rnncalc.errors import Problem, printable
from rnncalc.formula import Operator, row
from rnncalc.numbers import plain_decimal
from rnncalc.quizzes._text import fragment, in_latex, words
from rnncalc.quizzes._zip import DECLARATION, identifier, manifest, zipped
from rnncalc.quizzes.gift import entry
from rnncalc.teaching.quiz import Field, Question, Quiz, Words

ENDING = ".zip"
SMALLEST = Fraction(1, 10_000)
_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_LIST = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1", "IMS Content", "1.1.3"


def problems(quiz: Quiz) -> Iterator[Problem]:
    """Canvas reads a number below 10⁻⁴ as 0, and marks 0 as right."""
    for question in quiz.questions:
        for asked, field in question.fields:
            if 0 < abs(Fraction(field.value)) < SMALLEST:
                what = f"`{question.name}`: {asked.key}{entry(asked, field)} is {field.value}, which Canvas takes for 0"
                hint = "ask for a multiple of it, or leave it out of `find:`; variants have `smallest: 0.0001`"
                yield Problem(what, question.place, hint)


def write(quiz: Quiz) -> bytes:
    title = printable(quiz.title)
    own = identifier("assessment", title)
    items = "".join(item for question in quiz.questions for item in _items(question, quiz.words))
    assessment = (
        f'{DECLARATION}<questestinterop xmlns="{_QTI}">\n'
        f'<assessment ident="{own}" title="{escape(title)}">\n<section ident="root_section">\n{items}</section>\n'
        "</assessment>\n</questestinterop>\n"
    )
    file = f"{own}/{own}.xml"
    return zipped({"imsmanifest.xml": manifest(title, _LIST, {own: ("imsqti_xmlv1p2", file)}), file: assessment})


def _items(question: Question, said: Words) -> Iterator[str]:
    body = fragment(question.blocks, in_latex)
    yield _item(identifier("text", question.name, body), question.name, "text_only_question", 0, body, "")
    for asked, field in question.fields:
        name = f"{question.name}: {plain((asked.name,))}{entry(asked, field)}"
        text = f"<p>{in_latex(row(asked.name))}{words(entry(asked, field))} {in_latex(row(Operator('equals')))}</p>"
        yield _item(identifier("number", name, body), name, "numerical_question", 1, text, _response(field, said))


def _item(ident: str, title: str, kind: str, points: int, body: str, response: str) -> str:
    fields = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{value}</fieldentry></qtimetadatafield>"
        for label, value in (("question_type", kind), ("points_possible", points))
    )
    box = (
        '<response_str ident="response1" rcardinality="Single"><render_fib fibtype="Decimal">'
        '<response_label ident="answer1"/></render_fib></response_str>'
        if response
        else ""
    )
    return (
        f'<item ident="{ident}" title="{escape(printable(title))}">\n'
        f"<itemmetadata><qtimetadata>{fields}</qtimetadata></itemmetadata>\n"
        f"<presentation>{_material(body)}{box}</presentation>\n"
        f"{response}</item>\n"
    )


def _response(field: Field, said: Words) -> str:
    conditions = [_condition(field.value, field.tolerance, 100, "right")]
    conditions += [
        _condition(one.value, field.tolerance, 0, f"wrong{number}") for number, one in enumerate(field.wrong, 1)
    ]
    remarks = {"right": said.right, **{f"wrong{number}": one.feedback for number, one in enumerate(field.wrong, 1)}}
    feedback = "".join(
        f'<itemfeedback ident="{ident}"><flow_mat>{_material(words(text))}</flow_mat></itemfeedback>\n'
        for ident, text in remarks.items()
    )
    return (
        '<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>\n'
        f"{''.join(conditions)}</resprocessing>\n{feedback}"
    )


def _material(markup: str) -> str:
    return f'<material><mattext texttype="text/html">{escape(markup)}</mattext></material>'


def _condition(value: str, tolerance: str, score: int, ident: str) -> str:
    low, high = (plain_decimal(Fraction(value) + sign * Fraction(tolerance)) for sign in (-1, 1))
    return (
        f'<respcondition continue="No"><conditionvar><or><varequal respident="response1">{value}</varequal>'
        f'<and><vargte respident="response1">{low}</vargte><varlte respident="response1">{high}</varlte></and></or>'
        f'</conditionvar><setvar action="Set" varname="SCORE">{score}</setvar>'
        f'<displayfeedback feedbacktype="Response" linkrefid="{ident}"/></respcondition>\n'
    )
