"""One direction of a layer as any program can be given it: weights by role, one orientation, one meaning of z."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from rnncalc.weights import PEEPING, Activation, Convention

ORDERS = {
    "torch": {"rnn": "h", "lstm": "ifgo", "gru": "rzn"},
    "keras": {"rnn": "h", "lstm": "ifgo", "gru": "zrn"},
    "onnx": {"rnn": "h", "lstm": "iofg", "gru": "zrn"},
}
"""The order of a program's blocks, by role."""

Array = Any
"""A NumPy array of float64."""


class Run(Struct, frozen=True):
    """`input[role]` is units × entries, `recurrent[role]` units × passed; biases and peepholes have an entry a unit.

    z says how much of the old state stays. `replaced` are the functions that stand for tanh and sigmoid.
    """

    kind: str
    input: Mapping[str, Array]
    recurrent: Mapping[str, Array]
    bias: Mapping[str, Array]
    second_bias: Mapping[str, Array]
    peephole: Mapping[str, Array]
    projection: Array | None
    resets_after: bool
    backward: bool
    replaced: Mapping[str, Activation]
    initial: Mapping[str, Array]
    """`h` and `c` before the first step."""

    @property
    def units(self) -> int:
        return len(next(iter(self.bias.values())))

    @property
    def passed(self) -> int:
        return self.units if self.projection is None else len(self.projection)

    def stacked(self, part: Mapping[str, Array], program: str) -> Array:
        """The blocks of all gates in the order of a program, one under the other."""
        import numpy as np

        return np.concatenate([part[role] for role in ORDERS[program][self.kind]])

    def function(self, usual: str) -> Activation:
        return self.replaced.get(usual, Activation(usual))


def run_of(
    row: Convention, given: Mapping[str, Array], states: Mapping[str, Array], backward: bool, replaced: Any
) -> Run:
    """The run of a cell from its parameters and initial states, all under the cell's own names; what is absent is 0."""
    import numpy as np

    names = row.names
    matrices = {
        key: {role: _matrix(given[name], row.transposed) for role, name in row.named(pattern)}
        for key, pattern in (("input", names.input), ("recurrent", names.recurrent))
    }
    units = len(next(iter(matrices["input"].values())))

    def vectors(pattern: str) -> dict[str, Array]:
        named = row.named(pattern) if pattern else ((role, "") for role in row.gates)
        return {role: given[name].ravel() if name in given else np.zeros(units) for role, name in named}

    parts = {**matrices, "bias": vectors(names.bias), "second_bias": vectors(names.second_bias)}
    if not row.keeps and "z" in row.gates:
        # 1 − σ(a) = σ(−a): the gate that keeps is that which lets in, with other signs.
        parts = {key: part | {"z": -part["z"]} for key, part in parts.items()}
    projection = given.get(names.projection) if names.projection else None
    sizes = {"h": units if projection is None else len(projection), "c": units}
    peepholes = {role: name for role, name in row.named(names.peephole) if role in PEEPING and name in given}
    return Run(
        kind=row.kind,
        **parts,
        peephole={role: given[name].ravel() for role, name in peepholes.items()} if names.peephole else {},
        projection=projection,
        resets_after=row.resets_after,
        backward=backward,
        replaced=replaced,
        initial={
            plain: states[own].ravel() if own in states else np.zeros(sizes[plain])
            for plain, own in zip("hc", row.states, strict=False)
        },
    )


def _matrix(array: Array, transposed: bool) -> Array:
    return array.T if transposed else array
