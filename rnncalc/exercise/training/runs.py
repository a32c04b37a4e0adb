"""The runs of a network in training: before the first step and after each, with the update between them.

    h_step1[t] = tanh(W_step1 @ h_step1[t-1] + …)          the same network with W after one step

A second step takes the gradients of that run, and so on; what no parameter changes is computed once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from rnncalc.cell import Stage
from rnncalc.equations import Equation, Expr, Ref, children, rebuild, refs
from rnncalc.exercise.backward import Backward
from rnncalc.exercise.given import Data, Given
from rnncalc.exercise.network import Network
from rnncalc.exercise.training.naming import Naming
from rnncalc.exercise.training.rule import Rule
from rnncalc.exercise.training.truncation import truncated
from rnncalc.exercise.training.update import Names, Round, Updater, titles
from rnncalc.languages import Message
from rnncalc.numbers import Exact


class Training(Struct, frozen=True):
    """A network with its training. `equations` are all there are, `given` the numbers that the rule adds to the data;
    `runs[n]` gives the name that a quantity has after n steps, if they change it."""

    rule: Rule
    rounds: tuple[Round, ...]
    equations: tuple[Equation, ...]
    given: tuple[Given, ...]
    runs: tuple[Names, ...]
    symbols: Names
    spellings: Names
    adjoints: frozenset[str]

    @property
    def wanted(self) -> tuple[Ref, ...]:
        """All that the steps compute."""
        names = ((one.before, *one.gradients.values(), *one.update, one.after) for one in self.rounds)
        return tuple(map(Ref, dict.fromkeys(name for some in names for name in some)))

    @property
    def later(self) -> frozenset[str]:
        """All that is computed from the first update on."""
        updates = {name for one in self.rounds for name in one.update}
        return frozenset(updates | {name for run in self.runs[1:] for name in run.values()})

    @property
    def answers(self) -> tuple[Ref, ...]:
        """What is asked for if nothing else is: the loss before, the new weights, the loss after."""
        last = self.rounds[-1]
        return tuple(map(Ref, (self.rounds[0].before, *last.new.values(), last.after)))

    def titled(self, stages: Iterable[Stage]) -> tuple[Stage, ...]:
        """The titles of the first run, of every run after it, and of the updates."""
        own = (Stage(Message("Loss"), Message("what training makes smaller"), (self.rounds[0].before,)), *stages)
        again = (
            Stage(one.title, one.remark, tuple(run[name] for name in one.of if name in run))
            for run in self.runs[1:]
            for one in own
        )
        return (*own, *again, *(stage for one in self.rounds for stage in titles(one, self.rule.clip)))

    def completed(self, data: Data) -> Data:
        """The data with the numbers of the rule; every run of the network begins with the same initial states."""
        again = {
            (run[name], position): replace(one, name=run[name])
            for run in self.runs[1:]
            for (name, position), one in data.initial.items()
            if name in run
        }
        given = {one.name: one for one in self.given}
        return replace(data, given={**data.given, **given}, initial={**data.initial, **again})


def training(
    rule: Rule, equations: Sequence[Equation], back: Backward, network: Network, symbols: Mapping[str, str]
) -> Training:
    """The training of a network whose forward pass is `equations`, up to the loss, and whose backward pass is `back`.

    `network` is the forward pass with its data; `symbols` are those of both passes.
    """
    return _Training(rule, tuple(equations), back, network, symbols).run()


class _Training:
    def __init__(
        self, rule: Rule, forward: tuple[Equation, ...], back: Backward, network: Network, symbols: Names
    ) -> None:
        self.rule, self.forward, self.loss = rule, forward, back.loss
        taken = {ref.name for equation in (*forward, *back.equations) for ref in (equation.target, *_uses(equation))}
        preferred = {name: spelling for spelling, name in reversed(list(back.spellings.items()))}
        self.naming = Naming(taken, symbols, preferred)
        self.given: list[Given] = []
        self.backward = self.in_windows(back, network) if rule.window else back.equations
        self.changed = self.dependent()
        self.adjoints = {name: back.adjoints[name] for name in rule.parameters}
        self.scalars = {name for name in rule.parameters if network.shapes.known(name) == (1, 1)}

    def run(self) -> Training:
        rate = self.number("rate", "η", self.rule.rate)
        momentum = self.number("momentum", "μ", self.rule.momentum) if self.rule.momentum is not None else None
        updater = Updater(self.rule, self.naming, rate, momentum, self.scalars, self.adjoints)
        indices = {equation.name: equation.target.indices for equation in self.backward}
        runs: list[Names] = [{name: name for name in self.changed}]
        rounds: list[Round] = []
        made = [*self.forward, *self.backward]
        for step in range(1, self.rule.steps + 1):
            old, new = runs[-1], {name: self.naming.after(name, step) for name in self.changed}
            gradients = {name: Ref(old[adjoint], indices[adjoint]) for name, adjoint in self.adjoints.items()}
            rounds.append(updater.update(self.loss, gradients, old, new))
            made += _again(self.forward if step == self.rule.steps else (*self.forward, *self.backward), new)
            runs.append(new)
        latest = {f"{name}_new": now for name, now in runs[-1].items()}
        names = {equation.name for equation in self.backward}
        adjoints = names | {run[name] for run in runs for name in names if name in run}
        return Training(
            self.rule, tuple(rounds), (*made, *updater.made), tuple(self.given), tuple(runs), self.naming.symbols,
            {**self.naming.spellings, **latest}, frozenset(adjoints),
        )  # fmt: skip

    def in_windows(self, back: Backward, network: Network) -> tuple[Equation, ...]:
        """The backward pass, truncated."""
        assert self.rule.window is not None, "only the rule cuts the backward pass"
        steps = network.plan.lengths.get("t", 1)
        states = {back.adjoints[e.name]: e.target for e in self.forward if e.name in back.adjoints}
        equations, factors = truncated(back.equations, states, self.rule.window, steps, self.naming.fresh)
        self.given += [Given(name, values, self.rule.span) for name, values in factors.items()]
        return equations

    def number(self, name: str, letters: str, value: Exact) -> Ref:
        """A number of the rule as a quantity that is given."""
        name = self.naming.after(name, 0, letters)
        self.given.append(Given(name, {(): ((value,),)}, self.rule.span))
        return Ref(name)

    def dependent(self) -> dict[str, None]:
        """The parameters that are trained, and all that depends on them."""
        users: dict[str, list[str]] = {}
        for equation in (*self.forward, *self.backward):
            for ref in _uses(equation):
                users.setdefault(ref.name, []).append(equation.name)
        found = dict.fromkeys(self.rule.parameters)
        waiting = list(found)
        while waiting:
            more = [name for name in users.get(waiting.pop(), ()) if name not in found]
            found |= dict.fromkeys(more)
            waiting += more
        return found


def _uses(equation: Equation) -> list[Ref]:
    return [ref for ref, _ in refs(equation.expression)]


def _again(equations: Iterable[Equation], names: Names) -> Iterator[Equation]:
    """The equations of what is renamed, under its new names."""
    for equation in equations:
        if equation.name in names:
            target = Ref(names[equation.name], equation.target.indices)
            yield Equation(target, _renamed(equation.expression, names), equation.span)


def _renamed(expr: Expr, names: Names) -> Expr:
    if isinstance(expr, Ref):
        return Ref(names.get(expr.name, expr.name), expr.indices)
    return rebuild(expr, tuple(_renamed(part, names) for part in children(expr)))
