"""An exercise file → a checked Exercise. Every problem of the file is found in one reading and points at its place."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from msgspec import Struct

from rnncalc.backward import Backward, backward
from rnncalc.cell import Cell, Stage, cell_names, library_cell, read_cell, read_stages
from rnncalc.equations import Equation, Position, Ref, refs, source
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.network import Given, Network, connect
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader, Rows, comma_hint
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node, Scalar, Sequence, read_file, read_text

# The keys of an exercise file: what each is for, and the JSON Schema of its value. `rnncalc schema` is made from this.
KEYS: dict[str, tuple[str, Mapping[str, object]]] = {
    "title": ("What is asked, in a few words", {"type": "string"}),
    "source": ("Where the exercise comes from", {"type": "string"}),
    "note": ("A remark for the reader of the solution", {"type": "string"}),
    "cell": ("A network of the library (`rnncalc cells`), or a path to a cell file", {"type": "string"}),
    "equations": (
        "Equations of your own, one a line; with `cell:` they are added to those of the cell",
        {"type": "string"},
    ),
    "symbols": (
        "Printed letters: `{B: A′}` prints A′ where the equations say B",
        {"type": "object", "additionalProperties": {"type": "string"}},
    ),
    "steps": (
        "Titles of the solution's steps: `- {title: …, remark: …, of: [quantities]}`",
        {"type": "array", "items": {"$ref": "#/$defs/step"}},
    ),
    "find": (
        "What is asked for: `[h_1, y]`; a name without a position means all its positions",
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    ),
    "loss": (
        "What is differentiated: an equation `L = sum((y[t] - d[t]) ** 2, t)`, or the name of a quantity that has one",
        {"type": "string"},
    ),
    "inputs": (
        "Inputs, one row per time step: `x: [[2, 3, -1]]`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "parameters": (
        "Weights and biases: `W_f: [[1, -2], [5, 0]]`, `b_f: [5, 2]`",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "initial": (
        "States before the first step (behind the last, if it runs backward); zero by default",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
    "lengths": (
        "How far an index runs where no input tells: `{t: 5}`",
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    ),
    "expect": (
        "Values that are known to be right, to the digits written: makes the file its own test",
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/array"}},
    ),
}

MAX_LENGTH = 10_000_000


class Expected(Struct, frozen=True):
    """A value the author of the file says is right: the entries as written, row by row."""

    quantity: Ref
    values: Rows
    units: tuple[Fraction, ...]
    """One unit of the last digit written, entry by entry; 0 where the value is written exactly, as a fraction."""
    span: Span


class Exercise(Struct, frozen=True):
    """A checked exercise. `network` is its equations with its data, ready to compute."""

    name: str
    title: str
    source: str
    note: str
    cell: Cell | None
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]
    find: tuple[Ref, ...]
    network: Network
    quantities: Quantities
    expect: tuple[Expected, ...] = ()
    adjoints: frozenset[str] = frozenset()
    """The quantities of the backward pass."""


def load(file: str | Path, cell: str | None = None) -> Exercise:
    """The exercise in a file; `cell` supplies the network if the file names none.

    Raises ExerciseError with every problem of the file, UsageError if the file cannot be opened.
    """
    path = Path(file)
    return _ExerciseReader(path.stem, path.parent, cell).read(read_file(path))


def loads(text: str | bytes, name: str = "<stdin>", cell: str | None = None) -> Exercise:
    """The exercise in a text, as `load`."""
    return _ExerciseReader(name, Path(), cell).read(read_text(text, name))


class _ExerciseReader(Reader):
    def __init__(self, name: str, folder: Path, cell: str | None) -> None:
        super().__init__()
        self.name, self.folder, self.cell_asked = name, folder, cell

    def read(self, node: Node) -> Exercise:
        self.root = node
        keys = self.mapping(node, KEYS, "an exercise")
        cell = self.cell(keys.get("cell"))
        equations = self.all_equations(cell, keys.get("equations"))
        equations = (*equations, *self.loss(keys.get("loss"), equations))
        if not equations:
            self.finish()
        symbols = {**(cell.symbols if cell else {}), **self.names_to_text(keys.get("symbols"))}
        arity = {ref.name: len(ref.indices) for equation in equations for ref in _all_refs(equation)}
        self.check_names(keys.get("symbols"), arity, "symbols")
        quantities = Quantities(arity, symbols)
        back = self.backward(keys, equations, quantities, symbols)
        if back:
            equations = (*equations, *back.equations)
            symbols |= back.symbols
            arity |= {equation.name: len(equation.target.indices) for equation in back.equations}
            quantities = Quantities(arity, symbols, back.spellings)
        find = self.find(keys.get("find"), equations, quantities)
        network = self.network(keys, equations, find, quantities, back.names if back else frozenset())
        expect = tuple(self.expected(keys.get("expect"), quantities))
        stages = (
            *(cell.stages if cell else ()),
            *read_stages(self, keys.get("steps"), equations),
            *(back.stages if back else ()),
        )
        self.finish()
        assert network is not None, "a network that cannot be put together is a problem"
        return Exercise(
            name=self.name,
            title=self.text(keys.get("title")) or self.name,
            source=self.text(keys.get("source")),
            note=self.text(keys.get("note")),
            cell=cell,
            symbols=symbols,
            stages=stages,
            find=find,
            network=network,
            quantities=quantities,
            expect=expect,
            adjoints=back.names if back else frozenset(),
        )

    # -- the network

    def cell(self, node: Node | None) -> Cell | None:
        text = self.text(node)
        if self.cell_asked and text and text != self.cell_asked:
            what = f"this exercise is for the cell `{text}`, but `{self.cell_asked}` was asked for"
            self.problem(what, node, f"leave `{self.cell_asked}` out of the command, or change `cell:`")
        text = text or self.cell_asked or ""
        if not text:
            return None
        if text.endswith((".yaml", ".yml")):
            return self.attempt(lambda: read_cell(read_file(self.folder / text), Path(text).stem), None)
        if text in cell_names():
            return library_cell(text)
        self.choice(node or self.root, cell_names(), "cell")
        return None

    def all_equations(self, cell: Cell | None, node: Node | None) -> tuple[Equation, ...]:
        own = self.equations(node, self.root)
        if cell is None and node is None and not self.problems:
            hint = f"write `cell: lstm` (known: {', '.join(cell_names())}) or `equations: |`"
            self.problem("nothing says which network this is", self.root, hint)
        return self.attempt(lambda: checked((*(cell.equations if cell else ()), *own)), ())

    def loss(self, node: Node | None, equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
        """The equation of the loss, if the file gives one; it has no index."""
        if node is None or self.text(node) in {equation.name for equation in equations}:
            return ()
        own = self.equations(node, self.root)
        if len(own) > 1 or (own and own[0].target.indices):
            self.problem("a loss is one number: one equation without an index", node, "write `L = sum(…, t)`")
        return own

    def backward(
        self, keys: Mapping[str, Node], equations: tuple[Equation, ...], quantities: Quantities, symbols: dict[str, str]
    ) -> Backward | None:
        """The backward pass of the loss, if there is one and the forward pass can be put together."""
        if "loss" not in keys or self.problems:
            return None
        name = self.text(keys["loss"])
        loss = name if name in quantities.indices else equations[-1].name
        forward = self.network(keys, equations, (Ref(loss),), quantities)
        if forward is None:
            return None
        return self.attempt(lambda: backward(equations, loss, forward.shapes, forward.plan, symbols), None)

    def check_names(self, node: Node | None, known: Mapping[str, int], section: str) -> None:
        for name, _ in self.entries(node, f"`{section}`"):
            self.choice(name, known, "quantity")

    def find(self, node: Node | None, equations: tuple[Equation, ...], quantities: Quantities) -> tuple[Ref, ...]:
        """What is asked for; by default the quantity of the last equation."""
        if node is None:
            return (Ref(equations[-1].name),)
        defined = {equation.name for equation in equations}
        found = [(item, self.quantity(item, quantities)) for item in self.items(node, "a list of quantities")]
        for item, ref in found:
            if ref and ref.name not in defined:
                self.problem(f"`{ref.name}` is given, not computed", item, "ask for a quantity that has an equation")
        return tuple(ref for _, ref in found if ref)

    def quantity(self, node: Node, quantities: Quantities) -> Ref | None:
        text = self.text(node)
        ref = quantities.find(text)
        if ref is None:
            near = quantities.near(text)
            hint = f"did you mean `{near}`?" if near else "known: " + ", ".join(quantities.indices)
            self.problem(f"there is no quantity `{text[:40]}`", node, hint)
        return ref

    # -- the data

    def network(
        self,
        keys: Mapping[str, Node],
        equations: tuple[Equation, ...],
        find: tuple[Ref, ...],
        quantities: Quantities,
        backward_pass: frozenset[str] = frozenset(),
    ) -> Network | None:
        data = {**self.given(keys, "parameters", quantities), **self.given(keys, "inputs", quantities)}
        initial = self.initial(keys.get("initial"), quantities)
        lengths = {
            letter.text: self.whole(value, 1, MAX_LENGTH)
            for letter, value in self.entries(keys.get("lengths"), "`lengths`")
        }
        defined = {equation.name for equation in equations}
        for name in [name for name in data if name in defined]:
            what = f"`{name}` has an equation: it is computed, not given"
            self.problem(
                what, data.pop(name).span, "rename one of the two; a state before the first step is `initial:`"
            )
        span = (keys.get("find") or self.root).span
        return self.attempt(lambda: connect(equations, find, data, initial, lengths, span, backward_pass), None)

    def given(self, keys: Mapping[str, Node], section: str, quantities: Quantities) -> dict[str, Given]:
        found = {}
        for name, node in self.entries(keys.get(section), f"`{section}`"):
            self.choice(name, quantities.indices, "quantity")
            if name.text in quantities.indices:
                found[name.text] = self.positions(name.text, node, quantities.indices[name.text])
        return found

    def positions(self, name: str, node: Node, indices: int) -> Given:
        """The arrays of a quantity with so many indices: that many levels of lists, then an array."""
        values: dict[Position, Rows] = {}

        def descend(part: Node, at: Position) -> None:
            if len(at) == indices:
                values[at] = self.array(part)
            elif isinstance(part, Sequence) and part.items:
                for number, item in enumerate(part.items, 1):
                    descend(item, (*at, number))
            else:
                self.problem(f"`{name}` needs a list here: one row per step", part, f"write `{name}: [[1, 2], [3, 4]]`")

        descend(node, ())
        return Given(name, values, node.span, comma_hint(node) if len(values) < 1_000 else None)

    def initial(self, node: Node | None, quantities: Quantities) -> dict[tuple[str, Position | None], Given]:
        """Initial states: `h: […]` for the state before the recurrence begins, `h[0]: […]` for a position by itself."""
        found: dict[tuple[str, Position | None], Given] = {}
        for name, value in self.entries(node, "`initial`"):
            ref = self.quantity(name, quantities)
            if ref is None:
                continue
            position = tuple(index.offset for index in ref.indices) if ref.indices else None
            found[ref.name, position] = Given(
                ref.name, {position or (): self.array(value)}, value.span, comma_hint(value)
            )
        return found

    def expected(self, node: Node | None, quantities: Quantities) -> list[Expected]:
        found = []
        for name, value in self.entries(node, "`expect`"):
            ref = self.quantity(name, quantities)
            if ref is not None:
                found.append(Expected(ref, self.array(value), tuple(map(unit, _texts(value))), value.span))
        return found


def checked(equations: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """The equations, if together they are a system: each quantity defined once, always with as many indices.

    Raises ExerciseError with every problem found.
    """
    problems, indices = [], dict[str, int]()
    seen: dict[Ref, Equation] = {}
    for equation in equations:
        form = Ref(
            equation.name, tuple(index if not index.base else type(index)("*") for index in equation.target.indices)
        )
        if form in seen:
            hint = "each quantity has one equation; give this one another name"
            problems.append(Problem(f"`{source(equation.target)}` is defined a second time", equation.span, hint))
        seen[form] = equation
        for ref in _all_refs(equation):
            if indices.setdefault(ref.name, len(ref.indices)) != len(ref.indices):
                what = f"`{ref.name}` stands here with {len(ref.indices)} indices, elsewhere with {indices[ref.name]}"
                problems.append(Problem(what, equation.place(ref), "write the same number of indices everywhere"))
    if problems:
        raise ExerciseError(*problems)
    return equations


def _all_refs(equation: Equation) -> list[Ref]:
    return [equation.target, *(ref for ref, _ in refs(equation.expression))]


def unit(text: str) -> Fraction:
    """One unit of the last digit of a number as written: `0.50` has hundredths; a fraction or a root has none."""
    mantissa, _, exponent = text.strip().lower().partition("e")
    if not mantissa.strip("+-−.0123456789") and not exponent.strip("+-−0123456789"):
        places = len(mantissa.partition(".")[2])
        return Fraction(10) ** (int(exponent.replace("−", "-") or 0) - places)
    return Fraction(0)


def _texts(node: Node) -> list[str]:
    if isinstance(node, Scalar):
        return [node.text]
    return [] if isinstance(node, MappingNode) else [text for item in node.items for text in _texts(item)]
