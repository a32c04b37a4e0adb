"""What is given, as it stands at the head of a page: every number as it was written, so that `=` is true before it."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from rnncalc.document import Given, Notice, Prose
from rnncalc.equations import Position, ref_at, refs, symbol
from rnncalc.exercise.given import Values
from rnncalc.exercise.vocabulary import Vocabulary
from rnncalc.formula import Atom, Digits, Grid, Operator, Row, Tuple, row
from rnncalc.languages import Message, listed, say, sentence, sentences
from rnncalc.numbers import Exact, Formula, Letter, exact_text
from rnncalc.pages.spoken import in_words
from rnncalc.pages.values import form_row
from rnncalc.reader import Rows
from rnncalc.solving import Solution

_ZERO_STATE: Rows = ((Fraction(0),),)
_SIGNS = {
    "+": Message("{name} stands for any positive number."),
    "-": Message("{name} stands for any negative number."),
    "0+": Message("{name} stands for 0 or any positive number."),
    "-+": Message("{name} stands for any number but 0."),
}
"""What a page says of a letter that may have these signs."""
Named = tuple[tuple[Row, ...], Row]
"""Names, and the value that they share."""
MOST_POSITIONS = 6
"""An input at more positions is shown at its first and last few only."""


def name_row(solution: Solution, name: str, position: Position = ()) -> Row:
    """A quantity as it is printed: h₁."""
    return row(symbol(ref_at(name, position), solution.exercise.symbols))


def given(solution: Solution) -> Iterator[Given | Prose | Notice]:
    """The data that the answers use; quantities with one value share an entry. Inputs come first, then states and
    vectors, then matrices."""
    exercise, network = solution.exercise, solution.exercise.network
    used = {ref.name for number in network.plan.wanted for ref, _ in refs(network.plan.equations[number].expression)}
    shown = {name: one.values for name, one in network.given.items() if name in used}
    entries = {(name, at): rows for name, values in shown.items() for at, rows in _ends(values)}
    before = [key for key in network.plan.boundary if key[0] not in exercise.adjoints]
    states = {key: _ZERO_STATE if key in network.zero_states else network.data[key] for key in before}
    parts = _named(solution, states, entries)
    # A letter is its own value: that is no datum, but can be said in words.
    valued = [(tuple(name for name in names if name != value), value) for names, value in parts]
    if told := [(names, value) for names, value in valued if names]:
        yield Given(tuple(sorted(told, key=lambda part: _is_matrix(part[1], not exercise.rows))), say("Given"))
    restricted = {name_row(solution, letter) for letter, _ in _restricted(solution)}
    letters = [value for names, value in parts if value in names and value not in restricted]
    if letters and not exercise.letters.missing:
        yield Prose(
            sentences(
                "{names} stands for any number.", "{names} stand for any numbers.", len(letters), names=listed(letters)
            )
        )
    yield from _assumed(solution, (*states.values(), *entries.values()))
    yield from _cut_short(solution, shown)


def _named(solution: Solution, states: Values, entries: Values) -> list[Named]:
    """Inputs one by one, then all else by its value: `b_f = b_i = (5, 2)`."""
    exercise = solution.exercise

    def value(name: str, rows: Rows) -> Row:
        return _value(rows, not exercise.rows, exercise.symbols, exercise.words.get(name, ()))

    inputs = [((name_row(solution, name, at),), value(name, rows)) for (name, at), rows in entries.items() if at]
    shared: dict[Row, list[Row]] = {}
    for (name, at), rows in {**states, **entries}.items():
        if not at or (name, at) not in entries:
            shared.setdefault(value(name, rows), []).append(name_row(solution, name, at))
    return [*inputs, *((tuple(names), one) for one, names in shared.items())]


def _cut_short(solution: Solution, shown: Mapping[str, Mapping[Position, Rows]]) -> Iterator[Notice]:
    for name, values in shown.items():
        if len(values) > MOST_POSITIONS:
            text = sentence(
                "{name} is given at {count} positions; the first and last are shown.",
                name=name_row(solution, name),
                count=str(len(values)),
            )
            yield Notice("note", text, say("note"))


def _restricted(solution: Solution) -> Iterator[tuple[str, str]]:
    """The letters that the file assumes something of, with what that makes of `stands for any number`."""
    for letter, signs in solution.exercise.letters.assumptions.items():
        if signs in _SIGNS:
            yield letter, _SIGNS[signs].template


def _assumed(solution: Solution, shown: Iterable[Rows]) -> Iterator[Prose]:
    """What the file assumes of the letters that stand in the data."""
    letters = {letter for rows in shown for line in rows for entry in line for letter in _letters(entry)}
    for letter, said in _restricted(solution):
        if letter in letters:
            yield Prose(sentence(said, name=name_row(solution, letter)))


def _letters(entry: Exact) -> tuple[str, ...]:
    """The names that something may be assumed of; the letters of a matrix have its name."""
    match entry:
        case Letter(name):
            return (name,)
        case Formula(_, letters):
            return letters
    return ()


def _is_matrix(value: Row, flat: bool) -> bool:
    """Whether a value stands among the matrices; where vectors are rows, one row is a vector."""
    match value.atoms[0]:
        case Grid(cells):
            return flat or len(cells) > 1
        case _:
            return False


def _ends(values: Mapping[Position, Rows]) -> list[tuple[Position, Rows]]:
    half = MOST_POSITIONS // 2
    entries = list(values.items())
    return entries if len(entries) <= MOST_POSITIONS else [*entries[:half], *entries[-half:]]


def _value(rows: Rows, flat: bool, symbols: Mapping[str, str], vocabulary: Vocabulary = ()) -> Row:
    """A number, a column written flat (if columns are vectors), with the word it stands for before it, or a matrix."""
    word, numbers = in_words(rows, vocabulary), _numbers(rows, flat, symbols)
    return row(word, Operator("equals"), numbers) if word else numbers


def _numbers(rows: Rows, flat: bool, symbols: Mapping[str, str]) -> Row:
    cells = tuple(tuple(_entry(entry, symbols) for entry in line) for line in rows)
    if len(cells) == len(cells[0]) == 1:
        return row(cells[0][0])
    return row(Tuple(tuple(line[0] for line in cells)) if len(cells[0]) == 1 and flat else Grid(cells))


def _entry(value: Exact, symbols: Mapping[str, str]) -> Atom:
    if not isinstance(value, Letter | Formula):
        return Digits(exact_text(value))
    from rnncalc.equations.closed import expression
    from rnncalc.equations.domains.closed import Closed

    return form_row(expression(Closed().scalar(value)), symbols)
