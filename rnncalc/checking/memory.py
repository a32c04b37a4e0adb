"""What was found before, kept for the sheets to come: a class writes the same numbers again and again.

Entries are told apart by their identity, which is quick; what is found is kept with the entries it was found for, so
that no other object has their place as long as it is known. The reader gives the same entries for the same text.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

Found = TypeVar("Found")

MOST_KNOWN = 8_000
"""So much is kept at most; then all is forgotten, so that memory stays what it is."""


class Memory:
    """What was found, by place; so many places at `most`."""

    def __init__(self, most: int = MOST_KNOWN) -> None:
        self.most = most
        self._known: dict[Hashable, tuple[object, Any]] = {}

    def of(self, place: tuple[Hashable, ...], held: object, find: Callable[[], Found]) -> Found:
        """What is found for a place, which may have the identities of what is `held` in it."""
        known = self._known.get(place)
        if known is not None:
            return known[1]  # type: ignore[no-any-return]
        found = find()
        if len(self._known) >= self.most:
            self._known.clear()
        self._known[place] = held, found
        return found


class Kept:
    """What is kept with an exercise, or with a layout of its sheets, by those who know more than it does: one thing of
    each kind."""

    def __init__(self) -> None:
        self._things: dict[type, object] = {}

    def of(self, kind: type[Found], make: Callable[[], Found]) -> Found:
        """The thing of a kind, made when it is first asked for."""
        if kind not in self._things:
            self._things[kind] = make()
        return cast(Found, self._things[kind])

    def put(self, thing: Found) -> Found:
        """Keep this instead of what there is of its kind."""
        self._things[type(thing)] = thing
        return thing
