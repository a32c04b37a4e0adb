"""Why a step is wrong: the mistakes that explain a student's numbers, in words, as a formula, with a hint."""

from collections.abc import Iterator, Mapping

from rnncalc.checking import Cause, Explanation, Marking, NumberSlip, Report
from rnncalc.document import Block, Derivation, Listing, Notice, Prose
from rnncalc.equations import Ref, ref_at, symbol
from rnncalc.formula import row, unicode
from rnncalc.languages import listed, say, translated
from rnncalc.mistakes import Hypothesis
from rnncalc.pages.wrong_step import wrong_formula


def told(report: Report, marking: Marking, cause: Cause) -> Iterator[Block]:
    """The cause, if it is known: in words, as a formula, with a hint; several as a list."""
    if not cause.groups:
        return
    first, symbols = cause.groups[0][0], report.exercise.symbols
    candidates = dict.fromkeys(mistake_text(group[0], symbols) for group in cause.groups)
    if not cause.named and len(candidates) > 1:
        yield Prose((say("Your numbers fit more than one cause:"),))
        yield Listing(tuple((f"– {candidate}",) for candidate in candidates))
        return
    mistake = mistake_text(first, symbols)
    likely = say("Most likely: {mistake}.", mistake=mistake)
    words = likely if cause.named else say("Possibly: {mistake}.", mistake=mistake)
    yield Prose((words, *_twins(cause.groups[0])))
    if cause.named and isinstance(first, Hypothesis):
        wrong = wrong_formula(report, marking, first, cause.steps[0])
        if wrong is not None:
            yield Prose((say("Your numbers are what this gives:"),))
            yield Derivation((wrong,))
    yield Notice("note", (translated(first.mistake.hint),), say("hint"))


def _twins(group: tuple[Explanation, ...]) -> tuple[str, ...]:
    """Other mistakes that give the same numbers. Where a wrong equation does, a slip of the pen need not be told."""
    first = group[0]
    rivals = [one for one in group if isinstance(one, Hypothesis)] if isinstance(first, Hypothesis) else group
    others = dict.fromkeys(translated(one.mistake.title) for one in rivals if one.mistake.slug != first.mistake.slug)
    if not others:
        return ()
    return (" ", say("With these numbers it cannot be told from: {others}.", others=", ".join(others)))


def mistake_text(explanation: Explanation, symbols: Mapping[str, str]) -> str:
    """`bias forgotten in f and i`, in the language spoken; `symbols` are how the quantities are printed."""
    title, place = translated(explanation.mistake.title), where(explanation, symbols)
    return say("{mistake} {place}", mistake=title, place=place) if place else title


def where(explanation: Explanation, symbols: Mapping[str, str]) -> str:
    """`in f and i, at time step 2`; for a copied number `(h₁)`, where it stands."""
    if isinstance(explanation, NumberSlip):
        key = explanation.source
        return f"({unicode(row(symbol(ref_at(*key), symbols)))})" if key is not None else ""
    names = "".join(listed([unicode(row(symbol(Ref(name), symbols))) for name in explanation.names]))
    if explanation.only is None:
        return say("in {names}", names=names)
    return say("in {names}, at time step {step}", names=names, step=explanation.only)
