"""What is known from an earlier part of an exercise: `known: {h_1: [...]}` takes the place of the equation there.

`h[1]` then stands for what is given, `h[1] = h_known[1]`, printed as the same h₁, and nothing before it is needed.
"""

from collections.abc import Mapping

from msgspec import Struct

from rnncalc.equations import Equation, Position, Ref
from rnncalc.exercise.given import Given, read_quantity
from rnncalc.formula import letters_of
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader, Rows
from rnncalc.source import Node
from rnncalc.system import arities


class Known(Struct, frozen=True):
    """Equations that put what is given in the place of others, with that data and the way it is printed."""

    equations: tuple[Equation, ...] = ()
    given: Mapping[str, Given] = {}
    symbols: Mapping[str, str] = {}


def read_known(reader: Reader, node: Node | None, equations: tuple[Equation, ...], symbols: Mapping[str, str]) -> Known:
    """The section `known:` of a file whose network has these equations."""
    arity = arities(equations)
    quantities, computed = Quantities(arity, symbols), {equation.name for equation in equations}
    made: list[Equation] = []
    values: dict[str, dict[Position, Rows]] = {}
    spans = {}
    for key, value in reader.entries(node, "`known:`"):
        ref, rows = read_quantity(reader, key, quantities), reader.array(value)
        if ref is None or rows is None:
            continue
        if ref.name not in computed:
            what = f"`{ref.name}` is given anyway, not computed"
            reader.problem(what, key, "move it to `inputs:` or `parameters:`")
        elif not ref.indices or ref.letters:
            example = f"`{ref.name}_{','.join('1' * arity[ref.name])}`" if arity[ref.name] else "what has a position"
            reader.problem(f"`{key.text}` needs a position", key, f"write {example}")
        else:
            helper = Ref(f"{ref.name}_known", ref.indices)
            made.append(Equation(ref, helper, key.span))
            values.setdefault(helper.name, {})[ref.position] = rows
            spans[helper.name] = ref.name, value.span
    given = {name: Given(name, values[name], span) for name, (_, span) in spans.items()}
    printed = {name: symbols.get(known, letters_of(known)) for name, (known, _) in spans.items()}
    return Known(tuple(made), given, printed)


def is_known(equation: Equation) -> bool:
    """Whether an equation only puts what is given in the place of another."""
    ref = equation.expression
    return isinstance(ref, Ref) and ref == Ref(f"{equation.name}_known", equation.target.indices) and _is_fixed(ref)


def _is_fixed(ref: Ref) -> bool:
    return bool(ref.indices) and not ref.letters
