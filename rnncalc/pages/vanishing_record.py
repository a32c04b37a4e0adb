"""Vanishing → plain dicts: what `rnncalc gradients --json` prints, described in docs/json.md."""

from collections.abc import Mapping
from typing import Any

from rnncalc.document import plain
from rnncalc.jacobian import Factored, Size, Sizes, Vanishing
from rnncalc.pages.record import exercise_record
from rnncalc.pages.remarks import remark_text
from rnncalc.pages.vanishing.partials import digits

SCHEMA = "rnncalc/gradients/1"


def vanishing_record(one: Vanishing, factored: bool) -> dict[str, Any]:
    """The sizes at each step as dicts of texts; with `factored` the matrices too, and each gradient by its terms."""
    key = one.exercise.quantities.key
    gradients = {
        key(one.exercise.quantities.names[f"d{one.loss}/d{state}"], ()): _steps(one, steps)
        for state, steps in one.gradients.items()
    }
    return {
        "schema": SCHEMA,
        "exercise": exercise_record(one.exercise),
        "loss": one.loss,
        "gradients": gradients,
        "recurrences": [_recurrence(one, chain, factored) for chain in one.chains],
        "factored": [_factored(one, part) for part in one.factored] if factored else [],
        "warnings": [plain(remark_text(one.numbers, remark)) for remark in one.numbers.remarks],
    }


def _recurrence(one: Vanishing, chain: Sizes, matrices: bool) -> dict[str, Any]:
    recurrence = chain.jacobians.recurrence

    def sized(sizes: Mapping[int, Size], values: Mapping[int, Any]) -> dict[str, Any]:
        return {str(t): _size(one, size, values[t] if matrices else None) for t, size in sorted(sizes.items())}

    return {
        "states": list(recurrence.states),
        "index": recurrence.letter,
        "direction": "forward" if recurrence.back < 0 else "backward",
        "jacobians": sized(chain.factors, chain.jacobians.factors),
        "products": sized(chain.products, chain.jacobians.products),
        "paths": {state: _steps(one, steps) for state, steps in chain.totals.items()},
        "direct_paths": {state: _steps(one, steps) for state, steps in chain.direct.items()},
        "kept": {state: digits(one, value) for state, value in chain.kept.items()},
        "rates": {state: digits(one, value) for state, value in chain.rates.items()},
    }


def _size(one: Vanishing, size: Size, matrix: Any) -> dict[str, Any]:
    numbers = {"norm": size.spectral, "frobenius": size.frobenius, "radius": size.radius}
    found: dict[str, Any] = {name: digits(one, value) for name, value in numbers.items()}
    return found if matrix is None else {**found, "matrix": one.numbers.printed(matrix)}


def _factored(one: Vanishing, part: Factored) -> dict[str, Any]:
    return {
        name: {
            "terms": {str(t): one.numbers.printed(term) for t, term in sorted(terms.items())},
            "sum": one.numbers.printed(part.sums[name]),
        }
        for name, terms in part.terms.items()
    }


def _steps(one: Vanishing, steps: Mapping[int, Any]) -> dict[str, str]:
    return {str(t): digits(one, value) for t, value in sorted(steps.items())}
