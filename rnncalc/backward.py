"""The backward pass of a network: its gradient equations, with the names, titles and spellings that people use.

`dL/dW_f`, `∂L/∂W_f` and `dW_f` all name the adjoint of W_f; `dL/dz_f` is that of the pre-activation of f.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import Equation, Gradient, Plan, Shapes, gradient
from rnncalc.formula import letters_of


class Backward(Struct, frozen=True):
    """`equations` compute the gradients, `symbols` prints them, `stages` titles their steps, and `spellings` gives the
    quantity behind each way to write one; `adjoints[name]` is the gradient of the loss with respect to a quantity."""

    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]
    spellings: Mapping[str, str]
    loss: str
    adjoints: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(equation.name for equation in self.equations)


def backward(
    equations: Sequence[Equation], loss: str, shapes: Shapes, plan: Plan, symbols: Mapping[str, str]
) -> Backward:
    """The backward pass of `loss` through equations whose shapes and plan are known."""
    sizes = {part: (rows, columns) for part, (rows, columns) in shapes.parts.items() if rows and columns}
    found = gradient(equations, loss, sizes, plan.lengths, plan.boundary)
    printed = {name: symbols.get(name, letters_of(name)) for name in found.adjoints}
    return Backward(
        found.equations,
        dict(_symbols(found, loss, printed)),
        tuple(_stages(found, printed)),
        dict(_spellings(found, loss, printed)),
        loss,
        found.adjoints,
    )


def _symbols(found: Gradient, loss: str, printed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, adjoint in found.adjoints.items():
        yield adjoint, f"∂{loss}/∂{printed[name]}"
    for name, adjoint in found.preactivations.items():
        yield adjoint, f"∂{loss}/∂z_{printed[name]}"
    for helper, name in found.passed.items():
        yield helper, f"∂{loss}⁺/∂{printed[name]}"


def _spellings(found: Gradient, loss: str, printed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every way to write a gradient; the first of each is the one used in `--json`."""
    for name, adjoint in found.adjoints.items():
        for letters in dict.fromkeys((name, printed[name])):
            yield from ((text, adjoint) for text in (f"d{loss}/d{letters}", f"∂{loss}/∂{letters}", f"d{letters}"))
    for name, adjoint in found.preactivations.items():
        for letters in dict.fromkeys((name, printed[name])):
            yield from ((text, adjoint) for text in (f"d{loss}/dz_{letters}", f"∂{loss}/∂z_{letters}", f"dz_{letters}"))


def _stages(found: Gradient, printed: Mapping[str, str]) -> Iterator[Stage]:
    over_time = {equation.name for equation in found.equations if equation.indices}
    for name, adjoint in found.adjoints.items():
        if adjoint in over_time:
            of = (adjoint, *([found.preactivations[name]] if name in found.preactivations else []))
            yield Stage(f"Gradient at {printed[name]}", "one term from each place where it is used", of)
        else:
            yield Stage(f"Gradient of {printed[name]}", "one term from each time step, then their sum", (adjoint,))
    for helper, name in found.passed.items():
        yield Stage(f"Handed on to {printed[name]}", "what this step contributes to another one", (helper,))
