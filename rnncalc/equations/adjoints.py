"""What arrives at each quantity on the way back, and the equations made of it.

A use at the position where a quantity is defined (`h[t]` in the equation of y[t]) adds a term to its adjoint. A use
elsewhere (`h[t-1]`, `h[T]`) adds a share, a quantity of its own: only shares are looked up beyond the ends of the
sequence, where zero is right; a gate at T+1 does not exist.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.equations.algebra import ZERO, added, relettered, summed
from rnncalc.equations.pieces import tiled
from rnncalc.equations.tree import Binary, Equation, Expr, Index, Ref
from rnncalc.equations.walks import rebind, refs

Slots = tuple[Index, ...]
"""Where a quantity is used: its own letters with offsets, and fixed positions."""


class Share(Struct, frozen=True):
    """A share of the adjoint of `name`, from its uses at `slots`: `h[t-1]`, `h[3]`."""

    name: str
    slots: Slots

    @property
    def own(self) -> Slots:
        """The position of a use, written with the letters of the use."""
        return tuple(Index(slot.base) if slot.base else slot for slot in self.slots)


class Adjoints:
    """Collects terms. `lengths` are the last positions of all letters."""

    def __init__(self, equations: Sequence[Equation], lengths: Mapping[str, int]) -> None:
        self.lengths = lengths
        self.used = {ref.name for e in equations for ref in (e.target, *(ref for ref, _ in refs(e.expression)))}
        self.letters = _letters(equations)
        self.terms: dict[str, dict[Slots, list[Expr]]] = {}
        self.parts: dict[str, dict[str, list[Expr]]] = {}
        self.origins: dict[str, dict[tuple[str, Slots], None]] = {}
        self.names: dict[str, str] = {}
        self.shares: dict[Share, str] = {}

    def fresh(self, name: str) -> str:
        """The name, or a longer one if a quantity is called so."""
        while name in self.used:
            name += "_"
        self.used.add(name)
        return name

    def name(self, quantity: str) -> str:
        """The name of its adjoint."""
        if quantity not in self.names:
            self.names[quantity] = self.fresh(f"d_{quantity}")
        return self.names[quantity]

    def ref(self, ref: Ref) -> Ref:
        return Ref(self.name(ref.name), ref.indices)

    # -- what arrives

    def add(self, name: str, indices: Slots, term: Expr, letters: Sequence[str], consumer: str) -> None:
        """One use of a quantity at `indices` contributes the term, which has a value for each position of `letters`."""
        own = self.letters[name]
        running = [index.base for index in indices if index.base]
        slots = tuple(
            Index(letter, index.offset) if index.base else index for letter, index in zip(own, indices, strict=True)
        )
        others = [letter for letter in letters if letter not in running]
        renamed = [slot.base for slot in slots if slot.base]
        taken = {*self.lengths, *letters}
        self.terms.setdefault(name, {}).setdefault(slots, []).append(
            relettered(summed(term, others), running, renamed, taken)
        )
        self.origins.setdefault(name, {})[consumer, slots] = None
        if not indices and others:
            self.parts.setdefault(name, {}).setdefault(others[0], []).append(summed(term, others[1:]))

    def runs(self, name: str) -> tuple[bool, ...]:
        """For each index of a quantity, whether it is used along a letter there, not at fixed positions only."""
        return tuple(any(slot.base for slot in slots) for slots in zip(*self.terms[name], strict=True))

    def fixed(self, name: str) -> list[Slots]:
        """The positions of a quantity that is used at fixed positions only."""
        return [] if any(self.runs(name)) else list(self.terms[name])

    def is_plain(self, name: str, slots: Slots) -> bool:
        """Whether the use is at the position where the adjoint is gathered."""
        return all(
            not slot.offset if slot.base else not runs for slot, runs in zip(slots, self.runs(name), strict=True)
        )

    # -- the equations

    def equations(self, name: str) -> Iterator[Equation]:
        """The adjoint of a quantity at all its positions."""
        runs = self.runs(name)
        own = tuple(map(Index, self.letters[name]))
        places = dict.fromkeys(
            tuple(letter if along else slot for letter, along, slot in zip(own, runs, slots, strict=True))
            for slots in self.terms[name]
        )
        for place in places:
            yield Equation(Ref(self.name(name), place), added(list(tiled(list(self.gathered(name, place))))))

    def gathered(self, name: str, place: Slots) -> Iterator[Expr]:
        """The terms of the adjoint at a place: a letter stands for any position inside the sequence."""
        runs = self.runs(name)
        at = {letter: index for letter, index in zip(self.letters[name], place, strict=True) if letter}
        for slots, terms in self.terms[name].items():
            plain = self.is_plain(name, slots)
            looked = tuple(
                self.back(slot, index) if along else index if slot == index else None
                for slot, index, along in zip(slots, place, runs, strict=True)
            )
            if None in looked:
                continue
            if plain:
                yield from (rebind(term, at) for term in terms)
            else:
                yield Ref(self.share(name, slots), tuple(index for index in looked if index is not None))

    def back(self, slot: Index, place: Index) -> Index | None:
        """The position whose use `slot` is at `place`; None if there is none."""
        if not slot.base:
            return place if place.base or place == slot else None
        where = Index(place.base, place.offset - slot.offset)
        outside = not where.base and not 1 <= where.offset <= self.lengths[slot.base]
        return None if outside else where

    def share(self, name: str, slots: Slots) -> str:
        share = Share(name, slots)
        if share not in self.shares:
            offsets = [slot.offset for slot in slots if slot.base]
            way = "at" if len(offsets) < len(slots) else "next" if sum(offsets) < 0 else "before"
            far = "_".join(str(abs(slot.offset)) for slot in slots)
            plain = far == "1" and way != "at"
            self.shares[share] = self.fresh(f"d_{name}_{way}" + ("" if plain else far))
        return self.shares[share]

    def handed(self, name: str) -> Iterator[Equation]:
        """The shares of a quantity."""
        for slots, terms in self.terms.get(name, {}).items():
            if not self.is_plain(name, slots):
                yield Equation(Ref(self.share(name, slots), Share(name, slots).own), added(terms))

    def at(self, name: str, place: Slots) -> Iterator[Equation]:
        """The adjoint at a place outside the sequence, such as an initial state."""
        if name in self.terms and not all(map(self.inside, self.letters[name], self.runs(name), place)):
            terms = list(tiled(list(self.gathered(name, place))))
            if terms:
                yield Equation(Ref(self.name(name), place), added(terms))

    def inside(self, letter: str, runs: bool, index: Index) -> bool:
        """Whether the equations of the adjoint reach this position; at fixed positions they are all there is."""
        return bool(index.base) or not runs or 1 <= index.offset <= self.lengths[letter]

    def nothing(self, apart: Container[str]) -> Iterator[Equation]:
        """The adjoints of quantities at which nothing arrives, because what uses them has no slope: zeros."""
        for name, letters in self.letters.items():
            if name not in self.terms and name not in apart and all(letters) and not name.startswith("log("):
                place = tuple(map(Index, letters))
                yield Equation(Ref(self.name(name), place), Binary("*", ZERO, Ref(name, place)))

    def by_step(self, name: str) -> Iterator[Equation]:
        """What each position of the letter contributes to the adjoint of a parameter, where there is one letter."""
        parts = self.parts.get(name, {})
        if len(parts) == 1:
            ((letter, terms),) = parts.items()
            yield Equation(Ref(self.fresh(f"{self.name(name)}_part"), (Index(letter),)), added(terms))


def _letters(equations: Iterable[Equation]) -> dict[str, tuple[str, ...]]:
    """The letters that an adjoint runs over: those of the quantity's equation, or else of its first use."""
    found: dict[str, tuple[str, ...]] = {}
    targets = [equation.target for equation in equations]
    for ref in (*targets, *(ref for equation in equations for ref, _ in refs(equation.expression))):
        own = found.get(ref.name, ("",) * len(ref.indices))
        new = (index.base if not index.base.isupper() else "" for index in ref.indices)
        found[ref.name] = tuple(old or letter for old, letter in zip(own, new, strict=True))
    return found
