"""Whether what a student wrote for a step could be its value at all: nothing can follow from what is impossible."""

from collections.abc import Sequence

from rnncalc.answers import Entry, Written
from rnncalc.checking.marking import Step
from rnncalc.equations import Call, Expr, Over

_RANGES = {"sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "softsign": (-1.0, 1.0)}
_NEVER_NEGATIVE = ("relu", "exp", "softplus")


def is_possible(step: Step, entries: Sequence[Entry]) -> bool:
    """A sigmoid lies in (0, 1), a tanh in (−1, 1), a softmax sums to 1; and not all is zero where not all should be."""
    written = [entry for entry in entries if isinstance(entry, Written)]
    if not any(entry.number for entry in written) and any(true.number for true in step.truth):
        return False
    low, high = _range(step.equation.expression)
    if not all(low <= entry.number <= high for entry in written):
        return False
    return not _is_distribution(step.equation.expression, step) or _sums_to_one(written, len(entries))


def _range(expr: Expr) -> tuple[float, float]:
    match expr:
        case Call(function) if function in _RANGES:
            return _RANGES[function]
        case Call("softmax") | Over("softmax"):
            return 0.0, 1.0
        case Call(function) if function in _NEVER_NEGATIVE:
            return 0.0, float("inf")
        case _:
            return float("-inf"), float("inf")


def _is_distribution(expr: Expr, step: Step) -> bool:
    return isinstance(expr, Call) and expr.function == "softmax" and len(step.truth) > 1


def _sums_to_one(written: Sequence[Written], entries: int) -> bool:
    if len(written) < entries:
        return True
    return abs(sum(entry.number for entry in written) - 1) <= sum(entry.step for entry in written) + 1e-9
