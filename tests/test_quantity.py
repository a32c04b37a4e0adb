"""Every way to write a quantity, and what is not one."""

import pytest
from patience import soon

from rnncalc.equations import Index, Ref
from rnncalc.quantity import Quantities

KNOWN = Quantities(
    {"h": 1, "h1": 1, "g": 1, "y": 1, "alpha": 2, "W_f": 0, "x": 1, "d_W_f": 0},
    {"g": "c̃", "y": "ŷ"},
    {"dL/dW_f": "d_W_f", "∂L/∂W_f": "d_W_f", "dW_f": "d_W_f"},
)


def at(name: str, *places: int | str) -> Ref:
    return Ref(name, tuple(Index(place) if isinstance(place, str) else Index("", place) for place in places))


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (["h_1", "h[1]", "h₁", "h_{1}", " h_1 ", "h_01", "h[ 1 ]"], at("h", 1)),
        (["h_12", "h[12]", "h₁₂", "h12"], at("h", 12)),
        (["h_0", "h₀", "h[0]", "h0"], at("h", 0)),
        (["h_-1", "h[-1]", "h₋₁"], at("h", -1)),
        (["h_T", "h[T]"], at("h", "T")),
        (["h[T-1]", "h_T-1", "h_{T-1}"], Ref("h", (Index("T", -1),))),
        (["h"], at("h")),
        (["h1"], at("h1")),
        (["h1_2", "h1[2]", "h1₂"], at("h1", 2)),
        (["c̃_1", "c\u0303_1", "c̃₁", "g_1", "g[1]"], at("g", 1)),
        (["ŷ_1", "y\u0302_1", "ŷ1", "y₁"], at("y", 1)),
        (["alpha[1,2]", "alpha_1,2", "alpha_1_2", "α_1_2", "α₁,₂", "α_{1,2}", "α[1, 2]"], at("alpha", 1, 2)),
        (["W_f"], at("W_f")),
        (["dL/dW_f", "∂L/∂W_f", "dW_f", "d_W_f"], at("d_W_f")),
    ],
)
def test_spellings(texts: list[str], meant: Ref) -> None:
    assert [KNOWN.find(text) for text in texts] == [meant] * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "", "k", "H_1", "h_", "h[]", "h[1", "h[1,2]", "h_1.5", "h_1_2", "h_9999999999", "W_f_1", "alpha_1",
        "alpha_1_2_3", "_1", "1",
    ],
)  # fmt: skip
def test_not_a_quantity(text: str) -> None:
    assert KNOWN.find(text) is None


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("H_1", "h_1"), ("H[3]", "h[3]"), ("W_F", "W_f"), ("W_ff", "W_f"), ("alpa_1,2", "alpha_1,2"),
        ("alpha_1", "alpha_1,1"), ("q_1", None), ("", None), ("zebra", None),
    ],
)  # fmt: skip
def test_suggestion(text: str, near: str | None) -> None:
    assert KNOWN.near(text) == near


def test_the_spelling_that_is_written_back() -> None:
    assert KNOWN.key("h", (1,)) == "h_1"
    assert KNOWN.key("alpha", (1, 2)) == "alpha_1,2"
    assert KNOWN.key("d_W_f", ()) == "dL/dW_f"


@pytest.mark.parametrize("text", ["1" * 100_000 + "x", "[" * 100_000, "h_" * 50_000, "₁" * 100_000])
def test_long_texts_are_quickly_refused(text: str) -> None:
    with soon(1):
        assert KNOWN.find(text) is None
        KNOWN.near(text)
