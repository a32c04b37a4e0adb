"""PyTorch: torch.nn.RNN, LSTM and GRU in float64."""

from collections.abc import Sequence
from typing import Any

from rnncalc.extras import needs
from rnncalc.verification.affine import Array
from rnncalc.verification.programs import cannot
from rnncalc.verification.run import Run

TOLERANCE = 1e-12

_MODULES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


def version() -> str:
    return f"PyTorch {_torch().__version__}"


def _torch() -> Any:
    return needs("torch", "pip install torch", "this exercise is verified")


def run(directions: Sequence[Run], x: Array) -> list[dict[str, Array]]:
    """Both directions in one module, if they are of one size."""
    _check(directions)
    if len(directions) == 2 and directions[0].units == directions[1].units:
        return _module(directions, x, bidirectional=True)
    return [_alone(one, x) for one in directions]


def _alone(one: Run, x: Array) -> dict[str, Array]:
    """A backward direction alone is a forward one on the reversed inputs."""
    (found,) = _module([one], x[::-1] if one.backward else x, bidirectional=False)
    return found | {"h": found["h"][::-1]} if one.backward else found


def _check(directions: Sequence[Run]) -> None:
    for one in directions:
        if one.peephole:
            raise cannot("PyTorch", "with peepholes", "verify it `--against onnx`")
        if one.kind == "gru" and not one.resets_after:
            raise cannot("PyTorch", "that resets before the product", "verify it `--against onnx` or `--against keras`")
        known = {"tanh", "relu"} if one.kind == "rnn" else {"tanh"}
        if one.function("tanh").function not in known or one.function("sigmoid").function != "sigmoid":
            raise cannot("PyTorch", "with these activations", "verify it `--against onnx` or `--against keras`")


def _module(directions: Sequence[Run], x: Array, bidirectional: bool) -> list[dict[str, Array]]:
    torch, first = _torch(), directions[0]
    options: dict[str, Any] = {"bidirectional": bidirectional, "dtype": torch.float64}
    if first.kind == "rnn":
        options["nonlinearity"] = first.function("tanh").function
    if first.projection is not None:
        options["proj_size"] = first.passed
    module = getattr(torch.nn, _MODULES[first.kind])(x.shape[1], first.units, **options)
    for one, suffix in zip(directions, ("", "_reverse"), strict=False):
        for name, array in _tensors(one).items():
            getattr(module, f"{name}_l0{suffix}").data = torch.tensor(array, dtype=torch.float64)

    def state(name: str) -> Any:
        return torch.stack([torch.tensor(one.initial[name], dtype=torch.float64) for one in directions])

    with torch.no_grad():
        start = (state("h"), state("c")) if first.kind == "lstm" else state("h")
        output, last = module(torch.tensor(x.copy(), dtype=torch.float64), start)
    sides = [part.numpy() for part in output.split(first.passed, dim=1)]
    cells = last[1].numpy() if first.kind == "lstm" else [None] * len(sides)
    return [{"h": h} | ({} if c is None else {"c": c}) for h, c in zip(sides, cells, strict=True)]


def _tensors(one: Run) -> dict[str, Array]:
    found = {
        "weight_ih": one.stacked(one.input, "torch"),
        "weight_hh": one.stacked(one.recurrent, "torch"),
        "bias_ih": one.stacked(one.bias, "torch"),
        "bias_hh": one.stacked(one.second_bias, "torch"),
    }
    return found if one.projection is None else found | {"weight_hr": one.projection}
