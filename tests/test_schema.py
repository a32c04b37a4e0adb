"""The JSON Schema says of a file, read by any YAML reader, what the program says."""

import json
from typing import Any

import jsonschema
import pytest
import yaml

from rnncalc import library
from rnncalc.cell import cell_names, library_cell
from rnncalc.exercise.keys import KEYS
from rnncalc.schema import exercise_schema
from rnncalc.starter import starter

VALIDATOR = jsonschema.Draft202012Validator(exercise_schema())


def mistakes(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(exercise_schema())


def test_the_file_that_shipped_exercises_refer_to() -> None:
    """`rnncalc schema -o exercises/exercise.schema.json` brings it up to date."""
    text = (library.folder() / "exercise.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == exercise_schema()


@pytest.mark.parametrize("name", library.names())
def test_shipped_exercise(name: str) -> None:
    assert mistakes(library.text(name)) == []
    first = library.text(name).partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../exercise.schema.json"


@pytest.mark.parametrize("name", cell_names())
def test_starter(name: str) -> None:
    assert mistakes(starter(library_cell(name), "my.yaml")) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_misspelt_key(key: str) -> None:
    assert mistakes(f"{key}s: 1") == [f"Additional properties are not allowed ('{key}s' was unexpected)"]


@pytest.mark.parametrize(
    "text",
    [
        "title: [1]", "cell: {a: 1}", "find: {a: 1}", "find: [[h_1]]", "inputs: [1, 2]", "inputs: {x: {a: 1}}",
        "parameters: {W: [[]]}", "parameters: {W: [null]}", "parameters: {W: true}", "lengths: {t: 0}",
        "lengths: {t: 1.5}", "steps: [{titel: a}]", "steps: {title: a}", "symbols: {a: [1]}", "expect: 1", "loss: [L]",
        "- 1",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    assert mistakes(text)


@pytest.mark.parametrize(
    "value", ["3", "-0.5", "1e-3", "1/3", "sqrt(2)/2", "[1, 1/3]", "[[1, 2], [3, 4]]", "[[[1], [2]]]"]
)
def test_numbers(value: str) -> None:
    assert mistakes(f"parameters: {{W: {value}}}") == []


def test_every_key_says_what_it_is_for() -> None:
    properties: dict[str, Any] = exercise_schema()["properties"]
    assert list(properties) == list(KEYS)
    assert all(entry["description"] for entry in properties.values())
