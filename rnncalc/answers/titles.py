"""Quantities named in words: `forget gate at 2`, `Cell state (t = 1)`, `cổng quên 2`.

A quantity goes by the title of its step, and by what people usually say for that title, in every language.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from rnncalc.cell import Stage
from rnncalc.equations import Ref
from rnncalc.errors import nearest
from rnncalc.languages import SOURCE, Message, names, said, speaking, translated
from rnncalc.quantity import Quantities

_USUAL = (
    Message("forget gate"),
    Message("input gate"),
    Message("output gate"),
    Message("update gate"),
    Message("reset gate"),
    Message("relevance gate"),
    Message(
        "candidate | new candidate | candidate state | candidate cell | candidate cell state | candidate hidden state"
    ),
    Message("cell state | cell | memory cell | memory | carry state | state"),
    Message("hidden state | new state | hidden vector | hidden layer | state"),
    Message("output | prediction"),
    Message("context | context vector"),
    Message("weights | attention weights"),
    Message("scores | attention scores"),
)
"""What people call the parts of a network: words between `|` mean the same, in every language."""
_CANDIDATE = _USUAL[6]
_AT = Message("at | in | time | step | time step | t")
"""Words before the number of a time step."""
_TILDE = "\u0303"
_LONGEST = 100
_BRACKETS = re.compile(r"(.+?)\s*\((.+)\)")


class Titles:
    """The words that quantities go by: those of the titles of their steps, and what people usually call them."""

    def __init__(self, stages: Sequence[Stage], symbols: Mapping[str, str], quantities: Quantities) -> None:
        self.stages, self.symbols, self.quantities = stages, symbols, quantities

    def understood(self, text: str) -> tuple[Ref, ...]:
        """The quantities that may be meant by the words, with the position that is written behind them."""
        plain = unicodedata.normalize("NFC", text.strip())[:_LONGEST]
        for phrase, pattern in self.patterns.items():
            if match := pattern.match(plain):
                meant, rest = self.phrases[phrase], plain[match.end() :]
                if ref := self.quantities.understood(rest.strip(" ,:()[]")):
                    return (ref,) if ref.name in meant else ()
                if refs := tuple(filter(None, (self._placed(name, rest) for name in meant))):
                    return refs
        explained = _BRACKETS.fullmatch(plain)
        if explained and (ref := self.quantities.understood(explained[1])):
            return (ref,) if ref.name in self.phrases.get(_folded(explained[2]), ()) else ()
        stem = self._stem(plain)
        ref = self._placed(stem, plain[len(stem) :]) if stem else None
        return (ref,) if ref else ()

    def near(self, text: str) -> str | None:
        """Words for a quantity that look like these."""
        plain = unicodedata.normalize("NFC", text.strip())[:_LONGEST]
        stem = self._stem(plain)
        found = nearest(_folded(stem), self.phrases) if len(stem) > 3 else None
        return found + plain[len(stem) :] if found else None

    def _stem(self, text: str) -> str:
        """What stands before the position."""
        return self.at.split(text)[0].strip()

    def _placed(self, spelling: str, rest: str) -> Ref | None:
        """The quantity at the position that the rest tells; without one it stands for all of them."""
        match = self.at.fullmatch(f" {rest}")
        if rest.strip() and not match:
            return None
        return self.quantities.understood(f"{spelling}[{match[1]}]" if match else spelling)

    @cached_property
    def at(self) -> re.Pattern[str]:
        """A position in words: ` at time step 2`, `, t = 2`."""
        words = "|".join(map(_spaced, sorted(_in_all_languages(_AT), key=len, reverse=True)))
        between = rf"(?:[\s_,:=(\[⟨]|(?<![^\W\d_])(?:{words})(?![^\W\d_]))+"
        return re.compile(rf"{between}(\d{{1,9}}(?:\s*,\s*\d{{1,9}})*)[\s)\]⟩]*", re.IGNORECASE)

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """How each of the phrases may be written at the beginning of a name, the longest first."""
        longest_first = sorted(self.phrases, key=len, reverse=True)
        return {one: re.compile(rf"{_spaced(one)}(?![^\W\d_])", re.IGNORECASE) for one in longest_first}

    @cached_property
    def phrases(self) -> dict[str, list[str]]:
        """The quantities by each of the words for them."""
        found: dict[str, list[str]] = {}
        for name, words in self._named():
            for phrase in words:
                known = found.setdefault(_folded(phrase), [])
                if phrase and name not in known:
                    known.append(name)
        return found

    def _named(self) -> Iterator[tuple[str, Iterable[str]]]:
        for stage in self.stages:
            for name, title in _titled(stage):
                yield name, (*_with_and_without_brackets(title), *_usual(title))
        for name in self.quantities.indices:
            if _TILDE in unicodedata.normalize("NFD", self.symbols.get(name, name)):
                yield name, _in_all_languages(_CANDIDATE)


def _titled(stage: Stage) -> Iterator[tuple[str, str]]:
    """The quantities of a step with their titles: `Output gate and hidden state` names two."""
    with speaking(SOURCE):
        is_usual = bool(_usual(said(stage.title)))
    for code in names():
        with speaking(code):
            title = said(stage.title)
            parts = title.split(translated("{some} and {last}").replace("{some}", "").replace("{last}", ""))
        if len(parts) == len(stage.of):
            yield from zip(stage.of, parts, strict=True)
        else:
            # A gate or a state is what its step ends with; of other titles nobody can tell.
            yield from ((name, title) for name in (stage.of[-1:] if is_usual else stage.of))


def _with_and_without_brackets(title: str) -> Iterator[str]:
    """`Tính giá trị vector tại cổng quên (forget gate)`: the whole, what is in the brackets, what is before them."""
    yield title
    if match := _BRACKETS.fullmatch(title):
        yield from match.groups()


def _usual(title: str) -> list[str]:
    """Everything that is usually said for a title, in every language."""
    known = [_in_all_languages(one) for one in _USUAL]
    return [word for words in known if _folded(title) in words for word in words]


def _in_all_languages(words: Message) -> list[str]:
    found = []
    for code in names():
        with speaking(code):
            found += [_folded(word) for word in said(words).split("|")]
    return found


def _folded(phrase: str) -> str:
    """The phrase as it is compared: small letters, one blank between words."""
    return " ".join(unicodedata.normalize("NFC", phrase).casefold().replace("_", " ").replace("-", " ").split())


def _spaced(phrase: str) -> str:
    """A pattern for a phrase, however its words are put together: `forget_gate`, `ForgetGate`."""
    return r"[\s_-]*".join(map(re.escape, phrase.split()))
