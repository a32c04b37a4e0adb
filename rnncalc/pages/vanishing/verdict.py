"""What is said about a gradient on its way back: that it vanishes, explodes or is kept, and along which path."""

from collections.abc import Iterator
from fractions import Fraction

from rnncalc.counting import position_text
from rnncalc.document import Block, Notice, Text
from rnncalc.equations import Style, formula
from rnncalc.formula import joined, row
from rnncalc.jacobian import Sizes, Vanishing
from rnncalc.languages import say, sentence
from rnncalc.pages.vanishing.partials import (
    SLASH,
    before,
    by,
    digits,
    indexed,
    letters,
    norm,
    number,
    partial,
)

LITTLE, MUCH = Fraction(1, 10), Fraction(10)
"""A gradient vanishes if less of it than this arrives at the first step, and explodes if more than this does."""
FADING, SWELLING = Fraction(4, 5), Fraction(5, 4)
"""Between these two, per step and on average, it is kept; outside, it only needs more steps to vanish or explode."""


def uncertain(one: Vanishing) -> Iterator[Block]:
    if not one.certain:
        words = sentence("the numbers are computed in float64: their last digits may be wrong.")
        yield Notice("warning", words, say("warning"))


def verdict(one: Vanishing, chain: Sizes, state: str) -> str:
    """What becomes of the gradient, as a predicate: `vanishes`."""
    kept, rate = (abs(Fraction(digits(one, value[state]))) for value in (chain.kept, chain.rates))
    if kept == 0:
        return say("is cut off: exactly 0")
    if kept < LITTLE or kept > MUCH:
        return say("vanishes") if kept < LITTLE else say("explodes")
    return say("shrinks") if rate < FADING else say("grows") if rate > SWELLING else say("is kept")


def verdict_sentence(one: Vanishing, chain: Sizes, state: str) -> Text:
    recurrence = chain.jacobians.recurrence
    first, last = (indexed(one, state, position_text(t)) for t in (recurrence.steps[0], recurrence.last))
    return sentence(
        "Of a small change of {first} at most {kept} times as much arrives at {last} ({norm}), {rate} a step on "
        "average: the gradient {verdict}.",
        first=first,
        kept=number(one, chain.kept[state]),
        last=last,
        norm=norm(by(one, recurrence, state, recurrence.steps[0])),
        rate=number(one, chain.rates[state]),
        verdict=verdict(one, chain, state),
    )


def direct_words(one: Vanishing, chain: Sizes, state: str) -> Text:
    recurrence = chain.jacobians.recurrence
    direct = chain.jacobians.direct[state]
    letter = recurrence.letter
    step = row(partial(letters(one, state), letter), SLASH, partial(letters(one, state), before(recurrence, letter)))
    others = [other for other in recurrence.states if other != state] or [state]
    through = joined("comma", [indexed(one, other, before(recurrence, letter)) for other in others])
    factor = formula(direct.factor, Style(one.exercise.symbols))
    return sentence(
        "Along the direct path {step} is the diagonal matrix of {factor}, and the product of these factors is what the "
        "gates let through. The full Jacobian also runs through the matrices that {through} meets in the gates and the "
        "candidate.",
        step=step,
        factor=factor,
        through=through,
    )
