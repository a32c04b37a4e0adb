"""The roles that the equations of a recurrence have: what in them are gates, and which layer they make together."""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.equations import FUNCTIONS, Binary, Call, Equation, Expr, Number, Ref, constant, refs
from rnncalc.verification.affine import Affine, AffineReader, Array, Factor
from rnncalc.verification.run import Kind, Run
from rnncalc.verification.values import Values
from rnncalc.weights import Activation


class Layer(Struct, frozen=True):
    """A recurrence: the layer in one direction that it is, what it reads, and what it calls the states `h` and `c`.
    `letter` is its index."""

    run: Run
    inputs: tuple[Factor, ...]
    states: Mapping[str, str]
    letter: str


class Gate(Struct, frozen=True):
    """A function of a sum."""

    activation: Activation
    sum: Affine


class Recurrence:
    """One recurrence, whose roles are found from its states inward."""

    def __init__(self, group: frozenset[str], equations: Mapping[str, Equation], values: Values) -> None:
        self.group, self.equations, self.values = group, equations, values
        inside = [ref for one in equations.values() for ref, _ in refs(one.expression) if ref.name in group]
        self.before = {ref.name: ref for ref in inside if any(index.offset for index in ref.indices)}
        self.moves = {index.offset for ref in self.before.values() for index in ref.indices}
        self.is_simple = len({ref.indices for ref in self.before.values()}) == 1 and all(
            len(ref.indices) == 1 and (ref == self.before.get(ref.name) or ref == self.now(ref.name)) for ref in inside
        )
        self.definitions = {name: one for name, one in equations.items() if name not in self.before}
        self.sums = AffineReader(values.of, values.entries, self.definitions)

    def now(self, name: str) -> Ref:
        return self.equations[name].target

    def found(self) -> Layer | None:
        if not self.is_simple or self.moves not in ({-1}, {1}):
            return None
        match list(self.before):
            case [h]:
                return self.simple(h) or self.gru(h)
            case [one, other]:
                return self.lstm(one, other) or self.lstm(other, one)
            case _:
                return None

    # ------------------------------------------------------------ the three kinds

    def simple(self, h: str) -> Layer | None:
        whole = self.gate(self.equations[h].expression)
        if whole is None:
            return None
        return self.layer("rnn", {"h": h}, {"h": whole}, {"tanh": whole.activation})

    def gru(self, h: str) -> Layer | None:
        """h[t] = z ⊙ h[t-1] + (1 - z) ⊙ n, or with z and 1 - z the other way round."""
        parted = self.parted(h, self.before[h])
        if parted is None:
            return None
        keeps, others = parted
        lets_in = [one for one in others if self.is_complement(one, keeps)]
        candidates = [one for one in others if one not in lets_in]
        if len(lets_in) != 1 or len(candidates) != 1:
            return None
        z, n = self.gate(keeps), self.gate(candidates[0])
        if z is None or n is None:
            return None
        found = self.reset(n.sum, self.before[h])
        r = self.gate(found[0]) if found else None
        if found is None or r is None or r.activation != z.activation:
            return None
        gates = {"r": r, "z": z, "n": Gate(n.activation, found[1])}
        return self.layer("gru", {"h": h}, gates, {"sigmoid": z.activation, "tanh": n.activation}, second_bias=found[2])

    def reset(self, whole: Affine, h: Ref) -> tuple[Ref, Affine, Array | None] | None:
        """What resets the state in a candidate, the sum without it, and the bias inside the gate where it acts after
        the product."""
        if whole.gated:
            gate, inner = whole.gated
            products = {**whole.products, (h,): inner.products.get((h,))}
            if set(inner.products) != {(h,)} or (h,) in whole.products:
                return None
            return gate, Affine(products, whole.constant), inner.constant
        for factor, matrix in whole.products.items():
            if h in factor and len(factor) == 2:
                gate = factor[factor[0] == h]
                products = {one: other for one, other in whole.products.items() if one != factor}
                return None if (h,) in products else (gate, Affine({**products, (h,): matrix}, whole.constant), None)
        return None

    def lstm(self, h: str, c: str) -> Layer | None:
        """c[t] = f ⊙ c[t-1] + i ⊙ g and h[t] = o ⊙ tanh(c[t]), which a matrix may make shorter."""
        parted, out = self.parted(c, self.before[c]), self.opened(self.equations[h].expression)
        projection = None
        if isinstance(out, Binary) and out.operator == "@":
            for matrix, vector, turned in ((out.left, out.right, False), (out.right, out.left, True)):
                if not any(ref.indices for ref, _ in refs(matrix)):
                    array = self.values.of(matrix)
                    projection, out = array.T if turned else array, self.opened(vector)
                    break
        if parted is None or not isinstance(out, Binary) or out.operator != "*":
            return None
        sides = (out.left, out.right), (out.right, out.left)
        act, o = next(((act, self.gate(o)) for cell, o in sides if (act := self.of_cell(cell, c))), (None, None))
        f, entering = self.gate(parted[0]), [self.gate(one) for one in parted[1]]
        if act is None or o is None or f is None:
            return None
        i, g = sorted(entering, key=lambda one: one is None or one.activation != f.activation)
        if i is None or g is None or {i.activation, o.activation} != {f.activation} or g.activation != act:
            return None
        gates, functions = {"i": i, "f": f, "g": g, "o": o}, {"sigmoid": f.activation, "tanh": act}
        return self.layer("lstm", {"h": h, "c": c}, gates, functions, projection=projection)

    # ------------------------------------------------------------ parts of equations

    def gate(self, expr: Expr) -> Gate | None:
        """An expression as a function of a sum; `1 - sigmoid(a)` is `sigmoid(-a)`."""
        match expr:
            case Ref(name) if name in self.definitions:
                return self.gate(self.definitions[name].expression)
            case Call(function, arguments) if FUNCTIONS[function].kind == "elementwise":
                inside = self.sums.read(arguments[0])
                constants = tuple(str(constant(one)) for one in arguments[1:])
                return Gate(Activation(function, constants), inside) if inside else None
            case Binary("-", Number(value), right) if value == 1 and (turned := self.gate(right)):
                inside = self.sums.times(turned.sum, -1)
                symmetric = turned.activation.function in ("sigmoid", "hard_sigmoid")
                return Gate(turned.activation, inside) if inside and symmetric else None
        inside = self.sums.read(expr)
        return Gate(Activation("identity"), inside) if inside else None

    def opened(self, expr: Expr) -> Expr:
        """The expression, or what its name stands for."""
        while isinstance(expr, Ref) and expr.name in self.definitions:
            expr = self.definitions[expr.name].expression
        return expr

    def is_complement(self, one: Expr, other: Expr) -> bool:
        """Whether one gate is 1 less the other."""
        return self.opened(one) == _complement(other) or self.opened(other) == _complement(one)

    def parted(self, state: str, before: Ref) -> tuple[Expr, tuple[Expr, Expr]] | None:
        """The equation of a state as what its old value is multiplied with, and the two factors of what is added."""
        match self.opened(self.equations[state].expression):
            case Binary("+", left, right):
                for one, other in ((self.opened(left), self.opened(right)), (self.opened(right), self.opened(left))):
                    match one, other:
                        case (Binary("*", a, b), Binary("*", first, second)) if before in (a, b):
                            return (b if a == before else a), (first, second)
        return None

    def of_cell(self, expr: Expr, c: str) -> Activation | None:
        """The function of the cell that the expression is."""
        match self.opened(expr):
            case Call(function, (argument, *constants)) if argument == self.now(c):
                return Activation(function, tuple(str(constant(one)) for one in constants))
            case Ref() as ref if ref == self.now(c):
                return Activation("identity")
            case _:
                return None

    # ------------------------------------------------------------ a layer from its parts

    def layer(
        self,
        kind: Kind,
        states: Mapping[str, str],
        gates: Mapping[str, Gate],
        functions: Mapping[str, Activation],
        *,
        projection: Array | None = None,
        second_bias: Array | None = None,
    ) -> Layer | None:
        """The layer, if its gates read nothing of the recurrence but the states."""
        import numpy as np

        sums = {role: gate.sum for role, gate in gates.items()}
        state, units = (self.before[states["h"]],), self.entries((self.now(states.get("c", states["h"])),))
        cells = self.peeped_at(states["c"]) if "c" in states else {}
        if any(one.gated or self.inside(one) - {state, cells.get(role)} for role, one in sums.items()):
            return None
        factors = dict.fromkeys(factor for one in sums.values() for factor in one.products)
        inputs = tuple(factor for factor in factors if self.group.isdisjoint(ref.name for ref in factor))

        def matrix(one: Affine, factor: Factor) -> Array:
            return np.broadcast_to(one.products.get(factor, 0), (units, self.entries(factor)))

        peepholes = {role: matrix(sums[role], cell) for role, cell in cells.items() if cell in sums[role].products}
        if any(np.any(one != np.diag(np.diag(one))) for one in peepholes.values()):
            return None
        no_input = [np.zeros((units, 1))]
        run = Run(
            kind=kind,
            input={role: np.hstack([matrix(one, part) for part in inputs] or no_input) for role, one in sums.items()},
            recurrent={role: matrix(one, state) for role, one in sums.items()},
            bias={role: np.broadcast_to(one.constant, (units,)) for role, one in sums.items()},
            second_bias={role: np.zeros(units) for role in sums}
            | ({} if second_bias is None else {"n": np.broadcast_to(second_bias, (units,))}),
            peephole={role: np.diag(one) for role, one in peepholes.items()},
            projection=projection,
            resets_after=second_bias is not None,
            backward=self.moves == {1},
            replaced={old: new for old, new in functions.items() if new != Activation(old)},
        )
        return Layer(run, inputs, states, self.now(states["h"]).indices[0].base)

    def entries(self, factor: Factor) -> int:
        return max(self.values.entries(ref.name) for ref in factor)

    def peeped_at(self, c: str) -> dict[str, Factor]:
        """Which cell a gate may peep at: the old one, the output gate at the new one."""
        return {"i": (self.before[c],), "f": (self.before[c],), "o": (self.now(c),)}

    def inside(self, whole: Affine) -> set[Factor]:
        """What a sum reads of the recurrence."""
        return {factor for factor in whole.products if not self.group.isdisjoint(ref.name for ref in factor)}


def _complement(expr: Expr) -> Expr:
    return Binary("-", Number(Fraction(1)), expr)
