"""Reverse mode: the gradient of a system of equations is another system of equations in the same language.

Each quantity q gets an adjoint d_q, the derivative of the loss with respect to q, which gathers one term from every
place where q is used:

    d_h[t]      = V.T @ d_y[t] + d_h_next[t+1]             here, and through the next step
    d_z_f[t]    = d_f[t] * f[t] * (1 - f[t])               through the activation of f
    d_h_next[t] = U_f.T @ d_z_f[t] + …                     what step t hands back to h[t-1]
    d_W_f       = sum(d_z_f[t] @ x[t].T, t)                one term from each time step

`chain_rule` walks an expression down to its quantities, `adjoints` collects what arrives there; this module goes
through the equations. (A. Griewank and A. Walther, *Evaluating Derivatives*, 2nd ed. 2008, chapter 3.)
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.equations.adjoints import Adjoints, Slots
from rnncalc.equations.algebra import ONE, ZERO, Sizes, added, negated, over
from rnncalc.equations.backwards import holds, needed, order, special
from rnncalc.equations.chain_rule import Arriving, ChainRule
from rnncalc.equations.output_error import Log, logged_outputs, sigmoid_error, softmax_error
from rnncalc.equations.tree import Binary, Call, Equation, Expr, Index, Over, Ref, ref_at
from rnncalc.equations.walks import place_of, rebind
from rnncalc.equations.writing import source
from rnncalc.errors import ExerciseError, Problem

MOST_POSITIONS = 8
"""A quantity that is used at so many fixed positions, and nowhere else, is differentiated there only."""


class Gradient(Struct, frozen=True):
    """`equations` compute the adjoints; `adjoints[name]` is the adjoint of a quantity, `preactivations[name]` that of
    the argument of its activation. `shares[helper]` is the use that hands on a share of an adjoint (`h[t-1]`);
    `parts[name]` is what each step contributes to a parameter. `outputs` are the quantities used in logarithms only:
    the adjoint of their argument is ŷ − d. `origins[name]` are the equations that use a quantity, and where. `shapes`
    has everything the equations compute, `arguments[helper]` the quantity in whose equation a pre-activation stands."""

    equations: tuple[Equation, ...]
    adjoints: Mapping[str, str]
    preactivations: Mapping[str, str]
    shares: Mapping[str, Ref]
    parts: Mapping[str, str]
    outputs: frozenset[str]
    origins: Mapping[str, tuple[tuple[str, Slots], ...]]
    shapes: Mapping[str, tuple[int, int]]
    arguments: Mapping[str, str]

    @property
    def passed(self) -> dict[str, str]:
        """The quantity of which a helper hands a share from one position to another."""
        return {helper: use.name for helper, use in self.shares.items() if all(index.base for index in use.indices)}


def gradient(
    equations: Sequence[Equation],
    loss: str,
    sizes: Mapping[Expr, tuple[int, int]],
    lengths: Mapping[str, int],
    boundary: Iterable[tuple[str, tuple[int, ...]]] = (),
    distributions: Container[str] = (),
) -> Gradient:
    """The adjoint equations of `loss`, a quantity without indices, for everything it depends on.

    `sizes` has the shape of every quantity used; other parts are not looked at. States at `boundary` (initial states)
    get an adjoint too. `distributions` are targets whose entries sum to 1. Raises ExerciseError for a quantity with one
    letter at two indices.
    """
    shapes = {part.name: size for part, size in sizes.items() if isinstance(part, Ref)}
    return _Reverse(equations, loss, {loss: (1, 1), **shapes}, lengths, distributions).run(boundary)


class _Reverse(ChainRule):
    def __init__(
        self,
        equations: Sequence[Equation],
        loss: str,
        shapes: Mapping[str, tuple[int, int]],
        lengths: Mapping[str, int],
        distributions: Container[str],
    ) -> None:
        self.loss, self.lengths, self.distributions = loss, lengths, distributions
        self.equations = needed(equations, loss)
        self.sizes, self.taken = Sizes(shapes), set(lengths)
        self.outputs = logged_outputs(self.equations)
        self.found = Adjoints(self.equations, lengths)
        for name in self.outputs:
            for log in (Log(Ref(name)), Log(Ref(name), complement=True)):
                self.found.letters[log.name] = self.found.letters[name]
                self.found.names[log.name] = self.found.fresh(f"d_log_{name}")
                self.sizes.names[self.found.names[log.name]] = shapes[name]
        self.inner: dict[int, list[Equation]] = {}
        self.names_inside: dict[tuple[int, int], str] = {}
        self.preactivations: dict[str, str] = {}

    def run(self, boundary: Iterable[tuple[str, tuple[int, ...]]]) -> Gradient:
        way = list(order(self.equations))
        numbers = [number for number, _ in way]
        for number, settled in way:
            self.number = number
            self.through_equation(self.equations[number], settled)
        names = dict.fromkeys(self.equations[number].name for number in numbers)
        made = [e for name in names for e in self.emitted(name, numbers)]
        others = [name for name in self.found.letters if name in self.found.terms and name not in names]
        others = [name for name in others if not name.startswith("log(")]
        made += [e for name in others for e in (*self.found.handed(name), *self.found.equations(name))]
        fixed = [e.target for e in self.equations if len(e.indices) < len(e.target.indices)]
        fixed += [ref_at(name, place) for name, place in boundary]
        made += [e for ref in dict.fromkeys(fixed) for e in self.found.at(ref.name, ref.indices)]
        made += self.found.nothing({self.loss, *self.outputs})
        parts = {name: e for name in others for e in self.found.by_step(name)}
        adjoints = {name: helper for name, helper in self.found.names.items() if not name.startswith("log(")}
        return Gradient(
            (*made, *parts.values()),
            adjoints,
            self.preactivations,
            {helper: Ref(share.name, share.slots) for share, helper in self.found.shares.items()},
            {name: equation.name for name, equation in parts.items()},
            self.outputs,
            {name: tuple(found) for name, found in self.found.origins.items()},
            self.shapes_of(made, parts.items()),
            {name: self.equations[number].name for (number, _), name in self.names_inside.items()},
        )

    def shapes_of(self, made: Iterable[Equation], parts: Iterable[tuple[str, Equation]]) -> dict[str, tuple[int, int]]:
        """The shapes of all that the gradient computes: those of the quantities."""
        known = {
            helper: self.sizes.names[name] for name, helper in self.found.names.items() if name in self.sizes.names
        }
        known |= {helper: self.sizes.names[share.name] for share, helper in self.found.shares.items()}
        known |= {equation.name: self.sizes.names[name] for name, equation in parts}
        return {e.name: known.get(e.name) or self.sizes.names[e.name] for e in made} | known

    def emitted(self, name: str, numbers: Iterable[int]) -> Iterator[Equation]:
        """The adjoint of a computed quantity, those inside its equations, and its shares."""
        if name != self.loss and name in self.found.terms:
            yield from self.found.equations(name)
        for number in numbers:
            if self.equations[number].name == name:
                yield from self.inner[number]
        yield from self.found.handed(name)

    # -- through the equations

    def through_equation(self, equation: Equation, settled: bool) -> None:
        self.inner[self.number] = []
        if equation.name in self.outputs:
            self.through_output(equation)
            return
        if settled and equation.name != self.loss and equation.name not in self.found.terms:
            return
        for target in self.targets(equation) if settled else [equation.target]:
            self.place = target.indices
            masked = self.masked(equation) if target == equation.target else None
            value = ONE if equation.name == self.loss else masked or self.found.ref(target)
            self.push(_placed(equation.expression, equation.target, target), Arriving(value, target.letters), target)

    def targets(self, equation: Equation) -> list[Ref]:
        """Where the adjoint is worked out: wherever the equation holds, or only at the positions that are used."""
        fixed = self.found.fixed(equation.name) if equation.indices else []
        if not 0 < len(fixed) <= MOST_POSITIONS:
            return [equation.target]
        others = special(self.equations, equation, self.lengths)
        places = [place for place in fixed if holds(equation, place, self.lengths)]
        places = [place for place in places if not any(holds(other, place, self.lengths) for other in others)]
        return [Ref(equation.name, place) for place in places]

    def masked(self, equation: Equation) -> Ref | None:
        """The adjoint of `h[t]` without the positions that have equations of their own, such as `h[1]`."""
        own = special(self.equations, equation, self.lengths)
        if not own:
            return None
        target = Ref(self.found.fresh(f"{self.found.name(equation.name)}_rest"), equation.target.indices)
        self.sizes.names[target.name] = self.sizes.of(equation.target)
        self.inner[self.number].append(Equation(target, self.found.ref(equation.target)))
        for other in own:
            self.inner[self.number].append(
                Equation(Ref(target.name, other.target.indices), Binary("*", ZERO, other.target))
            )
        return target

    def through_output(self, equation: Equation) -> None:
        """A softmax or sigmoid whose logarithm makes the loss."""
        name, expr = equation.name, equation.expression
        assert isinstance(expr, Call | Over), "an output is the value of a function"
        argument = expr.arguments[0] if isinstance(expr, Call) else expr.body
        for place in self.places_of_logs(equation):
            self.place, target = place, Ref(name, place)
            log = self.of_log(Log(Ref(name, place)))
            complement = self.of_log(Log(Ref(name, place), complement=True))
            self.inner[self.number].append(Equation(self.found.ref(target), _of_output(target, log, complement)))
            if isinstance(expr, Call) and expr.function == "sigmoid":
                error = sigmoid_error(target, log or ZERO, complement or ZERO)
            else:
                assert log is not None, "softmax has no complement"
                error = softmax_error(expr, target, log, self.sizes, self.distributions, self.taken)
            arriving = Arriving(error, target.letters)
            self.push_argument(_placed(argument, equation.target, target), arriving, target)

    def places_of_logs(self, equation: Equation) -> list[Slots]:
        """Where the logarithms of an output are used. A softmax over an index concerns all its positions."""
        logs = [log.name for log in (Log(equation.target), Log(equation.target, complement=True))]
        found = [e.target.indices for name in logs if name in self.found.terms for e in self.found.equations(name)]
        general = isinstance(equation.expression, Over) or len(found) > MOST_POSITIONS
        return [equation.target.indices] if general else list(dict.fromkeys(found))

    def of_log(self, log: Log) -> Expr | None:
        """The adjoint of a logarithm: its formula if it is a single term, otherwise its name."""
        if log.name not in self.found.terms:
            return None
        made, place = list(self.found.equations(log.name)), log.output.indices
        terms = [term for terms in self.found.terms[log.name].values() for term in terms]
        for equation in made:
            if equation.target.indices == place and len(terms) == len(made):
                return equation.expression
        known = self.inner[self.number]
        known += [e for e in (*made, *self.found.handed(log.name)) if e not in known]
        return Ref(self.found.names[log.name], place)

    # -- what the chain rule asks for

    def use(self, name: str, ref: Ref, adjoint: Arriving) -> None:
        placed = Ref(name, tuple(Index(*place_of(index, self.lengths)) for index in ref.indices))
        if len(set(placed.letters)) < len(placed.letters):
            raise ExerciseError(self.unsupported(ref))
        self.found.add(name, placed.indices, adjoint.value, adjoint.letters, self.equations[self.number].name)
        self.sizes.names[self.found.name(name)] = self.sizes.of(ref)

    def unsupported(self, ref: Ref) -> Problem:
        what = f"the gradient through `{source(ref)}` is not known here: a letter stands twice"
        hint = "give the diagonal an equation of its own, with a letter less"
        return Problem(what, self.equations[self.number].place(ref), hint)

    def named(self, argument: Expr, adjoint: Arriving, target: Ref | None) -> Arriving:
        owner, inner = self.equations[self.number].name, self.inner[self.number]
        extra = tuple(Index(letter) for letter in adjoint.letters if Index(letter) not in self.place)
        here = [
            e
            for e in inner
            if e.name in self.names_inside.values() and e.target.indices[: len(self.place)] == self.place
        ]
        key = self.number, len(here)
        if key not in self.names_inside:
            self.names_inside[key] = self.found.fresh(f"d_z_{owner}" + (str(len(here) + 1) if here else ""))
        ref = Ref(self.names_inside[key], (*self.place, *extra))
        if target is not None:
            self.preactivations.setdefault(owner, ref.name)
        self.sizes.names[ref.name] = self.sizes.of(argument)
        inner.append(Equation(ref, self.spread(adjoint, argument).value, self.equations[self.number].span))
        return Arriving(ref, adjoint.letters)


def _of_output(output: Ref, log: Expr | None, complement: Expr | None) -> Expr:
    terms = [over(log, output)] if log else []
    return added([*terms, *([negated(over(complement, Binary("-", ONE, output)))] if complement else [])])


def _placed(expr: Expr, target: Ref, place: Ref) -> Expr:
    """The expression of an equation for `target`, at another place."""
    pairs = zip(target.indices, place.indices, strict=True)
    return rebind(expr, {own.base: there for own, there in pairs if own.base and own != there})
