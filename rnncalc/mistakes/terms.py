"""Terms of a sum: one that is forgotten, taken from another gate, or has the wrong sign."""

from collections.abc import Iterator

from rnncalc.equations import Equation, Ref
from rnncalc.mistakes.catalogue import Mistake, Rewrite, Rewrites
from rnncalc.mistakes.system import System, summed, sums


def _forgotten(role: str, weighted: bool | None = None) -> Rewrites:
    """Leave out each term of that role; `weighted` are those inside an activation, with a matrix before them."""

    def rewrites(equation: Equation, system: System) -> Iterator[Rewrite]:
        if equation.name in system.adjoints:
            return
        for terms, put in sums(equation):
            outermost = put(terms[0][1]) == terms[0][1]
            if weighted is not None and weighted == outermost:
                continue
            for number, (_, term) in enumerate(terms):
                rest = [*terms[:number], *terms[number + 1 :]]
                if system.role(equation, term) == role and system.fits(equation, put(summed(rest))):
                    yield Rewrite(put(summed(rest)))

    return rewrites


def _bias_of_another(equation: Equation, system: System) -> Iterator[Rewrite]:
    """Each bias of the same size that another equation uses."""
    others = {
        term
        for other in system.equations
        if other is not equation and other.name not in system.adjoints
        for terms, _ in sums(other)
        for _, term in terms
        if system.role(other, term) == "bias"
    }
    if equation.name in system.adjoints:
        return
    for terms, put in sums(equation):
        own = {term for _, term in terms}
        for number, (sign, term) in enumerate(terms):
            if system.role(equation, term) != "bias":
                continue
            for other in sorted(others - own, key=repr):
                if system.shape(other) == system.shape(term) and isinstance(other, Ref):
                    yield Rewrite(put(summed([*terms[:number], (sign, other), *terms[number + 1 :]])), other.name)


def _sign(equation: Equation, system: System) -> Iterator[Rewrite]:
    """One term with the other sign."""
    for terms, put in sums(equation):
        for number, (sign, term) in enumerate(terms):
            if number or len(terms) == 2:
                yield Rewrite(put(summed([*terms[:number], (-sign, term), *terms[number + 1 :]])), f"{number}")


MISTAKES = (
    Mistake(
        "bias-forgotten", "bias forgotten", "Is every term of the sum there, the bias too?", "missing term",
        _forgotten("bias"),
    ),
    Mistake(
        "recurrent-term-forgotten", "term with the earlier state forgotten",
        "Does the state of the step before take part?", "missing term", _forgotten("recurrent", weighted=True),
    ),
    Mistake(
        "input-term-forgotten", "term with the input forgotten",
        "Does the input of this step take part?", "missing term", _forgotten("input"),
    ),
    Mistake(
        "old-state-forgotten", "what is kept of the old state left out",
        "The old state counts as well as what is new.", "missing term", _forgotten("recurrent", weighted=False),
    ),
    Mistake(
        "term-forgotten", "a term of the sum forgotten",
        "Is every term of the sum there?", "missing term", _forgotten("other"),
    ),
    Mistake(
        "bias-of-another-gate", "bias of another gate", "Which bias belongs to this gate?", "other parameter",
        _bias_of_another,
    ),
    Mistake(
        "sign-of-a-term", "a term with the wrong sign", "Check the sign of every term.", "sign", _sign, alone=True,
    ),
)  # fmt: skip
