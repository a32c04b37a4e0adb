"""What may be drawn at random, as a file says it: the section `randomize:` → Rules.

randomize:
  x: {from: -3, to: 3}                    whole numbers
  W_f: {from: -1, to: 1, step: 0.1}       tenths
  b_f: {from: -2, to: 2, denominator: 3}  thirds
  U_f: {from: -2, to: 2, zeros: 1}        one entry is 0, or `sparsity: 0.5`: half of them are
  keep: [h_0]                             stays as it is
  seed: 7
  limit: 3                                no argument of σ or tanh is larger than this
  smallest: 0.0001                        no entry of an answer is closer to 0 than this
"""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.exercise.given import Data, read_quantity
from rnncalc.exercise.keys import GRID, RANDOMIZE
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader
from rnncalc.source import Mapping as MappingNode
from rnncalc.source import Node

LIMIT, SMALLEST = Fraction(3), Fraction(1, 10_000)
MOST_VALUES = 1_000_000
MOST_SEED = 10**12


class Grid(Struct, frozen=True):
    """The numbers low, low + step, … up to high. So many entries, or such a part of them, are 0, the others never;
    where neither is said, the zeros stay where they are."""

    low: Fraction
    high: Fraction
    step: Fraction
    zeros: int | None = None
    sparsity: Fraction | None = None

    @property
    def values(self) -> int:
        """How many numbers these are."""
        return int((self.high - self.low) / self.step) + 1

    @property
    def zero(self) -> int | None:
        """Which of them is 0, counted from 0."""
        place = -self.low / self.step
        return int(place) if place.denominator == 1 and 0 <= place < self.values else None


class Rules(Struct, frozen=True):
    """`grids` by quantity; quantities without one get a grid like the numbers that they have. Those to `keep` stay."""

    grids: Mapping[str, Grid] = {}
    keep: frozenset[str] = frozenset()
    seed: int = 0
    limit: Fraction = LIMIT
    smallest: Fraction = SMALLEST


def read_rules(reader: Reader, node: Node | None, quantities: Quantities, data: Data) -> Rules | None:
    """The section of a file; None if there is none."""
    if node is None:
        return None
    keys: dict[str, Node] = {}
    grids: dict[str, Grid] = {}
    for name, value in reader.entries(node, "`randomize:`"):
        if name.text in RANDOMIZE:
            keys[name.text] = value
            continue
        ref = read_quantity(reader, name, quantities)
        if ref is not None and ref.name not in data.sound and ref.name not in {key for key, _ in data.initial}:
            hint = "only what is given can be drawn at random"
            reader.problem(f"`{name.text}` is not given in this file", name, hint)
        elif ref is not None and (grid := _grid(reader, value)):
            grids[ref.name] = grid
    kept = (read_quantity(reader, item, quantities) for item in reader.items(keys.get("keep"), "a list of quantities"))
    return Rules(
        grids,
        frozenset(ref.name for ref in kept if ref),
        reader.whole(keys["seed"], 0, MOST_SEED) or 0 if "seed" in keys else 0,
        _positive(reader, keys.get("limit")) or LIMIT,
        _positive(reader, keys.get("smallest")) or SMALLEST,
    )


def _grid(reader: Reader, node: Node) -> Grid | None:
    if not isinstance(node, MappingNode):
        reader.problem("a range was expected", node, "write `{from: -3, to: 3}`")
        return None
    before = len(reader.problems)
    keys = reader.mapping(node, GRID, "a range")
    for key in ("from", "to"):
        if key not in keys:
            reader.problem(f"`{key}:` is missing", node, "write `{from: -3, to: 3}`")
    for one, other in (("step", "denominator"), ("zeros", "sparsity")):
        if one in keys and other in keys:
            reader.problem(f"`{one}:` and `{other}:` exclude each other", keys[other], "leave one of them out")
    if len(reader.problems) > before:
        return None
    low, high = _rational(reader, keys["from"]), _rational(reader, keys["to"])
    step = _positive(reader, keys.get("step")) or Fraction(1)
    if "denominator" in keys:
        step = Fraction(1, reader.whole(keys["denominator"], 1, 1000) or 1)
    if low is None or high is None or len(reader.problems) > before:
        return None
    if low >= high or (high - low) / step > MOST_VALUES:
        hint = f"`from:` is less than `to:`, and at most {MOST_VALUES} steps lie between them"
        reader.problem("this range cannot be drawn from", node, hint)
        return None
    if (grid := Grid(low, high, step)).values == 1 and grid.zero is not None:
        reader.problem("this range holds no number but 0", node, "give it a smaller `step:`, or a `denominator:`")
        return None
    zeros = reader.whole(keys["zeros"], 0, MOST_VALUES) if "zeros" in keys else None
    sparsity = _rational(reader, keys["sparsity"]) if "sparsity" in keys else None
    if sparsity is not None and not 0 <= sparsity < 1:
        reader.problem("the part of the entries that are 0 is at least 0 and less than 1", keys["sparsity"])
    return Grid(low, high, step, zeros, sparsity)


def _rational(reader: Reader, node: Node) -> Fraction | None:
    rows = reader.array(node)
    if rows is None:
        return None
    value = rows[0][0]
    if len(rows) == len(rows[0]) == 1 and isinstance(value, Fraction):
        return value
    reader.problem("one rational number was expected", node, "write a number such as `3`, `-0.5` or `1/3`")
    return None


def _positive(reader: Reader, node: Node | None) -> Fraction | None:
    value = _rational(reader, node) if node is not None else None
    if value is not None and value <= 0:
        reader.problem("a number above 0 was expected", node)
        return None
    return value
