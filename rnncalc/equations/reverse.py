"""Reverse mode: the gradient of a system of equations is another system of equations in the same language.

Each quantity q gets an adjoint d_q, the derivative of the loss with respect to q, which gathers one term from every
place where q is used:

    d_h[t]      = V.T @ d_y[t] + d_h_next[t+1]             here, and through the next step
    d_z_f[t]    = d_f[t] * (f[t] * (1 - f[t]))             through the activation of f
    d_h_next[t] = U_f.T @ d_z_f[t] + …                     what step t hands back to h[t-1]
    d_W_f       = sum(d_z_f[t] @ x[t].T, t)                one term from each time step

A use at another position (`h[t-1]`) has a name of its own: only adjoints cross the end of the sequence, where zero is
right; a gate at T+1 does not exist. (A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed. 2008, chapter 3.)
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from msgspec import Struct

from rnncalc.equations.functions import FUNCTIONS, Function
from rnncalc.equations.parse import parse_expression
from rnncalc.equations.tree import (
    Binary,
    Call,
    Equation,
    Expr,
    Index,
    Negate,
    Number,
    Over,
    Power,
    Ref,
    Transpose,
    children,
    rebind,
    rebuild,
    refs,
    walk,
)
from rnncalc.equations.writing import source
from rnncalc.errors import ExerciseError, Problem

Sizes = Mapping[Expr, tuple[int, int]]


class Adjoint(Struct, frozen=True):
    """The adjoint of a node, with the letters that have a position where it stands. `flat`: the value is one number
    that stands for every entry of the node, as below a sum."""

    value: Expr
    letters: tuple[str, ...] = ()
    flat: bool = False

    def with_value(self, value: Expr) -> "Adjoint":
        return Adjoint(value, self.letters, self.flat)


class Gradient(Struct, frozen=True):
    """`equations` compute the adjoints; `adjoints[name]` is the adjoint of a quantity, `preactivations[name]` that of
    the argument of its activation, `passed[name]` the quantity whose adjoint a helper hands to another position."""

    equations: tuple[Equation, ...]
    adjoints: Mapping[str, str]
    preactivations: Mapping[str, str]
    passed: Mapping[str, str]


def gradient(
    equations: Sequence[Equation],
    loss: str,
    sizes: Sizes,
    lengths: Mapping[str, int],
    boundary: Iterable[tuple[str, tuple[int, ...]]] = (),
) -> Gradient:
    """The adjoint equations of `loss`, a quantity without indices, for everything it depends on.

    `sizes` gives the shape of every part of the equations. States at `boundary` (initial states) get an adjoint too.
    Raises ExerciseError for a construction that has no derivative here.
    """
    return _Reverse(equations, loss, sizes, lengths).run(boundary)


class _Reverse:
    def __init__(self, equations: Sequence[Equation], loss: str, sizes: Sizes, lengths: Mapping[str, int]) -> None:
        self.sizes, self.lengths, self.loss = sizes, lengths, loss
        self.equations = _needed(equations, loss)
        self.used = {ref.name for e in equations for ref, _ in refs(e.expression)} | {e.name for e in equations}
        self.letters = _canonical_letters(self.equations)
        self.all_letters = set(lengths)
        self.terms: dict[str, list[Expr]] = {}
        self.fixed: dict[tuple[str, tuple[int, ...]], list[Expr]] = {}
        self.handed: dict[tuple[str, tuple[int, ...]], tuple[tuple[str, ...], list[Expr]]] = {}
        self.inner: dict[str, list[Equation]] = {}
        self.adjoints: dict[str, str] = {}
        self.preactivations: dict[str, str] = {}

    def run(self, boundary: Iterable[tuple[str, tuple[int, ...]]]) -> Gradient:
        for equation in reversed(self.equations):
            self.current, self.inner[equation.name] = equation, []
            value = Number(Fraction(1)) if equation.name == self.loss else self.adjoint(equation.target)
            self.push(equation.expression, Adjoint(value, equation.indices), equation.target)
        made = [e for equation in reversed(self.equations) for e in self.emit(equation.name)]
        others = [name for name in self.terms if name not in {e.name for e in self.equations}]
        made += [self.total(name) for name in others]
        made += [e for name, position in boundary if (e := self.at_boundary(name, position))]
        passed = {self.helper(name, offsets): name for name, offsets in self.handed}
        return Gradient(tuple(made), dict(self.adjoints), dict(self.preactivations), passed)

    # -- names

    def fresh(self, name: str) -> str:
        while name in self.used:
            name += "_"
        return name

    def adjoint(self, ref: Ref) -> Ref:
        name = self.adjoints.setdefault(ref.name, self.fresh(f"d_{ref.name}"))
        return Ref(name, ref.indices)

    def helper(self, name: str, offsets: tuple[int, ...]) -> str:
        """The name for what is handed to another position: `d_h_next` comes from the next one."""
        way = "next" if sum(offsets) < 0 else "before"
        far = "".join(str(abs(offset)) for offset in offsets) if max(map(abs, offsets)) > 1 or len(offsets) > 1 else ""
        return self.fresh(f"d_{name}_{way}{far}")

    # -- through the nodes

    def push(self, expr: Expr, whole: Adjoint, target: Ref | None = None) -> None:
        """Hand the adjoint of a node on to its parts. `target` names the value of the node, if it has a name."""
        match expr:
            case Number():
                return
            case Ref():
                self.use(expr, self.spread(whole, expr))
            case Negate(part):
                self.push(part, whole.with_value(_negated(whole.value)))
            case Transpose(part):
                self.push(part, whole.with_value(_transposed(self.spread(whole, expr).value)))
            case Power(base, exponent):
                lower = base if exponent == 2 else Power(base, exponent - 1)
                slope = _times(Number(Fraction(exponent)), lower)
                self.push(base, self.multiplied(whole, slope, base))
            case Binary():
                self.through_binary(expr, whole)
            case Call():
                self.through_call(expr, whole, target)
            case Over():
                self.through_over(expr, whole, target)
            case _:
                assert_never(expr)

    def through_binary(self, expr: Binary, whole: Adjoint) -> None:
        left, right = expr.left, expr.right
        if expr.operator in "+-" and self.is_scalar(left) != self.is_scalar(right):
            whole = self.spread(whole, expr)
        match expr.operator:
            case "+":
                parts = (whole, whole)
            case "-":
                parts = (whole, whole.with_value(_negated(whole.value)))
            case "*":
                parts = (self.multiplied(whole, right, right), self.multiplied(whole, left, left))
            case "/":
                over = whole.with_value(Binary("/", whole.value, right))
                slope = _negated(Binary("/", left, Power(right, 2)))
                parts = (over, self.multiplied(whole, slope, expr))
            case "@":
                given = self.spread(whole, expr)
                parts = (
                    given.with_value(_product(given.value, _transposed(right))),
                    given.with_value(_product(_transposed(left), given.value)),
                )
            case _:
                assert_never(expr.operator)
        for part, adjoint in zip((left, right), parts, strict=True):
            if any(isinstance(leaf, Ref) for leaf in walk(part)):
                self.push(part, self.gathered(adjoint, part, expr))

    def multiplied(self, whole: Adjoint, slope: Expr, like: Expr) -> Adjoint:
        """The adjoint times a factor shaped like `like`: an array there makes it one adjoint for each entry."""
        return Adjoint(_times(whole.value, slope), whole.letters, whole.flat and self.is_scalar(like))

    def gathered(self, adjoint: Adjoint, part: Expr, whole: Binary) -> Adjoint:
        """A plain number that was combined with every entry of an array gathers the adjoints of all of them."""
        if whole.operator != "@" and self.is_scalar(part) and not self.is_scalar(whole):
            return Adjoint(Call("sum", (adjoint.value,)), adjoint.letters)
        return adjoint

    def spread(self, whole: Adjoint, expr: Expr) -> Adjoint:
        """One adjoint for each entry of the node, where a sum left one number for all of them."""
        if not whole.flat or self.is_scalar(expr):
            return whole
        return Adjoint(_times(whole.value, Call("ones", (expr,))), whole.letters)

    def through_call(self, expr: Call, whole: Adjoint, target: Ref | None) -> None:
        row, argument = FUNCTIONS[expr.function], expr.arguments[0]
        match row.kind:
            case "elementwise":
                slope = _slope(row, target or expr, expr.arguments[1:])
                through = whole if slope == Number(Fraction(1)) else self.multiplied(whole, slope, expr)
                self.name_preactivation(argument, through, target)
            case "softmax":
                value, whole = target or expr, self.spread(whole, expr)
                mixed = Call("sum", (_times(value, whole.value),))
                through = whole.with_value(_times(value, Binary("-", whole.value, mixed)))
                self.name_preactivation(argument, through, target)
            case "sum":
                self.push(argument, Adjoint(whole.value, whole.letters, flat=not self.is_scalar(argument)))
            case _:
                raise ExerciseError(self.unsupported(expr))

    def name_preactivation(self, argument: Expr, adjoint: Adjoint, target: Ref | None) -> None:
        """Give the adjoint of an activation's argument a name, since each term of the argument uses it."""
        if isinstance(argument, Ref):
            self.push(argument, adjoint)
            return
        owner, inner = self.current.name, self.inner[self.current.name]
        name = self.fresh(f"d_z_{owner}" + (str(len(inner) + 1) if inner else ""))
        if target is not None:
            self.preactivations[owner] = name
        fixed = tuple(index for index in self.current.target.indices if not index.base)
        ref = Ref(name, fixed or tuple(map(Index, adjoint.letters)))
        inner.append(Equation(ref, self.spread(adjoint, argument).value, self.current.span))
        self.push(argument, Adjoint(ref, adjoint.letters))

    def through_over(self, expr: Over, whole: Adjoint, target: Ref | None) -> None:
        if expr.at is None:
            self.push(expr.body, Adjoint(whole.value, (*whole.letters, expr.index), whole.flat))
            return
        if target is None:
            raise ExerciseError(self.unsupported(expr))
        other = _unused_letter({*whole.letters, *self.all_letters})
        elsewhere = rebind(_times(target, whole.value), {expr.index: Index(other)})
        mixed = Binary("-", whole.value, Over("sum", elsewhere, other))
        self.name_preactivation(expr.body, whole.with_value(_times(target, mixed)), target)

    def unsupported(self, expr: Expr) -> Problem:
        what = f"the gradient of `{source(expr)}` is not known here"
        return Problem(what, self.current.place(expr), "give this part an equation of its own")

    # -- to the quantities

    def use(self, ref: Ref, adjoint: Adjoint) -> None:
        """Add the term that one use of a quantity contributes to its adjoint."""
        self.adjoint(ref)
        indices = tuple(map(self.resolved, ref.indices))
        running = [index.base for index in indices if index.base]
        if len(set(running)) < len(running) or len(running) not in (0, len(indices)):
            raise ExerciseError(self.unsupported(ref))
        offsets = tuple(index.offset for index in indices)
        term = _summed(adjoint.value, [letter for letter in adjoint.letters if letter not in running])
        if indices and not running:
            self.fixed.setdefault((ref.name, offsets), []).append(term)
        elif any(offsets):
            own, terms = self.handed.setdefault((ref.name, offsets), (tuple(running), []))
            terms.append(self.renamed(term, running, own))
        else:
            self.terms.setdefault(ref.name, []).append(self.renamed(term, running, self.letters[ref.name]))

    def renamed(self, term: Expr, letters: Sequence[str], others: Sequence[str]) -> Expr:
        """The term with its running letters called as another equation calls them."""
        if tuple(letters) == tuple(others):
            return term
        return rebind(_apart(term, set(others), self.all_letters), dict(zip(letters, map(Index, others), strict=True)))

    def resolved(self, index: Index) -> Index:
        if index.base.isupper():
            return Index("", self.lengths[index.base.lower()] + index.offset)
        return index

    def is_scalar(self, expr: Expr) -> bool:
        return isinstance(expr, Number) or self.sizes[expr] == (1, 1)

    # -- the equations

    def emit(self, name: str) -> Iterable[Equation]:
        """The adjoint of a computed quantity, of its preactivations, and what these hand to other positions."""
        if name != self.loss and (name in self.terms or self.handed_to(name)):
            yield self.total(name)
        for (of, position), terms in self.fixed.items():
            if of == name:
                yield self.at_position(name, position, terms)
        yield from self.inner[name]
        for (of, offsets), (letters, terms) in self.handed.items():
            if of == name:
                target = Ref(self.helper(of, offsets), tuple(map(Index, letters)))
                yield Equation(target, _added(terms))

    def handed_to(self, name: str) -> list[Expr]:
        """The terms that come from other positions: `d_h_next[t+1]`."""
        return [
            Ref(self.helper(of, offsets), tuple(Index(t, -k) for t, k in zip(self.letters[of], offsets, strict=True)))
            for of, offsets in self.handed
            if of == name
        ]

    def total(self, name: str) -> Equation:
        target = Ref(self.adjoints[name], tuple(map(Index, self.letters.get(name, ()))))
        return Equation(target, _added([*self.terms.get(name, []), *self.handed_to(name)]))

    def at_position(self, name: str, position: tuple[int, ...], terms: list[Expr]) -> Equation:
        """The adjoint at a position that is used by itself, as `h[T]`: the general terms and those uses."""
        at = {letter: Index("", place) for letter, place in zip(self.letters[name], position, strict=True)}
        general = [rebind(term, at) for term in (*self.terms.get(name, []), *self.handed_to(name))]
        return Equation(Ref(self.adjoints[name], tuple(at.values())), _added([*terms, *general]))

    def at_boundary(self, name: str, position: tuple[int, ...]) -> Equation | None:
        """The adjoint of an initial state, which only the first step uses."""
        if name not in self.adjoints or not self.handed_to(name):
            return None
        at = {letter: Index("", place) for letter, place in zip(self.letters[name], position, strict=True)}
        terms = [rebind(term, at) for term in self.handed_to(name)]
        return Equation(Ref(self.adjoints[name], tuple(at.values())), _added(terms))


