"""Layers → the equations of one network: those of a cell, renamed for each layer and direction, and put together.

Layer 2 of an LSTM of PyTorch has the states h2 and c2 and the weights W2_ii; those of its backward direction are called
h2r and W2r_ii. A network of one layer and one direction keeps the cell's own names.
"""

from collections.abc import Container, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.cell import Stage, library_cell
from rnncalc.equations import (
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Number,
    Power,
    Ref,
    Transpose,
    children,
    rebuild,
)
from rnncalc.formula import letters_of
from rnncalc.system import all_refs
from rnncalc.weights.layer import Activation

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ZERO = Number(Fraction(0))
_MERGED = {"sum": "+", "ave": "+", "mul": "*"}


class Part(Struct, frozen=True):
    """One direction of one layer: the cell it is of, the parameters it has, the functions it replaces. `layer` is 0 in
    a network of one layer."""

    cell: str
    present: frozenset[str]
    replaced: Mapping[str, Activation] = {}
    layer: int = 0
    backward: bool = False
    marked: bool = False
    """Whether the backward direction is named apart from a forward one."""

    def name(self, own: str) -> str:
        """The name that a quantity of the cell has in the whole network."""
        mark = (str(self.layer) if self.layer else "") + ("r" if self.marked and self.backward else "")
        base, line, label = own.partition("_")
        return f"{base}{mark}{line}{label}"

    def letters(self, own: str, symbols: Mapping[str, str]) -> str:
        """How that name is printed: h⁽²⁾, and h′⁽²⁾ backward."""
        base, line, label = symbols.get(own, letters_of(own)).partition("_")
        raised = f"⁽{str(self.layer).translate(_RAISED)}⁾" if self.layer else ""
        return base + ("′" if self.marked and self.backward else "") + raised + line + label

    @property
    def title(self) -> str:
        words = [f"Layer {self.layer}"] if self.layer else []
        return ", ".join([*words, *(["backward" if self.backward else "forward"] if self.marked else [])])


class System(Struct, frozen=True):
    """A network as an exercise states it. `cell` is set if the equations are those of the library as they stand."""

    cell: str | None
    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]

    @property
    def output(self) -> str:
        return self.equations[-1].name


def system(layers: list[tuple[list[Part], str]], outputs: list[str]) -> System:
    """The network of layers of which each feeds the next. A layer is its directions and how they are merged; `outputs`
    are the states that the cells pass on, one for each layer."""
    (parts, _), *above = layers
    plain = part_equations(parts[0], "x")
    if not above and len(parts) == 1 and plain == library_cell(parts[0].cell).equations:
        return System(parts[0].cell, plain, {}, ())
    equations: list[Equation] = []
    symbols: dict[str, str] = {}
    stages: list[Stage] = []
    below = "x"
    for (directions, merge), output in zip(layers, outputs, strict=True):
        for part in directions:
            equations.extend(part_equations(part, below))
            symbols |= _symbols(part)
            stages.extend(_stages(part))
        below = directions[0].name(output)
        if len(directions) == 2:
            joined = _joined(directions, output, merge)
            equations.append(joined)
            below = joined.name
            symbols |= {below: f"y⁽{str(directions[0].layer).translate(_RAISED)}⁾"} if directions[0].layer else {}
            title = f"Layer {directions[0].layer}, output" if directions[0].layer else "Output"
            stages.append(Stage(title, "both directions together", (below,)))
    return System(None, tuple(equations), symbols, tuple(stages))


def _joined(directions: list[Part], output: str, merge: str) -> Equation:
    """Both directions of a layer as one vector, y[t]."""
    at = (Index("t"),)
    one, other = (Ref(part.name(output), at) for part in directions)
    both: Expr = Call("concat", (one, other))
    if merge in _MERGED:
        both = Binary("+" if _MERGED[merge] == "+" else "*", one, other)
    if merge == "ave":
        both = Binary("/", both, Number(Fraction("2")))
    return Equation(Ref(f"y{directions[0].layer or ''}", at), both)


def _symbols(part: Part) -> dict[str, str]:
    cell = library_cell(part.cell)
    own = dict.fromkeys(ref.name for one in cell.equations for ref in all_refs(one) if ref.name != "x")
    letters = {part.name(name): part.letters(name, cell.symbols) for name in own if _is_there(name, part)}
    return {name: printed for name, printed in letters.items() if printed != letters_of(name)}


def _is_there(name: str, part: Part) -> bool:
    return name in part.present or any(one.name == name for one in library_cell(part.cell).equations)


def _stages(part: Part) -> Iterator[Stage]:
    for stage in library_cell(part.cell).stages:
        own = str(stage.title)
        title = f"{part.title}: {own[:1].lower()}{own[1:]}" if part.title else own
        yield Stage(title, stage.remark, tuple(map(part.name, stage.of)))


def part_equations(part: Part, below: str) -> tuple[Equation, ...]:
    """The equations of the cell for this part, whose input is the quantity `below`."""
    cell = library_cell(part.cell)
    computed = {one.name for one in cell.equations}
    absent = {ref.name for one in cell.equations for ref in all_refs(one) if not ref.indices} - part.present

    def renamed(expr: Expr) -> Expr:
        match expr:
            case Ref("x", indices):
                return Ref(below, indices)
            case Ref(name, indices):
                return Ref(part.name(name), _turned(indices) if part.backward and name in computed else indices)
            case Call(function, arguments) if function in part.replaced:
                return _activated(part.replaced[function], tuple(map(renamed, arguments)))
            case _:
                return rebuild(expr, tuple(map(renamed, children(expr))))

    return tuple(
        Equation(
            Ref(part.name(one.name), one.target.indices),
            renamed(_without(one.expression, absent) or _ZERO),
        )
        for one in cell.equations
    )


def _turned(indices: tuple[Index, ...]) -> tuple[Index, ...]:
    """The step before, for a state that runs backward: t+1."""
    return tuple(Index(index.base, -index.offset) for index in indices)


def _activated(activation: Activation, arguments: tuple[Expr, ...]) -> Expr:
    constants = tuple(Number(Fraction(text)) for text in activation.constants)
    return Call(activation.function, (*arguments, *constants))


def _without(expr: Expr, absent: Container[str]) -> Expr | None:
    """The expression without the terms of parameters that are not there; None if nothing is left."""
    match expr:
        case Ref(name, _):
            return None if name in absent else expr
        case Binary("+" | "-" as operator, left, right):
            one, other = _without(left, absent), _without(right, absent)
            if one is None or other is None:
                return one or (Negate(other) if other and operator == "-" else other)
            return Binary(operator, one, other)
        case Binary(operator, left, right):
            one, other = _without(left, absent), _without(right, absent)
            return Binary(operator, one, other) if one and other else None
        case Call(function, arguments):
            inside = _without(arguments[0], absent)
            return Call(function, (inside, *arguments[1:])) if inside else None
        case Transpose(operand):
            return None if _without(operand, absent) is None else expr
        case Power(_, _) | Negate(_) | Number():
            return expr
        case _:
            raise AssertionError(f"a layer has no {expr}")
