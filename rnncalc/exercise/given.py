"""The data of an exercise, as its file gives it: arrays by name and position, each with its place."""

import unicodedata
from collections.abc import Container, Iterable, Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.commas import Commas, decimal_commas
from rnncalc.equations import Datum, Equation, Position, Ref
from rnncalc.errors import Span, did_you_mean, short
from rnncalc.quantity import Quantities, written_at
from rnncalc.reader import Reader, Rows
from rnncalc.source import Node, Scalar, Sequence

MAX_LENGTH = 10_000_000

Values = Mapping[tuple[str, Position], Rows]
"""(name, position) → the numbers given for it."""


class Given(Struct, frozen=True):
    """A quantity as it was given: its arrays by position (`()` for a parameter) and its place. It has no arrays if its
    size is not to be trusted; that is a problem reported already."""

    name: str
    values: Mapping[Position, Rows]
    span: Span
    commas: Commas | None = None

    @property
    def sound(self) -> bool:
        return bool(self.values)

    @property
    def datum(self) -> Datum:
        first = next(iter(self.values.values()))
        return Datum((len(first), len(first[0])), self.span)


class Data(Struct, frozen=True):
    """All that a file gives. `lengths` is how far an index runs and where that is said, `sections` the places of the
    keys, `""` that of the file; `parameters` are the names given under that key. With `rows`, vectors are rows."""

    given: Mapping[str, Given]
    initial: Mapping[tuple[str, Position | None], Given]
    lengths: Mapping[str, tuple[int, Span]]
    sections: Mapping[str, Span]
    parameters: tuple[str, ...] = ()
    rows: bool = False

    @property
    def sound(self) -> dict[str, Given]:
        return {name: one for name, one in self.given.items() if one.sound}

    @property
    def unsound(self) -> bool:
        """Whether something given could not be read."""
        return len(self.sound) < len(self.given)

    @property
    def distributions(self) -> frozenset[str]:
        """The quantities whose entries sum to exactly 1 at every position, such as one-hot targets."""
        return frozenset(name for name, one in self.sound.items() if all(map(_is_distribution, one.values.values())))

    def place(self, section: str) -> Span:
        """Where something missing would be added: the section's key, else what names the network."""
        return next(self.sections[key] for key in (section, "cell", "equations", "") if key in self.sections)


def extents_of(given: Mapping[str, Given]) -> dict[tuple[str, int], int]:
    """(name, slot) → how many positions of a quantity are given along that index."""
    return {
        (name, slot): max(position[slot] for position in one.values)
        for name, one in given.items()
        for slot in range(len(next(iter(one.values))))
    }


def _is_distribution(rows: Rows) -> bool:
    entries = [entry for row in rows for entry in row]
    return sum(entry for entry in entries if isinstance(entry, Fraction)) == 1 and len(entries) > 1


def read_data(
    reader: Reader, keys: Mapping[str, Node], root: Node, equations: Iterable[Equation], quantities: Quantities
) -> Data:
    """All data of a file with these keys, whose network has these equations."""
    given: dict[str, Given] = {}
    inputs: set[str] = set()
    computed = {equation.name for equation in equations}
    for section in ("inputs", "parameters"):
        for name, one in read_given(reader, keys.get(section), section, quantities, computed).items():
            if name in given:
                reader.problem(f"`{name}` is given under `inputs:` too", one.span, "remove one of the two")
            given.setdefault(name, one)
            inputs |= {name} if section == "inputs" else set()
    for name in [name for name in given if name in computed]:
        hint = "a state before the first step stands under `initial:`; other quantities need another name"
        reader.problem(f"`{name}` has an equation: it is computed, not given", given.pop(name).span, hint)
    lengths = {}
    for letter, value in reader.entries(keys.get("lengths"), "`lengths:`"):
        if count := reader.whole(value, 1, MAX_LENGTH):
            lengths[letter.text] = count, letter.span
    sections = {"": root.span, **{name.text: name.span for name, _ in reader.entries(root, "")}}
    initial = read_initial(reader, keys.get("initial"), quantities)
    parameters = tuple(name for name in given if name not in inputs)
    return Data(given, initial, lengths, sections, parameters, reader.rows)


def read_given(
    reader: Reader, node: Node | None, section: str, quantities: Quantities, computed: Container[str]
) -> dict[str, Given]:
    """The quantities of `inputs:` or `parameters:`. A name that is misspelt stands for the one it resembles."""
    entries = list(reader.entries(node, f"`{section}:`"))
    found = _at_positions(reader, entries, quantities, computed) if section == "inputs" else {}
    spelt = [(name, quantities.names.get(unicodedata.normalize("NFC", name.text))) for name, _ in entries]
    present = {*found, *(meant for _, meant in spelt)}
    for (name, meant), (_, value) in zip(spelt, entries, strict=True):
        if meant is None:
            meant = _misspelt(
                reader, name, [one for one in quantities.indices if one not in present and one not in computed]
            )
        elif meant in found:
            line = found[meant].span.line
            reader.problem(f"`{name.text}` is `{meant}`, given already on line {line}", name, "remove one of the two")
        if meant is not None and meant not in found:
            found[meant] = read_positions(reader, meant, value, quantities.indices[meant])
    return found


