"""Boxes of positions: where an equation holds, or is wanted."""

from collections.abc import Iterable, Iterator
from itertools import product

Position = tuple[int, ...]
Interval = tuple[int, int]
Box = tuple[Interval, ...]
"""The lowest and the highest position of each index, both included."""


def positions(box: Box) -> Iterator[Position]:
    """All positions of a box."""
    return product(*(range(low, high + 1) for low, high in box))


def contains(boxes: Iterable[Box], position: Position) -> bool:
    return any(all(low <= p <= high for p, (low, high) in zip(position, box, strict=True)) for box in boxes)


def common(box: Box, other: Box) -> Box | None:
    """The positions that are in both."""
    shared = tuple((max(a, low), min(b, high)) for (a, b), (low, high) in zip(box, other, strict=True))
    return shared if all(low <= high for low, high in shared) else None


def meets(boxes: Iterable[Box], others: Iterable[Box]) -> bool:
    others = tuple(others)
    return any(common(box, other) is not None for box in boxes for other in others)


def without(box: Box, others: Iterable[Box]) -> tuple[Box, ...]:
    """The positions of the box that are in none of the others, as boxes that do not overlap."""
    left = [box]
    for other in others:
        left = [piece for one in left for piece in _minus(one, other)]
    return tuple(left)


def _minus(box: Box, other: Box) -> Iterator[Box]:
    if common(box, other) is None:
        yield box
        return
    for slot, ((low, high), (first, last)) in enumerate(zip(box, other, strict=True)):
        for side in ((low, first - 1), (last + 1, high)):
            if side[0] <= side[1]:
                yield (*box[:slot], side, *box[slot + 1 :])
        box = (*box[:slot], (max(low, first), min(high, last)), *box[slot + 1 :])


def joined(boxes: tuple[Box, ...], new: Box) -> tuple[Box, ...]:
    """The boxes and one more, without overlap; two that touch along one index become one."""
    for box in boxes:
        if common(box, new) == new:
            return boxes
        differing = [slot for slot, (one, other) in enumerate(zip(new, box, strict=True)) if one != other]
        (a, b), (low, high) = new[differing[0]], box[differing[0]]
        if common(box, new) == box or (len(differing) == 1 and a <= high + 1 and low <= b + 1):
            return joined(tuple(other for other in boxes if other is not box), hull((box, new)))
    return (*boxes, *without(new, boxes))


def hull(boxes: Iterable[Box]) -> Box:
    """The smallest box round all."""
    return tuple((min(low for low, _ in pairs), max(high for _, high in pairs)) for pairs in zip(*boxes, strict=True))
