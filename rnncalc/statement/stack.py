"""The keys that repeat a cell and read its state: layers, directions, an output, a mask, several sequences."""

from collections.abc import Mapping

from rnncalc.cell import Cell
from rnncalc.reader import Reader
from rnncalc.rewriting import MERGES, Directions, Output, batched, masked
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Sequence
from rnncalc.statement.letters import read_activation

MOST_LAYERS = 100
OUTPUT = {
    "activation": "its function: `softmax`, `sigmoid`, `linear`",
    "at": "`every` (position) or `last`",
    "name": "what the output is called, `y` by default",
    "weights": "its matrix, `V` by default; `0` for none",
    "bias": "its bias, `b_y` by default; `0` for none",
}

MASK = {
    "input": "the input that is 1 inside the sequence and 0 behind it",
    "outputs": "`zero`: outputs are 0 where the mask is; `kept`: they read the state that is kept, as by default",
}


def read_directions(reader: Reader, keys: Mapping[str, Node]) -> Directions:
    """Whether the network also runs backward, and how both directions are put together."""
    both = reader.choice(keys["bidirectional"], ("true", "false", "shared"), "way") if "bidirectional" in keys else ""
    merge = keys.get("merge")
    if merge is None:
        return Directions(both in ("true", "shared"), both == "shared")
    if both in ("", "false"):
        reader.problem("there is one direction only: nothing is merged", merge, "write `bidirectional: true` too")
    items = [reader.text(item) for item in merge.items] if isinstance(merge, Sequence) else [reader.text(merge)]
    way = ", ".join(items)
    if way not in MERGES:
        hint = "write `[forward, backward]`, `[backward, forward]`, `sum`, `mean` or `product`"
        reader.problem("this is no way to put two directions together", merge, hint)
        return Directions(True)
    return Directions(both in ("true", "shared"), both == "shared", way)


def read_output(reader: Reader, node: Node | None) -> Output | None:
    """The output layer: `softmax`, or `{activation: softmax, at: last}`."""
    if node is None:
        return None
    keys = reader.mapping(node, OUTPUT, "an output") if isinstance(node, MappingNode) else {"activation": node}
    if "activation" not in keys:
        reader.problem("`activation:` is missing", node, "write `softmax`, `sigmoid` or `linear`")
        return None
    activation = read_activation(reader, keys["activation"])
    last = reader.choice(keys["at"], ("every", "last"), "place") == "last" if "at" in keys else False
    name, weights, bias = (
        reader.text(keys[key]) if key in keys else default
        for key, default in (("name", "y"), ("weights", "V"), ("bias", "b_y"))
    )
    if activation is None:
        return None
    return Output(activation, last, name, *(None if text == "0" else text for text in (weights, bias)))


def with_mask(reader: Reader, node: Node | None, network: Cell) -> Cell:
    """The network with a mask: `m`, or `{input: m, outputs: zero}`."""
    if node is None:
        return network
    keys = reader.mapping(node, MASK, "a mask") if isinstance(node, MappingNode) else {"input": node}
    name = reader.text(keys.get("input"))
    zero = "outputs" in keys and reader.choice(keys["outputs"], ("zero", "kept"), "way") == "zero"
    if not name.isidentifier():
        reader.problem("a mask is the name of an input", node, "write `mask: m`, and `m: [1, 1, 0]` under `inputs:`")
        return network
    return reader.attempt(lambda: masked(network, name, zero), network, node)


def with_batch(reader: Reader, node: Node | None, network: Cell) -> Cell:
    """The network for several sequences, which a letter numbers: `batch: n`."""
    if node is None:
        return network
    letter = reader.text(node)
    if not (len(letter) == 1 and letter.isascii() and letter.islower()):
        reader.problem("sequences are numbered by an index letter", node, "write `batch: n`")
        return network
    return reader.attempt(lambda: batched(network, letter), network, node)
