"""Activations: forgotten, applied twice, or another one; softmax in its wrong forms; logarithms to another base."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from rnncalc.equations import Binary, Call, Equation, Expr, Negate, Number, Over, Ref, children, places, rebuild
from rnncalc.mistakes.catalogue import Mistake, Rewrite, Rewrites
from rnncalc.mistakes.system import System

_SQUASHING = ("sigmoid", "tanh", "relu", "leaky_relu", "hard_sigmoid", "softsign", "softplus")


def _calls(*functions: str) -> Callable[[Equation], Iterator[tuple[Call, Callable[[Expr], Expr]]]]:
    def found(equation: Equation) -> Iterator[tuple[Call, Callable[[Expr], Expr]]]:
        for part, put in places(equation.expression):
            if isinstance(part, Call) and part.function in functions:
                yield part, put

    return found


def _instead(functions: tuple[str, ...], wrong: Callable[[Call], Iterator[Expr]]) -> Rewrites:
    """Something else in the place of each call of these functions."""

    def rewrites(equation: Equation, system: System) -> Iterator[Rewrite]:
        if equation.name in system.adjoints:
            return
        for call, put in _calls(*functions)(equation):
            for other in wrong(call):
                if system.fits(equation, put(other)):
                    yield Rewrite(put(other), call.function)

    return rewrites


def _other_function(call: Call, name: str, *constants: Fraction) -> Expr:
    return Call(name, (call.arguments[0], *map(Number, constants)))


def _exchanged(call: Call) -> Iterator[Expr]:
    yield _other_function(call, "tanh" if call.function == "sigmoid" else "sigmoid")


def _hard(call: Call) -> Iterator[Expr]:
    yield _other_function(call, "hard_sigmoid")
    yield _other_function(call, "hard_sigmoid", Fraction(1, 5))


def _softmax_wrong(change: Callable[[Expr, Expr], Expr]) -> Rewrites:
    """`change(scores, exponentials)` in the place of a softmax of a vector, or over an index."""

    def rewrites(equation: Equation, system: System) -> Iterator[Rewrite]:
        for part, put in places(equation.expression):
            match part:
                case Call("softmax", (scores,)):
                    yield Rewrite(put(change(scores, Call("sum", (scores,)))))
                case Over("softmax", body, letter):
                    yield Rewrite(put(change(body, Over("sum", body, letter))))

    return rewrites


def _over_another_index(equation: Equation, system: System) -> Iterator[Rewrite]:
    for part, put in places(equation.expression):
        if isinstance(part, Over) and part.function == "softmax" and part.at is not None:
            for index in equation.target.indices:
                if index.base and index.base != part.index:
                    yield Rewrite(put(Over("softmax", part.body, index.base, index)))


def _of_another_vector(equation: Equation, system: System) -> Iterator[Rewrite]:
    """Of another quantity of this step and size, such as softmax(h) in the place of softmax(V h + b)."""
    for part, put in places(equation.expression):
        match part:
            case Call("softmax", (scores,)) | Over("softmax", scores, _):
                for other in _of_this_step(equation, system):
                    if other != scores and system.shape(other) == system.shape(scores):
                        yield Rewrite(put(rebuild(part, (other, *children(part)[1:]))), other.name)


def _of_this_step(equation: Equation, system: System) -> Iterator[Ref]:
    for other in system.equations:
        if other.indices == equation.indices and other is not equation and other.name not in system.adjoints:
            yield other.target


def _last_by_complement(equation: Equation, system: System) -> Iterator[Rewrite]:
    """A wrong softmax whose last entry is what the others leave of 1: it hides that they do not sum to 1."""
    for part, put in places(equation.expression):
        match part:
            case Call("softmax", (scores,)):
                last = (system.shape(scores) or (1, 1))[0]
                for wrong in _unnormalised(scores) if last > 1 else ():
                    others = Call("rows", (wrong, Number(Fraction(1)), Number(Fraction(last - 1))))
                    rest = Binary("-", Number(Fraction(1)), Call("sum", (others,)))
                    yield Rewrite(
                        put(Call("concat", (others, rest))), wrong.function if isinstance(wrong, Call) else ""
                    )


def _unnormalised(scores: Expr) -> Iterator[Expr]:
    yield Call("sigmoid", (scores,))
    yield Call("exp", (scores,))
    yield scores


def _other_base(base: int) -> Callable[[Call], Iterator[Expr]]:
    def wrong(call: Call) -> Iterator[Expr]:
        yield Binary("/", call, Call("log", (Number(Fraction(base)),)))

    return wrong


def _result_sign(equation: Equation, system: System) -> Iterator[Rewrite]:
    yield Rewrite(Negate(equation.expression))


def _scaled(equation: Equation, system: System) -> Iterator[Rewrite]:
    """A factor 2 or ½, or a mean in the place of a sum."""
    for factor in {2, *system.lengths.values(), system.shapes[equation.name][0]} - {1}:
        number = Number(Fraction(factor))
        yield Rewrite(Binary("/", equation.expression, number), f"/{factor}")
        yield Rewrite(Binary("*", number, equation.expression), f"*{factor}")


def _in_loss(rewrites: Rewrites) -> Rewrites:
    """Only in equations of plain numbers, such as a loss, and in the backward pass."""

    def found(equation: Equation, system: System) -> Iterator[Rewrite]:
        if equation.name in system.adjoints or system.shapes.get(equation.name) == (1, 1):
            yield from rewrites(equation, system)

    return found


MISTAKES = (
    Mistake(
        "activation-forgotten", "activation forgotten", "Is the activation applied?", "activation",
        _instead(_SQUASHING, lambda call: iter([call.arguments[0]])),
    ),
    Mistake(
        "activation-twice", "activation applied twice", "The activation is applied once.", "activation",
        _instead(_SQUASHING, lambda call: iter([Call(call.function, (call, *call.arguments[1:]))])),
    ),
    Mistake(
        "sigmoid-and-tanh-exchanged", "σ and tanh exchanged", "Which activation belongs here?", "activation",
        _instead(("sigmoid", "tanh"), _exchanged),
    ),
    Mistake(
        "hard-sigmoid", "hard sigmoid in the place of σ", "σ(z) = 1/(1 + e⁻ᶻ) is a curve, not a straight line.",
        "activation", _instead(("sigmoid",), _hard),
    ),
    Mistake(
        "relu-instead", "ReLU in the place of the activation", "Which activation belongs here?", "activation",
        _instead(("sigmoid", "tanh"), lambda call: iter([_other_function(call, "relu")])),
    ),
    Mistake(
        "sign-in-the-activation", "wrong sign inside the activation",
        "Check the sign of what the activation is applied to, and of every exponent in its formula.", "activation",
        _instead(_SQUASHING, lambda call: iter([Call(call.function, (Negate(call.arguments[0]),
                                                                     *call.arguments[1:]))])),
    ),
    Mistake(
        "exponential-instead", "exponential in the place of the activation",
        "Is e⁻ᶻ put into the whole formula of the activation?", "activation",
        _instead(("sigmoid",), lambda call: iter([_other_function(call, "exp"),
                                                   Call("exp", (Negate(call.arguments[0]),))])),
    ),
    Mistake(
        "softmax-not-normalised", "softmax not normalised", "The entries of a softmax sum to 1.", "softmax",
        _softmax_wrong(lambda scores, total: Call("exp", (scores,))),
    ),
    Mistake(
        "softmax-without-exponential", "shares of the scores, without exponentials",
        "A softmax divides exponentials, not the scores themselves.", "softmax",
        _softmax_wrong(lambda scores, total: Binary("/", scores, total)),
    ),
    Mistake(
        "softmax-forgotten", "softmax forgotten", "The scores still have to go through the softmax.", "softmax",
        _softmax_wrong(lambda scores, total: scores),
    ),
    Mistake(
        "sigmoid-for-softmax", "σ of each score in the place of the softmax",
        "A softmax looks at all scores together.", "softmax",
        _softmax_wrong(lambda scores, total: Call("sigmoid", (scores,))),
    ),
    Mistake(
        "softmax-over-the-other-index", "softmax over the other index",
        "Over which index do the weights sum to 1?", "softmax", _over_another_index,
    ),
    Mistake(
        "softmax-of-another-vector", "softmax of another vector", "Which scores go into the softmax?", "softmax",
        _of_another_vector,
    ),
    Mistake(
        "softmax-last-by-complement", "last entry of the softmax by complement",
        "Compute the last entry of a softmax too: that all of them sum to 1 is the check.", "softmax",
        _last_by_complement,
    ),
    Mistake(
        "logarithm-to-base-2", "logarithm to base 2 in the place of ln", "The loss uses the natural logarithm.",
        "loss", _instead(("log",), _other_base(2)),
    ),
    Mistake(
        "logarithm-to-base-10", "logarithm to base 10 in the place of ln", "The loss uses the natural logarithm.",
        "loss", _instead(("log",), _other_base(10)),
    ),
    Mistake(
        "factor-of-the-loss", "a factor too much or missing",
        "Is a factor such as ½ or 2 missing, or one too many? Is it a sum or a mean?", "loss",
        _in_loss(_scaled), alone=True,
    ),
    Mistake(
        "sign-of-the-result", "sign of the result", "Check the sign.", "sign", _result_sign, alone=True,
    ),
)  # fmt: skip
