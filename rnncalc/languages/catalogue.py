"""A gettext catalogue, read from its `.po` file: no compiled copy lies beside it that could grow stale.

    msgid "{number} entry"
    msgid_plural "{number} entries"
    msgstr[0] "{number} phần tử"

(GNU gettext manual, The Format of PO Files.) Fuzzy entries, those that a person has not confirmed, are not used.
"""

import gettext
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr(?:\[\d+\])?) )?(".*")')


class Catalogue(Struct, frozen=True):
    """`forms[msgid]` are the translations of a message, one for each plural form; `plural` chooses among them."""

    forms: dict[str, tuple[str, ...]]
    plural: Callable[[int], int]

    def one(self, message: str) -> str:
        return self.forms.get(message, (message,))[0]

    def form(self, one: str, several: str, number: int) -> str:
        forms = self.forms.get(one)
        return (one if number == 1 else several) if forms is None else forms[self.plural(number)]


def read_catalogue(file: Path) -> Catalogue:
    """The catalogue in a file."""
    forms = dict(_entries(file.read_text(encoding="utf-8")))
    (header,) = forms.pop("", ("",))
    rule = re.search(r"plural=([^;\n]+)", header)
    return Catalogue(forms, gettext.c2py(rule[1]) if rule else lambda number: int(number != 1))


def _entries(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each message with its translations, if it has all of them."""
    for block in re.split(r"\n\s*\n", text):
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields: dict[str, str] = {}
        field = ""
        for match in filter(None, map(_LINE.fullmatch, lines)):
            field = match[1] or field
            # The escapes of a catalogue are among those of JSON.
            fields[field] = fields.get(field, "") + json.loads(match[2])
        translations = tuple(value for name, value in fields.items() if name.startswith("msgstr"))
        if "msgid" in fields and all(translations):
            yield fields["msgid"], translations
