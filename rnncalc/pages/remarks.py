"""What is to be remarked on a solution, in sentences: what does not fit, what is not certain, where it ends."""

from collections.abc import Iterator
from typing import Literal, assert_never

from rnncalc.document import Block, Notice, Text
from rnncalc.equations import shape_text
from rnncalc.exercise.misfit import Misfit
from rnncalc.formula import Row
from rnncalc.languages import among_words, listed, say, sentence, sentences, spliced
from rnncalc.pages.data import name_row
from rnncalc.solving import Disagreement, Ended, Hidden, Remark, Solution, Stopped, Uncertified


def notices(solution: Solution) -> Iterator[Block]:
    if len(solution.steps) < solution.total:
        left_out = solution.total - len(solution.steps)
        words = sentence(
            "{left_out} of {total} computed quantities are not shown; `--last N` shows the last N steps.",
            left_out=str(left_out),
            total=str(solution.total),
        )
        yield Notice("note", words, say("note"))
    for remark in solution.remarks:
        if isinstance(remark, Misfit) and not solution.answers:
            # It is told what does not depend on the matrices; a solution that ended early has nothing to tell it of.
            continue
        kind: Literal["note", "warning"] = "note" if isinstance(remark, Ended) else "warning"
        yield Notice(kind, remark_text(solution, remark), say("note") if kind == "note" else say("warning"))


def remark_text(solution: Solution, remark: Remark) -> Text:
    """The remark as a sentence."""
    match remark:
        case Misfit():
            return _misfit(solution, remark)
        case Stopped(passed, limit, name, position):
            return _stopped(passed, among_words(f"{limit:g}"), name_row(solution, name, position))
        case Uncertified(asked):
            if asked:
                return sentence("the numbers are computed in float64, as asked: their last digits may be wrong.")
            return sentence(
                "the numbers are computed in float64, because certified numbers would take too long here: "
                "their last digits may be wrong."
            )
        case Hidden(name, position, width):
            return sentence(
                "{name} lies on the edge between two roundings, or on 0, as far as {decimals} decimals tell; "
                "it may be exactly there.",
                name=name_row(solution, name, position),
                decimals=str(-width),
            )
        case Disagreement(name, position, expected):
            return sentence(
                "line {line} of the file expects another value of {name} than the one found here.",
                line=str(expected.span.line),
                name=name_row(solution, name, position),
            )
        case Ended():
            return _ended(solution, remark)
        case _:
            assert_never(remark)


def _ended(solution: Solution, end: Ended) -> Text:
    stop = solution.exercise.stop
    assert stop is not None, "only a sequence with a last word ends by itself"
    if end.position is None:
        steps = str(solution.exercise.network.plan.lengths[stop.letter])
        return sentence(
            "“{word}” has not come up in {steps} steps: the sequence is cut there.", word=stop.word, steps=steps
        )
    name = name_row(solution, end.name, end.position)
    return sentence("{name} is “{word}”: the sequence ends there.", name=name, word=stop.word)


def _stopped(passed: str, limit: str, name: Row) -> Text:
    if passed == "letters":
        return sentence(
            "which entry is chosen in {name} depends on letters; what stands here is complete up to there.", name=name
        )
    if passed == "size":
        return sentence(
            "{name} would be a formula of more than {limit} signs, and is not written out.", name=name, limit=limit
        )
    return sentence(
        "the {limit} seconds allowed are over before {name}; what stands here is complete up to there.",
        limit=limit,
        name=name,
    )


def _misfit(solution: Solution, misfit: Misfit) -> Text:
    zero = next(at for at in solution.exercise.network.zero_states if at[0] == misfit.state.name)
    state = name_row(solution, *zero)
    what = sentences(
        "{names} is {shape}, but it multiplies {state}, which has {entries} entries ({fitting} would fit).",
        "{names} are {shape}, but they multiply {state}, which has {entries} entries ({fitting} would fit).",
        len(misfit.names),
        names=listed([name_row(solution, name) for name in misfit.names]),
        shape=shape_text(misfit.shape),
        state=state,
        entries=str(misfit.entries),
        fitting=shape_text(misfit.fitting),
    )
    return spliced("{what} {why}", {"what": what, "why": _unaffected(solution, len(misfit.names) > 1, state)})


def _unaffected(solution: Solution, several: bool, state: Row) -> Text:
    """That a state of zero makes the misfit harmless."""
    answers = [name_row(solution, found.name, found.position) for found in solution.answers[:3]]
    if several:
        return sentences(
            "{answers} does not depend on them because {state} = 0; the data is used as printed.",
            "{answers} do not depend on them because {state} = 0; the data is used as printed.",
            len(answers),
            answers=listed(answers),
            state=state,
        )
    return sentences(
        "{answers} does not depend on it because {state} = 0; the data is used as printed.",
        "{answers} do not depend on it because {state} = 0; the data is used as printed.",
        len(answers),
        answers=listed(answers),
        state=state,
    )
