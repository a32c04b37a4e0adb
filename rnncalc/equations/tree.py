"""The nodes of an equation: frozen data without behaviour, a closed set that every interpreter matches in full."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal, TypeVar

from msgspec import Struct

from rnncalc.errors import Span

BinaryOperator = Literal["+", "-", "*", "/", "@"]
Slot = TypeVar("Slot")


class Index(Struct, frozen=True):
    """A position: `t-1` is `("t", -1)`; a capital letter is the last position of its index, `T-1` is `("T", -1)`;
    a fixed position `0` is `("", 0)`."""

    base: str
    offset: int = 0


class Number(Struct, frozen=True):
    """A literal, exact as written: not negative, and a finite decimal (`-1/3` is a negated quotient)."""

    value: Fraction


class Ref(Struct, frozen=True):
    """A quantity: the parameter `W_f`, the state `h[t-1]`."""

    name: str
    indices: tuple[Index, ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters that run in its indices; none of them for a fixed position."""
        return tuple(index.base for index in self.indices if index.base)

    @property
    def position(self) -> tuple[int, ...]:
        """Where it stands, if its indices are fixed: h[2] at (2,)."""
        return tuple(index.offset for index in self.indices)


class Negate(Struct, frozen=True):
    operand: "Expr"


class Binary(Struct, frozen=True):
    """`*` is element-wise, `@` the matrix product."""

    operator: BinaryOperator
    left: "Expr"
    right: "Expr"


class Power(Struct, frozen=True):
    """An element-wise whole power."""

    base: "Expr"
    exponent: int


class Transpose(Struct, frozen=True):
    operand: "Expr"


class Call(Struct, frozen=True):
    """A function of the table applied to its arguments: `tanh(x)`, `leaky_relu(x, 0.1)`, `concat(h, x)`."""

    function: str
    arguments: tuple["Expr", ...]


class Over(Struct, frozen=True):
    """A function over all positions of a letter. `sum(a[t,j], j)` has one value; `softmax(e[t,j], j)` has one for each
    position, and is taken `at` the position that j has on the left-hand side."""

    function: str
    body: "Expr"
    index: str
    at: Index | None = None


Expr = Number | Ref | Negate | Binary | Power | Transpose | Call | Over


class Equation(Struct, frozen=True, eq=False):
    """`target = expression`. `places` tells where each part was written, for error messages; neither it nor `span`
    takes part in comparison."""

    target: Ref
    expression: Expr
    span: Span | None = None
    places: Mapping[Expr, Span] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equation) and (self.target, self.expression) == (other.target, other.expression)

    def __hash__(self) -> int:
        return hash((self.target, self.expression))

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def indices(self) -> tuple[str, ...]:
        """The index letters on the left; a fixed position (`s[0] = …`) has none."""
        return self.target.letters

    def position(self, letters: Mapping[str, int]) -> tuple[int, ...]:
        """The position on the left when the letters have these values."""
        return tuple(letters[index.base] if index.base else index.offset for index in self.target.indices)

    def letters(self, slots: Iterable[Slot]) -> dict[str, Slot]:
        """What each letter stands for where these are the slots of the left-hand side: of its positions, or ranges."""
        return {index.base: slot for index, slot in zip(self.target.indices, slots, strict=True) if index.base}

    def place(self, part: Expr) -> Span | None:
        return self.places.get(part, self.span)


def ref_at(name: str, position: Iterable[int]) -> Ref:
    """A quantity at a position: h[2]."""
    return Ref(name, tuple(Index("", place) for place in position))
