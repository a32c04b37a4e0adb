"""Grades → the report on a class: how marks are spread, which step fails most, which misconceptions there are."""

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rnncalc.checking.causes.numbers import SLIPS
from rnncalc.document import Bars, Block, Document, Heading, Notice, Prose, Table, Text
from rnncalc.equations import symbol
from rnncalc.exercise import Exercise
from rnncalc.formula import row
from rnncalc.grading.job import Grade
from rnncalc.grading.marks import Marks, mark_of
from rnncalc.languages import Message, coded, counted, language, said, say, sentence, speaking, translated
from rnncalc.mistakes import catalogue, of_cell

BINS = 10
MOST_ROWS = 20
MOST_NAMED = 10
_VERDICTS: Mapping[str, Message] = {
    "exact": Message("exact"),
    "carried": Message("carried"),
    "truncated": Message("truncated"),
    "last digit": Message("last digit"),
    "too few digits": Message("too few digits"),
    "follows": Message("follows"),
    "wrong": Message("wrong"),
    "invalid": Message("invalid"),
    "missing": Message("missing"),
}
"""The verdicts as docs/checking.md names them."""


class _Class:
    """What is counted of the grades, as they go by; nothing is kept of each. `problems` are the first in the order of
    the files, `several` the students with more than one sheet."""

    def __init__(self, grades: Iterable[Grade]) -> None:
        self.graded, self.ungraded, self.total = 0, 0, 0.0
        self.bins: Counter[int] = Counter()
        self.first: Counter[str] = Counter()
        self.failing: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.causes: Counter[str] = Counter()
        self.problems: list[tuple[str, str]] = []
        self.several: set[str] = set()
        self._met = Marks()
        for grade in grades:
            self.add(grade)

    def add(self, grade: Grade) -> None:
        if self._met.put(mark_of(grade.id), 1):
            self.several.add(grade.id)
        if grade.problem:
            self.ungraded += 1
            insort(self.problems, (grade.file, grade.problem))
            del self.problems[MOST_ROWS:]
            return
        self.graded += 1
        self.total += grade.share
        self.bins[min(BINS - 1, int(grade.share * BINS))] += 1
        self.first.update([grade.first_wrong] if grade.first_wrong else [])
        self.failing.update(grade.wrong_steps)
        self.verdicts.update(grade.verdicts)
        self.causes.update(grade.causes)


def class_page(exercise: Exercise, grades: Iterable[Grade]) -> Document:
    """The report; `grades` are taken one by one."""
    with speaking(language(exercise.lang)):
        return Document(
            say("Class report: {title}", title=exercise.title),
            tuple(_blocks(_Class(grades), exercise)),
            exercise.source,
        )


def _titles(exercise: Exercise) -> dict[str, str]:
    """What happened, by the name of the mistake."""
    known = (*catalogue(), *(of_cell(exercise.cell) if exercise.cell else ()))
    return {**{one.slug: one.title for one in known}, **{one.slug: one.title for one in SLIPS}}


def _printed(name: str, exercise: Exercise) -> Text:
    """A quantity as it is printed: c̃₁."""
    ref = exercise.quantities.find(name)
    return (row(symbol(ref, exercise.symbols)),) if ref else (name,)


def _blocks(found: _Class, exercise: Exercise) -> Iterator[Block]:
    average = f"{100 * found.total / found.graded:.0f}" if found.graded else "–"
    graded = counted("{number} sheet graded; average {average} %.", "{number} sheets graded; average {average} %.",
                     found.graded, average=average)  # fmt: skip
    yield Prose((graded,))
    if found.problems:
        words = counted("{number} file could not be graded; it is listed below.",
                        "{number} files could not be graded; they are listed below.", found.ungraded)  # fmt: skip
        yield Notice("warning", (words,), say("warning"))
    if several := sorted(found.several):
        names = ", ".join(several[:MOST_NAMED]) + (" …" if len(several) > MOST_NAMED else "")
        words = counted("{number} student handed in more than one sheet, each graded by itself: {names}.",
                        "{number} students handed in more than one sheet, each graded by itself: {names}.",
                        len(several), names=names)  # fmt: skip
        yield Notice("warning", (words,), say("warning"))
    if not found.graded:
        yield from _problems(found)
        return
    yield from _marks(found)
    if found.failing:
        yield from _failing(found, exercise)
    if found.causes:
        yield from _misconceptions(found, exercise)
    yield from _verdicts(found)
    yield from _problems(found)


def _marks(found: _Class) -> Iterator[Block]:
    yield Heading(1, say("Marks"))
    most = max(found.bins.values())
    yield Bars(
        (sentence("per cent"), sentence("students")),
        tuple(((_range(place),), (str(found.bins[place]),)) for place in range(BINS)),
        tuple((found.bins[place] / most,) for place in range(BINS)),
    )


def _failing(found: _Class, exercise: Exercise) -> Iterator[Block]:
    yield Heading(1, say("Steps that are wrong"), aside=say("most often first"))
    rows = ((name, times, found.first[name]) for name, times in found.failing.most_common(MOST_ROWS))
    yield Table(
        (sentence("step"), sentence("students"), sentence("first wrong there")),
        tuple((_printed(name, exercise), (str(times),), (str(first),)) for name, times, first in rows),
    )


def _misconceptions(found: _Class, exercise: Exercise) -> Iterator[Block]:
    titles = _titles(exercise)
    yield Heading(1, say("Misconceptions"), aside=say("found for certain"))
    yield Table(
        (sentence("mistake"), sentence("what happened"), sentence("how often")),
        tuple(
            ((slug,), (translated(titles.get(slug, slug)),), (str(times),))
            for slug, times in found.causes.most_common(MOST_ROWS)
        ),
    )
    yield Prose(sentence("`rnncalc mistakes` explains them."))


def _verdicts(found: _Class) -> Iterator[Block]:
    yield Heading(1, say("Verdicts"), aside=say("of single numbers"))
    yield Table(
        (sentence("verdict"), sentence("how often")),
        tuple(((said(_VERDICTS[one]),), (str(times),)) for one, times in found.verdicts.most_common()),
    )


def _range(place: int) -> str:
    return f"{place * 100 // BINS}–{(place + 1) * 100 // BINS}"


def _problems(found: _Class) -> Iterator[Block]:
    if found.problems:
        yield Heading(1, say("Files that could not be graded"))
        rows = tuple(((file,), coded(problem)) for file, problem in found.problems)
        yield Table((sentence("file"), sentence("problem")), rows)
