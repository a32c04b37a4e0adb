"""A recurrence over one index as a compiled loop: the passes after grouping, in order."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from rnncalc.equations.boxes import Box, Interval
from rnncalc.equations.compiled.arithmetic import UnsupportedError, operation
from rnncalc.equations.compiled.emit import Source, emit
from rnncalc.equations.compiled.group import Repeat, Whole
from rnncalc.equations.compiled.hoist import Hoisted, hoist
from rnncalc.equations.compiled.inline import inlined
from rnncalc.equations.compiled.lower import lower
from rnncalc.equations.compiled.nest import Write, writer
from rnncalc.equations.compiled.rows import Prepare, filler
from rnncalc.equations.compiled.scalars import ScalarSource, emit_scalars, scalar_loop
from rnncalc.equations.compiled.series import Scope
from rnncalc.equations.compiled.stack import Layout, layout
from rnncalc.equations.compiled.stores import Extent
from rnncalc.equations.compiled.turn import Row, Turn
from rnncalc.equations.loops import Loop
from rnncalc.equations.tree import Equation, Ref

_NUMPY = (
    "add", "subtract", "multiply", "divide", "negative", "positive", "square", "reciprocal", "maximum", "tanh", "exp",
    "log", "copyto",
)  # fmt: skip


class Columns(Struct, frozen=True):
    """The rows of members of one shift, side by side: each stands at the columns `places[row]`."""

    shift: int
    prepare: Prepare
    width: int
    places: Mapping[Row, Interval]


class Scalars(Struct, frozen=True):
    """The same loop on single numbers."""

    source: ScalarSource
    loop: Callable[..., list[float]]


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
    function: Callable[..., None]
    scalars: Scalars | None
    first: tuple[tuple[Write, str], ...]
    columns: tuple[Columns, ...]
    joint: Mapping[str, Extent]
    scope: Scope

    def size(self, name: str) -> int:
        return self.scope.entries(Ref(name))


def recurrence(
    repeat: Repeat,
    span: Interval,
    whole: Interval,
    equations: Mapping[int, Equation],
    wanted: Mapping[int, tuple[Box, ...]],
    scope: Scope,
    full: Mapping[str, Extent],
    partly: Collection[str],
) -> Recurrence:
    """Compile a group for the turns `span` of the `whole`, at which all members take part. `full` are the members
    stored at all positions, `partly` those stored where they are asked for.

    Raises UnsupportedError for what needs more than a loop over rows.
    """
    names = {equations[member].name: member for member in repeat.members}
    repeat, equations = inlined(repeat, equations, wanted, {*full, *partly})
    hoisted = hoist(repeat, equations, wanted, scope, every=True)
    order = [part.equation for part in repeat.body if isinstance(part, Whole)]
    kept = {*full, *partly}
    turn = lower(repeat, order, hoisted.equations, hoisted.scope, kept)
    plan = layout(turn, kept)
    source = emit(turn, plan)
    joint = {name: full[name] for name in plan.copied} if whole == span and set(plan.copied) <= set(full) else {}
    before = {equation.name: equation for equation, _ in hoisted.before}
    first = [equation for equation in before.values() if not equation.indices]
    return Recurrence(
        repeat.loop, span, names, full, turn, plan, source, _loop(source, turn), _scalars(turn, plan, kept),
        tuple((writer(equation, hoisted.scope), equation.name) for equation in first),
        _columns(source, before, hoisted, repeat.loop.letter), joint, hoisted.scope,
    )  # fmt: skip


def spans(
    repeat: Repeat, equations: Mapping[int, Equation], wanted: Mapping[int, tuple[Box, ...]]
) -> tuple[Interval, Interval]:
    """The turns at which all members take part, and those at which any does.

    Raises UnsupportedError for a group that is no plain loop over one index.
    """
    found = []
    for member in repeat.members:
        if len(wanted[member]) > 1 or equations[member].indices != (repeat.loop.letter,) or len(wanted[member][0]) > 1:
            raise UnsupportedError("more than one index, or positions here and there")
        found.append(sorted(repeat.loop.turn(member, end) for end in wanted[member][0][0]))
    if len({equations[member].name for member in repeat.members}) < len(repeat.members):
        raise UnsupportedError("two equations of one quantity")
    firsts, lasts = zip(*found, strict=True)
    return (max(firsts), min(lasts)), (min(firsts), max(lasts))


def _columns(source: Source, before: Mapping[str, Equation], hoisted: Hoisted, letter: str) -> tuple[Columns, ...]:
    """The rows of each shift, in the order in which the loop reads them."""
    shifts: dict[int, list[Row]] = {}
    for row in (row for group, _ in source.rows for row in group):
        shifts.setdefault(row.shift, []).append(row)
    result = []
    for shift, rows in shifts.items():
        places, low = {}, 0
        for row in rows:
            places[row] = (low, low + hoisted.scope.entries(Ref(row.name)))
            low = places[row][1]
        result.append(Columns(shift, filler(rows, before, letter, hoisted.scope), low, places))
    return tuple(result)


def _loop(source: Source, turn: Turn) -> Callable[..., None]:
    """The generated function, with nothing in reach but what it calls."""
    names: dict[str, Any] = {name: getattr(np, name) for name in _NUMPY}
    names |= {"__builtins__": {"range": range, "zip": zip}}
    names |= {f"f{number}": operation(op.node) if op.node else None for number, op in enumerate(source.functions)}
    exec(compile(source.text, "<rnncalc loop>", "exec"), names)
    return names["loop"]  # type: ignore[no-any-return]


def _scalars(turn: Turn, plan: Layout, kept: Sequence[str] | Collection[str]) -> Scalars | None:
    try:
        source = emit_scalars(turn, plan, kept)
    except UnsupportedError:
        return None
    return Scalars(source, scalar_loop(source))
