"""How a framework or a book writes a recurrent layer, as data: the gates in their order, the names of the parameters.

One row serves both ways: a file's tensors are cut into the parameters of a cell by it, and the parameters of an
exercise are put together again to run another program on them.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Kind = Literal["rnn", "lstm", "gru"]
Framework = Literal["torch", "keras", "onnx", "book"]


class Names(Struct, frozen=True):
    """The names of a cell's parameters; `{}` is the letter of a gate. An empty name is a parameter that it has not.

    The second bias stands beside the recurrent product; a GRU that resets after the product may have it at n alone.
    """

    input: str
    recurrent: str
    bias: str
    second_bias: str = ""
    peephole: str = ""
    projection: str = ""


class Convention(Struct, frozen=True):
    """A cell of the library as a way to write a layer.

    `gates` lead from the role of a gate (i, f, g, o of an LSTM; r, z, n of a GRU; h of a simple network) to the letter
    it has in the names of this cell, in the order of the framework's blocks.
    """

    cell: str
    framework: Framework
    kind: Kind
    gates: Mapping[str, str]
    names: Names
    transposed: bool = False
    """Whether matrices are inputs × units, as Keras stores them."""
    resets_after: bool = False
    states: tuple[str, ...] = ("h",)
    activation: str = "tanh"

    @property
    def blocks(self) -> int:
        return len(self.gates)

    def named(self, pattern: str) -> Iterator[tuple[str, str]]:
        """The role of each gate and the name of its parameter."""
        return ((role, pattern.format(letter)) for role, letter in self.gates.items())


_HC = ("h", "c")
_TORCH = Names("W_i{}", "W_h{}", "b_i{}", "b_h{}")
_KERAS = Names("K_{}", "R_{}", "b_{}")
_ONNX = Names("W_{}", "R_{}", "Wb_{}", "Rb_{}")
_BOOK = Names("W_{}", "U_{}", "b_{}")
_BOOK_RNN = Names("U", "W", "b_s")
_IFGO = {"i": "i", "f": "f", "g": "g", "o": "o"}
_IFCO = {"i": "i", "f": "f", "g": "c", "o": "o"}
_IOFC = {"i": "i", "o": "o", "f": "f", "g": "c"}
_RZN = {"r": "r", "z": "z", "n": "n"}
_ZRH = {"z": "z", "r": "r", "n": "h"}
_ONE = {"h": ""}

CONVENTIONS: tuple[Convention, ...] = (
    Convention("rnn-torch", "torch", "rnn", {"h": "h"}, _TORCH),
    Convention("lstm-torch", "torch", "lstm", _IFGO, _TORCH, states=_HC),
    Convention("lstm-torch-projection", "torch", "lstm", _IFGO, replace(_TORCH, projection="W_hr"), states=_HC),
    Convention("gru-torch", "torch", "gru", _RZN, _TORCH, resets_after=True),
    Convention("rnn-keras", "keras", "rnn", _ONE, Names("K", "R", "b"), transposed=True),
    Convention("lstm-keras", "keras", "lstm", _IFCO, _KERAS, transposed=True, states=_HC),
    Convention("gru-keras", "keras", "gru", _ZRH, Names("K_{}", "R_{}", "a_{}", "b_{}"), True, resets_after=True),
    Convention("gru-keras-reset-before", "keras", "gru", _ZRH, _KERAS, transposed=True),
    Convention("rnn-onnx", "onnx", "rnn", _ONE, Names("W", "R", "Wb", "Rb")),
    Convention("lstm-onnx", "onnx", "lstm", _IOFC, replace(_ONNX, peephole="P_{}"), states=_HC),
    Convention("gru-onnx", "onnx", "gru", _ZRH, _ONNX),
    Convention("gru-onnx-reset-after", "onnx", "gru", _ZRH, _ONNX, resets_after=True),
    Convention("rnn", "book", "rnn", _ONE, _BOOK_RNN),
    Convention("rnn-relu", "book", "rnn", _ONE, _BOOK_RNN, activation="relu"),
    Convention("lstm", "book", "lstm", _IFCO, _BOOK, states=_HC),
    Convention("lstm-peephole", "book", "lstm", _IFCO, replace(_BOOK, peephole="p_{}"), states=_HC),
    Convention("lstm-projection", "book", "lstm", _IFCO, replace(_BOOK, projection="W_rm"), states=("r", "c")),
    Convention("gru", "book", "gru", _ZRH, _BOOK),
    Convention("gru-reset-after", "book", "gru", _ZRH, replace(_BOOK, second_bias="d_{}"), resets_after=True),
)

PEEPING = "iof"
"""The gates that have peepholes, in the order of ONNX."""


def convention(cell: str) -> Convention:
    """The row of a cell of the library; KeyError if it is no layer of one recurrence."""
    return {row.cell: row for row in CONVENTIONS}[cell]
