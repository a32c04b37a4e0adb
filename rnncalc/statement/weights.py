"""The keys that say how a source lays out its weights: `concat:`, `fused:` and `vectors:`."""

from rnncalc.cell import Cell
from rnncalc.errors import did_you_mean, short
from rnncalc.reader import Reader
from rnncalc.rewriting import fused, joined
from rnncalc.source import Node
from rnncalc.system import arities

VECTORS = ("columns", "rows")


def with_joined_weights(reader: Reader, node: Node | None, cell: Cell) -> Cell:
    """The cell with one matrix for the quantities of `concat:`, such as `[h, x]`."""
    if node is None:
        return cell
    indexed = [name for name, count in arities(cell.equations).items() if count]
    before = len(reader.problems)
    order = [reader.choice(item, indexed, "state or input") for item in reader.items(node, "a list of quantities")]
    if len(set(order)) < 2 or len(set(order)) < len(order):
        reader.problem("two different quantities were expected", node, "write `concat: [h, x]`")
    return cell if len(reader.problems) > before else reader.attempt(lambda: joined(cell, order), cell, node)


def with_fused_weights(reader: Reader, node: Node | None, cell: Cell) -> Cell:
    """The cell with the arrays of `fused:`; a block is named as the parameter, or by what follows the array's name."""
    known = arities(cell.equations)
    computed = {equation.name for equation in cell.equations}
    parameters = [name for name, count in known.items() if not count and name not in computed]
    blocks: dict[str, list[str]] = {}
    before, taken = len(reader.problems), set[str]()
    for array, value in reader.entries(node, "`fused:`"):
        if array.text in known:
            hint = "give the whole array another name"
            reader.problem(f"`{array.text}` is a quantity of the network already", array, hint)
        parts = []
        for item in reader.items(value, "a list of gates"):
            text = reader.text(item)
            name = next((one for one in (text, f"{array.text}_{text}") if one in parameters), "")
            if not name:
                others = "parameters are " + ", ".join(parameters)
                what = f"the network has no parameter `{short(text)}` or `{short(f'{array.text}_{text}')}`"
                reader.problem(what, item, did_you_mean(text, parameters, others))
            elif name in taken:
                reader.problem(f"`{name}` is a block already", item, "name each parameter once")
            taken.add(name)
            parts.append(name)
        if len(parts) < 2:
            reader.problem("two blocks or more were expected", value, "write `W: [f, i, c, o]`")
        blocks[array.text] = parts
    return cell if len(reader.problems) > before or not blocks else fused(cell, blocks)


def are_rows(reader: Reader, node: Node | None) -> bool:
    """Whether `vectors:` says that the source multiplies x W."""
    return node is not None and reader.choice(node, VECTORS, "kind of vectors") == "rows"
