"""The factored view: ∂L/∂W as a sum over the steps, with each factor, each product and each term written out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from math import floor
from typing import Any

from rnncalc.counting import position_text
from rnncalc.document import Block, Derivation, Heading, Line, Prose, Text
from rnncalc.equations import Expr, Index, Ref, Style, Transpose, bind, formula, refs, symbol
from rnncalc.formula import Fenced, Grid, Name, Operator, Over, Row, Symbol, joined, row
from rnncalc.jacobian import Factored, Jacobians, Vanishing
from rnncalc.languages import say, sentence
from rnncalc.pages.values import is_exact, value_row
from rnncalc.pages.vanishing.partials import SLASH, before, indexed, letters, partial, vector

SMALL = 3, 6
"""Factors are written out, if nobody says otherwise, for so many entries of a state and so many steps."""


def is_small(one: Vanishing) -> bool:
    entries, steps = SMALL
    return all(
        len(chain.jacobians.recurrence.steps) <= steps and _width(one, chain.jacobians) <= entries
        for chain in one.chains
    )


def _width(one: Vanishing, jacobians: Jacobians) -> int:
    return one.numbers.shape(jacobians.factors[jacobians.recurrence.last])[1]


def factors_of(one: Vanishing, jacobians: Jacobians, factored: Factored) -> Iterator[Block]:
    names = _weights(one, jacobians, factored)
    if not names:
        return
    page = Factors(one, jacobians, factored)
    yield Heading(1, say("The gradient by its factors"))
    yield from page.rule(names[0])
    yield from page.reading()
    yield from page.steps()
    yield from page.products()
    for name in names:
        yield from page.terms(name)


def _weights(one: Vanishing, jacobians: Jacobians, factored: Factored) -> list[str]:
    """The parameters asked for, or else those that the states are multiplied with."""
    asked = {ref.name for ref in one.exercise.find}
    wanted = [name for name in factored.terms if _adjoint(one, name) in asked]
    if wanted:
        return wanted
    recurrence = jacobians.recurrence
    handed = {Ref(state, (Index(recurrence.letter, recurrence.back),)) for state in recurrence.states}
    return [name for name in factored.terms if handed & {ref for ref, _ in refs(factored.formulas[name])}]


def _adjoint(one: Vanishing, name: str) -> str | None:
    ref = one.exercise.quantities.find(f"d{one.loss}/d{name}")
    return ref.name if ref else None


class Factors:
    """The blocks of the factored view."""

    def __init__(self, one: Vanishing, jacobians: Jacobians, factored: Factored) -> None:
        self.one, self.jacobians, self.factored = one, jacobians, factored
        self.recurrence = jacobians.recurrence
        self.u = vector(one, self.recurrence)
        self.last = self.recurrence.last
        self.numbers = count(1)
        self.order = [*reversed(self.recurrence.steps)]
        assert one.loss is not None
        self.loss = one.loss
        self.only_last = all(_is_zero(one, value) for t, value in factored.read.items() if t != self.last)

    def number(self) -> str:
        return str(next(self.numbers))

    def rule(self, name: str) -> Iterator[Block]:
        """The sum over the steps, with a word on each sign."""
        u, weight = self.u, letters(self.one, name)
        left = row(partial(self.loss), SLASH, partial(weight))
        inner = row(partial(u + "′", "i"), SLASH, partial(weight))
        sum_ = Name("Σ", r"\sum")
        if self.only_last:
            first = (
                self.from_output() if self.factored.output else (row(partial(self.loss), SLASH, self.du(self.last)),)
            )
            middle = row(self.du(self.last), SLASH, self.du("i"))
            right = joined("times", [*first, middle, inner])
        else:
            right = joined("times", [row(partial(self.loss), SLASH, self.du("i")), inner])
        yield Derivation((Line("equals", row(Over(sum_, "i", right)), left),))
        held = row(Symbol(u, (before(self.recurrence, "i"),)))
        words: Text = sentence(
            "{primed} is {plain} with {held} held constant. Gradients are rows, so that the factors stand in the order "
            "of the chain rule.",
            primed=row(Symbol(u + "′", ("i",))),
            plain=row(Symbol(u, ("i",))),
            held=held,
        )
        if len(self.recurrence.states) > 1:
            parts = joined("comma", [indexed(self.one, state, "i") for state in self.recurrence.states])
            words = (*words, " ", row(Symbol(u, ("i",)), Operator("equals"), Fenced(parts)), ".")
        yield Prose(words)

    def reading(self) -> Iterator[Block]:
        """From the loss to the states that it reads."""
        output = self.factored.output
        if output is None or not self.only_last:
            return
        yield Heading(2, say("From the loss to the last state"), self.number())
        first, second = self.from_output()
        yield Derivation((self.value(first, output.gradient),))
        yield Derivation((self.value(second, output.jacobian),))
        product = self.product([output.gradient, output.jacobian])
        last = self.factored.rows[self.last]
        yield Derivation(
            (
                Line("equals", joined("times", [first, second]), row(partial(self.loss), SLASH, self.du(self.last))),
                *self.valued(product, last, [output.gradient, output.jacobian]),
            )
        )

    def from_output(self) -> tuple[Row, Row]:
        assert self.factored.output is not None
        target = symbol(self.factored.output.target, self.one.exercise.symbols)
        y = partial(target.letters, *target.indices)
        return row(partial(self.loss), SLASH, y), row(y, SLASH, self.du(self.last))

    def steps(self) -> Iterator[Block]:
        """Each factor ∂u[t]/∂u[t−1] that a product needs."""
        yield Heading(2, say("The Jacobian of each step"), self.number())
        for t in self.order[:-1]:
            matrix = self.jacobians.factors[t]
            left = row(self.du(t), SLASH, self.du(t + self.recurrence.back))
            slope = self.jacobians.slope
            if slope is None:
                yield Derivation((self.value(left, matrix),))
                continue
            yield Derivation(tuple(self.sloped(t, left, matrix, *slope)))

    def sloped(self, t: int, left: Row, matrix: Any, slope: Expr, weight: Expr) -> Iterator[Line]:
        """diag(1 − s[t]²) W, in letters and in numbers."""
        at = bind(slope, {self.recurrence.letter: t})
        letters = formula(at, Style(self.one.exercise.symbols))
        name = formula(weight, Style(self.one.exercise.symbols))
        diag = Name("diag", r"\operatorname{diag}")
        yield Line("equals", row(diag, Fenced(letters), Operator("apply"), name), left)
        values = self.jacobians.slopes[t]
        yield from self.valued(self.product(values), matrix, values)

    def products(self) -> Iterator[Block]:
        """∂u[T]/∂u[i] for each i."""
        yield Heading(2, say("Their products"), self.number(), aside=say("the further back, the more factors"))
        for i in self.order:
            left = row(self.du(self.last), SLASH, self.du(i))
            chain = [t for t in self.order if (t - i) * -self.recurrence.back > 0]
            matrix = self.jacobians.products[i]
            if len(chain) < 2:
                yield Derivation((self.value(left, matrix),))
                continue
            factors = [row(self.du(t), SLASH, self.du(t + self.recurrence.back)) for t in chain]
            lines = [Line("equals", joined("times", factors), left), *self.valued(None, matrix, [])]
            yield Derivation(tuple(lines))

    def terms(self, name: str) -> Iterator[Block]:
        """rows[i] · ∂′u[i]/∂W for each i, their sum, and that it is the gradient."""
        one, weight = self.one, letters(self.one, name)
        gradient = f"∂{self.loss}/∂{weight}"
        title = say("The terms of {gradient}", gradient=gradient)
        yield Heading(2, title, self.number(), aside=say("one from each step"))
        for i in self.order:
            given = self.factored.rows[i]
            left = row(partial(self.loss), SLASH, self.du(i))
            if self.only_last and i != self.last:
                middle = row(self.du(self.last), SLASH, self.du(i))
                start = joined("times", [row(partial(self.loss), SLASH, self.du(self.last)), middle])
                yield Derivation((Line("equals", start, left), *self.valued(None, given, [])))
            else:
                yield Derivation((self.value(left, given),))
            term = joined("times", [left, row(partial(self.u + "′", str(i)), SLASH, partial(weight))])
            yield Derivation(tuple(self.term(name, i, term)))
        left = row(partial(self.loss), SLASH, partial(weight))
        terms = [value_row(one.numbers, self.factored.terms[name][i]) for i in self.order]
        yield Derivation((self.line(_added(terms), list(self.factored.terms[name].values()), left),
                          *self.valued(None, self.factored.sums[name], [])))  # fmt: skip
        yield Prose(self.agreement(name))

    def term(self, name: str, i: int, left: Row) -> Iterator[Line]:
        """The term as backpropagation computes it, in letters and in numbers."""
        expr = bind(self.factored.formulas[name], {self.recurrence.letter: i})
        yield Line("equals", formula(expr, Style(self.factored.symbols)), left)
        values = self.factored.values
        known: dict[Expr, Row] = {}
        used = []
        for ref, _ in refs(expr):
            value = values.get((ref.name, ref.position))
            if value is None:
                value = self.one.numbers.domain.zeros(*self.one.exercise.network.shapes.known(ref.name))
            known[ref] = value_row(self.one.numbers, value)
            used.append(value)
            known[Transpose(ref)] = value_row(self.one.numbers, self.one.numbers.domain.transpose(value))
        if not isinstance(expr, Ref):
            yield self.line(formula(expr, Style(self.factored.symbols, known.get)), used)
        yield from self.valued(None, self.factored.terms[name][i], used)

    def agreement(self, name: str) -> Text:
        left = row(partial(self.loss), SLASH, partial(letters(self.one, name)))
        apart = self.one.apart[name]
        if apart is None:
            return sentence(
                "The sum of the terms is {gradient} of backpropagation through time, exactly.", gradient=left
            )
        return sentence(
            "The sum of the terms is {gradient} of backpropagation through time: the two agree to {decimals} decimals.",
            gradient=left,
            decimals=str(max(0, floor(-apart))),
        )

    # -- lines

    def du(self, t: int | str) -> Row:
        return partial(self.u, t if isinstance(t, str) else position_text(t))

    def value(self, left: Row, value: Any) -> Line:
        return Line(self.relation([value]), value_row(self.one.numbers, value), left)

    def valued(self, worked: Row | None, value: Any, used: Sequence[Any]) -> Iterator[Line]:
        if worked is not None:
            yield self.line(worked, used)
        yield Line(self.relation([value]), value_row(self.one.numbers, value))

    def line(self, right: Row, used: Sequence[Any], left: Row | None = None) -> Line:
        return Line(self.relation(used), right, left)

    def relation(self, values: Iterable[Any]) -> Any:
        return "equals" if all(is_exact(self.one.numbers, value) for value in values) else "approx"

    def product(self, values: Sequence[Any]) -> Row:
        return joined("apply", [value_row(self.one.numbers, value) for value in values])


def _is_zero(one: Vanishing, value: Any) -> bool:
    return all(entry.text == "0" for entry in one.numbers.entries(value))


def _added(parts: Sequence[Row]) -> Row:
    return joined("plus", [part if isinstance(part.atoms[0], Grid) else Fenced(part) for part in parts])
