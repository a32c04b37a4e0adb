"""An LSTM in letters: h₂ and its gradient as named steps, beside SymPy matrices written down plainly.

    python benchmarks/symbolic.py             measure, print the table
    python benchmarks/symbolic.py --write     and put it into docs/performance/symbolic.md

Two units, two inputs, two time steps; every weight, bias, input and first state is a letter. Each variant runs in a
process of its own, imports what it needs, and then takes the fastest of some runs, SymPy's cache being emptied before
each; times are those of the processor. Variants take turns. Their results are compared: h₂ and the 44 derivatives, with
numbers put in for the letters.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import process_time
from typing import Any

import startup

PAGE = startup.ROOT / "docs" / "performance" / "symbolic.md"
GATES = "fioc"
DIGITS = 30
EQUATIONS = """
f[t] = sigmoid(W_f @ x[t] + U_f @ h[t-1] + b_f)
i[t] = sigmoid(W_i @ x[t] + U_i @ h[t-1] + b_i)
o[t] = sigmoid(W_o @ x[t] + U_o @ h[t-1] + b_o)
g[t] = tanh(W_c @ x[t] + U_c @ h[t-1] + b_c)
c[t] = f[t] * c[t-1] + i[t] * g[t]
h[t] = o[t] * tanh(c[t])
L = sum(h[2] ** 2)
"""
Key = tuple[str, tuple[int, ...]]


def shapes() -> dict[Key, tuple[int, int]]:
    """Every quantity that is made of letters."""
    kinds = {"W": (2, 2), "U": (2, 2), "b": (2, 1)}
    weights = {(f"{kind}_{gate}", ()): size for gate in GATES for kind, size in kinds.items()}
    return {**weights, ("x", (1,)): (2, 1), ("x", (2,)): (2, 1), ("h", (0,)): (2, 1), ("c", (0,)): (2, 1)}


def numbers() -> dict[str, float]:
    """A number for each letter, by its spelling."""
    letters = [one for key in shapes() for one in spelt(key)]
    return {one: (-1) ** n * (n % 7 + 1) / 8 for n, one in enumerate(letters)}


def spelt(key: Key) -> list[str]:
    """The letters of a quantity, row by row."""
    rows, columns = shapes()[key]
    return [letter(key, row, column) for row in range(rows) for column in range(columns)]


def letter(key: Key, row: int, column: int) -> str:
    name, position = key
    return "_".join([name, *map(str, position), str(row + 1), str(column + 1)])


# ---------------------------------------------------------------- named steps


class Steps:
    """The LSTM in letters, computed in closed forms."""

    def __init__(self, with_gradient: bool) -> None:
        from rnncalc.equations import Datum, Evaluation, Index, Ref, gradient, infer, parse_equations, plan
        from rnncalc.equations.closed import lettered
        from rnncalc.equations.domains.closed import Closed
        from rnncalc.equations.domains.scalars import Array
        from rnncalc.numbers import Letter

        equations = parse_equations(EQUATIONS)
        data = {name: Datum(size) for (name, _), size in shapes().items()}
        known = infer(equations, data)
        extents = {("x", 0): 2}
        targets = [Ref("L")] if with_gradient else [Ref("h", (Index("", 2),))]
        order = plan(equations, targets, extents=extents)
        self.adjoints: dict[str, str] = {}
        back: frozenset[str] = frozenset()
        if with_gradient:
            sizes = {Ref(name): size for name, size in known.sizes.items()}
            found = gradient(equations, "L", sizes, order.lengths, [("h", (0,)), ("c", (0,))])
            equations, self.adjoints = (*equations, *found.equations), dict(found.adjoints)
            back = frozenset(equation.name for equation in found.equations)
            known = infer(equations, {**data, **{name: Datum(size) for name, size in found.shapes.items()}})
            targets = [
                Ref(self.adjoints[name], tuple(Index("", n) for n in at)) for name, at in shapes() if name != "x"
            ]
            order = plan(equations, targets, extents=extents, backward_pass=back)
        self.domain = Closed()
        values = {}
        for key, (rows, columns) in shapes().items():
            values[key] = Array(rows, columns, tuple(lettered(Letter(text)) for text in spelt(key)))
        zero = {name: self.domain.zeros(*size) for name, size in known.sizes.items() if None not in size}
        self.values = {
            (one.equation.name, one.position): one.value
            for one in Evaluation(order, self.domain, values, zero.__getitem__)
        }

    def asked(self) -> list[Any]:
        """h₂, or the 44 derivatives."""
        if not self.adjoints:
            return list(self.values["h", (2,)].entries)
        arrays = [self.values[self.adjoints[name], at] for name, at in shapes() if name != "x"]
        return [entry for array in arrays for entry in array.entries]

    def evaluated(self) -> list[str]:
        """What was asked for, to 30 digits, with numbers for the letters."""
        import flint
        from flint import arb

        from rnncalc.equations.closed import Name
        from rnncalc.equations.closed.enclosure import enclosed

        with flint.ctx.workprec(140):
            names = {Name(text): arb(number) for text, number in numbers().items()}
            for name, form in self.domain.known.definitions.items():
                names[name] = enclosed(form, names)
            return [enclosed(form, names).str(DIGITS, radius=False) for form in self.asked()]


def steps_forward() -> Callable[[], Any]:
    return lambda: Steps(with_gradient=False)


def steps_gradient() -> Callable[[], Any]:
    return lambda: Steps(with_gradient=True)


def steps_evaluation() -> Callable[[], Any]:
    made = Steps(with_gradient=False)
    return made.evaluated


# ---------------------------------------------------------------- SymPy, plainly


class Matrices:
    """The same with SymPy matrices whose entries are expanded step by step."""

    def __init__(self, with_gradient: bool) -> None:
        import sympy

        sympy.core.cache.clear_cache()
        m = {
            key: sympy.Matrix(*size, lambda row, column, key=key: sympy.Symbol(letter(key, row, column)))
            for key, size in shapes().items()
        }
        h, c = m["h", (0,)], m["c", (0,)]
        for t in (1, 2):
            z = {g: m[f"W_{g}", ()] * m["x", (t,)] + m[f"U_{g}", ()] * h + m[f"b_{g}", ()] for g in GATES}
            f, i, o = (z[g].applyfunc(lambda z: 1 / (1 + sympy.exp(-z))) for g in "fio")
            c = f.multiply_elementwise(c) + i.multiply_elementwise(z["c"].applyfunc(sympy.tanh))
            h = o.multiply_elementwise(c.applyfunc(sympy.tanh))
        self.found = list(h)
        if with_gradient:
            loss = sum(entry**2 for entry in h)
            letters = [entry for (name, _), matrix in m.items() if name != "x" for entry in matrix]
            self.found = [sympy.diff(loss, one) for one in letters]

    def evaluated(self) -> list[str]:
        """The digits, every part that is used several times being computed once."""
        import mpmath
        import sympy

        known: dict[Any, Any] = {sympy.Symbol(text): mpmath.mpf(number) for text, number in numbers().items()}

        def value(part: Any) -> Any:
            if part not in known:
                inside = [value(one) for one in part.args]
                if part.is_Number:
                    known[part] = mpmath.mpf(part.p) / part.q
                elif part.is_Add or part.is_Mul:
                    known[part] = mpmath.fsum(inside) if part.is_Add else mpmath.fprod(inside)
                else:
                    known[part] = mpmath.power(*inside) if part.is_Pow else getattr(mpmath, part.func.__name__)(*inside)
            return known[part]

        with mpmath.workdps(DIGITS + 10):
            return [mpmath.nstr(value(one), DIGITS) for one in self.found]


def matrices_forward() -> Callable[[], Any]:
    import sympy  # noqa: F401

    return lambda: Matrices(with_gradient=False)


def matrices_gradient() -> Callable[[], Any]:
    import sympy  # noqa: F401

    return lambda: Matrices(with_gradient=True)


def matrices_evaluation() -> Callable[[], Any]:
    made = Matrices(with_gradient=False)
    return made.evaluated


# ---------------------------------------------------------------- measuring

TASKS = {
    "forward": "h₂ built",
    "evaluation": f"h₂ evaluated to {DIGITS} digits",
    "gradient": "44 derivatives of ∣h₂∣² built",
}
WAYS = {"steps": "named steps", "matrices": "SymPy matrices, `diff`"}


def measured(variant: str) -> tuple[float, list[str]]:
    """The fastest run in this process, and the digits of the result."""
    run = globals()[variant]()
    times: list[float] = []
    while not times or (sum(times) < 1 and len(times) < 20):
        began = process_time()
        result = run()
        times.append(process_time() - began)
    return min(times), result if isinstance(result, list) else result.evaluated()


def elsewhere(variant: str) -> tuple[float, list[str]]:
    """Measure in a process of its own."""
    run = subprocess.run([sys.executable, __file__, "--one", variant], check=True, capture_output=True, text=True)
    seconds, digits = json.loads(run.stdout)
    return seconds, digits


def rounds(task: str, count: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(count):
        digits = {}
        for way in WAYS:
            seconds, digits[way] = elsewhere(f"{way}_{task}")
            found[way].append(seconds)
        one, other = digits.values()
        pairs = zip(map(float, one), map(float, other), strict=True)
        assert all(abs(a - b) <= 1e-14 * (1 + abs(a)) for a, b in pairs), "results differ"
    return found


def lines(task: str, found: Mapping[str, list[float]]) -> list[str]:
    title, result = TASKS[task], []
    fastest = {way: min(times) for way, times in found.items()}
    for way, times in found.items():
        ratio = "" if way == "steps" else f"1 / {fastest[way] / fastest['steps']:.0f}"
        row = f"{1000 * fastest[way]:.1f} ms | {1000 * median(times):.1f} ms | {ratio}"
        result.append(f"| {title} | {WAYS[way]} | {row} |")
        title = ""
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(startup.ROOT)}")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one)))
        return 0
    table = ["| task | variant | fastest | median | named steps take |", "| --- | --- | --- | --- | --- |"]
    for task in TASKS:
        table += lines(task, rounds(task, options.rounds))
    versions = startup.versions(sys.executable, ("rnncalc", "sympy", "python-flint"))
    notes = [f"{options.rounds} rounds", startup.machine(), versions]
    block = "\n".join([*table, "", *(f"- {note}" for note in notes)]) + "\n"
    print(block)
    if options.write:
        PAGE.write_text(startup.written(PAGE.read_text(encoding="utf-8"), "symbolic", block), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
