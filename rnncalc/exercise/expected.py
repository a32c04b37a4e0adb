"""What the author of a file expects to come out, with the digits it is written to, and whether the network has it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct

from rnncalc.commas import Commas, decimal_commas
from rnncalc.equations import Ref, contains, ref_at, shape_text
from rnncalc.errors import Problem, Span
from rnncalc.exercise.given import by_position, read_quantity
from rnncalc.exercise.network import Network
from rnncalc.quantity import Quantities, written
from rnncalc.reader import Reader, Rows
from rnncalc.source import Mapping, Node, Scalar
from rnncalc.source import Sequence as SequenceNode


class Expected(Struct, frozen=True):
    """A value the author of the file says is right: the entries as written, row by row."""

    quantity: Ref
    values: Rows
    units: tuple[Fraction, ...]
    """One unit of the last digit written, entry by entry; 0 where the value is written exactly, as a fraction."""
    span: Span
    commas: Commas | None = None


def read_expected(reader: Reader, node: Node | None, quantities: Quantities) -> list[Expected]:
    """Expected values: `h_1: […]` for one position, `h: [[…], […]]` for all positions from the first."""
    found = []
    for name, value in reader.entries(node, "`expect:`"):
        ref = read_quantity(reader, name, quantities)
        if ref is None:
            reader.numbers(value)
            continue
        levels = 0 if ref.indices else quantities.indices[ref.name]
        for at, part in by_position(reader, ref.name, value, levels).items():
            before = len(reader.problems)
            rows = reader.array(part)
            one = ref_at(ref.name, at) if at else ref
            if rows is not None and len(reader.problems) == before:
                found.append(Expected(one, rows, tuple(map(unit, _texts(part))), part.span, decimal_commas(part)))
    return found


def unit(text: str) -> Fraction:
    """One unit of the last digit of a number as written: `0.50` has hundredths; a fraction or a root has none."""
    mantissa, _, exponent = text.strip().lower().partition("e")
    if not mantissa.strip("+-−.0123456789") and not exponent.strip("+-−0123456789"):
        places = len(mantissa.partition(".")[2])
        return Fraction(10) ** (int(exponent.replace("−", "-") or 0) - places)
    return Fraction(0)


def _texts(node: Node) -> Iterator[str]:
    match node:
        case Scalar(text=text):
            yield text
        case SequenceNode(items=items):
            for item in items:
                yield from _texts(item)
        case Mapping():
            pass


def misexpected(network: Network, expect: Sequence[Expected]) -> list[Problem]:
    """What is expected of quantities that are not computed, or in another size."""
    order, problems = network.plan, []
    for one in expect:
        name = one.quantity.name
        numbers = [number for number in order.wanted if order.equations[number].name == name]
        boxes = [box for number in numbers for box in order.wanted[number]]
        if not all(contains(boxes, position) for position in order.positions(one.quantity)):
            what = f"`{written(one.quantity)}` is expected, but nothing that is asked for needs it"
            problems.append(Problem(what, one.span, "ask for it under `find:` too, or remove this line"))
            continue
        shape, expected = network.shapes.known(name), (len(one.values), len(one.values[0]))
        if shape != expected:
            hint = one.commas.advice if one.commas and one.commas.shape == shape else "write as many as it has"
            what = f"`{written(one.quantity)}` is {shape_text(shape)}, but {shape_text(expected)} is expected here"
            problems.append(Problem(what, one.span, hint))
    return problems
