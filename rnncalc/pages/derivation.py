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
    FUNCTIONS,
    Binary,
    Call,
    Expr,
    Index,
    Number,
    Over,
    Position,
    Ref,
    Style,
    Transpose,
    children,
    constant,
    formula,
    parse_expression,
    rebuild,
    symbol,
    trace,
    walk,
)
from rnncalc.formula import Digits, Fenced, Operator, Row, Script, Symbol, row
from rnncalc.formula import Fraction as Quotient
from rnncalc.languages import sentence
from rnncalc.numbers import Rounded
from rnncalc.pages.spoken import remarks
from rnncalc.pages.values import atom_row, cells, decimals, entry_lines, equal_entries, is_exact, is_long, value_row
from rnncalc.solving import Solution, Step

MOST_ASIDES = 4
"""A step shows the activation of at most so many entries; `--detail full` shows every one."""
MOST_TERMS = 12
"""A scalar product of more terms is not written out."""


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
        self.solution, self.step, self.full = solution, step, full
        self.symbols = solution.exercise.symbols
        states = solution.exercise.network.zero_states
        self.zeros = {Ref(name, tuple(Index("", place) for place in position)) for name, position in states}
        # Products with a zero state are written as 0 on the line that puts the numbers in, and left out below it.
        self.lean = self.without_vanishing(step.expression) or step.expression
        network = solution.exercise.network
        self.values = trace(self.lean, solution.domain, _never, network.plan.lengths, dict(step.values))
        self.closed = solution.domain.forms(step.value) is not None

    def derivation(self) -> Derivation:
        step = self.step
        lines = [Line("equals", self.spelt(step.formula, set()), row(symbol(step.target, self.symbols)))]
        if step.formula != step.expression:
            lines.append(Line("equals", self.spelt(step.expression, set())))
        latest = lines[-1].right
        before: set[Expr] = self.leaves()
        for number, done in enumerate([before, *self.rounds()]):
            if not number and _is_cut(step.expression):
                continue
            line = self.line(self.lean, done, done - before) if number else self.line(step.expression, before)
            if self.closed and (line.right == latest or self.is_overfull(done)):
                lines[-1] = replace(lines[-1], asides=(*lines[-1].asides, *line.asides))
                continue
            latest = line.right
            if number > 1 and self.only_adds(done - before):
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
            before = lines[:-1]
            return [*before, *entry_lines(self.solution, self.step.target, value, self.symbols)]
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
        known = {part for part in self.leaves() if part in self.values or self.vanishes(part)}
        given: set[Expr] = {
            part for part in known if not isinstance(part, Over) and all(map(self.is_given, walk(part)))
        }
        if any(isinstance(part, Ref) for part in given):
            yield self.line(self.step.expression, given)

    def is_given(self, part: Expr) -> bool:
        if not isinstance(part, Ref):
            return True
        network = self.solution.exercise.network
        place = part.name, tuple(index.offset for index in part.indices)
        return part in self.zeros or part.name in network.given or place in network.data

    # -- which parts are numbers on which line

    def leaves(self) -> set[Expr]:
        """Quantities, literals and what is made of literals only; what runs over an index and is not written out; and
        products with a zero state."""
        parts = [*walk(self.step.expression), *walk(self.lean)]
        numbers = {p for p in parts if all(isinstance(q, Number) for q in walk(p) if not children(q))}
        transposed = {p for p in parts if isinstance(p, Transpose) and isinstance(p.operand, Ref)}
        return numbers | transposed | {p for p in parts if isinstance(p, Ref | Over) or self.vanishes(p)}

    def rounds(self) -> Iterator[set[Expr]]:
        """The parts known as numbers after each line, up to the whole expression."""
        done = self.leaves()
        while self.lean not in done:
            done = done | set(self.ready(self.lean, done))
            yield done

    def ready(self, expr: Expr, done: set[Expr]) -> Iterator[Expr]:
        """The parts that can be worked out on the next line."""
        if expr in done:
            return
        operands = list(terms(expr)) if _is_sum(expr) else children(expr)
        if all(operand in done for operand in operands):
            yield expr
        else:
            for operand in operands:
                yield from self.ready(operand, done)

    def only_adds(self, new: set[Expr]) -> bool:
        """Whether a line only adds up what the line above shows, inside something else: both fit on one line."""
        return self.lean not in new and all(map(_is_sum, new))

    def vanishes(self, part: Expr) -> bool:
        """A matrix times a zero state, or times something multiplied by one."""
        if not isinstance(part, Binary) or part.operator != "@":
            return False
        return self.is_zero(part.left) or self.is_zero(part.right)

    def is_zero(self, part: Expr) -> bool:
        if isinstance(part, Binary) and part.operator == "*":
            return self.is_zero(part.left) or self.is_zero(part.right)
        if isinstance(part, Transpose):
            return self.is_zero(part.operand)
        return part in self.zeros

    def without_vanishing(self, expr: Expr) -> Expr | None:
        """The expression without the terms that vanish; None if nothing is left of it."""
        if self.vanishes(expr):
            return None
        if isinstance(expr, Binary) and expr.operator == "+":
            left, right = self.without_vanishing(expr.left), self.without_vanishing(expr.right)
            return Binary("+", left, right) if left and right else left or right
        parts = [self.without_vanishing(part) or part for part in children(expr)]
        return rebuild(expr, tuple(parts))

    def is_overfull(self, done: set[Expr]) -> bool:
        """Whether closed forms on the way to the value are too long for matrices: such a line is left out."""
        if self.lean in done:
            return False
        return any(is_long(cells(self.solution, self.values[part])) for part in self.shown(self.lean, done))

    # -- how a line looks

    def line(self, expr: Expr, done: set[Expr], new: AbstractSet[Expr] = frozenset()) -> Line:
        shown = list(self.shown(expr, done))
        exact = all(self.vanishes(part) or is_exact(self.solution, self.values[part]) for part in shown)
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
            if part not in done or part in inside:
                return atom_row(part, self.symbols) if self.closed and part in inside else None
            zero = self.vanishes(part)
            return row(Digits("0")) if zero else value_row(self.solution, self.values[part], self.symbols)

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
            if self.vanishes(expr) or forms is None or len(forms) > 1 or constant(forms[0]) is not None:
                return expr
            inside.update(walk(forms[0]))
            return forms[0]
        return rebuild(expr, tuple(self.put_in(part, done, inside) for part in children(expr)))

    def is_scalar(self, part: Expr) -> bool:
        return _is_scalar(self.solution, self.values, part)

    # -- workings beside a line

    def asides(self, new: AbstractSet[Expr]) -> tuple[Text, ...]:
        """How the parts that are new on a line came about."""
        found: list[Text] = []
        for part in dict.fromkeys(part for part in walk(self.lean) if part in new):
            if isinstance(part, Binary) and part.operator == "@" and self.full:
                found.extend(self.products(part))
            elif isinstance(part, Call):
                found.extend(self.activations(part))
        if self.lean in new:
            found += [*self.ties(), *self.equal(), *remarks(self.solution, self.step)]
        return tuple(found)

    def products(self, part: Binary) -> Iterator[Text]:
        """Each scalar product of a row and a column: 1·2 + (−2)·3 = −4."""
        if not self.is_rational(part.left, part.right):
            return
        left, right, result = (self.solution.rounded(self.values[p]) for p in (part.left, part.right, part))
        if len(right) > MOST_TERMS or len(right) == 1:
            return
        for number, line in enumerate(left):
            for column in range(len(right[0])):
                pairs = [(cell, other[column]) for cell, other in zip(line, right, strict=True)]
                yield self.equation(_scalar_product(pairs), result[number][column], [c for pair in pairs for c in pair])

    def activations(self, part: Call) -> Iterator[Text]:
        """Each entry of an activation with its argument: σ(−4) = 1/(1 + e⁴) ≈ 0.01799."""
        if not self.is_rational(part.arguments[0]):
            return
        arguments, results = (
            [cell for line in self.solution.rounded(self.values[p]) for cell in line] for p in (part.arguments[0], part)
        )
        entries = range(len(arguments) if self.full else min(len(arguments), MOST_ASIDES))
        if FUNCTIONS[part.function].kind == "softmax":
            for number in entries if len(arguments) <= MOST_TERMS else ():
                yield self.equation(_share(arguments, number), results[number], arguments)
        elif FUNCTIONS[part.function].kind == "elementwise" and part.function not in ("identity", "ones"):
            scalars = self.solution.domain.entries(self.values[part.arguments[0]])
            for number in entries:
                argument = arguments[number]
                known: dict[Expr, Row] = {Ref("x"): row(Digits(argument.text))}
                applied = formula(
                    Call(part.function, (Ref("x"), *part.arguments[1:])),
                    Style(known=known.get, is_scalar=lambda p: True),
                )
                if argument.exact and not results[number].exact:
                    applied = row(applied, *self.definition(part.function, scalars[number]))
                yield self.equation(applied, results[number], [argument])

    def is_rational(self, *parts: Expr) -> bool:
        """Whether the parts have digits: among closed forms, rational numbers do."""
        domain = self.solution.domain
        values = [self.values[part] for part in parts]
        return all(domain.forms(value) is None or None not in domain.exact(value) for value in values)

    def definition(self, function: str, argument: Any) -> tuple[Any, ...]:
        """` = 1/(1 + e⁴)`, the function written out at an exact argument."""
        text = FUNCTIONS[function].definition
        if not text:
            return ()
        expr = parse_expression(text)
        values = trace(expr, self.solution.domain, lambda name, position: argument, {})
        exponents = {p.arguments[0] for p in walk(expr) if isinstance(p, Call) and p.function == "exp"}
        known = {p: value_row(self.solution, values[p]) for p in {*exponents, Ref("x")}}
        return Operator("equals"), formula(expr, Style(known=known.get, is_scalar=lambda p: True))

    def equation(self, left: Row, result: Rounded, used: list[Rounded]) -> Text:
        exact = result.exact and all(cell.exact for cell in used)
        return (row(left, Operator("equals" if exact else "approx"), Digits(result.text)),)

    def ties(self) -> Iterator[Text]:
        if any(self.solution.domain.lettered(self.step.value)):
            return
        for line in self.solution.rounded(self.step.value):
            for cell in line:
                if cell.tie:
                    yield sentence(
                        "{number} is rounded from an exact tie, away from zero", number=row(Digits(cell.text))
                    )

    def equal(self) -> Iterator[Text]:
        """Entries that are the same number, which their forms do not show."""
        for equality in equal_entries(self.solution, self.step.target, self.step.value, self.symbols):
            yield sentence("{equality}, exactly", equality=equality)


