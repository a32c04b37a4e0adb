"""Hypotheses: each mistake at one equation or at all that allow it, at one time step or at every one."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules

from msgspec import Struct

from rnncalc.cell import Cell
from rnncalc.equations import Equation, Expr, Position, Ref, refs
from rnncalc.mistakes.catalogue import Mistake, Rewrite, Rewrites
from rnncalc.mistakes.system import System

MOST_SINGLE_STEPS = 30
"""Over longer sequences a mistake is looked for at every step at once only."""

Changes = Mapping[Ref, tuple[tuple[Position | None, Expr], ...]]
"""The wrong right-hand sides by what stands on the left; each at a position, or at all."""


class Hypothesis(Struct, frozen=True):
    """`mistake`, made in these equations; `only` at one position of the first letter, if that is not None."""

    mistake: Mistake
    changes: Changes
    only: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The quantities whose equations are changed."""
        return tuple(dict.fromkeys(target.name for target in self.changes))

    def expression(self, equation: Equation, position: Position) -> Expr | None:
        """The wrong right-hand side of an equation at a position, None where the right one is used."""
        if self.only is not None and position[:1] != (self.only,):
            return None
        for place, expression in self.changes.get(equation.target, ()):
            if place is None or place == position:
                return expression
        return None


def catalogue() -> tuple[Mistake, ...]:
    """Every mistake of the files beside this one, in the order of their names."""
    from rnncalc import mistakes as folder

    own = ("catalogue", "hypotheses", "system")
    modules = sorted(found.name for found in iter_modules(folder.__path__) if found.name not in own)
    return tuple(
        mistake for name in modules for mistake in getattr(import_module(f"{folder.__name__}.{name}"), "MISTAKES", ())
    )


def of_cell(cell: Cell) -> tuple[Mistake, ...]:
    """The mistakes that the file of a cell lists, for exercises that have its equations as they are."""
    right = {equation.target: equation for equation in cell.equations}
    return tuple(
        Mistake(one.slug, one.title, one.hint, one.kind, _in_the_place_of(right[one.equation.target], one.equation))
        for one in cell.mistakes
    )


def _in_the_place_of(right: Equation, wrong: Equation) -> Rewrites:
    def rewrites(equation: Equation, system: System) -> Iterator[Rewrite]:
        if equation == right and system.fits(equation, wrong.expression):
            yield Rewrite(wrong.expression)

    return rewrites


def hypotheses(system: System, mistakes: Sequence[Mistake]) -> list[Hypothesis]:
    """All that are different, those in fewer equations first."""
    found: dict[object, Hypothesis] = {}
    for mistake in mistakes:
        for changes in _changes(mistake, system):
            for only in (None, *_steps(changes, system)):
                one = Hypothesis(mistake, changes, only)
                found.setdefault((tuple(sorted(changes.items(), key=lambda item: repr(item[0]))), only), one)
    return list(found.values())


def _changes(mistake: Mistake, system: System) -> Iterator[Changes]:
    """In each equation alone; then, if it may be made everywhere, in all equations with a rewrite of one role."""
    everywhere: dict[str, dict[Ref, tuple[tuple[Position | None, Expr], ...]]] = {}
    for equation in system.equations:
        for role, rewrites in _by_role(mistake, equation, system).items():
            change = tuple((one.position, one.expression) for one in rewrites)
            if change[0][0] is None:
                yield from ({equation.target: (one,)} for one in change)
                change = change[:1]
            else:
                yield {equation.target: change}
            everywhere.setdefault(role, {})[equation.target] = change
    if not mistake.alone:
        yield from (changes for changes in everywhere.values() if len(changes) > 1)


def _by_role(mistake: Mistake, equation: Equation, system: System) -> dict[str, list[Rewrite]]:
    found: dict[str, list[Rewrite]] = {}
    for rewrite in dict.fromkeys(mistake.rewrites(equation, system)):
        if rewrite.expression != equation.expression and _is_bound(rewrite.expression, equation):
            found.setdefault(rewrite.role, []).append(rewrite)
    return found


def _steps(changes: Changes, system: System) -> Sequence[int]:
    """The positions at which the mistake may be made alone."""
    letters = {equation.indices[0] for equation in system.equations if equation.target in changes and equation.indices}
    if len(letters) != 1:
        return ()
    last = system.lengths[letters.pop()]
    if not 1 < last <= MOST_SINGLE_STEPS:
        return ()
    places = {place for change in changes.values() for place, _ in change}
    told = sorted({place[0] for place in places if place})
    # What is wrong at one step only is so without being told when.
    return range(1, last + 1) if None in places else told if len(told) > 1 else ()


def _is_bound(expr: Expr, equation: Equation) -> bool:
    """Whether every running letter stands on the left, or under a sum over it."""
    return all(
        index.base in equation.indices or index.base in bound or not index.base.islower()
        for ref, bound in refs(expr)
        for index in ref.indices
    )
