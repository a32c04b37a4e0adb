"""A network in another notation: each module here is one rewriting of its equations, cell → cell, without a file."""

from rnncalc.rewriting.activating import activated
from rnncalc.rewriting.batching import batched
from rnncalc.rewriting.fusing import fused
from rnncalc.rewriting.joining import joined
from rnncalc.rewriting.layering import MERGES, Directions, copied, layered
from rnncalc.rewriting.masking import masked
from rnncalc.rewriting.preactivating import with_preactivations
from rnncalc.rewriting.reading import Output
from rnncalc.rewriting.renaming import renamed
from rnncalc.rewriting.transposing import in_rows

__all__ = [
    "MERGES",
    "Directions",
    "Output",
    "activated",
    "batched",
    "copied",
    "fused",
    "in_rows",
    "joined",
    "layered",
    "masked",
    "renamed",
    "with_preactivations",
]
