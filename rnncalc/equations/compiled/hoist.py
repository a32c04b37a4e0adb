"""Stage 3, hoist: what a recurrence does not need step by step becomes an equation of its own, computed beforehand for
all positions. What is inside is decided by the group's own uses, never by name."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.equations.boxes import Box
from rnncalc.equations.compiled.group import Repeat
from rnncalc.equations.compiled.series import Scope
from rnncalc.equations.tree import (
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Number,
    Over,
    Ref,
    Transpose,
    children,
    rebuild,
    refs,
)


class Cut(Struct, frozen=True):
    """Some columns of a matrix, under a name of their own: `W @ concat(h, x)` is `W_1 @ h + W_2 @ x`."""

    name: str
    matrix: str
    low: int
    high: int


class Hoisted(Struct, frozen=True):
    """`equations[i]` is what is left of member i; `before` computes the names used there, each in its box, from data
    and `cuts`. A name belongs to members of one shift."""

    equations: Mapping[int, Equation]
    before: tuple[tuple[Equation, Box], ...]
    cuts: tuple[Cut, ...]
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
    return Hoisted(left, tuple(found.before.values()), tuple(found.cuts.values()), found.scope)


class _Hoist:
    def __init__(self, repeat: Repeat, scope: Scope, every: bool) -> None:
        self.scope, self.every = scope.copy(), every
        self.known = self.scope.sizes.names
        self.cuts: dict[str, Cut] = {}
        self.inside = {(use.consumer, use.ref) for use in repeat.uses}
        self.shifts = repeat.loop.shifts
        self.before: dict[tuple[Expr, tuple[str, ...], Box, int], tuple[Equation, Box]] = {}

    def equation(self, member: int, equation: Equation, boxes: tuple[Box, ...]) -> Equation:
        """What is left of a member; one that is wanted in several boxes stays as it is."""
        if len(boxes) > 1:
            return equation
        self.member, (box,) = member, boxes
        self.ranges = {i.base: pair for i, pair in zip(equation.target.indices, box, strict=True) if i.base}
        return Equation(equation.target, self.rewritten(self.split(equation.expression), ()), equation.span)

    def is_outside(self, expr: Expr) -> bool:
        return all((self.member, ref) not in self.inside for ref, _ in refs(expr))

    def split(self, expr: Expr) -> Expr:
        """Products with a joined vector as sums, so that the parts from outside can be taken out."""
        match expr:
            case Binary("@", Ref(matrix, ()) as left, Call("concat", parts) as joined) if self.is_outside(
                left
            ) and not self.is_outside(joined):
                return total([(False, term) for term in self.products(matrix, parts)])
            case _:
                return rebuild(expr, tuple(map(self.split, children(expr))))

    def products(self, matrix: str, parts: tuple[Expr, ...]) -> Iterator[Expr]:
        low = 0
        for part in parts:
            high = low + self.scope.shape(part)[0]
            name = f"~{matrix}:{low}:{high}"
            self.cuts[name] = Cut(name, matrix, low, high)
            self.known[name] = self.known[matrix][0], high - low
            yield Binary("@", Ref(name), self.split(part))
            low = high

    def rewritten(self, expr: Expr, bound: tuple[str, ...]) -> Expr:
        if self.is_outside(expr):
            return self.taken(expr, bound)
        match expr:
            case Over(function, body, letter, at):
                return Over(function, self.rewritten(body, (*bound, letter)), letter, at)
            case Binary("+" | "-"):
                return self.chain(expr, bound)
            case Binary("*" | "/"):
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
        """A product or quotient: its factors from outside are one factor, if they run over the same letters."""
        running = {self.letters(factor, bound) for _, _, factor in factors(expr) if self.is_outside(factor)}
        if len(running - {()}) > 1:
            return rebuild(expr, tuple(self.rewritten(part, bound) for part in children(expr)))
        inside: dict[bool, list[Expr]] = {False: [], True: []}
        outside: dict[bool, list[Expr]] = {False: [], True: []}
        negative = False
        for below, minus, factor in factors(expr):
            negative ^= minus
            if self.is_outside(factor):
                outside[below].append(factor)
            else:
                inside[below].append(self.rewritten(factor, bound))
        if outside[False]:
            inside[False].append(self.taken(quotient(outside[False], outside[True], negative), bound))
            return quotient(inside[False], inside[True], False)
        divisor = [self.taken(quotient(outside[True], [], False), bound)] if outside[True] else []
        return quotient(inside[False], [*inside[True], *divisor], negative)

    def letters(self, expr: Expr, bound: tuple[str, ...]) -> tuple[str, ...]:
        """The letters an outside expression runs over."""
        used = {index.base for ref, own in refs(expr) for index in ref.indices if index.base not in own}
        used |= {part.at.base for part in _overs(expr) if part.at}
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


def _overs(expr: Expr) -> Iterator[Over]:
    if isinstance(expr, Over):
        yield expr
    for part in children(expr):
        yield from _overs(part)


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
    (minus, first), *others = sorted(signed, key=lambda term: term[0])
    result: Expr = Negate(first) if minus else first
    for minus, term in others:
        result = Binary("-" if minus else "+", result, term)
    return result


def factors(expr: Expr, below: bool = False) -> Iterator[tuple[bool, bool, Expr]]:
    """The factors of a product or quotient: whether each is divided by, whether its sign is changed, and what it is."""
    match expr:
        case Binary("*" | "/" as operator, left, right):
            yield from factors(left, below)
            yield from factors(right, below != (operator == "/"))
        case Negate(operand):
            for place, (under, minus, factor) in enumerate(factors(operand, below)):
                yield under, minus != (place == 0), factor
        case _:
            yield below, False, expr


def quotient(above: list[Expr], below: list[Expr], negative: bool) -> Expr:
    """The product of some factors divided by that of others."""
    result = _product(above) if above else Number(Fraction(1))
    result = Binary("/", result, _product(below)) if below else result
    return Negate(result) if negative else result


def _product(parts: list[Expr]) -> Expr:
    result = parts[0]
    for part in parts[1:]:
        result = Binary("*", result, part)
    return result
