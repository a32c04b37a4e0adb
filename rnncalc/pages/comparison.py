"""Networks side by side: what `rnncalc compare` prints. Equations, gates, states, counts, and the states computed."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, zip_longest
from typing import Literal

from msgspec import Struct

from rnncalc.cell import Cell
from rnncalc.document import Block, Document, Heading, Notice, Prose, Table, Text, separated
from rnncalc.equations import Binary, Call, Equation, Expr, Number, Ref, children, refs, walk
from rnncalc.exercise import Exercise
from rnncalc.formula import Digits, Row, row
from rnncalc.languages import counted, say, sentence, translated
from rnncalc.pages.described import Described, check_sizes, described, printed_equations, printed_name, sizes_text
from rnncalc.parameters import Sizes, total
from rnncalc.polynomial import ONE, Count, written
from rnncalc.solving import Solution, solve

Kind = Literal["gates", "other", "states", "outputs"]
KINDS: tuple[Kind, ...] = ("gates", "other", "states", "outputs")
SQUASHING = {"sigmoid", "hard_sigmoid"}
"""Functions whose values lie between 0 and 1, as those of gates do."""


class _Network(Struct, frozen=True):
    """A network to compare, with the kinds of its quantities; an exercise is worked out."""

    described: Described
    kinds: Mapping[str, Kind]
    solution: Solution | None

    @property
    def name(self) -> str:
        return self.described.name

    def lines(self, kind: Kind) -> list[Row]:
        one = self.described
        printed = printed_equations(one.equations, one.symbols, one.sizes)
        pairs = zip(one.equations, printed, strict=True)
        return [line for equation, line in pairs if self.kinds[equation.name] == kind]

    def names(self, kind: Kind) -> Text:
        found = [name for name, own in self.kinds.items() if own == kind]
        return separated((printed_name(name, self.described.symbols),) for name in found) or sentence("none")


def comparison(subjects: Iterable[Cell | Exercise], asked: Mapping[str, int], biases: int | None = None) -> Document:
    """The networks side by side; where the page is too narrow, one under the other.

    `asked` are sizes by letter; `biases` counts 1 or 2 biases in each sum of products of the input and the state,
    whatever the equations have. Raises UsageError for a letter that none of the networks has.
    """
    networks = [_network(subject, asked) for subject in subjects]
    check_sizes(asked, [network.described for network in networks])
    solved = [network for network in networks if network.solution]
    blocks: list[Block] = [
        Heading(2, say("Equations")),
        _equations(networks),
        Heading(2, say("Gates, states and parameters")),
        _turnable((sentence("network"), *((network.name,) for network in networks)), _facts(networks, biases)),
        *(Prose(text) for text in _sizes(networks)),
    ]
    if solved:
        blocks += [Heading(2, say("States")), *_states(solved)]
    return Document(say("Comparison"), tuple(blocks), ", ".join(network.name for network in networks))


def _network(subject: Cell | Exercise, asked: Mapping[str, int]) -> _Network:
    one = described(subject, asked)
    return _Network(one, kinds_of(one.equations, one.sizes), None if isinstance(subject, Cell) else solve(subject))


# ---------------------------------------------------------------- what is what


def kinds_of(equations: tuple[Equation, ...], sizes: Sizes) -> dict[str, Kind]:
    """What each computed quantity is. A gate lies between 0 and 1 and is a factor somewhere; an output is not used."""
    used = {ref.name for equation in equations for ref, _ in refs(equation.expression)}
    factors = {ref.name for equation in equations for ref in _factors(equation.expression)}
    kinds: dict[str, Kind] = {}
    for equation in equations:
        gates = {name for name, kind in kinds.items() if kind == "gates"}
        if sizes.roles[equation.name] == "state":
            kinds[equation.name] = "states"
        elif equation.name in factors and _lies_in_unit_interval(equation.expression, gates):
            kinds[equation.name] = "gates"
        else:
            kinds[equation.name] = "other" if equation.name in used else "outputs"
    return kinds


def _factors(expr: Expr) -> Iterator[Ref]:
    """The quantities that are multiplied element by element, alone or as in `1 - z[t]`."""
    for part in walk(expr):
        if isinstance(part, Binary) and part.operator == "*":
            for side in (part.left, part.right):
                alone = side.right if isinstance(side, Binary) and isinstance(side.left, Number) else side
                if isinstance(alone, Ref):
                    yield alone


def _lies_in_unit_interval(expr: Expr, gates: set[str]) -> bool:
    """A squashed sum, or one minus a gate."""
    if isinstance(expr, Binary) and expr.operator == "-" and expr.left == Number(Fraction(1)):
        return isinstance(expr.right, Ref) and expr.right.name in gates
    return isinstance(expr, Call) and expr.function in SQUASHING


def bias_copies(equations: tuple[Equation, ...], sizes: Sizes, wanted: int) -> dict[str, int]:
    """bias → how often it is counted when a sum of products of input and state has so many.

    The first bias of a sum stands for those it lacks; those too many count 0.
    """
    copies: dict[str, int] = {}
    for terms in chain.from_iterable(_sums(equation.expression) for equation in equations):
        products = [term for term in terms if isinstance(term, Binary) and term.operator == "@"]
        recurrent = any(index.offset for term in products for ref, _ in refs(term) for index in ref.indices)
        if recurrent and len(products) > 1:
            biases = [term.name for term in terms if isinstance(term, Ref) and _is_bias(term.name, sizes)]
            for number, name in enumerate(biases):
                copies[name] = 1 + max(wanted - len(biases), 0) if number == 0 else int(number < wanted)
    return copies


def _is_bias(name: str, sizes: Sizes) -> bool:
    return sizes.roles[name] == "parameter" and sizes.shapes[name][1] == ONE


def _sums(expr: Expr) -> Iterator[list[Expr]]:
    """Every sum in the expression, as the list of its terms."""
    terms = _terms(expr)
    yield terms
    for part in chain.from_iterable(map(children, terms)):
        yield from _sums(part)


def _terms(expr: Expr) -> list[Expr]:
    if isinstance(expr, Binary) and expr.operator == "+":
        return [*_terms(expr.left), *_terms(expr.right)]
    return [expr]


# ---------------------------------------------------------------- the page


def _equations(networks: list[_Network]) -> Table:
    """Gates beside gates and states beside states."""
    beside: list[tuple[Text, ...]] = []
    below: list[tuple[Text, ...]] = []
    for kind in KINDS:
        for number, line in enumerate(zip_longest(*(network.lines(kind) for network in networks))):
            beside.append(((translated(kind) if number == 0 else "",), *((one,) if one else ("",) for one in line)))
    for network in networks:
        lines = [(kind, number, one) for kind in KINDS for number, one in enumerate(network.lines(kind))]
        for place, (kind, number, one) in enumerate(lines):
            below.append(((network.name if place == 0 else "",), (translated(kind) if number == 0 else "",), (one,)))
    narrow = Table((sentence("network"), ("",), sentence("equation")), tuple(below))
    return Table((("",), *((network.name,) for network in networks)), tuple(beside), narrow)


def _facts(networks: list[_Network], biases: int | None) -> Iterator[tuple[Text, ...]]:
    yield sentence("gates"), *(network.names("gates") for network in networks)
    yield sentence("states"), *(network.names("states") for network in networks)
    counts = [_count(network.described, biases) for network in networks]
    label = counted("with one bias", "with {number} biases", biases) if biases else say("parameters")
    yield (label,), *((written(count),) for count in counts)
    if any(network.described.numbers for network in networks):
        numbered = zip(networks, counts, strict=True)
        yield sentence("number"), *((written(count.at(network.described.numbers)),) for network, count in numbered)


def _count(one: Described, biases: int | None) -> Count:
    return total(one.sizes, bias_copies(one.equations, one.sizes, biases) if biases else None)


def _sizes(networks: list[_Network]) -> Iterator[Text]:
    """What the letters are; networks whose letters are the same share a sentence."""
    groups: dict[Text, list[str]] = {}
    for network in networks:
        one = network.described
        groups.setdefault(sizes_text(one.sizes, one.symbols, one.numbers), []).append(one.name)
    for text, names in groups.items():
        yield (f"{', '.join(names)}: ", *text) if len(groups) > 1 else text


def _states(networks: list[_Network]) -> Iterator[Block]:
    """The states of each network, step by step."""
    if any(_inputs(one) != _inputs(networks[0]) for one in networks):
        yield Notice("note", sentence("the exercises do not have the same input."), say("note"))
    values = {
        (f"{network.name}  ", printed_name(name, network.described.symbols)): found
        for network in networks
        for name, found in _values(network).items()
    }
    places = sorted({place for found in values.values() for place in found})
    rows = [(label, *(found.get(place, ("",)) for place in places)) for label, found in values.items()]
    yield _turnable((("t",), *((str(place),) for place in places)), rows)


def _inputs(network: _Network) -> dict[str, object]:
    assert network.solution, "only networks with an exercise have inputs"
    given, roles = network.solution.exercise.network.given, network.described.sizes.roles
    return {name: dict(one.values) for name, one in given.items() if roles.get(name) == "input"}


def _values(network: _Network) -> dict[str, dict[int, Text]]:
    """state → time step → its entries."""
    solution = network.solution
    assert solution, "only networks with an exercise have values"
    found: dict[str, dict[int, Text]] = {}
    for step in solution.steps:
        if network.kinds.get(step.equation.name) == "states" and len(step.position) == 1:
            entries = separated((row(Digits(entry.text)),) for entry in solution.entries(step.value))
            found.setdefault(step.equation.name, {})[step.position[0]] = entries
    return found


def _turnable(header: tuple[Text, ...], rows: Iterable[tuple[Text, ...]]) -> Table:
    """A table that may be turned where it is too wide."""
    lines = tuple(rows)
    first, *others = zip(header, *lines, strict=True)
    return Table(header, lines, Table(first, tuple(others)))
