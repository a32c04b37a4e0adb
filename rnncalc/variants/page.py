"""Survey → document: what it took to draw variants, and how their numbers are spread."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from rnncalc.document import Block, Document, Heading, Prose, Table, Text
from rnncalc.exercise import Exercise
from rnncalc.formula import Digits, row
from rnncalc.languages import counted, language, say, sentence, speaking
from rnncalc.variants.faults import Kind
from rnncalc.variants.survey import Survey

QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


def survey_page(found: Survey, exercise: Exercise, seed: int) -> Document:
    """The page that `--stress` prints."""
    with speaking(language(exercise.lang)):
        return Document(exercise.title, tuple(_blocks(found, seed)), exercise.source)


def _blocks(found: Survey, seed: int) -> Iterator[Block]:
    drawn = counted("{number} variant drawn from seed {seed}.", "{number} variants drawn from seed {seed}.",
                    found.count, seed=seed)  # fmt: skip
    yield Prose((drawn,))
    yield Heading(1, say("Attempts"), aside=say("how often numbers were drawn until they were good"))
    header = (sentence("attempts"), sentence("variants"))
    yield Table(header, tuple(((str(number),), (str(times),)) for number, times in found.attempts.items()))
    if found.faults:
        yield Heading(1, say("What was drawn again"))
        rows = tuple(((_fault(kind),), (str(times),)) for kind, times in found.faults.items())
        yield Table((sentence("fault"), sentence("times")), rows)
    yield Heading(1, say("The numbers"), aside=say("from the least to the greatest of all variants"))
    yield Table(
        (sentence("of a variant"), sentence("least"), sentence("quarter"), sentence("half"), sentence("three quarters"),
         sentence("greatest")),
        tuple(_spread(found)),
    )  # fmt: skip


def _spread(found: Survey) -> Iterator[tuple[Text, ...]]:
    yield sentence("largest argument of σ or tanh"), *_quantiles(found.arguments)
    yield sentence("smallest entry of the answers"), *_quantiles(found.smallest)
    yield sentence("largest entry of the answers"), *_quantiles(found.largest)


def _quantiles(values: Sequence[float]) -> Iterator[Text]:
    order = sorted(values)
    for part in QUANTILES:
        yield (row(Digits(f"{order[round(part * (len(order) - 1))]:.3g}")),)


def _fault(kind: Kind) -> str:
    match kind:
        case "saturated":
            return say("a gate is saturated")
        case "dead":
            return say("a unit is 0 at every step")
        case "tiny":
            return say("an answer is too close to 0")
        case "undefined":
            return say("a value does not exist")
        case "repeated":
            return say("the answers are those of another variant")
        case "hidden":
            return say("a digit cannot be decided")
        case "alike":
            return say("a mistake would not show")
        case _:
            assert_never(kind)
