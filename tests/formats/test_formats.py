"""The registry of formats: every file is found by its name, none is loaded before it is asked for."""

import re
import subprocess
import sys

import pytest

from rnncalc import formats
from rnncalc.document import Document, Heading
from rnncalc.errors import UsageError


@pytest.mark.parametrize("name", formats.names())
def test_every_file_is_a_format(name: str) -> None:
    assert callable(formats.writer(name))


def test_a_format_there_is_not() -> None:
    with pytest.raises(UsageError) as caught:
        formats.writer("markdwn")
    (problem,) = caught.value.problems
    assert (problem.what, problem.hint) == ("there is no format `markdwn`", "did you mean `markdown`?")


def test_another_format_there_is_not() -> None:
    with pytest.raises(UsageError) as caught:
        formats.writer("xyz")
    (problem,) = caught.value.problems
    assert problem.hint == f"the formats are {', '.join(f'`{name}`' for name in formats.names())}"


def test_no_format_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, rnncalc.formats as f; f.names(); print(*(m for m in sys.modules if 'formats.' in m))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "\n"


@pytest.mark.parametrize("name", ["html", "latex", "markdown", "terminal", "typst"])
def test_a_step_is_numbered_in_the_language_of_the_page(name: str) -> None:
    """Whatever language the reader has asked for: a page has its own."""
    for language, expected in (("en", "2 · Gate"), ("vi", "Bước 2: Gate")):
        page = str(formats.writer(name)(Document("t", (Heading(2, "Gate", "2"),), "", language)))
        plain = re.sub(r'<[^>]*>|#|\[|\]|"', "", page.replace(r"\ensuremath{\cdot}", "·"))
        assert expected in plain
