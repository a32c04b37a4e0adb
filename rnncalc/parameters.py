"""How many numbers a network learns: the sizes it leaves open as letters, and counts in these letters.

The letters are found from the equations alone, so that a cell of the library and an exercise are counted by one rule.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache, reduce
from itertools import chain
from typing import Literal

from msgspec import Struct

from rnncalc.equations import FUNCTIONS, Binary, Call, Datum, Equation, Ref, Shapes, Transpose, infer, refs, walk
from rnncalc.errors import Problem, UsageError
from rnncalc.polynomial import Count

Role = Literal["state", "computed", "input", "constant", "parameter"]

# The letters for the sizes that quantities of a role bring in, in the order of naming; and those a name has by custom.
_LETTERS: dict[Role, str] = {"input": "de", "state": "hp", "computed": "mr", "parameter": "nq"}
_CUSTOM = {"x": "d", "h": "h", "y": "k"}
_BASE = 10**6


class Sizes(Struct, frozen=True):
    """`shapes[name]` is rows and columns in letters, `named[letter]` the quantity and the side that the letter counts,
    `roles[name]` what each quantity is, in the order of the equations."""

    shapes: Mapping[str, tuple[Count, Count]]
    named: Mapping[str, tuple[str, int]]
    roles: Mapping[str, Role]

    def entries(self, name: str) -> Count:
        rows, columns = self.shapes[name]
        return rows * columns


def sizes_of(equations: tuple[Equation, ...], plain: Iterable[str] = (), rows: Collection[str] = ()) -> Sizes:
    """`sizes_in_letters`, found once for all variants of an exercise."""
    return sizes_in_letters(equations, tuple(plain), frozenset(rows))


@lru_cache(maxsize=64)
def sizes_in_letters(equations: tuple[Equation, ...], plain: tuple[str, ...], rows: frozenset[str]) -> Sizes:
    """The sizes that the equations leave open, a letter each, and every shape in these letters.

    `plain` are quantities known to be plain numbers, `rows` those known to have one row: the equations cannot tell
    these from the arrays they multiply, and from columns.

    The letters are found with the language's own inference: each stands for a power of a large number, so that a size
    that is a sum (two vectors joined) is read off its digits.
    """
    roles = roles_of(equations)
    data = {name: Datum((1, 1)) for name, role in roles.items() if role == "constant"}
    data |= {name: Datum((1, 1)) for name in plain}
    named: dict[str, tuple[str, int]] = {}
    shapes = infer(equations, data, rows)
    for name in _naming_order(equations, roles):
        if name not in data:
            letters, datum = _in_new_letters(name, roles, shapes, named, name in rows)
            trial = infer(equations, {**data, name: datum}, rows)
            if None in shapes.sizes[name] or len(trial.conflicts) <= len(shapes.conflicts):
                named, data[name], shapes = letters, datum, trial
    in_letters = {name: _read_off(shapes.known(name), list(named)) for name in roles}
    return Sizes(in_letters, named, roles)


def _in_new_letters(
    name: str, roles: Mapping[str, Role], shapes: Shapes, named: Mapping[str, tuple[str, int]], is_row: bool
) -> tuple[dict[str, tuple[str, int]], Datum]:
    """The shape of a quantity with a new letter for each side that is open; two sides of one class share it.

    A quantity that looks like a plain number is tried as a column or row too: only the equations can refuse that.
    """
    letters = dict(named)
    chosen: dict[int, int] = {}
    looks_plain = shapes.sizes[name] == (1, 1) and roles[name] != "parameter"
    may_be_long = int(is_row) if looks_plain or (is_row and roles[name] != "parameter") else None
    for side, (size, group) in enumerate(zip(shapes.sizes[name], shapes.classes[name], strict=True)):
        if is_row and side == 0:
            continue
        if size is None or (size == 1 and side == may_be_long):
            if group not in chosen:
                letters[_free_letter(name, roles, letters)] = name, side
                chosen[group] = _BASE ** len(letters)
        elif group not in chosen:
            chosen[group] = size
    height, width = shapes.classes[name]
    one_wide = looks_plain and not is_row
    return letters, Datum((1 if is_row else chosen[height], 1 if one_wide else chosen[width]))


def _free_letter(name: str, roles: Mapping[str, Role], taken: Collection[str]) -> str:
    custom = {
        one: letter for one, letter in _CUSTOM.items() if one in roles and (one == "x") == (roles[one] == "input")
    }
    own = custom.get(name)
    if own and own not in taken:
        return own
    spare = (f"n{number}" for number in range(1, len(taken) + 2))
    reserved = {*taken, *custom.values()}
    return next(letter for letter in chain(_LETTERS[roles[name]], spare) if letter not in reserved)


def _read_off(shape: tuple[int, int], letters: list[str]) -> tuple[Count, Count]:
    rows, columns = (Count(dict(_digits(size, letters))) for size in shape)
    return rows, columns


def _digits(size: int, letters: list[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    for place in ((), *((letter,) for letter in letters)):
        size, digit = divmod(size, _BASE)
        if digit:
            yield place, digit


def _naming_order(equations: tuple[Equation, ...], roles: Mapping[str, Role]) -> Iterable[str]:
    """Inputs first, those that run with the recurrence before others; states, `h` before others; vectors of a product
    `v.T @ …`, which is a number; what else is computed; parameters, those inside joined vectors before the matrices
    that multiply these, whose sizes are sums."""
    running = {equation.indices[:1] for equation in equations if roles[equation.name] == "state"}
    input_letters = {
        ref.name: tuple(index.base for index in ref.indices[:1]) for ref in _all_refs(equations) if ref.indices
    }
    turned, joined = _dot_vectors(equations), _put_together(equations)

    def place(name: str) -> tuple[int, bool]:
        match roles[name]:
            case "input":
                return 0, input_letters[name] not in running
            case "state":
                return 1, name not in _CUSTOM
            case "parameter":
                return (2 if name in turned else 4), name not in joined
            case _:
                return 3, False

    return sorted(roles, key=place)


def roles_of(equations: tuple[Equation, ...]) -> dict[str, Role]:
    """What each quantity is: computed quantities in the order of their equations, then what the equations use.

    A state is used at another position than its own; a divisor that is not computed is a constant of the formula.
    """
    computed = {equation.name for equation in equations}
    parts = [part for equation in equations for part in walk(equation.expression)]
    states = {part.name for part in parts if isinstance(part, Ref) and any(i.base and i.offset for i in part.indices)}
    divisors = {part.right for part in parts if isinstance(part, Binary) and part.operator == "/"}
    roles: dict[str, Role] = {}
    for ref in _all_refs(equations):
        if ref.name in computed:
            roles[ref.name] = "state" if ref.name in states else "computed"
        elif ref.indices:
            roles[ref.name] = "input"
        else:
            roles[ref.name] = "constant" if ref in divisors else "parameter"
    return roles


def _all_refs(equations: tuple[Equation, ...]) -> list[Ref]:
    targets = [equation.target for equation in equations]
    return targets + [ref for equation in equations for ref, _ in refs(equation.expression)]


def _dot_vectors(equations: tuple[Equation, ...]) -> set[str]:
    """Quantities written in small letters that stand transposed, `v_a.T @ …`: by custom these are columns."""
    turned = [part.operand for one in equations for part in walk(one.expression) if isinstance(part, Transpose)]
    return {part.name for part in turned if isinstance(part, Ref) and part.name.islower()}


def _put_together(equations: tuple[Equation, ...]) -> set[str]:
    """Quantities that stand inside vectors put one below the other."""
    calls = (part for one in equations for part in walk(one.expression) if isinstance(part, Call))
    return {ref.name for call in calls if FUNCTIONS[call.function].kind == "concat" for ref, _ in refs(call)}


def parameters_of(sizes: Sizes) -> list[str]:
    """The names of all that is learned, in the order of the equations."""
    return [name for name, role in sizes.roles.items() if role == "parameter"]


def total(sizes: Sizes, copies: Mapping[str, int] | None = None) -> Count:
    """How many numbers the network learns; `copies[name]` is how often a parameter is counted, once by default."""
    times = copies or {}
    counted = [sizes.entries(name).times(times.get(name, 1)) for name in parameters_of(sizes)]
    return reduce(Count.__add__, counted, Count({}))


def read_sizes(texts: Iterable[str]) -> dict[str, int]:
    """Sizes as they are asked for, `k=5`, by letter. Raises UsageError."""
    sizes: dict[str, int] = {}
    for text in texts:
        letter, _, number = text.replace(" ", "").partition("=")
        if not letter or not number.isdecimal() or not 1 <= int(number) < _BASE:
            raise UsageError(Problem(f"`{text}` is not a size", None, "write a letter and a whole number: `k=5`"))
        sizes[letter] = int(number)
    return sizes
