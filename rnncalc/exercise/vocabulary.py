"""The words that the entries of a quantity stand for: those of a one-hot column, of a distribution, of a choice."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import FUNCTIONS, Call, Equation, OpenShape, Ref
from rnncalc.errors import Problem
from rnncalc.reader import Rows
from rnncalc.source import Node

Vocabulary = tuple[str, ...]
MOST_LISTED = 12


class Words(Struct, frozen=True):
    """A file's words: its `keys` with numbers in their place, the equations and steps of its embeddings, and the words
    that entries stand for: of the quantities in `own`, of the targets of a short loss, and of all others."""

    keys: Mapping[str, Node]
    general: Vocabulary
    own: Mapping[str, Vocabulary]
    targets: Vocabulary
    equations: tuple[Equation, ...] = ()
    stages: tuple[Stage, ...] = ()
    places: Mapping[str, Node] = {}
    """Where a quantity was given a vocabulary of its own."""

    def misfits(self, sizes: Mapping[str, OpenShape]) -> Iterator[Problem]:
        """A problem for each quantity that has another number of entries than words."""
        for name, place in self.places.items():
            entries, count = max(size or 0 for size in sizes[name]), len(self.own[name])
            if None not in sizes[name] and count and entries != count:
                what = f"`{name}` has {entries} {'entry' if entries == 1 else 'entries'}, but {count} words"
                yield Problem(what, place.span, "each entry stands for a word of the vocabulary")

    def spoken(
        self, equations: Iterable[Equation], targets: Iterable[str], sizes: Mapping[str, OpenShape]
    ) -> dict[str, Vocabulary]:
        """The vocabulary of every quantity whose entries stand for words: those that the file gives one, distributions
        over the general one, and what is chosen among the entries of such a quantity."""
        found = {**dict.fromkeys(targets, self.targets), **self.own}
        for equation in equations:
            match equation.expression:
                case _ if chosen := choice(equation):
                    found.setdefault(equation.name, found.setdefault(chosen[1], self.general))
                case Call(function, _) if FUNCTIONS[function].kind in ("softmax", "choice"):
                    found.setdefault(equation.name, self.general)
        return {
            name: words
            for name, words in found.items()
            if words and sizes.get(name) in ((len(words), 1), (1, len(words)))
        }


def choice(equation: Equation) -> tuple[str, str] | None:
    """What is chosen, and among the entries of what: w and y of w[t] = onehot_argmax(y[t])."""
    match equation.expression:
        case Call(function, (Ref(name), *_)) if FUNCTIONS[function].kind == "choice":
            return equation.name, name
    return None


def listed(vocabulary: Vocabulary) -> str:
    """The words as messages list them."""
    return ", ".join(vocabulary[:MOST_LISTED]) + (", …" if len(vocabulary) > MOST_LISTED else "")


def word_of(rows: Rows, vocabulary: Vocabulary) -> str | None:
    """The word that a one-hot column stands for."""
    entries = [entry for row in rows for entry in row]
    ones = [number for number, entry in enumerate(entries) if entry == 1]
    one_hot = len(ones) == 1 and all(entry == 0 for entry in entries if entry != 1)
    return vocabulary[ones[0]] if one_hot and len(entries) == len(vocabulary) else None
