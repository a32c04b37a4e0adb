"""Letters among the numbers of a network: data turned into letters, and numbers put in for them."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.entries import letters_in, with_numbers
from rnncalc.equations import Position, Ref
from rnncalc.errors import Problem, UsageError, did_you_mean, short
from rnncalc.exercise.expected import Expected, misexpected, read_expected
from rnncalc.exercise.given import Given
from rnncalc.exercise.network import Network
from rnncalc.numbers import Exact, Formula, Letter, NumberError, exact_text, read_number
from rnncalc.quantity import Quantities
from rnncalc.reader import Reader, Rows
from rnncalc.source import Node

SIGNS = {"real": "-0+", "positive": "+", "negative": "-", "nonnegative": "0+", "nonzero": "-+"}
"""What may be assumed of a letter, and the signs it then has."""

Place = tuple[str, Position, tuple[int, ...]]
"""(quantity, position, entry): an entry of the data; a letter by itself is a name without position and entry."""

_ENTRY = re.compile(r"(?P<quantity>.+)\[(?P<row>\d{1,6})(?:\s*,\s*(?P<column>\d{1,6}))?\]\s*")


class Letters(Struct, frozen=True):
    """`own_data` stands under `inputs:` and `parameters:`, but for targets that are distributions; `present` tells
    whether letters stand among the numbers, `assumptions` the signs they may have: `{"w": "+"}`."""

    own_data: frozenset[str] = frozenset()
    present: bool = False
    assumptions: Mapping[str, str] = {}
    missing: tuple[Place, ...] = ()
    """The numbers that the file leaves out, written `?`; `later` are the values it gives for them."""
    later: tuple[Expected, ...] = ()
    found: Mapping[Any, Any] = {}
    """What letters have been found to be: closed forms, or enclosures, by name."""


def declared_letters(reader: Reader, keys: Mapping[str, Node]) -> frozenset[str]:
    """What may stand among the numbers: the names under `symbolic:`."""
    return frozenset(filter(str.isidentifier, map(reader.text, _declared(reader, keys))))


def read_later(reader: Reader, keys: Mapping[str, Node], quantities: Quantities) -> tuple[Expected, ...]:
    """The later values from which missing numbers are found."""
    return tuple(read_expected(reader, keys.get("later"), quantities))


def read_letters(
    reader: Reader,
    keys: Mapping[str, Node],
    network: Network | None,
    quantities: Quantities,
    own_data: frozenset[str],
    later: tuple[Expected, ...],
) -> tuple[Network | None, Letters]:
    """The network with letters for the quantities that `symbolic:` names, and what is known of letters."""
    assumptions = {}
    for name, value in reader.entries(keys.get("assume"), "`assume:`"):
        assumptions[name.text] = SIGNS.get(reader.choice(value, SIGNS, "assumption"), "-0+")
    if network is None:
        return None, Letters(own_data)
    standing = standing_letters(network)
    places: list[Place] = []
    for item in _declared(reader, keys):
        text = reader.text(item)
        if text in standing:
            if _has_another_value(network, quantities, text):
                hint = "give the letter a name of its own, here and among the numbers"
                reader.problem(f"the letter `{short(text)}` has the name of a quantity with another value", item, hint)
            continue
        if text.isidentifier() and place_of(quantities, text) is None:
            hint = f"write `{text}` where it stands among the numbers, or name a quantity of the data"
            reader.problem(f"the letter `{short(text)}` stands nowhere", item, hint)
            continue
        place = reader.attempt(partial(data_place, network, quantities, text), None, item)
        places.extend([place] if place else [])
    missing = tuple(place for place, entry in entries(network) if entry == Letter(""))
    network = lettered(network, [*places, *missing]) if places or missing else network
    reader.problems += misexpected(network, later)
    if missing and not later:
        hint = "give a later value: `later: {h_1: 0.5}`; a letter that stays one is written `symbolic: [w]`"
        span = network.given[missing[0][0]].span if missing[0][0] in network.given else None
        reader.problem(f"{_count(len(missing))} missing (`?`), and nothing tells what", span, hint)
    return network, Letters(own_data, has_letters(network), assumptions, missing, later)


def _has_another_value(network: Network, quantities: Quantities, letter: str) -> bool:
    """Whether a letter has the name of a quantity that it is not: `w: 2*w` would be printed as w = 2·w."""
    place = place_of(quantities, letter)
    if place is None:
        return False
    name, position, _ = place
    values = [rows for (one, at), rows in network.data.items() if one == name and position in ((), at)]
    return not values or any(rows != ((Letter(letter),),) for rows in values)


def _count(missing: int) -> str:
    return "a number is" if missing == 1 else f"{missing} numbers are"


def _declared(reader: Reader, keys: Mapping[str, Node]) -> tuple[Node, ...]:
    return reader.items(keys.get("symbolic"), "a list of letters and quantities")


def lettered(network: Network, wanted: Sequence[Place]) -> Network:
    """The network with letters for these data; a place without position or entry stands for all of them."""

    def change(at: Place, value: Exact) -> Exact:
        quantity, position, entry = at
        for name, where, which in wanted:
            if name == quantity and where in ((), position) and which in ((), entry):
                return Letter(quantity, Fraction(1), position, entry)
        return value

    return _changed(network, change)


def put_in(network: Network, numbers: Mapping[Place, Exact]) -> Network:
    """The network with numbers for letters and entries. Raises UsageError for a place that is no single number."""
    used: set[Place] = set()

    def change(at: Place, value: Exact) -> Exact:
        if isinstance(value, Formula) and at not in numbers:
            known = {name: numbers[name, (), ()] for name in value.letters if (name, (), ()) in numbers}
            used.update((name, (), ()) for name in known)
            return _put_into(value, known)
        letter = (value.name, value.position, value.entry) if isinstance(value, Letter) else at
        place = letter if letter in numbers else at
        if place not in numbers:
            return value
        used.add(place)
        number = numbers[place]
        return number * value.coefficient if isinstance(value, Letter) and isinstance(number, Fraction) else number

    changed = _changed(network, change)
    for name, position, entry in numbers.keys() - used:
        what = f"`{exact_text(Letter(name, Fraction(1), position, entry))}` is not one number"
        raise UsageError(Problem(what, None, f"say which entry: `{name}[1]` of a vector, `{name}[1,2]` of a matrix"))
    return changed


def _put_into(formula: Formula, numbers: Mapping[str, Exact]) -> Exact:
    try:
        return with_numbers(formula, numbers) if numbers else formula
    except ArithmeticError as error:
        names = ", ".join(f"{name} = {exact_text(number)}" for name, number in numbers.items())
        raise UsageError(Problem(f"with {names} an entry has no value: {error}", None, None)) from None


def everything(network: Network, own: Container[str]) -> list[Place]:
    """All data among `own`, and all given states that are not zero."""
    states = [key for key in network.plan.boundary if key in network.data and key not in network.zero_states]
    names = dict.fromkeys(name for name, _ in network.data if name in own)
    return [*((name, (), ()) for name in names), *((name, at, ()) for name, at in states)]


def has_letters(network: Network) -> bool:
    """Whether something stands among the data that only closed forms can be computed with."""
    return any(isinstance(entry, Letter | Formula) for _, entry in entries(network))


def standing_letters(network: Network) -> frozenset[str]:
    """The letters that stand among the data by themselves or in formulas."""
    return frozenset(name for _, entry in entries(network) for name in letters_in(entry))


def entries(network: Network) -> Iterator[tuple[Place, Exact]]:
    """Every number of the data, initial states included."""
    for (name, position), rows in network.data.items():
        for place, entry in _numbered(rows):
            yield (name, position, place), entry


def place_of(quantities: Quantities, text: str, lengths: Mapping[str, int] = {}) -> Place | None:
    """The entry that a text names: `W_f[1,2]`, `h_1[2]`, `b`, `x_1`; entry or position may be left out. `lengths` say
    what `h_T` is."""

    def place(ref: Ref) -> tuple[str, Position]:
        return ref.name, tuple(lengths.get(index.base.lower(), 0) + index.offset for index in ref.indices)

    if ref := quantities.find(text):
        return *place(ref), ()
    match = _ENTRY.fullmatch(text.strip())
    ref = quantities.find(match["quantity"]) if match else None
    if match is None or ref is None:
        return None
    return *place(ref), (int(match["row"]), *((int(match["column"]),) if match["column"] else ()))


def data_place(network: Network, quantities: Quantities, text: str) -> Place:
    """The letter or the data that a text names. Raises UsageError if there are none."""
    letters = standing_letters(network)
    data = {name for name, _ in network.data}
    if text in letters:
        return text, (), ()
    found = place_of(quantities, text)
    if found is None or found[0] not in data:
        known = [*sorted(letters), *sorted(data)]
        hint = did_you_mean(text, known, "the data are " + ", ".join(known))
        raise UsageError(Problem(f"`{text}` is not among the data of the exercise", None, hint))
    return found


def asked_number(name: str, text: str) -> Exact:
    """The number to be put in for a name."""
    try:
        return read_number(text)
    except NumberError as error:
        raise UsageError(Problem(f"`{name}`: {error.message}", None, error.hint)) from None


def _changed(network: Network, change: Callable[[Place, Exact], Exact]) -> Network:
    def rows(name: str, position: Position, old: Rows) -> Rows:
        columns = len(old[0])
        flat = [change((name, position, place), entry) for place, entry in _numbered(old)]
        return tuple(tuple(flat[start : start + columns]) for start in range(0, len(flat), columns))

    def given(one: Given) -> Given:
        return replace(one, values={at: rows(one.name, at, old) for at, old in one.values.items()})

    data = {(name, at): rows(name, at, old) for (name, at), old in network.data.items()}
    return replace(network, data=data, given={name: given(one) for name, one in network.given.items()})


def _numbered(rows: Rows) -> Iterator[tuple[tuple[int, ...], Exact]]:
    """The entries with their places: () in a number, (row,) in a column, (row, column) in a matrix."""
    if len(rows) == len(rows[0]) == 1:
        yield (), rows[0][0]
        return
    for number, row in enumerate(rows, 1):
        for column, entry in enumerate(row, 1):
            yield (number, column) if len(row) > 1 else (number,), entry
