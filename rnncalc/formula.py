"""A printed formula as neutral atoms, and its spelling on one line in Unicode.

It knows nothing of equations, gates or screens: `equations.notation` builds these atoms from expressions,
`formats` draws them (a terminal in two dimensions) or spells them (in LaTeX, in MathML).
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct


class Symbol(Struct, frozen=True):
    """A quantity by its printed letters (`W_f`, `c̃`, `A′`), with the indices it carries: `h` and `("t−1",)`."""

    letters: str
    indices: tuple[str, ...] = ()


class Digits(Struct, frozen=True):
    """A number as ASCII text: `-0.25`, `1/3`, `1.2e-30`; on a page with decimal commas `-0,25`. In the lines of a
    derivation a `constant` is one of the equation itself, as 1 in 1 − z."""

    text: str
    constant: bool = False


Sign = Literal[
    "plus", "minus", "hadamard", "times", "apply", "divide", "equals", "approx", "comma", "semicolon", "negative"
]


class Operator(Struct, frozen=True):
    """A sign between two operands; `SIGNS` spells it. `apply` is the silent product of a matrix and a vector."""

    name: Sign


class Name(Struct, frozen=True):
    """A function's name, in its two spellings."""

    unicode: str
    latex: str


class Words(Struct, frozen=True):
    """Plain words inside a formula."""

    text: str


class Blank(Struct, frozen=True):
    """Room for something that the reader writes: `width` characters."""

    width: int


class Fenced(Struct, frozen=True):
    """Something in parentheses as tall as it is."""

    body: "Row"


class Grid(Struct, frozen=True):
    """A matrix in brackets. `shape` is given when entries are left out (their place holds `Words("…")`)."""

    cells: tuple[tuple["Atom", ...], ...]
    shape: tuple[int, int] | None = None


class Tuple(Struct, frozen=True):
    """A vector written flat: `(2, 3, −1)`. `length` is given when entries are left out."""

    cells: tuple["Atom", ...]
    length: int | None = None
    between: Literal["comma", "semicolon"] = "comma"


class Fraction(Struct, frozen=True):
    above: "Row"
    below: "Row"


class Script(Struct, frozen=True):
    """`base` with `upper` raised: a power, or `Words("T")` for a transpose."""

    base: "Row"
    upper: "Row"


class Over(Struct, frozen=True):
    """A sign with an index below it in front of a body: Σⱼ …"""

    sign: Name
    index: str
    body: "Row"


class Row(Struct, frozen=True):
    atoms: tuple["Atom", ...]


Atom = Symbol | Digits | Operator | Name | Words | Blank | Fenced | Grid | Tuple | Fraction | Script | Over | Row


def row(*atoms: Atom) -> Row:
    """The atoms side by side; rows inside are unpacked."""
    flat: list[Atom] = []
    for atom in atoms:
        flat.extend(atom.atoms if isinstance(atom, Row) else (atom,))
    return Row(tuple(flat))


def joined(sign: Sign, parts: Iterable[Atom]) -> Row:
    """The parts with a sign between them: `a = b = (5, 2)`."""
    between = Operator(sign)
    atoms: list[Atom] = [atom for part in parts for atom in (between, part)]
    return row(*atoms[1:])


SIGNS = {
    "plus": " + ",
    "minus": " − ",
    "hadamard": " ⊙ ",
    "times": "·",
    "apply": " ",
    "divide": " / ",
    "equals": " = ",
    "approx": " ≈ ",
    "comma": ", ",
    "semicolon": "; ",
    "negative": "−",
}
"""How each operator stands on a line of Unicode, with the blanks round it."""