# ---------------------------------------------------------------- formulas


def _times(left: Expr, right: Expr) -> Expr:
    one = Number(Fraction(1))
    if one in (left, right):
        return right if left == one else left
    return Binary("*", left, right)


def _product(left: Expr, right: Expr) -> Expr:
    return Binary("@", left, right)


def _transposed(expr: Expr) -> Expr:
    return expr.operand if isinstance(expr, Transpose) else Transpose(expr)


def _negated(expr: Expr) -> Expr:
    return expr.operand if isinstance(expr, Negate) else Negate(expr)


def _added(terms: Sequence[Expr]) -> Expr:
    total = terms[0]
    for term in terms[1:]:
        total = Binary("+", total, term)
    return total


def _summed(expr: Expr, letters: Iterable[str]) -> Expr:
    for letter in letters:
        expr = Over("sum", expr, letter)
    return expr


def _slope(row: Function, value: Expr, constants: Sequence[Expr]) -> Expr:
    """The derivative of an activation, written with its value: y(1 − y) for a sigmoid."""
    given = constants or [_constant(constant) for constant in row.constants]
    names: dict[Expr, Expr] = {Ref("y"): value, **{Ref("a"): constant for constant in given}}

    def put_in(expr: Expr) -> Expr:
        return names[expr] if expr in names else rebuild(expr, tuple(map(put_in, children(expr))))

    return put_in(parse_expression(row.derivative))


