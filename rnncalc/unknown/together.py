"""Several equations in several unknowns: one unknown after the other is expressed by the rest and put in.

An equation in one unknown is solved as `finding` does. Else an unknown that an equation lets stand alone is replaced by
what it is equal to; polynomial equations take the form of a Gröbner basis first, which leaves one unknown alone. What
is left over is free: the other unknowns are formulas in it.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from time import monotonic
from typing import Any

from rnncalc.equations import StoppedError
from rnncalc.equations.closed import Form, Name, minus, names_in, size
from rnncalc.errors import Problem, UsageError
from rnncalc.unknown.finding import find, find_exactly
from rnncalc.unknown.found import Joint, Range, Solved, Way
from rnncalc.unknown.polynomial import basis
from rnncalc.unknown.searching import ROOT_BITS, Root
from rnncalc.unknown.stating import Equation
from rnncalc.unknown.undoing import StuckError, Undoing, Where

MOST_SOLUTIONS = 64

Told = tuple[Equation, Name, list[Form]]
"""An equation that is used up, and the values that it gives an unknown."""


def find_together(
    domain: Any,
    unknowns: Sequence[Name],
    equations: Sequence[Equation],
    within: Range,
    seconds: float,
    spare: bool = False,
) -> Joint:
    """Every solution of the equations. With `spare`, equations that are left when all unknowns are known need not hold.

    Raises UsageError where no way leads to the end, StoppedError if it takes longer than the seconds allowed.
    """
    run = _Run(domain, within, seconds, spare)
    found = [run.put_back(values, unknowns, equations) for values in run.solutions(equations, tuple(unknowns), {})]
    return Joint(
        tuple(unknowns),
        tuple(equations),
        tuple({one.key: one for one in found if one is not None}.values()),
        tuple(dict.fromkeys(run.ways)),
        tuple(dict.fromkeys(run.searched)),
        within,
    )


class _Run:
    def __init__(self, domain: Any, within: Range, seconds: float, spare: bool) -> None:
        self.domain, self.within, self.seconds, self.spare = domain, within, seconds, spare
        self.end = monotonic() + seconds
        self.ways: list[Way] = []
        self.searched: list[Name] = []
        self.enclosed: dict[Name, Name] = {}
        """Names that stand for a value of an unknown of which only an enclosure is known."""
        self.count = 0

    def solutions(
        self, equations: Sequence[Equation], waiting: tuple[Name, ...], values: dict[Name, Form], reduced: bool = False
    ) -> Iterator[dict[Name, Form]]:
        """Values of the unknowns, each a number or a form in those that come after it."""
        moving = self.moving(equations, waiting)
        if moving is None:
            return
        if not moving:
            self.count += 1
            if self.count > MOST_SOLUTIONS:
                raise _unsolved(f"there are more than {MOST_SOLUTIONS} solutions")
            yield values
            return
        found = self.alone(moving, waiting)
        if found is None and not reduced:
            polynomials = self.reduced(moving, waiting)
            if polynomials is not None:
                yield from self.solutions(polynomials, waiting, values, reduced=True)
                return
        used, name, found_values = self.sought(moving, waiting) if found is None else found
        left = [equation for equation in moving if equation is not used]
        rest = tuple(one for one in waiting if one != name)
        for value in found_values:
            try:
                put_in = self.put_in(left, name, value)
            except ArithmeticError:
                # An equation without a value there, as one that divides by zero, does not hold.
                continue
            yield from self.solutions(put_in, rest, {**values, name: value}, reduced)

    def moving(self, equations: Sequence[Equation], waiting: Sequence[Name]) -> list[Equation] | None:
        """The equations that depend on unknowns; None if one of the others does not hold."""
        found = []
        for equation in equations:
            difference = self.domain.values.settled(minus(*equation))
            for name in waiting:
                if difference != 0:
                    difference = Undoing(self.domain, name).difference(*equation)
            if self.domain.known.letters(difference) & set(waiting):
                found.append(equation)
            elif difference != 0 and not self.spare:
                if "0" in self.domain.signs.of(difference):
                    raise _unsolved("it cannot be decided whether all equations hold at once")
                return None
        return found

    def alone(self, equations: list[Equation], waiting: Sequence[Name]) -> Told | None:
        """The values of an unknown that can be written down, from the equation where that is easiest."""
        choices = []
        for equation in equations:
            names = [name for name in waiting if name in self.letters(equation)]
            for name in names:
                branches = self.exactly(name, equation) if len(names) == 1 else self.undone(name, equation)
                if branches is not None:
                    cost = sum(size(value) for value, _ in branches), len(names) > 1
                    choices.append((cost[::-1], equation, name, branches))
        if not choices:
            return None
        _, equation, name, branches = min(choices, key=lambda choice: choice[0])
        self.ways += [Way(name, tuple(map(self.shown, trail))) for _, trail in branches]
        return equation, name, [value for value, _ in branches]

    def letters(self, equation: Equation) -> set[Name]:
        found: set[Name] = self.domain.known.letters(minus(*equation))
        return found

    def exactly(self, name: Name, equation: Equation) -> list[tuple[Form, tuple[Equation, ...]]] | None:
        """The values from an equation in one unknown."""
        findings = find_exactly(self.domain, name, *equation)
        if findings is None:
            return None
        if findings.wheres:
            raise _unsolved("a whole range of values will do for one of the unknowns")
        return [(self.form(name, one.root), one.trail or findings.trail) for one in findings.found]

    def undone(self, name: Name, equation: Equation) -> list[tuple[Form, tuple[Equation, ...]]] | None:
        """What an unknown is, written in the others."""
        undoing = Undoing(self.domain, name)
        try:
            branches = list(undoing.solve(*undoing.turned(*equation)))
        except StuckError:
            return None
        ends = [(branch.end, branch.trail) for branch in branches if branch.end is not None]
        if any(isinstance(end, Where) or undoing.depends(end) for end, _ in ends):
            return None
        return [(self.in_letters(end), trail) for end, trail in ends if not isinstance(end, Where)]

    def in_letters(self, form: Form) -> Form:
        """The form in the unknowns themselves, without names of what depends on them."""
        unfolded: Form = self.domain.unfolded(form, lambda name: not self.domain.known.is_number(name))
        return unfolded

    def reduced(self, equations: list[Equation], waiting: Sequence[Name]) -> list[Equation] | None:
        """Polynomials with the same solutions, the last of them in one unknown alone; None if they are none."""
        try:
            differences = [self.in_letters(minus(*equation)) for equation in equations]
        except StoppedError:
            return None
        found = basis(differences, waiting)
        return None if found is None else [(form, Fraction(0)) for form in found]

    def sought(self, equations: list[Equation], waiting: Sequence[Name]) -> Told:
        """The values of the unknown of an equation that has no other letter, by search."""
        for equation in equations:
            letters = self.letters(equation)
            if len(letters) == 1 and letters <= set(waiting):
                (name,) = letters
                findings = find(self.domain, name, *equation, self.within, max(self.end - monotonic(), 0))
                if findings.zeros or findings.undecided:
                    raise _unsolved("a search does not tell all values of one of the unknowns")
                self.searched.append(name)
                self.ways.append(Way(name, (self.shown(equation),)))
                return equation, name, [self.form(name, one.root) for one in findings.found]
        raise _unsolved("none of the equations lets one of the unknowns stand alone")

    def put_in(self, equations: list[Equation], name: Name, value: Form) -> list[Equation]:
        if monotonic() > self.end:
            raise StoppedError("seconds", self.seconds)
        undoing = Undoing(self.domain, name)

        def changed(form: Form) -> Form:
            if not undoing.depends(form):
                return form
            unfolded = self.domain.unfolded(form, undoing.depends)
            new: Form = self.domain.replaced(unfolded, {name: value}.get, settle=True)
            return new

        return [(changed(left), changed(right)) for left, right in equations]

    def form(self, name: Name, root: Root) -> Form:
        """The value of an unknown; a name of its own where only an enclosure is known."""
        if root.form is not None:
            return root.form
        stand_in = Name(name.quantity, name.position, (*name.entry, 0, len(self.enclosed)))
        self.enclosed[stand_in] = name
        self.domain.known.give(stand_in, root.ball)
        return stand_in

    def shown(self, equation: Equation) -> Equation:
        """The equation with the unknowns themselves for what stands for their values."""
        left, right = equation
        return self.domain.replaced(left, self.enclosed.get), self.domain.replaced(right, self.enclosed.get)

    def put_back(
        self, values: dict[Name, Form], unknowns: Sequence[Name], equations: Sequence[Equation]
    ) -> Solved | None:
        """The values with the later ones put in; None where an assumption about a letter does not hold, or an equation
        has no value."""
        done: dict[Name, Form] = {}
        for name in reversed(values):
            done[name] = self.domain.values.settled(self.domain.replaced(values[name], done.get, settle=True))
            if not self.domain.signs.of(done[name]) & self.domain.signs.of(name):
                return None
        if not all(self.holds(equation, done) for equation in equations):
            return None
        roots = tuple((name, self.root(done[name])) for name in unknowns if name in done)
        return Solved(roots, tuple(name for name in unknowns if name not in done))

    def holds(self, equation: Equation, values: dict[Name, Form]) -> bool:
        """Whether an equation has a value with these put in. That it is true then has been seen to."""
        try:
            left, right = (self.domain.replaced(self.in_letters(side), values.get) for side in equation)
        except ArithmeticError:
            return False
        except StoppedError:
            return True
        difference = self.domain.values.settled(minus(left, right))
        assert self.spare or "0" in self.domain.signs.of(difference), "a solution solves its equations"
        return True

    def root(self, form: Form) -> Root:
        ball = self.domain.known.ball(form, ROOT_BITS) if self.domain.known.is_number(form) else None
        rough = any(name in self.enclosed for name in names_in(form))
        return Root(None if rough and ball is not None else form, ball)


def _unsolved(why: str) -> UsageError:
    hint = "ask for fewer unknowns at once, or put numbers in for some, `--set w=1/2`"
    return UsageError(Problem(f"these equations could not be solved together: {why}", None, hint))
