"""Question → Findings: every value of the unknown, by the first way that leads to the end."""

from collections.abc import Mapping
from fractions import Fraction
from time import monotonic
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.equations import StoppedError
from rnncalc.equations.closed import Form, Name, names_in, scaled, total
from rnncalc.unknown.asking import Condition, Question
from rnncalc.unknown.polynomial import roots as polynomial_roots
from rnncalc.unknown.searching import Root, Slope, search
from rnncalc.unknown.undoing import Branch, StuckError, Undoing, Where

Range = tuple[Fraction, Fraction]
RANGE: Range = (Fraction(-100), Fraction(100))


class Found(Struct, frozen=True):
    """A value of the unknown with the equations that lead to it, if there are such."""

    root: Root
    trail: tuple[tuple[Form, Form], ...] = ()


class Findings(Struct, frozen=True):
    """`found` are the values in order, `wheres` conditions that allow a whole range, `zeros` stretches on which every
    value will do; `trail` leads to where there is none. `always` tells that every value will do, `never` that the
    unknown makes no difference. `within` is the range that was searched, None if the values are all there are."""

    unknown: Name
    condition: Condition
    found: tuple[Found, ...] = ()
    wheres: tuple[Where, ...] = ()
    trail: tuple[tuple[Form, Form], ...] = ()
    always: bool = False
    never: bool = False
    within: Range | None = None
    zeros: tuple[Range, ...] = ()
    undecided: tuple[Range, ...] = ()


def find(domain: Any, question: Question, within: Range, seconds: float) -> Findings:
    """Every real value of the unknown for which the condition holds. `domain` has computed the exercise, with the
    unknown as a letter.

    Raises StoppedError if the search takes longer than the seconds allowed.
    """
    unknown, condition = Name(*question.unknown), question.condition
    left = Name(condition.name, condition.position, condition.entry)
    right = domain.scalar(condition.value)
    undoing = Undoing(domain, unknown)
    none = Findings(unknown, condition, trail=((left, right),))
    if not undoing.depends(left):
        difference = domain.settled(total([left, scaled(right, Fraction(-1))]))
        return Findings(unknown, condition, trail=((left, right),), always=difference == 0, never=difference != 0)
    try:
        findings = _undone(domain, none, list(undoing.solve(left, right)))
    except StuckError:
        difference = total([left, scaled(right, Fraction(-1))])
        exact = _as_polynomial(domain, difference, unknown)
        if exact is not None:
            findings = Findings(unknown, condition, found=tuple(map(Found, exact)), trail=none.trail)
        else:
            findings = _searched(domain, none, undoing, difference, within, seconds)
    allowed = domain.signs.of(unknown)
    return replace(findings, found=tuple(one for one in findings.found if _sign(one.root.ball) in allowed))


def _sign(ball: Any) -> str:
    return "+" if ball > 0 else "-" if ball < 0 else "0"


def _undone(domain: Any, none: Findings, branches: list[Branch]) -> Findings:
    found, wheres, trail = [], [], none.trail
    for branch in branches:
        if isinstance(branch.end, Where):
            wheres.append(branch.end)
            trail = branch.trail
        elif branch.end is None:
            trail = branch.trail if len(branch.trail) > len(trail) else trail
        else:
            found.append(Found(Root(branch.end, domain.known.ball(branch.end, 512)), branch.trail))
    found.sort(key=lambda one: float(one.root.ball.mid()))
    return Findings(none.unknown, none.condition, tuple(found), tuple(wheres), trail)


def _as_polynomial(domain: Any, difference: Form, unknown: Name) -> tuple[Root, ...] | None:
    try:
        return polynomial_roots(domain.unfolded(difference), unknown)
    except StoppedError:
        return None


def _searched(
    domain: Any, none: Findings, undoing: Undoing, difference: Form, within: Range, seconds: float
) -> Findings:
    chain = {name: form for name, form in domain.known.definitions.items() if undoing.depends(name)}
    needed = _needed(chain, difference)
    slope = Slope(difference, none.unknown, {n: f for n, f in chain.items() if n in needed}, domain.known.names)
    end = monotonic() + seconds

    def watch() -> None:
        if monotonic() > end:
            raise StoppedError("seconds", seconds)

    searched = search(slope, *within, watch)
    roots = [_recognised(domain, root, difference, none.unknown) for root in searched.roots]
    return Findings(
        none.unknown,
        none.condition,
        tuple(map(Found, roots)),
        trail=none.trail,
        within=within,
        zeros=searched.zeros,
        undecided=searched.undecided,
    )


def _needed(chain: Mapping[Name, Form], form: Form) -> set[Name]:
    found: set[Name] = set()
    waiting = list(names_in(form))
    while waiting:
        name = waiting.pop()
        if name in chain and name not in found:
            found.add(name)
            waiting.extend(names_in(chain[name]))
    return found


def _recognised(domain: Any, root: Root, difference: Form, unknown: Name) -> Root:
    """The root as a fraction where it is proved to be one."""
    from rnncalc.equations.closed.signs import guess

    value = guess(root.ball)
    if value is None:
        return root
    try:
        put_in = domain.replaced(domain.unfolded(difference), {unknown: value}.get)
    except (StoppedError, ArithmeticError):
        return root
    return Root(value, root.ball) if domain.settled(put_in) == 0 else root
