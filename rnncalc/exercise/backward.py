"""The backward pass of a network: its gradient equations, with the names, titles and spellings that people use.

`dL/dW_f`, `∂L/∂W_f` and `dW_f` all name the adjoint of W_f; `dL/dz_f` is that of the pre-activation of f, and
`dL/dW_f_2` what step 2 contributes to that of W_f.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from rnncalc.cell import Stage
from rnncalc.equations import Call, Equation, Expr, Gradient, Index, Plan, Ref, Shape, Shapes, gradient, walk
from rnncalc.formula import letters_of
from rnncalc.languages import Message, Said


class Backward(Struct, frozen=True):
    """`equations` compute the gradients, `symbols` prints them, `stages` titles their steps, and `spellings` gives the
    quantity behind each way to write one. `adjoints[name]` is the gradient of the loss with respect to a quantity;
    `shares` are what one step hands to another: their formulas stand in the steps that receive them. `arguments` gives
    the quantity in whose equation the argument of a function stands, by the name of its gradient."""

    equations: tuple[Equation, ...]
    symbols: Mapping[str, str]
    stages: tuple[Stage, ...]
    spellings: Mapping[str, str]
    loss: str
    adjoints: Mapping[str, str]
    shapes: Mapping[str, Shape] = {}
    shares: frozenset[str] = frozenset()
    arguments: Mapping[str, str] = {}

    @property
    def derivatives(self) -> dict[str, str]:
        """The quantity that an adjoint belongs to."""
        return {adjoint: name for name, adjoint in self.adjoints.items()}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(equation.name for equation in self.equations)


def backward(
    equations: Sequence[Equation],
    loss: str,
    shapes: Shapes,
    plan: Plan,
    symbols: Mapping[str, str],
    distributions: Container[str] = (),
) -> Backward:
    """The backward pass of `loss` through equations whose shapes and plan are known. Targets in `distributions` sum
    to 1."""
    sizes: dict[Expr, tuple[int, int]] = {
        Ref(name): (rows, columns) for name, (rows, columns) in shapes.sizes.items() if rows and columns
    }
    found = gradient(equations, loss, sizes, plan.lengths, plan.boundary, distributions)
    printed = {name: symbols.get(name, letters_of(name)) for name in (*found.adjoints, *found.arguments.values())}
    return Backward(
        found.equations,
        dict(_symbols(found, loss, printed)),
        tuple(_Stages(found, equations, loss, printed).all()),
        dict(_spellings(found, loss, printed)),
        loss,
        found.adjoints,
        found.shapes,
        frozenset(found.shares),
        found.arguments,
    )


def _symbols(found: Gradient, loss: str, printed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, adjoint in found.adjoints.items():
        yield adjoint, f"∂{loss}/∂{printed[name]}"
    for helper, name in found.arguments.items():
        others = [other for other, owner in found.arguments.items() if owner == name]
        yield helper, f"∂{loss}/∂z{'′' * others.index(helper)}_{printed[name]}"
    for helper, use in found.shares.items():
        yield helper, f"∂{loss}/∂{printed[use.name]}{_way(use.indices)}"
    for name, helper in found.parts.items():
        yield helper, f"∂{loss}/∂{printed[name]}"
    for equation in found.equations:
        if equation.name.endswith("_rest"):
            yield equation.name, f"∂{loss}/∂{printed[equation.name.removeprefix('d_').removesuffix('_rest')]}*"


def _way(slots: Iterable[Index]) -> str:
    """The mark of a share: of the state before, of the state behind, of one position."""
    offset = sum(slot.offset for slot in slots if slot.base)
    return "⁻" if offset < 0 else "⁺" if offset > 0 else "°"


def _spellings(found: Gradient, loss: str, printed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every way to write a gradient; the first of each is the one used in `--json`."""
    targets = [("", "", found.adjoints), ("z_", "", found.preactivations), ("", "[]", found.parts)]
    targets += [("", "_next", {use.name: helper for helper, use in found.shares.items() if _way(use.indices) == "⁻"})]
    for before, behind, names in targets:
        for name, quantity in names.items():
            for letters in dict.fromkeys((name, printed[name])):
                for start, middle in ((f"d{loss}/d", ""), (f"∂{loss}/∂", ""), ("d", "")):
                    yield f"{start}{middle}{before}{letters}{behind}", quantity


class _Stages:
    """The titles and remarks of the steps."""

    def __init__(self, found: Gradient, equations: Sequence[Equation], loss: str, printed: Mapping[str, str]) -> None:
        self.found, self.loss, self.printed = found, loss, printed
        self.equations = {equation.name: equation for equation in equations}

    def all(self) -> Iterator[Stage]:
        inner: dict[str, list[str]] = {}
        for helper, name in self.found.arguments.items():
            inner.setdefault(name, []).append(helper)
        for name in dict.fromkeys((*self.found.adjoints, *inner)):
            of = [self.found.adjoints[name]] if name in self.found.adjoints else []
            if name in self.found.outputs:
                error = Message("Output error at {name}", {"name": self.printed[name]})
                yield Stage(error, self.error(name), tuple(inner.get(name, ())))
                yield Stage(self.gradient_at(name), "", tuple(of))
            elif name in self.equations or self.is_indexed(name):
                yield Stage(self.gradient_at(name), self.corner(name), (*of, *inner.get(name, ())))
            else:
                yield Stage(Message("Gradient of {name}", {"name": self.printed[name]}), "", tuple(of))
        for name, helper in self.found.parts.items():
            title = Message("Contribution to the gradient of {name}", {"name": self.printed[name]})
            yield Stage(title, Message("of one step"), (helper,))
        for helper, use in self.found.shares.items():
            title = Message("Handed on to {name}", {"name": self.printed[use.name]})
            yield Stage(title, Message("what this step contributes there"), (helper,))

    def gradient_at(self, name: str) -> Message:
        return Message("Gradient at {name}", {"name": self.printed[name]})

    def is_indexed(self, name: str) -> bool:
        return any(e.name == self.found.adjoints[name] and e.target.indices for e in self.found.equations)

    def error(self, name: str) -> Message:
        expr = self.equations[name].expression
        if isinstance(expr, Call) and expr.function == "sigmoid":
            return Message(
                "the derivatives of sigmoid and binary cross-entropy together leave the output minus the target"
            )
        return Message("the derivatives of softmax and cross-entropy together leave the output minus the target")

    def corner(self, name: str) -> Said:
        """What is taken for the slope of a function at its corner."""
        if name not in self.equations:
            return ""
        used = {part.function for part in walk(self.equations[name].expression) if isinstance(part, Call)}
        if "relu" in used:
            return Message("the slope of ReLU at 0 is taken as 0, as in PyTorch")
        left = Message("at a corner the slope of its left side is taken")
        return left if used & {"leaky_relu", "max"} else ""
