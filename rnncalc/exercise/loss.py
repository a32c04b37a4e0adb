"""What is differentiated, as a file says it: an equation, a short form with targets, or adjoints given from above.

    loss: L = sum((y[t] - d[t]) ** 2, t)
    loss: {kind: cross entropy, of: y, targets: [[0, 1], [1, 0]]}        at: last, over: mean
    upstream: {h_2: [1, 0], c_2: [0, 1]}                                 L = sum(…·h[2]) + sum(…·c[2])

A short form becomes an equation like any other, and its targets become data.
"""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.cell import Stage
from rnncalc.equations import Equation, Index, Position, Ref, parse_equations
from rnncalc.exercise.given import Given, read_positions, read_quantity
from rnncalc.formula import letters_of
from rnncalc.languages import Message
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader, Rows
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node
from rnncalc.system import arities, counted_inside

# What stands before the sum, and what one position contributes to it: y is the output, d its target.
KINDS = {
    "squared error": ("", "({y} - {d}) ** 2"),
    "half squared error": ("1 / 2 * ", "({y} - {d}) ** 2"),
    "cross entropy": ("-", "{d} * log({y})"),
    "softmax cross entropy": ("-", "{d} * log(softmax({y}))"),
    "binary cross entropy": ("-", "({d} * log({y}) + (1 - {d}) * log(1 - {y}))"),
}
# The kinds that compare distributions, with the one the output stands for: they add the likelihood of each target and
# the perplexity, e to the mean of the loss.
LIKELIHOODS = {"cross entropy": "{y}", "softmax cross entropy": "softmax({y})"}
KEYS = {
    "kind": "squared error, half squared error, cross entropy, softmax cross entropy (of scores), binary cross entropy",
    "of": "the output: `y`",
    "targets": "what it should be, one row per time step; for a cross entropy also classes, counted from 1",
    "at": "every (position) or last; where the output has one position for each target, every",
    "over": "sum or mean of the positions",
}


class Loss(Struct, frozen=True):
    """The loss `name`, with the equation and the data that a short form stands for, and how they are printed.
    `classes` is the output whose targets are given as numbers of classes."""

    name: str
    equations: tuple[Equation, ...] = ()
    given: Mapping[str, Given] = {}
    symbols: Mapping[str, str] = {}
    classes: str = ""
    stages: tuple[Stage, ...] = ()


def one_hot(reader: Reader, loss: Loss, size: int) -> dict[str, Given]:
    """The data of a loss, with a column of so many entries for each class."""
    return {name: replace(one, values=_columns(reader, one, size)) for name, one in loss.given.items()}


def _columns(reader: Reader, classes: Given, size: int) -> dict[Position, Rows]:
    found: dict[Position, Rows] = {}
    for position, ((number,),) in classes.values.items():
        if number not in range(1, size + 1):
            what = f"there is no class {number}: the output has {size} entries"
            reader.problem(what, classes.span, f"classes are counted from 1 to {size}")
        entries = tuple(Fraction(int(place == number)) for place in range(1, size + 1))
        found[position] = (entries,) if reader.rows else tuple((entry,) for entry in entries)
    return found


def read_loss(
    reader: Reader, keys: Mapping[str, Node], equations: tuple[Equation, ...], symbols: Mapping[str, str]
) -> Loss | None:
    """The loss of a file, if it has one."""
    node, upstream = keys.get("loss"), keys.get("upstream")
    if node is not None and upstream is not None:
        reader.problem("`loss:` and `upstream:` exclude each other", upstream, "leave one of them out")
    if upstream is not None:
        return _Forms(reader, equations, symbols).upstream(upstream)
    if isinstance(node, MappingNode):
        return _Forms(reader, equations, symbols).short(node)
    if node is None:
        return None
    if (name := reader.text(node)) in {equation.name for equation in equations}:
        return Loss(name)
    own = counted_inside(reader.equations(node, node))
    if len(own) > 1 or (own and own[0].target.indices):
        reader.problem("a loss is one number: one equation without an index", node, "write `L = sum(…, t)`")
    return Loss(own[0].name, own) if own else None


