"""Formulas in words, as a screen reader says them: `h₁` is “h sub 1”."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rnncalc.errors import printable
from rnncalc.formats.spelling.letters import Letter, name_and_label
from rnncalc.formats.spelling.walk import Spelling, spell
from rnncalc.formula import Atom, Name

_ACCENTS = {
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0307": "dot",
    "\u20d6": "backward",
    "\u20d7": "forward",
}
_NAMES = {"σ": "sigma", "Σ": "the sum", "Π": "the product", "∂": "partial", "‖": "norm", "√": "root"}
_TRANSPOSED = "transposed"
_WORDS = {"…": "and so on", "⋯": "and so on", "⋮": "and so on", "⋱": "and so on"}


class _Spoken(Spelling):
    signs: ClassVar[Mapping[str, str]] = {
        "plus": "plus",
        "minus": "minus",
        "hadamard": "entry by entry times",
        "times": "times",
        "apply": "times",
        "divide": "divided by",
        "equals": "equals",
        "approx": "is approximately",
        "comma": ",",
        "negative": "minus",
    }

    def row(self, parts: Sequence[str]) -> str:
        return " ".join(part for part in parts if part).replace(" ,", ",")

    def letter(self, letter: Letter) -> str:
        core = _NAMES.get(letter.core, letter.core)
        raised = letter.raised.replace("′", " prime").strip()
        return self.row([printable(core), *(_ACCENTS[accent] for accent in letter.accents), raised])

    def index(self, text: str) -> str:
        return text.replace("−", " minus ").replace("+", " plus ")

    def below(self, base: str, indices: Sequence[str]) -> str:
        return f"{base} sub {' '.join(indices)}"

    def digits(self, text: str) -> str:
        return text.replace("-", "minus ")

    def root(self, body: str) -> str:
        return f"the root of {body}"

    def name(self, name: Name) -> str:
        core, label = name_and_label(name.unicode)
        said = _TRANSPOSED if core == "T" else _NAMES.get(core, core)
        return self.below(said, [label]) if label else said

    def words(self, text: str) -> str:
        return _WORDS.get(text) or printable(text.strip())

    def blank(self, width: int) -> str:
        return "blank"

    def fenced(self, body: str) -> str:
        return f"of the bracket {body} end of bracket"

    def grid(self, cells: Sequence[Sequence[str]], shape: tuple[int, int] | None) -> str:
        rows, columns = shape or (len(cells), len(cells[0]) if cells else 0)
        if columns == 1 and not shape:
            return f"the vector {', '.join(line[0] for line in cells)}"
        return f"the {rows} by {columns} matrix with rows {'; '.join(map(', '.join, cells))}"

    def flat(self, cells: Sequence[str], length: int | None) -> str:
        size = f" of {length} entries" if length else ""
        return f"the vector{size} {', '.join(cells)}"

    def fraction(self, above: str, below: str) -> str:
        return f"the fraction {above} over {below} end of fraction"

    def raised(self, base: str, upper: str) -> str:
        return f"{base} {upper}" if upper == _TRANSPOSED else f"{base} to the power {upper}"

    def over(self, sign: Name, index: str, body: str) -> str:
        return f"{self.name(sign)} over {index} of {body}"


_SPOKEN = _Spoken()


def spoken(formula: Atom) -> str:
    """The formula in words."""
    return spell(formula, _SPOKEN)
