"""Starter files: for every cell of the library one that is solved as it stands, and that its schema allows."""

from pathlib import Path

import pytest

from rnncalc import UsageError, loads, solve
from rnncalc.cell import cell_names, library_cell
from rnncalc.output import write
from rnncalc.starter import starter

GRU = """\
# yaml-language-server: $schema=exercise.schema.json
# Solve it with:  rnncalc solve my.yaml
# Help while typing, in many editors:  rnncalc schema -o exercise.schema.json
title: "Gated recurrent unit (GRU): find h_2"
source: ""                      # where the exercise comes from
cell: gru
find: [h_2]                     # any quantity: h_2, or h for all its steps
inputs:                         # one row per time step
  x: [[-0.2, 0.5], [-0.7, 0.7]]
parameters:                     # numbers are exact as written: 0.1, 1/3, sqrt(2)
  W_z: [[-0.5, 0.2], [0.9, -0.3]]
  U_z: [[0.4, -0.8], [-0.1, 0.6]]
  b_z: [-0.6, 0.1]
  W_r: [[0.8, -0.4], [0.3, -0.9]]
  U_r: [[-0.2, 0.5], [-0.7, 0.7]]
  b_r: [-0.5, 0.2]
  W_h: [[0.9, -0.3], [0.4, -0.8]]
  U_h: [[-0.1, 0.6], [-0.6, 0.1]]
  b_h: [0.8, -0.4]
initial:                        # the states before the first step; zero if left out
  h: [0.3, -0.9]
# expect:                       # values known to be right make the file its own test
#   h_2: [0.1234, 0.5678]
"""


def test_text() -> None:
    assert starter(library_cell("gru"), "my.yaml") == GRU


@pytest.mark.parametrize("name", cell_names())
def test_it_is_solved(name: str) -> None:
    """Nothing is missing and nothing too much; the answer is that of the last equation at the last step."""
    solution = solve(loads(starter(library_cell(name), "my.yaml")))
    assert solution.remarks == ()
    assert [found.name for found in solution.answers] == [library_cell(name).equations[-1].name]


def test_it_never_overwrites(tmp_path: Path) -> None:
    file = tmp_path / "my.yaml"
    write("first", file, fresh=True)
    with pytest.raises(UsageError, match="exists already"):
        write("second", file, fresh=True)
    assert file.read_text() == "first\n"
