"""A recurrent layer as a file holds it: fused tensors, and the parameters of a cell cut from them."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from rnncalc.errors import Problem, WeightsError
from rnncalc.weights.convention import CONVENTIONS, PEEPING, Convention, Framework, Kind
from rnncalc.weights.tensor import Tensor, blocks, shown, size_text

KINDS: dict[int, Kind] = {1: "rnn", 3: "gru", 4: "lstm"}
"""By the number of blocks in a fused matrix."""
NETWORKS: dict[Kind, str] = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


class Fused(Struct, frozen=True):
    """The tensors of one direction of a layer, all gates of a kind in one. Rows are gates, unless the convention is
    transposed. `initial` are the states before the first step, where the file holds them."""

    input: Tensor
    recurrent: Tensor
    bias: Tensor | None = None
    second_bias: Tensor | None = None
    peephole: Tensor | None = None
    projection: Tensor | None = None
    backward: bool = False
    initial: Mapping[str, Tensor] = {}

    @property
    def tensors(self) -> list[Tensor]:
        every = (self.input, self.recurrent, self.bias, self.second_bias, self.peephole, self.projection)
        return [tensor for tensor in every if tensor is not None]


class Activation(Struct, frozen=True):
    """A function of the language, with its constants as they are written: leaky_relu with 0.2."""

    function: str
    constants: tuple[str, ...] = ()


class Layer(Struct, frozen=True):
    """One layer: both directions in the order of the output, if there are two. `replaced` are the functions that stand
    for those of the cell's equations, relu for tanh; `merge` is how the directions are put together."""

    name: str
    convention: Convention
    directions: tuple[Fused, ...]
    replaced: Mapping[str, Activation] = {}
    merge: str = "forward, backward"
    """A way of `rewriting.MERGES`."""
    remarks: tuple[str, ...] = ()
    """What the reader of the exercise should know."""

    @property
    def inputs(self) -> int:
        return _sizes(self.convention, self.directions[0])[0]

    @property
    def outputs(self) -> int:
        """The entries of what the layer passes on."""
        _, _, passed = _sizes(self.convention, self.directions[0])
        return passed * len(self.directions) if self.merge == "forward, backward" else passed

    @property
    def description(self) -> str:
        _, units, _ = _sizes(self.convention, self.directions[0])
        ways = {1: ", backward" if self.directions[0].backward else "", 2: ", bidirectional"}[len(self.directions)]
        return f"{NETWORKS[self.convention.kind]}, {self.inputs} → {units}{ways}"


class Chain(Struct, frozen=True):
    """Layers of which each feeds the next. `name` is the part of the model they belong to."""

    name: str
    layers: tuple[Layer, ...]

    @property
    def tensors(self) -> list[Tensor]:
        return [tensor for layer in self.layers for way in layer.directions for tensor in way.tensors]


def kind_of(fused: Fused, transposed: bool) -> Kind:
    """The network that the sizes tell. Raises WeightsError if they fit none."""
    input, recurrent = fused.input, fused.recurrent
    if len(input.shape) == len(recurrent.shape) == 2 and 0 not in recurrent.shape:
        gates, units = recurrent.shape[::-1] if transposed else recurrent.shape
        units = fused.projection.shape[-1] if fused.projection else units
        if gates % units == 0 and gates // units in KINDS:
            return KINDS[gates // units]
    what = (
        f"`{shown(input.name)}` ({size_text(input.shape)}) and `{shown(recurrent.name)}` "
        f"({size_text(recurrent.shape)}) fit no cell"
    )
    side = "columns" if transposed else "rows"
    hint = f"with h units the second matrix has h {side} in an RNN, 3 h in a GRU and 4 h in an LSTM"
    raise WeightsError(Problem(what, None, hint))


def fitting(framework: Framework, kind: Kind, *, projection: bool = False, resets_after: bool = False) -> Convention:
    """How a framework writes a network of this kind."""
    for row in CONVENTIONS:
        if (row.framework, row.kind, bool(row.names.projection)) == (framework, kind, projection) and (
            kind != "gru" or row.resets_after == resets_after
        ):
            return row
    what = f"a projection is known of the LSTM only, not of the {NETWORKS[kind]}"
    raise WeightsError(Problem(what, None, "it has the name `weight_hr` in PyTorch"))


def check_sizes(layer: Layer) -> Layer:
    """The layer, if all its tensors fit together. Raises WeightsError with every one that does not."""
    problems = [problem for fused in layer.directions for problem in _misfits(layer, fused)]
    if problems:
        raise WeightsError(*problems)
    return layer


def _misfits(layer: Layer, fused: Fused) -> Iterator[Problem]:
    row = layer.convention
    entries, units, passed = _sizes(row, fused)
    gates = units * row.blocks
    peeping = units * len(PEEPING)
    expected = (
        (fused.input, (gates, entries)[:: -1 if row.transposed else 1]),
        (fused.recurrent, (gates, passed)[:: -1 if row.transposed else 1]),
        (fused.bias, (gates,)),
        (fused.second_bias, (gates,)),
        (fused.peephole, (peeping,)),
        (fused.projection, (passed, units)),
        *((tensor, (passed if name == "h" else units,)) for name, tensor in fused.initial.items()),
    )
    for tensor, shape in expected:
        if tensor is not None and (tensor.shape != shape or 0 in shape):
            what = f"`{shown(tensor.name)}` ({size_text(tensor.shape)}) does not fit: {size_text(shape)} expected"
            network = f"{NETWORKS[row.kind]} with {entries} inputs and {units} units"
            yield Problem(what, None, f"as `{shown(fused.recurrent.name)}` says, this is an {network}")


def _sizes(row: Convention, fused: Fused) -> tuple[int, int, int]:
    """The entries of the input, the units, and the entries of the state that is passed on."""
    entries = fused.input.shape[0 if row.transposed else -1]
    passed = fused.recurrent.shape[0 if row.transposed else -1]
    return entries, fused.projection.shape[-1] if fused.projection else passed, passed


def parameters(row: Convention, fused: Fused) -> dict[str, Tensor]:
    """The parameters of the cell by their names; those that the file leaves out are absent."""
    found: dict[str, Tensor] = {}
    for pattern, tensor in (
        (row.names.input, fused.input),
        (row.names.recurrent, fused.recurrent),
        (row.names.bias, fused.bias),
        (row.names.second_bias, fused.second_bias),
    ):
        if tensor is not None:
            axis = 1 if row.transposed and len(tensor.shape) == 2 else 0
            cut = blocks(tensor, row.blocks, axis)
            found |= {name: block for (_, name), block in zip(row.named(pattern), cut, strict=True)}
    if fused.peephole is not None:
        cut = blocks(fused.peephole, len(PEEPING))
        found |= {row.names.peephole.format(row.gates[role]): one for role, one in zip(PEEPING, cut, strict=True)}
    if fused.projection is not None:
        found[row.names.projection] = fused.projection
    return found
