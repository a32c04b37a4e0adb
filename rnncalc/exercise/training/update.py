"""One training step as equations: the norms of the gradients, what shortens them, velocities, new weights.

    norm      = sqrt(sum(d_W ** 2) + sum(d_b ** 2))        the length of the whole gradient
    scale     = 0.5 / max(norm, 0.5)                       1, or what shortens it to 0.5
    clipped_W = scale * d_W
    W_step1   = W - rate * clipped_W

(R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1.)
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import Binary, Call, Equation, Expr, Index, Number, Over, Power, Ref, formula, plus, ratio
from rnncalc.exercise.training.naming import Naming
from rnncalc.exercise.training.rule import Clip, Rule
from rnncalc.formula import unicode
from rnncalc.languages import Message
from rnncalc.numbers import is_decimal

Names = Mapping[str, str]
Refs = dict[str, Ref]
"""A quantity for each parameter."""


class Round(Struct, frozen=True):
    """One training step by the names of its quantities: the loss before and after it, the norms and scales of the
    clipping, and for each parameter its gradient, that gradient clipped, its velocity, its value before and after."""

    before: str
    after: str
    gradients: Names
    norms: tuple[str, ...]
    scales: tuple[str, ...]
    clipped: Names
    velocities: Names
    old: Names
    new: Names

    @property
    def update(self) -> tuple[str, ...]:
        """What the step computes from the gradients, in order."""
        by_parameter = (self.clipped, self.velocities, self.new)
        return (*self.norms, *self.scales, *(name for names in by_parameter for name in names.values()))


class Updater:
    """Writes the equations of step after step into `made`.

    `rate` and `momentum` are numbers of the rule as quantities, `scalars` the parameters that are one number, and
    `adjoints` the gradients of all parameters in the first run.
    """

    def __init__(
        self, rule: Rule, naming: Naming, rate: Ref, momentum: Ref | None, scalars: set[str], adjoints: Names
    ) -> None:
        self.rule, self.naming, self.scalars, self.adjoints = rule, naming, scalars, adjoints
        self.rate, self.momentum = rate, momentum
        self.made: list[Equation] = []
        self.velocities: Refs = {}
        self.step = 0

    def update(self, loss: str, gradients: Refs, old: Names, new: Names) -> Round:
        """The next step, from the gradients of the parameters; `old` and `new` are the names of all that it changes."""
        norms, scales, clipped = self.clip(loss, gradients)
        if self.momentum:
            self.velocities = {name: self.velocity(name, way) for name, way in (clipped or gradients).items()}
        for name, way in (self.velocities or clipped or gradients).items():
            self.put(new[name], way, Binary("-", Ref(old[name], way.indices), Binary("*", self.rate, way)))
        self.step += 1
        return Round(
            old[loss], new[loss], _names(gradients), _distinct(norms), _distinct(scales), _names(clipped),
            _names(self.velocities), {name: old[name] for name in gradients}, {name: new[name] for name in gradients},
        )  # fmt: skip

    def put(self, name: str, like: Ref, expression: Expr) -> Ref:
        """Compute a quantity at the positions of another."""
        target = Ref(name, like.indices)
        self.made.append(Equation(target, expression, self.rule.span))
        return target

    # -- clipping

    def clip(self, loss: str, gradients: Refs) -> tuple[Refs, Refs, Refs]:
        """The norms, the scales and the clipped gradients."""
        clip = self.rule.clip
        if clip is None:
            return {}, {}, {}
        if clip.by == "value":
            cut = {name: Call("clip", (gradient, _literal(clip.limit))) for name, gradient in gradients.items()}
            return {}, {}, self.clipped(gradients, cut)
        if clip.by == "norm":
            norm = self.norm(loss, gradients)
            scale = self.put(self.naming.after("scale", self.step, "k"), norm, _shortening(clip, norm))
            norms, scales = dict.fromkeys(gradients, norm), dict.fromkeys(gradients, scale)
        else:
            norms = {name: self.norm_of(name, gradient) for name, gradient in gradients.items()}
            scales = {name: self.scale_of(name, clip, norm) for name, norm in norms.items()}
        shorter = {name: Binary("*", scales[name], gradient) for name, gradient in gradients.items()}
        return norms, scales, self.clipped(gradients, shorter)

    def norm(self, loss: str, gradients: Refs) -> Ref:
        """The norm of all gradients together."""
        squares = [_over_all(self.squares(name, gradient), gradient.indices) for name, gradient in gradients.items()]
        name = self.naming.after("norm", self.step, f"‖∇{self.naming.letters(loss)}‖")
        return self.put(name, Ref(""), Call("sqrt", (plus(squares),)))

    def norm_of(self, name: str, gradient: Ref) -> Ref:
        base, line, label = self.naming.letters(self.adjoints[name]).partition("_")
        made = self.naming.after(f"norm_{name}", self.step, f"‖{base}‖{line}{label}")
        return self.put(made, gradient, Call("sqrt", (self.squares(name, gradient),)))

    def scale_of(self, name: str, clip: Clip, norm: Ref) -> Ref:
        made = self.naming.after(f"scale_{name}", self.step, f"k_{self.naming.label(name)}")
        return self.put(made, norm, _shortening(clip, norm))

    def squares(self, name: str, gradient: Ref) -> Expr:
        square = Power(gradient, 2)
        return square if name in self.scalars else Call("sum", (square,))

    def clipped(self, gradients: Refs, cut: Mapping[str, Expr]) -> Refs:
        return {
            name: self.put(
                self.naming.after(f"clipped_{name}", self.step, f"g_{self.naming.label(name)}"), gradients[name], one
            )
            for name, one in cut.items()
        }

    # -- momentum

    def velocity(self, name: str, way: Ref) -> Ref:
        """What is kept of the velocity before, and the gradient; the first one is the gradient."""
        made = self.naming.after(f"velocity_{name}", self.step + 1, f"v_{self.naming.label(name)}")
        if name not in self.velocities or self.momentum is None:
            return self.put(made, way, way)
        return self.put(made, way, Binary("+", Binary("*", self.momentum, self.velocities[name]), way))


def titles(one: Round, clip: Clip | None) -> Iterator[Stage]:
    """The titles of a step."""
    limit = {"limit": unicode(formula(_literal(clip.limit))) if clip else ""}
    if clip and clip.by == "norm":
        yield Stage(Message("Norm of the gradient"), Message("of all parameters together"), one.norms)
    elif clip and clip.by == "matrix":
        yield Stage(Message("Norms of the gradients"), Message("of each parameter by itself"), one.norms)
    yield Stage(Message("Scale"), Message("1 unless the norm is above {limit}", limit), one.scales)
    by_norm = Message("the length is scaled, the direction stays")
    by_value = Message("every entry is limited to −{limit} … {limit}", limit)
    remark = by_value if clip and clip.by == "value" else by_norm
    yield Stage(Message("Clipped gradient"), remark, tuple(one.clipped.values()))
    kept = Message("kept from the step before, plus the gradient")
    yield Stage(Message("Velocity"), kept, tuple(one.velocities.values()))
    against = Message("a step against the velocity") if one.velocities else Message("a step against the gradient")
    yield Stage(Message("New weights"), against, tuple(one.new.values()))


# ---------------------------------------------------------------- formulas


def _names(of: Refs) -> dict[str, str]:
    return {name: ref.name for name, ref in of.items()}


def _distinct(of: Refs) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref.name for ref in of.values()))


def _over_all(expr: Expr, indices: Iterable[Index]) -> Expr:
    """The sum over every position, for a parameter that has some."""
    for index in indices:
        expr = Over("sum", expr, index.base)
    return expr


def _shortening(clip: Clip, norm: Ref) -> Expr:
    """limit / max(norm, limit): what min(limit / norm, 1) is, also for a norm of 0."""
    limit = _literal(clip.limit)
    length = Binary("+", norm, _literal(clip.epsilon)) if clip.epsilon else norm
    return Binary("/", limit, Call("max", (length, limit)))


def _literal(value: Fraction) -> Expr:
    """The number as the language writes it: a decimal, or a quotient."""
    return Number(value) if is_decimal(value) else ratio(value)
