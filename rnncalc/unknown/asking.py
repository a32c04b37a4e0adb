"""What is asked: the unknowns, and the equations that shall become true, read from texts such as `h_1 = 1/2`.

    equation = side "=" side
    side     = expression | "[" row { "," row } "]"      of one size on both sides; a list is a column, or rows in lists
    row      = expression | "[" expression { "," expression } "]"

An expression is one of the language of equations, in which `h_1`, `f_1[2]`, `W_f[1,2]`, `b` and letters are numbers or
vectors. Nothing is evaluated here.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from rnncalc.equations import Datum, Equation, Expr, Ref, Shape, children, infer, parse_expression, rebuild, shape_text
from rnncalc.errors import ExerciseError, Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.exercise.letters import Place, data_place, entries, place_of, standing_letters

MOST_UNKNOWNS = 12
"""Numbers that are asked for at once."""


class Side(Struct, frozen=True):
    """One side of an equation: one expression, or one for each entry, row by row. A `Ref` in them is a key of
    `places`."""

    rows: tuple[tuple[Expr, ...], ...]
    places: Mapping[str, Place]
    shape: Shape


class Condition(Struct, frozen=True):
    """Both sides shall be equal, entry by entry."""

    left: Side
    right: Side


class Question(Struct, frozen=True):
    """For which values of the unknowns do all conditions hold?"""

    unknowns: tuple[Place, ...]
    conditions: tuple[Condition, ...]


def ask(exercise: Exercise, unknowns: Sequence[str], when: Sequence[str]) -> Question:
    """Read a question. Raises UsageError for names that the exercise does not have."""
    places = dict.fromkeys(place for text in unknowns for place in _unknown(exercise, text))
    if len(places) > MOST_UNKNOWNS:
        hint = "ask for single entries, such as `--for W_f[1,2]`"
        raise UsageError(
            Problem(f"{len(places)} numbers are asked for at once, and at most {MOST_UNKNOWNS} can be", None, hint)
        )
    return Question(tuple(places), tuple(_condition(exercise, text) for text in when))


def _unknown(exercise: Exercise, text: str) -> list[Place]:
    """The numbers that a text names: a letter, an entry, or all entries of a quantity."""
    name, position, entry = data_place(exercise.network, exercise.quantities, text)
    known = list(entries(exercise.network))
    if text in standing_letters(exercise.network):
        return [(text, (), ())]
    found = [place for place, _ in known if place[0] == name and position in ((), place[1]) and entry in ((), place[2])]
    if not found:
        raise UsageError(Problem(f"`{name}` has no entry `{text}`", None, "rows and columns count from 1"))
    return found


def _condition(exercise: Exercise, text: str) -> Condition:
    left, sign, right = text.partition("=")
    if not sign or not left.strip() or not right.strip() or "=" in right:
        hint = 'write `--when "h_1 = 1/2"`, or `h_1[2] = 0.5` for the second entry, or `h_1 = [0.5, 0]` for all'
        raise UsageError(Problem(f"`{text}` is no equation", None, hint))
    sides = [_Side(exercise, side.strip().replace("−", "-")).read() for side in (left, right)]
    if sides[0].shape != sides[1].shape:
        shapes = " and ".join(shape_text(side.shape) for side in sides)
        hint = "name one entry, such as `h_1[2]`, or give all of them, `[1/2, 0]`"
        raise UsageError(Problem(f"the two sides of `{text.strip()}` differ in size: {shapes}", None, hint))
    return Condition(*sides)


class _Side:
    def __init__(self, exercise: Exercise, text: str) -> None:
        self.exercise, self.text = exercise, text
        self.places: dict[str, Place] = {}

    def read(self) -> Side:
        """The side. A text that is a place by itself, such as `dL/dW_f[1,2]`, need not be an expression."""
        if self.place(self.text) is not None:
            return self.of([[self.key(self.text)]])
        items = _items(self.text)
        if items is None:
            return self.of([[self.expression(self.text)]])
        lines = [_items(item) or [item] for item in items]
        return self.of([list(map(self.expression, line)) for line in lines])

    def of(self, rows: list[list[Expr]]) -> Side:
        shapes = {self.shape(expr) for row in rows for expr in row}
        if len(rows) == len(rows[0]) == 1:
            (shape,) = shapes
            return Side((tuple(rows[0]),), self.places, shape)
        if shapes != {(1, 1)} or len({len(row) for row in rows}) > 1:
            hint = "write `[1/2, 0]` for a vector, `[[1, 2], [3, 4]]` for a matrix"
            raise UsageError(Problem(f"`{self.text}` is no list of numbers", None, hint))
        return Side(tuple(map(tuple, rows)), self.places, (len(rows), len(rows[0])))

    def expression(self, text: str) -> Expr:
        try:
            return self.named(parse_expression(text.strip()))
        except ExerciseError as error:
            problem = error.problems[0]
            raise UsageError(Problem(f"`{text.strip()}`: {problem.what}", None, problem.hint)) from None

    def named(self, expr: Expr) -> Expr:
        """The expression with a key of `places` for every quantity."""
        if isinstance(expr, Ref):
            indices = ",".join(
                index.base + (f"{index.offset:+d}" if index.base else str(index.offset)) for index in expr.indices
            )
            return self.key(f"{expr.name}[{indices}]" if indices else expr.name)
        return rebuild(expr, tuple(map(self.named, children(expr))))

    def key(self, text: str) -> Ref:
        place = self.place(text)
        if place is None:
            hint = self.exercise.quantities.hint(text)
            raise UsageError(Problem(f"there is no quantity `{text}`", None, hint))
        name = f"q{len(self.places)}"
        self.places[name] = self.checked(place, text)
        return Ref(name)

    def place(self, text: str) -> Place | None:
        if text in standing_letters(self.exercise.network):
            return text, (), ()
        quantities = self.exercise.quantities
        found = place_of(quantities, text, self.exercise.network.plan.lengths)
        if found is None:
            return None
        name, position, entry = found
        count = quantities.indices[name]
        if not position and len(entry) > count > 0:
            # `f[1,2]`, as `--json` writes it: the position, then the entry.
            return name, tuple(one - 1 + quantities.first for one in entry[:count]), entry[count:]
        return found

    def checked(self, place: Place, text: str) -> Place:
        """The place, if it has a value here."""
        name, position, entry = place
        network = self.exercise.network
        plan = network.plan
        computed = ((plan.equations[n].name, plan.equations[n].position(at)) for n, at in plan.instances())
        if name not in network.shapes.sizes:
            return place
        if (name, position) not in network.data and (name, position) not in computed:
            hint = "ask for it, or for something that needs it, under `find:`"
            raise UsageError(Problem(f"`{text}` is not computed here", None, hint))
        rows, columns = network.shapes.known(name)
        most = (rows,) if columns == 1 else (rows, columns)
        if entry and not (
            len(entry) == len(most) and all(1 <= one <= last for one, last in zip(entry, most, strict=True))
        ):
            what = f"`{text}` is no entry of {name}, which has {rows}×{columns}"
            raise UsageError(
                Problem(what, None, f"write `{text.partition('[')[0]}[{','.join(map(str, most))}]` for the last")
            )
        return place

    def shape(self, expr: Expr) -> Shape:
        """The size of an expression. Raises UsageError where its parts do not fit."""
        sizes = self.exercise.network.shapes
        data = {
            key: Datum((1, 1) if entry or name not in sizes.sizes else sizes.known(name))
            for key, (name, _, entry) in self.places.items()
        }
        found = infer([Equation(Ref("side"), expr)], data)
        if found.conflicts:
            one = found.conflicts[0]
            shapes = " and ".join(shape_text(operand.shape) for operand in (one.left, one.right))
            raise UsageError(
                Problem(f"sizes do not fit in `{self.text}`: {shapes}", None, "name entries, such as `h_1[2]`")
            )
        rows, columns = found.sizes["side"]
        return rows or 1, columns or 1


def _items(text: str) -> list[str] | None:
    """What stands between the commas of `[a, f[1,2]]`; None for a text that is no list."""
    text = text.strip()
    if not text.startswith("["):
        return None
    found, depth = [""], 0
    for place, sign in enumerate(text):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(sign, 0)
        if not depth and place < len(text) - 1:
            return None
        if depth == 1 and sign == ",":
            found.append("")
        elif 0 < place < len(text) - 1:
            found[-1] += sign
    return [item for item in found if item.strip()] if not depth else None