_SUBSCRIPTS = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPTS = str.maketrans("0123456789+-−=()nTi", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿᵀⁱ")
_SUBSCRIPTABLE = frozenset("0123456789+-−=()aehijklmnoprstuvx")
_SUPERSCRIPTABLE = frozenset("0123456789+-−=()nTi")

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda_": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma_": "σ", "tau": "τ",
    "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip


def power_of_ten(exponent: int) -> Row:
    return row(Script(row(Digits("10")), row(Digits(str(exponent)))))


def letters_of(name: str) -> str:
    """A program's name as a book prints it: `alpha_t` is `α_t`, `W_gamma` is `W_γ`; other names are left alone.

    `W_xi` is the matrix from x to the gate i, beside W_hi, and not W_ξ; who means ξ writes `symbols:`.
    """
    base, *marks = name.split("_")
    return "_".join((GREEK.get(base, base), *(mark if mark == "xi" else GREEK.get(mark, mark) for mark in marks)))


def unicode(formula: Atom) -> str:
    """The formula on one line: `f₁ = σ(W_f x₁ + b_f)`. Matrices are written `[1 2; 3 4]`."""
    match formula:
        case Row(atoms):
            return "".join(unicode(atom) for atom in atoms)
        case Symbol(letters, indices):
            return _unicode_symbol(letters, indices)
        case Digits(text):
            return unicode_number(text)
        case Operator(name):
            return SIGNS[name]
        case Name(spelling, _):
            return spelling
        case Words(text):
            return text
        case Blank(width):
            return "_" * width
        case Fenced(body):
            return f"({unicode(body)})"
        case Grid(cells, shape):
            inside = "; ".join(" ".join(unicode(cell) for cell in line) for line in cells)
            return f"[{inside}]" + (f" ({shape[0]}×{shape[1]})" if shape else "")
        case Tuple(cells, length, between):
            inside = SIGNS[between].join(unicode(cell) for cell in cells)
            return f"({inside})" + (str(length).translate(_SUBSCRIPTS) if length else "")
        case Fraction(above, below):
            return f"{unicode(linear(above, below=False))}/{unicode(linear(below, below=True))}"
        case Script(base, upper):
            return unicode(base) + unicode_raised(unicode(upper))
        case Over(sign, index, body):
            return f"{unicode(sign)}{_subscript(index)} {unicode(body)}"


def unicode_number(text: str) -> str:
    """`-1.2e-30` as `−1.2·10⁻³⁰`."""
    mantissa, _, exponent = text.partition("e")
    power = f"·10{str(int(exponent)).translate(_SUPERSCRIPTS)}" if exponent else ""
    return mantissa.replace("-", "−") + power


def linear(part: Row, below: bool) -> Row:
    """A part of a fraction on one line: bracketed where a sign or another fraction stands in it, but `2·a` above."""
    loose = any(
        isinstance(atom, Over | Fraction)
        or (isinstance(atom, Operator) and (below or atom.name != "times"))
        or (isinstance(atom, Digits) and "/" in atom.text)
        for atom in part.atoms
    )
    return Row((Fenced(part),)) if loose else part


def _subscript(text: str) -> str:
    return text.translate(_SUBSCRIPTS) if set(text) <= _SUBSCRIPTABLE else f"_{text}"


def _unicode_symbol(letters: str, indices: tuple[str, ...]) -> str:
    """`h` at `t−1` is `hₜ₋₁`, at `T−1` `h_{T−1}`; a name that has a label takes the index behind it: `z_f,2`."""
    if all(set(index) <= _SUBSCRIPTABLE for index in indices) and "_" not in letters:
        return letters + ",".join(index.translate(_SUBSCRIPTS) for index in indices)
    base, *label = letters.rsplit("_", 1)
    below = ",".join((*label, *indices))
    if not below:
        return letters
    return f"{base}_{{{below}}}" if any(sign in below for sign in "−+") else f"{base}_{below}"


def unicode_raised(text: str) -> str:
    if set(text) <= _SUPERSCRIPTABLE:
        return text.translate(_SUPERSCRIPTS)
    return f"^{text}" if text.lstrip("−").replace(".", "").isdecimal() else f"^({text})"
