"""The documentation is true: commands are run, tables compared, links followed. `python docs/generate.py` renews it."""

import doctest
import json
import re
from collections.abc import Iterator
from pathlib import Path

import generate
import pytest

import rnncalc
from rnncalc import library, load, loads, solve
from rnncalc.formats.boxes import cell_width
from rnncalc.jacobian import measure
from rnncalc.pages.vanishing_record import vanishing_record

ROOT = generate.ROOT
RENEW = "run `python docs/generate.py`"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def regenerated() -> dict[Path, str]:
    return generate.all_regenerated()


@pytest.mark.parametrize("page", generate.PAGES, ids=name)
def test_generated_parts_are_fresh(page: Path, regenerated: dict[Path, str]) -> None:
    assert text(page) == regenerated[page], RENEW


def test_picture_is_fresh() -> None:
    assert text(generate.PICTURE) == generate.svg(), RENEW


@pytest.mark.parametrize("page", generate.PAGES, ids=name)
def test_python_examples(page: Path) -> None:
    results = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert results.failed == 0


@pytest.mark.parametrize("page", generate.PAGES, ids=name)
def test_every_shown_command_is_run(page: Path) -> None:
    """A block with a prompt stands in a generated part."""
    by_hand = generate._PART.sub("", text(page))
    assert "```console" not in by_hand
    assert "\n$ " not in by_hand


@pytest.mark.parametrize("page", generate.PAGES, ids=name)
def test_links(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text(page))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_table_and_every_example_is_shown() -> None:
    shown = {what for page in generate.PAGES for _, what in re.findall(r"<!-- (\w+): (.+?) -->", text(page))}
    assert set(generate.TABLES) <= shown
    examples = {file.name for file in generate.EXAMPLES.iterdir()}
    assert {example for example in examples if not any(example in what for what in shown)} == set()


def test_every_statement_of_a_source_has_an_exercise() -> None:
    rows = re.findall(r"^\| (D[0-9.]+) \| .* \| (.*) \|$", generate.sources(), re.M)
    assert [row for row, exercises in rows if not exercises] == []
    named = {tag for name in library.names() for tag in generate.tags(name) if re.match(r"D\d", tag)}
    assert named == {row for row, _ in rows}


def test_examples_agree_with_what_they_expect() -> None:
    for file in generate.EXAMPLES.glob("*.yaml"):
        if "expect:" in text(file):
            solution = solve(load(file))
            assert "expects" not in solution.text("answers")


def test_readme_has_two_lines_that_set_everything_up() -> None:
    """They make an environment of their own, so that they work where the system's Python may not be changed."""
    own = "python3 make_venv.py && . .venv/bin/activate && "
    assert re.findall(r"^python3 .*$", text(ROOT / "README.md"), re.M) == [
        own + "pip install . && rnncalc solve lstm exercises/vietai/exercise2.yaml",
        own + "pip install '.[dev]' && pytest",
    ]


def test_changelog_begins_with_this_version() -> None:
    versions = re.findall(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", text(ROOT / "CHANGELOG.md"), re.M)
    assert versions[0][0] == rnncalc.__version__


def test_functions_that_are_not_element_wise_are_described() -> None:
    page = text(ROOT / "docs" / "language.md")
    rows = [row for row in generate.FUNCTIONS.values() if row.kind != "elementwise"]
    assert [row.name for row in rows if f"| `{row.name}(" not in page] == []


# ---------------------------------------------------------------- the page about JSON


BY_QUANTITY = ("answers", "missing", "gradient_check.gradients")


def paths(value: object, path: str = "") -> Iterator[str]:
    """Every field of a record: `answers.*.shape`, `steps[].rule`."""
    if isinstance(value, dict):
        for key, part in value.items():
            below = f"{path}.{'*' if path in BY_QUANTITY else key}".removeprefix(".")
            if path not in BY_QUANTITY:
                yield below
            yield from paths(part, below)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for part in value:
            yield from paths(part, f"{path}[]")


def _json_page() -> tuple[str, str]:
    """What docs/json.md says of solutions, and of the size of gradients."""
    solutions, _, gradients = text(ROOT / "docs" / "json.md").partition("## The size of gradients")
    return solutions, gradients


def test_every_field_is_described() -> None:
    described = re.findall(r"^\| `([^`]+)` \|", _json_page()[0], re.M)
    files = ["vietai/exercise2", "vietai/exercise3", "vietai/exercise4"]
    files += [generate.EXAMPLES / "words.yaml", generate.EXAMPLES / "missing.yaml"]
    solved = [solve(load(file)).record() for file in files]
    solved.append(solve(load("dlbook/vanishing-factors"), check_gradients=True).record())
    assert set(described) == {path for record in solved for path in paths(record)}
    assert len(set(described)) == len(described)


def test_every_field_of_the_size_of_gradients_is_described() -> None:
    described = re.findall(r"^\| `([^`]+)` \|", _json_page()[1], re.M)
    record = vanishing_record(measure(load("csc/vanishing-lstm")), factored=True)
    inside = {f"recurrences[].{field}" for field in record["recurrences"][0]}
    assert sorted(described) == sorted({*record, *inside})


def test_numbers_are_texts() -> None:
    record = solve(loads("equations: 'y = a / 4'\nparameters: {a: -3}\n")).record()
    assert json.loads(json.dumps(record)) == record
    assert record["answers"] == {"y": {"shape": [1, 1], "value": [["-0.75"]], "exact": [["-3/4"]]}}


# ---------------------------------------------------------------- the page for contributors


def test_every_module_has_a_room() -> None:
    named = re.findall(r"^\| `([\w/]+?)/?` \|", generate.rooms(), re.M)
    assert sorted(named) == sorted(generate.modules())


def test_every_room_opens_with_a_sentence() -> None:
    assert [room for room in generate.modules() if not generate._sentence(generate.module(room))] == []


def test_every_test_named_for_newcomers_exists() -> None:
    named = re.findall(r"`(test_\w+)` \|$", text(ROOT / "CONTRIBUTING.md"), re.M)
    written = re.findall(r"^def (test_\w+)", text(ROOT / "tests" / "test_open_sets.py"), re.M)
    assert named
    assert set(named) <= set(written)


def test_lines_of_commands_fit_on_80_columns() -> None:
    shown = re.findall(r"```console\n(.*?)```", text(ROOT / "docs" / "commands.md"), re.S)
    assert max(cell_width(line) for block in shown for line in block.splitlines()) <= 80
