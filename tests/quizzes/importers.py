"""What course systems make of our files: readers that do what their importers do, written from the importers' code.

- Moodle 4, cloze: `qtype_multianswer_extract_question`, `qtype_multianswer_validate_question` of
  question/type/multianswer/questiontype.php; the questions: question/format/xml/format.php
- Moodle 4, numerical: `import_numerical` of question/format/xml/format.php, `save_question_options` of
  question/type/numerical/questiontype.php
- Moodle 4, GIFT: `readquestions` of question/format.php, `readquestion` of question/format/gift/format.php
- names and categories: `clean_question_name`, `split_category_path` of question/format.php
- Canvas: gems/plugins/qti_exporter/lib/qti/numeric_interaction.rb

They are as forgiving as the importers: what is lost without a word there is lost here too.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from html import unescape
from typing import NamedTuple

from lxml import etree

FRACTIONS = (
    1, 0.9, 0.8333333, 0.8, 0.75, 0.7, 0.6666667, 0.6, 0.5, 0.4, 0.3333333, 0.3, 0.25, 0.2, 0.1666667, 0.1428571,
    0.125, 0.1111111, 0.1, 0.05, 0,
)  # fmt: skip
LONGEST_NAME = 255


class Answer(NamedTuple):
    """An answer that the system knows: feedback is HTML."""

    fraction: float
    value: str
    tolerance: str
    feedback: str


class Read(NamedTuple):
    """A question, or a field of one."""

    name: str
    marks: str
    answers: list[Answer]
    text: str
    feedback: str


class LostError(Exception):
    """The importer says that it cannot take a question."""


# ---------------------------------------------------------------- Moodle: cloze

_SHARE = r"=|%(-?[0-9]+(?:[.,][0-9]*)?)%"
_ANSWER = r".+?(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
_FEEDBACK = r".*?(?<!\\)(?=[~}]|$)"
_ALTERNATIVE = rf"({_SHARE})?({_ANSWER})(#({_FEEDBACK}))?"
_UNNAMED = rf"(?:{re.sub(r'[(](?![?])', '(?:', _ALTERNATIVE)})"
_FIELD = re.compile(rf"\{{([0-9]*):(?:NUMERICAL|NM|[A-Z_]+):({_UNNAMED}(?:~{_UNNAMED})*)\}}", re.S)
_NEXT = re.compile(rf"~?{_ALTERNATIVE}", re.S)
_NUMBER = r"-?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
_NUMERICAL = re.compile(rf"({_NUMBER})(?::({_NUMBER}))?")


def cloze(text: str) -> tuple[str, list[tuple[str, list[Answer]]]]:
    """The text with `{#1}` in the place of its fields, and these: marks and answers."""
    fields = []
    while found := _FIELD.search(text):
        rest, answers = found[2], []
        while alternative := _NEXT.search(rest):
            answers.append(_cloze_answer(alternative))
            rest = rest.split(alternative[0], 1)[1]
        if not any(one.fraction == 1 for one in answers):
            raise LostError(found[0])
        fields.append((found[1] or "1", answers))
        text = text.replace(found[0], f"{{#{len(fields)}}}", 1)
    if not fields:
        raise LostError(text)
    return text, fields


def _cloze_answer(found: re.Match[str]) -> Answer:
    fraction = 1.0 if found[1] == "=" else float(found[2].replace(",", ".")) / 100 if found[2] else 0.0
    feedback = unescape(found[5] or "").replace(r"\}", "}").replace(r"\#", "#")
    number = _NUMERICAL.fullmatch(found[3])
    if number:
        return Answer(fraction, number[1].replace(",", ""), number[2] or "0", feedback)
    if unescape(found[3]).strip() != "*":
        raise LostError(found[3])
    return Answer(fraction, "*", "", feedback)


# ---------------------------------------------------------------- Moodle: XML


def moodle(data: bytes) -> tuple[list[str], list[Read]]:
    """The path of the category and the questions; for cloze, each field as a question."""
    path: list[str] = []
    questions: list[Read] = []
    for one in etree.fromstring(data).iterfind("question"):
        if one.get("type") == "category":
            path = category(one.findtext("category/text", ""))
            continue
        name = clean_name(one.findtext("name/text", "").strip())
        text = one.findtext("questiontext/text", "").strip()
        feedback = one.findtext("generalfeedback/text", "").strip()
        if one.get("type") == "cloze":
            body, fields = cloze(text)
            questions += [Read(name, marks, answers, body, feedback) for marks, answers in fields]
        else:
            answers = [_numerical_answer(answer) for answer in one.iterfind("answer")]
            assert one.findtext("showunits") == "3"
            questions.append(Read(name, one.findtext("defaultgrade", "1"), answers, text, feedback))
    return path, questions


def _numerical_answer(answer: etree._Element) -> Answer:
    fraction = float(answer.get("fraction", "0")) / 100
    if not any(abs(fraction - known) < 1e-5 for known in FRACTIONS):
        raise LostError(fraction)
    value = answer.findtext("text", "").strip()
    if value != "*" and not re.fullmatch(_NUMBER, value):
        raise LostError(value)
    return Answer(fraction, value, answer.findtext("tolerance", "0"), answer.findtext("feedback/text", "").strip())


def clean_name(name: str) -> str:
    """Tags are cut out, blanks cut off, and what is too long is cut."""
    bare = re.sub(r"<(?=\S)[^>]*>?", "", name).strip()
    return bare if len(bare) <= LONGEST_NAME else bare[:248] + "..."


def category(path: str) -> list[str]:
    parts = re.split(r"(?<!/)/(?!/)", path)
    return [clean_name(part.replace("//", "/").strip()) for part in parts]


# ---------------------------------------------------------------- Moodle: GIFT

_PLACES = {r"\:": "&&058;", r"\#": "&&035;", r"\=": "&&061;", r"\{": "&&123;", r"\}": "&&125;", r"\~": "&&126;",
           r"\n": "&&010"}  # fmt: skip
_MEANT = {"&&058;": ":", "&&035;": "#", "&&061;": "=", "&&123;": "{", "&&125;": "}", "&&126;": "~", "&&010": "\n"}


def _replaced(text: str, table: dict[str, str]) -> str:
    for one, other in table.items():
        text = text.replace(one, other)
    return text


def gift(text: str) -> tuple[list[str], list[Read]]:
    """The path of the category and the questions, which end at blank lines."""
    path: list[str] = []
    questions: list[Read] = []
    for block in re.split(r"\n\s*\n", text):
        lines = [" " if line.strip().startswith("//") else line.strip() for line in block.splitlines()]
        body = "\n".join(lines).strip()
        if not body:
            continue
        body = _replaced(body.replace(r"\\", "&&092;"), _PLACES).replace("&&092;", "\\")
        if body.startswith("$CATEGORY:"):
            path = category(body[10:].strip())
        else:
            questions.append(_gift_question(body))
    return path, questions


def _gift_question(body: str) -> Read:
    name, body = body[2:].split("::", 1)
    start, end = body.find("{"), body.find("}")
    if start < 0 or end < 0:
        raise LostError(body)
    inside = body[start + 1 : end].strip()
    question = (body[:start] + body[end + 1 :]).strip()
    inside, mark, general = inside.rpartition("####") if "####" in inside else (inside, "", "")
    if not inside.startswith("#"):
        raise LostError(body)
    inside, mark, wrong = inside[1:].partition("~")
    answers = [_gift_answer(part.strip()) for part in inside.split("=") if part.strip()]
    if mark:
        answers.append(Answer(0.0, "*", "", _gift_text(wrong.partition("#")[2])))
    return Read(clean_name(_replaced(name, _MEANT)), "1", answers, _gift_text(question), _gift_text(general))


def _gift_answer(part: str) -> Answer:
    fraction = 1.0
    if weight := re.match(r"%-*([0-9]{1,2})\.?([0-9]*)%", part):
        fraction = float(part[1 : weight.end() - 1]) / 100
        part = part[weight.end() :]
    number, _, feedback = part.partition("#")
    value, _, tolerance = number.strip().partition(":")
    if not re.fullmatch(_NUMBER, value):
        value = "*"
    return Answer(fraction, value, tolerance or "0", _gift_text(feedback))


def _gift_text(text: str) -> str:
    return _replaced(text.strip().removeprefix("[html]"), _MEANT).strip()


# ---------------------------------------------------------------- Canvas


def canvas(assessment: str) -> Iterator[Read]:
    """The numerical questions. Every condition with a number is an answer worth everything."""
    root = etree.fromstring(assessment.encode())
    for item in root.iterfind(".//{*}item"):
        entries = {field.findtext("{*}fieldlabel"): field.findtext("{*}fieldentry", "")
                   for field in item.iterfind(".//{*}qtimetadatafield")}  # fmt: skip
        if entries["question_type"] != "numerical_question":
            continue
        answers = []
        for condition in item.iterfind(".//{*}respcondition"):
            if (either := condition.find(".//{*}or")) is not None:
                exact = either.findtext("{*}varequal", "")
                margin = Fraction(either.findtext(".//{*}varlte", "")) - Fraction(exact)
                answers.append(Answer(1.0, exact, str(margin), ""))
        remarks = {one.get("ident"): one.findtext(".//{*}mattext") or "" for one in item.iterfind("{*}itemfeedback")}
        text = item.findtext("{*}presentation/{*}material/{*}mattext") or ""
        yield Read(item.get("title", ""), entries["points_possible"], answers, text, remarks["general_incorrect_fb"])
