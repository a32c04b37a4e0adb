"""Sizes that do not fit → one problem for each likely mistake, told at the number list that is likely wrong.

One wrong matrix makes many equations fail. So the question asked here is: which single change of the data would settle
most? That change is reported with one of the places it settles, then taken as made, until nothing is left.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import Conflict, Datum, Equation, Expr, OpenShape, Ref, Shape, infer, refs, shape_text, source
from rnncalc.errors import Problem
from rnncalc.exercise.given import Given

MOST_PROBLEMS, MOST_SUSPECTS = 20, 12

Sizes = Mapping[str, Datum]


class _Repair(Struct, frozen=True):
    """A change of the data: the sizes it gives, what to say, and the conflicts that remain. `rank` prefers the causes
    that are more frequent in practice."""

    rank: int
    changed: Mapping[str, Shape]
    words: str
    remaining: tuple[Conflict, ...]


def diagnose(
    equations: tuple[Equation, ...],
    sizes: Sizes,
    given: Mapping[str, Given],
    conflicts: Iterable[Conflict],
    harmless: Collection[Conflict],
    rows: Collection[str] = (),
) -> list[Problem]:
    """The problems behind the conflicts; those in `harmless` are let be. `rows` are vectors known to be rows."""
    return list(_Diagnosis(equations, given, harmless, rows).problems(dict(sizes), tuple(conflicts)))


class _Diagnosis:
    def __init__(
        self,
        equations: tuple[Equation, ...],
        given: Mapping[str, Given],
        harmless: Collection[Conflict],
        rows: Collection[str],
    ) -> None:
        self.equations, self.given, self.rows = equations, given, rows
        self.ignored = {(conflict.equation, conflict.part) for conflict in harmless}

    def problems(self, sizes: dict[str, Datum], conflicts: tuple[Conflict, ...]) -> Iterator[Problem]:
        for _ in range(MOST_PROBLEMS):
            if not conflicts:
                return
            repairs = list(self.repairs(sizes, conflicts))
            if repairs:
                best = _best(repairs)
                yield self.tell(_shown(conflicts, best), best, sizes)
                sizes |= {name: Datum(shape, sizes[name].span) for name, shape in best.changed.items()}
                conflicts = best.remaining
            else:
                yield self.tell(conflicts[0], None, sizes)
                self.equations = tuple(one for one in self.equations if one != conflicts[0].equation)
                conflicts = self.conflicts(sizes)

    def conflicts(self, sizes: Sizes) -> tuple[Conflict, ...]:
        found = infer(self.equations, sizes, self.rows, strict=True).conflicts
        return tuple(one for one in found if (one.equation, one.part) not in self.ignored)

    # -- what could be wrong

    def repairs(self, sizes: Sizes, conflicts: tuple[Conflict, ...]) -> Iterator[_Repair]:
        """Every single change of the data in the first conflict after which fewer remain."""
        first = conflicts[0]
        names = [ref.name for ref in _refs(first.equation)]
        near = dict.fromkeys((*names, *first.left.origins, *first.right.origins))
        suspects = [name for name in near if name in sizes][:MOST_SUSPECTS]
        for name in suspects:
            for rank, shape, words in self.other_sizes(name, sizes):
                remaining = self.conflicts({**sizes, name: Datum(shape)})
                if len(remaining) < len(conflicts):
                    yield _Repair(rank, {name: shape}, words, remaining)
        matrices = [name for name in suspects if 1 not in sizes[name].shape]
        for one, other in combinations(matrices, 2):
            changed = {one: sizes[other].shape, other: sizes[one].shape}
            if sizes[one].shape != sizes[other].shape:
                remaining = self.conflicts({**sizes, **{name: Datum(shape) for name, shape in changed.items()}})
                if len(remaining) < len(conflicts):
                    yield _Repair(3, changed, f"are {one} and {other} exchanged?", remaining)

    def other_sizes(self, name: str, sizes: Sizes) -> Iterator[tuple[int, Shape, str]]:
        """Sizes that the quantity may have been meant to have, with a rank and the words for it."""
        rows, columns = shape = sizes[name].shape
        one = self.given.get(name)
        if one and one.commas and one.commas.shape != shape:
            yield 0, one.commas.shape, one.commas.advice
        if one and shape == (1, 1) and len(one.values) > 1 and () not in one.values:
            count = len(one.values)
            words = f"is this one step with {count} entries? then write two pairs of brackets: `{name}: [[2, 3]]`"
            yield 1, (count, 1), words
        others = {other: datum for other, datum in sizes.items() if other != name}
        fit = infer(self.equations, others, self.rows).sizes.get(name)
        wanted = (fit[0] or rows, fit[1] or columns) if fit else shape
        if wanted != shape:
            rank, words = _difference(name, shape, wanted)
            yield rank, wanted, words

    # -- how it is told

    def tell(self, conflict: Conflict, repair: _Repair | None, sizes: Sizes) -> Problem:
        span = sizes[next(iter(repair.changed))].span if repair else None
        own = {datum.span.source for datum in sizes.values() if datum.span}
        place = conflict.equation.place(conflict.part)
        if span is None and place and place.source not in own:
            origins = (*conflict.left.origins, *conflict.right.origins)
            span = next((sizes[name].span for name in origins if name in sizes), None)
        words = repair.words if repair else "give the numbers the sizes that the equation needs, or change the equation"
        what = f"the sizes in `{source(conflict.equation)}` do not fit"
        return Problem(what, span or place, words, tuple(self.notes(conflict, sizes)))

    def notes(self, conflict: Conflict, sizes: Sizes) -> Iterator[str]:
        """Both operands with their sizes, and where these come from."""
        left, right = conflict.left, conflict.right
        name, size = self.operand(left.expr, left.shape, left.origins, sizes)
        other, other_size = self.operand(right.expr, right.shape, right.origins, sizes)
        if name == other:
            size = shape_text(left.shape) if isinstance(left.expr, Ref) else size
            yield f"{name} is {other_size}"
            yield f"but it should be {size}"
        else:
            yield f"{name} is {size}"
            verb = "is multiplied by" if conflict.product else "is combined with"
            yield f"and {verb} {other}, which is {other_size}"

    def operand(self, expr: Expr, shape: OpenShape, origins: tuple[str, ...], sizes: Sizes) -> tuple[str, str]:
        """`W_f @ x[t]` and `2×1 (W_f is 2×3, line 9)`; a quantity that is given is told with its own line only."""
        if isinstance(expr, Ref) and expr.name in sizes:
            shape, origins = sizes[expr.name].shape, ()
            span = sizes[expr.name].span
            reasons = [f"line {span.line}"] if span else []
        else:
            reasons = []
        for name in origins:
            datum = sizes[name]
            if not {size for size in shape if size != 1}.isdisjoint(datum.shape):
                line = f", line {datum.span.line}" if datum.span else ""
                reasons.append(f"{name} is {shape_text(datum.shape)}{line}")
        return f"`{source(expr)}`", shape_text(shape) + (f" ({'; '.join(reasons)})" if reasons else "")


def _difference(name: str, shape: Shape, wanted: Shape) -> tuple[int, str]:
    """How the size wanted differs from the size there is, with a rank."""
    (rows, columns), fits = shape, f"{shape_text(wanted)} would fit"
    if wanted == (columns, rows):
        if rows == 1:
            return 2, f"is {name} meant to be a column? write it with one pair of brackets: `{name}: [2, 3]`"
        if columns == 1:
            return 2, f"is {name} meant to be a row? write it with two pairs of brackets: `{name}: [[2, 3]]`"
        return 2, f"is {name} transposed? {fits}"
    few = {-1: "too few", 1: "too many"}
    if wanted[1] == columns and (amount := few.get(rows - wanted[0])):
        return 4, f"has {name} one {'entry' if columns == 1 else 'row'} {amount}? {fits}"
    if wanted[0] == rows and (amount := few.get(columns - wanted[1])):
        return 4, f"has {'each row of ' if rows > 1 else ''}{name} one entry {amount}? {fits}"
    return 5, f"{name} would fit as {shape_text(wanted)}"


def _best(repairs: list[_Repair]) -> _Repair:
    """The repair that settles most. Where another does as well, its words are added: the size of a matrix and that of
    the vector it multiplies can both be wrong."""
    first = min(repairs, key=_merit)
    equal = [repair.words for repair in repairs if _merit(repair) == _merit(first)]
    return replace(first, words="; or ".join(equal[:2]))


def _merit(repair: _Repair) -> tuple[int, int]:
    return len(repair.remaining), repair.rank


def _shown(conflicts: tuple[Conflict, ...], repair: _Repair) -> Conflict:
    """The conflict that shows best what the repair is about: a product with the quantity itself, if there is one."""
    remaining = {(one.equation, one.part) for one in repair.remaining}
    settled = [one for one in conflicts if (one.equation, one.part) not in remaining] or list(conflicts)

    def distance(conflict: Conflict) -> tuple[bool, bool]:
        direct = any(
            isinstance(one.expr, Ref) and one.expr.name in repair.changed for one in (conflict.left, conflict.right)
        )
        return not direct, conflict.product is None

    return min(settled, key=distance)


def _refs(equation: Equation) -> Iterator[Ref]:
    yield equation.target
    yield from (ref for ref, _ in refs(equation.expression))
