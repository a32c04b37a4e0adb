"""Marks of what was met, with a number for each, in hardly more memory than their bytes: a class may be large.

Marks are digests. Those that begin alike lie one behind the other, each with its number, and are searched as bytes are:
a dictionary would take ten times the memory.
"""

from collections.abc import Mapping
from hashlib import blake2b

SIZE = 12
"""Bytes of a mark."""
_STEP = SIZE + 1
_SHELVES = 1024


def mark_of(*texts: str) -> bytes:
    """The mark of some texts that belong together."""
    return blake2b("\0".join(texts).encode(errors="surrogatepass"), digest_size=SIZE).digest()


class Marks:
    """By its mark, a number from 1 to 255 for whatever was met; 0 for what was not."""

    def __init__(self) -> None:
        self._shelves = [bytearray() for _ in range(_SHELVES)]

    def __len__(self) -> int:
        return sum(map(len, self._shelves)) // _STEP

    def __getitem__(self, mark: bytes) -> int:
        shelf, place = self._find(mark)
        return 0 if place < 0 else shelf[place + SIZE]

    def __setitem__(self, mark: bytes, number: int) -> None:
        self.put(mark, number)

    def put(self, mark: bytes, number: int) -> int:
        """Give the mark a number; what it had before."""
        shelf, place = self._find(mark)
        if place < 0:
            shelf += mark
            shelf.append(number)
            return 0
        before = shelf[place + SIZE]
        shelf[place + SIZE] = number
        return before

    def change(self, numbers: Mapping[int, int]) -> None:
        """Give all marks that have one number another one."""
        others = bytes(numbers.get(number, number) for number in range(256))
        for shelf in self._shelves:
            shelf[SIZE::_STEP] = shelf[SIZE::_STEP].translate(others)

    def _find(self, mark: bytes) -> tuple[bytearray, int]:
        """Where the mark stands, −1 where it does not."""
        shelf = self._shelves[(mark[0] << 8 | mark[1]) % _SHELVES]
        place = shelf.find(mark)
        while place > 0 and place % _STEP:
            # The end of one mark and the beginning of the next may look like it.
            place = shelf.find(mark, place + 1)
        return shelf, place
