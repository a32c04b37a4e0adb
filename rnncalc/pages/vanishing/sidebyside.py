"""The page of several exercises: the same sizes of each network in one table, on one scale."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from rnncalc.counting import position_text
from rnncalc.document import Block, Document, Heading, Prose, Table, Text, separated
from rnncalc.exercise import Exercise
from rnncalc.formula import Fenced, Name, Row, Symbol, joined, row
from rnncalc.jacobian import Vanishing
from rnncalc.languages import say, sentence
from rnncalc.pages.vanishing.factors import factors_of
from rnncalc.pages.vanishing.partials import (
    BAR,
    TWO,
    by,
    direct_product,
    indexed,
    length,
    loss_by,
    norm,
    number,
)
from rnncalc.pages.vanishing.series import Series, bars, shown
from rnncalc.pages.vanishing.verdict import uncertain, verdict

Named = Sequence[tuple[str, Vanishing]]
"""Each network with the name by which its rows are told apart."""


def side_by_side(found: Sequence[Vanishing], factored: bool) -> Document:
    """The page; `factored` writes the factors of each weight's gradient out."""
    labels = _labels([one.exercise for one in found])
    named = list(zip(labels, found, strict=True))
    blocks: list[Block] = [_glance(named)]
    blocks += [block for one in found if not one.certain for block in uncertain(one)][:1]
    blocks += [*_gradients(named), *_memory(named), *_direct_paths(named), *_one_step(named)]
    for label, one in named if factored else ():
        for chain, factors in zip(one.chains, one.factored, strict=False):
            blocks.append(Heading(1, label, aside=one.exercise.title))
            blocks += factors_of(one, chain.jacobians, factors)
    sources = list(dict.fromkeys(one.exercise.source for one in found))
    return Document(say("Gradients through time, side by side"), tuple(blocks), sources[0] if len(sources) == 1 else "")


def _gradients(named: Named) -> Iterator[Block]:
    series = [
        Series((f"{label} ", length(loss_by(one, state))), one.gradients[state], one)
        for label, one in named
        for state in _outside(one)
        if state in one.gradients
    ]
    if series:
        upwards = say("read it from the bottom up: it comes from the loss")
        yield Heading(1, say("The gradient at each step"), aside=upwards)
        yield from bars(series)


def _memory(named: Named) -> Iterator[Block]:
    """How much a change of a state still changes it at the last step."""
    seen = say("made at step {letter}, seen at the last step", letter="t")
    yield Heading(1, say("What is left of a change"), aside=seen)
    yield from bars(
        [
            Series((f"{label} ", norm(by(one, chain.jacobians.recurrence, state))), chain.totals[state], one)
            for label, one in named
            for chain in one.chains
            for state in chain.memory
        ]
    )


def _direct_paths(named: Named) -> Iterator[Block]:
    direct = [
        Series((f"{label} ", norm(direct_product(one, chain, state))), chain.direct[state], one)
        for label, one in named
        for chain in one.chains
        for state in chain.direct
    ]
    if direct:
        unmixed = say("the part of it that passes no matrix")
        yield Heading(1, say("The direct path of the gates"), aside=unmixed)
        yield from bars(direct)


def _one_step(named: Named) -> Iterator[Block]:
    enlarged = say("its Jacobian: how much it enlarges at most, and in the long run")
    yield Heading(1, say("One step"), aside=enlarged)
    yield Prose(_handed_on(named))
    yield _steps_table(named)


def _labels(exercises: Sequence[Exercise]) -> list[str]:
    """The names of the files without what they all begin with; numbered if that leaves two alike."""
    names = [exercise.name for exercise in exercises]
    shared = "".join(letters[0] for letters in takewhile(_alike, zip(*names, strict=False)))
    cut = max(shared.rfind(mark) for mark in "-_/ ") + 1
    labels = [name[cut:] or name for name in names]
    return labels if len(set(labels)) == len(labels) else [f"{number}:{name}" for number, name in enumerate(labels, 1)]


def _alike(letters: tuple[str, ...]) -> bool:
    return len(set(letters)) == 1


def _outside(one: Vanishing) -> list[str]:
    """The states that a network shows: `h` of an LSTM, whose memory is `c`."""
    found = []
    for chain in one.chains:
        states = chain.jacobians.recurrence.states
        found += [state for state in states if len(states) == 1 or state not in chain.direct] or list(states)
    return found


def _glance(named: Named) -> Table:
    """Network, Jacobian, norm, a step's share, verdict."""
    rows = []
    for label, one in named:
        for chain in one.chains:
            recurrence = chain.jacobians.recurrence
            for state in chain.memory:
                rows.append(
                    (
                        (label,),
                        (by(one, recurrence, state, recurrence.steps[0]),),
                        number(one, chain.kept[state]),
                        number(one, chain.rates[state]),
                        (verdict(one, chain, state),),
                    )
                )
    header = (
        sentence("network"),
        sentence("first to last step"),
        sentence("2-norm"),
        sentence("a step on average"),
        sentence("the gradient"),
    )
    return Table(header, tuple(rows))


def _handed_on(named: Named) -> Text:
    """What J is the Jacobian of: `hₜ of rnn and gru, (cₜ, hₜ) of lstm`."""
    found: dict[Row, list[str]] = {}
    for label, one in named:
        for chain in one.chains:
            recurrence = chain.jacobians.recurrence
            parts = [indexed(one, state, recurrence.letter) for state in recurrence.states]
            found.setdefault(parts[0] if len(parts) == 1 else row(Fenced(joined("comma", parts))), []).append(label)
    groups = (
        sentence("{states} of {networks}", states=states, networks=", ".join(labels))
        for states, labels in found.items()
    )
    return sentence(
        "J is the Jacobian of all that a step hands on: {groups}. ‖·‖₂ is the 2-norm, ρ the spectral radius.",
        groups=separated(groups, "; "),
    )


def _steps_table(named: Named) -> Table:
    header: list[Text] = [("t",)]
    columns: list[Mapping[int, Text]] = []
    for label, one in named:
        for chain in one.chains:
            header += [
                (f"{label} ", row(BAR, Symbol("J"), TWO)),
                (row(Name("ρ", r"\rho"), Fenced(row(Symbol("J")))),),
            ]
            columns.append({t: number(one, size.spectral) for t, size in chain.factors.items()})
            columns.append({t: number(one, size.radius) for t, size in chain.factors.items()})
    steps = sorted({t for column in columns for t in column})
    rows = [((position_text(t),), *(column.get(t, ()) for column in columns)) for t in shown(steps, steps[-1])]
    return Table(tuple(header), tuple(rows))