def _at_positions(
    reader: Reader, entries: list[tuple[Scalar, Node]], quantities: Quantities, computed: Container[str]
) -> dict[str, Given]:
    """Inputs given position by position, `x_2: […]`; their entries are taken out of the list."""
    places: dict[str, dict[Position, Node]] = {}
    for entry in list(entries):
        ref = quantities.find(entry[0].text)
        if ref and ref.indices and ref.name not in computed and not ref.letters:
            places.setdefault(ref.name, {})[ref.position] = entry[1]
            entries.remove(entry)
    return {name: _read_parts(reader, name, parts, next(iter(parts.values())).span) for name, parts in places.items()}


def _misspelt(reader: Reader, name: Scalar, absent: list[str]) -> str | None:
    hint = did_you_mean(name.text, absent, "they use " + ", ".join(absent) if absent else "remove it")
    reader.problem(f"no equation uses `{short(name.text)}`", name, hint)
    return next((one for one in absent if hint == f"did you mean `{one}`?"), None)


def read_positions(reader: Reader, name: str, node: Node, indices: int) -> Given:
    """The arrays of a quantity with so many indices: that many levels of lists, then an array."""
    return _read_parts(reader, name, by_position(reader, name, node, indices), node.span)


def _read_parts(reader: Reader, name: str, parts: Mapping[Position, Node], span: Span) -> Given:
    values = {at: reader.array(part) for at, part in parts.items()}
    sound = {at: rows for at, rows in values.items() if rows is not None}
    if len(sound) < len(values) or not _even(reader, name, sound, parts):
        return Given(name, {}, span)
    return Given(name, sound, span, decimal_commas(next(iter(parts.values()))) if parts else None)


def by_position(reader: Reader, name: str, node: Node, indices: int) -> dict[Position, Node]:
    parts: dict[Position, Node] = {(): node}
    for _ in range(indices):
        deeper: dict[Position, Node] = {}
        for at, part in parts.items():
            if not isinstance(part, Sequence) or not part.items:
                example = "[" * (indices + 1) + "2, 3" + "]" * (indices + 1)
                what = f"`{name}` needs a list here, an entry for each position"
                reader.problem(what, part, f"write `{name}: {example}` for one position with two numbers")
                return {}
            deeper |= {(*at, number): item for number, item in enumerate(part.items, 1)}
        parts = deeper
    return parts


def _even(reader: Reader, name: str, values: Mapping[Position, Rows], parts: Mapping[Position, Node]) -> bool:
    """Whether all positions have arrays of one size; the first that differs is a problem."""
    shapes = ((at, (len(rows), len(rows[0]))) for at, rows in values.items())
    first_at, first = next(shapes, ((), (0, 0)))
    for at, shape in shapes:
        if shape != first:
            one, other = written_at(name, at), written_at(name, first_at)
            what = f"`{one}` is {shape[0]}×{shape[1]}, but `{other}` is {first[0]}×{first[1]}"
            commas = decimal_commas(parts[at])
            fits = commas is not None and commas.shape == first
            hint = commas.advice if commas and fits else f"`{name}` has the same size at all positions"
            reader.problem(what, parts[at], hint)
            return False
    return True


def read_initial(reader: Reader, node: Node | None, quantities: Quantities) -> dict[tuple[str, Position | None], Given]:
    """Initial states: `h: […]` for the state before the recurrence begins, `h[0]: […]` for a position by itself."""
    found: dict[tuple[str, Position | None], Given] = {}
    for name, value in reader.entries(node, "`initial:`"):
        ref = read_quantity(reader, name, quantities)
        rows = reader.array(value)
        if ref is not None:
            position = ref.position if ref.indices else None
            values = {position or (): rows} if rows is not None else {}
            found[ref.name, position] = Given(ref.name, values, value.span, decimal_commas(value))
    return found


def read_quantity(reader: Reader, node: Node, quantities: Quantities) -> Ref | None:
    """The quantity that a text names."""
    text = reader.text(node)
    ref = quantities.find(text)
    if ref is None and (text or isinstance(node, Scalar)):
        in_quotes = 'put a quantity with two positions in quotes: `["alpha_1,2"]`'
        hint = in_quotes if text.isdecimal() else quantities.hint(text)
        reader.problem(f"there is no quantity `{short(text)}`", node, hint)
    return ref
