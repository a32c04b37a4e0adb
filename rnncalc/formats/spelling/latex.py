"""Formulas and words as LaTeX that every engine sets; displays need `amsmath`."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from rnncalc.formats.spelling.letters import Letter
from rnncalc.formats.spelling.walk import BLANK_CHARACTER, Between, Spelling, spell
from rnncalc.formula import GREEK, Atom, Name

_ACCENTS = {
    "\u0303": r"\tilde",
    "\u0302": r"\hat",
    "\u0304": r"\bar",
    "\u0307": r"\dot",
    "\u20d7": r"\overrightarrow",
    "\u20d6": r"\overleftarrow",
}
_LETTERS = {letter: "\\" + name.rstrip("_") for name, letter in GREEK.items()} | {
    "ε": r"\varepsilon",
    "ι": r"\iota",
    "π": r"\pi",
    "υ": r"\upsilon",
    "Ξ": r"\Xi",
    "Π": r"\Pi",
    "∂": r"\partial",
    "∇": r"\nabla",
    "‖": r"\Vert",
    "√": r"\surd ",
}
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+$")
_DOTS = {"…": r"\cdots", "⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots"}
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


def latex_character(character: str) -> str:
    """A character of running text as itself where TeX would obey it."""
    return _ESCAPES.get(character, character)


def latex_letter(character: str) -> str | None:
    """The command for a Greek letter or a sign that stands among letters, if there is one."""
    return _LETTERS.get(character)


_RAISED = {"′": r"\prime ", "⟨": r"\langle ", "⟩": r"\rangle ", "−": "-"}


class Latex(Spelling):
    """LaTeX for a reader of formulas that takes any character as it is; what does not can override two methods."""

    signs: ClassVar[Mapping[str, str]] = {
        "plus": " + ",
        "minus": " - ",
        "hadamard": r" \odot ",
        "times": r" \cdot ",
        "apply": r" \, ",
        "divide": " / ",
        "equals": " = ",
        "approx": r" \approx ",
        "comma": r",\; ",
        "semicolon": r";\; ",
        "negative": "-",
    }

    def character(self, character: str) -> str:
        """A character of running text."""
        return latex_character(character)

    def in_formula(self, character: str) -> str:
        """A character among letters."""
        return latex_character(character)

    def row(self, parts: Sequence[str]) -> str:
        """The parts side by side; a command does not run into the letter behind it."""
        spelt = ""
        for part in parts:
            spelt += " " + part if part[:1].isalpha() and _ENDS_IN_COMMAND.search(spelt) else part
        return spelt

    def letter(self, letter: Letter) -> str:
        core = self.row([_LETTERS.get(c) or ("{,}" if c == "," else self.in_formula(c)) for c in letter.core])
        if len(core) > 1 and core.isascii() and core.isalnum() and not core.islower():
            core = rf"\mathrm{{{core}}}"
        for accent in letter.accents:
            core = rf"{_ACCENTS[accent]}{{{core}}}"
        raised = "".join(_RAISED.get(character, character) for character in letter.raised).strip()
        return core + (rf"^{{{raised}}}" if raised else "")

    def index(self, text: str) -> str:
        return "".join(map(self.in_formula, text.replace("−", "-")))

    def below(self, base: str, indices: Sequence[str]) -> str:
        return rf"{base}_{{{','.join(indices)}}}"

    def digits(self, text: str) -> str:
        # A comma alone would be set as one between two numbers.
        return "".join(map(self.in_formula, text)).replace(",", "{,}")

    def root(self, body: str) -> str:
        return rf"\sqrt{{{body}}}"

    def name(self, name: Name) -> str:
        return name.latex

    def words(self, text: str) -> str:
        return _DOTS.get(text) or rf"\text{{{''.join(map(self.character, text))}}}"

    def blank(self, width: int) -> str:
        return rf"\underline{{\hspace{{{BLANK_CHARACTER * width:g}em}}}}"

    def fenced(self, body: str) -> str:
        return rf"\left({body}\right)"

    def grid(self, cells: Sequence[Sequence[str]], shape: tuple[int, int] | None) -> str:
        note = rf"_{{{shape[0]} \times {shape[1]}}}" if shape else ""
        inside = r" \\ ".join(map(" & ".join, cells))
        return rf"\begin{{bmatrix}}{inside}\end{{bmatrix}}{note}"

    def flat(self, cells: Sequence[str], length: int | None, between: Between) -> str:
        return rf"\left({self.signs[between].join(cells)}\right)" + (rf"_{{{length}}}" if length else "")

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def raised(self, base: str, upper: str) -> str:
        return rf"{base}^{{{upper}}}" if base.isdecimal() else rf"{{{base}}}^{{{upper}}}"

    def over(self, sign: Name, index: str, body: str) -> str:
        return rf"{sign.latex}_{{{index}}} {body}"


_PLAIN = Latex()


def latex(formula: Atom) -> str:
    """The formula as LaTeX for a display; needs `amsmath`."""
    return spell(formula, _PLAIN)
