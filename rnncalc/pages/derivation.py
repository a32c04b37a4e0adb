"""A step worked out line by line, as on a blackboard: symbols, numbers put in, products, sums, the value.

Each line evaluates every part whose own parts are numbers already; a sum waits until all its terms are. Which words
stand around the lines is `explain`'s business.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from rnncalc.document import Derivation, Line, Text
from rnncalc.equations import (
    Expr,
    Number,
    Over,
    Position,
    Ref,
    Style,
    children,
    constant,
    formula,
    rebuild,
    ref_at,
    symbol,
    trace,
    walk,
)
from rnncalc.formula import Digits, Operator, Row, row, unicode
from rnncalc.numbers import decimal_text
from rnncalc.pages.asides import Asides
from rnncalc.pages.entrywise import entry_lines, is_long
from rnncalc.pages.rounds import Rounds, is_cut, is_literal
from rnncalc.pages.values import atom_row, cells, decimals, is_exact, value_row
from rnncalc.solving import Solution, Step


def printed_formula(solution: Solution, step: Step) -> Row:
    """The equation of a step with its positions put in: f₁ = σ(W_f x₁ + U_f h₀ + b_f)."""

    def is_scalar(part: Expr) -> bool:
        return _is_scalar(solution, step.values, part)

    symbols = solution.exercise.symbols
    return row(
        symbol(step.target, symbols), Operator("equals"), formula(step.formula, Style(symbols, is_scalar=is_scalar))
    )


def _is_scalar(solution: Solution, values: Mapping[Expr, Any], part: Expr) -> bool:
    """Whether a part is a plain number: by its value, or, under a sum over its index, by the shape of the quantity."""
    if isinstance(part, Ref):
        return solution.exercise.network.shapes.sizes[part.name] == (1, 1)
    return isinstance(part, Number) or (part in values and solution.shape(values[part]) == (1, 1))


def derive(solution: Solution, step: Step, full: bool) -> Derivation:
    """The lines of a step. With `full` each scalar product and each activation is written out."""
    board = _Board(solution, step, full)
    return replace(board.derivation(), hints=tuple(board.hints()))


class _Board:
    def __init__(self, solution: Solution, step: Step, full: bool) -> None:
        self.solution, self.step = solution, step
        self.symbols = solution.exercise.symbols
        states = solution.exercise.network.zero_states
        self.zeros = {ref_at(name, position) for name, position in states}
        self.rounds = Rounds(step.expression, self.zeros)
        self.lean = self.rounds.lean
        network = solution.exercise.network
        self.values = trace(self.lean, solution.domain, _never, network.plan.lengths, dict(step.values))
        self.beside = Asides(solution, step, self.values, full)
        self.closed = solution.domain.forms(step.value) is not None

    def derivation(self) -> Derivation:
        step = self.step
        lines = [Line("equals", self.spelt(step.formula, set()), row(symbol(step.target, self.symbols)))]
        if step.formula != step.expression:
            lines.append(Line("equals", self.spelt(step.expression, set())))
        latest = lines[-1].right
        rounds = list(self.rounds.each())
        before = rounds[0]
        for number, done in enumerate(rounds):
            if not number and is_cut(step.expression):
                continue
            line = self.line(self.lean, done, done - before) if number else self.line(step.expression, before)
            # A constant of the equation is printed as the same number in a closed form is.
            if self.closed and (unicode(line.right) == unicode(latest) or self.is_overfull(done)):
                lines[-1] = replace(lines[-1], asides=(*lines[-1].asides, *line.asides))
                continue
            latest = line.right
            if number > 1 and self.rounds.only_adds(done - before):
                upper = lines.pop()
                joined = row(upper.right, Operator(line.relation), line.right)
                line = Line(upper.relation, joined, upper.left, (*upper.asides, *line.asides))
            lines.append(line)
            before = done
        return Derivation(tuple(self.in_closed_forms(lines)))

    def in_closed_forms(self, lines: list[Line]) -> list[Line]:
        """The lines, with the decimals of closed forms behind; long entries have lines of their own."""
        value = self.values[self.lean]
        if not self.closed:
            return lines
        if self.solution.shape(value) != (1, 1) and is_long(cells(self.solution, value, self.symbols)):
            taken = self.solution.exercise.quantities.indices
            named, entries = entry_lines(self.solution, self.step.target, value, self.symbols, taken)
            return [*lines[:-1], *named, *entries]
        digits = decimals(self.solution, value)
        if digits is None:
            return lines
        sign, *right = digits.atoms
        assert isinstance(sign, Operator)
        return [*lines, Line("equals" if sign.name == "equals" else "approx", row(*right))]

    def hints(self) -> Iterator[Line]:
        """The equation, and the equation with the data put in; what was worked out before stays a symbol."""
        yield Line("equals", self.spelt(self.step.formula, set()), row(symbol(self.step.target, self.symbols)))
        # A sum too long to be written out is no hint as a number, and what stands inside it has no value of its own.
        known = {part for part in self.rounds.leaves() if part in self.values or self.rounds.vanishes(part)}
        given: set[Expr] = {
            part for part in known if not isinstance(part, Over) and all(map(self.is_given, walk(part)))
        }
        if any(isinstance(part, Ref) for part in given):
            yield self.line(self.step.expression, given)

    def is_given(self, part: Expr) -> bool:
        if not isinstance(part, Ref):
            return True
        network = self.solution.exercise.network
        return part in self.zeros or part.name in network.given or (part.name, part.position) in network.data

    def is_overfull(self, done: set[Expr]) -> bool:
        """Whether closed forms on the way to the value are too long for matrices: such a line is left out."""
        if self.lean in done:
            return False
        shown = (cells(self.solution, self.values[part], self.symbols) for part in self.shown(self.lean, done))
        return any(map(is_long, shown))

    # -- how a line looks

    def line(self, expr: Expr, done: set[Expr], new: AbstractSet[Expr] = frozenset()) -> Line:
        shown = list(self.shown(expr, done))
        exact = all(self.rounds.vanishes(part) or is_exact(self.solution, self.values[part]) for part in shown)
        return Line("equals" if exact else "approx", self.spelt(expr, done), asides=self.asides(new))

    def shown(self, expr: Expr, done: set[Expr]) -> Iterator[Expr]:
        """The largest parts that stand as numbers."""
        if expr in done:
            yield expr
        else:
            for part in children(expr):
                yield from self.shown(part, done)

    def spelt(self, expr: Expr, done: set[Expr]) -> Row:
        inside: set[Expr] = set()

        def known(part: Expr) -> Row | None:
            if part in inside:
                return atom_row(part, self.symbols)
            if part not in done:
                return row(Digits(decimal_text(part.value), constant=True)) if isinstance(part, Number) else None
            if self.rounds.vanishes(part):
                return row(Digits("0"))
            value = value_row(self.solution, self.values[part], self.symbols)
            return _constant(value) if is_literal(part) else value

        def is_scalar(part: Expr) -> bool:
            return part in inside or self.is_scalar(part)

        if self.closed:
            expr = self.put_in(expr, done, inside)
        return formula(expr, Style(self.symbols, known, is_scalar))

    def put_in(self, expr: Expr, done: set[Expr], inside: set[Expr]) -> Expr:
        """The expression with closed forms for the plain numbers in it, which may need brackets there; their parts are
        noted."""
        if expr in done:
            forms = self.solution.domain.forms(self.values[expr])
            if self.rounds.vanishes(expr) or forms is None or len(forms) > 1 or constant(forms[0]) is not None:
                return expr
            inside.update(walk(forms[0]))
            return forms[0]
        return rebuild(expr, tuple(self.put_in(part, done, inside) for part in children(expr)))

    def is_scalar(self, part: Expr) -> bool:
        return _is_scalar(self.solution, self.values, part)

    def asides(self, new: AbstractSet[Expr]) -> tuple[Text, ...]:
        """How the parts that are new on a line came about."""
        parts = dict.fromkeys(part for part in walk(self.lean) if part in new)
        return (*self.beside.of_parts(parts), *(self.beside.of_result() if self.lean in new else ()))


def _constant(value: Row) -> Row:
    return row(*(replace(atom, constant=True) if isinstance(atom, Digits) else atom for atom in value.atoms))


def _never(name: str, position: Position) -> Any:
    raise AssertionError("every quantity of a step has its value already")
