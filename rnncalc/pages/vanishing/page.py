"""The page of one exercise: how a gradient fares on its way back through time, said so that one glance tells."""

from collections.abc import Iterator
from typing import Any

from rnncalc.counting import position_text
from rnncalc.document import Block, Document, Heading, Notice, Prose, Table, Text
from rnncalc.formula import Fenced, Name, Operator, Symbol, joined, row
from rnncalc.jacobian import Size, Sizes, Vanishing
from rnncalc.languages import say, sentence
from rnncalc.pages.vanishing.factors import factors_of, is_small
from rnncalc.pages.vanishing.partials import (
    BAR,
    F_NORM,
    SLASH,
    TWO,
    before,
    by,
    direct_product,
    indexed,
    length,
    loss_by,
    norm,
    number,
    partial,
    vector,
)
from rnncalc.pages.vanishing.series import Series, bars, shown
from rnncalc.pages.vanishing.verdict import direct_words, uncertain, verdict_sentence


def single(one: Vanishing, factored: bool | None) -> Document:
    exercise = one.exercise
    blocks: list[Block] = [Notice("note", (exercise.note,), say("note"))] if exercise.note else []
    blocks += uncertain(one)
    for chain in one.chains:
        blocks += [Prose(verdict_sentence(one, chain, state)) for state in chain.memory]
    for chain in one.chains:
        blocks += _chain(one, chain)
    wanted = is_small(one) if factored is None else factored
    if wanted:
        for chain, factors in zip(one.chains, one.factored, strict=False):
            blocks += factors_of(one, chain.jacobians, factors)
    return Document(exercise.title, tuple(blocks), exercise.source)


def _chain(one: Vanishing, chain: Sizes) -> Iterator[Block]:
    recurrence = chain.jacobians.recurrence
    states = [state for state in recurrence.states if state in one.gradients]
    if states:
        yield Heading(
            1, say("The gradient at each step"), aside=say("read it from the bottom up: it comes from the loss")
        )
        yield from bars([Series((length(loss_by(one, state)),), one.gradients[state], one) for state in states])
    seen = say("made at step {letter}, seen at the last step", letter=recurrence.letter)
    yield Heading(1, say("What is left of a change"), aside=seen)
    series = [Series((norm(by(one, recurrence, state)),), chain.totals[state], one) for state in recurrence.states]
    for state, steps in chain.direct.items():
        series.append(Series(sentence("direct path {norm}", norm=norm(direct_product(one, chain, state))), steps, one))
    yield from bars(series)
    for state in chain.direct:
        yield Prose(direct_words(one, chain, state))
    yield Heading(1, say("The Jacobian of each step, and their product"))
    yield from _sizes(one, chain)


def _sizes(one: Vanishing, chain: Sizes) -> Iterator[Block]:
    recurrence = chain.jacobians.recurrence
    u, letter = vector(one, recurrence), recurrence.letter
    step = row(partial(u, letter), SLASH, partial(u, before(recurrence, letter)))
    product = row(partial(u, position_text(recurrence.last)), SLASH, partial(u, letter))
    words: Text = sentence(
        "J = {step} is one step, P = {product} the product of all steps behind; ‖·‖₂ is the 2-norm, ‖·‖_F the "
        "Frobenius norm, ρ the spectral radius.",
        step=step,
        product=product,
    )
    if len(recurrence.states) > 1:
        parts = joined("comma", [indexed(one, state, letter) for state in recurrence.states])
        all_of_it = row(Symbol(u, (letter,)), Operator("equals"), Fenced(parts))
        words = (*sentence("{states} is all that is handed on. ", states=all_of_it), *words)
    yield Prose(words)
    header: list[Text] = [(letter,)]
    for matrix in (Symbol("J"), Symbol("P")):
        header += [
            (row(BAR, matrix, TWO),),
            (row(BAR, matrix, F_NORM),),
            (row(Name("ρ", r"\rho"), Fenced(row(matrix))),),
        ]
    rows = []
    for t in shown(sorted(recurrence.steps), recurrence.last):
        cells = [number(one, value) for size in (chain.factors[t], chain.products[t]) for value in _three(size)]
        rows.append(((position_text(t),), *cells))
    yield Table(tuple(header), tuple(rows))


def _three(size: Size) -> tuple[Any, Any, Any]:
    return size.spectral, size.frobenius, size.radius
