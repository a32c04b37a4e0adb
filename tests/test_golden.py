"""Whole pages as a reader sees them. `pytest --update-golden` rewrites the files; read the diff as a lecturer would."""

import json
import re
from collections.abc import Callable

import pytest
from places import GOLDEN, WRITTEN

from rnncalc import formats, load, solve
from rnncalc.api import Solution, answer_key, blank_sheet
from rnncalc.formats.boxes import cell_width
from rnncalc.languages import decimal_commas, speaking

Golden = Callable[[str, str], None]

PAGES = [
    (exercise, detail, width)
    for exercise, detail in (
        ("exercise2", "steps"),
        ("exercise3", "steps"),
        ("exercise4", "steps"),
        ("exercise2", "full"),
        ("exercise2", "answers"),
    )
    for width in (80, 120)
]
BACKWARD = ["lstm", "gru", "attention"]


@pytest.mark.parametrize(("exercise", "detail", "width"), PAGES)
def test_terminal_page(golden: Golden, exercise: str, detail: str, width: int) -> None:
    page = solve(load(f"vietai/{exercise}")).text(detail, "terminal", width=width)
    golden(f"{exercise}-{detail}-{width}.txt", page)
    assert max(map(cell_width, page.splitlines())) <= width


@pytest.mark.parametrize("exercise", BACKWARD)
def test_backward_page(golden: Golden, exercise: str) -> None:
    page = solve(load(f"backpropagation/{exercise}")).text(width=80)
    golden(f"backpropagation-{exercise}-80.txt", page)
    assert max(map(cell_width, page.splitlines())) <= 80


BEGINS = {"html": "<main>", "latex": r"\begin{document}", "markdown": "#", "typst": "#text("}


@pytest.mark.parametrize("exercise", WRITTEN)
@pytest.mark.parametrize("format", BEGINS)
def test_page(golden: Golden, exercise: str, format: str) -> None:
    """Whole pages, without the preamble that all of a format share."""
    page = solve(load(exercise)).text("steps", format)
    golden(f"{WRITTEN[exercise]}.{format}", page[page.index(BEGINS[format]) :])


@pytest.mark.parametrize("exercise", [name for name, golden in WRITTEN.items() if "exercise" not in golden])
def test_written_terminal_page(golden: Golden, exercise: str) -> None:
    golden(f"{WRITTEN[exercise]}-80.txt", solve(load(exercise)).text(width=80))


@pytest.mark.parametrize("exercise", WRITTEN)
def test_record(golden: Golden, exercise: str) -> None:
    text = json.dumps(solve(load(exercise)).record(), indent=1, ensure_ascii=False)
    # A matrix on one line is easier to read, and a tenth as long.
    flat = re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text)
    golden(f"{WRITTEN[exercise]}.json", flat + "\n")


def sheet() -> list[Solution]:
    return [solve(load(f"vietai/exercise{number}")) for number in (3, 4)]


def test_worksheet(golden: Golden) -> None:
    golden("worksheet-80.txt", formats.writer("terminal")(blank_sheet(sheet(), "steps", "substitution", "Set 1")))


def test_answer_key(golden: Golden) -> None:
    golden("key.markdown", formats.writer("markdown")(answer_key(sheet(), "answers", "Set 1")))


def test_page_in_vietnamese(golden: Golden) -> None:
    with speaking("vi"):
        golden("exercise2-vi-80.txt", solve(load("vietai/exercise2")).text("steps", width=80))


def test_page_with_decimal_commas(golden: Golden) -> None:
    with speaking("vi"), decimal_commas():
        golden("exercise3-vi.markdown", solve(load("vietai/exercise3")).text("steps", "markdown"))


def test_no_file_is_left_over() -> None:
    pages = {f"{exercise}-{detail}-{width}.txt" for exercise, detail, width in PAGES}
    pages |= {f"backpropagation-{exercise}-80.txt" for exercise in BACKWARD}
    written = {f"{name}.{format}" for name in WRITTEN.values() for format in BEGINS}
    written |= {f"{name}.json" for name in WRITTEN.values()}
    written |= {f"{name}-80.txt" for name in WRITTEN.values() if "exercise" not in name}
    others = {"exercise2-vi-80.txt", "exercise3-vi.markdown", "worksheet-80.txt", "key.markdown"}
    assert {file.name for file in GOLDEN.iterdir()} == pages | written | others
