"""Decimal commas: in YAML `[0,731]` is two numbers. Would a list have another size, had its commas been points?"""

import re
from typing import TypeGuard

from msgspec import Struct

from rnncalc.source import Node, Scalar, Sequence, touching

_BEFORE = re.compile(r"[+\-−]?[0-9]+")
_BEHIND = re.compile(r"[0-9]+")


class Commas(Struct, frozen=True):
    """The size that an array would have if its commas were read as decimal commas, and the advice for its author."""

    shape: tuple[int, int]
    advice: str


def decimal_commas(node: Node) -> Commas | None:
    """None if nothing in the vector or matrix looks like a decimal comma."""
    if not isinstance(node, Sequence) or not node.items:
        return None
    advice = next(filter(None, map(_advice, [node, *node.items])), None)
    if advice is None:
        return None
    if not any(isinstance(item, Sequence) for item in node.items):
        return Commas((_length(node), 1), advice)
    widths = {_length(item) if isinstance(item, Sequence) else 1 for item in node.items}
    return Commas((len(node.items), widths.pop()), advice) if len(widths) == 1 else None


def _length(row: Sequence) -> int:
    return len(row.items) - len(_pairs(row))


def _advice(node: Node) -> str | None:
    pairs = _pairs(node) if isinstance(node, Sequence) else []
    if not pairs:
        return None
    whole, decimals = pairs[0]
    return (
        f"in YAML `{whole.text},{decimals.text}` is two numbers: write a decimal point, `{whole.text}.{decimals.text}`"
    )


def _pairs(row: Sequence) -> list[tuple[Scalar, Scalar]]:
    """The neighbours that may be one number each: two whole numbers without a blank behind the comma.

    Some people write no blank behind any comma: a row of that kind must fall into pairs from its first entry to its
    last.
    """
    gaps = list(zip(row.items, row.items[1:], strict=False))
    tight = [pair for pair in gaps if touching(*pair)]
    if not tight:
        return []
    if len(tight) == len(gaps):
        tight = gaps[::2] if len(row.items) % 2 == 0 else []
    found = [(one, other) for one, other in tight if _is_number(one, _BEFORE) and _is_number(other, _BEHIND)]
    ends_only_one = {id(other) for _, other in found}.isdisjoint(id(one) for one, _ in found)
    return found if len(found) == len(tight) and ends_only_one else []


def _is_number(node: Node, pattern: re.Pattern[str]) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and not node.quoted and pattern.fullmatch(node.text) is not None
