"""What all tests share: the golden files, and the scripts of docs/ and benchmarks/ as modules."""

import os
import sys
from collections.abc import Callable

import pytest
from places import GOLDEN, ROOT

os.environ["LANGUAGE"] = "en"
sys.path[:0] = [str(ROOT / "docs"), str(ROOT / "benchmarks")]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the files in tests/golden/ anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("name.txt", text)`: the text is what the file says."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")

    return compare
