"""The walk over the equations: what it works out, and how often."""

from collections import Counter
from typing import Any

from rnncalc.equations import Datum, Evaluation, Ref, infer, parse_equations, plan
from rnncalc.equations.domains.float64 import Float64

ATTENTION = """
    e[t,j] = s[t] * h[j]
    a[t,j] = softmax(e[t,j], j)
    m[t,j] = a[t,j] * h[j] - sum(a[t,k] * h[k], k)
    L = sum(sum(m[t,j] ** 2, j), t)
"""


class Counting(Float64):
    """Counts its operations."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def softmax(self, operands: Any) -> Any:
        self.calls["softmax"] += 1
        return super().softmax(operands)

    def total(self, operands: Any) -> Any:
        self.calls["sum"] += 1
        return super().total(operands)


def test_what_runs_over_an_index_is_worked_out_once_for_all_its_positions() -> None:
    domain, steps, places = Counting(), 4, 6
    equations = parse_equations(ATTENTION)
    order = plan(equations, [Ref("L")], extents={("s", 0): steps, ("h", 0): places}, stated={"k": places})
    data = {("s", (t,)): domain.number(t) for t in range(1, steps + 1)}
    data |= {("h", (j,)): domain.number(j) for j in range(1, places + 1)}
    shapes = infer(equations, {"s": Datum((1, 1)), "h": Datum((1, 1))})
    found = list(Evaluation(order, domain, data, lambda name: domain.zeros(*shapes.known(name))))
    assert domain.calls == {"softmax": steps, "sum": steps + 1 + steps}
    assert len(found) == 3 * steps * places + 1
