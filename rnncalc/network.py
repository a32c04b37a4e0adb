"""Equations with their data, ready to compute: the plan, the shapes, what is missing and what does not fit."""

from collections.abc import Callable, Container, Mapping, Sequence
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import (
    Binary,
    Conflict,
    Datum,
    Equation,
    Plan,
    Position,
    Ref,
    Shape,
    Shapes,
    describe,
    infer,
    likely_cause,
    plan,
    refs,
    shape_text,
)
from rnncalc.errors import ExerciseError, Problem, Span
from rnncalc.reader import Rows


class Given(Struct, frozen=True):
    """A quantity as it was given: its arrays by position (`()` for a parameter), its place, and advice about commas."""

    name: str
    values: Mapping[Position, Rows]
    span: Span
    comma: str | None = None

    @property
    def datum(self) -> Datum:
        first = next(iter(self.values.values()))
        return Datum((len(first), len(first[0])), self.span)


class Misfit(Struct, frozen=True):
    """Matrices whose size does not fit, but whose product vanishes because the state they multiply is zero."""

    names: tuple[str, ...]
    shape: Shape
    fitting: Shape
    state: Ref
    entries: int


class Network(Struct, frozen=True):
    """`data[name, position]` holds everything given, `initial` included. `zero_states` are the states outside the range
    that are zero: by default, or because they are given so."""

    plan: Plan
    shapes: Shapes
    given: Mapping[str, Given]
    data: Mapping[tuple[str, Position], Rows]
    zero_states: tuple[tuple[str, Position], ...]
    misfits: tuple[Misfit, ...] = ()

    @property
    def operations(self) -> int:
        """About how many multiplications the plan takes: a matrix is used once for each of its entries."""
        return sum(
            self.plan.count_of(number) * sum(prod(self.shapes.known(ref.name)) for ref, _ in refs(equation.expression))
            for number, equation in enumerate(self.plan.equations)
            if number in self.plan.wanted
        )


def connect(
    equations: tuple[Equation, ...],
    find: Sequence[Ref],
    given: Mapping[str, Given],
    initial: Mapping[tuple[str, Position | None], Given],
    lengths: Mapping[str, int],
    find_span: Span | None = None,
    backward_pass: Container[str] = (),
) -> Network:
    """Put equations and data together for computing what `find` asks.

    Raises ExerciseError with every problem: missing data, sizes that do not fit, an unknown length, a cycle.
    """
    extents = {
        (name, slot): max(position[slot] for position in one.values)
        for name, one in given.items()
        for slot in range(len(next(iter(one.values))))
    }
    order = _located(
        lambda: plan(equations, find, extents=extents, stated=lengths, backward_pass=backward_pass), find_span
    )
    placed, problems = _place_initial(initial, order)
    data = {(name, position): rows for name, one in given.items() for position, rows in one.values.items()}
    data |= {key: next(iter(one.values.values())) for key, one in placed.items()}
    sizes = {name: one.datum for name, one in given.items()} | {name: one.datum for (name, _), one in placed.items()}
    shapes = infer(equations, sizes)
    problems += _uneven(given) + _missing(order, given, shapes, find_span)
    zero = tuple(key for key in order.boundary if key not in data or _is_zero(data[key]))
    misfits, misfit_problems = _misfits(equations, order, shapes, sizes, given, data)
    problems += misfit_problems
    if not problems:
        problems += _undetermined(order, shapes)
    if problems:
        raise ExerciseError(*problems)
    return Network(order, shapes, given, data, zero, misfits)


def _located(action: Callable[[], Plan], span: Span | None) -> Plan:
    """The plan; its problems that have no place of their own get one."""
    try:
        return action()
    except ExerciseError as error:
        raise ExerciseError(*(replace(problem, span=problem.span or span) for problem in error.problems)) from None


def _place_initial(
    initial: Mapping[tuple[str, Position | None], Given], order: Plan
) -> tuple[dict[tuple[str, Position], Given], list[Problem]]:
    """Each initial state at its position: the one where the recurrence looks outside its range."""
    placed: dict[tuple[str, Position], Given] = {}
    problems = []
    states = {equation.name for equation in order.equations}
    for (name, position), one in initial.items():
        used = [place for boundary, place in order.boundary if boundary == name]
        if name not in states:
            what = f"`{name}` is not a state: no equation computes it"
            problems.append(Problem(what, one.span, "move it to `inputs:` or `parameters:`"))
        elif position is not None or len(used) == 1:
            placed[name, position if position is not None else used[0]] = one
        elif used:
            places = " and ".join(f"`{name}[{','.join(map(str, place))}]`" for place in used)
            problems.append(
                Problem(f"`{name}` begins with more than one value: {places}", one.span, "give each by itself")
            )
    return placed, problems


