"""Stage 3, hoist: what a recurrence does not need step by step becomes an equation of its own, computed beforehand for
all positions. What is inside is decided by the group's own uses, never by name."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.equations.algebra import added, factors, number, product, split
from rnncalc.equations.boxes import Box
from rnncalc.equations.compiled.group import Repeat
from rnncalc.equations.compiled.series import Scope
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Index, Negate, Number, Over, Ref, Transpose
from rnncalc.equations.walks import children, rebuild, refs, walk


class Hoisted(Struct, frozen=True):
    """`equations[i]` is what is left of member i; `before` computes the names used there, each in its box. A name
    belongs to members of one shift."""

    equations: Mapping[int, Equation]
    before: tuple[tuple[Equation, Box], ...]
    scope: Scope


def hoist(
    repeat: Repeat,
    equations: Mapping[int, Equation],
    wanted: Mapping[int, tuple[Box, ...]],
    scope: Scope,
    every: bool = False,
) -> Hoisted:
    """Take out of the members all that does not depend on the group; with `every`, bare inputs too."""
    found = _Hoist(repeat, scope, every)
    left = {member: found.equation(member, equations[member], wanted[member]) for member in repeat.members}
    return Hoisted(left, tuple(found.before.values()), found.scope)


class _Hoist:
    def __init__(self, repeat: Repeat, scope: Scope, every: bool) -> None:
        self.scope, self.every = scope.copy(), every
        self.known = self.scope.sizes.names
        self.inside = {(use.consumer, use.ref) for use in repeat.uses}
        self.shifts = repeat.loop.shifts
        self.before: dict[tuple[Expr, tuple[str, ...], Box, int], tuple[Equation, Box]] = {}

    def equation(self, member: int, equation: Equation, boxes: tuple[Box, ...]) -> Equation:
        """What is left of a member; one that is wanted in several boxes stays as it is."""
        if len(boxes) > 1:
            return equation
        self.member, (box,) = member, boxes
        self.ranges = equation.letters(box)
        return Equation(equation.target, self.rewritten(self.split(equation.expression), ()), equation.span)

    def is_outside(self, expr: Expr) -> bool:
        return all((self.member, ref) not in self.inside for ref, _ in refs(expr))

    def split(self, expr: Expr) -> Expr:
        """Products with a joined vector as sums, so that the parts from outside can be taken out: `W @ concat(h, x)` is
        `cols(W, 1, 2) @ h + cols(W, 3, 5) @ x`."""
        match expr:
            case Binary("@", Ref(_, ()) as matrix, Call("concat", parts)) if self.is_outside(matrix):
                return added([Binary("@", *pair) for pair in self.columns(matrix, parts)])
            case _:
                return rebuild(expr, tuple(map(self.split, children(expr))))

    def columns(self, matrix: Ref, parts: tuple[Expr, ...]) -> Iterator[tuple[Expr, Expr]]:
        """Each part of a joined vector with the columns that multiply it."""
        last = 0
        for part in parts:
            first, last = last + 1, last + self.scope.shape(part)[0]
            yield Call("cols", (matrix, number(Fraction(first)), number(Fraction(last)))), self.split(part)

    def rewritten(self, expr: Expr, bound: tuple[str, ...]) -> Expr:
        if self.is_outside(expr):
            return self.taken(expr, bound)
        match expr:
            case Over(function, body, letter, at):
                return Over(function, self.rewritten(body, (*bound, letter)), letter, at)
            case Binary("+" | "-"):
                return self.chain(expr, bound)
            case Binary("*"):
                return self.product(expr, bound)
            case _:
                return rebuild(expr, tuple(self.rewritten(part, bound) for part in children(expr)))

    def chain(self, expr: Expr, bound: tuple[str, ...]) -> Expr:
        """A sum: terms from outside that run over the same letters are one term; plain parameters join the first."""
        inside: list[tuple[bool, Expr]] = []
        outside: dict[tuple[str, ...], list[tuple[bool, Expr]]] = {}
        for minus, term in terms(expr):
            if self.is_outside(term):
                outside.setdefault(self.letters(term, bound), []).append((minus, term))
            else:
                inside.append((minus, self.rewritten(term, bound)))
        plain = outside.pop((), [])
        for letters in outside or [()]:
            outside[letters] = [*outside.get(letters, []), *plain]
            plain = []
        sums = [(False, self.taken(total(signed), bound)) for signed in outside.values() if signed]
        return total([*inside, *sums])

    def product(self, expr: Expr, bound: tuple[str, ...]) -> Expr:
        """A product: its factors from outside are one factor, if they run over the same letters."""
        front, rest = split(factors(expr))
        outside = [factor for factor in rest if self.is_outside(factor)]
        if len({self.letters(factor, bound) for factor in outside} - {()}) > 1:
            return rebuild(expr, tuple(self.rewritten(part, bound) for part in children(expr)))
        inside = [self.rewritten(factor, bound) for factor in rest if not self.is_outside(factor)]
        if not outside:
            return product([number(front), *inside])
        return product([*inside, self.taken(product([number(front), *outside]), bound)])

    def letters(self, expr: Expr, bound: tuple[str, ...]) -> tuple[str, ...]:
        """The letters an outside expression runs over."""
        used = {index.base for ref, own in refs(expr) for index in ref.indices if index.base not in own}
        used |= {part.at.base for part in walk(expr) if isinstance(part, Over) and part.at}
        return tuple(letter for letter in dict.fromkeys([*self.ranges, *bound]) if letter in used)

    def taken(self, expr: Expr, bound: tuple[str, ...]) -> Expr:
        """The name of a new equation for the expression, unless it is no work to speak of."""
        letters = self.letters(expr, bound)
        match expr:
            case Number() | Ref(_, ()) | Transpose(Ref(_, ())):
                return expr
            case Ref() if not self.every:
                return expr
        box = tuple((1, self.scope.lengths[letter]) if letter in bound else self.ranges[letter] for letter in letters)
        key = expr, letters, box, self.shifts[self.member]
        if key not in self.before:
            # No name that a user can write holds a tilde.
            target = Ref(f"~{len(self.before)}", tuple(map(Index, letters)))
            self.before[key] = Equation(target, expr), box
            self.known[target.name] = self.scope.shape(expr)
        return self.before[key][0].target


def terms(expr: Expr, minus: bool = False) -> Iterator[tuple[bool, Expr]]:
    """The terms of a sum, with whether each is taken away."""
    match expr:
        case Binary("+" | "-" as operator, left, right):
            yield from terms(left, minus)
            yield from terms(right, minus != (operator == "-"))
        case Negate(operand):
            yield from terms(operand, not minus)
        case _:
            yield minus, expr


def total(signed: list[tuple[bool, Expr]]) -> Expr:
    """The sum of the terms; one that is added stands first where there is one."""
    return added([Negate(term) if minus else term for minus, term in sorted(signed, key=lambda one: one[0])])
