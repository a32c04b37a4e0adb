"""The exercises of docs/sources.md expect what an independent computation finds, number by number."""

from typing import Any

import independent
import numpy as np
import pytest
import yaml
from places import EXERCISES

PLACES = 1e-11


@pytest.mark.parametrize("name", independent.SOLVED)
def test_expected_values(name: str) -> None:
    found = independent.SOLVED[name](independent.numbers(name))
    file: dict[str, Any] = yaml.safe_load((EXERCISES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert file["expect"].keys() <= found.keys()
    for key, value in file["expect"].items():
        expected = independent.array(value, independent.vocabulary(file, key))
        assert np.shape(expected) == np.shape(found[key])
        np.testing.assert_allclose(expected, found[key], rtol=PLACES, atol=PLACES, err_msg=f"{name}: {key}")


def test_nothing_is_computed_for_an_exercise_that_is_gone() -> None:
    assert [name for name in independent.SOLVED if not (EXERCISES / f"{name}.yaml").exists()] == []
