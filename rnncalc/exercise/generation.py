"""Sequences that end by themselves: `stop: {w: "."}`, and a network cut where that word was first chosen.

The order of computation is made before any number is known. So the whole length is computed first, and then, where the
word comes up earlier, the network of the shorter sequence: sums and last positions are those of the sequence itself.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Equation, Position, Ref, plan
from rnncalc.errors import did_you_mean, short
from rnncalc.exercise.given import extents_of
from rnncalc.exercise.network import Network
from rnncalc.exercise.vocabulary import Vocabulary, listed
from rnncalc.reader import Reader
from rnncalc.source import Node
from rnncalc.system import all_refs


class Stop(Struct, frozen=True):
    """The sequence along `letter` ends where entry `number` of a quantity is the greatest: it stands for `word`."""

    name: str
    letter: str
    number: int
    word: str


def read_stop(
    reader: Reader, keys: Mapping[str, Node], equations: Iterable[Equation], words: Mapping[str, Vocabulary]
) -> Stop | None:
    """The `stop:` of a file. A loss compares with a sequence of known length, so that the two exclude each other."""
    node = keys.get("stop")
    if node is None:
        return None
    if "loss" in keys or "upstream" in keys:
        hint = "leave one of them out: a loss compares with targets, whose number is known before"
        reader.problem("a sequence that ends by itself has no loss", node, hint)
        return None
    entries = reader.entries(node, "`stop:`")
    if len(entries) != 1:
        reader.problem("`stop:` names a quantity and its last word", node, 'write `stop: {w: "."}`')
        return None
    ((name, value),) = entries
    letters = {equation.name: equation.indices for equation in equations}
    spoken = [one for one in words if len(letters.get(one, ())) == 1]
    if name.text not in spoken:
        known = "words are chosen for " + ", ".join(spoken) if spoken else "add `vocabulary:`"
        what = f"no words are chosen for `{short(name.text)}` at each step"
        reader.problem(what, name, did_you_mean(name.text, spoken, known))
        return None
    vocabulary, word = words[name.text], reader.text(value)
    if word not in vocabulary:
        known = did_you_mean(word, vocabulary, f"it has {listed(vocabulary)}") or ""
        reader.problem(f"`{short(word)}` is not in the vocabulary", value, known)
        return None
    return Stop(name.text, letters[name.text][0], vocabulary.index(word), word)


def cut(network: Network, stop: Stop, length: int, asked: Iterable[Ref]) -> tuple[Network, tuple[Ref, ...]]:
    """The network of the first so many steps, and what of the questions exists there; the chosen words, if nothing."""
    equations = network.plan.equations
    slots = {
        (ref.name, slot)
        for equation in equations
        for ref in all_refs(equation)
        for slot, index in enumerate(ref.indices)
        if index.base.lower() == stop.letter
    }

    def exists(name: str, position: Position) -> bool:
        return all(place <= length for slot, place in enumerate(position) if (name, slot) in slots)

    given = {
        name: replace(one, values={at: rows for at, rows in one.values.items() if exists(name, at)})
        for name, one in network.given.items()
    }
    data = {(name, at): rows for (name, at), rows in network.data.items() if exists(name, at)}
    extents = extents_of(given)
    refs = [ref for ref in asked if exists(ref.name, tuple(index.offset for index in ref.indices if not index.base))]
    stated = {**network.plan.lengths, stop.letter: length}
    shorter = plan(equations, refs or [Ref(stop.name)], extents=extents, stated=stated)
    zero = tuple(key for key in shorter.boundary if key not in data or key in network.zero_states)
    return replace(network, plan=shorter, given=given, data=data, zero_states=zero), tuple(refs or [Ref(stop.name)])
