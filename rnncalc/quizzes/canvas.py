"""Canvas, classic quizzes: a zip with QTI 1.2, the text of each exercise and a numerical question for each number.

(IMS Question & Test Interoperability 1.2; Canvas takes a number that equals the answer or lies within the bounds.)

Canvas counts every number that a numerical question knows as right, whatever its score (`get_canvas_answers` of
gems/plugins/qti_exporter/lib/qti/numeric_interaction.rb). What known mistakes lead to is therefore no answer there: it
is told together, to every number that is not right.
"""

from collections.abc import Iterator
from fractions import Fraction
from html import escape

from rnncalc.errors import Problem, printable
from rnncalc.formula import Operator, row
from rnncalc.numbers import Precision, plain_decimal, round_exact
from rnncalc.quizzes._alternatives import entry, name_of
from rnncalc.quizzes._text import LATEX, fragment, words
from rnncalc.quizzes._zip import DECLARATION, identifier, manifest, zipped
from rnncalc.teaching.quiz import Field, Question, Quiz, Words

ENDING = ".zip"
SMALLEST = Fraction(1, 10_000)
_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_LIST = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1", "IMS Content", "1.1.3"
_MARKS = Precision(6, "decimals")


def problems(quiz: Quiz) -> Iterator[Problem]:
    """Canvas reads a number below 10⁻⁴ as 0, and marks 0 as right."""
    for question in quiz.questions:
        for asked, field in question.fields:
            if 0 < abs(Fraction(field.value)) < SMALLEST:
                what = f"`{question.name}`: {asked.key}{entry(asked, field)} is {field.value}, which Canvas takes for 0"
                hint = "ask for a multiple of it, or leave it out of `find:`; variants have `smallest: 0.0001`"
                yield Problem(what, question.places.asked, hint)


def write(quiz: Quiz) -> bytes:
    title = printable(quiz.title)
    own = identifier("assessment", title)
    numbered = enumerate(quiz.questions, 1)
    items = "".join(item for number, question in numbered for item in _items(number, question, quiz.words))
    assessment = (
        f'{DECLARATION}<questestinterop xmlns="{_QTI}">\n'
        f'<assessment ident="{own}" title="{escape(title)}">\n<section ident="root_section">\n{items}</section>\n'
        "</assessment>\n</questestinterop>\n"
    )
    file = f"{own}/{own}.xml"
    return zipped({"imsmanifest.xml": manifest(title, _LIST, {own: ("imsqti_xmlv1p2", file)}), file: assessment})


def _items(number: int, question: Question, said: Words) -> Iterator[str]:
    """The text and the numbers, under names that are theirs alone: Canvas puts one item in the place of another."""
    body = fragment((*question.blocks, *question.task), LATEX)
    yield _item(identifier("text", number, question.name, body), question.name, "text_only_question", "0", body, "")
    for asked, field in question.fields:
        name = name_of(question, asked, field)
        wanted = f"{LATEX.formula(row(asked.name))}{words(entry(asked, field))}"
        text = f"<p>{wanted} {LATEX.formula(row(Operator('equals')))}</p>"
        marks = round_exact(field.marks, _MARKS).text
        yield _item(
            identifier("number", number, name, body), name, "numerical_question", marks, text, _response(field, said)
        )


def _item(ident: str, title: str, kind: str, points: str, body: str, response: str) -> str:
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
    remarks = {"correct_fb": f"<p>{words(said.right)}</p>", "general_incorrect_fb": _wrong(field, said)}
    feedback = "".join(
        f'<itemfeedback ident="{ident}"><flow_mat>{_material(markup)}</flow_mat></itemfeedback>\n'
        for ident, markup in remarks.items()
    )
    return (
        '<resprocessing><outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>\n'
        f"{_condition(field)}{_otherwise('general_incorrect_fb')}</resprocessing>\n{feedback}"
    )


def _wrong(field: Field, said: Words) -> str:
    """What is said to numbers that are not right: those that mistakes lead to, each with its mistake."""
    known = "".join(f"<li>{_as_given(one.value)}: {words(one.feedback)}</li>" for one in field.wrong)
    return f"<p>{words(said.wrong)}</p>" + (f"<ul>{known}</ul>" if known else "")


def _as_given(value: str) -> str:
    return round_exact(Fraction(value), Precision()).text.replace("-", "−")


def _material(markup: str) -> str:
    return f'<material><mattext texttype="text/html">{escape(markup)}</mattext></material>'


def _condition(field: Field) -> str:
    low, high = (plain_decimal(Fraction(field.value) + sign * Fraction(field.tolerance)) for sign in (-1, 1))
    return (
        '<respcondition continue="No"><conditionvar><or>'
        f'<varequal respident="response1">{field.value}</varequal>'
        f'<and><vargte respident="response1">{low}</vargte><varlte respident="response1">{high}</varlte></and></or>'
        '</conditionvar><setvar action="Set" varname="SCORE">100</setvar>'
        '<displayfeedback feedbacktype="Response" linkrefid="correct_fb"/></respcondition>\n'
    )


def _otherwise(ident: str) -> str:
    return (
        '<respcondition continue="Yes"><conditionvar><other/></conditionvar>'
        f'<displayfeedback feedbacktype="Response" linkrefid="{ident}"/></respcondition>\n'
    )