def _constant(value: Fraction) -> Expr:
    return Binary("/", Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


# ---------------------------------------------------------------- letters


def _apart(expr: Expr, letters: set[str], taken: set[str]) -> Expr:
    """The expression with sums over these letters running over others, so that the letters can be used from outside."""
    if isinstance(expr, Over):
        body = _apart(expr.body, letters, taken)
        if expr.index not in letters:
            return rebuild(expr, (body,))
        other = _unused_letter(taken | letters)
        return Over(expr.function, rebind(body, {expr.index: Index(other)}), other, expr.at)
    return rebuild(expr, tuple(_apart(part, letters, taken) for part in children(expr)))


def _unused_letter(taken: set[str]) -> str:
    return next(letter for letter in "klmnpqrsuvwabcdefgh" if letter not in taken)


def _canonical_letters(equations: Iterable[Equation]) -> dict[str, tuple[str, ...]]:
    """The letters each quantity's adjoint runs over: those of its equation; for an input, those of its first use."""
    letters: dict[str, tuple[str, ...]] = {e.name: e.indices for e in equations if e.indices or not e.target.indices}
    for equation in equations:
        for ref, _ in refs(equation.expression):
            letters.setdefault(ref.name, tuple(index.base for index in ref.indices))
    return letters


def _needed(equations: Sequence[Equation], loss: str) -> list[Equation]:
    """The equations that the loss depends on, as listed."""
    by_name: dict[str, list[Equation]] = {}
    for equation in equations:
        by_name.setdefault(equation.name, []).append(equation)
    found: dict[str, None] = {}
    waiting = [loss]
    while waiting:
        name = waiting.pop()
        if name not in found and name in by_name:
            found[name] = None
            waiting.extend(ref.name for equation in by_name[name] for ref, _ in refs(equation.expression))
    return [equation for equation in equations if equation.name in found]
