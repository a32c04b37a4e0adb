"""How findings are written: a form as a formula or in the language, a value with its digits, the end of a range."""

from fractions import Fraction
from typing import Any

from rnncalc.document import Answer
from rnncalc.equations import source
from rnncalc.equations.closed import Form, expression
from rnncalc.formula import Digits, Operator, Row, row
from rnncalc.languages import say, sentence
from rnncalc.pages.values import form_row, rational_row
from rnncalc.solving import Solution
from rnncalc.unknown import Root


def printed(solution: Solution, form: Form) -> Row:
    return form_row(expression(form), solution.exercise.symbols)


def written(form: Form) -> str:
    return source(expression(form))


def answer(solution: Solution, unknown: Row, root: Root) -> Answer:
    """The value of an unknown, in the frame."""
    if root.form is None:
        remark = sentence("every digit shown is correctly rounded")
        return Answer(unknown, "approx", row(Digits(digits(solution, root))), (remark,), say("Answer"))
    value = printed(solution, root.form)
    if not isinstance(root.form, Fraction) and root.ball is not None:
        value = row(value, Operator("approx"), Digits(digits(solution, root)))
    return Answer(unknown, "equals", value, (), say("Answer"))


def digits(solution: Solution, root: Root) -> str:
    """The value rounded; a formula in other letters has none."""
    from rnncalc.equations.domains.certified import round_arb

    domain: Any = solution.domain
    if root.form is not None:
        rounded = domain.round(root.form, solution.precision)
    else:
        rounded = round_arb(root.ball, solution.precision)
    return rounded.text if rounded is not None else ""


def bound(value: Fraction) -> Row:
    return rational_row(value) if value.denominator == 1 else row(Digits(f"{float(value):.6g}"))
