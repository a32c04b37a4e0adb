"""A cell of the library as an exercise to draw from: the one that `rnncalc new` writes."""

from pathlib import Path

from rnncalc.cell import find_cell
from rnncalc.exercise import Exercise, read_exercise
from rnncalc.source import Mapping, read_text
from rnncalc.starter import starter


def sample(name: str) -> tuple[Mapping, Exercise]:
    """The exercise with the nodes of its file. Raises UsageError if there is no such cell."""
    node = read_text(starter(find_cell(name), f"{name}.yaml"), f"{name}.yaml")
    assert isinstance(node, Mapping), "a starter file has keys"
    return node, read_exercise(node, name, Path())
