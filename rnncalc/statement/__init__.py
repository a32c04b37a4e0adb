"""How a file states its network: a cell, equations of its own, and their notation → one system of equations."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from rnncalc.cell import Cell, Stage, cell_names, library_cell, read_cell
from rnncalc.equations import Equation
from rnncalc.errors import did_you_mean
from rnncalc.reader import Reader, short
from rnncalc.rewriting import in_rows
from rnncalc.source import Node, read_file
from rnncalc.statement.letters import in_letters, with_activations
from rnncalc.statement.weights import are_rows, with_fused_weights, with_joined_weights
from rnncalc.system import all_refs, checked


class Statement(Struct, frozen=True):
    """The network of a file: `cell` is the one it names. It is not `sound` if something of it is wrong, which has been
    reported. With `rows`, vectors are rows: `[1, 2]` is 1×2."""

    cell: Cell | None
    equations: tuple[Equation, ...]
    symbols: dict[str, str]
    stages: tuple[Stage, ...]
    rows: bool
    sound: bool


class _StatementReader:
    """Reads the keys that state the network, for the reader of the file."""

    def __init__(self, reader: Reader, keys: Mapping[str, Node], root: Node, folder: Path, cell: str | None) -> None:
        self.reader, self.keys, self.root, self.folder, self.cell_asked = reader, keys, root, folder, cell

    def read(self) -> Statement:
        keys, reader, before = self.keys, self.reader, len(self.reader.problems)
        own_symbols = reader.names_to_text(keys.get("symbols"), "`symbols:`")
        cell = self.cell(keys.get("cell"), keys.get("equations"))
        own = reader.equations(keys.get("equations"), self.root)
        if cell is None and "equations" not in keys and len(reader.problems) == before:
            hint = "write `cell: lstm` (`rnncalc cells` lists all), or `equations: |` and one equation a line below"
            reader.problem("nothing says which network this is", keys.get("cell") or self.root, hint)
        self.rows = are_rows(reader, keys.get("vectors"))
        # Without a cell, the notation is that of the equations.
        network = cell or Cell("", "", "", own)
        if len(reader.problems) == before:
            network = self.in_notation(network)
        together = (*network.equations, *(own if cell else ()))
        equations = reader.attempt(lambda: checked(together), together)
        symbols = {**network.symbols, **own_symbols}
        return Statement(cell, equations, symbols, network.stages, self.rows, len(reader.problems) == before)

    def in_notation(self, network: Cell) -> Cell:
        """The network in the letters and the form that the file asks for."""
        reader, keys = self.reader, self.keys
        network = in_letters(reader, keys.get("rename"), network)
        network = with_activations(reader, keys.get("activations"), network)
        network = with_joined_weights(reader, keys.get("concat"), network)
        network = with_fused_weights(reader, keys.get("fused"), network)
        # Equations of the file alone are as the source writes them, in rows already.
        return in_rows(network) if self.rows and network.name else network

    def cell(self, node: Node | None, own: Node | None) -> Cell | None:
        text, asked = self.reader.text(node), self.cell_asked
        if asked and text and text != asked:
            what = f"this exercise is for the cell `{text}`, but `{asked}` was asked for"
            self.reader.problem(what, node, f"leave `{asked}` out of the command, or change `cell:`")
        elif asked and own and not text and not self.builds_on(own, library_cell(asked)):
            what = f"this exercise states a network of its own, but the cell `{asked}` was asked for"
            self.reader.problem(what, own, f"leave `{asked}` out of the command")
            return None
        text = text or asked or ""
        if not text:
            return None
        if text.endswith((".yaml", ".yml")):
            file = self.folder / text
            return self.reader.attempt(lambda: read_cell(read_file(file), file.stem), None, node)
        if text in cell_names():
            return library_cell(text)
        hint = did_you_mean(text, cell_names(), "`rnncalc cells` lists them; a file of your own ends in `.yaml`")
        self.reader.problem(f"there is no cell `{short(text)}`", node or self.root, hint)
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
