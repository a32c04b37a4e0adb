"""How people write a quantity: `h_1`, `h[1]`, `h₁`, `h1` and the printed `ŷ_1` all name one. It knows no values."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from rnncalc.counting import counted_from
from rnncalc.equations import Index, Ref
from rnncalc.errors import nearest
from rnncalc.formula import letters_of

_SUBSCRIPT_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_LONGEST = 100
# One pattern per way to write a position: h⟨1⟩, h[1], h_{1}, h_1, h₁, h1.
_SPELLINGS = tuple(
    re.compile(f"(.+{lazy})({before})({place})({behind})")
    for lazy, before, place, behind in (
        ("", "⟨", ".*", "⟩"),
        ("", r"\[", ".*", r"\]"),
        ("", r"_\{", ".*", r"\}"),
        ("", "_", "[^_]+", ""),
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

    def _whole(self, text: str) -> Ref | None:
        return Ref(self.names[text]) if text in self.names else None

    def _split(self, text: str) -> Ref | None:
        for stem, _, place, _ in _splits(text):
            indices = _positions(place.translate(_SUBSCRIPT_DIGITS), self.first)
            for name in (self.names.get(stem), self.names.get(f"{stem}[]")):
                if name is not None and indices and len(indices) == self.indices[name]:
                    return Ref(name, indices)
        return None

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


def _splits(text: str) -> Iterator[tuple[str, ...]]:
    """(stem, what opens the position, the position, what closes it), for every way to read the text."""
    if len(text) <= _LONGEST:
        for pattern in _SPELLINGS:
            if match := pattern.fullmatch(text):
                yield match.groups()


def _positions(text: str, first: int) -> tuple[Index, ...] | None:
    """Positions as they are written, counted from `first`."""
    indices = []
    for part in text.replace(" ", "").split(","):
        match = _POSITION.fullmatch(part)
        if not match or not part:
            return None
        number = int(match[2] or 0)
        indices.append(Index(match[1], number) if match[1] else Index("", number + 1 - first))
    return tuple(indices)
