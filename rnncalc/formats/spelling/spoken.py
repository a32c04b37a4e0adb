"""Formulas in words, as a screen reader says them, in the language spoken: `h₁` is “h sub 1”."""

from collections.abc import Sequence

from rnncalc.errors import printable
from rnncalc.formats.spelling.letters import Letter, name_and_label
from rnncalc.formats.spelling.walk import Between, Spelling, spell
from rnncalc.formula import Atom, Name
from rnncalc.languages import say


class _Spoken(Spelling):
    def sign(self, name: str) -> str:
        match name:
            case "plus":
                return say("plus")
            case "minus" | "negative":
                return say("minus")
            case "hadamard":
                return say("entry by entry times")
            case "times" | "apply":
                return say("times")
            case "divide":
                return say("divided by")
            case "equals":
                return say("equals")
            case "approx":
                return say("is approximately")
            case "semicolon":
                return ";"
            case _:
                return ","

    def row(self, parts: Sequence[str]) -> str:
        return " ".join(part for part in parts if part).replace(" ,", ",").replace(" ;", ";")

    def letter(self, letter: Letter) -> str:
        raised = letter.raised.replace("′", f" {say('prime')}").strip()
        return self.row([_word(letter.core), *map(_accent, letter.accents), raised])

    def index(self, text: str) -> str:
        return text.replace("−", f" {say('minus')} ").replace("+", f" {say('plus')} ")

    def below(self, base: str, indices: Sequence[str]) -> str:
        if base == "|":
            return say("at {index}", index=" ".join(indices))
        return say("{base} sub {indices}", base=base, indices=" ".join(indices))

    def digits(self, text: str) -> str:
        return text.replace("-", f"{say('minus')} ")

    def root(self, body: str) -> str:
        return say("the root of {number}", number=body)

    def name(self, name: Name) -> str:
        core, label = name_and_label(name.unicode)
        return self.below(_word(core), [label]) if label else _word(core)

    def words(self, text: str) -> str:
        return say("and so on") if text in "…⋯⋮⋱" else printable(text.strip())

    def blank(self, width: int) -> str:
        return say("blank")

    def fenced(self, body: str) -> str:
        return say("of the bracket {inside} end of bracket", inside=body)

    def grid(self, cells: Sequence[Sequence[str]], shape: tuple[int, int] | None) -> str:
        rows, columns = shape or (len(cells), len(cells[0]) if cells else 0)
        if columns == 1 and not shape:
            return say("the vector {entries}", entries=", ".join(line[0] for line in cells))
        entries = "; ".join(map(", ".join, cells))
        return say("the {rows} by {columns} matrix with rows {entries}", rows=rows, columns=columns, entries=entries)

    def flat(self, cells: Sequence[str], length: int | None, between: Between) -> str:
        entries = f"{self.sign(between)} ".join(cells)
        if length:
            return say("the vector of {length} entries {entries}", length=length, entries=entries)
        return say("the vector {entries}", entries=entries)

    def fraction(self, above: str, below: str) -> str:
        return say("the fraction {above} over {below} end of fraction", above=above, below=below)

    def raised(self, base: str, upper: str) -> str:
        if upper == _word("T"):
            return say("{matrix} transposed", matrix=base)
        return say("{base} to the power {exponent}", base=base, exponent=upper)

    def over(self, sign: Name, index: str, body: str) -> str:
        return say("{sum} over {index} of {body}", sum=self.name(sign), index=index, body=body)


def _word(core: str) -> str:
    match core:
        case "∂":
            return say("partial")
        case "‖":
            return say("norm")
        case "√":
            return say("root")
        case "Σ":
            return say("the sum")
        case "Π":
            return say("the product")
        case "σ":
            return "sigma"
        case "T":
            return "transpose"
        case _:
            return printable(core)


def _accent(accent: str) -> str:
    match accent:
        case "\u0302":
            return say("hat")
        case "\u0303":
            return say("tilde")
        case "\u0304":
            return say("bar")
        case "\u0307":
            return say("dot")
        case "\u20d6":
            return say("backward")
        case _:
            return say("forward")


_SPOKEN = _Spoken()


def spoken(formula: Atom) -> str:
    """The formula in words."""
    return spell(formula, _SPOKEN)
