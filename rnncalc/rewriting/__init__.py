"""A network in another notation: each module here is one rewriting of its equations, cell → cell, without a file."""

from rnncalc.rewriting.activating import activated
from rnncalc.rewriting.renaming import renamed

__all__ = ["activated", "renamed"]
