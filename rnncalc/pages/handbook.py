"""Networks as documents: what `rnncalc cells` and `rnncalc params` print."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from rnncalc.cell import Cell
from rnncalc.document import (
    Block,
    Derivation,
    Document,
    Heading,
    Line,
    Listing,
    Notice,
    Prose,
    Table,
    Text,
    plain,
    separated,
)
from rnncalc.equations import Equation, Expr, Number, Ref, Style, children, formula, source, symbol
from rnncalc.errors import Problem, UsageError
from rnncalc.exercise import Exercise
from rnncalc.formula import Digits, Fenced, Operator, Row, Words, joined, row, unicode
from rnncalc.languages import listed, say, sentence, sentences, translated
from rnncalc.parameters import Sizes, parameters_of, sizes_of, total
from rnncalc.polynomial import Count, written

# A cell belongs to the family that has a word of its name, the last of those that do.
FAMILIES = (
    ("Simple recurrent networks", {"rnn", "elman", "jordan"}),
    ("Gated recurrent units", {"gru", "mgu"}),
    ("Long short-term memory", {"lstm"}),
    ("Attention", {"attention", "attend"}),
)
OTHERS = "Other networks"


class Described(Struct, frozen=True):
    """A network, from a cell or an exercise: `numbers` are the sizes known, by letter; `misfits` are parameters given
    in a shape that the equations do not have."""

    name: str
    title: str
    source: str
    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    sizes: Sizes
    numbers: Mapping[str, int]
    misfits: tuple[str, ...] = ()
    reference: str = ""


def described(subject: Cell | Exercise, asked: Mapping[str, int]) -> Described:
    """The network with the sizes that are known: those of the exercise's data, and those asked for."""
    if isinstance(subject, Cell):
        sizes = sizes_of(subject.equations)
        numbers = {letter: number for letter, number in asked.items() if letter in sizes.named}
        return Described(
            subject.name,
            subject.title,
            subject.name,
            subject.equations,
            subject.symbols,
            sizes,
            numbers,
            reference=subject.reference,
        )
    equations = tuple(one for one in subject.network.plan.equations if one.name not in subject.adjoints)
    sizes, numbers = _sizes_in(subject, equations, asked)
    misfits = tuple(name for misfit in subject.network.misfits for name in misfit.names)
    return Described(subject.name, subject.title, subject.source, equations, subject.symbols, sizes, numbers, misfits)


def _sizes_in(
    exercise: Exercise, equations: tuple[Equation, ...], asked: Mapping[str, int]
) -> tuple[Sizes, dict[str, int]]:
    """The letters with their numbers in the data. Where a plain number multiplies an array, or vectors are rows, the
    data tells."""
    shapes = exercise.network.shapes.sizes

    def numbers_of(sizes: Sizes) -> dict[str, int]:
        known = {letter: shapes[name][side] or asked.get(letter) for letter, (name, side) in sizes.named.items()}
        return {letter: number for letter, number in known.items() if number}

    sizes = sizes_of(equations)
    numbers = numbers_of(sizes)
    excused = {name for misfit in exercise.network.misfits for name in misfit.names}
    for name in sizes.roles.keys() - excused:
        told = tuple(side.at(numbers).number for side in sizes.shapes[name])
        if None not in (*told, *shapes[name]) and told != shapes[name]:
            plain = [one for one in sizes.roles if shapes[one] == (1, 1)]
            rows = [one for one in sizes.roles if shapes[one][0] == 1 and one not in plain]
            sizes = sizes_of(equations, plain, rows)
            return sizes, numbers_of(sizes)
    return sizes, numbers


def check_sizes(asked: Mapping[str, int], networks: Iterable[Described]) -> None:
    """Raises UsageError for a letter that is no size of these networks, or has another number in an exercise."""
    known = list(networks)
    for letter, number in asked.items():
        using = [one for one in known if letter in one.sizes.named]
        if not using:
            told = dict.fromkeys(f"{one.name}: {plain(sizes_text(one.sizes, one.symbols))}" for one in known)
            example = next((name for one in known for name in one.sizes.named if name not in asked), letter)
            hint = f"{' '.join(told)} Give one of these: `--size {example}={number}`"
            raise UsageError(Problem(f"no size is called `{letter}` here", None, hint))
        for one in using:
            if one.numbers[letter] != number:
                what = f"`{letter}` is {one.numbers[letter]} in the exercise `{one.name}`, not {number}"
                raise UsageError(Problem(what, None, "leave the size out of the command"))


def family(name: str) -> str:
    """The heading under which a cell stands: `grid-lstm` under long short-term memory."""
    return next((title for title, words in reversed(FAMILIES) if words & set(name.split("-"))), OTHERS)


def cell_list(cells: Iterable[Cell]) -> Document:
    """The library by families, a line each."""
    known = list(cells)
    header = (say("name"), say("network"))
    blocks: list[Block] = []
    for title in (*(title for title, _ in FAMILIES), OTHERS):
        lines = [(cell.name, translated(cell.title)) for cell in known if family(cell.name) == title]
        if lines:
            blocks += [Heading(2, translated(title)), Table(_texts(header), tuple(map(_texts, lines)))]
    return Document(say("Cells"), (*blocks, Prose(sentence("`rnncalc cells NAME` shows one of them."))))


def _texts(cells: tuple[str, ...]) -> tuple[Text, ...]:
    return tuple((cell,) for cell in cells)


