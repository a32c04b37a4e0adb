"""How far each index runs: letters that index one slot of a quantity run equally far, and inputs fix the length."""

from collections.abc import Iterable, Mapping

from rnncalc.equations.tree import Equation
from rnncalc.equations.walks import refs
from rnncalc.errors import ExerciseError, Problem


def last_positions(
    equations: Iterable[Equation], extents: Mapping[tuple[str, int], int], stated: Mapping[str, int]
) -> dict[str, int]:
    """The last position of every index letter, from the inputs given (`extents[name, slot]`) and from `stated[letter]`.

    Raises ExerciseError where two inputs disagree or nothing fixes a length.
    """
    runs = _Runs(equations)
    found: dict[str, tuple[int, str]] = {}
    for letter, count in stated.items():
        known, reason = found.setdefault(runs.leader(letter), (count, f"`lengths` says {count}"))
        if known != count:
            other = next(one for one in stated if runs.leader(one) == runs.leader(letter))
            what = f"the lengths do not agree: {reason} for `{other}` but {count} for `{letter}`"
            raise ExerciseError(Problem(f"{what}, which run over the same quantity", None, "give both the same length"))
    for (name, slot), count in extents.items():
        if (name, slot) not in runs.slots:
            continue
        leader = runs.leader(runs.slots[name, slot])
        known, reason = found.setdefault(leader, (count, f"`{name}` has {count}"))
        if known != count:
            raise ExerciseError(
                Problem(
                    f"the lengths do not agree: {reason} but `{name}` has {count} positions",
                    None,
                    "give as many entries of one as of the other, or index them with different letters",
                )
            )
    for equation in runs.equations:
        for letter in equation.indices:
            if runs.leader(letter) not in found:
                raise ExerciseError(_unknown(equation, letter))
    return {letter: found[runs.leader(letter)][0] for letter in runs.letters if runs.leader(letter) in found}


def _unknown(equation: Equation, letter: str) -> Problem:
    return Problem(
        f"nothing says how far `{letter}` runs in `{equation.name}`",
        equation.span,
        f"give an input that is indexed by `{letter}`, or say `lengths: {{{letter}: 3}}`",
    )


class _Runs:
    """Letters in classes: two letters that index one slot are the same run."""

    def __init__(self, equations: Iterable[Equation]) -> None:
        self.equations = tuple(equations)
        self.parent: dict[str, str] = {}
        self.slots: dict[tuple[str, int], str] = {}
        for equation in self.equations:
            for ref in (equation.target, *(ref for ref, _ in refs(equation.expression))):
                for slot, index in enumerate(ref.indices):
                    if index.base:
                        self.join(index.base.lower(), self.slots.setdefault((ref.name, slot), index.base.lower()))

    @property
    def letters(self) -> list[str]:
        return list(self.parent)

    def leader(self, letter: str) -> str:
        while self.parent.setdefault(letter, letter) != letter:
            letter = self.parent[letter]
        return letter

    def join(self, one: str, other: str) -> None:
        self.parent[self.leader(one)] = self.leader(other)
