"""Whole pages as a reader sees them. `pytest --update-golden` rewrites the files; read the diff as a lecturer would."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rnncalc import load, solve
from rnncalc.formats.boxes import cell_width
from rnncalc.languages import speaking

GOLDEN = Path(__file__).parent / "golden"
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


@pytest.mark.parametrize(("exercise", "detail", "width"), PAGES)
def test_terminal_page(golden: Golden, exercise: str, detail: str, width: int) -> None:
    page = solve(load(f"vietai/{exercise}")).text(detail, "terminal", width=width)
    golden(f"{exercise}-{detail}-{width}.txt", page)
    assert max(map(cell_width, page.splitlines())) <= width


def test_markdown_page(golden: Golden) -> None:
    golden("exercise2.md", solve(load("vietai/exercise2")).text("steps", "markdown"))


def test_page_in_vietnamese(golden: Golden) -> None:
    with speaking("vi"):
        golden("exercise2-vi-80.txt", solve(load("vietai/exercise2")).text("steps", width=80))


def test_record(golden: Golden) -> None:
    golden("exercise2.json", json.dumps(solve(load("vietai/exercise2")).record(), indent=2, ensure_ascii=False) + "\n")


def test_no_file_is_left_over() -> None:
    expected = {f"{exercise}-{detail}-{width}.txt" for exercise, detail, width in PAGES}
    assert {file.name for file in GOLDEN.iterdir()} == expected | {
        "exercise2.md",
        "exercise2.json",
        "exercise2-vi-80.txt",
    }
