"""Files of weights → exercises: safetensors, npz, ONNX and Keras, as the framework writes them."""

from rnncalc.weights.convention import CONVENTIONS, Convention
from rnncalc.weights.importing import Wish, import_layers
from rnncalc.weights.layer import Activation
from rnncalc.weights.own_names import import_cell

__all__ = [
    "CONVENTIONS",
    "Activation",
    "Convention",
    "Wish",
    "import_cell",
    "import_layers",
]