def _never(name: str, position: Position) -> Any:
    raise AssertionError("every quantity of a step has its value already")


def _is_cut(expr: Expr) -> bool:
    """Some rows of a quantity: they are shown at once, without the whole beside them."""
    return (
        isinstance(expr, Call)
        and FUNCTIONS[expr.function].kind in ("rows", "block")
        and isinstance(expr.arguments[0], Ref)
    )


def _is_sum(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.operator in "+-"


def terms(expr: Expr) -> Iterator[Expr]:
    """The terms of a sum, without the brackets that only say in which order to add."""
    if isinstance(expr, Binary) and _is_sum(expr):
        yield from terms(expr.left)
        yield expr.right
    else:
        yield expr


def _factor(cell: Rounded, first: bool) -> Row:
    digits = row(Digits(cell.text))
    return digits if first or not cell.text.startswith("-") else row(Fenced(digits))


def _scalar_product(pairs: list[tuple[Rounded, Rounded]]) -> Row:
    parts: list[Any] = []
    for number, (one, other) in enumerate(pairs):
        parts.extend([Operator("plus")] if number else [])
        parts.extend([_factor(one, first=not number), Operator("times"), _factor(other, first=False)])
    return row(*parts)


def _share(arguments: list[Rounded], number: int) -> Row:
    """e^a / (e^a + e^b + …)."""
    powers = [row(Script(row(Symbol("e")), row(Digits(cell.text)))) for cell in arguments]
    below: list[Any] = []
    for power in powers:
        below.extend([Operator("plus")] if below else [])
        below.append(power)
    return row(Quotient(powers[number], row(*below)))
