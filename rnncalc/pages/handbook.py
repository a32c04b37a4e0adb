"""Networks as documents: what `rnncalc cells` and `rnncalc params` print."""

from collections.abc import Iterable, Iterator, Mapping

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
)
from rnncalc.equations import source
from rnncalc.formula import Digits, Operator, Row, Words, joined, row
from rnncalc.languages import listed, say, sentence, sentences, translated
from rnncalc.pages.described import Described, bracketed, printed_equations, printed_name, shape_text, sizes_text
from rnncalc.parameters import Sizes, parameters_of, total
from rnncalc.polynomial import Count, written

# A cell belongs to the family that has a word of its name, the last of those that do.
FAMILIES = (
    ("Simple recurrent networks", {"rnn", "elman", "jordan"}),
    ("Gated recurrent units", {"gru", "mgu"}),
    ("Long short-term memory", {"lstm"}),
    ("Attention", {"attention", "attend"}),
)
OTHERS = "Other networks"


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


def _entries(sizes: Sizes, name: str, numbers: Mapping[str, int]) -> Row:
    """`4·3 = 12`; in letters where there are no numbers."""
    sides = [side for side in sizes.shapes[name] if side.number != 1]
    known = [(side, side.at(numbers)) for side in sides]
    factors = [bracketed(side) if count.letters else Digits(str(count.number)) for side, count in known]
    product = joined("times", factors or [Digits("1")])
    number = sizes.entries(name).at(numbers).number
    if number is None or len(sides) < 2:
        return product
    return row(product, Operator("equals"), Digits(str(number)))


def _total_lines(count: Count, numbers: Mapping[str, int]) -> Iterator[Line]:
    """The total as a formula, with numbers put in, and worked out as far as the numbers go."""
    yield Line("equals", written(count), row(Words(say("total"))))
    if count.letters and count.letters.keys() & numbers.keys():
        put_in, worked_out = written(count, numbers), written(count.at(numbers))
        yield Line("equals", put_in)
        if worked_out != put_in:
            yield Line("equals", worked_out)
