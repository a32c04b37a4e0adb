"""Formulas as typst mathematics. What comes from a file stands between quotation marks, where typst obeys nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rnncalc.errors import printable
from rnncalc.formats.spelling.letters import Letter, name_and_label
from rnncalc.formats.spelling.walk import BLANK_CHARACTER, Between, Spelling, spell
from rnncalc.formula import Atom, Name

_ACCENTS = {
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "macron",
    "\u0307": "dot",
    "\u20d6": "arrow.l",
    "\u20d7": "arrow",
}
_NAMES = {"Σ": "sum", "Π": "product", "T": 'upright("T")', "/": "slash"}
_PARTS = re.compile(r"[^\W\d_]+|\d+|.")
_SIGNS = {
    "−": "-", "-": "-", "–": "–", "+": "+", "(": r"\(", ")": r"\)", ",": "comma",
    "′": "prime", "∂": "∂", "∇": "∇", "√": "√", "‖": "‖",
}  # fmt: skip


def quoted(text: str) -> str:
    """Text from anyone as a typst string."""
    return '"' + printable(text).replace("\\", r"\\").replace('"', r"\"") + '"'


class _Typst(Spelling):
    signs: ClassVar[Mapping[str, str]] = {
        "plus": "+",
        "minus": "-",
        "hadamard": "⊙",
        "times": "⋅",
        "apply": "thin",
        "divide": "slash",
        "equals": "=",
        "approx": "≈",
        "comma": "comma",
        "semicolon": "semi",
        "negative": "-",
    }

    def row(self, parts: Sequence[str]) -> str:
        return " ".join(part for part in parts if part)

    def letter(self, letter: Letter) -> str:
        spelt = self.index(letter.core)
        for accent in letter.accents:
            spelt = f"accent({spelt}, {_ACCENTS[accent]})"
        return f"{_held(spelt)}^({self.index(letter.raised)})" if letter.raised else spelt

    def index(self, text: str) -> str:
        return self.row([_piece(part) for part in _PARTS.findall(text)])

    def below(self, base: str, indices: Sequence[str]) -> str:
        return f"{_held(base)}_({' comma '.join(indices)})"

    def digits(self, text: str) -> str:
        sign, plain = ("-", text[1:]) if text.startswith("-") else ("", text)
        return sign + (plain if plain.replace(".", "", 1).isdecimal() else quoted(plain))

    def root(self, body: str) -> str:
        return f"sqrt({body})"

    def name(self, name: Name) -> str:
        core, label = name_and_label(name.unicode)
        spelt = _NAMES.get(core) or (f"op({quoted(core)})" if len(core) > 1 else self.index(core))
        return f"{spelt}_({self.index(label)})" if label else spelt

    def words(self, text: str) -> str:
        return quoted(text)

    def blank(self, width: int) -> str:
        return f"blank(#{BLANK_CHARACTER * width:g}em)"

    def fenced(self, body: str) -> str:
        return f"({body})"

    def grid(self, cells: Sequence[Sequence[str]], shape: tuple[int, int] | None) -> str:
        note = f"_({shape[0]} times {shape[1]})" if shape else ""
        return f"mat({'; '.join(map(', '.join, cells))}){note}"

    def flat(self, cells: Sequence[str], length: int | None, between: Between) -> str:
        return f"({f' {self.signs[between]} '.join(cells)})" + (f"_({length})" if length else "")

    def fraction(self, above: str, below: str) -> str:
        return f"frac({above}, {below})"

    def raised(self, base: str, upper: str) -> str:
        return f"{_held(base)}^({upper})"

    def over(self, sign: Name, index: str, body: str) -> str:
        return f"limits({self.name(sign)})_({index}) {body}"


def _piece(part: str) -> str:
    if part.isdecimal() or (len(part) == 1 and part.isalpha() and (part.isascii() or "Α" <= part <= "ω")):
        return part
    return _SIGNS.get(part) or (f"italic({quoted(part)})" if part.isalpha() else quoted(part))


def _held(spelt: str) -> str:
    """What carries a mark, as one piece."""
    return spelt if " " not in re.sub(r"\(.*\)", "", spelt) else f'class("normal", {spelt})'


_TYPST = _Typst()


def typst(formula: Atom) -> str:
    """The formula as the inside of `$ … $`."""
    return spell(formula, _TYPST)
