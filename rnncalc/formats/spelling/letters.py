"""The printed letters of a quantity taken apart: `c̃²` is c with a tilde and a raised 2."""

import unicodedata

from msgspec import Struct

ACCENTS = frozenset("\u0302\u0303\u0304\u0307\u20d6\u20d7")
"""Combining marks that are set over a letter: hat, tilde, bar, dot, arrows to the left and to the right."""
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾′", "0123456789()′", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₋⁄", "0123456789-/", strict=True))


class Letter(Struct, frozen=True):
    """`accents` from the innermost to the outermost, `raised` as plain characters."""

    core: str
    accents: tuple[str, ...] = ()
    raised: str = ""


def letter(text: str) -> Letter:
    """The letters; what stands in ⟨ ⟩, as the position in `a⟨t⟩`, is raised."""
    core, accents, raised, inside = "", [], "", False
    for character in unicodedata.normalize("NFD", text):
        inside = inside or character == "⟨"
        if inside:
            raised, inside = raised + character, character != "⟩"
        elif character in ACCENTS:
            accents.append(character)
        elif character in _RAISED:
            raised += _RAISED[character]
        else:
            core += character
    return Letter(unicodedata.normalize("NFC", core), tuple(accents), raised)


def name_and_label(text: str) -> tuple[str, str]:
    """A function's name and what stands below it: `rows₂₋₃` as `rows` and `2-3`, `‖_F` as `‖` and `F`."""
    core = text.rstrip("".join(_LOWERED))
    if core != text:
        return core, "".join(_LOWERED[character] for character in text[len(core) :])
    name, _, label = text.partition("_")
    return name, label
