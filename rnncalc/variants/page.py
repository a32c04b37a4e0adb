"""Survey → document: what it took to draw variants, and how their numbers are spread."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from rnncalc.document import Block, Document, Heading, Prose, Table, Text
from rnncalc.equations import Ref, symbol
from rnncalc.exercise import Exercise
from rnncalc.formula import Digits, row
from rnncalc.languages import counted, language, said, say, sentence, speaking, translated
from rnncalc.variants.faults import KINDS
from rnncalc.variants.survey import Survey
from rnncalc.variants.telling import Examined

FEWEST_IN_QUARTERS = 5
"""Of fewer variants only the least and the greatest are told."""


def survey_page(found: Survey, exercise: Exercise, seed: int) -> Document:
    """The page that `--stress` prints."""
    with speaking(language(exercise.lang)):
        return Document(exercise.title, tuple(_blocks(found, exercise, seed)), exercise.source)


def _blocks(found: Survey, exercise: Exercise, seed: int) -> Iterator[Block]:
    drawn = counted("{number} variant drawn from seed {seed}.", "{number} variants drawn from seed {seed}.",
                    found.count, seed=seed)  # fmt: skip
    yield Prose((drawn,))
    yield Heading(1, say("Attempts"), aside=say("how often numbers were drawn until they were good"))
    header = (sentence("attempts"), sentence("variants"))
    yield Table(header, tuple(((str(number),), (str(times),)) for number, times in found.attempts.items()))
    if found.faults:
        yield Heading(1, say("What was drawn again"))
        rows = tuple(((said(KINDS[kind]),), (str(times),)) for kind, times in found.faults.items())
        yield Table((sentence("fault"), sentence("how often")), rows)
    yield Heading(1, say("Mistakes"), aside=say("that change an answer of every variant, wherever they are made"))
    yield from _mistakes(found.examined, exercise)
    yield Heading(1, say("The numbers"), aside=say("from the least to the greatest of all variants"))
    few = found.count < FEWEST_IN_QUARTERS
    between = () if few else (sentence("quarter"), sentence("half"), sentence("three quarters"))
    yield Table((sentence("of a variant"), sentence("least"), *between, sentence("greatest")), tuple(_spread(found)))


def _mistakes(found: Examined, exercise: Exercise) -> Iterator[Block]:
    match found.why_not:
        case "long":
            yield Prose((say("Not looked for: the exercise is too long for that."),))
        case "words":
            yield Prose((say("Not looked for: the answers are words, of which a mistake changes one or none."),))
        case "":
            shown = counted("Every variant shows {number} mistake of the catalogue.",
                            "Every variant shows {number} mistakes of the catalogue.", found.shown)  # fmt: skip
            yield Prose((shown,))
        case _:
            assert_never(found.why_not)
    for intro, titles in (
        (say("No numbers that were tried show these:"), found.unseen),
        (say("Too few numbers show these together with the others:"), found.rare),
    ):
        if titles:
            yield Prose((intro,))
            rows = tuple(((translated(title),), _names(names, exercise)) for title, names in titles.items())
            yield Table((sentence("mistake"), sentence("in")), rows)


def _names(names: Sequence[str], exercise: Exercise) -> Text:
    found = tuple(row(symbol(Ref(name), exercise.symbols)) for name in names)
    return tuple(piece for one in found for piece in (", ", one))[1:]


def _spread(found: Survey) -> Iterator[tuple[Text, ...]]:
    yield sentence("largest argument of σ or tanh"), *_quantiles(found.arguments)
    yield sentence("smallest entry of the answers"), *_quantiles(found.smallest)
    yield sentence("largest entry of the answers"), *_quantiles(found.largest)


def _quantiles(values: Sequence[float]) -> Iterator[Text]:
    """The least, quarter, half, three quarters and greatest; between two values lies what is part of the way."""
    order = sorted(values)
    for part in (0.0, 1.0) if len(order) < FEWEST_IN_QUARTERS else (0.0, 0.25, 0.5, 0.75, 1.0):
        place, way = divmod(part * (len(order) - 1), 1)
        below, above = order[int(place)], order[min(int(place) + 1, len(order) - 1)]
        yield (row(Digits(f"{below + way * (above - below):.3g}")),)
