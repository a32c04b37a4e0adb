"""Layers → one network: cells with the parameters that a file has, in both directions and one above the other."""

from collections.abc import Callable, Container, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.cell import Cell, library_cell
from rnncalc.equations import Binary, Call, Equation, Expr, Negate, Number, Power, Ref, Transpose
from rnncalc.rewriting import Directions, activated, copied, layered
from rnncalc.system import all_refs
from rnncalc.weights.layer import Activation, Chain, Layer, parameters
from rnncalc.weights.tensor import Tensor


class Storey(Struct, frozen=True):
    """One layer: the cell it is of, the parameters it has, and the functions that it replaces."""

    cell: str
    present: frozenset[str]
    replaced: Mapping[str, Activation] = {}
    directions: Directions = Directions()

    @property
    def is_whole(self) -> bool:
        """Whether it is the cell of the library but for functions that keys can name."""
        whole = not absent(self) and not self.directions.backward
        return whole and not any(activation.constants for activation in self.replaced.values())


def absent(storey: Storey) -> frozenset[str]:
    """The parameters of the cell that the layer has not."""
    equations = library_cell(storey.cell).equations
    return frozenset(ref.name for one in equations for ref in all_refs(one) if not ref.indices) - storey.present


def own_cell(storey: Storey) -> Cell:
    """The cell of a layer, without the terms of parameters that are not there and with its own functions."""
    cell, gone = library_cell(storey.cell), absent(storey)
    equations = tuple(Equation(one.target, _without(one.expression, gone) or _ZERO) for one in cell.equations)
    functions = {old: _call(new) for old, new in storey.replaced.items()}
    return activated(replace(cell, equations=equations), functions, {})


def names(storeys: Sequence[Storey]) -> list[list[Mapping[str, str]]]:
    """What each direction of each layer calls the quantities of its cell."""
    single = len(storeys) == 1
    return [
        [own for own, _ in copied(own_cell(storey), 0 if single else number, storey.directions)]
        for number, storey in enumerate(storeys, 1)
    ]


def network(storeys: Sequence[Storey]) -> Cell:
    """The equations of all layers."""
    return layered([own_cell(storey) for storey in storeys], [storey.directions for storey in storeys])


def short_form(storeys: Sequence[Storey]) -> dict[str, str] | None:
    """The keys of an exercise that say the same; None if the network must be written as equations."""
    first = storeys[0]
    alike = all((one.directions, one.replaced) == (first.directions, first.replaced) for one in storeys)
    if not alike or not all(one.is_whole for one in storeys):
        return None
    cells = [storey.cell for storey in storeys]
    keys = {"cell": cells[0], "layers": str(len(cells))} if len(set(cells)) == 1 else {}
    keys = keys or {"layers": f"[{', '.join(f'{{cell: {cell}}}' for cell in cells)}]"}
    if len(cells) == 1:
        del keys["layers"]
    if first.replaced:
        keys["activations"] = f"{{{', '.join(f'{old}: {new.function}' for old, new in first.replaced.items())}}}"
    if first.directions.both:
        keys["bidirectional"] = "true"
        if first.directions.merge != Directions().merge:
            keys["merge"] = first.directions.merge
    return keys


def storeys(chain: Chain) -> list[Storey]:
    """The layers of a chain."""
    return [
        Storey(layer.convention.cell, _present(layer), layer.replaced, _directions(layer)) for layer in chain.layers
    ]


def _present(layer: Layer) -> frozenset[str]:
    return frozenset(parameters(layer.convention, layer.directions[0]))


def tensors(chain: Chain) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """All parameters of a chain, and the states that the file itself holds, as its network calls them."""
    found, states = dict[str, Tensor](), dict[str, Tensor]()
    for layer, ways in zip(chain.layers, names(storeys(chain)), strict=True):
        for way, called in zip(layer.directions, ways, strict=True):
            found |= {called[name]: tensor for name, tensor in parameters(layer.convention, way).items()}
            states |= {called[name]: tensor for name, tensor in way.initial.items()}
    return found, states


def _directions(layer: Layer) -> Directions:
    both = len(layer.directions) == 2
    return Directions(both, merge=layer.merge, backward=not both and layer.directions[0].backward)


_ZERO = Number(Fraction(0))


def _call(activation: Activation) -> Callable[[Expr], Expr]:
    constants = tuple(Number(Fraction(text)) for text in activation.constants)
    return lambda argument: Call(activation.function, (argument, *constants))


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
