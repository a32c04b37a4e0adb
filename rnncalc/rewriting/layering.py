"""Layers and directions: the recurrent part of a cell is repeated, and every copy gets names of its own.

    h_l2[t]                 layer 2                    printed h⁽²⁾
    W_f_fw, W_f_bw          forward and backward       printed W⃗_f, W⃖_f
    W_f_l2_bw               layer 2, backward          printed W⃖⁽²⁾_f

A layer reads the state of the layer below where the first one reads the input. Where there are two directions, it reads
both states put together, `h_l1[t] = concat(h_l1_fw[t], h_l1_bw[t])`; with one layer these are `h[t]`. What reads the
state of the cell reads that of the highest layer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.cell import Cell, Stage
from rnncalc.equations import Binary, Call, Equation, Expr, Index, Number, Ref, children, rebuild, refs
from rnncalc.errors import ExerciseError, Problem
from rnncalc.formula import letters_of
from rnncalc.languages import Message, Said
from rnncalc.rewriting.reading import Output, read_off
from rnncalc.rewriting.recurrence import Core, core

ARROWS = {"fw": "\u20d7", "bw": "\u20d6"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

Merge = Callable[[Expr, Expr], Expr]
"""The forward and the backward state → what is read of both."""

MERGES: dict[str, tuple[Merge, Message]] = {
    "forward, backward": (lambda fw, bw: Call("concat", (fw, bw)), Message("the forward state, then the backward one")),
    "backward, forward": (lambda fw, bw: Call("concat", (bw, fw)), Message("the backward state, then the forward one")),
    "sum": (lambda fw, bw: Binary("+", fw, bw), Message("the sum of both states")),
    "mean": (lambda fw, bw: Binary("/", Binary("+", fw, bw), Number(Fraction(2))), Message("the mean of both states")),
    "product": (lambda fw, bw: Binary("*", fw, bw), Message("the product of both states, entry by entry")),
}


class Directions(Struct, frozen=True):
    """With `both`, a layer also runs backward; `shared` lets both directions use the same weights; `merge` is a key of
    MERGES. With `backward`, it runs backward only."""

    both: bool = False
    shared: bool = False
    merge: str = "forward, backward"
    backward: bool = False


class _Copy(Struct, frozen=True):
    """One layer in one direction: `mark` is what its names end in, `below` what it reads."""

    core: Core
    cell: Cell
    layer: int
    direction: str
    mark: str
    weights_mark: str
    below: str
    backward: bool

    @property
    def names(self) -> dict[str, str]:
        names = {name: name + self.mark for name in self.core.states}
        return names | {name: name + self.weights_mark for name in self.core.weights} | {self.core.input: self.below}


class _Tower(Struct, frozen=True):
    """The layers so far. `top` is what the next layer reads, `last` what an output of the whole sequence reads, and
    `names` what the quantities of the highest layer are called, where that is not in doubt."""

    equations: tuple[Equation, ...] = ()
    symbols: Mapping[str, str] = {}
    stages: tuple[Stage, ...] = ()
    top: str = ""
    last: Expr = Ref("")
    names: Mapping[str, str] = {}


def layered(cells: Sequence[Cell], directions: Directions | Sequence[Directions], output: Output | None = None) -> Cell:
    """The cells one above the other, all in the directions asked for, or each in its own. What reads the state of the
    last cell follows, or the output asked for.

    Raises ExerciseError for a cell that cannot be repeated.
    """
    each = [directions] * len(cells) if isinstance(directions, Directions) else directions
    if len(cells) == 1 and each[0] == Directions() and output is None:
        return cells[0]
    tower, last = _Tower(), cells[-1]
    for number, (cell, ways) in enumerate(zip(cells, each, strict=True), 1):
        tower = _raised(tower, cell, number if len(cells) > 1 else 0, ways)
    found = core(last)
    if output:
        state = tower.last if output.last else Ref(tower.top, (Index(found.letter),))
        equation, stage = read_off(output, state, found.letter)
        readout, stages, symbols = [equation], [stage], dict[str, str]()
    else:
        readout = [Equation(one.target, _read(one.expression, tower.names, found), one.span) for one in found.readout]
        read = {equation.name for equation in readout}
        stages = [stage for stage in last.stages if read & set(stage.of)]
        symbols = {name: printed for name, printed in last.symbols.items() if name in read}
    return replace(
        last,
        equations=(*tower.equations, *readout),
        symbols={**tower.symbols, **symbols},
        stages=(*tower.stages, *stages),
    )


def _raised(tower: _Tower, cell: Cell, layer: int, directions: Directions) -> _Tower:
    """The tower with one more layer."""
    found = core(cell)
    copies = list(_copies(cell, found, layer, tower.top or found.input, directions))
    equations = dict.fromkeys((*tower.equations, *(one for copy in copies for one in _equations(copy))))
    symbols = {**tower.symbols, **{name: printed for copy in copies for name, printed in _symbols(copy).items()}}
    stages = [*tower.stages, *(stage for copy in copies for stage in _stages(copy))]
    stages = [stage for number, stage in enumerate(stages) if stage not in stages[:number]]
    names, end = copies[0].names, Index(found.letter.upper())
    top = names[found.state]
    last: Expr = Ref(top, (end,))
    if directions.both:
        merge, remark = MERGES[directions.merge]
        top, here = found.state + _mark(layer), (Index(found.letter),)
        forward, backward = (copy.names[found.state] for copy in copies)
        equations[Equation(Ref(top, here), merge(Ref(forward, here), Ref(backward, here)))] = None
        symbols[top] = _printed(cell, found.state, layer, "")
        stages.append(Stage(Message("Both directions"), remark, (top,), _part(layer, "")))
        # A direction has read the whole sequence where it ends: forward at the last position, backward at the first.
        last = merge(Ref(forward, (end,)), Ref(backward, (Index("", 1),)))
        names = {found.state: top} | ({name: names[name] for name in found.weights} if directions.shared else {})
    return _Tower(tuple(equations), symbols, tuple(stages), top, last, names)


def _copies(cell: Cell, found: Core, layer: int, below: str, directions: Directions) -> Iterator[_Copy]:
    for direction in ("fw", "bw") if directions.both else ("",):
        mark = _mark(layer) + (f"_{direction}" if direction else "")
        weights_mark = _mark(layer) if directions.shared else mark
        backward = direction == "bw" or directions.backward
        yield _Copy(found, cell, layer, direction, mark, weights_mark, below, backward)


def copied(cell: Cell, layer: int, directions: Directions) -> list[tuple[Mapping[str, str], tuple[Equation, ...]]]:
    """A layer by itself: what each direction calls the quantities of the cell, and its equations. `layer` is 0 where
    there is one only."""
    found = core(cell)
    copies = _copies(cell, found, layer, found.input, directions)
    return [(copy.names, tuple(_equations(copy))) for copy in copies]


def _mark(layer: int) -> str:
    return f"_l{layer}" if layer else ""


# What a reader calls a copy: of a layer, and of the only one.
_PARTS = {
    "fw": (Message("Layer {number}, forward"), Message("Forward")),
    "bw": (Message("Layer {number}, backward"), Message("Backward")),
    "": (Message("Layer {number}"), None),
}


def _part(layer: int, direction: str) -> Said:
    of_layer, alone = _PARTS[direction]
    return replace(of_layer, parts={"number": str(layer)}) if layer else alone or ""


def _equations(copy: _Copy) -> Iterator[Equation]:
    """The equations of a copy; what runs backward looks at the next position where the cell looks at the last one."""
    way = -1 if copy.backward else 1
    for one in copy.core.equations:
        target = Ref(copy.names[one.name], one.target.indices)
        yield Equation(target, _renamed(one.expression, copy.names, way), one.span)


def _renamed(expr: Expr, names: Mapping[str, str], way: int = 1) -> Expr:
    if isinstance(expr, Ref):
        indices = tuple(Index(index.base, way * index.offset) for index in expr.indices)
        return Ref(names.get(expr.name, expr.name), indices)
    return rebuild(expr, tuple(_renamed(part, names, way) for part in children(expr)))


def _read(expr: Expr, names: Mapping[str, str], found: Core) -> Expr:
    """What reads the highest layer. Raises ExerciseError where it reads what each direction has of its own."""
    for ref, _ in refs(expr):
        if ref.name not in names and ref.name in found.states | found.weights:
            hint = "write this equation anew under `equations:`, with the names of one direction"
            what = f"an equation reads `{ref.name}`, which both directions have"
            raise ExerciseError(Problem(what, None, hint))
    return _renamed(expr, names)


def _symbols(copy: _Copy) -> dict[str, str]:
    own = dict.fromkeys(copy.core.states, copy.direction)
    own |= dict.fromkeys(copy.core.weights, copy.direction if copy.weights_mark == copy.mark else "")
    return {copy.names[name]: _printed(copy.cell, name, copy.layer, way) for name, way in sorted(own.items())}


def _printed(cell: Cell, name: str, layer: int, direction: str) -> str:
    """`W_f` of layer 2, backward, as W⃖⁽²⁾_f."""
    base, line, label = cell.symbols.get(name, letters_of(name)).partition("_")
    raised = f"⁽{str(layer).translate(_SUPERSCRIPTS)}⁾" if layer else ""
    return base + ARROWS.get(direction, "") + raised + line + label


def _stages(copy: _Copy) -> Iterator[Stage]:
    """The steps of a copy; an equation without a title gets one, so that a reader is told which copy it belongs to."""
    computed = [equation.name for equation in copy.core.equations]
    titled = {name for stage in copy.cell.stages for name in stage.of}
    for stage in (*copy.cell.stages, *(Stage("", "", (name,)) for name in computed if name not in titled)):
        of = tuple(copy.names[name] for name in stage.of if name in computed)
        shared = set(stage.of) <= copy.core.weights and copy.weights_mark != copy.mark
        if of:
            yield replace(stage, of=of, part=_part(copy.layer, "" if shared else copy.direction))
