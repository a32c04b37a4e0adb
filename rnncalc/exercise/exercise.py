"""A checked exercise, as data."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec import Struct

from rnncalc.cell import Cell, Stage
from rnncalc.equations import Equation, Position, Ref
from rnncalc.exercise.expected import Expected
from rnncalc.exercise.generation import Stop
from rnncalc.exercise.letters import Letters
from rnncalc.exercise.network import Network
from rnncalc.exercise.policy import Policy
from rnncalc.exercise.randomize import Rules
from rnncalc.exercise.vocabulary import Vocabulary
from rnncalc.quantity import Quantities

if TYPE_CHECKING:
    from rnncalc.exercise.training import Training


class Exercise(Struct, frozen=True):
    """A checked exercise. `network` is its equations with its data, ready to compute."""

    name: str
    title: str
    source: str
    note: str
    cell: Cell | None
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]
    find: tuple[Ref, ...]
    network: Network
    quantities: Quantities
    letters: Letters = Letters()
    """What letters there are among the numbers, and may be."""
    expect: tuple[Expected, ...] = ()
    adjoints: frozenset[str] = frozenset()
    """The quantities of the backward pass."""
    derivatives: Mapping[str, str] = {}
    """The quantity whose gradient a quantity of the backward pass is."""
    arguments: Mapping[str, str] = {}
    """The quantity in whose equation an argument stands, such as that of tanh, whose gradient it is."""
    training: "Training | None" = None
    shares: frozenset[str] = frozenset()
    """Those that stand for what one step hands to another; their formulas are written where they are received."""
    loss: str = ""
    randomize: Rules | None = None
    variant: Mapping[str, str] = {}
    """Where a variant comes from, as it says."""
    lang: str = ""
    """The language of its page, unless the reader asks for another."""
    points: Fraction | None = None
    """What it is worth on a sheet of several."""
    first: int = 1
    """From which number positions are counted where it is read and shown."""
    rows: bool = False
    """Whether its vectors are rows."""
    words: Mapping[str, Vocabulary] = {}
    """The words that the entries of a quantity stand for."""
    stop: Stop | None = None
    """Where a sequence ends by itself."""
    tags: tuple[str, ...] = ()
    marks: tuple[tuple[Ref, Fraction], ...] = ()
    policy: Policy = Policy()

    @property
    def forward(self) -> tuple[Equation, ...]:
        """The equations of the network itself, without those of its gradients and of its training."""
        others = self.adjoints | (self.training.later if self.training else frozenset())
        return tuple(one for one in self.network.plan.equations if one.name not in others)

    @property
    def worth(self) -> Fraction | None:
        """What it is worth on a sheet of several: its points, or else all its marks; None if it says neither."""
        return self.points or sum((marks for _, marks in self.marks), Fraction(0)) or None

    def said_marks(self) -> dict[tuple[str, Position], Fraction]:
        """What `marks:` says each quantity is worth: one that is computed at several positions shares its marks."""
        plan = self.network.plan
        found: dict[tuple[str, Position], Fraction] = {}
        for ref, marks in self.marks:
            places = [(ref.name, place) for place in plan.positions(ref) if plan.computes(ref.name, place)]
            for place in places:
                found[place] = found.get(place, Fraction(0)) + marks / len(places)
        return found
