"""Workings beside a line of a derivation: scalar products, activations entry by entry, ties, equal entries."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rnncalc.document import Text
from rnncalc.equations import FUNCTIONS, Binary, Call, Expr, Ref, Style, formula, parse_expression, trace, walk
from rnncalc.formula import Digits, Fenced, Operator, Row, Script, Symbol, joined, row
from rnncalc.formula import Fraction as Quotient
from rnncalc.numbers import Rounded
from rnncalc.pages.certainty import equal, ties
from rnncalc.pages.spoken import remarks
from rnncalc.pages.values import value_row
from rnncalc.solving import Solution, Step

MOST_ASIDES = 4
"""A step shows the activation of at most so many entries; `--detail full` shows every one."""
MOST_TERMS = 12
"""A scalar product of more terms is not written out."""


class Asides:
    """What stands beside the lines of a step; `values` are those of all parts of its expression. With `full` each
    scalar product and each activation is written out."""

    def __init__(self, solution: Solution, step: Step, values: Mapping[Expr, Any], full: bool) -> None:
        self.solution, self.step, self.values, self.full = solution, step, values, full

    def of_parts(self, parts: Iterable[Expr]) -> Iterator[Text]:
        """How the parts that are new on a line came about."""
        for part in parts:
            if isinstance(part, Binary) and part.operator == "@" and self.full:
                yield from self.products(part)
            elif isinstance(part, Call):
                yield from self.activations(part)

    def of_result(self) -> Iterator[Text]:
        """What is to be said of the value of the step."""
        yield from ties(self.solution, self.step.value)
        yield from equal(self.solution, self.step.target, self.step.value)
        yield from remarks(self.solution, self.step)

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
        """Some entries of an activation with their arguments, all of them with `full`."""
        if not self.is_rational(part.arguments[0]):
            return
        arguments, results = (self.solution.entries(self.values[p]) for p in (part.arguments[0], part))
        shown = range(len(arguments) if self.full else min(len(arguments), MOST_ASIDES))
        kind = FUNCTIONS[part.function].kind
        if kind == "softmax" and len(arguments) <= MOST_TERMS:
            yield from (self.equation(_share(arguments, number), results[number], arguments) for number in shown)
        elif kind == "elementwise" and part.function not in ("identity", "ones"):
            scalars = self.solution.domain.entries(self.values[part.arguments[0]])
            yield from (self.activation(part, arguments[one], results[one], scalars[one]) for one in shown)

    def activation(self, part: Call, argument: Rounded, result: Rounded, scalar: Any) -> Text:
        """One entry: σ(−4) = 1/(1 + e⁴) ≈ 0.01799."""
        known: dict[Expr, Row] = {Ref("x"): row(Digits(argument.text))}
        entry = Call(part.function, (Ref("x"), *part.arguments[1:]))
        applied = formula(entry, Style(known=known.get, is_scalar=lambda p: True))
        if argument.exact and not result.exact:
            applied = row(applied, *self.definition(part.function, scalar))
        return self.equation(applied, result, [argument])

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

    def equation(self, left: Row, result: Rounded, used: Iterable[Rounded]) -> Text:
        exact = result.exact and all(cell.exact for cell in used)
        return (row(left, Operator("equals" if exact else "approx"), Digits(result.text)),)


def _factor(cell: Rounded, first: bool) -> Row:
    digits = row(Digits(cell.text))
    return digits if first or not cell.text.startswith("-") else row(Fenced(digits))


def _scalar_product(pairs: list[tuple[Rounded, Rounded]]) -> Row:
    products = []
    for number, (one, other) in enumerate(pairs):
        products.append(joined("times", (_factor(one, first=not number), _factor(other, first=False))))
    return joined("plus", products)


def _share(arguments: Iterable[Rounded], number: int) -> Row:
    """e^a / (e^a + e^b + …)."""
    powers = [row(Script(row(Symbol("e")), row(Digits(cell.text)))) for cell in arguments]
    return row(Quotient(powers[number], joined("plus", powers)))
