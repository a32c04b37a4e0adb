"""Text and formulas for a LaTeX file that pdfLaTeX sets as well as its successors: every character is one it knows."""

import re
import unicodedata

from rnncalc.errors import printable
from rnncalc.formats.spelling import Latex, latex_character, latex_letter
from rnncalc.formats.spelling.walk import spell
from rnncalc.formula import Atom

_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-()aehijklmnoprstuvx", strict=True))
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀⁱ", "0123456789+-()nTi", strict=True))
_SIGNS = {
    "−": "-", "×": r"\times", "⊙": r"\odot", "≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "±": r"\pm",
    "·": r"\cdot", "∞": r"\infty", "→": r"\to", "←": r"\leftarrow", "⇒": r"\Rightarrow", "∈": r"\in", "∑": r"\sum",
    "∏": r"\prod", "∘": r"\circ", "′": r"'", "½": r"\tfrac12", "⊕": r"\oplus", "⊗": r"\otimes", "∝": r"\propto",
}  # fmt: skip
_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0307": ".", "\u0308": '"'}
_LIGATURE = re.compile(r"(?<=[-`',<>?!])(?=[-`',<>])")
_PUNCTUATION = frozenset("\u00a0–—‘’“”…„‚•§¶©®°«»¿¡€£")
_VIETNAMESE = frozenset("ăâđêôơưĂÂĐÊÔƠƯ")


def is_vietnamese(character: str) -> bool:
    """Whether only the encoding T5 has the letter, or it is one of the alphabet's own."""
    return character in _VIETNAMESE or "Ạ" <= character <= "ỹ"


def tex(text: str) -> str:
    """Running text from anyone as itself."""
    return _accented("".join(map(tex_character, unicodedata.normalize("NFC", printable(text)))))


def tex_code(text: str) -> str:
    r"""Code from anyone as itself, where `--` is no dash."""
    return rf"\texttt{{{_LIGATURE.sub('{}', tex(text))}}}"


def tex_character(character: str) -> str:
    """One character; one that pdfLaTeX has no letter for is set by its successors, and named by pdfLaTeX."""
    if character in _SUBSCRIPTS:
        return rf"\textsubscript{{{_SUBSCRIPTS[character]}}}"
    if character in _SUPERSCRIPTS:
        return rf"\textsuperscript{{{_SUPERSCRIPTS[character]}}}"
    sign = _SIGNS.get(character) or latex_letter(character)
    if sign:
        return rf"\ensuremath{{{sign.strip()}}}"
    known = character.isascii() or character in _ACCENTS or character in _PUNCTUATION or is_vietnamese(character)
    if known or "\u00c0" <= character <= "\u017f":
        return latex_character(character)
    return rf"\unknown{{{ord(character):04X}}}{{{character}}}"


def _accented(text: str) -> str:
    r"""`c` with a combining tilde as `\~{c}`."""
    shown = ""
    for character in text:
        shown = rf"{shown[:-1]}\{_ACCENTS[character]}{{{shown[-1:]}}}" if character in _ACCENTS else shown + character
    return shown


class _Tex(Latex):
    def character(self, character: str) -> str:
        return "".join(map(tex_character, printable(character)))

    def in_formula(self, character: str) -> str:
        spelt = self.character(character)
        return spelt if character.isascii() or spelt.startswith(r"\ensuremath") else rf"\text{{{spelt}}}"


_TEX = _Tex()


def tex_formula(formula: Atom) -> str:
    """The formula for a display."""
    return spell(formula, _TEX)
