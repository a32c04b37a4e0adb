"""One equation in one unknown → Findings: every value of the unknown, by the first way that leads to the end."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from rnncalc.equations import StoppedError, deadline
from rnncalc.equations.closed import Form, Name, minus, names_in, spelt
from rnncalc.errors import Problem, UsageError
from rnncalc.unknown.found import Findings, Found, Range
from rnncalc.unknown.polynomial import roots as polynomial_roots
from rnncalc.unknown.searching import ROOT_BITS, Root, Slope, search
from rnncalc.unknown.undoing import Branch, StuckError, Undoing, Where


class UnsolvedError(UsageError):
    """The equation cannot be undone, and with other letters in it no search is possible."""

    def __init__(self, others: Iterable[Name]) -> None:
        names = ", ".join(sorted(f"`{spelt(name)}`" for name in others))
        what = f"the equation cannot be solved in general, with {names} in it"
        super().__init__(Problem(what, None, "put numbers in for the other letters, `--set w=1/2`"))


def find(domain: Any, unknown: Name, left: Form, right: Form, within: Range, seconds: float) -> Findings:
    """Every real value of the unknown for which both sides are equal. `domain` has computed the exercise, with the
    unknown as a letter; no other letter may stand in the equation unless it can be undone.

    Raises StoppedError if the search takes longer than the seconds allowed.
    """
    findings = find_exactly(domain, unknown, left, right)
    if findings is None:
        others = domain.known.letters(minus(left, right)) - {unknown}
        if others:
            raise UnsolvedError(others)
        findings = _searched(domain, unknown, left, right, within, seconds)
    allowed = domain.signs.of(unknown)
    return replace(findings, found=tuple(one for one in findings.found if _signs(domain, one.root) & allowed))


def find_exactly(domain: Any, unknown: Name, left: Form, right: Form) -> Findings | None:
    """Every value where the equation can be undone, or is a polynomial; else None."""
    undoing, trail = Undoing(domain, unknown), ((left, right),)
    difference = undoing.difference(left, right)
    if not undoing.depends(difference):
        return Findings(unknown, trail=trail, always=difference == 0, never=difference != 0)
    try:
        branches = list(undoing.solve(*undoing.turned(left, right)))
        return _undone(domain, Findings(unknown, trail=trail), branches)
    except StuckError:
        exact = _as_polynomial(domain, difference, unknown)
        return None if exact is None else Findings(unknown, found=tuple(map(Found, exact)), trail=trail)


def _signs(domain: Any, root: Root) -> Any:
    if root.ball is None:
        return domain.signs.of(root.form)
    return {"+" if root.ball > 0 else "-" if root.ball < 0 else "0"}


def _undone(domain: Any, none: Findings, branches: list[Branch]) -> Findings:
    found, wheres, trail = [], [], none.trail
    for branch in branches:
        if isinstance(branch.end, Where):
            wheres.append(branch.end)
            trail = branch.trail
        elif branch.end is None:
            trail = branch.trail if len(branch.trail) > len(trail) else trail
        else:
            ball = domain.known.ball(branch.end, ROOT_BITS) if domain.known.is_number(branch.end) else None
            found.append(Found(Root(branch.end, ball), branch.trail))
    if all(one.root.ball is not None for one in found):
        found.sort(key=lambda one: float(one.root.ball.mid()))
    return Findings(none.unknown, tuple(found), tuple(wheres), trail)


def _as_polynomial(domain: Any, difference: Form, unknown: Name) -> tuple[Root, ...] | None:
    try:
        return polynomial_roots(domain.unfolded(difference), unknown)
    except StoppedError:
        return None


def _searched(domain: Any, unknown: Name, left: Form, right: Form, within: Range, seconds: float) -> Findings:
    undoing, difference = Undoing(domain, unknown), minus(left, right)
    chain = {name: form for name, form in domain.known.definitions.items() if undoing.depends(name)}
    needed = _needed(chain, difference)
    slope = Slope(difference, unknown, {n: f for n, f in chain.items() if n in needed}, domain.known.names)
    searched = search(slope, *within, deadline(seconds))
    roots = [_recognised(domain, root, difference, unknown) for root in searched.roots]
    return Findings(
        unknown,
        tuple(map(Found, roots)),
        trail=((left, right),),
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
    return Root(value, root.ball) if domain.values.settled(put_in) == 0 else root
