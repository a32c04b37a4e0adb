"""Things find the neighbours that they should have."""

from collections.abc import Mapping

import pytest

from rnncalc.equations.compiled.neighbours import Link, improved


def links(*texts: str) -> Mapping[Link, int]:
    """`ab` is worth 1, `ab cd` 1 if both are neighbours."""
    return {frozenset((ord(a), ord(b)) for a, b in text.split()): 1 for text in texts}


@pytest.mark.parametrize(
    ("order", "wanted", "expected"),
    [
        ("abc", [], "abc"),
        ("ba", ["ab"], "ab"),
        ("abcd", ["da"], "bcda"),
        ("abcde", ["ab", "bc", "ea"], "eabcd"),
        ("abcd", ["ab dc"], "abdc"),
        ("cabd", ["ab cd"], "abcd"),
        ("aedcb", ["ab", "bc", "cd", "de"], "abcde"),
    ],
)
def test_order(order: str, wanted: list[str], expected: str) -> None:
    assert "".join(map(chr, improved(map(ord, order), links(*wanted)))) == expected
