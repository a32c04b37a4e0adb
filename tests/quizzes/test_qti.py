"""QTI packages against the rules of the standards, and marked as an engine marks them.

The official schema files may not be handed on (IMS: “Use of this specification to develop products or services is
governed by the license with IMS”), so the content models of what we write are stated here: QTI 2.1 (IMS QTI v2.1
Assessment Test, Section and Item Information Model, final; imsqti_v2p1p1.xsd), QTI 1.2 (ASI, ims_qtiasiv1p2) and
content packages (imscp_v1p1).
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from lxml import etree
from msgspec.structs import replace

from rnncalc import loads, quizzes, solve
from rnncalc.cli.asked import written
from rnncalc.teaching.exam import exam
from rnncalc.teaching.question import question
from rnncalc.teaching.quiz import Question, Quiz, quiz

NAME = r"[A-Za-z_][\w.\-]*"
FLOAT = r"-?\d+(\.\d+)?([eE][-+]?\d+)?"
BOOLEAN = "true|false"
INLINE = r"(\#|math|strong|textEntryInteraction)*"
FLOW = r"(\#|p|ul|table|math|strong|textEntryInteraction)*"
VALUE = r"(variable|baseValue|correct|sum|multiple)"

Model = tuple[str, dict[str, str]]
"""The children in order, `#` standing for text; the attributes, those with `?` before the pattern may be missing."""

MATHML = {
    f"{{http://www.w3.org/1998/Math/MathML}}{name}"
    for name in ("math", "mi", "mo", "mn", "mrow", "msub", "msup", "msubsup", "mfrac", "msqrt", "mspace", "mover",
                 "munder", "mtable", "mtr", "mtd")
}  # fmt: skip

ITEM: dict[str, Model] = {
    "assessmentItem": (
        "(responseDeclaration)*(outcomeDeclaration)*(itemBody)?(responseProcessing)?(modalFeedback)*",
        {"identifier": NAME, "title": ".*", "adaptive": BOOLEAN, "timeDependent": BOOLEAN, "lang": "?[a-z]{2}"},
    ),
    "responseDeclaration": ("(correctResponse)?", {"identifier": NAME, "cardinality": "single", "baseType": "float"}),
    "correctResponse": ("(value)+", {}),
    "outcomeDeclaration": (
        "(defaultValue)?", {"identifier": NAME, "cardinality": "single|multiple", "baseType": "float|identifier"},
    ),
    "defaultValue": ("(value)+", {}),
    "value": (r"\#", {}),
    "itemBody": ("(p|ul|table)*", {}),
    "p": (INLINE, {}),
    "strong": (INLINE, {}),
    "ul": ("(li)*", {}),
    "li": (FLOW, {}),
    "table": ("(tbody)+", {}),
    "tbody": ("(tr)+", {}),
    "tr": ("(td)+", {}),
    "td": (FLOW, {}),
    "textEntryInteraction": ("", {"responseIdentifier": NAME, "expectedLength": r"\d+"}),
    "responseProcessing": ("(responseCondition)*", {}),
    "responseCondition": ("responseIf(responseElseIf)*(responseElse)?", {}),
    "responseIf": ("(isNull|equal)(setOutcomeValue)*", {}),
    "responseElseIf": ("(isNull|equal)(setOutcomeValue)*", {}),
    "responseElse": ("(setOutcomeValue)*", {}),
    "isNull": ("variable", {}),
    "equal": (VALUE * 2, {"toleranceMode": "exact|absolute|relative", "tolerance": rf"{FLOAT}( {FLOAT})?"}),
    "variable": ("", {"identifier": NAME}),
    "baseValue": (r"\#", {"baseType": "float|identifier"}),
    "setOutcomeValue": (VALUE, {"identifier": NAME}),
    "sum": (f"{VALUE}+", {}),
    "multiple": (f"{VALUE}*", {}),
    "modalFeedback": (FLOW, {"outcomeIdentifier": NAME, "showHide": "show|hide", "identifier": NAME}),
}  # fmt: skip

ASI: dict[str, Model] = {
    "questestinterop": ("assessment", {}),
    "assessment": ("(section)+", {"ident": NAME, "title": ".*"}),
    "section": ("(item)+", {"ident": NAME}),
    "item": ("itemmetadata(presentation)(resprocessing)?(itemfeedback)*", {"ident": NAME, "title": ".*"}),
    "itemmetadata": ("(qtimetadata)+", {}),
    "qtimetadata": ("(qtimetadatafield)+", {}),
    "qtimetadatafield": ("fieldlabelfieldentry", {}),
    "fieldlabel": (r"\#", {}),
    "fieldentry": (r"\#", {}),
    "presentation": ("material(response_str)?", {}),
    "material": ("(mattext)+", {}),
    "mattext": (r"\#", {"texttype": "text/html"}),
    "response_str": ("(render_fib)", {"ident": NAME, "rcardinality": "Single|Multiple|Ordered"}),
    "render_fib": ("(response_label)*", {"fibtype": "String|Integer|Decimal|Scientific"}),
    "response_label": ("", {"ident": NAME}),
    "resprocessing": ("outcomes(respcondition)+", {}),
    "outcomes": ("(decvar)+", {}),
    "decvar": ("", {"maxvalue": r"\d+", "minvalue": r"\d+", "varname": NAME, "vartype": "Integer|Decimal|Scientific"}),
    "respcondition": ("conditionvar(setvar)*(displayfeedback)*", {"continue": "Yes|No"}),
    "conditionvar": ("(or|other)+", {}),
    "or": ("varequal(and)?", {}),
    "and": ("vargtevarlte", {}),
    "varequal": (r"\#", {"respident": "response1"}),
    "vargte": (r"\#", {"respident": "response1"}),
    "varlte": (r"\#", {"respident": "response1"}),
    "other": ("", {}),
    "setvar": (r"\#", {"action": "Set|Add|Subtract|Multiply|Divide", "varname": "SCORE"}),
    "displayfeedback": ("", {"feedbacktype": "Response|Solution|Hint", "linkrefid": NAME}),
    "itemfeedback": ("(flow_mat)+", {"ident": NAME}),
    "flow_mat": ("(material)+", {}),
}

PACKAGE: dict[str, Model] = {
    "manifest": ("(metadata)?organizationsresources", {"identifier": NAME}),
    "metadata": ("(schema)?(schemaversion)?", {}),
    "schema": (r"\#", {}),
    "schemaversion": (r"\#", {}),
    "organizations": ("", {}),
    "resources": ("(resource)*", {}),
    "resource": ("(file)*", {"identifier": NAME, "type": r"imsqti_\w+", "href": ".+"}),
    "file": ("", {"href": ".+"}),
}


def check(node: etree._Element, models: Mapping[str, Model]) -> None:
    """Whether an element and all in it are as their models say, formulas in elements of MathML."""
    name = etree.QName(node).localname
    if name == "math":
        assert {one.tag for one in node.iter()} <= MATHML
        return
    content, attributes = models[name]
    children = "".join(_content(node))
    assert re.fullmatch(content, children), f"{name}: {children[:200]}"
    given = {etree.QName(key).localname: value for key, value in node.attrib.items()}
    assert given.keys() <= attributes.keys(), f"{name}: {given}"
    for key, pattern in attributes.items():
        if not (pattern.startswith("?") and key not in given):
            assert re.fullmatch(pattern.removeprefix("?"), given[key], re.S), f"{name} {key}: {given.get(key)}"
    for child in node:
        check(child, models)


def _content(node: etree._Element) -> list[str]:
    parts = ["#"] if (node.text or "").strip() else []
    for child in node:
        parts.append(etree.QName(child).localname)
        if (child.tail or "").strip():
            parts.append("#")
    return parts


def package(system: str, made: Quiz) -> dict[str, etree._Element]:
    with ZipFile(BytesIO(quizzes.write(system, made))) as archive:
        return {name: etree.fromstring(archive.read(name)) for name in archive.namelist()}


@cache
def made(name: str) -> Quiz:
    return exam(written([name]), mistakes=name.startswith("vietai/exercise"))


HOSTILE = """\
title: "<b> & \\"x\\" ]]>"
note: "{1:MC:a} </p><script> \\e[31m"
equations: |
  h[t] = tanh(w * x[t] + u * h[t-1] + b)
