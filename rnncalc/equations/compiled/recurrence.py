"""The stages from `inline` to `emit`, in order, for a recurrence over one index."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from rnncalc.equations.boxes import Interval
from rnncalc.equations.compiled.arithmetic import UnsupportedError
from rnncalc.equations.compiled.emit import Source, emit
from rnncalc.equations.compiled.group import Repeat, Whole
from rnncalc.equations.compiled.hoist import hoist
from rnncalc.equations.compiled.inline import inlined
from rnncalc.equations.compiled.lower import lower
from rnncalc.equations.compiled.nest import Write, writer
from rnncalc.equations.compiled.rows import Columns, columns
from rnncalc.equations.compiled.scalars import Scalars, emit_scalars
from rnncalc.equations.compiled.series import Scope
from rnncalc.equations.compiled.stack import Layout, layout
from rnncalc.equations.compiled.stores import Extent
from rnncalc.equations.compiled.turn import Turn
from rnncalc.equations.loops import Loop
from rnncalc.equations.schedule import Plan
from rnncalc.equations.tree import Ref


class Recurrence(Struct, frozen=True):
    """A loop for the turns `span`, at which all members take part. `stored` are the members with a store at all their
    positions; `joint` those of them whose stores are parts of one array, made when the loop runs; `first` computes what
    depends on parameters only."""

    loop: Loop
    span: Interval
    members: Mapping[str, int]
    stored: Collection[str]
    turn: Turn
    plan: Layout
    source: Source
    scalars: Scalars | None
    first: tuple[tuple[Write, str], ...]
    columns: tuple[Columns, ...]
    joint: Mapping[str, Extent]
    scope: Scope

    def size(self, name: str) -> int:
        return self.scope.entries(Ref(name))


def recurrence(
    repeat: Repeat, plan: Plan, scope: Scope, full: Mapping[str, Extent], partly: Collection[str]
) -> Recurrence:
    """Compile a group for the turns at which all members take part. `full` are the members stored at all positions,
    `partly` those stored where they are asked for.

    Raises UnsupportedError for what needs more than a loop over rows.
    """
    span, whole = spans(repeat, plan)
    kept = {*full, *partly}
    left, equations = inlined(repeat, {member: plan.equations[member] for member in repeat.members}, plan.wanted, kept)
    hoisted = hoist(left, equations, plan.wanted, scope, every=True)
    order = [part.equation for part in left.body if isinstance(part, Whole)]
    turn = lower(left, order, hoisted.equations, hoisted.scope, kept)
    laid_out = layout(turn, kept)
    source = emit(turn, laid_out)
    before = {equation.name: equation for equation, _ in hoisted.before}
    rows = [row for group, _ in source.rows for row in group]
    return Recurrence(
        loop=repeat.loop,
        span=span,
        members={plan.equations[member].name: member for member in repeat.members},
        stored=full,
        turn=turn,
        plan=laid_out,
        source=source,
        scalars=emit_scalars(turn, laid_out, kept),
        first=tuple((writer(e, hoisted.scope), e.name) for e in before.values() if not e.indices),
        columns=columns(rows, before, repeat.loop.letter, hoisted.scope),
        joint={name: full[name] for name in laid_out.copied if span == whole and set(laid_out.copied) <= set(full)},
        scope=hoisted.scope,
    )


def spans(repeat: Repeat, plan: Plan) -> tuple[Interval, Interval]:
    """The turns at which all members take part, and those at which any does.

    Raises UnsupportedError for a group that is no plain loop over one index.
    """
    found = []
    for member in repeat.members:
        boxes = plan.wanted[member]
        if plan.equations[member].indices != (repeat.loop.letter,) or [len(box) for box in boxes] != [1]:
            raise UnsupportedError("more than one index, or positions here and there")
        found.append(sorted(repeat.loop.turn(member, end) for end in boxes[0][0]))
    if len({plan.equations[member].name for member in repeat.members}) < len(repeat.members):
        raise UnsupportedError("two equations of one quantity")
    firsts, lasts = zip(*found, strict=True)
    return (max(firsts), min(lasts)), (min(firsts), max(lasts))
