"""How a file states its network: a cell, equations of its own, and their notation → one system of equations."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from rnncalc.cell import Cell, Stage, cell_names, library_cell, read_cell
from rnncalc.equations import Equation
from rnncalc.errors import did_you_mean, short
from rnncalc.reader import Reader
from rnncalc.rewriting import in_rows, layered
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Sequence, read_file
from rnncalc.statement.letters import in_letters, with_activations, with_arguments
from rnncalc.statement.stack import MASK, MOST_LAYERS, OUTPUT, read_directions, read_output, with_batch, with_mask
from rnncalc.statement.weights import are_rows, with_fused_weights, with_joined_weights
from rnncalc.system import all_refs, checked, counted_inside

__all__ = ["MASK", "NOTATION", "OUTPUT", "Statement", "read_statement"]


class Statement(Struct, frozen=True):
    """The network of a file: `cell` is the one it names. It is not `sound` if something of it is wrong, which has been
    reported. With `rows`, vectors are rows: `[1, 2]` is 1×2."""

    cell: Cell | None
    equations: tuple[Equation, ...]
    symbols: dict[str, str]
    stages: tuple[Stage, ...]
    rows: bool
    sound: bool


NOTATION = ("rename", "activations", "preactivations", "concat", "fused")
"""The keys that may also stand in a layer by itself."""


def in_notation(reader: Reader, keys: Mapping[str, Node], network: Cell) -> Cell:
    """The network in the letters of the source, with its weights laid out as there."""
    network = in_letters(reader, keys.get("rename"), network)
    network = with_activations(reader, keys.get("activations"), network)
    network = with_arguments(reader, keys.get("preactivations"), network)
    network = with_joined_weights(reader, keys.get("concat"), network)
    return with_fused_weights(reader, keys.get("fused"), network)


class _StatementReader:
    """Reads the keys that state the network, for the reader of the file."""

    def __init__(self, reader: Reader, keys: Mapping[str, Node], root: Node, folder: Path, cell: str | None) -> None:
        self.reader, self.keys, self.root, self.folder, self.cell_asked = reader, keys, root, folder, cell

    def read(self) -> Statement:
        keys, reader, before = self.keys, self.reader, len(self.reader.problems)
        own_symbols = reader.names_to_text(keys.get("symbols"), "`symbols:`")
        cell = self.cell(keys.get("cell"), keys.get("equations"))
        own = counted_inside(reader.equations(keys.get("equations"), self.root))
        if cell is None and keys.keys().isdisjoint(("equations", "layers")) and len(reader.problems) == before:
            hint = "write `cell: lstm` (`rnncalc cells` lists all), or `equations: |` and one equation a line below"
            reader.problem("nothing says which network this is", keys.get("cell") or self.root, hint)
        self.rows = are_rows(reader, keys.get("vectors"))
        # Without a cell, the notation is that of the equations.
        self.has_cell = cell is not None or isinstance(keys.get("layers"), Sequence)
        network = cell or Cell("", "", "", own)
        if len(reader.problems) == before:
            network = self.in_form(network)
        together = (*network.equations, *(own if self.has_cell else ()))
        equations = reader.attempt(lambda: checked(together), together)
        symbols = {**network.symbols, **own_symbols}
        return Statement(cell, equations, symbols, network.stages, self.rows, len(reader.problems) == before)

    def in_form(self, network: Cell) -> Cell:
        """The network with its layers, in the letters and the form that the file asks for."""
        reader, keys = self.reader, self.keys
        directions, output = read_directions(reader, keys), read_output(reader, keys.get("output"))
        cells = self.layers(keys.get("layers"), network)
        network = reader.attempt(lambda: layered(cells, directions, output), network, self.place_of_form())
        network = with_mask(reader, keys.get("mask"), network)
        network = with_batch(reader, keys.get("batch"), network)
        # Equations of the file are as the source writes them, in rows already.
        return in_rows(network) if self.rows and self.has_cell else network

    def place_of_form(self) -> Node:
        return next((self.keys[key] for key in ("layers", "bidirectional", "output") if key in self.keys), self.root)

    def layers(self, node: Node | None, network: Cell) -> list[Cell]:
        """The cells of the layers, from the lowest to the highest."""
        if not isinstance(node, Sequence):
            count = self.reader.whole(node, 1, MOST_LAYERS) if node else 1
            return [in_notation(self.reader, self.keys, network)] * (count or 1)
        before = len(self.reader.problems)
        for key in ("cell", *NOTATION):
            if key in self.keys:
                more = "" if key == "cell" else f"{key}: "
                what = f"`{key}:` stands beside layers that have cells of their own"
                self.reader.problem(what, self.keys[key], f"write it inside the layers: `- {{cell: lstm, {more}…}}`")
        cells = [self.layer(item) for item in node.items]
        return cells if len(self.reader.problems) == before and cells else [network]

    def layer(self, item: Node) -> Cell:
        keys = self.reader.mapping(item, ("cell", *NOTATION), "a layer") if isinstance(item, MappingNode) else {}
        place = keys.get("cell", item)
        if isinstance(place, MappingNode):
            self.reader.problem("this layer has no cell", item, "write `{cell: lstm}`")
            return Cell("", "", "", ())
        cell = self.named_as(self.reader.text(place), place)
        return in_notation(self.reader, keys, cell) if cell else Cell("", "", "", ())

    def cell(self, node: Node | None, own: Node | None) -> Cell | None:
        text, asked = self.reader.text(node), self.cell_asked
        if asked and text and text != asked:
            what = f"this exercise is for the cell `{text}`, but `{asked}` was asked for"
            self.reader.problem(what, node, f"leave `{asked}` out of the command, or change `cell:`")
        elif asked and own and not text and not self.builds_on(own, library_cell(asked)):
            what = f"this exercise states a network of its own, but the cell `{asked}` was asked for"
            self.reader.problem(what, own, f"leave `{asked}` out of the command")
            return None
        if not text and asked:
            return self.named_as(asked, self.root)
        return self.named_as(text, node or self.root) if text else None

    def named_as(self, text: str, node: Node) -> Cell | None:
        """A cell by its name, or by the path to its file."""
        if text.endswith((".yaml", ".yml")):
            file = self.folder / text
            return self.reader.attempt(lambda: read_cell(read_file(file), file.stem), None, node)
        if text in cell_names():
            return library_cell(text)
        hint = did_you_mean(text, cell_names(), "`rnncalc cells` lists them; a file of your own ends in `.yaml`")
        self.reader.problem(f"there is no cell `{short(text)}`", node, hint)
        return None

    def builds_on(self, own: Node, cell: Cell) -> bool:
        """Whether equations of the file's own use what the cell computes."""
        computed = {equation.name for equation in cell.equations}
        used = {ref.name for equation in Reader().equations(own, self.root) for ref in all_refs(equation)}
        return not used or not computed.isdisjoint(used)


def read_statement(
    reader: Reader, keys: Mapping[str, Node], root: Node, folder: Path, cell: str | None = None
) -> Statement:
    """The network of a file with these keys. Cell files lie in `folder`; `cell` names the network if the file does
    not."""
    return _StatementReader(reader, keys, root, folder, cell).read()
