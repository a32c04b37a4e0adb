r"""The fields of a Moodle cloze text: how feedback is escaped in them, and a reader as strict as Moodle's own.

    {weight:NUMERICAL:=value:tolerance#feedback~%percent%value:tolerance#feedback}

`~`, `}` and `#` have a meaning inside a field. Moodle decodes the entities of feedback once, then reads `\}` and `\#`
as the characters, and takes the result for HTML (`qtype_multianswer_extract_question` of
question/type/multianswer/questiontype.php). So `&lt;` must be written `&amp;lt;`, and `~` and `\` are entities.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from html import escape

from rnncalc.errors import printable
from rnncalc.quizzes._moodle import PERCENTS
from rnncalc.teaching.quiz import Field

_FIELD = re.compile(r"\{(\d+):NUMERICAL:((?:[^~}\\]|\\.|~)*)\}")
ANY_FIELD = re.compile(r"\{[^{}]*:[A-Z_]+:|\{#\d+\}")
"""What Moodle may take for a field, or for the place of one."""
_ALTERNATIVE = re.compile(
    r"(?:=|%(?P<percent>[\d.]+)%)(?P<value>-?\d+(?:\.\d+)?|\*)(?::(?P<tolerance>\d+(?:\.\d+)?))?#.*"
)
_ENTITIES = {"&": "&amp;", "\\": "&#92;", "~": "&#126;", "}": r"\}", "#": r"\#"}


def escaped(text: str) -> str:
    """Feedback as it stands in a field: escaped for HTML, then for the field."""
    markup = escape(printable(text), quote=False)
    return re.sub(r"[&\\~}#]", lambda found: _ENTITIES[found[0]], markup)


def check(body: str, fields: Sequence[Field]) -> None:
    """Whether Moodle finds just these fields in a text. A difference is a mistake of ours, not of the exercise."""
    found = _FIELD.findall(body)
    assert len(found) == len(ANY_FIELD.findall(body)) == len(fields), "a field of the question cannot be read back"
    for (weight, inside), field in zip(found, fields, strict=True):
        assert weight == str(int(weight)), weight
        first, *others = inside.split("~")
        match = _ALTERNATIVE.fullmatch(first)
        assert match, first
        assert Decimal(match["value"]) == Decimal(field.value), first
        assert Decimal(match["tolerance"]) == Decimal(field.tolerance), first
        for other in others:
            match = _ALTERNATIVE.fullmatch(other)
            assert match, other
            assert match["percent"] in PERCENTS, other
