"""Formulas as MathML Core: what every browser sets by itself."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import ClassVar

from rnncalc.errors import printable
from rnncalc.formats.spelling.letters import Letter, name_and_label
from rnncalc.formats.spelling.walk import BLANK_CHARACTER, Between, Spelling, spell
from rnncalc.formula import Atom, Name

_ACCENTS = {"\u0302": "^", "\u0303": "~", "\u0304": "¯", "\u0307": "˙", "\u20d6": "←", "\u20d7": "→"}
_PARTS = re.compile(r"[^\W\d_]+|\d+|.")
_DOTS = frozenset("…⋯⋮⋱")
_SUMS = {"Σ": "∑", "Π": "∏"}


class _MathML(Spelling):
    signs: ClassVar[Mapping[str, str]] = {
        "plus": '<mo form="infix">+</mo>',
        "minus": '<mo form="infix">−</mo>',
        "hadamard": '<mo form="infix">⊙</mo>',
        "times": "<mo>·</mo>",
        "apply": '<mspace width="0.17em"/>',
        "divide": "<mo>/</mo>",
        "equals": '<mo form="infix">=</mo>',
        "approx": '<mo form="infix">≈</mo>',
        "comma": "<mo>,</mo>",
        "semicolon": '<mo rspace="0.3em">;</mo>',
        "negative": '<mo form="prefix">−</mo>',
    }

    def letter(self, letter: Letter) -> str:
        spelt = f"<mi>{_text(letter.core)}</mi>" if letter.core.isalpha() else self.index(letter.core)
        for accent in letter.accents:
            spelt = f'<mover accent="true">{spelt}<mo stretchy="false">{_ACCENTS[accent]}</mo></mover>'
        return self.raised(spelt, self.index(letter.raised)) if letter.raised else spelt

    def index(self, text: str) -> str:
        return self.row([_piece(part) for part in _PARTS.findall(text)])

    def row(self, parts: Sequence[str]) -> str:
        shown = [part for part in parts if part]
        return shown[0] if len(shown) == 1 else f"<mrow>{''.join(shown)}</mrow>"

    def below(self, base: str, indices: Sequence[str]) -> str:
        return f"<msub>{base}{self.row(_separated(indices))}</msub>"

    def digits(self, text: str) -> str:
        return f"<mn>{_text(text.replace('-', '−'))}</mn>"

    def root(self, body: str) -> str:
        return f"<msqrt>{body}</msqrt>"

    def name(self, name: Name) -> str:
        core, label = name_and_label(name.unicode)
        spelt = _operator(core) if not core.isalpha() or core in _SUMS else _name(core)
        return self.below(spelt, [self.index(label.replace("-", "–"))]) if label else spelt

    def words(self, text: str) -> str:
        # An `mtext` counts as a space: a sign behind it would stand without one.
        spelt = f'<mi mathvariant="normal">{_text(_unbreakable(text))}</mi>'
        return f"<mo>{text}</mo>" if text in _DOTS else spelt

    def blank(self, width: int) -> str:
        return f'<mspace class="blank" width="{BLANK_CHARACTER * width:g}em" height="1em"/>'

    def fenced(self, body: str) -> str:
        return f"<mrow><mo>(</mo>{body}<mo>)</mo></mrow>"

    def grid(self, cells: Sequence[Sequence[str]], shape: tuple[int, int] | None) -> str:
        rows = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in line)}</mtr>" for line in cells)
        table = f"<mrow><mo>[</mo><mtable>{rows}</mtable><mo>]</mo></mrow>"
        note = f"<mrow><mn>{shape[0]}</mn><mo>×</mo><mn>{shape[1]}</mn></mrow>" if shape else ""
        return f"<msub>{table}{note}</msub>" if shape else table

    def flat(self, cells: Sequence[str], length: int | None, between: Between) -> str:
        spelt = self.fenced(self.signs[between].join(cells))
        return f"<msub>{spelt}<mn>{length}</mn></msub>" if length else spelt

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def raised(self, base: str, upper: str) -> str:
        return f"<msup>{base}{upper}</msup>"

    def over(self, sign: Name, index: str, body: str) -> str:
        shown = _SUMS.get(sign.unicode) or _text(sign.unicode)
        return f'<mrow><munder><mo movablelimits="false">{shown}</mo>{index}</munder>{body}</mrow>'


def _text(text: str) -> str:
    return escape(printable(text))


def _unbreakable(text: str) -> str:
    """Blanks at the ends of an element are dropped, but not these."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _piece(part: str) -> str:
    kind = "mi" if part.isalpha() else "mn" if part.isdecimal() else "mo"
    return f"<{kind}>{_text(part)}</{kind}>"


def _name(core: str) -> str:
    return f'<mi mathvariant="normal">{core}</mi>' if core == "T" else f"<mi>{_text(core)}</mi>"


def _operator(core: str) -> str:
    """Signs such as ∂ and ‖ stand close to what follows."""
    sign = _SUMS.get(core, core)
    return f'<mo lspace="0" rspace="0" stretchy="false">{_text(sign)}</mo>'


def _separated(parts: Sequence[str]) -> list[str]:
    spelt: list[str] = []
    for part in parts:
        spelt += ["<mo>,</mo>", part] if spelt else [part]
    return spelt


_MATHML = _MathML()


def mathml(formula: Atom) -> str:
    """The formula as the inside of a `math` element."""
    return spell(formula, _MATHML)
