"""What is asked: the unknown, and the equation that shall become true, read from texts such as `h_1 = 1/2`."""

from msgspec import Struct

from rnncalc.equations import Position
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.exercise.letters import Place, data_place, entries, place_of
from rnncalc.numbers import Exact, Letter, NumberError, read_number


class Condition(Struct, frozen=True):
    """An entry of a computed quantity shall have this value."""

    name: str
    position: Position
    entry: tuple[int, ...]
    value: Exact


class Question(Struct, frozen=True):
    """For which value of the unknown does the condition hold?"""

    unknown: Place
    condition: Condition


def ask(exercise: Exercise, unknown: str, when: str) -> Question:
    """Read a question. Raises UsageError for names that the exercise does not have."""
    left, sign, right = when.partition("=")
    if not sign or not left.strip() or not right.strip():
        hint = 'write `--when "h_1 = 1/2"`, or `h_1[2] = 0.5` for the second entry'
        raise UsageError(Problem(f"`{when}` is no equation", None, hint))
    return Question(_unknown(exercise, unknown), _condition(exercise, left.strip(), right.strip()))


def _unknown(exercise: Exercise, text: str) -> Place:
    name, position, entry = data_place(exercise.network, exercise.quantities, text)
    rows = exercise.network.data.get((name, position))
    if rows is None and any(place == (name, position, entry) for place, _ in entries(exercise.network)):
        return name, position, entry
    standing = {letter.name for _, letter in entries(exercise.network) if isinstance(letter, Letter)}
    if text in standing:
        return text, (), ()
    places = [place for place, _ in entries(exercise.network)]
    if (name, position, entry) not in places:
        example = next((f"`{n}[{','.join(map(str, e))}]`" for n, p, e in places if n == name and e), f"`{name}_1`")
        raise UsageError(Problem(f"`{text}` is not one number", None, f"say which entry, such as {example}"))
    return name, position, entry


def _condition(exercise: Exercise, left: str, right: str) -> Condition:
    plan, shapes = exercise.network.plan, exercise.network.shapes
    place = place_of(exercise.quantities, left, plan.lengths)
    if place is None:
        near = exercise.quantities.near(left)
        hint = f"did you mean `{near}`?" if near else "the equations have " + ", ".join(exercise.quantities.indices)
        raise UsageError(Problem(f"there is no quantity `{left}`", None, hint))
    name, position, entry = place
    computed = {(plan.equations[n].name, plan.equations[n].position(letters)) for n, letters in plan.instances()}
    if (name, position) not in computed:
        hint = "ask for it, or for something that needs it, under `find:`"
        raise UsageError(Problem(f"`{left}` is not computed here", None, hint))
    rows, columns = shapes.known(name)
    counts = (rows,) if columns == 1 else (rows, columns)
    fits = (
        entry == ()
        if rows == columns == 1
        else len(entry) == len(counts) and all(1 <= one <= most for one, most in zip(entry, counts, strict=True))
    )
    if not fits:
        example = f"{left.partition('[')[0]}[{','.join('1' * len(counts))}]"
        raise UsageError(
            Problem(f"`{left}` is not one number: {name} has {rows}×{columns} entries", None, f"write `{example}`")
        )
    try:
        value = read_number(right)
    except NumberError as error:
        raise UsageError(Problem(f"`{right}`: {error.message}", None, error.hint)) from None
    return Condition(name, position, entry, value)
