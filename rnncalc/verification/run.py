"""One direction of a layer as any program can be given it: weights by role, one orientation, one meaning of z."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from rnncalc.verification.affine import Array
from rnncalc.weights import Activation

Kind = Literal["rnn", "lstm", "gru"]

ORDERS = {
    "torch": {"rnn": "h", "lstm": "ifgo", "gru": "rzn"},
    "keras": {"rnn": "h", "lstm": "ifgo", "gru": "zrn"},
    "onnx": {"rnn": "h", "lstm": "iofg", "gru": "zrn"},
}
"""The order of a program's blocks, by role."""


class Run(Struct, frozen=True):
    """`input[role]` is units × entries, `recurrent[role]` units × passed; biases and peepholes have an entry a unit.

    z says how much of the old state stays. `replaced` are the functions that stand for tanh and sigmoid.
    """

    kind: Kind
    input: Mapping[str, Array]
    recurrent: Mapping[str, Array]
    bias: Mapping[str, Array]
    second_bias: Mapping[str, Array]
    peephole: Mapping[str, Array]
    projection: Array | None
    resets_after: bool
    backward: bool
    replaced: Mapping[str, Activation]
    initial: Mapping[str, Array] = {}
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
