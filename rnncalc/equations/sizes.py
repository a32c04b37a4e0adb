"""Union-find over sizes: which are equal, and what each is if anything says so."""

from msgspec import Struct


class Sizes(Struct):
    """Each class of equal sizes may know its number and the datum it came from."""

    parent: list[int] = []
    number: list[int | None] = []
    origin: list[str | None] = []

    def new(self, number: int | None = None, origin: str | None = None) -> int:
        self.parent.append(len(self.parent))
        self.number.append(number)
        self.origin.append(origin)
        return len(self.parent) - 1

    def find(self, size: int) -> int:
        while self.parent[size] != size:
            self.parent[size] = self.parent[self.parent[size]]
            size = self.parent[size]
        return size

    def value(self, size: int) -> int | None:
        return self.number[self.find(size)]

    def unify(self, left: int, right: int) -> bool:
        """Make two sizes one; False if both are known and differ."""
        left, right = self.find(left), self.find(right)
        if left == right:
            return True
        if self.number[left] is None:
            left, right = right, left
        if self.number[right] is not None and self.number[left] != self.number[right]:
            return False
        self.parent[right] = left
        return True
