"""The attempts at an exercise: balls at rising precision until every digit shown is certain; closed forms; float64."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from rnncalc.equations import ImpreciseError, Position, deadline
from rnncalc.errors import ExerciseError, LimitError, Problem, grouped
from rnncalc.exercise import Exercise
from rnncalc.exercise.generation import cut
from rnncalc.numbers import Precision
from rnncalc.solving.run import Progress, Run
from rnncalc.solving.solution import Ended, Hidden, Solution, Uncertified, results, values_shown

if TYPE_CHECKING:
    from rnncalc.equations.domains.certified import Certified
    from rnncalc.equations.domains.closed import Closed

FIRST_BITS = 128
MAX_BITS = 1 << 15
MAX_WORK = 40_000_000
"""Multiplications of 512 bits or less, about 20 seconds, beyond which certified numbers are given up for float64."""
MULTIPLICATIONS_EACH = 15
"""What it costs to work out an equation once, beside its multiplications, in multiplications."""
MAX_EVALUATIONS = 3_000_000
"""More than this would take minutes in any arithmetic: 100 000 steps of four stacked LSTM layers are 2 400 000."""
MAX_SECONDS = 60.0
"""Closed forms are worked out for so long unless it is said otherwise."""
HIDDEN_DIGITS = 300
"""A rounding that is undecided although the value is known to so many more decimals than are shown is called hidden."""


def solve(
    exercise: Exercise,
    *,
    precision: Precision | None = None,
    last: int | None = None,
    float64: bool = False,
    exact: bool = False,
    max_seconds: float | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Work the exercise out.

    With `exact`, and where letters stand among the numbers, values are closed forms: rationals, σ(−4), √2, formulas in
    the letters. That work ends after `max_seconds`, or where a form becomes too large, with a remark.

    `last` limits the steps shown to the last so many positions of each index. With `float64` the numbers are IEEE
    doubles: quick, and their last digits uncertain; work too long for certified numbers falls back to them and says so.
    Raises ExerciseError where a value does not exist (a division by zero), LimitError where there is too much to do.
    """
    _refuse_endless(exercise)
    run = Run(exercise, precision or Precision(), last, progress)
    if exact or exercise.letters.present:
        solution = _closed(run, max_seconds or MAX_SECONDS)
    else:
        solution = (None if float64 else _certified(run)) or _in_float64(run, asked=float64)
    shorter = _ended(exercise, solution)
    if shorter is None:
        return solution
    how: dict[str, Any] = {"float64": float64, "exact": exact, "max_seconds": max_seconds}
    return solve(shorter, precision=precision, last=last, progress=progress, **how)


def _refuse_endless(exercise: Exercise) -> None:
    if exercise.network.evaluations > MAX_EVALUATIONS:
        count, most = grouped(exercise.network.evaluations), grouped(MAX_EVALUATIONS)
        what = (
            f"`{exercise.name}`: the equations would be worked out {count} times, and at most {most} times are allowed"
        )
        raise LimitError(Problem(what, None, "ask for an earlier position, or give fewer steps"))


def _ended(exercise: Exercise, solution: Solution) -> Exercise | None:
    """The exercise of the shorter sequence, where the sequence ended before its greatest length."""
    end = next((remark.position for remark in solution.remarks if isinstance(remark, Ended)), None)
    stop, network = exercise.stop, exercise.network
    if stop is None or end is None or end[0] == network.plan.lengths[stop.letter]:
        return None
    network, find = cut(network, stop, end[0], exercise.find)
    return replace(exercise, network=network, find=find)


# -- balls


def _certified(run: Run) -> Solution | None:
    """The solution in balls; None if it would take too much work."""
    import flint

    from rnncalc.equations.domains.certified import Certified

    network = run.exercise.network
    work = network.multiplications + MULTIPLICATIONS_EACH * network.evaluations
    hidden = -HIDDEN_DIGITS - run.precision.digits
    imprecise: Problem | None = None
    bits = FIRST_BITS
    while bits <= MAX_BITS and work * max(bits, 512) <= MAX_WORK * 512:
        with flint.ctx.workprec(bits):
            try:
                solution = run.through(domain := Certified())
                undecided = _undecided(solution, domain)
                last = bits * 4 > MAX_BITS or work * bits * 4 > MAX_WORK * 512
                if all(one.width <= hidden for one in undecided) and (last or _words_settled(solution)):
                    return replace(solution, remarks=(*solution.remarks, *undecided))
                imprecise = None
            except ImpreciseError as error:
                imprecise = _imprecise(run, error, bits)
        bits *= 4
    if imprecise and bits > MAX_BITS:
        raise ExerciseError(imprecise)
    return None


def _words_settled(solution: Solution) -> bool:
    """Whether it is known which word is the most likely, or that several are equally likely."""
    words = solution.exercise.words
    return all(solution.domain.leaders(value)[1] for name, _, value in results(solution) if name in words)


def _imprecise(run: Run, error: ImpreciseError, bits: int) -> Problem:
    """What is known of a value that no precision settles."""
    equation, position = run.next_instance()
    name = run.exercise.quantities.key(equation.name, position)
    return Problem(f"`{name}`: {error}, even with {bits * 3 // 10} digits", equation.span, error.hint)


def _undecided(solution: Solution, domain: "Certified | Closed") -> tuple[Hidden, ...]:
    """Every quantity shown with an entry, or an entry of an intermediate result, that cannot be rounded yet."""
    found: dict[tuple[str, Position], int] = {}
    for name, position, value in values_shown(solution):
        for entry, one in zip(value.entries, domain.rounded(value, solution.precision), strict=True):
            if one is None:
                width = domain.width(entry)
                found[name, position] = max(width, found.get((name, position), width))
    return tuple(Hidden(name, position, width) for (name, position), width in found.items())


# -- closed forms, and IEEE doubles


def _closed(run: Run, seconds: float) -> Solution:
    """The solution in closed forms."""
    from rnncalc.equations.domains.closed import Closed

    letters = run.exercise.letters
    solution = run.through(domain := Closed(letters.assumptions, deadline(seconds), run.exercise.shares, letters.found))
    return replace(solution, remarks=(*solution.remarks, *_undecided(solution, domain)))


def _in_float64(run: Run, asked: bool) -> Solution:
    """The solution in doubles, every one of them finite."""
    import numpy

    from rnncalc.equations.domains.float64 import Float64

    hint = "leave out `--float64`: certified numbers have no such limit" if asked else "give smaller numbers"
    try:
        with numpy.errstate(all="ignore"):
            solution = run.through(domain := Float64(), abridge=True)
    except OverflowError:
        raise ExerciseError(Problem("a number of the file is too large for float64", None, hint)) from None
    for name, position, value in values_shown(solution):
        if not all(numpy.isfinite(float(entry.item())) for entry in domain.entries(value)):
            name = run.exercise.quantities.key(name, position)
            raise ExerciseError(Problem(f"`{name}` leaves the range of float64", None, hint))
    return replace(solution, remarks=(*solution.remarks, Uncertified(asked)))
