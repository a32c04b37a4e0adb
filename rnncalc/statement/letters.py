"""The keys that say which letters and which functions a source uses: `rename:` and `activations:`."""

from rnncalc.cell import Cell
from rnncalc.equations import ALIASES, FUNCTIONS, Call, Expr, Ref, parse_expression, refs, walk
from rnncalc.errors import ExerciseError, did_you_mean, short
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader
from rnncalc.rewriting import activated, renamed, with_preactivations
from rnncalc.rewriting.activating import Activation
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node
from rnncalc.system import arities

NO_FUNCTION = ("identity", "linear", "none", "id")


def in_letters(reader: Reader, node: Node | None, cell: Cell) -> Cell:
    """The cell with the letters of `rename:`."""
    if node is None:
        return cell
    known = Quantities(arities(cell.equations), cell.symbols).names
    names: dict[str, Expr] = {}
    for old, new in reader.entries(node, "`rename:`"):
        name = known.get(old.text)
        if name is None:
            hint = did_you_mean(old.text, known, "it has " + ", ".join(arities(cell.equations)))
            reader.problem(f"the network has no quantity `{short(old.text)}`", old, hint)
        elif (expr := _expression(reader, new)) is not None and _is_allowed(reader, cell, name, expr, new):
            names[name] = expr
    return reader.attempt(lambda: renamed(cell, names), cell, node)


def _expression(reader: Reader, node: Node) -> Expr | None:
    text = reader.text(node)
    try:
        return parse_expression(text) if text else None
    except ExerciseError as error:
        for problem in error.problems:
            reader.problem(problem.what, node, problem.hint)
        return None


def _is_allowed(reader: Reader, cell: Cell, name: str, expr: Expr, node: Node) -> bool:
    computed = name in {equation.name for equation in cell.equations}
    indexed = arities(cell.equations)[name] > 0
    if any(ref.indices for ref, _ in refs(expr)):
        reader.problem("a name stands without its position here", node, "write `h: s`, not `h: s[t]`")
    elif not isinstance(expr, Ref) and (computed or indexed):
        what = "has an equation" if computed else "has an index"
        reader.problem(f"`{name}` {what}: it needs a name", node, "write one letter: `h: s`")
    else:
        return True
    return False


def with_activations(reader: Reader, node: Node | None, cell: Cell) -> Cell:
    """The cell with the functions of `activations:`."""
    if node is None:
        return cell
    computed = list(dict.fromkeys(equation.name for equation in cell.equations))
    used = dict.fromkeys(
        part.function for one in cell.equations for part in walk(one.expression) if isinstance(part, Call)
    )
    quantities, functions = dict[str, Activation](), dict[str, Activation]()
    for key, value in reader.entries(node, "`activations:`"):
        activation = read_activation(reader, value)
        function = ALIASES.get(key.text, key.text)
        if key.text not in computed and function not in used:
            hint = f"it uses {', '.join(used)} and computes {', '.join(computed)}"
            what = f"the network neither uses a function nor computes a quantity `{short(key.text)}`"
            reader.problem(what, key, did_you_mean(key.text, [*used, *computed], hint))
        elif activation is None:
            continue
        elif key.text in computed:
            quantities[key.text] = activation
        else:
            functions[function] = activation
    return reader.attempt(lambda: activated(cell, functions, quantities), cell, node)


def with_arguments(reader: Reader, node: Node | None, cell: Cell) -> Cell:
    """The cell with a name for the argument of each activation under `preactivations:`: `z_f` for that of `f`, or the
    name that a source gives it."""
    if node is None:
        return cell
    computed = list(dict.fromkeys(equation.name for equation in cell.equations))
    before = len(reader.problems)
    if isinstance(node, MappingNode):
        names = {reader.choice(name, computed, "quantity"): reader.text(value) for name, value in node.entries}
    else:
        items = reader.items(node, "a list of quantities")
        names = {name: f"z_{name}" for name in (reader.choice(item, computed, "quantity") for item in items)}
    for name in names.values():
        if not name.isidentifier() or name in arities(cell.equations):
            reader.problem(
                f"`{short(name)}` cannot be the name of an argument", node, "write a new name, such as `z_f`"
            )
    if len(reader.problems) > before:
        return cell
    return reader.attempt(lambda: with_preactivations(cell, names), cell, node)


def read_activation(reader: Reader, node: Node) -> Activation | None:
    """A function as a file names it: `relu`, `identity`, or with constants `leaky_relu(x, 0.1)`."""
    text = reader.text(node)
    if text in NO_FUNCTION:
        return lambda argument: argument
    expr = Call(name, (Ref("x"),)) if (name := ALIASES.get(text, text)) in _activations() else None
    if expr is None and "(" in text:
        found = _expression(reader, node)
        expr = found if isinstance(found, Call) and found.arguments[0] == Ref("x") else None
    if expr is None:
        hint = did_you_mean(text, [*_activations(), *NO_FUNCTION], "functions are " + ", ".join(_activations()))
        reader.problem(f"there is no activation `{short(text)}`", node, hint)
        return None
    return lambda argument: Call(expr.function, (argument, *expr.arguments[1:]))


def _activations() -> list[str]:
    return [name for name, row in FUNCTIONS.items() if row.kind in ("elementwise", "softmax")]
