"""What a vector says in its vocabulary: the word of a one-hot column, the most likely word of a distribution."""

from collections.abc import Iterator
from typing import Any

from rnncalc.document import Text, separated
from rnncalc.equations import FUNCTIONS, Call
from rnncalc.exercise.vocabulary import Vocabulary, word_of
from rnncalc.formula import Digits, Row, Words, row
from rnncalc.languages import listed, sentence
from rnncalc.numbers import Rounded
from rnncalc.reader import Rows
from rnncalc.solving import Solution, Step

MOST_SUMS = 12
"""Of a longer distribution only the running sums on both sides of the random number are shown."""


def quoted(word: str) -> str:
    return f"“{word}”"


def in_words(rows: Rows, vocabulary: Vocabulary) -> Row | None:
    """“machine” for a one-hot column."""
    word = word_of(rows, vocabulary)
    return None if word is None else row(Words(quoted(word)))


def leading(solution: Solution, name: str, value: Any) -> tuple[tuple[str, ...], bool]:
    """The words of the greatest entries, and whether it is settled that these are the greatest: one, or equal ones. No
    words if the entries stand for none."""
    vocabulary = solution.exercise.words.get(name)
    if vocabulary is None:
        return (), True
    numbers, settled = solution.domain.leaders(value)
    return tuple(vocabulary[number] for number in numbers), settled


def is_one_hot(solution: Solution, value: Any) -> bool:
    entries = [entry for entry in solution.domain.exact(value) if entry is not None]
    return len(entries) == solution.shape(value)[0] and sorted(entries) == [0] * (len(entries) - 1) + [1]


def chosen_word(solution: Solution, name: str, value: Any) -> str | None:
    """The word of a one-hot column that was computed."""
    words, _ = leading(solution, name, value)
    return words[0] if words and is_one_hot(solution, value) else None


def most_likely(solution: Solution, name: str, value: Any, label: Row | None = None) -> Iterator[Text]:
    """`most likely: “problem” (0.61)`; several words that are equally likely are said to be a tie. The label names the
    quantity: `most likely in y₁: …`."""
    words, settled = leading(solution, name, value)
    if not words or is_one_hot(solution, value) or any(solution.domain.lettered(value)):
        return
    found = listed([quoted(word) for word in words])
    if not settled:
        found = sentence("{words}, too close to tell which of them", words=found)
    else:
        (number, *_), _ = solution.domain.leaders(value)
        share = row(Digits(solution.entries(value)[number].text))
        tie = len(words) > 1
        found = sentence("{words} ({share}), a tie", words=found, share=share) if tie else (*found, " (", share, ")")
    if label:
        yield sentence("most likely in {name}: {words}", name=label, words=found)
    else:
        yield sentence("most likely: {words}", words=found)


def remarks(solution: Solution, step: Step) -> Iterator[Text]:
    """What stands beside the value of a step whose entries stand for words, or that chooses one of them."""
    match step.expression:
        case Call(function, (_, _)) if FUNCTIONS[function].kind == "choice":
            yield from _drawn(solution, step.expression, step)
    word = chosen_word(solution, step.equation.name, step.value)
    if word is not None:
        yield (quoted(word),)
    yield from most_likely(solution, step.equation.name, step.value)


def _drawn(solution: Solution, choice: Call, step: Step) -> Iterator[Text]:
    """The running sums between which the random number lies: 0.3259 ≤ 0.5 < 0.8872."""
    domain = solution.domain
    entries, level = domain.entries(step.values[choice.arguments[0]]), step.values[choice.arguments[1]]
    sums = [domain.total(entries[: number + 1]) for number in range(len(entries))]
    chosen = next(number for number, entry in enumerate(solution.entries(step.value)) if entry.text == "1")
    shown = [_digits(solution, one) for one in sums]
    if 1 < len(shown) <= MOST_SUMS:
        numbers = separated((row(Digits(cell.text)),) for cell in shown)
        yield sentence("running sums {numbers}", numbers=numbers)
    below: Text = (row(Digits(shown[chosen - 1].text)), " ≤ ") if chosen else ()
    above: Text = (" < ", row(Digits(shown[chosen].text))) if chosen + 1 < len(shown) else ()
    between = (*below, row(Digits(_digits(solution, level).text)), *above)
    yield sentence("{between}: entry {number}", between=between, number=str(chosen + 1))


def _digits(solution: Solution, value: Any) -> Rounded:
    return solution.entries(value)[0]