def _uneven(given: Mapping[str, Given]) -> list[Problem]:
    """Inputs whose size changes from one position to the next."""
    problems = []
    for one in given.values():
        rows, columns = one.datum.shape
        for position, value in one.values.items():
            if (len(value), len(value[0])) != (rows, columns):
                found, place = shape_text((len(value), len(value[0]))), ",".join(map(str, position))
                what = f"`{one.name}[{place}]` is {found}, the first is {rows}×{columns}"
                problems.append(Problem(what, one.span, one.comma or "all steps of an input have one size"))
                break
    return problems


def _missing(order: Plan, given: Mapping[str, Given], shapes: Shapes, span: Span | None) -> list[Problem]:
    """All data that the answers need and the file does not give, in one message."""
    computed = {equation.name for equation in order.equations}
    needed = [ref for number in sorted(order.wanted) for ref, _ in refs(order.equations[number].expression)]
    names = dict.fromkeys(ref.name for ref in needed if ref.name not in computed | set(given))
    if not names:
        return []
    sized = [
        f"`{name}`" + (f" ({shape_text(size)})" if None not in (size := shapes.sizes[name]) else "") for name in names
    ]
    inputs = {ref.name for ref in needed if ref.indices}
    sections = {"inputs" if name in inputs else "parameters" for name in names}
    what = f"{'some data is' if len(names) > 1 else 'a quantity is'} missing: {', '.join(sized)}"
    return [
        Problem(what, span, f"add {'them' if len(names) > 1 else 'it'} under `{'` and `'.join(sorted(sections))}:`")
    ]


def _misfits(
    equations: tuple[Equation, ...],
    order: Plan,
    shapes: Shapes,
    sizes: Mapping[str, Datum],
    given: Mapping[str, Given],
    data: Mapping[tuple[str, Position], Rows],
) -> tuple[tuple[Misfit, ...], list[Problem]]:
    """Sizes that do not fit: harmless where the product vanishes because of a zero state, a problem elsewhere."""
    harmless: dict[tuple[Shape, Shape, Ref, int], list[str]] = {}
    problems = []
    for conflict in shapes.conflicts:
        product = conflict.product
        if product and isinstance(product.left, Ref) and _always_zero(conflict, product, order, data):
            state, (entries, _) = product.right, conflict.right.shape
            assert isinstance(state, Ref)
            shape = sizes[product.left.name].shape
            harmless.setdefault((shape, (shape[0], entries or 0), state, entries or 0), []).append(product.left.name)
        else:
            commas = [given[name].comma for name in (*conflict.left.origins, *conflict.right.origins) if name in given]
            hint = next(filter(None, commas), None) or likely_cause(conflict, equations, sizes)
            problems.append(Problem(describe(conflict, sizes), conflict.equation.place(conflict.part), hint))
    return tuple(Misfit(tuple(names), *key) for key, names in harmless.items()), problems


def _always_zero(conflict: Conflict, product: Binary, order: Plan, data: Mapping[tuple[str, Position], Rows]) -> bool:
    """Whether the right operand is a zero state at every position where the equation is wanted."""
    state = product.right
    if not isinstance(state, Ref) or not state.indices:
        return False
    for position in order.positions_used(conflict.equation, state):
        rows = data.get((state.name, position))
        given_zero = rows is not None and _is_zero(rows)
        if not given_zero and (rows is not None or (state.name, position) not in order.boundary):
            return False
    return True


def _is_zero(rows: Rows) -> bool:
    return all(entry == 0 for row in rows for entry in row)


def _undetermined(order: Plan, shapes: Shapes) -> list[Problem]:
    names = dict.fromkeys(order.equations[number].name for number in sorted(order.wanted))
    unknown = [name for name in names if None in shapes.sizes[name]]
    what = "nothing tells the size of " + ", ".join(f"`{name}`" for name in unknown)
    hint = "give an initial state: `initial: {" + f"{unknown[0]}: [0, 0]" + "}`" if unknown else None
    return [Problem(what, order.equations[sorted(order.wanted)[0]].span, hint)] if unknown else []
