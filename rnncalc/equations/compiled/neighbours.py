"""An order of things in which as many as possible stand beside those they should: found by moving pieces of it."""

from collections.abc import Iterable, Mapping

Pair = tuple[int, int]
"""Two things, the second right after the first."""
Link = frozenset[Pair]
"""Pairs that are worth something together."""

LONGEST = 9
"""Pieces that are moved are shorter than this."""


def improved(order: Iterable[int], worth: Mapping[Link, int]) -> list[int]:
    """The order with pieces moved elsewhere as long as that makes it worth more."""
    search = _Search(list(order), worth)
    while search.moves_a_piece():
        pass
    return search.order


class _Search:
    def __init__(self, order: list[int], worth: Mapping[Link, int]) -> None:
        self.order, self.worth = order, worth
        self.links: dict[Pair, list[Link]] = {}
        for link in worth:
            for pair in link:
                self.links.setdefault(pair, []).append(link)

    def moves_a_piece(self) -> bool:
        """One round over all pieces and places; False if no move was worth it."""
        count, moved = len(self.order), False
        for width in range(1, min(LONGEST, count)):
            for start in range(count - width + 1):
                for place in range(count - width + 1):
                    if place != start and self.gain(start, width, place) > 0:
                        piece = self.order[start : start + width]
                        del self.order[start : start + width]
                        self.order[place:place] = piece
                        moved = True
        return moved

    def gain(self, start: int, width: int, place: int) -> int:
        """What it is worth to take a piece out and put it in where `place` things stand before it."""
        piece = start, start + width
        left = place - 1 if place <= start else place + width - 1
        new = {(left, start), (piece[1] - 1, left + 1), (start - 1, piece[1])}
        added = self.pairs(new) & self.links.keys()
        if not added:
            return 0
        removed = self.pairs({(start - 1, start), (piece[1] - 1, piece[1]), (left, left + 1)})
        now = set(zip(self.order, self.order[1:], strict=False))
        then = now - removed | added
        touched = {link for pair in removed | added for link in self.links.get(pair, ())}
        return sum(self.worth[link] * ((link <= then) - (link <= now)) for link in touched)

    def pairs(self, places: Iterable[Pair]) -> set[Pair]:
        """What stands at two places, where both are in the order."""
        return {(self.order[a], self.order[b]) for a, b in places if a >= 0 and b < len(self.order)}
