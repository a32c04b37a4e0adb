"""A variant as an exercise file: the file it was drawn from with other numbers, and where they come from."""

from collections.abc import Iterable
from collections.abc import Mapping as Mapping_
from fractions import Fraction
from importlib.metadata import version

from rnncalc.entries import entry_text
from rnncalc.equations import Position
from rnncalc.numbers import Exact, Precision, decimal_text
from rnncalc.reader import Rows
from rnncalc.solving import Found, Solution
from rnncalc.source import File, Mapping, Node, Scalar, Sequence, yaml_text
from rnncalc.variants.draws import GENERATOR
from rnncalc.variants.generator import Variant

EXPECTED = Precision(12, "significant")
_NOWHERE = File("", ())


def variant_text(variant: Variant, file: Mapping) -> str:
    """The text of the variant's exercise file, which expects the numbers found here and is so its own test."""
    entries = [
        (key, _drawn(variant, key.text, value))
        for key, value in file.entries
        if key.text not in ("randomize", "expect")
    ]
    origin = {
        "of": variant.solution.exercise.name,
        "number": str(variant.number),
        "seed": str(variant.seed),
        "generator": GENERATOR,
        "rnncalc": version("rnncalc"),
    }
    entries.append((_scalar("variant"), _mapping((_scalar(key), _scalar(text)) for key, text in origin.items())))
    solution = variant.solution
    numbers = [found for found in solution.answers if not any(solution.domain.lettered(found.value))]
    if numbers:
        entries.append((_scalar("expect"), _mapping(_answer(solution, found) for found in numbers)))
    return yaml_text(_mapping(entries))


def _drawn(variant: Variant, section: str, node: Node) -> Node:
    """A section with its arrays replaced by those that were drawn."""
    if not isinstance(node, Mapping):
        return node
    entries = []
    for name, value in node.entries:
        rows = variant.drawn.get((section, name.text))
        entries.append((name, value if rows is None else _like(value, rows)))
    return _mapping(entries)


def _like(node: Node, values: Mapping_[Position, Rows]) -> Node:
    """An array laid out as another: the numbers of all positions and rows in order."""
    numbers = iter([entry for rows in values.values() for row in rows for entry in row])

    def filled(node: Node) -> Node:
        if isinstance(node, Sequence):
            return _list(map(filled, node.items))
        return _scalar(_number(next(numbers)))

    return filled(node)


def _number(value: Exact) -> str:
    return decimal_text(value) if isinstance(value, Fraction) else entry_text(value)


def _answer(solution: Solution, found: Found) -> tuple[Scalar, Node]:
    key = solution.exercise.quantities.key(found.name, found.position)
    rows = [[_scalar(text) for text in line] for line in solution.printed(found.value, EXPECTED)]
    if len(rows) == len(rows[0]) == 1:
        return _scalar(key), rows[0][0]
    return _scalar(key), _list(line[0] if len(line) == 1 else _list(line) for line in rows)


def _scalar(text: str) -> Scalar:
    return Scalar(_NOWHERE, 1, 1, 1, text)


def _list(items: Iterable[Node]) -> Sequence:
    return Sequence(_NOWHERE, 1, 1, 1, tuple(items))


def _mapping(entries: Iterable[tuple[Scalar, Node]]) -> Mapping:
    return Mapping(_NOWHERE, 1, 1, 1, tuple(entries))
