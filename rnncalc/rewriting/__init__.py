"""A network in another notation: each module here is one rewriting of its equations, cell → cell, without a file."""

from rnncalc.rewriting.activating import activated
from rnncalc.rewriting.fusing import fused
from rnncalc.rewriting.joining import joined
from rnncalc.rewriting.renaming import renamed
from rnncalc.rewriting.transposing import in_rows

__all__ = ["activated", "fused", "in_rows", "joined", "renamed"]