class _Forms:
    def __init__(self, reader: Reader, equations: tuple[Equation, ...], symbols: Mapping[str, str]) -> None:
        self.reader, self.symbols = reader, symbols
        self.targets = {equation.name: equation.target for equation in equations}
        self.arity = arities(equations)
        self.quantities = Quantities(self.arity, symbols)

    def free(self, *names: str) -> str:
        """The first of the names that no quantity has; the last one lengthened if none is free."""
        last = names[-1]
        while last in self.arity:
            last += "_"
        return next((name for name in names if name not in self.arity), last)

    def output(self, node: Node) -> Ref | None:
        ref = read_quantity(self.reader, node, self.quantities)
        if ref and ref.name not in self.targets:
            what = f"`{ref.name}` is given, not computed: a loss compares an output with its target"
            self.reader.problem(what, node, f"the equations compute {', '.join(self.targets)}")
            return None
        return ref

    # -- with targets

    def short(self, node: MappingNode) -> Loss | None:
        reader = self.reader
        keys = reader.mapping(node, KEYS, "a loss")
        for key in ("kind", "of", "targets"):
            if key not in keys:
                example = "loss: {kind: cross entropy, of: y, targets: [[0, 1]]}"
                reader.problem(f"`{key}:` is missing", node, f"write `{example}`")
        if not {"kind", "of", "targets"} <= set(keys):
            return None
        kind = reader.choice(keys["kind"], KINDS, "kind of loss")
        place = reader.choice(keys["at"], ("every", "last"), "place") if "at" in keys else "every"
        over = reader.choice(keys["over"], ("sum", "mean"), "way to add up") if "over" in keys else "sum"
        output = self.output(keys["of"])
        if output is None or kind not in KINDS:
            return None
        return self.compared(kind, output, place == "last", over == "mean", keys["targets"])

    def compared(self, kind: str, output: Ref, last: bool, mean: bool, node: Node) -> Loss | None:
        letters = list(self.targets[output.name].letters)
        single = bool(output.indices) or last or not letters
        given = self.given(self.free("d", "target"), node, 0 if single else len(letters))
        if given is None:
            return None
        at = [_position(index) for index in output.indices] or [
            letter.upper() if last else letter for letter in letters
        ]
        names = {"y": _at(output.name, at), "d": _at(given.name, [] if single else letters)}
        plain = all(len(rows) == len(rows[0]) == 1 for rows in given.values.values())
        classes = plain and kind in ("cross entropy", "softmax cross entropy")
        before, inside = KINDS[kind]
        text = inside.format(**names)
        text = text if plain and not classes else f"sum({text})"
        for letter in [] if single else letters:
            text = f"sum({text}, {letter})"
        loss, count = self.free("L", "Loss"), len(given.values)
        text = f"{loss} = {before}{text}" + (f" / {count}" if mean else "")
        places, terms = [] if single else letters, 1 if mean or single else count
        lines, stages = self.quality(kind, names, loss, places, terms) if kind in LIKELIHOODS else ([], ())
        equations = parse_equations("\n".join([text, *lines]), lambda line, column, length: node.span)
        return Loss(loss, equations, {given.name: given}, {}, output.name if classes else "", stages)

    def quality(
        self, kind: str, names: Mapping[str, str], loss: str, places: list[str], terms: int
    ) -> tuple[list[str], tuple[Stage, ...]]:
        """The likelihood of each target and the perplexity of a loss that adds up so many terms."""
        likelihood, perplexity = self.free("likelihood"), self.free("perplexity")
        lines = [
            f"{_at(likelihood, places)} = sum({names['d']} * {LIKELIHOODS[kind].format(**names)})",
            f"{perplexity} = exp({loss}{f' / {terms}' if terms > 1 else ''})",
        ]
        return lines, (
            Stage(Message("Likelihood of the target"), Message("what the output gives to it"), (likelihood,)),
            Stage(Message("Perplexity"), Message("as unsure as among so many equal choices"), (perplexity,)),
        )

    def given(self, name: str, node: Node, levels: int) -> Given | None:
        """The targets: an array for each position."""
        found = read_positions(self.reader, name, node, levels)
        return found if found.sound else None

    # -- adjoints from above

    def upstream(self, node: Node) -> Loss | None:
        terms, given, symbols = [], {}, {}
        for key, value in self.reader.entries(node, "`upstream:`"):
            ref, rows = self.output(key), self.reader.array(value)
            if ref is None or rows is None:
                continue
            if len(ref.indices) < self.arity[ref.name]:
                self.reader.problem(f"`{key.text}` needs a position", key, f"write `{ref.name}_2: …`")
                continue
            at = [_position(index) for index in ref.indices]
            name = self.free("_".join(["up", ref.name, *at]))
            product = f"{name} * {_at(ref.name, at)}"
            terms.append(product if len(rows) == len(rows[0]) == 1 else f"sum({product})")
            given[name] = Given(name, {(): rows}, value.span)
            letters = self.symbols.get(ref.name, letters_of(ref.name))
            symbols[name] = f"{letters}\u0304" + (f"_{','.join(at)}" if at else "")
        if not terms:
            return None
        loss = self.free("L", "Loss")
        equations = parse_equations(f"{loss} = {' + '.join(terms)}", lambda line, column, length: node.span)
        return Loss(loss, equations, given, symbols)


def _position(index: Index) -> str:
    return f"{index.base}{index.offset:+d}" if index.base and index.offset else index.base or str(index.offset)


def _at(name: str, places: list[str]) -> str:
    return f"{name}[{','.join(places)}]" if places else name
