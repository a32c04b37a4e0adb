"""How people write a quantity: `h_1`, `h[1]`, `h₁`, `h1` and the printed `ŷ_1` all name one. It knows no values."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from rnncalc.counting import counted_from, shown
from rnncalc.equations import Index, Position, Ref, ref_at
from rnncalc.errors import nearest
from rnncalc.formula import letters_of

_SUBSCRIPT_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_LONGEST = 100
# One pattern per way to write a position: h⟨1⟩, h[1], h_{1}, h_1, h_1_2, h_1_2_3, h₁, h1.
_SPELLINGS = tuple(
    re.compile(f"(.+{lazy})({before})({place})({behind})")
    for lazy, before, place, behind in (
        ("", "⟨", ".*", "⟩"),
        ("", r"\[", ".*", r"\]"),
        ("", r"_\{", ".*", r"\}"),
        ("", "_", "[^_]+", ""),
        ("", "_", "[^_,]+_[^_,]+", ""),
        ("", "_", "[^_,]+_[^_,]+_[^_,]+", ""),
        ("?", "", "[₀₁₂₃₄₅₆₇₈₉₊₋,]+", ""),
        ("?", "", r"\d+", ""),
    )
)
_POSITION = re.compile(r"([A-Z])?([+-]?\d{1,9})?")


class Quantities:
    """The names of a network with every spelling they go by. `indices[name]` is how many indices it has, `spellings`
    are further ways to write one, the first of each being the one that is written back. A spelling that ends in `[]`
    needs a position: `dL/dW[]` makes `dL/dW_2` another quantity than `dL/dW`."""

    def __init__(
        self, indices: Mapping[str, int], symbols: Mapping[str, str], spellings: Mapping[str, str] | None = None
    ) -> None:
        self.indices, self.first = dict(indices), counted_from()
        self.names: dict[str, str] = {}
        self.preferred: dict[str, str] = {}
        for name in indices:
            for spelling in (name, letters_of(name), symbols.get(name, name).replace("⟨t⟩", "")):
                self.names.setdefault(unicodedata.normalize("NFC", spelling), name)
        for spelling, name in (spellings or {}).items():
            self.names.setdefault(unicodedata.normalize("NFC", spelling), name)
            self.preferred.setdefault(name, spelling)

    def key(self, name: str, position: Iterable[int]) -> str:
        """The spelling used in files and in `--json`: `h_1`, `alpha_1,2`, `dL/dW_f`."""
        places = ",".join(str(place - 1 + self.first) for place in position)
        return self.preferred.get(name, name).removesuffix("[]") + (f"_{places}" if places else "")

    def find(self, text: str) -> Ref | None:
        """The quantity meant, or None. Without a position it stands for all of them."""
        plain = unicodedata.normalize("NFC", text.strip())
        return self._whole(plain) or self._split(plain)

    def understood(self, text: str) -> Ref | None:
        """As `find`, also where the spelling is not that of the exercise: `$\\hat{y}_1$`, `y_hat_1`, `z(1)`, `dWf`."""
        respelt = _respelt(text)
        return self.find(text) or self.find(respelt) or self._without_lines(respelt)

    def _without_lines(self, text: str) -> Ref | None:
        """A name written without its `_`, where only one is meant."""
        for stem, _, place, _ in (*_splits(text), (text, "", "", "")):
            meant = self._short.get(stem.replace("_", ""))
            indices = _positions(place, self.first) if place else ()
            if meant is not None and indices is not None and len(indices) in (0, self.indices[meant]):
                return Ref(meant, indices)
        return None

    @cached_property
    def _short(self) -> dict[str, str]:
        """The names without their `_`, where they are still those of one quantity."""
        short: dict[str, set[str]] = {}
        for spelling, name in self.names.items():
            short.setdefault(spelling.replace("_", ""), set()).add(name)
        return {spelling: next(iter(names)) for spelling, names in short.items() if len(names) == 1}

    def _whole(self, text: str) -> Ref | None:
        return Ref(self.names[text]) if text in self.names else None

    def _split(self, text: str) -> Ref | None:
        for stem, _, place, _ in _splits(text):
            indices = _positions(place.translate(_SUBSCRIPT_DIGITS), self.first)
            for name in (self.names.get(stem), self.names.get(f"{stem}[]")):
                if name is not None and indices and len(indices) == self.indices[name]:
                    return Ref(name, indices)
        return None

    def placed(self, text: str) -> str:
        """The name of the quantity of which a position is written that is none, `h_t`; empty if there is no such."""
        stems = (self.names.get(stem) for stem, *_ in _splits(_respelt(text)))
        return next((name for name in stems if name and self.indices[name]), "")

    def near(self, text: str) -> str | None:
        """A spelling that names a quantity and looks like this one."""
        plain = unicodedata.normalize("NFC", text.strip())
        for stem, before, place, behind in _splits(plain):
            name = nearest(stem, self.names)
            if name and self.find(spelt := name + before + place + behind):
                return spelt
        whole = nearest(plain, self.names)
        count = self.indices[self.names[whole]] if whole else 0
        return f"{whole}_{','.join(str(self.first) * count)}" if count else whole

    def hint(self, text: str) -> str:
        """What to do about a text that names no quantity."""
        near = self.near(text)
        return f"did you mean `{near}`?" if near else "the equations have " + ", ".join(self.indices)


_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "~": "\u0303", "^": "\u0302"}
_ACCENTED = re.compile(
    r"\\?(?:wide)?(hat|tilde|bar)\s*\{\s*(\w)\s*\}|(\w)_?(hat|tilde|bar)(?![a-z])|(\w)([~^])(?=_|\d|$)"
)
_GRADIENT = re.compile(r"(?:∇_?|grad_?|dL_d|∂L_∂)(?=\w)|(.+)\.grad(?:ient)?$")


def _respelt(text: str) -> str:
    """LaTeX and typewriter spellings as those of the exercise: `\\hat{y}_1` and `yhat_1` are ŷ_1, `z(1)` is z[1]."""

    def accented(match: re.Match[str]) -> str:
        letter, accent = match[2] or match[3] or match[5], match[1] or match[4] or match[6]
        return letter + _ACCENTS[accent]

    def gradient(match: re.Match[str]) -> str:
        return f"dL/d{match[1] or ''}"

    plain = text[:_LONGEST].strip().strip("$").strip()
    plain = unicodedata.normalize("NFC", _ACCENTED.sub(accented, plain))
    plain = _GRADIENT.sub(gradient, plain.replace("\\partial ", "∂").replace("\\", ""))
    plain = re.sub(r"\^?\{?[<⟨](\w+)[>⟩]\}?|\^\{?\(\s*(\w+)\s*\)\}?", lambda place: f"[{place[1] or place[2]}]", plain)
    plain = re.sub(r"\(\s*(?:t\s*=\s*)?(\d+)\s*\)$", r"[\1]", plain)
    return re.sub(r"_\{(\w+)\}", r"_\1", plain).replace(" ", "")


def _splits(text: str) -> Iterator[tuple[str, ...]]:
    """(stem, what opens the position, the position, what closes it), for every way to read the text."""
    if len(text) <= _LONGEST:
        for pattern in _SPELLINGS:
            if match := pattern.fullmatch(text):
                yield match.groups()


def _positions(text: str, first: int) -> tuple[Index, ...] | None:
    """Positions as they are written, counted from `first`."""
    indices = []
    for part in text.replace(" ", "").replace("_", ",").split(","):
        match = _POSITION.fullmatch(part)
        if not match or not part:
            return None
        number = int(match[2] or 0)
        indices.append(Index(match[1], number) if match[1] else Index("", number + 1 - first))
    return tuple(indices)


def written(ref: Ref) -> str:
    """A quantity as people write it in files: `h_1`, `h_T`, `alpha_1,2`."""
    places = ",".join(
        f"{index.base}{index.offset:+d}" if index.base and index.offset else index.base or str(shown(index.offset))
        for index in ref.indices
    )
    return f"{ref.name}_{places}" if places else ref.name


def written_at(name: str, position: Position) -> str:
    """The quantity at a position, as people write it in files."""
    return written(ref_at(name, position))
