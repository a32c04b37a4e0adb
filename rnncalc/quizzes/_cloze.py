r"""The fields of a Moodle cloze text: how feedback is escaped in them, and a reader as strict as Moodle's own.

    {weight:NUMERICAL:=value:tolerance#feedback~%percent%value:tolerance#feedback}

`~`, `}` and `#` have a meaning inside a field. `\}` and `\#` are read back as the characters, `\~` is not.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from html import escape

from rnncalc.errors import printable
from rnncalc.teaching.quiz import Field

FRACTIONS = (
    100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111, 10,
    5, 0,
)  # fmt: skip
"""The parts of the marks that Moodle knows, in per cent."""
_FIELD = re.compile(r"\{(\d+):NUMERICAL:((?:[^~}\\]|\\.|~)*)\}")
_ANY_FIELD = re.compile(r"\{[^{}]*:[A-Z_]+:")
_ALTERNATIVE = re.compile(
    r"(?:=|%(?P<percent>[\d.]+)%)(?P<value>-?\d+(?:\.\d+)?|\*)(?::(?P<tolerance>\d+(?:\.\d+)?))?#.*"
)


def escaped(text: str) -> str:
    """Feedback as it stands in a field: escaped for HTML, then for the field; `~` cannot be escaped, and goes."""
    markup = escape(printable(text), quote=False).replace("~", "∼")
    return re.sub(r"([}#\\])", r"\\\1", markup)


def check(body: str, fields: Sequence[Field]) -> None:
    """Whether Moodle finds just these fields in a text. A difference is a mistake of ours, not of the exercise."""
    found = _FIELD.findall(body)
    assert len(found) == len(_ANY_FIELD.findall(body)) == len(fields), "a field of the question cannot be read back"
    for (weight, inside), field in zip(found, fields, strict=True):
        assert int(weight) >= 1, weight
        first, *others = re.split(r"(?<!\\)~", inside)
        match = _ALTERNATIVE.fullmatch(first)
        assert match, first
        assert Decimal(match["value"]) == Decimal(field.value), first
        assert Decimal(match["tolerance"]) == Decimal(field.tolerance), first
        for other in others:
            match = _ALTERNATIVE.fullmatch(other)
            assert match, other
            assert float(match["percent"]) in FRACTIONS, other
