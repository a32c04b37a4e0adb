"""Closed forms: numbers and formulas as small exact trees, with their arithmetic, enclosures, signs and spelling."""

from rnncalc.equations.closed.arithmetic import lettered, minus, power, product, quotient, scaled, total
from rnncalc.equations.closed.forms import Apply, Form, Name, Product, Sum, names_in, size
from rnncalc.equations.closed.spelling import expression, spelt

__all__ = [
    "Apply",
    "Form",
    "Name",
    "Product",
    "Sum",
    "expression",
    "lettered",
    "minus",
    "names_in",
    "power",
    "product",
    "quotient",
    "scaled",
    "size",
    "spelt",
    "total",
]