symbols: {h: "a<b&c", w: "]]>"}
inputs: {x: [1, -2]}
parameters: {w: 0.5, u: 2, b: 0.25}
find: [h_1, h_2]
marks: {h_1: 1, h_2: 0.5}
policy: {credit: {too few digits: 1/5}, mistake: 1/4}
"""


@pytest.mark.parametrize("name", ["hostile", "vietai/exercise2", "vietai/exercise4", "csc/gates", "gitbook/gru",
                                  "networks/attention-dot", "published/lstm-bidirectional"])  # fmt: skip
def test_packages_are_valid(name: str) -> None:
    whole = quiz("Q & <i>", (question(solve(loads(HOSTILE))),)) if name == "hostile" else made(name)
    for system, models in (("qti", ITEM), ("canvas", ASI)):
        for file, root in package(system, whole).items():
            check(root, PACKAGE if file == "imsmanifest.xml" else models)


# ---------------------------------------------------------------- marked


def marked(item: etree._Element, answers: Mapping[str, Fraction | None]) -> tuple[Fraction, set[str]]:
    """The score and the feedback of an item for answers by response."""
    score, shown = Fraction(0), set[str]()

    def number(node: etree._Element) -> Fraction | None:
        name = etree.QName(node).localname
        return answers[node.get("identifier", "")] if name == "variable" else Fraction(node.text or "")

    def holds(test: etree._Element) -> bool:
        values = [number(child) for child in test]
        if etree.QName(test).localname == "isNull":
            return values == [None]
        low, high = map(Fraction, test.get("tolerance", "").split())
        (given, right) = values
        return given is not None and right is not None and right - low <= given <= right + high

    for condition in item.iterfind(".//{*}responseCondition"):
        for branch in condition:
            rules = list(branch)
            if etree.QName(branch).localname != "responseElse" and not holds(rules.pop(0)):
                continue
            for rule in rules:
                (added,) = (one.text or "" for one in rule.iterfind(".//{*}baseValue"))
                if rule.get("identifier") == "SCORE":
                    score += Fraction(added)
                else:
                    shown.add(added)
            break
    return score, {
        "".join(one.itertext()).strip().partition(": ")[2]
        for one in item.iterfind("{*}modalFeedback")
        if one.get("identifier") in shown
    }


def test_items_are_marked_as_meant() -> None:
    """Right, nearly right, a mistake's number, any other, none: for each field of an exercise."""
    whole = made("vietai/exercise2")
    asked: Question = replace(whole.questions[0], mistake=Fraction(1, 4), nearly=Fraction(1, 2))
    files = package("qti", replace(whole, questions=(asked,)))
    (item,) = (root for file, root in files.items() if file != "imsmanifest.xml")
    fields = {f"R{number}": field for number, (_, field) in enumerate(asked.fields, 1)}
    right = {name: Fraction(field.value) for name, field in fields.items()}
    assert marked(item, right) == (len(fields), {"Right."})
    maximum = item.findtext(".//{*}outcomeDeclaration[@identifier='MAXSCORE']/{*}defaultValue/{*}value")
    assert Fraction(maximum or 0) == len(fields)
    assert marked(item, dict.fromkeys(fields)) == (0, set())
    nothing: dict[str, Fraction | None] = dict.fromkeys(fields)
    for name, field in fields.items():
        edge = Fraction(field.value) + Fraction(field.tolerance)
        assert marked(item, nothing | {name: edge})[0] == 1
        assert marked(item, nothing | {name: Fraction(10**9)}) == (0, {whole.words.wrong})
        if field.lenient:
            near = Fraction(field.value) - Fraction(field.lenient)
            assert marked(item, nothing | {name: near}) == (Fraction(1, 2), {whole.words.imprecise})
        for one in field.wrong:
            assert marked(item, nothing | {name: Fraction(one.value)}) == (Fraction(1, 4), {one.feedback})
