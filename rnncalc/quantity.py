"""How people write a quantity: `h_1`, `h[1]`, `h₁`, `h1` and the printed `ŷ_1` all name one. It knows no values."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from rnncalc.equations import Index, Ref
from rnncalc.formula import letters_of

_SUBSCRIPT_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_POSITION = re.compile(r"([A-Z])?([+-]?\d{1,9})?")


class Quantities:
    """The names of a network with every spelling they go by. `indices[name]` is how many indices it has, `spellings`
    are further ways to write one, the first of each being the one that is written back."""

    def __init__(
        self, indices: Mapping[str, int], symbols: Mapping[str, str], spellings: Mapping[str, str] | None = None
    ) -> None:
        self.indices = dict(indices)
        self.names: dict[str, str] = {}
        self.preferred: dict[str, str] = {}
        for name in indices:
            for spelling in (name, letters_of(name), symbols.get(name, name)):
                self.names.setdefault(unicodedata.normalize("NFC", spelling), name)
        for spelling, name in (spellings or {}).items():
            self.names.setdefault(unicodedata.normalize("NFC", spelling), name)
            self.preferred.setdefault(name, spelling)

    def key(self, name: str, position: Iterable[int]) -> str:
        """The spelling used in files and in `--json`: `h_1`, `alpha_1,2`, `dL/dW_f`."""
        places = ",".join(map(str, position))
        return self.preferred.get(name, name) + (f"_{places}" if places else "")

    def find(self, text: str) -> Ref | None:
        """The quantity meant, or None. Without a position it stands for all of them."""
        plain = unicodedata.normalize("NFC", text.strip())
        return self._whole(plain) or self._split(plain)

    def _whole(self, text: str) -> Ref | None:
        return Ref(self.names[text]) if text in self.names else None

    def _split(self, text: str) -> Ref | None:
        for pattern in (r"(.+)\[(.*)\]", r"(.+)_\{(.*)\}", r"(.+)_([^_]+)", r"(.+?)([₀₁₂₃₄₅₆₇₈₉₊₋,]+)", r"(.+?)(\d+)"):
            match = re.fullmatch(pattern, text)
            if match and (name := self.names.get(match[1])) is not None:
                indices = _positions(match[2].translate(_SUBSCRIPT_DIGITS))
                if indices and len(indices) == self.indices[name]:
                    return Ref(name, indices)
        return None

    def near(self, text: str) -> str | None:
        """A known spelling that looks like this one."""
        known = {**{f"{name}_1": "" for name, count in self.indices.items() if count}, **self.names}
        found = get_close_matches(text, list(known), 1)
        return found[0] if found else None


def _positions(text: str) -> tuple[Index, ...] | None:
    indices = []
    for part in text.replace(" ", "").split(","):
        match = _POSITION.fullmatch(part)
        if not match or not part:
            return None
        indices.append(Index(match[1] or "", int(match[2] or 0)))
    return tuple(indices)
