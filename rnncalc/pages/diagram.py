"""Equations → graphs: what flows where within one step, and from step to step. It says nothing and draws nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.document import Graph, Kind, Node
from rnncalc.equations import Equation, Index, Ref, refs, symbol
from rnncalc.formula import Words, row

Arcs = Mapping[Ref, Sequence[Ref]]


def data_flow(equations: Sequence[Equation], symbols: Mapping[str, str], label: str = "") -> Graph:
    """What each quantity of a step is made of: in the first column what comes from outside, behind it what is computed,
    each quantity behind all that it needs. Weights are left out."""
    computed = {equation.name for equation in equations}
    arcs: dict[Ref, list[Ref]] = {}
    for equation in equations:
        parts = [ref for ref, _ in refs(equation.expression) if ref.indices or ref.name in computed]
        arcs.setdefault(equation.target, []).extend(dict.fromkeys(parts))
    nodes = list(dict.fromkeys([*(ref for parts in arcs.values() for ref in parts if ref not in arcs), *arcs]))
    column = _layers(nodes, arcs)
    places = {ref: (column[ref], place) for ref, place in _rows(nodes, column, arcs).items()}
    return _graph(places, _kinds(nodes, arcs), arcs, symbols, label)


def _layers(nodes: Iterable[Ref], arcs: Arcs) -> dict[Ref, int]:
    """How many computations lie before each node. A node in a ring, which `schedule` would refuse, keeps its first."""
    layer = dict.fromkeys(nodes, 0)
    for _ in range(len(layer)):
        longer = {ref: 1 + max((layer[part] for part in parts), default=0) for ref, parts in arcs.items()}
        if all(layer[ref] == found for ref, found in longer.items()):
            break
        layer.update(longer)
    return layer


def _rows(nodes: Sequence[Ref], column: Mapping[Ref, int], arcs: Arcs) -> dict[Ref, int]:
    """The place of each node in its column: near what it is made of, so that fewer lines cross."""
    rows: dict[Ref, int] = {}
    for number in range(max(column.values(), default=0) + 1):
        members = [(_middle(ref, rows, arcs), ref) for ref in nodes if column[ref] == number]
        rows |= {ref: place for place, (_, ref) in enumerate(sorted(members, key=lambda member: member[0]))}
    return rows


def _middle(ref: Ref, rows: Mapping[Ref, int], arcs: Arcs) -> float:
    places = [rows[part] for part in arcs.get(ref, ()) if part in rows]
    return sum(places) / len(places) if places else 0


MOST_STEPS, ENDS = 5, 2
"""A longer sequence is drawn with so many steps at both of its ends, and a gap between them."""
_GAP = "⋯"


class Chain(Struct, frozen=True):
    """Equations over one index, `letter`, that runs from 1 to `length`."""

    equations: tuple[Equation, ...]
    letter: str
    length: int

    def column(self, step: int) -> int:
        """Where a step stands; 0 is what lies before the first."""
        hidden = self.length - 2 * ENDS
        if self.length <= MOST_STEPS or step <= ENDS:
            return step
        return step - hidden + 1 if step > ENDS + hidden else ENDS + 1

    def drawn(self) -> list[int]:
        """The steps to look at: those that are shown, and those left out that may hand something to one of them."""
        if self.length <= MOST_STEPS:
            return list(range(1, self.length + 1))
        far = 1 + max((abs(i.offset) for one in self.equations for ref, _ in refs(one.expression) for i in ref.indices))
        first, last = range(1, ENDS + far + 1), range(self.length - ENDS - far + 1, self.length + 1)
        return sorted({step for step in (*first, *last) if 1 <= step <= self.length})

    def at(self, name: str, step: int) -> Ref:
        """A quantity at a step, or the gap of its row."""
        gap = self.length > MOST_STEPS and ENDS < step <= self.length - ENDS
        return Ref(name, (Index(_GAP if gap else "", 0 if gap else step),))


def unrolled(chain: Chain, symbols: Mapping[str, str], label: str = "") -> Graph:
    """The network laid out along its index: what comes in at each step, what one step hands to another, what comes out.
    Quantities that only serve inside a step are left out."""
    links = _links(chain)
    names = _in_order(links)
    rows = {name: len(names) - 1 - place for place, name in enumerate(names)}
    arcs: dict[Ref, list[Ref]] = {}
    for name, parts in links.items():
        for step in chain.drawn() if parts else ():
            target, sources = chain.at(name, step), [chain.at(part, step + offset) for part, offset in parts]
            known = arcs.setdefault(target, [])
            known += [one for one in sources if one not in known and not (_is_gap(target) and _is_gap(one))]
    arcs = {ref: parts for ref, parts in arcs.items() if parts}
    nodes = dict.fromkeys([*arcs, *(ref for parts in arcs.values() for ref in parts)])
    columns = {ref: ENDS + 1 if _is_gap(ref) else chain.column(ref.indices[0].offset) for ref in nodes}
    in_order = sorted(nodes, key=lambda ref: (columns[ref], -rows[ref.name]))
    places = {ref: (columns[ref], rows[ref.name]) for ref in in_order}
    return _graph(places, _kinds(nodes, arcs), arcs, symbols, label)


def _is_gap(ref: Ref) -> bool:
    return any(index.base == _GAP for index in ref.indices)


def _links(chain: Chain) -> dict[str, list[tuple[str, int]]]:
    """What each quantity shown is made of, through those left out: names with how many steps away they are taken."""
    made = {equation.name: _uses(equation, chain.letter) for equation in chain.equations}
    handed = {part for parts in made.values() for part, offset in parts if offset}
    within = {part for name, parts in made.items() for part, offset in parts if not offset and part != name}
    shown = {name for name in made if name in handed or name not in within}
    found = {name: list(dict.fromkeys(_through(name, 0, made, shown))) for name in made if name in shown}
    inputs: dict[str, list[tuple[str, int]]] = {p: [] for parts in found.values() for p, _ in parts if p not in made}
    return {**inputs, **found}


def _uses(equation: Equation, letter: str) -> list[tuple[str, int]]:
    found = [ref for ref, _ in refs(equation.expression)]
    return [
        (ref.name, ref.indices[0].offset) for ref in found if len(ref.indices) == 1 and ref.indices[0].base == letter
    ]


def _through(
    name: str, away: int, made: Mapping[str, list[tuple[str, int]]], shown: set[str]
) -> Iterator[tuple[str, int]]:
    for part, offset in made[name]:
        if part in shown or part not in made:
            yield part, away + offset
        else:
            yield from _through(part, away + offset, made, shown)


def _in_order(links: Mapping[str, list[tuple[str, int]]]) -> list[str]:
    """Inputs first, then each quantity behind what it is made of in the same step."""
    known: list[str] = []
    waiting = dict(links)
    while waiting:
        ready = [name for name, parts in waiting.items() if all(p in known for p, away in parts if not away)]
        known += ready or waiting
        waiting = {name: parts for name, parts in waiting.items() if name not in known}
    return known


def _kinds(nodes: Iterable[Ref], arcs: Arcs) -> dict[Ref, Kind]:
    used = {part for parts in arcs.values() for part in parts}
    return {
        ref: "gap" if _is_gap(ref) else "input" if ref not in arcs else "inner" if ref in used else "output"
        for ref in nodes
    }


def _graph(
    places: Mapping[Ref, tuple[int, int]], kinds: Mapping[Ref, Kind], arcs: Arcs, symbols: Mapping[str, str], label: str
) -> Graph:
    number = {ref: n for n, ref in enumerate(places)}
    first = min((column for column, _ in places.values()), default=0)
    nodes = tuple(
        Node(row(Words(_GAP) if kinds[ref] == "gap" else symbol(ref, symbols)), kinds[ref], column - first, line)
        for ref, (column, line) in places.items()
    )
    edges = tuple((number[part], number[ref]) for ref, parts in arcs.items() for part in parts if part in number)
    return Graph(nodes, edges, label)
