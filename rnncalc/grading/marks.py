"""Marks of what was met, with a number for each, in as little memory as their bytes: a class may be large.

An open-addressed table: a mark stands at the place that its first bytes tell, or at the next that was free. Marks are
told apart by their own bytes, so they should be digests.
"""

from collections.abc import Mapping
from hashlib import blake2b

SIZE = 12
"""Bytes of a mark."""
FULL = 0.8
GROWTH = 1.5
_LEAST = 1024


def mark_of(*texts: str) -> bytes:
    """The mark of some texts that belong together."""
    return blake2b("\0".join(texts).encode(errors="surrogatepass"), digest_size=SIZE).digest()


class Marks:
    """By its mark, a number from 1 to 255 for whatever was met; 0 for what was not."""

    def __init__(self) -> None:
        self._count = 0
        self._make(_LEAST)

    def _make(self, places: int) -> None:
        self._places, self._marks, self._numbers = places, bytearray(SIZE * places), bytearray(places)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, mark: bytes) -> int:
        return self._numbers[self._place(mark)]

    def __setitem__(self, mark: bytes, number: int) -> None:
        self.put(mark, number)

    def put(self, mark: bytes, number: int) -> int:
        """Give the mark a number; what it had before."""
        place = self._place(mark)
        before = self._numbers[place]
        if not before:
            if self._count >= FULL * self._places:
                self._grow()
                place = self._place(mark)
            self._marks[SIZE * place : SIZE * (place + 1)] = mark
            self._count += 1
        self._numbers[place] = number
        return before

    def change(self, numbers: Mapping[int, int]) -> None:
        """Give all marks that have one number another one."""
        self._numbers = self._numbers.translate(bytes(numbers.get(number, number) for number in range(256)))

    def _place(self, mark: bytes) -> int:
        """Where the mark stands, or would stand."""
        place = int.from_bytes(mark[:8], "little") % self._places
        while self._numbers[place] and self._marks[SIZE * place : SIZE * (place + 1)] != mark:
            place = (place + 1) % self._places
        return place

    def _grow(self) -> None:
        marks, numbers = self._marks, self._numbers
        self._make(int(GROWTH * self._places))
        for old, number in enumerate(numbers):
            if number:
                mark = bytes(marks[SIZE * old : SIZE * (old + 1)])
                place = self._place(mark)
                self._marks[SIZE * place : SIZE * (place + 1)] = mark
                self._numbers[place] = number
