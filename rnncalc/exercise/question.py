"""What is asked of a system of equations, and the plan that answers it; problems are told at the words of the file."""

from collections.abc import Container, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.counting import shown
from rnncalc.equations import Equation, Plan, Ref, Shape, plan
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.exercise.given import Data, extents_of
from rnncalc.quantity import written
from rnncalc.system import needed, uses

Extents = Mapping[tuple[str, int], int]


class Asked(Struct, frozen=True):
    """A quantity that is to be found, and where that is said."""

    ref: Ref
    span: Span | None = None


class Question(Struct, frozen=True):
    """The quantities asked for, of these equations with these data. `backward_pass` names what runs in loops of its
    own; `shapes` are sizes known beforehand, such as those of gradients."""

    equations: tuple[Equation, ...]
    asked: Sequence[Asked]
    data: Data
    backward_pass: Container[str] = ()
    shapes: Mapping[str, Shape] = {}

    def plan(self, problems: list[Problem]) -> Plan:
        """The order of computation; what cannot be found is left out, and noted among the problems.

        Inputs that are missing are taken to be there, for the sake of the mistakes in the rest of the file. Raises
        ExerciseError if there is no order at all.
        """
        lengths = self.lengths(problems)
        known = extents_of(self.data.sound)
        extents = self.guesses(known, lengths) | known
        try:
            everywhere = self.ordered((), extents, lengths)
            found = [one.ref for one in self.asked if self.exists(one, everywhere, problems)]
            return self.ordered(found or [Ref(self.equations[-1].name)], extents, lengths)
        except ExerciseError as error:
            if len(extents) > len(known):
                raise ExerciseError() from None
            place = self.asked[0].span if self.asked else None
            raise ExerciseError(
                *(replace(one, span=one.span or self.culprit(one) or place) for one in error.problems)
            ) from None

    def ordered(self, targets: Sequence[Ref], extents: Extents, lengths: Mapping[str, int]) -> Plan:
        return plan(self.equations, targets, extents=extents, stated=lengths, backward_pass=self.backward_pass)

    def lengths(self, problems: list[Problem]) -> dict[str, int]:
        letters = dict.fromkeys(letter for equation in self.equations for letter in equation.indices)
        for letter, (_, span) in self.data.lengths.items():
            if letter not in letters:
                hint = f"the equations have {', '.join(letters)}" if letters else "remove `lengths:`"
                problems.append(Problem(f"no equation has the index `{letter}`", span, hint))
        return {letter: count for letter, (count, _) in self.data.lengths.items() if letter in letters}

    def guesses(self, known: Extents, lengths: Mapping[str, int]) -> dict[tuple[str, int], int]:
        """A length for each input that is missing: that of others, or as much as is asked for."""
        sound = self.data.sound
        wanted = self.names or [equation.name for equation in self.equations]
        absent = [ref for ref in needed(self.equations, wanted) if ref.name not in sound]
        runs = dict(lengths)
        for ref in uses(self.equations):
            for slot, index in enumerate(ref.indices):
                if (ref.name, slot) in known:
                    runs.setdefault(index.base, known[ref.name, slot])
        most = max([1, *(index.offset for one in self.asked for index in one.ref.indices if not index.base)])
        return {
            (ref.name, slot): runs.get(index.base, most) for ref in absent for slot, index in enumerate(ref.indices)
        }

    @property
    def names(self) -> list[str]:
        return [one.ref.name for one in self.asked]

    def exists(self, asked: Asked, order: Plan, problems: list[Problem]) -> bool:
        """Whether equations define all that is asked; a problem if not. Without a position that is what they define."""
        if not asked.ref.indices:
            return True
        defined = [equation.target for equation in self.equations if equation.name == asked.ref.name]
        ranges = [
            [(1, order.lengths[index.base]) if index.base else (index.offset, index.offset) for index in target.indices]
            for target in defined
        ]
        for box in order.boxes(asked.ref):
            if not any(
                all(low <= a and b <= high for (a, b), (low, high) in zip(box, one, strict=True)) for one in ranges
            ):
                problems.append(self.outside(asked, defined[0], order))
                return False
        return True

    def outside(self, asked: Asked, target: Ref, order: Plan) -> Problem:
        last = {letter: shown(order.lengths[letter]) for letter in target.letters}
        runs = " and ".join(f"`{letter}` runs from {shown(1)} to {end}" for letter, end in last.items())
        if any(not index.base and index.offset < 1 for index in asked.ref.indices):
            hint = "a value before the first step is not computed, but given under `initial:`"
        else:
            sound = self.data.sound
            given = (ref.name for ref in uses(self.equations) if ref.name in sound and ref.indices)
            more = next((f"give `{name}` more entries" for name in given), "change `lengths:`")
            hint = f"{more}, or ask for an earlier position"
        return Problem(f"`{written(asked.ref)}` does not exist: {runs}", asked.span, hint)

    def culprit(self, problem: Problem) -> Span | None:
        """The place of a problem that has none: that of the last quantity it names."""
        named = [one for name, one in self.data.sound.items() if f"`{name}`" in problem.what]
        return max(named, key=lambda one: problem.what.rindex(f"`{one.name}`")).span if named else None