def network_page(network: Described) -> Document:
    """A network: its equations in the order of the solution, the shapes of its quantities, its reference."""
    sizes = network.sizes
    rows = tuple(
        ((printed_name(name, network.symbols),), (translated(role),), (shape_text(sizes, name),))
        for name, role in sizes.roles.items()
    )
    return Document(
        translated(network.title),
        (
            Heading(2, say("Equations")),
            Listing(tuple((line,) for line in printed_equations(network.equations, network.symbols, sizes))),
            Heading(2, say("Quantities")),
            Table((sentence("quantity"), sentence("is"), sentence("shape")), rows),
            Prose(sizes_text(sizes, network.symbols, network.numbers)),
            Heading(2, say("In an exercise file")),
            Listing(tuple((source(equation),) for equation in network.equations)),
            *([Prose((translated(network.reference),))] if network.reference else []),
        ),
        network.source,
    )


def parameter_page(network: Described) -> Document:
    """Each parameter with its shape and the product that counts it, and the total worked out."""
    sizes, numbers = network.sizes, network.numbers
    rows = tuple(
        ((printed_name(name, network.symbols),), (shape_text(sizes, name),), (_entries(sizes, name, numbers),))
        for name in parameters_of(sizes)
    )
    blocks: list[Block] = [Prose(sentence("This network has no parameters."))]
    if rows:
        blocks = [
            Prose(sizes_text(sizes, network.symbols, numbers)),
            Table((sentence("parameter"), sentence("shape"), sentence("entries")), rows),
            Derivation(tuple(_total_lines(total(sizes), numbers))),
        ]
    if network.misfits:
        words = sentences(
            "{names} is given in a shape that the equations do not have; counted is what fits.",
            "{names} are given in shapes that the equations do not have; counted is what fits.",
            len(network.misfits),
            names=listed(network.misfits),
        )
        blocks.append(Notice("warning", words, say("warning")))
    title = say("Parameters: {network}", network=translated(network.title))
    return Document(title, tuple(blocks), network.source)


# ---------------------------------------------------------------- parts of such pages


def printed_name(name: str, symbols: Mapping[str, str]) -> Row:
    return row(symbol(Ref(name), symbols))


def printed_equations(equations: tuple[Equation, ...], symbols: Mapping[str, str], sizes: Sizes) -> list[Row]:
    """The equations as formulas; a product with a plain number has no ⊙."""

    def is_scalar(expr: Expr) -> bool:
        if isinstance(expr, Ref):
            return sizes.entries(expr.name).number == 1
        return isinstance(expr, Number) or (bool(children(expr)) and all(map(is_scalar, children(expr))))

    style = Style(symbols, is_scalar=is_scalar)
    return [row(symbol(one.target, symbols), Operator("equals"), formula(one.expression, style)) for one in equations]


def shape_text(sizes: Sizes, name: str) -> str:
    """`h×d`, and `n×(h + e)` where two vectors are joined."""
    return "×".join(unicode(_bracketed(side)) for side in sizes.shapes[name])


def sizes_text(sizes: Sizes, symbols: Mapping[str, str], numbers: Mapping[str, int] | None = None) -> Text:
    """What the letters are: `x has d entries, h has h entries`, with their numbers where these are known."""
    told: list[Text] = []
    for letter, (name, side) in sizes.named.items():
        number = (numbers or {}).get(letter)
        size = written(Count({(letter,): 1}))
        size = row(size, Operator("equals"), Digits(str(number))) if number else size
        told.append(_has(sizes, name, side, number or 0, printed_name(name, symbols), size))
    return (*separated(told), ".") if told else sentence("All sizes are fixed by the equations.")


def _has(sizes: Sizes, name: str, side: int, number: int, quantity: Row, size: Row) -> Text:
    """The sentence that says what a letter counts."""
    if side:
        return sentences(
            "{quantity} has {size} column", "{quantity} has {size} columns", number, quantity=quantity, size=size
        )
    if sizes.shapes[name][1].number == 1:
        return sentences(
            "{quantity} has {size} entry", "{quantity} has {size} entries", number, quantity=quantity, size=size
        )
    return sentences("{quantity} has {size} row", "{quantity} has {size} rows", number, quantity=quantity, size=size)


def _bracketed(count: Count) -> Row:
    body = written(count)
    return row(Fenced(body)) if Operator("plus") in body.atoms else body


def _entries(sizes: Sizes, name: str, numbers: Mapping[str, int]) -> Row:
    """`4·3 = 12`; in letters where there are no numbers."""
    sides = [side for side in sizes.shapes[name] if side.number != 1]
    known = [(side, side.at(numbers)) for side in sides]
    factors = [_bracketed(side) if count.letters else Digits(str(count.number)) for side, count in known]
    product = joined("times", factors or [Digits("1")])
    number = sizes.entries(name).at(numbers).number
    if number is None or len(sides) < 2:
        return product
    return row(product, Operator("equals"), Digits(str(number)))


def _total_lines(count: Count, numbers: Mapping[str, int]) -> Iterator[Line]:
    """The total as a formula, with numbers put in, and worked out as far as the numbers go."""
    yield Line("equals", written(count), row(Words(say("total"))))
    if count.letters and count.letters.keys() & numbers.keys():
        yield Line("equals", written(count, numbers))
        yield Line("equals", written(count.at(numbers)))
