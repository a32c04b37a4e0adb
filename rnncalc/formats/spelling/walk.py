"""The walk over the atoms of a formula that all spellings share; a `Spelling` says what to write for each of them."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, assert_never

from rnncalc.formats.spelling.letters import Letter, letter
from rnncalc.formula import (
    Atom,
    Blank,
    Digits,
    Fenced,
    Fraction,
    Grid,
    Name,
    Operator,
    Over,
    Row,
    Script,
    Symbol,
    Tuple,
    Words,
)

BLANK_CHARACTER = 0.8
"""A character written by hand, in the size of the letters printed round it."""


Between = Literal["comma", "semicolon"]
"""The sign between the entries of a vector."""


class Spelling(ABC):
    """What to write for each kind of atom; the parts of an atom come spelt already."""

    signs: ClassVar[Mapping[str, str]] = {}

    def sign(self, name: str) -> str:
        """An `Operator`, with the blanks round it."""
        return self.signs[name]

    def row(self, parts: Sequence[str]) -> str:
        return "".join(parts)

    @abstractmethod
    def letter(self, letter: Letter) -> str:
        """Letters with their accents and raised marks."""

    @abstractmethod
    def index(self, text: str) -> str:
        """An index: `t−1`."""

    @abstractmethod
    def below(self, base: str, indices: Sequence[str]) -> str:
        """A symbol with what stands below it, one thing at least."""

    @abstractmethod
    def digits(self, text: str) -> str:
        """A decimal number without an exponent."""

    @abstractmethod
    def root(self, body: str) -> str: ...

    @abstractmethod
    def name(self, name: Name) -> str: ...

    @abstractmethod
    def words(self, text: str) -> str: ...

    @abstractmethod
    def blank(self, width: int) -> str:
        """A line to write on, as long as so many digits written by hand."""

    @abstractmethod
    def fenced(self, body: str) -> str: ...

    @abstractmethod
    def grid(self, cells: Sequence[Sequence[str]], shape: tuple[int, int] | None) -> str: ...

    @abstractmethod
    def flat(self, cells: Sequence[str], length: int | None, between: Between) -> str: ...

    @abstractmethod
    def fraction(self, above: str, below: str) -> str: ...

    @abstractmethod
    def raised(self, base: str, upper: str) -> str: ...

    @abstractmethod
    def over(self, sign: Name, index: str, body: str) -> str: ...


def spell(atom: Atom, how: Spelling) -> str:
    """The atom as `how` writes it."""
    match atom:
        case Row(atoms):
            return how.row([spell(inner, how) for inner in atoms])
        case Symbol(letters, indices):
            return _symbol(letters, indices, how)
        case Digits(text):
            return _number(text, how)
        case Operator(name):
            return how.sign(name)
        case Name():
            return how.name(atom)
        case Words(text):
            return how.words(text)
        case Blank(width):
            return how.blank(width)
        case Fenced(body):
            return how.fenced(spell(body, how))
        case Grid(cells, shape):
            return how.grid([[spell(cell, how) for cell in line] for line in cells], shape)
        case Tuple(cells, length, between):
            return how.flat([spell(cell, how) for cell in cells], length, between)
        case Fraction(above, below):
            return how.fraction(spell(above, how), spell(below, how))
        case Script(base, upper):
            return how.raised(spell(base, how), spell(upper, how))
        case Over(sign, index, body):
            return how.over(sign, how.index(index), spell(body, how))
        case _:
            assert_never(atom)


_BEFORE_LETTERS = frozenset("∂√")
"""Signs that carry no accent and no index of the letters behind them."""


def _symbol(letters: str, indices: Sequence[str], how: Spelling) -> str:
    """`W_f` with its label and its indices below; `∂L/∂h` as a fraction, the indices below the line."""
    above, slash, under = letters.partition("/")
    if slash and above and under and "/" not in under:
        return how.fraction(_symbol(above, (), how), _symbol(under, indices, how))
    if letters[0] in _BEFORE_LETTERS and len(letters) > 1:
        return how.row([how.letter(letter(letters[0])), _symbol(letters[1:], indices, how)])
    base, _, label = letters.partition("_")
    labels = [how.letter(letter(part)) for part in label.split(",")] if label else []
    below = [*labels, *map(how.index, indices)]
    spelt = how.letter(letter(base))
    return how.below(spelt, below) if below else spelt


_ROOT = re.compile(r"(-?)([\d.,]*)√(\d+)")


def _number(text: str, how: Spelling) -> str:
    """`-1.2e-30` with a power of ten, `1/3` as a fraction, `√2` with a line over the 2."""
    mantissa, _, exponent = text.partition("e")
    above, _, below = mantissa.partition("/")
    if below:
        sign = how.sign("negative") if above.startswith("-") else ""
        spelt = how.row([sign, how.fraction(_whole(above.removeprefix("-"), how), _whole(below, how))])
    else:
        spelt = _whole(mantissa, how)
    if not exponent:
        return spelt
    return how.row([spelt, how.sign("times"), how.raised(how.digits("10"), how.digits(str(int(exponent))))])


def _whole(text: str, how: Spelling) -> str:
    found = _ROOT.fullmatch(text)
    if not found:
        return how.digits(text)
    sign, factor, body = found.groups()
    parts = [how.sign("negative")] if sign else []
    parts += [how.digits(factor)] if factor else []
    return how.row([*parts, how.root(how.digits(body))])
