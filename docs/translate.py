"""Brings the translations in `rnncalc/languages/` up to date with the program: `python docs/translate.py`.

Messages are taken from the calls in the code, from the titles and remarks of the cells, from the catalogue of mistakes
and from the exercises that come with the program. New ones are added to every `.po` file without a translation, those
that are gone are removed; translations are never guessed. Needs Babel.

    python docs/translate.py           write the files anew
    python docs/translate.py --check   change nothing; say what is stale, exit code 1 if anything is
"""

import re
import sys
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from rnncalc import library
from rnncalc.cell import cell_names, library_cell
from rnncalc.checking.causes.numbers import SLIPS
from rnncalc.languages import names
from rnncalc.mistakes import catalogue, of_cell
from rnncalc.pages.handbook import FAMILIES, OTHERS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "rnncalc" / "languages"
KEYWORDS = {"say": None, "sentence": None, "Message": None, "counted": (1, 2), "sentences": (1, 2)}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ROLES = ("state", "computed", "input", "constant", "parameter", "gates", "other", "states", "outputs")
"""Words of tables that are names in the code."""


@cache
def template() -> Catalog:
    """Every message of the program."""
    found = Catalog(project="rnncalc", charset="utf-8")
    method = [("**.py", "python")]
    for file, line, message, _comments, _context in extract_from_dir(ROOT / "rnncalc", method, keywords=KEYWORDS):
        found.add(message, locations=[(f"rnncalc/{file}", line)])
    for name in cell_names():
        cell = library_cell(name)
        stages = [text for stage in cell.stages for text in (stage.title, stage.remark) if text]
        mistakes = [text for one in of_cell(cell) for text in (one.title, one.hint, one.kind)]
        for text in (cell.title, cell.reference, *stages, *mistakes):
            found.add(str(text), locations=[(f"rnncalc/cells/{name}.yaml", 1)])
    for mistake in catalogue():
        for text in (mistake.title, mistake.hint, mistake.kind):
            found.add(text, locations=[("rnncalc/mistakes", 1)])
    for slip in SLIPS:
        for text in (slip.title, slip.hint):
            found.add(text, locations=[("rnncalc/checking/causes/numbers.py", 1)])
    for word in (*(title for title, _ in FAMILIES), OTHERS, *ROLES):
        found.add(word, locations=[("rnncalc/pages/handbook.py", 1)])
    for name in library.names():
        for text in _of_exercise(yaml.load(library.text(name), yaml.CBaseLoader)):
            found.add(text.strip(), locations=[(f"exercises/{name}.yaml", 1)])
    return found


def _of_exercise(exercise: dict[str, Any]) -> list[str]:
    """What a reader reads of a shipped exercise, unless it says it in several languages itself."""
    parts = [exercise, *exercise.get("steps", ())]
    texts = [part.get(key) for part in parts for key in ("title", "source", "note", "remark", "part")]
    return [text for text in texts if isinstance(text, str) and text]


def updated(code: str) -> bytes:
    """The translations of a language for the messages of today."""
    file = FOLDER / f"{code}.po"
    with file.open("rb") as stream:
        catalog = read_po(stream, locale=code)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # A date of each update would make every two changes conflict.
    catalog.creation_date = catalog.revision_date = LONG_AGO
    text = BytesIO()
    write_po(text, catalog, width=120, sort_output=True, include_lineno=False, omit_header=False)
    # The day on which it was written would make every change of the file a conflict.
    return re.sub(rb'"POT-Creation-Date:[^\n]*\n', b"", text.getvalue())


def languages() -> list[str]:
    return [code for code in names() if code != "en"]


def main() -> int:
    stale = {code: text for code in languages() if (text := updated(code)) != (FOLDER / f"{code}.po").read_bytes()}
    for code, text in stale.items():
        print(f"{'stale' if '--check' in sys.argv else 'written'}: rnncalc/languages/{code}.po")
        if "--check" not in sys.argv:
            (FOLDER / f"{code}.po").write_bytes(text)
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
