"""Files of weights → exercises: safetensors, npz, ONNX and Keras, as the framework writes them."""

from rnncalc.weights.convention import CONVENTIONS, PEEPING, Convention, convention
from rnncalc.weights.importing import Wish, import_layers
from rnncalc.weights.layer import Activation
from rnncalc.weights.network import Storey, own_cell
from rnncalc.weights.own_names import import_cell

__all__ = [
    "CONVENTIONS",
    "PEEPING",
    "Activation",
    "Convention",
    "Storey",
    "Wish",
    "convention",
    "import_cell",
    "import_layers",
    "own_cell",
]
